package ad

import (
	"reflect"
	"unsafe"
)

// Heads remembers slices and pointers by the places where they are kept.
type Heads map[unsafe.Pointer]header

// HeadsOf returns the slices and pointers in the value that p points to, and behind them.
func HeadsOf[T any](p *T) Heads {
	h := Heads{}
	if p != nil {
		h.collect(unsafe.Pointer(p), layoutOf(reflect.TypeFor[T]()))
	}
	return h
}

func (h Heads) collect(p unsafe.Pointer, l *layout) {
	for i := range l.ops {
		o := &l.ops[i]
		q := unsafe.Add(p, o.off)
		var at header
		switch o.kind {
		case opPointer:
			if at.ptr = *(*unsafe.Pointer)(q); at.ptr != nil {
				at.len = 1
			}
		case opSlice:
			at = *(*header)(q)
		case opArray:
			at = header{q, o.n, o.n}
		default:
			continue
		}
		if o.kind != opArray {
			if _, seen := h[q]; seen {
				continue
			}
			h[q] = at
		}
		if !o.elem.scalars {
			for k := range at.len {
				h.collect(unsafe.Add(at.ptr, uintptr(k)*o.elem.size), o.elem)
			}
		}
	}
}

// ShapeLike gives the shadow that dst points to the shape of the primal that src points
// to, after a function has replaced slices or pointers in it; was is what they were
// before. What lies in other memory than before, has another length, or is nil in one of
// them only, is replaced by new zeros; all else stays where it is, with the floats that it
// holds. Other scalars are copied, unexported fields included. Interfaces, maps, channels
// and functions are not looked at.
func ShapeLike[T any](dst, src *T, was Heads) {
	if dst == nil || src == nil {
		return
	}
	w := shaper{was: was}
	w.value(unsafe.Pointer(dst), unsafe.Pointer(src), layoutOf(reflect.TypeFor[T]()))
}

// shaper is one walk of ShapeLike.
type shaper struct {
	was  Heads
	seen map[visit]struct{}
}

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
			case *to == nil || w.was[sq].ptr != from:
				zeroAt(dq, sq, reflect.PointerTo(o.elem.typ))
			default:
				w.value(*to, from, o.elem)
			}
		case opSlice:
			to, from := (*header)(dq), (*header)(sq)
			if (to.ptr == nil) != (from.ptr == nil) || to.len != from.len || w.was[sq].ptr != from.ptr {
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
