package ad

import (
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// GiveBack gives the shadow at p the slices and pointers that heads has saved of it,
// before a function that replaces some ran. What the adjoint of that function, fn, has put
// into others, of the same shape, is added to them. It panics if the adjoint has left
// anything but zeros in slices of another shape, which nobody would get. Types that lead
// to themselves are not followed: there are no rules for functions of such.
func GiveBack[T any](heads *Snapshot, fn string, p *T) {
	l := layoutOf(reflect.TypeFor[T]())
	left := reflect.New(l.typ).UnsafePointer()
	g := &giver{fn: fn}
	g.copy(left, unsafe.Pointer(p), l)
	heads.RestoreHeaders(p)
	g.add(unsafe.Pointer(p), left, l)
}

// giver is one walk of GiveBack.
type giver struct{ fn string }

// copy makes the value at d a copy of that at s whose slices of scalars are the same, and
// whose other slices and pointers are copies.
func (g *giver) copy(d, s unsafe.Pointer, l *layout) {
	reflect.NewAt(l.typ, d).Elem().Set(reflect.NewAt(l.typ, s).Elem())
	for i := range l.ops {
		o := &l.ops[i]
		dq, sq := unsafe.Add(d, o.off), unsafe.Add(s, o.off)
		switch o.kind {
		case opPointer:
			if from := *(*unsafe.Pointer)(sq); from != nil && !o.elem.recursive && !o.elem.scalars {
				to := reflect.New(o.elem.typ).UnsafePointer()
				*(*unsafe.Pointer)(dq) = to
				g.copy(to, from, o.elem)
			}
		case opSlice:
			h := *(*header)(sq)
			if h.len == 0 || o.elem.scalars || o.elem.recursive {
				continue
			}
			to := zeroed(o.elem.typ, h.len)
			*(*header)(dq) = header{to, h.len, h.len}
			for k := range h.len {
				off := uintptr(k) * o.elem.size
				g.copy(unsafe.Add(to, off), unsafe.Add(h.ptr, off), o.elem)
			}
		case opArray:
			for k := range o.n {
				off := uintptr(k) * o.elem.size
				g.copy(unsafe.Add(dq, off), unsafe.Add(sq, off), o.elem)
			}
		}
	}
}

// add adds what lies in other memory at s to d.
func (g *giver) add(d, s unsafe.Pointer, l *layout) {
	for i := range l.ops {
		o := &l.ops[i]
		dq, sq := unsafe.Add(d, o.off), unsafe.Add(s, o.off)
		switch o.kind {
		case opPointer:
			to, from := *(*unsafe.Pointer)(dq), *(*unsafe.Pointer)(sq)
			if to != from && to != nil && from != nil && !o.elem.recursive {
				g.memory(to, from, 1, 1, o.elem)
			}
		case opSlice:
			to, from := *(*header)(dq), *(*header)(sq)
			if to.ptr != from.ptr && !o.elem.recursive {
				g.memory(to.ptr, from.ptr, to.len, from.len, o.elem)
			}
		case opArray:
			for k := range o.n {
				off := uintptr(k) * o.elem.size
				g.add(unsafe.Add(dq, off), unsafe.Add(sq, off), o.elem)
			}
		}
	}
}

// memory is add for n values in a row, of which there are m at s.
func (g *giver) memory(d, s unsafe.Pointer, n, m int, l *layout) {
	if o, ok := l.flat(); ok {
		if o.kind != opFloat || m == 0 {
			return
		}
		if n == m {
			pair{d, s, o.unit, uintptr(n) * l.size}.add()
			return
		}
		if slices.ContainsFunc(bytesAt(s, m*int(l.size)), func(b byte) bool { return b != 0 }) {
			panic(fmt.Sprintf("ad: the adjoint of %s leaves adjoints in %d elements of a slice that had %d before the call: it has to give them the shape from before", g.fn, m, n))
		}
		return
	}
	for k := range min(n, m) {
		off := uintptr(k) * l.size
		g.add(unsafe.Add(d, off), unsafe.Add(s, off), l)
	}
}
