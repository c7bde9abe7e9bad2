package ad

import (
	"reflect"
	"unsafe"
)

// Push records a value of any type: a number, a slice header, a pointer, a struct, a
// string. What the value points to is not copied. It does not allocate.
func Push[T any](s *Stack, v T) {
	if unsafe.Sizeof(v) > largestBasic {
		s.push(unsafe.Pointer(&v), reflect.TypeFor[T]())
		return
	}
	switch p := any(&v).(type) {
	case *float64:
		s.PushFloat(*p)
	case *float32:
		s.PushFloat(float64(*p))
	case *complex128:
		s.PushComplex(*p)
	case *int:
		s.PushInt(int64(*p))
	case *int32:
		s.PushInt(int64(*p))
	case *int64:
		s.PushInt(*p)
	case *bool:
		s.PushBool(*p)
	default:
		s.push(unsafe.Pointer(&v), reflect.TypeFor[T]())
	}
}

// largestBasic is the size of the largest type that Push and Pop know by itself, complex128.
const largestBasic = 16

// push appends the value of type t at p; slices and pointers need no look at a layout.
func (s *Stack) push(p unsafe.Pointer, t reflect.Type) {
	a := &s.rest
	switch t.Kind() {
	case reflect.Slice:
		a.heads = append(a.heads, *(*header)(p))
	case reflect.Pointer:
		a.ptrs = append(a.ptrs, *(*unsafe.Pointer)(p))
	default:
		l := s.layouts.of(t)
		if l.words > 0 {
			s.pushFloats(unsafe.Slice((*float64)(p), l.words))
			return
		}
		a.put(p, l)
	}
}

// Pop takes back the value of this type recorded last by [Push].
func Pop[T any](s *Stack) T {
	var v T
	if unsafe.Sizeof(v) > largestBasic {
		s.pop(unsafe.Pointer(&v), reflect.TypeFor[T]())
		return v
	}
	switch p := any(&v).(type) {
	case *float64:
		*p = s.PopFloat()
	case *float32:
		*p = float32(s.PopFloat())
	case *complex128:
		*p = s.PopComplex()
	case *int:
		*p = int(s.PopInt())
	case *int32:
		*p = int32(s.PopInt())
	case *int64:
		*p = s.PopInt()
	case *bool:
		*p = s.PopBool()
	default:
		s.pop(unsafe.Pointer(&v), reflect.TypeFor[T]())
	}
	return v
}

// pop moves the last value, of type t, to p.
func (s *Stack) pop(p unsafe.Pointer, t reflect.Type) {
	a := &s.rest
	switch t.Kind() {
	case reflect.Slice:
		s.high.heads = max(s.high.heads, len(a.heads))
		n := len(a.heads) - 1
		*(*header)(p) = a.heads[n]
		a.heads = a.heads[:n]
	case reflect.Pointer:
		s.high.ptrs = max(s.high.ptrs, len(a.ptrs))
		n := len(a.ptrs) - 1
		*(*unsafe.Pointer)(p) = a.ptrs[n]
		a.ptrs = a.ptrs[:n]
	default:
		l := s.layouts.of(t)
		if l.words > 0 {
			s.popFloats(unsafe.Slice((*float64)(p), l.words))
			return
		}
		s.high = s.high.max(a.extent())
		e := a.below(l, 1)
		a.get(p, l, e)
		a.truncate(e)
	}
}

// below returns where the last n values of layout l begin.
func (a *arena) below(l *layout, n int) extent {
	e := a.extent()
	return extent{e.raw - n*l.raw, e.ptrs - n*l.ptrs, e.heads - n*l.heads, e.maps}
}

// PushSlice records the elements of x, all len(x) of them. What the elements point to
// is not copied.
func PushSlice[T any](s *Stack, x []T) {
	if f, ok := any(x).([]float64); ok {
		s.pushFloats(f)
		return
	}
	if f, ok := words(s, x); ok {
		s.pushFloats(f)
		return
	}
	l := layoutOf(reflect.TypeFor[T]())
	if o, ok := l.flat(); ok {
		s.rest.putRaw(unsafe.Pointer(unsafe.SliceData(x)), int(o.unit)*o.n*len(x))
		return
	}
	for i := range x {
		s.rest.put(unsafe.Pointer(&x[i]), l)
	}
}

// words returns the memory of x as 8-byte words if its elements are made of them and
// hold no pointers. They are only moved, so that it does not matter what they mean.
func words[T any](s *Stack, x []T) ([]float64, bool) {
	l := s.layouts.of(reflect.TypeFor[T]())
	if l.words == 0 || len(x) == 0 {
		return nil, false
	}
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*l.words), true
}

// PopSlice takes back the elements recorded last by [PushSlice] into x, which must
// have the length it had then.
func PopSlice[T any](s *Stack, x []T) {
	if f, ok := any(x).([]float64); ok {
		s.popFloats(f)
		return
	}
	if f, ok := words(s, x); ok {
		s.popFloats(f)
		return
	}
	l := layoutOf(reflect.TypeFor[T]())
	s.high = s.high.max(s.rest.extent())
	from := s.rest.below(l, len(x))
	if _, ok := l.flat(); ok {
		copy(bytesAt(unsafe.Pointer(unsafe.SliceData(x)), len(x)*l.raw), s.rest.raw[from.raw:])
	} else {
		e := from
		for i := range x {
			e = s.rest.get(unsafe.Pointer(&x[i]), l, e)
		}
	}
	s.rest.truncate(from)
}

func (s *Stack) pushFloats(x []float64) {
	for len(x) > 0 {
		if s.fn == uint(len(s.f)) {
			s.upFloats()
		}
		n := copy(s.f[s.fn:], x)
		s.fn += uint(n)
		x = x[n:]
	}
}

func (s *Stack) popFloats(x []float64) {
	for len(x) > 0 {
		if s.fn-1 >= s.fhi {
			s.downFloats()
		}
		n := min(s.fn, uint(len(x)))
		s.fn -= n
		rest := uint(len(x)) - n
		copy(x[rest:], s.f[s.fn:])
		x = x[:rest]
	}
}
