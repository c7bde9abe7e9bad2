package ckpt

import (
	"bytes"
	"encoding"
	"fmt"
	"reflect"
	"unsafe"
)

// A type marshals itself if its pointer has MarshalBinary and UnmarshalBinary, or, in
// their absence, GobEncode and GobDecode, as the numbers of math/big do. The text methods
// are not used: what they give need not be all (big.Float's lacks the precision).
var (
	binaryMarshaler   = reflect.TypeFor[encoding.BinaryMarshaler]()
	binaryUnmarshaler = reflect.TypeFor[encoding.BinaryUnmarshaler]()
	gobEncoder        = reflect.TypeFor[interface{ GobEncode() ([]byte, error) }]()
	gobDecoder        = reflect.TypeFor[interface{ GobDecode([]byte) error }]()
)

// codec is how a type marshals itself. The arguments are pointers to values of it.
type codec struct {
	kind           string // in the name of the type in a file
	encode, decode string // names of the methods
	marshal        func(pointer any) ([]byte, error)
	unmarshal      func(pointer any, data []byte) error
}

var (
	binaryCodec = &codec{
		"binary", "MarshalBinary", "UnmarshalBinary",
		func(p any) ([]byte, error) { return p.(encoding.BinaryMarshaler).MarshalBinary() },
		func(p any, b []byte) error { return p.(encoding.BinaryUnmarshaler).UnmarshalBinary(b) },
	}
	gobCodec = &codec{
		"gob", "GobEncode", "GobDecode",
		func(p any) ([]byte, error) { return p.(interface{ GobEncode() ([]byte, error) }).GobEncode() },
		func(p any, b []byte) error { return p.(interface{ GobDecode([]byte) error }).GobDecode(b) },
	}
)

// codecOf returns how a type marshals itself, nil if it does not.
func codecOf(t reflect.Type) *codec {
	pt := reflect.PointerTo(t)
	switch {
	case pt.Implements(binaryMarshaler) && pt.Implements(binaryUnmarshaler):
		if promoted(t, binaryMarshaler) || promoted(t, binaryUnmarshaler) {
			return nil
		}
		return binaryCodec
	case pt.Implements(gobEncoder) && pt.Implements(gobDecoder):
		if promoted(t, gobEncoder) || promoted(t, gobDecoder) {
			return nil
		}
		return gobCodec
	}
	return nil
}

// promoted reports whether the method of an interface may be that of an embedded field. It
// would leave out the fields beside it, so such a struct is saved field by field.
func promoted(t, method reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && (f.Type.Implements(method) || reflect.PointerTo(f.Type).Implements(method)) {
			return true
		}
	}
	return false
}

// bytes returns the marshaled form of the value of type t at p, from which it was read
// back on trial: a checkpoint with a value that cannot be read back would be worth nothing.
func (d *codec) bytes(t reflect.Type, p unsafe.Pointer) ([]byte, error) {
	data, err := d.call(t, p)
	if err != nil {
		return nil, err
	}
	back, err := d.value(t, data)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read back: %w", err)
	}
	again, err := d.call(t, back.UnsafePointer())
	if err != nil {
		return nil, fmt.Errorf("it was read back, and then: %w", err)
	}
	if bytes.Equal(again, data) {
		return data, nil
	}
	if once, err := d.call(t, p); err != nil || !bytes.Equal(once, data) {
		return data, err // it never gives the same twice, so nothing follows from that
	}
	return nil, fmt.Errorf("what %s of %v makes of it is another value: it has other bytes; correct the methods, or protect its parts", d.decode, t)
}

// call marshals the value of type t at p. The bytes are the caller's.
func (d *codec) call(t reflect.Type, p unsafe.Pointer) (data []byte, err error) {
	defer recovered(&err, d.encode, t)
	data, err = d.marshal(reflect.NewAt(t, p).Interface())
	if err != nil {
		return nil, fmt.Errorf("%s of %v: %w", d.encode, t, err)
	}
	return bytes.Clone(data), nil
}

// value makes a new value of type t of its marshaled form and returns the pointer to it.
func (d *codec) value(t reflect.Type, data []byte) (pointer reflect.Value, err error) {
	defer recovered(&err, d.decode, t)
	pointer = reflect.New(t)
	if err := d.unmarshal(pointer.Interface(), bytes.Clone(data)); err != nil {
		return reflect.Value{}, fmt.Errorf("%s of %v: %w", d.decode, t, err)
	}
	if inward(pointer.UnsafePointer(), t) {
		return reflect.Value{}, fmt.Errorf("a value of type %v points into itself, and so cannot be put where the program's is; protect its parts", t)
	}
	return pointer, nil
}

// inward reports whether a word of the value of type t at p is the address of a part of it.
func inward(p unsafe.Pointer, t reflect.Type) bool {
	lo, word := uintptr(p), unsafe.Sizeof(uintptr(0))
	if uintptr(t.Align()) < word {
		return false // it has no pointers
	}
	for at := uintptr(0); at+word <= t.Size(); at += word {
		if w := *(*uintptr)(unsafe.Add(p, at)); w >= lo && w < lo+t.Size() {
			return true
		}
	}
	return false
}

// recovered makes an error of the panic of a method of type t.
func recovered(err *error, method string, t reflect.Type) {
	switch r := recover().(type) {
	case nil:
	case error:
		*err = fmt.Errorf("%s of %v panicked: %w", method, t, r)
	default:
		*err = fmt.Errorf("%s of %v panicked: %v", method, t, r)
	}
}
