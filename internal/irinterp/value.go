package irinterp

import (
	"fmt"
	"go/types"
	"math"
	"strings"
)

// Kind says what a Value holds.
type Kind uint8

// The kinds of values. Invalid is the kind of the zero Value.
const (
	Invalid Kind = iota
	Float        // float64 or float32
	Int          // a signed integer
	Uint         // an unsigned integer
	Bool
	String
	Slice
	Pointer
	Struct
	Array
	Complex // complex128 or complex64: two floats
	Closure
	Map
)

var kindNames = [...]string{"invalid", "float", "int", "uint", "bool", "string", "slice", "pointer", "struct", "array", "complex", "closure", "map"}

func (k Kind) String() string { return kindNames[k] }

// A Value is a value of the interpreted program. Copies of a slice or pointer
// share memory, as in Go; so do plain Go copies of a struct or array Value,
// which Clone separates.
type Value struct {
	kind  Kind
	node  int32   // tape node of a float, 0 if passive
	bits  uint64  // float64 bits, integer or bool
	dot   float64 // tangent of a float
	elems []Value // of a slice, struct, array or complex number; nil for a nil slice
	ref   any     // string, *Value of a pointer (nil interface: nil), *closure, table of a map
}

// Float64 returns a float value; for a float32 variable x must be rounded.
func Float64(x float64) Value { return Value{kind: Float, bits: math.Float64bits(x)} }

// Complex128 returns a complex value; for a complex64 variable z must be rounded.
func Complex128(z complex128) Value {
	return Value{kind: Complex, elems: []Value{Float64(real(z)), Float64(imag(z))}}
}

// Int64 returns a signed integer value.
func Int64(x int64) Value { return Value{kind: Int, bits: uint64(x)} }

// Uint64 returns an unsigned integer value.
func Uint64(x uint64) Value { return Value{kind: Uint, bits: x} }

// BoolOf returns a boolean value.
func BoolOf(b bool) Value {
	if b {
		return Value{kind: Bool, bits: 1}
	}
	return Value{kind: Bool}
}

// StringOf returns a string value.
func StringOf(s string) Value { return Value{kind: String, ref: s} }

// SliceOf returns a slice over elems, which it keeps.
func SliceOf(elems []Value) Value { return Value{kind: Slice, elems: elems} }

// Floats64 returns a new slice of floats.
func Floats64(xs []float64) Value {
	e := make([]Value, len(xs))
	for i, x := range xs {
		e[i] = Float64(x)
	}
	return SliceOf(e)
}

// ArrayOf returns an array of elems, which it keeps.
func ArrayOf(elems []Value) Value { return Value{kind: Array, elems: elems} }

// StructOf returns a struct with the given fields, which it keeps.
func StructOf(fields ...Value) Value { return Value{kind: Struct, elems: fields} }

// PointerTo returns a pointer to p; nil gives a nil pointer.
func PointerTo(p *Value) Value {
	if p == nil {
		return Value{kind: Pointer}
	}
	return Value{kind: Pointer, ref: p}
}

// Kind returns what v holds.
func (v Value) Kind() Kind { return v.kind }

// Float returns the float that v holds.
func (v Value) Float() float64 { return math.Float64frombits(v.bits) }

// Complex returns the complex number that v holds.
func (v Value) Complex() complex128 { return complex(v.elems[0].Float(), v.elems[1].Float()) }

// Int returns the integer that v holds; an unsigned one is converted.
func (v Value) Int() int64 { return int64(v.bits) }

// Uint returns the bits of the integer that v holds.
func (v Value) Uint() uint64 { return v.bits }

// Bool returns the boolean that v holds.
func (v Value) Bool() bool { return v.bits != 0 }

// Str returns the string that v holds, "" if it holds none.
func (v Value) Str() string {
	s, _ := v.ref.(string)
	return s
}

// Len returns the number of elements of a slice, array or struct.
func (v Value) Len() int { return len(v.elems) }

// Elem returns element or field i of a slice, array or struct, as a place.
func (v Value) Elem(i int) *Value { return &v.elems[i] }

// Deref returns what a pointer points to, nil for a nil pointer.
func (v Value) Deref() *Value {
	p, _ := v.ref.(*Value)
	return p
}

// Clone returns a copy of v as an assignment makes it: structs and arrays are
// copied, what slices and pointers refer to is shared.
func (v Value) Clone() Value {
	if !v.inPlace() {
		return v
	}
	e := make([]Value, len(v.elems))
	for i := range v.elems {
		e[i] = v.elems[i].Clone()
	}
	v.elems = e
	return v
}

// inPlace reports whether the value consists of its elements.
func (v Value) inPlace() bool { return v.kind == Struct || v.kind == Array || v.kind == Complex }

// store writes src, which nothing else refers to, into the place dst. Structs
// and arrays are written in place, so that pointers into them stay valid.
func store(dst *Value, src Value) {
	if src.inPlace() && dst.kind == src.kind {
		for i := range src.elems {
			store(&dst.elems[i], src.elems[i])
		}
		return
	}
	*dst = src
}

// Zero returns the zero value of type t, or an error for a type outside the
// subset.
func Zero(t types.Type) (v Value, err error) {
	defer trap(&err)
	return zero(t), nil
}

func zero(t types.Type) Value {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return zeroBasic(u)
	case *types.Slice:
		return Value{kind: Slice}
	case *types.Pointer:
		return Value{kind: Pointer}
	case *types.Array:
		e := make([]Value, u.Len())
		for i := range e {
			e[i] = zero(u.Elem())
		}
		return ArrayOf(e)
	case *types.Struct:
		e := make([]Value, u.NumFields())
		for i := range e {
			e[i] = zero(u.Field(i).Type())
		}
		return StructOf(e...)
	case *types.Map:
		return Value{kind: Map}
	case *types.Signature, *types.Chan, *types.Interface:
		return Value{} // carried along, never looked into
	}
	panic(fault("no value of type %s can be interpreted", t))
}

func zeroBasic(b *types.Basic) Value {
	switch info := b.Info(); {
	case info&types.IsFloat != 0:
		return Float64(0)
	case info&types.IsComplex != 0:
		return Complex128(0)
	case info&types.IsBoolean != 0:
		return BoolOf(false)
	case info&types.IsString != 0:
		return StringOf("")
	case info&types.IsUnsigned != 0:
		return Uint64(0)
	case info&types.IsInteger != 0:
		return Int64(0)
	case b.Kind() == types.UntypedNil:
		return Value{kind: Pointer}
	}
	panic(fault("no value of type %s can be interpreted", b))
}

// equal is Go's == on two values of one type.
func equal(x, y Value) bool {
	switch x.kind {
	case Float:
		return x.Float() == y.Float()
	case String:
		return x.Str() == y.Str()
	case Pointer:
		if y.kind == Slice {
			return y.elems == nil
		}
		return x.Deref() == y.Deref()
	case Map:
		return x.table() == nil
	case Slice:
		return x.elems == nil // the other operand is nil
	case Struct, Array, Complex:
		for i := range x.elems {
			if !equal(x.elems[i], y.elems[i]) {
				return false
			}
		}
		return true
	}
	return x.bits == y.bits
}

// String returns a short form of v for messages.
func (v Value) String() string {
	switch v.kind {
	case Float:
		return fmt.Sprint(v.Float())
	case Int:
		return fmt.Sprint(v.Int())
	case Uint:
		return fmt.Sprint(v.Uint())
	case Bool:
		return fmt.Sprint(v.Bool())
	case String:
		return fmt.Sprintf("%q", v.Str())
	case Pointer:
		if v.ref == nil {
			return "nil"
		}
		return "&…"
	case Complex:
		return fmt.Sprint(v.Complex())
	case Slice, Struct, Array:
		var b strings.Builder
		b.WriteByte('{')
		for i, e := range v.elems {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(e.String())
		}
		b.WriteByte('}')
		return b.String()
	}
	return v.kind.String()
}
