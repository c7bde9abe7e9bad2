package ad

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
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
func Apart(fn, aName string, a any, bName string, b any) {
	apart(fn, aName, a, bName, b, false)
}

func apart(fn, aName string, a any, bName string, b any, room bool) {
	x, y := collect(a, room), collect(b, room)
	if meet(x.stretches, y.stretches) {
		overlap(fn, aName, bName)
	}
	x.release()
	y.release()
}

// ApartRoom is Apart with slices up to their capacity, for a function that appends to
// them.
func ApartRoom(fn, aName string, a any, bName string, b any) {
	apart(fn, aName, a, bName, b, true)
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

// stretchesOf lists the memory that *ptr leads to, itself left out, in order and
// without overlap.
func stretchesOf(ptr any) []stretch {
	c := collect(ptr, false)
	defer c.release()
	return slices.Clone(c.stretches)
}

// collectors are used again, with their memory: checks come with every call of a derivative.
var collectors = sync.Pool{New: func() any { return &stretchCollector{seen: map[unsafe.Pointer]int{}} }}

func newCollector(room bool) *stretchCollector {
	c := collectors.Get().(*stretchCollector)
	c.room = room
	return c
}

func (c *stretchCollector) release() {
	clear(c.seen)
	c.stretches = c.stretches[:0]
	collectors.Put(c)
}

// collect lists what stretchesOf does, with slices up to their capacity if room is set.
func collect(ptr any, room bool) *stretchCollector {
	c := newCollector(room)
	c.value(reflect.ValueOf(ptr).Elem())
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

type stretchCollector struct {
	stretches []stretch
	seen      map[unsafe.Pointer]int // how many elements have been visited from there
	room      bool                   // slices up to their capacity
}

func (c *stretchCollector) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		if c.room {
			v = v.Slice(0, v.Cap())
		}
		if t := v.Type().Elem(); c.memory(v.UnsafePointer(), v.Len(), t) && leads(t) {
			for i := range v.Len() {
				c.value(v.Index(i))
			}
		}
	case reflect.Pointer:
		if t := v.Type().Elem(); !v.IsNil() && c.memory(v.UnsafePointer(), 1, t) && leads(t) {
			c.value(v.Elem())
		}
	case reflect.Map:
		c.entries(v)
	case reflect.Struct:
		for i := range v.NumField() {
			c.value(v.Field(i))
		}
	case reflect.Array:
		if leads(v.Type().Elem()) {
			for i := range v.Len() {
				c.value(v.Index(i))
			}
		}
	}
}

// memory notes n values of type t at p and reports whether that is new.
func (c *stretchCollector) memory(p unsafe.Pointer, n int, t reflect.Type) bool {
	if n == 0 || t.Size() == 0 || c.seen[p] >= n {
		return false
	}
	c.seen[p] = n
	c.stretches = append(c.stretches, stretch{uintptr(p), uintptr(p) + uintptr(n)*t.Size()})
	return true
}

// entries takes a map for one byte of memory, and follows its values.
func (c *stretchCollector) entries(m reflect.Value) {
	p := m.UnsafePointer()
	if p == nil || c.seen[p] > 0 {
		return
	}
	c.seen[p] = 1
	c.stretches = append(c.stretches, stretch{uintptr(p), uintptr(p) + 1})
	if leads(m.Type().Elem()) {
		for it := m.MapRange(); it.Next(); {
			c.value(it.Value())
		}
	}
}

// leads reports whether values of type t lead to other memory.
func leads(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer, reflect.Map:
		return true
	case reflect.Array:
		return leads(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if leads(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}
