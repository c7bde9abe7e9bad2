package exchange

import (
	"errors"
	"fmt"
	"math"
	"reflect"

	"github.com/cairn-ad/cairn/ckpt"
)

// flat is a regular array: its elements in row-major order, as bytes or as strings.
type flat struct {
	kind  reflect.Kind
	shape []int
	raw   []byte   // ckpt.Kind.Size bytes for each, as in a checkpoint
	text  []string // if kind is String
}

// product multiplies lengths.
func product(shape []int) (int, error) {
	n, empty := 1, false
	for _, d := range shape {
		switch {
		case d < 0:
			return 0, fmt.Errorf("a dimension has the length %d", d)
		case d == 0:
			empty = true
		case n > math.MaxInt/d:
			return 0, errors.New("it has more elements than can be counted")
		default:
			n *= d
		}
	}
	if empty {
		return 0, nil
	}
	return n, nil
}

// headerBytes is the size of a slice's header in memory.
const headerBytes = 24

// overhead returns the bytes in memory of the slices that hold an array of a shape,
// elements apart; at most math.MaxInt.
func overhead(shape []int) int {
	sum, n := 0, 1
	for _, d := range shape {
		if n > math.MaxInt/headerBytes-sum {
			return math.MaxInt
		}
		sum += n
		if d > 0 && n > math.MaxInt/d {
			return math.MaxInt
		}
		n *= d
	}
	return sum * headerBytes
}

// sliceType is the type of an array whose dimensions are slices.
func sliceType(kind reflect.Kind, dims int) reflect.Type {
	t := scalars[kind]
	for range dims {
		t = reflect.SliceOf(t)
	}
	return t
}

// value makes a variable of a plain type with the elements of f and returns a pointer to
// it.
func (f *flat) value(t reflect.Type) (any, error) {
	elem, depth := plain(t)
	// What is below a dimension of length 0 is not in its shape.
	cut := len(f.shape) > 0 && len(f.shape) < depth && f.shape[len(f.shape)-1] == 0
	switch {
	case elem == nil:
		return nil, fmt.Errorf("it is an array and %v has structs", t)
	case depth != len(f.shape) && !cut:
		return nil, fmt.Errorf("it has %d dimensions and %v has %d", len(f.shape), t, depth)
	case !alike(elem.Kind(), f.kind):
		return nil, fmt.Errorf("its elements are %v and those of %v are %v", f.kind, t, elem)
	}
	p := reflect.New(t)
	rest := *f
	if err := rest.fill(p.Elem(), f.shape); err != nil {
		return nil, err
	}
	return p.Interface(), nil
}

// alike reports whether the elements of two kinds are the same bytes with the same meaning.
func alike(a, b reflect.Kind) bool {
	wide := func(k reflect.Kind) reflect.Kind {
		switch k {
		case reflect.Int:
			return reflect.Int64
		case reflect.Uint:
			return reflect.Uint64
		}
		return k
	}
	return wide(a) == wide(b)
}

// fill gives v the next elements.
func (f *flat) fill(v reflect.Value, shape []int) (err error) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.text[0])
		f.text = f.text[1:]
		return nil
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), shape[0], shape[0]))
	case reflect.Array:
		if v.Len() != shape[0] {
			return fmt.Errorf("a dimension has the length %d and %v has %d", shape[0], v.Type(), v.Len())
		}
	default:
		size := ckpt.Kind(v.Kind()).Size()
		err = set(v, f.raw[:size])
		f.raw = f.raw[size:]
		return err
	}
	if k := v.Type().Elem().Kind(); ckpt.Kind(k).Size() > 0 {
		f.raw, err = setAll(v, f.raw)
		return err
	}
	for i := range v.Len() {
		if err := f.fill(v.Index(i), shape[1:]); err != nil {
			return err
		}
	}
	return nil
}
