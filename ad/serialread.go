package ad

import (
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"unsafe"
)

// refReader reads what refWriter has written, in another process. It believes nothing of
// the input: what does not fit the types and the memory of the loop is an error, and memory
// is made for no more than [memoryMap.room] bytes and what the length of the input justifies.
type refReader struct {
	start *memoryMap
	made  []object
	in    []byte
	err   error
}

// readRefs gives s, which has its items and nothing else, the references in b. raw is the
// number of bytes that must belong to them.
func (m *memoryMap) readRefs(b []byte, s *Snapshot, raw int) error {
	r := &refReader{start: m, in: b}
	r.sizes(m.room(raw))
	w := &refs{snap: s, visit: r, fill: r}
	if r.err == nil {
		if size := w.walk(); size != raw || len(r.in) != 0 {
			r.fail(errDamaged)
		}
	}
	return r.err
}

var errDamaged = errors.New("what is stored does not fit the variables of the loop")

// sizes reads the sizes of the objects that the loop has made, of no more than room bytes.
func (r *refReader) sizes(room uint64) {
	n := r.number()
	if n > len(r.in) {
		r.fail(errDamaged)
		return
	}
	for range n {
		size := uint64(r.number())
		if size == 0 || size > room {
			r.fail(errDamaged)
			return
		}
		room -= size
		r.made = append(r.made, object{size: uintptr(size)})
	}
}

func (r *refReader) number() int {
	x, n := binary.Uvarint(r.in)
	if n <= 0 || x > min(1<<62, math.MaxInt) {
		r.fail(errDamaged)
		return 0
	}
	r.in = r.in[n:]
	return int(x)
}

func (r *refReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.in = nil
}

func (r *refReader) word(p *unsafe.Pointer) {
	if k := r.number(); k > len(r.start.words) {
		r.fail(errDamaged)
	} else if k > 0 {
		*p = r.start.words[k-1]
	}
}

func (r *refReader) text(h *header) {
	n := r.number()
	if n > len(r.in) {
		r.fail(errDamaged)
		return
	}
	s := string(r.in[:n])
	r.in = r.in[n:]
	*h = stringHeader(unsafe.Pointer(&s))
}

func (r *refReader) pointer(p *unsafe.Pointer, elem *layout) {
	if what := r.number(); what != refNil {
		*p = r.ref(what, elem, 1)
	}
}

func (r *refReader) slice(h *header, elem *layout) {
	n, room, what := r.number(), r.number(), r.number()
	if n > room || what == refNil && room > 0 {
		r.fail(errDamaged)
	}
	if what == refNil || r.err != nil {
		return
	}
	if p := r.ref(what, elem, room); r.err == nil {
		*h = header{p, n, room}
	}
}

func (r *refReader) mapping(p *unsafe.Pointer, keys *[]reflect.Value, o *op) {
	*p = r.mapRef(o)
	n := r.number()
	if n > len(r.in) {
		r.fail(errDamaged)
	}
	for range n {
		if r.err != nil {
			return
		}
		k := reflect.New(o.typ.Key()).Elem()
		rest, err := readValue(r.in, k)
		if err != nil {
			r.fail(err)
			return
		}
		r.in = rest
		*keys = append(*keys, k)
	}
}

var nothing struct{}

// ref reads a reference, which is no nil, to n times what elem tells.
func (r *refReader) ref(what int, elem *layout, n int) unsafe.Pointer {
	if elem.size > 0 && uintptr(n) > math.MaxInt/elem.size {
		r.fail(errDamaged)
		return nil
	}
	size := uintptr(n) * elem.size
	if what == refEmpty && size == 0 {
		return unsafe.Pointer(&nothing)
	}
	o, off := r.object(what)
	if o == nil || size == 0 || off > o.size || size > o.size-off {
		r.fail(errDamaged)
		return nil
	}
	if o.ptr == nil {
		if o.size%elem.size != 0 {
			r.fail(errDamaged)
			return nil
		}
		o.ptr, o.elem = zeroed(elem.typ, int(o.size/elem.size)), elem
	}
	if what == refNew && o.elem != elem || !o.holds(elem, off, size) {
		r.fail(errDamaged)
		return nil
	}
	return unsafe.Add(o.ptr, off)
}

// object reads the number of an object and an offset. It is nil if there is none.
func (r *refReader) object(what int) (*object, uintptr) {
	k, off := r.number(), r.number()
	list := r.start.objects
	if what == refNew {
		list = r.made
	}
	if r.err != nil || k >= len(list) || what < refStart || what > refNew {
		return nil, 0
	}
	return &list[k], uintptr(off)
}

// mapRef reads a reference to a map of the type of o.
func (r *refReader) mapRef(o *op) unsafe.Pointer {
	what := r.number()
	if what == refNil || r.err != nil {
		return nil
	}
	to, off := r.object(what)
	if to == nil || off != 0 || to.size != 1 {
		r.fail(errDamaged)
		return nil
	}
	if to.ptr == nil {
		to.ptr, to.maps = reflect.MakeMap(o.typ).UnsafePointer(), o.typ
	}
	if to.maps != o.typ {
		r.fail(errDamaged)
		return nil
	}
	return to.ptr
}

// holds reports whether size bytes at offset off can be seen as values of elem. Of memory
// that the loop has seen as several types from the start it is believed.
func (o *object) holds(elem *layout, off, size uintptr) bool {
	switch {
	case o.maps != nil:
		return false
	case o.elem == nil:
		return true
	case o.elem == elem:
		return off%elem.size == 0
	}
	return samePointers(o.elem, off, elem, size)
}

// samePointers reports whether values of a in a row have from off on, for size bytes, the
// pointers that values of b in a row have.
func samePointers(a *layout, off uintptr, b *layout, size uintptr) bool {
	n := 0
	same := b.pointers(0, size, func(at uintptr, p *op) bool {
		n++
		var q *op
		a.pointers(off+at, off+at+p.width(), func(_ uintptr, o *op) bool { q = o; return true })
		return q != nil && q.kind == p.kind && q.elem == p.elem && q.typ == p.typ
	})
	return same && a.pointers(off, off+size, func(uintptr, *op) bool { n--; return true }) && n == 0
}

// pointers calls f for what holds pointers between two offsets in values of l in a row, until
// f returns false. It returns false also if something lies across an end.
func (l *layout) pointers(from, to uintptr, f func(at uintptr, o *op) bool) bool {
	if l.scalars {
		return true
	}
	for base := from / l.size * l.size; base < to; base += l.size {
		for i := range l.ops {
			o := &l.ops[i]
			lo, hi := base+o.off, base+o.off+o.width()
			switch {
			case o.kind <= opRaw || hi <= from || to <= lo:
			case o.kind == opArray:
				inner := func(at uintptr, o *op) bool { return f(lo+at, o) }
				if !o.elem.pointers(max(from, lo)-lo, min(to, hi)-lo, inner) {
					return false
				}
			case lo < from || hi > to || !f(lo, o):
				return false
			}
		}
	}
	return true
}

// width is the number of bytes of what an op holds.
func (o *op) width() uintptr {
	switch o.kind {
	case opFloat, opRaw:
		return o.unit * uintptr(o.n)
	case opIface, opString:
		return 2 * unsafe.Sizeof(uintptr(0))
	case opSlice:
		return 3 * unsafe.Sizeof(uintptr(0))
	case opArray:
		return uintptr(o.n) * o.elem.size
	}
	return unsafe.Sizeof(uintptr(0))
}
