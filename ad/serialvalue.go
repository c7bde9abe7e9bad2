package ad

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
)

// appendValue appends v, which may be made of numbers, booleans and strings by arrays,
// slices and structs; nil pointers, interfaces and the like are written too.
func appendValue(b []byte, v reflect.Value) ([]byte, error) {
	switch k := v.Kind(); {
	case k == reflect.Bool:
		return append(b, byte(number(v.Bool()))), nil
	case v.CanInt():
		return binary.AppendVarint(b, v.Int()), nil
	case v.CanUint():
		return binary.AppendUvarint(b, v.Uint()), nil
	case v.CanFloat():
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(v.Float())), nil
	case v.CanComplex():
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(real(v.Complex())))
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(imag(v.Complex()))), nil
	case k == reflect.String:
		return append(binary.AppendUvarint(b, uint64(v.Len())), v.String()...), nil
	case k == reflect.Slice:
		if v.IsNil() {
			return append(b, 0), nil
		}
		return appendElements(binary.AppendUvarint(b, uint64(v.Len())+1), v)
	case k == reflect.Array:
		return appendElements(b, v)
	case k == reflect.Struct:
		for i := range v.NumField() {
			var err error
			if b, err = appendValue(b, v.Field(i)); err != nil {
				return nil, err
			}
		}
		return b, nil
	case v.IsNil():
		return append(b, 0), nil
	}
	return nil, fmt.Errorf("a value of type %v cannot be handed on to another process", v.Type())
}

func appendElements(b []byte, v reflect.Value) ([]byte, error) {
	if leastBytes(v.Type().Elem()) == 0 { // nothing in an element
		return b, nil
	}
	for i := range v.Len() {
		var err error
		if b, err = appendValue(b, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// readValue sets v, which can be set but for fields that are not exported, to what
// appendValue has appended, and returns what comes after it.
func readValue(b []byte, v reflect.Value) ([]byte, error) {
	if !v.CanSet() {
		v = settable(v)
	}
	k := v.Kind()
	switch {
	case k == reflect.Array:
		return readElements(b, v)
	case k == reflect.Struct:
		for i := range v.NumField() {
			var err error
			if b, err = readValue(b, v.Field(i)); err != nil {
				return nil, err
			}
		}
		return b, nil
	}
	x, rest, err := readNumber(b, k)
	if err != nil {
		return nil, err
	}
	switch {
	case k == reflect.Bool && x <= 1:
		v.SetBool(x != 0)
	case v.CanInt() && !v.OverflowInt(int64(x>>1)^-int64(x&1)):
		v.SetInt(int64(x>>1) ^ -int64(x&1))
	case v.CanUint() && !v.OverflowUint(x):
		v.SetUint(x)
	case v.CanFloat():
		v.SetFloat(math.Float64frombits(x))
	case v.CanComplex():
		im, r, err := readNumber(rest, k)
		if err != nil {
			return nil, err
		}
		v.SetComplex(complex(math.Float64frombits(x), math.Float64frombits(im)))
		rest = r
	case k == reflect.String:
		if x > uint64(len(rest)) {
			return nil, errDamaged
		}
		v.SetString(string(rest[:x]))
		rest = rest[x:]
	case k == reflect.Slice && x > 0:
		size := leastBytes(v.Type().Elem())
		if x > min(1<<62, math.MaxInt) || size > 0 && x-1 > uint64(len(rest))/size {
			return nil, errDamaged
		}
		v.Set(reflect.MakeSlice(v.Type(), int(x-1), int(x-1)))
		return readElements(rest, v)
	case x != 0:
		return nil, errDamaged
	}
	return rest, nil
}

// leastBytes returns how many bytes appendValue appends at least for a value of type t.
func leastBytes(t reflect.Type) uint64 {
	switch t.Kind() {
	case reflect.Float32, reflect.Float64:
		return 8
	case reflect.Complex64, reflect.Complex128:
		return 16
	case reflect.Array:
		return uint64(t.Len()) * leastBytes(t.Elem())
	case reflect.Struct:
		var sum uint64
		for i := range t.NumField() {
			sum += leastBytes(t.Field(i).Type)
		}
		return sum
	}
	return 1
}

func readElements(b []byte, v reflect.Value) ([]byte, error) {
	if leastBytes(v.Type().Elem()) == 0 {
		return b, nil
	}
	for i := range v.Len() {
		var err error
		if b, err = readValue(b, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// readNumber reads the number with which a value of kind k begins.
func readNumber(b []byte, k reflect.Kind) (x uint64, rest []byte, err error) {
	switch k {
	case reflect.Bool:
		if len(b) > 0 {
			return uint64(b[0]), b[1:], nil
		}
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		if len(b) >= 8 {
			return binary.LittleEndian.Uint64(b), b[8:], nil
		}
	default:
		if x, n := binary.Uvarint(b); n > 0 {
			return x, b[n:], nil
		}
	}
	return 0, nil, errDamaged
}
