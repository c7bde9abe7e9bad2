package ad

import (
	"fmt"
	"math"
	"slices"
	"unsafe"
)

// FixedPoint makes the derivatives of one loop that iterates a state x = G(x, p) until
// it no longer changes. They are those of the fixed point: an iteration at the converged
// state is differentiated again and again until the derivative of the state does not
// change any more, however the loop came to the state.
//
// For the adjoint that is the second phase of Christianson, "Reverse accumulation and
// attractive fixed points" (1994): with the incoming adjoint t of the state, each reverse
// sweep of the iteration adds (dG/dp)' t to the adjoint of p and turns t into (dG/dx)' t,
// which dies away where G contracts.
type FixedPoint struct {
	where string
	tol   float64
	max   int

	w      floatWalker // for reuse
	first  floatRows   // of the state when the loop starts
	values []float64   // what they held then
	idle   []bool      // floats of the state that the loop has left alone; nil: none
}

// NewFixedPoint returns the driver of the loop at the place where, for messages. A part
// of the derivative counts as converged when it, or for a tangent its change, is below
// tol times the largest value that it has had. It panics after max iterations.
func NewFixedPoint(where string, tol float64, max int) *FixedPoint {
	return &FixedPoint{where: where, tol: tol, max: max}
}

// Begin is called when the loop starts, with pointers to the variables of its state.
func (f *FixedPoint) Begin(state ...any) {
	f.first = rowsIn(state)
	f.values = f.first.read(nil)
}

// End is called when the loop has ended, with the arguments of Begin.
func (f *FixedPoint) End(state ...any) {
	was := map[unsafe.Pointer]int{} // index in values
	n := map[unsafe.Pointer]uintptr{}
	at := 0
	for _, s := range f.first {
		was[s.ptr], n[s.ptr] = at, s.bytes()
		at += s.n
	}
	f.idle = nil
	any := false
	var idle []bool
	for _, s := range rowsIn(state) {
		i, known := was[s.ptr]
		known = known && n[s.ptr] == s.bytes()
		for k := range s.n {
			same := known && math.Float64bits(s.get(k)) == math.Float64bits(f.values[i+k])
			idle = append(idle, same)
			any = any || same
		}
	}
	if any {
		f.idle = idle
	}
	f.first, f.values = nil, nil
}

// Reverse runs the reverse sweep of the loop. restore brings the converged state back,
// record runs an iteration from it and records, reverse takes the record back. Of the
// shadows to which the pointers lead, the first n are those of what the loop writes,
// the others those of what it only reads. In the end the adjoints of the state are zero,
// those of its parts apart that the loop has left alone.
func (f *FixedPoint) Reverse(record, reverse, restore func(), n int, shadows ...any) {
	restore()
	own := shadows[:n]
	t := f.take(own, nil)
	if allZero(t) {
		return
	}
	kept := make([]float64, len(t)) // adjoints of what the loop leaves alone
	sweep := func() {
		restore()
		record()
		f.put(own, t)
		reverse()
		t = f.setAside(f.take(own, t), kept)
	}
	f.confirmIdle(record, reverse, restore, n, shadows)
	t = f.setAside(t, kept)
	if !finite(t) {
		sweep() // to the adjoints of what the loop reads
		f.put(own, kept)
		return
	}
	peak := make([]float64, len(t))
	for i, v := range t {
		peak[i] = math.Abs(v)
	}
	last := make([]float64, len(t))
	for k := 1; ; k++ {
		copy(last, t)
		sweep()
		if len(t) != len(last) {
			panic(f.shape())
		}
		left, still := 0.0, true
		for i, v := range t {
			peak[i] = max(peak[i], math.Abs(v))
			if math.Abs(v) > f.tol*peak[i] {
				left = max(left, math.Abs(v)/peak[i])
			}
			still = still && v == last[i]
		}
		if !finite(t) {
			panic(f.fails("adjoint", fmt.Sprintf("has grown beyond all bounds in %d iterations", k)))
		}
		if left == 0 {
			break
		}
		if still {
			panic(f.fails("adjoint", "does not die away: an iteration keeps some of it as it is, as a sum over the iterations does"))
		}
		if k >= f.max {
			panic(f.fails("adjoint", fmt.Sprintf("has not converged after %d iterations: a part is still %.1e of its largest value", k, left)))
		}
	}
	f.put(own, kept)
}

// setAside adds the adjoints of idle parts to kept and takes them out of t. They have no
// part in further sweeps, and if the loop moves slices about, they stay where they are.
func (f *FixedPoint) setAside(t, kept []float64) []float64 {
	if f.idle != nil && len(f.idle) == len(t) {
		for i, idle := range f.idle {
			if idle {
				kept[i] += t[i]
				t[i] = 0
			}
		}
	}
	return t
}

// Tangent iterates the tangents of the state from what the loop has given them. step runs
// an iteration with its tangent from the converged state, restore brings that back; the
// pointers lead to the shadows of what the loop writes.
func (f *FixedPoint) Tangent(step, restore func(), shadows ...any) {
	restore()
	t := rowsIn(shadows).read(nil)
	for i, v := range t {
		if v-v != 0 {
			t[i] = 0
		}
	}
	f.findIdle(step, restore, shadows)
	peak := make([]float64, len(t))
	best, since := math.Inf(1), 0
	var spare []float64
	for k := 1; ; k++ {
		f.put(shadows, t)
		step()
		next := f.rows(shadows).read(spare[:0])
		restore()
		if len(next) != len(t) {
			panic(f.shape())
		}
		if !finite(next) {
			if k > 1 {
				panic(f.fails("tangent", fmt.Sprintf("has grown beyond all bounds in %d iterations", k)))
			}
			f.put(shadows, next)
			return
		}
		change, rough, largest := 0.0, 0.0, 0.0
		for i, v := range next {
			if f.idle[i] {
				v, next[i] = t[i], t[i]
			}
			peak[i] = max(peak[i], math.Abs(v), math.Abs(t[i]))
			largest = max(largest, peak[i])
			if d := math.Abs(v - t[i]); d > 0 {
				change, rough = max(change, d/peak[i]), max(rough, d)
			}
		}
		t, spare = next, t
		if change < best {
			best, since = change, 0
		} else {
			since++
		}
		if change <= f.tol || rough <= rounding*largest && since >= patience {
			break
		}
		if k >= f.max {
			panic(f.fails("tangent", fmt.Sprintf("has not converged after %d iterations: a part still changes by %.1e of its largest value", k, change)))
		}
	}
	f.put(shadows, t)
}

// Pattern is Tangent for masks of dependences: an iteration may only add to them.
func (f *FixedPoint) Pattern(step, restore func(), shadows ...any) {
	restore()
	masks := rowsIn(shadows).bytes()
	for {
		rowsIn(shadows).setBytes(masks)
		step()
		next := rowsIn(shadows).bytes()
		restore()
		if len(next) != len(masks) {
			panic(f.shape())
		}
		more := false
		for i := range masks {
			more = more || next[i]&^masks[i] != 0
			masks[i] |= next[i]
		}
		if !more {
			break
		}
	}
	rowsIn(shadows).setBytes(masks)
}

// A tangent is as good as rounding lets it be when its changes are below rounding and
// have not been smaller for some iterations.
const (
	rounding = 1e-13
	patience = 20
)

// confirmIdle makes sure that the parts of the state that the loop has left alone have no
// influence on the others: it sweeps with adjoints for those parts only, and they must
// stay among themselves. Else none is taken for idle.
func (f *FixedPoint) confirmIdle(record, reverse, restore func(), n int, shadows []any) {
	if f.idle == nil {
		return
	}
	all := f.take(shadows, nil)
	seeds := odd(len(f.idle))
	for i, idle := range f.idle {
		if !idle {
			seeds[i] = 0
		}
	}
	restore()
	record()
	f.put(shadows[:n], seeds)
	reverse()
	got, others := f.take(shadows[:n], nil), f.take(shadows[n:], nil)
	f.put(shadows, all)
	good := len(got) == len(f.idle) && allZero(others)
	for i := range got {
		good = good && (f.idle[i] || got[i] == 0)
	}
	if !good {
		f.idle = nil
	}
}

// findIdle finds the parts of the state that the loop leaves alone: their tangents stay,
// whatever they are, until the slices that it moves about are where they were.
func (f *FixedPoint) findIdle(step, restore func(), shadows []any) {
	rows := rowsIn(shadows)
	f.idle = make([]bool, rows.len())
	seeds := odd(len(f.idle))
	rows.write(seeds)
	seeds = rows.read(seeds[:0]) // rounded, where they are of 32 bits
	defer restore()
	for range mostMoves {
		step()
		if slices.Equal(rowsIn(shadows), rows) {
			for i, v := range rows.read(nil) {
				f.idle[i] = v == seeds[i]
			}
			return
		}
	}
}

// mostMoves is how many buffers a loop may use in turn; with more, or with new memory
// each time, nothing is taken for idle.
const mostMoves = 8

// odd returns n different numbers that no computation is likely to give.
func odd(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		_, out[i] = math.Modf(float64(i+1) * 0.6180339887498949)
		out[i]++
	}
	return out
}

func (f *FixedPoint) fails(what, how string) string {
	return fmt.Sprintf("ad: %s: the %s of the fixed-point loop %s; the iteration must contract where it ends: let it converge, raise max, or remove //cairn:fixedpoint", f.where, what, how)
}

func (f *FixedPoint) shape() string {
	return fmt.Sprintf("ad: %s: the state of the fixed-point loop has another shape after one more iteration; remove //cairn:fixedpoint", f.where)
}

// floatRow is a row of n floats of unit bytes.
type floatRow struct {
	ptr  unsafe.Pointer
	unit uintptr
	n    int
}

func (s floatRow) bytes() uintptr { return s.unit * uintptr(s.n) }

func (s floatRow) get(k int) float64 {
	if s.unit == 4 {
		return float64(unsafe.Slice((*float32)(s.ptr), s.n)[k])
	}
	return unsafe.Slice((*float64)(s.ptr), s.n)[k]
}

// floatRows are the floats that some variables hold and lead to, in an order that
// depends on their shape only.
type floatRows []floatRow

func rowsIn(ptrs []any) floatRows {
	w := floatWalker{}
	for _, p := range ptrs {
		w.walk(address(p), pointee("FixedPoint", p))
	}
	return w.out
}

// read appends the floats to into.
func (ss floatRows) read(into []float64) []float64 {
	for _, s := range ss {
		if s.unit == 8 {
			into = append(into, unsafe.Slice((*float64)(s.ptr), s.n)...)
			continue
		}
		for k := range s.n {
			into = append(into, s.get(k))
		}
	}
	return into
}

// write sets the floats.
func (ss floatRows) write(from []float64) {
	for _, s := range ss {
		if s.unit == 8 {
			copy(unsafe.Slice((*float64)(s.ptr), s.n), from)
		} else {
			to := unsafe.Slice((*float32)(s.ptr), s.n)
			for k := range to {
				to[k] = float32(from[k])
			}
		}
		from = from[s.n:]
	}
}

// bytes returns the memory of the floats.
func (ss floatRows) bytes() []byte {
	var out []byte
	for _, s := range ss {
		out = append(out, bytesAt(s.ptr, int(s.bytes()))...)
	}
	return out
}

func (ss floatRows) setBytes(from []byte) {
	for _, s := range ss {
		from = from[copy(bytesAt(s.ptr, int(s.bytes())), from):]
	}
}

func (ss floatRows) len() int {
	n := 0
	for _, s := range ss {
		n += s.n
	}
	return n
}

// rows is rowsIn in memory that the next call uses again.
func (f *FixedPoint) rows(ptrs []any) floatRows {
	f.w.out = f.w.out[:0]
	clear(f.w.seen)
	for _, p := range ptrs {
		f.w.walk(address(p), pointee("FixedPoint", p))
	}
	return f.w.out
}

// take returns the floats behind the pointers, in the memory of into if there is room, and
// leaves zeros.
func (f *FixedPoint) take(ptrs []any, into []float64) []float64 {
	rows := f.rows(ptrs)
	into = rows.read(into[:0])
	for _, s := range rows {
		clear(bytesAt(s.ptr, int(s.bytes())))
	}
	return into
}

// put sets the floats behind the pointers.
func (f *FixedPoint) put(ptrs []any, values []float64) {
	rows := f.rows(ptrs)
	if rows.len() != len(values) {
		panic(f.shape())
	}
	rows.write(values)
}

type floatWalker struct {
	out  floatRows
	seen map[visit]bool
}

func (w *floatWalker) walk(p unsafe.Pointer, l *layout) {
	for i := range l.ops {
		o := &l.ops[i]
		q := unsafe.Add(p, o.off)
		switch o.kind {
		case opFloat:
			w.out = append(w.out, floatRow{q, o.unit, o.n})
		case opPointer:
			if to := *(*unsafe.Pointer)(q); to != nil {
				w.many(to, o.elem, 1)
			}
		case opSlice:
			h := *(*header)(q)
			w.many(h.ptr, o.elem, h.len)
		case opArray:
			for k := range o.n {
				w.walk(unsafe.Add(q, uintptr(k)*o.elem.size), o.elem)
			}
		}
	}
}

// many walks n values in a row, once.
func (w *floatWalker) many(p unsafe.Pointer, l *layout, n int) {
	if n == 0 {
		return
	}
	if o, ok := l.flat(); ok {
		if o.kind == opFloat {
			w.out = append(w.out, floatRow{p, o.unit, o.n * n})
		}
		return
	}
	v := visit{uintptr(p), l, n}
	if w.seen[v] {
		return
	}
	if w.seen == nil {
		w.seen = map[visit]bool{}
	}
	w.seen[v] = true
	for k := range n {
		w.walk(unsafe.Add(p, uintptr(k)*l.size), l)
	}
}

func allZero(xs []float64) bool {
	for _, x := range xs {
		if x != 0 {
			return false
		}
	}
	return true
}

func finite(xs []float64) bool {
	for _, x := range xs {
		if x-x != 0 {
			return false
		}
	}
	return true
}
