//go:build hdf5 && cgo

package exchange

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"unsafe"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/ckpt/internal/typetext"
	"github.com/cairn-ad/cairn/scrutiny"
)

// shapeOf returns the lengths of all dimensions of a value of a plain type, and false if
// they differ.
func shapeOf(v reflect.Value) ([]int, bool) {
	shape := []int{}
	ok := measure(v, 0, &shape)
	return shape, ok
}

func measure(v reflect.Value, depth int, shape *[]int) bool {
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		return true
	}
	if depth == len(*shape) {
		*shape = append(*shape, v.Len())
	} else if (*shape)[depth] != v.Len() {
		return false
	}
	if k := v.Type().Elem().Kind(); k != reflect.Slice && k != reflect.Array {
		return true
	}
	for i := range v.Len() {
		if !measure(v.Index(i), depth+1, shape) {
			return false
		}
	}
	return true
}

// flatten collects the elements of a regular array.
func flatten(v reflect.Value, shape []int) *flat {
	elem, _ := plain(v.Type())
	f := &flat{kind: elem.Kind(), shape: shape}
	f.collect(v)
	return f
}

func (f *flat) collect(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		f.text = append(f.text, v.String())
	case reflect.Slice, reflect.Array:
		size := ckpt.Kind(v.Type().Elem().Kind()).Size()
		if n := v.Len() * size; n > 0 && hostLittle && int(v.Type().Elem().Size()) == size {
			f.raw = append(f.raw, unsafe.Slice((*byte)(v.Index(0).Addr().UnsafePointer()), n)...)
			return
		}
		for i := range v.Len() {
			f.collect(v.Index(i))
		}
	default:
		f.raw = get(f.raw, v)
	}
}

// get is the inverse of set: it appends the bytes of the boolean or number v.
func get(raw []byte, v reflect.Value) []byte {
	p := v.Addr().UnsafePointer()
	size := ckpt.Kind(v.Kind()).Size()
	switch v.Kind() {
	case reflect.Int:
		return appendBits(raw, uint64(v.Int()), 8)
	case reflect.Uint:
		return appendBits(raw, v.Uint(), 8)
	case reflect.Complex64:
		return appendBits(appendBits(raw, uint64(*(*uint32)(p)), 4), uint64(*(*uint32)(unsafe.Add(p, 4))), 4)
	case reflect.Complex128:
		return appendBits(appendBits(raw, *(*uint64)(p), 8), *(*uint64)(unsafe.Add(p, 8)), 8)
	}
	switch size {
	case 1:
		return append(raw, *(*byte)(p))
	case 2:
		return appendBits(raw, uint64(*(*uint16)(p)), size)
	case 4:
		return appendBits(raw, uint64(*(*uint32)(p)), size)
	}
	return appendBits(raw, *(*uint64)(p), size)
}

// blank makes the numbers NaN that a mask leaves out; from is the number of the first element.
func (f *flat) blank(m *scrutiny.Mask, from int) {
	k := ckpt.Kind(f.kind)
	if m == nil || f.kind == reflect.String || f.kind == reflect.Bool || k.Integer() {
		return
	}
	word := k.Size()
	if k.Complex() {
		word /= 2
	}
	bits := uint64(nan64)
	if word == 4 {
		bits = nan32
	}
	nan := appendBits(nil, bits, word)
	for i := range len(f.raw) / k.Size() {
		if !m.Keep(from + i) {
			for at := i * k.Size(); at < (i+1)*k.Size(); at += word {
				copy(f.raw[at:], nan)
			}
		}
	}
}

// memberName is the name of a field as the name of a member of a group.
func memberName(f reflect.StructField, i int) string {
	return strings.ReplaceAll(fieldName(nameOf(f), i), "/", "|")
}

// hdf5Deepest and hdf5Most bound how deep groups are followed and how many members.
const (
	hdf5Deepest = typetext.Deepest
	hdf5Most    = 1 << 20
)

// fits returns an error if a dataset of this shape cannot be meant, since hardly a byte of it is in the
// file, or if it does not fit into memory.
func (f *flat) fits(size int, stored int64, left *int64) (bytes int, err error) {
	n, err := product(f.shape)
	if err != nil {
		return 0, err
	}
	if n > math.MaxInt/size {
		return 0, errors.New("it has more bytes than can be counted")
	}
	held := int64(overhead(f.shape))
	switch need := int64(n) * int64(size); {
	case need > *left/3 || 3*need > *left-min(held, *left):
		return 0, fmt.Errorf("its shape %v takes more memory than is allowed", f.shape)
	case need > 1<<20+1100*stored: // deflate makes 1032 bytes of one
		return 0, fmt.Errorf("its shape %v takes %d bytes, and the file holds %d of them", f.shape, need, stored)
	case held > 1<<20+npyMaxDims*headerBytes*need:
		return 0, fmt.Errorf("its shape %v has many dimensions and hardly an element", f.shape)
	default:
		*left -= 3*need + held
		return int(need), nil
	}
}
