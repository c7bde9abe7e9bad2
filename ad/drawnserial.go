package ad

import (
	"encoding/binary"
	"fmt"
	"reflect"
)

// pack returns what was drawn as bytes.
func (d *drawn) pack() (b []byte, err error) {
	for _, v := range d.values {
		if v == nil {
			b = append(b, 0)
			continue
		}
		one, ok := v.(packed) // nobody has asked for it since
		if !ok {
			if one, err = appendValue(nil, reflect.ValueOf(v)); err != nil {
				return nil, fmt.Errorf("an iteration has drawn what cannot be kept: %w", err)
			}
		}
		b = binary.AppendUvarint(b, uint64(len(one))+1)
		b = append(b, one...)
	}
	return b, nil
}

// packed is a value of drawn whose type is not known yet.
type packed []byte

// unpack takes what pack has returned. The values get their types when they are asked for.
func (d *drawn) unpack(b []byte) error {
	d.values = d.values[:0]
	for len(b) > 0 {
		x, n := binary.Uvarint(b)
		if n <= 0 || x > uint64(len(b)-n)+1 {
			return errDamaged
		}
		b = b[n:]
		if x == 0 {
			d.values = append(d.values, nil)
			continue
		}
		d.values = append(d.values, packed(b[:x-1:x-1]))
		b = b[x-1:]
	}
	return nil
}

// readPacked sets *v to what b was made of.
func readPacked[T any](b packed, v *T) error {
	rest, err := readValue(b, reflect.ValueOf(v).Elem())
	if err == nil && len(rest) > 0 {
		err = errDamaged
	}
	return err
}
