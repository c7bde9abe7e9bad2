package ad

import (
	"reflect"
	"sync"
	"unsafe"
)

// CopyStructsAdjoint is the reverse of copy(dst, src) for slices of structs or
// arrays: with n the shorter length, the floats held by value in the first n
// elements of dstb are added to those of srcb and cleared. It is right for any
// overlap of the two. Other fields stay as they are.
func CopyStructsAdjoint[T any](dstb, srcb []T) {
	n := min(len(dstb), len(srcb))
	if n == 0 {
		return
	}
	size := unsafe.Sizeof(dstb[0])
	dst, src := unsafe.Pointer(&dstb[0]), unsafe.Pointer(&srcb[0])
	// As copy moves element by element without losing any, so must its reverse:
	// from the end that the other does not run over.
	first, step := 0, 1
	if uintptr(dst) < uintptr(src) {
		first, step = n-1, -1
	}
	leaves := floatLeaves(reflect.TypeFor[T]())
	for k, i := 0, first; k < n; k, i = k+1, i+step {
		d, s := unsafe.Add(dst, uintptr(i)*size), unsafe.Add(src, uintptr(i)*size)
		for _, l := range leaves {
			l.move(unsafe.Add(s, l.offset), unsafe.Add(d, l.offset))
		}
	}
}

// ZeroStructs clears the floats held by value in the elements of x.
func ZeroStructs[T any](x []T) {
	leaves := floatLeaves(reflect.TypeFor[T]())
	for i := range x {
		p := unsafe.Pointer(&x[i])
		for _, l := range leaves {
			if l.single {
				*(*float32)(unsafe.Add(p, l.offset)) = 0
			} else {
				*(*float64)(unsafe.Add(p, l.offset)) = 0
			}
		}
	}
}

// floatLeaf is a float inside a value; a complex number is two.
type floatLeaf struct {
	offset uintptr
	single bool
}

// move adds the float at d to that at s and clears it; s and d may be the same.
func (l floatLeaf) move(s, d unsafe.Pointer) {
	if l.single {
		v := *(*float32)(d)
		*(*float32)(d) = 0
		*(*float32)(s) += v
		return
	}
	v := *(*float64)(d)
	*(*float64)(d) = 0
	*(*float64)(s) += v
}

var leafCache sync.Map // reflect.Type → []floatLeaf

func floatLeaves(t reflect.Type) []floatLeaf {
	if l, ok := leafCache.Load(t); ok {
		return l.([]floatLeaf)
	}
	var out []floatLeaf
	var walk func(t reflect.Type, at uintptr)
	walk = func(t reflect.Type, at uintptr) {
		switch t.Kind() {
		case reflect.Float32, reflect.Float64:
			out = append(out, floatLeaf{at, t.Kind() == reflect.Float32})
		case reflect.Complex64, reflect.Complex128:
			part, single := t.Size()/2, t.Kind() == reflect.Complex64
			out = append(out, floatLeaf{at, single}, floatLeaf{at + part, single})
		case reflect.Array:
			for i := range t.Len() {
				walk(t.Elem(), at+uintptr(i)*t.Elem().Size())
			}
		case reflect.Struct:
			for i := range t.NumField() {
				walk(t.Field(i).Type, at+t.Field(i).Offset)
			}
		}
	}
	walk(t, 0)
	leafCache.Store(t, out)
	return out
}
