package ckpt

import (
	"math"
	"reflect"
	"strconv"
)

// Real reports whether elements of this kind are real numbers.
func (k Kind) Real() bool {
	switch reflect.Kind(k) {
	case reflect.Float32, reflect.Float64:
		return true
	}
	return k.Integer()
}

// Integer reports whether elements of this kind are integers.
func (k Kind) Integer() bool { return k.Signed() || k.Unsigned() }

// Signed reports whether elements of this kind are integers with a sign.
func (k Kind) Signed() bool {
	return reflect.Kind(k) >= reflect.Int && reflect.Kind(k) <= reflect.Int64
}

// Unsigned reports whether elements of this kind are integers without a sign.
func (k Kind) Unsigned() bool {
	return reflect.Kind(k) >= reflect.Uint && reflect.Kind(k) <= reflect.Uint64
}

// Complex reports whether elements of this kind are complex numbers.
func (k Kind) Complex() bool {
	return reflect.Kind(k) == reflect.Complex64 || reflect.Kind(k) == reflect.Complex128
}

// Raw returns element i of a block as in the file.
func (b Block) Raw(i int) []byte {
	if reflect.Kind(b.Kind) == reflect.String {
		return b.Data
	}
	n := b.Kind.Size()
	return b.Data[i*n:][:n]
}

// Bits returns boolean or real number i of a block as unsigned number of its size.
func (b Block) Bits(i int) uint64 {
	x := b.Raw(i)
	switch len(x) {
	case 1:
		return uint64(x[0])
	case 2:
		return uint64(le.Uint16(x))
	case 4:
		return uint64(le.Uint32(x))
	}
	return le.Uint64(x)
}

// Int returns signed integer i of a block.
func (b Block) Int(i int) int64 {
	shift := 64 - 8*b.Kind.Size()
	return int64(b.Bits(i)<<shift) >> shift
}

// Float64 returns real number i of a block, rounded if it is an integer beyond 2⁵³;
// a boolean is 0 or 1.
func (b Block) Float64(i int) float64 {
	switch {
	case b.Kind.Signed():
		return float64(b.Int(i))
	case reflect.Kind(b.Kind) == reflect.Float32:
		return float64(math.Float32frombits(uint32(b.Bits(i))))
	case reflect.Kind(b.Kind) == reflect.Float64:
		return math.Float64frombits(b.Bits(i))
	}
	return float64(b.Bits(i))
}

// Complex128 returns complex number i of a block.
func (b Block) Complex128(i int) complex128 {
	x := b.Raw(i)
	if len(x) == 8 {
		return complex(float64(math.Float32frombits(le.Uint32(x))), float64(math.Float32frombits(le.Uint32(x[4:]))))
	}
	return complex(math.Float64frombits(le.Uint64(x)), math.Float64frombits(le.Uint64(x[8:])))
}

// Text returns element i of a block as text from which the very element can be read
// back: numbers with all digits that matter, strings quoted as in Go.
func (b Block) Text(i int) string {
	switch k := reflect.Kind(b.Kind); {
	case k == reflect.String:
		return strconv.Quote(string(b.Data))
	case k == reflect.Bool:
		return strconv.FormatBool(b.Bits(i) == 1)
	case b.Kind.Signed():
		return strconv.FormatInt(b.Int(i), 10)
	case b.Kind.Unsigned():
		return strconv.FormatUint(b.Bits(i), 10)
	case b.Kind.Complex():
		return strconv.FormatComplex(b.Complex128(i), 'g', -1, 8*b.Kind.Size())
	}
	return strconv.FormatFloat(b.Float64(i), 'g', -1, 8*b.Kind.Size())
}

// Array reports whether the variable is a scalar or a regular array of elements of one
// kind, so that Shape and Kind say all about it.
func (v *Variable) Array() bool { return v.Shape != nil && v.tree.plain() != reflect.Invalid }

// Alike reports whether two variables have the same type and the same lengths in all
// dimensions, so that elements of the same number are the same part of both.
func (v *Variable) Alike(o *Variable) bool {
	return v.Type == o.Type && v.Elements == o.Elements && v.layout == o.layout
}
