package ad

import (
	"fmt"
	"reflect"
	"unsafe"
)

// SeedMoved is [AddLike] for the seeds, in theirs, of an output name of fn, which moves
// slices about in it: mine has the shape that the output has afterwards, and so must
// theirs. The panic says so.
func SeedMoved[T any](fn, name string, mine, theirs T) {
	defer func() {
		if p := recover(); p != nil {
			panic(fmt.Sprintf("ad: %s: it moves slices about in %s, so the seeds in %sb must have the shape that %s has after %s: %v", fn, name, name, name, fn, p))
		}
	}()
	AddLike(mine, theirs)
}

// AddMoved adds the adjoints in *mine to *theirs, which the seeds have left empty. Where a
// slice, pointer or map of theirs has not the shape that it has in mine, since things were
// moved about, theirs gets a new one.
func AddMoved[T any](theirs, mine *T) {
	m := &mover{seen: map[[2]visit]bool{}}
	m.value(unsafe.Pointer(theirs), unsafe.Pointer(mine), layoutOf(reflect.TypeFor[T]()))
	AddLike(theirs, mine)
}

// mover gives the value at d the slices and pointers that have another shape in the value
// at s, as new memory with zeros.
type mover struct{ seen map[[2]visit]bool }

func (m *mover) value(d, s unsafe.Pointer, l *layout) {
	for i := range l.ops {
		o := &l.ops[i]
		dq, sq := unsafe.Add(d, o.off), unsafe.Add(s, o.off)
		switch o.kind {
		case opPointer:
			dp, sp := (*unsafe.Pointer)(dq), *(*unsafe.Pointer)(sq)
			if (*dp == nil) != (sp == nil) {
				*dp = nil
				zeroLike(dq, sq, layoutOf(reflect.PointerTo(o.elem.typ)))
			} else if sp != nil {
				m.many(*dp, sp, o.elem, 1)
			}
		case opSlice:
			dh, sh := (*header)(dq), *(*header)(sq)
			if dh.len != sh.len {
				*dh = header{}
				zeroLike(dq, sq, layoutOf(reflect.SliceOf(o.elem.typ)))
			} else {
				m.many(dh.ptr, sh.ptr, o.elem, sh.len)
			}
		case opMap:
			m.entries(dq, sq, o)
		case opArray:
			for k := range o.n {
				off := uintptr(k) * o.elem.size
				m.value(unsafe.Add(dq, off), unsafe.Add(sq, off), o.elem)
			}
		}
	}
}

// many is value for n values in a row, once.
func (m *mover) many(d, s unsafe.Pointer, l *layout, n int) {
	at := [2]visit{{uintptr(d), l, n}, {uintptr(s), l, n}}
	if l.scalars || d == s || m.seen[at] {
		return
	}
	m.seen[at] = true
	for k := range n {
		off := uintptr(k) * l.size
		m.value(unsafe.Add(d, off), unsafe.Add(s, off), l)
	}
}

// entries takes from the map at d the keys that the one at s lacks, and gives the others
// their shapes.
func (m *mover) entries(d, s unsafe.Pointer, o *op) {
	from, to := mapAt(s, o.typ), mapAt(d, o.typ)
	if !o.carries() || to.UnsafePointer() == from.UnsafePointer() {
		return
	}
	for _, k := range to.MapKeys() {
		was := from.MapIndex(k)
		if !was.IsValid() {
			to.SetMapIndex(k, reflect.Value{})
			continue
		}
		v := boxed(to.MapIndex(k))
		m.value(v.Addr().UnsafePointer(), boxed(was).Addr().UnsafePointer(), o.elem)
		to.SetMapIndex(k, v)
	}
}
