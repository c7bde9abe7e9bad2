package ad

import (
	"reflect"
	"unsafe"
)

// ShapeLike gives the shadow that dst points to the shape of the primal that src points
// to, after a function has replaced slices or pointers in it: what has another length, or
// is nil in one of them only, is replaced by new zeros; all else stays where it is, with
// the floats that it holds. Other scalars are copied, unexported fields included.
// Interfaces, maps, channels and functions are not looked at.
func ShapeLike[T any](dst, src *T) {
	if dst == nil || src == nil {
		return
	}
	w := shaper{}
	w.value(unsafe.Pointer(dst), unsafe.Pointer(src), layoutOf(reflect.TypeFor[T]()))
}

// shaper is one walk of ShapeLike.
type shaper struct{ seen map[visit]struct{} }

func (w *shaper) value(d, s unsafe.Pointer, l *layout) {
	if l.recursive {
		v := visit{uintptr(s), l, 1}
		if _, ok := w.seen[v]; ok {
			return
		}
		if w.seen == nil {
			w.seen = map[visit]struct{}{}
		}
		w.seen[v] = struct{}{}
	}
	for i := range l.ops {
		o := &l.ops[i]
		dq, sq := unsafe.Add(d, o.off), unsafe.Add(s, o.off)
		switch o.kind {
		case opRaw:
			n := int(o.unit) * o.n
			copy(bytesAt(dq, n), bytesAt(sq, n))
		case opString:
			*(*string)(dq) = *(*string)(sq)
		case opPointer:
			to, from := (*unsafe.Pointer)(dq), *(*unsafe.Pointer)(sq)
			switch {
			case from == nil:
				*to = nil
			case *to == nil:
				zeroAt(dq, sq, reflect.PointerTo(o.elem.typ))
			default:
				w.value(*to, from, o.elem)
			}
		case opSlice:
			to, from := (*header)(dq), (*header)(sq)
			if (to.ptr == nil) != (from.ptr == nil) || to.len != from.len {
				zeroAt(dq, sq, reflect.SliceOf(o.elem.typ))
				continue
			}
			if !o.elem.floats {
				for k := range to.len {
					off := uintptr(k) * o.elem.size
					w.value(unsafe.Add(to.ptr, off), unsafe.Add(from.ptr, off), o.elem)
				}
			}
		case opArray:
			for k := range o.n {
				off := uintptr(k) * o.elem.size
				w.value(unsafe.Add(dq, off), unsafe.Add(sq, off), o.elem)
			}
		}
	}
}

// zeroAt makes the value of type t at z, which may hold another one, the shadow of that
// at x.
func zeroAt(z, x unsafe.Pointer, t reflect.Type) {
	reflect.NewAt(t, z).Elem().SetZero()
	zeroLike(z, x, layoutOf(t))
}
