package ad

import (
	"reflect"
	"unsafe"
)

// Push records a value of any type: a number, a slice header, a pointer, a struct, a
// string. What the value points to is not copied. It does not allocate.
func Push[T any](s *Stack, v T) {
	switch p := any(&v).(type) {
	case *float64:
		s.PushFloat(*p)
	case *float32:
		s.PushFloat(float64(*p))
	case *int:
		s.PushInt(int64(*p))
	case *int32:
		s.PushInt(int64(*p))
	case *int64:
		s.PushInt(*p)
	case *bool:
		s.PushBool(*p)
	case *[]float64, *[][]float64, *[]int, *[]int32, *[]float32:
		s.rest.heads = append(s.rest.heads, *(*header)(unsafe.Pointer(&v)))
	default:
		s.rest.put(unsafe.Pointer(&v), layoutOf(reflect.TypeFor[T]()))
	}
}

// Pop takes back the value of this type recorded last by [Push].
func Pop[T any](s *Stack) T {
	var v T
	switch p := any(&v).(type) {
	case *float64:
		*p = s.PopFloat()
	case *float32:
		*p = float32(s.PopFloat())
	case *int:
		*p = int(s.PopInt())
	case *int32:
		*p = int32(s.PopInt())
	case *int64:
		*p = s.PopInt()
	case *bool:
		*p = s.PopBool()
	case *[]float64, *[][]float64, *[]int, *[]int32, *[]float32:
		*(*header)(unsafe.Pointer(&v)) = s.popHeader()
	default:
		l := layoutOf(reflect.TypeFor[T]())
		s.peak.rest = s.peak.rest.max(s.rest.extent())
		e := s.rest.below(l, 1)
		s.rest.get(unsafe.Pointer(&v), l, e)
		s.rest.truncate(e)
	}
	return v
}

func (s *Stack) popHeader() header {
	n := len(s.rest.heads)
	s.peak.rest.heads = max(s.peak.rest.heads, n)
	h := s.rest.heads[n-1]
	s.rest.heads = s.rest.heads[:n-1]
	return h
}

// below returns where the last n values of layout l begin.
func (a *arena) below(l *layout, n int) extent {
	e := a.extent()
	return extent{e.raw - n*l.raw, e.ptrs - n*l.ptrs, e.heads - n*l.heads}
}

// PushSlice records the elements of x, all len(x) of them. What the elements point to
// is not copied.
func PushSlice[T any](s *Stack, x []T) {
	if f, ok := any(x).([]float64); ok {
		s.floats = append(s.floats, f...)
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

// PopSlice takes back the elements recorded last by [PushSlice] into x, which must
// have the length it had then.
func PopSlice[T any](s *Stack, x []T) {
	if f, ok := any(x).([]float64); ok {
		n := len(s.floats)
		s.peak.floats = max(s.peak.floats, n)
		copy(f, s.floats[n-len(f):])
		s.floats = s.floats[:n-len(f)]
		return
	}
	l := layoutOf(reflect.TypeFor[T]())
	s.peak.rest = s.peak.rest.max(s.rest.extent())
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
