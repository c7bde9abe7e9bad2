package ad

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"sync"
	"unsafe"
)

// ApartSlices panics if the elements of a and b overlap in memory. Made code of a
// function that writes to one of its arguments assumes that no other argument is
// the same memory; this is the check.
func ApartSlices[T, U any](fn, aName string, a []T, bName string, b []U) {
	if overlapping(a, b) {
		overlap(fn, aName, bName)
	}
}

func overlapping[T, U any](a []T, b []U) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	a0, b0 := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	a1, b1 := a0+uintptr(len(a))*unsafe.Sizeof(a[0]), b0+uintptr(len(b))*unsafe.Sizeof(b[0])
	return a0 < b1 && b0 < a1
}

func overlap(fn, aName, bName string) {
	panic(fmt.Sprintf("ad: %s: the arguments %s and %s share memory, and %s writes to it: its derivatives are made for arguments that are apart; pass a copy of one",
		fn, aName, bName, fn))
}

// Apart is ApartSlices for any two arguments, given by their addresses: everything
// that they lead to is compared.
func Apart[A, B any](fn, aName string, a *A, bName string, b *B) {
	apart(fn, aName, a, bName, b, false)
}

// ApartRoom is Apart with slices up to their capacity, for a function that appends to
// them.
func ApartRoom[A, B any](fn, aName string, a *A, bName string, b *B) {
	apart(fn, aName, a, bName, b, true)
}

// apart lists the memory of one argument, of the one that leads less far if that is known, and looks
// at that of the other one as it comes.
func apart[A, B any](fn, aName string, a *A, bName string, b *B, room bool) {
	p, l := unsafe.Pointer(a), layoutOf(reflect.TypeFor[A]())
	q, m := unsafe.Pointer(b), layoutOf(reflect.TypeFor[B]())
	if m.far() < l.far() {
		p, l, q, m = q, m, p, l
	}
	x, y := newCollector(room), newCollector(room)
	x.walk(p, l)
	x.stretches = inOrder(x.stretches)
	if y.against = x.stretches; len(y.against) > 0 {
		y.walk(q, m)
	}
	met := y.met
	x.release()
	y.release()
	if met {
		overlap(fn, aName, bName)
	}
}

// far is how far a value leads: 0 to nothing, 1 to memory that leads to nothing, 2 further.
func (l *layout) far() int {
	if !l.leads {
		return 0
	}
	for _, o := range l.ops {
		if o.elem != nil && o.elem.leads {
			return 2
		}
	}
	return 1
}

// meet reports whether a stretch of x overlaps one of y; both are in order.
func meet(x, y []stretch) bool {
	i := 0
	for _, s := range y {
		for i < len(x) && x[i].end <= s.start {
			i++
		}
		if i < len(x) && x[i].start < s.end {
			return true
		}
	}
	return false
}

// stretch is a range of addresses.
type stretch struct{ start, end uintptr }

// collectors are used again, with their memory: checks come with every call of a derivative.
var collectors = sync.Pool{New: func() any { return &stretchCollector{seen: map[unsafe.Pointer]uintptr{}} }}

func newCollector(room bool) *stretchCollector {
	c := collectors.Get().(*stretchCollector)
	c.room = room
	return c
}

func (c *stretchCollector) release() {
	clear(c.seen)
	*c = stretchCollector{stretches: c.stretches[:0], seen: c.seen}
	collectors.Put(c)
}

// collect lists the memory that *ptr leads to, itself left out, in order and without overlap.
func collect[T any](ptr *T) *stretchCollector {
	c := newCollector(false)
	c.walk(unsafe.Pointer(ptr), layoutOf(reflect.TypeFor[T]()))
	c.stretches = inOrder(c.stretches)
	return c
}

// inOrder sorts stretches and joins those that touch or overlap, in place.
func inOrder(list []stretch) []stretch {
	slices.SortFunc(list, func(a, b stretch) int { return cmp.Compare(a.start, b.start) })
	out := list[:0]
	for _, s := range list {
		if n := len(out); n > 0 && s.start <= out[n-1].end {
			out[n-1].end = max(out[n-1].end, s.end)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// stretchCollector follows references. It lists the memory that they lead to or, with against,
// finds out whether any of it is of that.
type stretchCollector struct {
	stretches []stretch
	seen      map[unsafe.Pointer]uintptr // how many bytes have been visited from there
	room      bool                       // slices up to their capacity
	against   []stretch                  // in order
	met       bool                       // something is of against
}

// walk visits what a value at p leads to, until something is met.
func (c *stretchCollector) walk(p unsafe.Pointer, l *layout) {
	if !l.leads {
		return
	}
	for i := range l.ops {
		o := &l.ops[i]
		if c.met {
			return
		}
		q := unsafe.Add(p, o.off)
		switch o.kind {
		case opPointer:
			c.elements(*(*unsafe.Pointer)(q), 1, o.elem)
		case opSlice:
			h := (*header)(q)
			n := h.len
			if c.room {
				n = h.cap
			}
			c.elements(h.ptr, n, o.elem)
		case opArray:
			if o.elem.leads {
				for k := range o.n {
					c.walk(unsafe.Add(q, uintptr(k)*o.elem.size), o.elem)
				}
			}
		case opMap:
			if m := *(*unsafe.Pointer)(q); m != nil && c.memory(m, 1) && o.elem.leads {
				c.entries(m, o)
			}
		}
	}
}

// elements visits n values at p and what they lead to.
func (c *stretchCollector) elements(p unsafe.Pointer, n int, l *layout) {
	if p == nil || n == 0 || l.size == 0 {
		return
	}
	bytes := uintptr(n) * l.size
	if !l.leads && c.against != nil && (uintptr(p)+bytes <= c.against[0].start || uintptr(p) >= c.against[len(c.against)-1].end) {
		return
	}
	if !c.memory(p, bytes) || !l.leads {
		return
	}
	for k := range n {
		c.walk(unsafe.Add(p, uintptr(k)*l.size), l)
	}
}

// memory takes the memory at p and reports whether it is new. A value that begins where another one
// does, such as a field in front, is new if it is longer.
func (c *stretchCollector) memory(p unsafe.Pointer, bytes uintptr) bool {
	if c.seen[p] >= bytes {
		return false
	}
	c.seen[p] = bytes
	s := stretch{uintptr(p), uintptr(p) + bytes}
	if c.against == nil {
		c.stretches = append(c.stretches, s)
	} else {
		at := sort.Search(len(c.against), func(i int) bool { return c.against[i].end > s.start })
		c.met = c.met || at < len(c.against) && c.against[at].start < s.end
	}
	return true
}

// entries follows the values of a map, which itself counts as one byte of memory.
func (c *stretchCollector) entries(p unsafe.Pointer, o *op) {
	m := reflect.NewAt(o.typ, unsafe.Pointer(&p)).Elem()
	value := reflect.New(m.Type().Elem())
	for it := m.MapRange(); it.Next(); {
		value.Elem().SetIterValue(it)
		c.walk(value.UnsafePointer(), o.elem)
	}
}
