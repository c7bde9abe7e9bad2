package exchange

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"unsafe"

	"github.com/cairn-ad/cairn/ckpt"
)

// An element is moved as the bytes that it has in a checkpoint: little-endian, int and
// uint in 8 bytes. Only so a NaN keeps all of its bits.

var le = binary.LittleEndian

// hostLittle reports whether this machine stores numbers little-endian.
var hostLittle = func() bool {
	x := uint16(1)
	return *(*byte)(unsafe.Pointer(&x)) == 1
}()

// field returns field i of a struct so that it can be written although it is unexported.
func field(v reflect.Value, i int) reflect.Value {
	f := v.Field(i)
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
}

// set gives the boolean or number v the value of raw.
func set(v reflect.Value, raw []byte) error {
	p := v.Addr().UnsafePointer()
	switch v.Kind() {
	case reflect.Bool:
		if raw[0] > 1 {
			return fmt.Errorf("a boolean is stored as %d", raw[0])
		}
		v.SetBool(raw[0] == 1)
	case reflect.Int:
		if x := int64(le.Uint64(raw)); x < math.MinInt || x > math.MaxInt {
			return fmt.Errorf("%d is too large for an int of this machine", x)
		}
		v.SetInt(int64(le.Uint64(raw)))
	case reflect.Uint:
		if x := le.Uint64(raw); x > math.MaxUint {
			return fmt.Errorf("%d is too large for a uint of this machine", x)
		}
		v.SetUint(le.Uint64(raw))
	case reflect.Complex64, reflect.Complex128:
		half := len(raw) / 2
		setWord(p, raw[:half])
		setWord(unsafe.Add(p, half), raw[half:])
	default:
		setWord(p, raw)
	}
	return nil
}

func setWord(p unsafe.Pointer, raw []byte) {
	switch len(raw) {
	case 1:
		*(*byte)(p) = raw[0]
	case 2:
		*(*uint16)(p) = le.Uint16(raw)
	case 4:
		*(*uint32)(p) = le.Uint32(raw)
	case 8:
		*(*uint64)(p) = le.Uint64(raw)
	}
}

// setAll gives the elements of the slice or array v, booleans or numbers, the values of
// raw, and returns what is left of it.
func setAll(v reflect.Value, raw []byte) ([]byte, error) {
	elem := v.Type().Elem()
	size := ckpt.Kind(elem.Kind()).Size()
	n := v.Len() * size
	if n > 0 && hostLittle && elem.Kind() != reflect.Bool && int(elem.Size()) == size {
		copy(unsafe.Slice((*byte)(v.Index(0).Addr().UnsafePointer()), n), raw)
		return raw[n:], nil
	}
	for i := range v.Len() {
		if err := set(v.Index(i), raw[i*size:][:size]); err != nil {
			return nil, err
		}
	}
	return raw[n:], nil
}

// make1 makes v, a slice with i elements, longer by one and returns the new one. What was
// returned before may be another place in memory afterwards.
func make1(v reflect.Value, i int) reflect.Value {
	if i == v.Cap() {
		v.Grow(1)
	}
	v.SetLen(i + 1)
	return v.Index(i)
}
