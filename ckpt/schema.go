package ckpt

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
)

// A program changes its set of variables from release to release. A checkpoint that has
// another set is an error, unless the program says what became of each variable that is
// added, dropped, renamed or of another type.

// RenamedFrom takes the variable from the checkpoint under the name that it had before, if
// the checkpoint has none of its present name.
func RenamedFrom(old string) ProtectOption {
	return func(v *variable) error {
		if err := checkVariableName(old); err != nil {
			return fmt.Errorf("its old name: %w", err)
		}
		v.was = append(v.was, old)
		return nil
	}
}

// Added lets the variable keep the program's value if the checkpoint does not have it, for it
// was saved before the program had that variable.
func Added() ProtectOption {
	return func(v *variable) error {
		v.added = true
		return nil
	}
}

// ConvertedFrom takes the variable from the checkpoint also if its type is the old one there,
// as its header and the errors of a restore name it, such as "[]float32". All elements of both
// types must be numbers of one kind, in the same arrays, slices and fields. Every number must
// come out the same, else the restore is an error that matches [ErrMismatch]; only
// floating-point numbers that become shorter are rounded.
func ConvertedFrom(old string) ProtectOption {
	return func(v *variable) error {
		v.from = append(v.from, old)
		return nil
	}
}

// checkSchema looks at the rules of a variable.
func (o *Options) checkSchema(v *variable) error {
	if slices.Contains(o.Dropped, v.name) {
		return errors.New("it is protected and in Options.Dropped; remove it from one of them")
	}
	for _, old := range v.from {
		if v.node.opaque {
			return fmt.Errorf("a variable of type %v cannot be converted from %.60q: it has pointers, maps or values that marshal themselves", v.node.user, old)
		}
		if err := convertible(old, v.node.text); err != nil {
			return fmt.Errorf("it cannot be converted from %.60q: %w", old, err)
		}
	}
	return nil
}

// checkRules looks at the options.
func (o *Options) checkRules() error {
	if o.Schema < 0 {
		return fmt.Errorf("ckpt: Options.Schema %d must not be negative", o.Schema)
	}
	return nil
}

// convertible returns an error unless one type is the other one with numbers of another kind.
func convertible(old, text string) error {
	a, err := parseType(old)
	if err != nil {
		return err
	}
	b, err := parseType(text)
	if err != nil {
		return err
	}
	from, to := Kind(a.only()), Kind(b.only())
	if !from.Real() && !from.Complex() || !to.Real() && !to.Complex() || from.Complex() != to.Complex() {
		return fmt.Errorf("%s is not the same with numbers of another kind", text)
	}
	if !a.alike(b) {
		return fmt.Errorf("%s is nested in another way", text)
	}
	return nil
}

// alike reports whether two types differ in the kinds of numbers at most.
func (t *typ) alike(o *typ) bool {
	if t.elem != nil || o.elem != nil {
		return t.kind == o.kind && t.count == o.count && t.elem.alike(o.elem)
	}
	if t.kind == reflect.Struct || o.kind == reflect.Struct {
		return t.kind == o.kind && slices.Equal(t.names, o.names) && slices.EqualFunc(t.fields, o.fields, (*typ).alike)
	}
	return true
}

// convert returns the record with the type and the numbers of v.
func (v *variable) convert(rec *record) (*record, error) {
	a, err := parseType(rec.Type)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrCorrupt, err)
	}
	b, err := parseType(v.node.text)
	if err != nil {
		return nil, err
	}
	from, to := Kind(a.only()), Kind(b.only())
	out := *rec
	out.Type, out.payload, out.PayloadBytes = v.node.text, nil, 0
	in := newCursor(rec.payload)
	if in.left%from.Size() != 0 {
		return nil, fmt.Errorf("%w: the record of %q: its lengths contradict each other", ErrCorrupt, rec.Name)
	}
	src := make([]byte, from.Size())
	for element := 0; in.left > 0; {
		part := make([]byte, 0, min(in.left/from.Size(), piece/8)*to.Size())
		for in.left > 0 && len(part) < cap(part) {
			in.read(src)
			if part, err = number(part, to, Block{Kind: from, Data: src}); err != nil {
				return nil, fmt.Errorf("%w: variable %q: stored element %d %w", ErrMismatch, v.name, element, err)
			}
			element++
		}
		out.payload = append(out.payload, part)
		out.PayloadBytes += int64(len(part))
	}
	return &out, nil
}

// number appends a number of a block as one of another kind.
func number(dst []byte, to Kind, b Block) ([]byte, error) {
	lost := func() ([]byte, error) {
		return nil, fmt.Errorf("is %s, which %v does not have", b.Text(0), to)
	}
	switch {
	case to.Complex():
		z := b.Complex128(0)
		for _, x := range []float64{real(z), imag(z)} {
			var ok bool
			if dst, ok = appendFloat(dst, x, to.Size()/2); !ok {
				return lost()
			}
		}
		return dst, nil
	case !to.Integer():
		x := b.Float64(0)
		if b.Kind.Integer() && !exactly(b, x, to) {
			return lost()
		}
		if dst, ok := appendFloat(dst, x, to.Size()); ok {
			return dst, nil
		}
		return lost()
	}
	bits, ok := integer(b, to)
	if !ok {
		return lost()
	}
	return le.AppendUint64(dst, bits)[:len(dst)+to.Size()], nil
}

// exactly reports whether the integer of a block is the floating-point number x, also when
// that becomes one of kind to.
func exactly(b Block, x float64, to Kind) bool {
	if to.Size() == 4 && float64(float32(x)) != x {
		return false
	}
	if b.Kind.Signed() {
		return x >= -1<<63 && x < 1<<63 && int64(x) == b.Int(0)
	}
	return x < 1<<64 && uint64(x) == b.Bits(0)
}

// appendFloat appends x in 4 or 8 bytes; ok is false if it is too large for 4.
func appendFloat(dst []byte, x float64, size int) (out []byte, ok bool) {
	if size == 8 {
		return le.AppendUint64(dst, math.Float64bits(x)), true
	}
	y := float32(x)
	return le.AppendUint32(dst, math.Float32bits(y)), !math.IsInf(float64(y), 0) || math.IsInf(x, 0)
}

// integer returns the number of a block as an integer of a kind, if it is one.
func integer(b Block, to Kind) (bits uint64, ok bool) {
	size := 8 * uint(to.Size())
	var negative bool
	switch {
	case b.Kind.Signed():
		bits, negative = uint64(b.Int(0)), b.Int(0) < 0
	case b.Kind.Unsigned():
		bits = b.Bits(0)
	default:
		x := b.Float64(0)
		if x != math.Trunc(x) || x < -1<<63 || x >= 1<<64 {
			return 0, false // NaN too
		}
		if negative = x < 0; negative {
			bits = uint64(int64(x))
		} else {
			bits = uint64(x)
		}
	}
	switch {
	case to.Unsigned():
		return bits, !negative && (size == 64 || bits < 1<<size)
	case negative:
		return bits, int64(bits) >= -1<<(size-1)
	}
	return bits, bits < 1<<(size-1)
}
