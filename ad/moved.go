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
// slice or pointer of theirs has not the length that it has in mine, since things were
// moved about, theirs gets a new one.
func AddMoved[T any](theirs, mine *T) {
	addMoved(unsafe.Pointer(theirs), unsafe.Pointer(mine), layoutOf(reflect.TypeFor[T]()))
	AddLike(theirs, mine)
}

// addMoved gives the value at d the slices and pointers that have another shape in the
// value at s, as new memory with zeros.
func addMoved(d, s unsafe.Pointer, l *layout) {
	for i := range l.ops {
		o := &l.ops[i]
		dq, sq := unsafe.Add(d, o.off), unsafe.Add(s, o.off)
		switch o.kind {
		case opPointer:
			dp, sp := (*unsafe.Pointer)(dq), *(*unsafe.Pointer)(sq)
			switch {
			case (*dp == nil) != (sp == nil):
				*dp = nil
				zeroLike(dq, sq, layoutOf(reflect.PointerTo(o.elem.typ)))
			case sp != nil && *dp != sp && !o.elem.recursive:
				addMoved(*dp, sp, o.elem)
			}
		case opSlice:
			dh, sh := (*header)(dq), *(*header)(sq)
			if dh.len != sh.len {
				*dh = header{}
				zeroLike(dq, sq, layoutOf(reflect.SliceOf(o.elem.typ)))
				continue
			}
			if o.elem.scalars || o.elem.recursive || dh.ptr == sh.ptr {
				continue
			}
			for k := range sh.len {
				off := uintptr(k) * o.elem.size
				addMoved(unsafe.Add(dh.ptr, off), unsafe.Add(sh.ptr, off), o.elem)
			}
		case opMap:
			leave(dq, sq, o)
		case opArray:
			for k := range o.n {
				off := uintptr(k) * o.elem.size
				addMoved(unsafe.Add(dq, off), unsafe.Add(sq, off), o.elem)
			}
		}
	}
}
