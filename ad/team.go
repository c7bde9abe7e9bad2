package ad

import (
	"reflect"
	"runtime"
	"sync"
	"unsafe"
)

// A Team runs the iterations of a loop in goroutines, in blocks of iterations that follow one
// another. How they are divided depends on their number only, and so do the results: not on
// how many processors there are, or on which goroutine is first.
type Team struct {
	lo, hi int
	blocks int
	alone  bool // one block after the other: the copies would take too much memory

	sweep   sweepKind
	st      *Stack
	plain   func(k, from, to int)
	sweeper func(k, from, to int, st *Stack)

	floats []floatCopies
	adding bool // the blocks add up copies
	others []func()
	work   workspace // of the copies

	strips  []strip // of the iterations, if their rows are apart
	held    bool    // some rows are held back
	holding bool    // it is their turn

	starts []func() // each runs one block
	wait   sync.WaitGroup
	panics []any
	failed []bool
}

type sweepKind uint8

const (
	plainRun sweepKind = iota
	forwardRun
	reverseRun
)

// mostBlocks is how many goroutines a loop gets at most, and mostCopied how many bytes of
// copies.
const (
	mostBlocks = 16
	mostCopied = 1 << 28
)

var teams = sync.Pool{New: func() any { return new(Team) }}

// NewTeam returns a team for the iterations from lo to hi-1. It is used for one run.
func NewTeam(lo, hi int) *Team {
	t := teams.Get().(*Team)
	t.lo, t.hi = lo, hi
	t.blocks = max(0, min(hi-lo, mostBlocks))
	return t
}

// Run calls part(k, from, to) for each block k of iterations from to to-1, at the same time, and
// returns when all of them have ended. If some panic, it panics with what the first of these
// blocks panicked with. What the blocks added to their copies, it adds to what these are copies
// of, in the order of the blocks.
func (t *Team) Run(part func(k, from, to int)) {
	t.sweep, t.plain = plainRun, part
	t.run()
}

// Forward is Run for a forward sweep that records: each block has a stack of its own, which st
// keeps for Reverse.
func (t *Team) Forward(st *Stack, part func(k, from, to int, st *Stack)) {
	t.sweep, t.st, t.sweeper = forwardRun, st, part
	if t.blocks > 1 {
		st.fork(t.blocks)
	}
	t.run()
}

// Reverse is Run for the reverse sweep of what Forward has recorded on st.
func (t *Team) Reverse(st *Stack, part func(k, from, to int, st *Stack)) {
	t.sweep, t.st, t.sweeper = reverseRun, st, part
	blocks := t.blocks
	if blocks > 1 && len(st.forked) < blocks {
		panic("ad: a loop over goroutines is reversed that has not been recorded, please report the generated function")
	}
	t.run()
	if blocks > 1 {
		st.join(blocks)
	}
}

func (t *Team) run() {
	switch {
	case t.blocks == 0:
	case t.blocks == 1:
		t.block(0)
	case t.alone:
		for k := t.blocks - 1; k >= 0; k-- {
			t.clear(k)
			t.block(k)
		}
	default:
		t.together()
	}
	if t.blocks > 1 {
		t.runHeld()
		t.addUp()
	}
	t.release()
}

// addUp adds the copies to what they are copies of: with many floats, each goroutine a part of all
// copies.
func (t *Team) addUp() {
	t.adding = true
	if t.work.bytes >= 8*manyCopied && !t.alone {
		t.together()
	} else {
		for k := range t.blocks {
			t.addPart(k)
		}
	}
	t.adding = false
	for _, add := range t.others {
		add()
	}
}

// manyCopied is from how many floats on it is worth to start goroutines that add them.
const manyCopied = 1 << 14

// addPart adds part k of all copies.
func (t *Team) addPart(k int) {
	for i := range t.floats {
		c := &t.floats[i]
		lo, hi := len(c.to)*k/t.blocks, len(c.to)*(k+1)/t.blocks
		for b := 1; b < t.blocks; b++ {
			Add(c.to[lo:hi], c.of(b)[lo:hi])
		}
	}
}

// share returns the iterations of block k.
func (t *Team) share(k int) (from, to int) {
	n := t.hi - t.lo
	return t.lo + n*k/t.blocks, t.lo + n*(k+1)/t.blocks
}

// block runs block k.
func (t *Team) block(k int) {
	from, to := t.share(k)
	if t.sweep == plainRun {
		t.plain(k, from, to)
		return
	}
	st := t.st
	if t.blocks > 1 {
		st = st.forks[k]
	}
	t.sweeper(k, from, to, st)
}

// together runs the blocks at the same time, the first one in the caller's goroutine.
func (t *Team) together() {
	for k := len(t.starts); k < t.blocks; k++ {
		t.starts = append(t.starts, func() {
			defer t.wait.Done()
			t.guarded(k)
		})
		t.panics, t.failed = append(t.panics, nil), append(t.failed, false)
	}
	if runtime.GOMAXPROCS(0) == 1 {
		for k := range t.blocks {
			t.guarded(k)
		}
	} else {
		t.wait.Add(t.blocks - 1)
		for _, start := range t.starts[1:t.blocks] {
			go start()
		}
		t.guarded(0)
		t.wait.Wait()
	}
	for k, failed := range t.failed[:t.blocks] {
		if failed {
			panic(t.panics[k])
		}
	}
}

// guarded runs block k and keeps what it panics with.
func (t *Team) guarded(k int) {
	t.failed[k] = true
	defer func() {
		if t.failed[k] {
			t.panics[k] = recover()
		}
	}()
	if t.adding {
		t.addPart(k)
	} else {
		t.clear(k)
		t.block(k)
	}
	t.failed[k] = false
}

// clear lets the copies of block k begin with zeros.
func (t *Team) clear(k int) {
	for i := range t.floats {
		clear(t.floats[i].of(k))
	}
}

// release gives the team back to the pool.
func (t *Team) release() {
	t.plain, t.sweeper, t.st = nil, nil, nil
	clear(t.floats)
	t.floats = t.floats[:0]
	clear(t.others)
	t.others = t.others[:0]
	t.work.cut(0)
	t.work.high = 0
	t.alone = false
	t.strips, t.held, t.holding = t.strips[:0], false, false
	teams.Put(t)
}

// floatCopies are copies of one piece of memory, without the first block's, which uses the
// memory itself.
type floatCopies struct {
	to   []float64
	from []float64 // one copy after the other
}

// of returns the copy of block k, nothing for the first.
func (c *floatCopies) of(k int) []float64 {
	if k == 0 {
		return nil
	}
	return c.from[(k-1)*len(c.to) : k*len(c.to)]
}

// Private returns for each block a shadow like x, which is a slice or a pointer, to add to: the
// first block's is x itself, those of the others start with zeros and are added to x when the team
// has run.
func Private[T any](t *Team, x T) []T {
	out := make([]T, max(t.blocks, 1))
	for k := range out {
		out[k] = x
	}
	if t.blocks <= 1 || t.alone {
		return out
	}
	l := layoutOf(reflect.TypeFor[T]())
	if len(l.ops) == 1 && l.ops[0].kind == opSlice {
		if e := l.ops[0].elem; e.floats && e.size > 0 && e.size%8 == 0 && onlyFloat64(e) {
			h := (*header)(unsafe.Pointer(&x))
			if from := t.copies(h.ptr, h.len*int(e.size/8)); from != nil {
				for k := 1; k < t.blocks; k++ {
					at := unsafe.Add(unsafe.Pointer(unsafe.SliceData(from)), uintptr((k-1)*h.len)*e.size)
					*(*header)(unsafe.Pointer(&out[k])) = header{at, h.len, h.len}
				}
			}
			return out
		}
	}
	for k := 1; k < t.blocks; k++ {
		out[k] = ZeroLike(x)
	}
	t.others = append(t.others, func() {
		for _, y := range out[1:] {
			AddLike(x, y)
		}
	})
	return out
}

// onlyFloat64 reports whether the floats that l is made of have 8 bytes.
func onlyFloat64(l *layout) bool {
	o, ok := l.flat()
	return ok && o.kind == opFloat && o.unit == 8
}

// copies makes copies of n floats for all blocks but the first, one behind the other; nil if there
// are none. If they would take too much memory, the blocks run one after the other, and use the
// floats themselves.
func (t *Team) copies(of unsafe.Pointer, n int) []float64 {
	size := n * (t.blocks - 1)
	if n == 0 {
		return nil
	}
	if t.work.bytes+8*int64(size) > mostCopied {
		t.alone = true
		return nil
	}
	from := unsafe.Slice((*float64)(t.work.words.make(&t.work, uintptr(size)*8)), size)
	t.floats = append(t.floats, floatCopies{unsafe.Slice((*float64)(of), n), from})
	return from
}

// Zeros returns a zero value for each block, to add to.
func Zeros[T any](t *Team) []T { return make([]T, max(t.blocks, 1)) }

// AddUp adds the values to what sum points to, in their order.
func AddUp[T any](sum *T, values []T) {
	for i := range values {
		AddLike(sum, &values[i])
	}
}

// Sum returns the sum of the values, in their order.
func Sum[F Float](values []F) F {
	var sum F
	for _, x := range values {
		sum += x
	}
	return sum
}
