package irinterp

import (
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"math/cmplx"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A complex number is two floats on the tape: each part of a result is a function of
// the parts of the operands.

func isComplex64(b *types.Basic) bool { return b.Kind() == types.Complex64 }

// roundComplex rounds z to the precision of b.
func roundComplex(b *types.Basic, z complex128) complex128 {
	if isComplex64(b) {
		return complex128(complex64(z))
	}
	return z
}

func constComplex(b *types.Basic, v constant.Value) Value {
	part := func(v constant.Value) float64 {
		if isComplex64(b) {
			x, _ := constant.Float32Val(v)
			return float64(x)
		}
		x, _ := constant.Float64Val(v)
		return x
	}
	return Complex128(complex(part(constant.ToFloat(constant.Real(v))), part(constant.ToFloat(constant.Imag(v)))))
}

// term is an operand with the partial derivative with respect to it.
type term struct {
	x     Value
	slope float64
}

// record returns the float r, a function of the terms.
func (m *machine) record(r float64, terms ...term) Value {
	var sum Value // of the products before
	for i, t := range terms {
		v := 0.0
		if i == len(terms)-1 {
			v = r
		}
		sum = m.record2(v, sum, t.x, 1, t.slope)
	}
	return sum
}

// holomorphic returns the complex r, a function of complex xs with the given
// derivatives: the Cauchy-Riemann equations give those of the parts.
func (m *machine) holomorphic(r complex128, xs []Value, slopes []complex128) Value {
	var re, im []term
	for i, x := range xs {
		a, b := real(slopes[i]), imag(slopes[i])
		re = append(re, term{x.elems[0], a}, term{x.elems[1], -b})
		im = append(im, term{x.elems[0], b}, term{x.elems[1], a})
	}
	return Value{kind: Complex, elems: []Value{m.record(real(r), re...), m.record(imag(r), im...)}}
}

func (m *machine) negateComplex(x Value) Value {
	return m.holomorphic(-x.Complex(), []Value{x}, []complex128{-1})
}

func (m *machine) convertComplex(b *types.Basic, x Value) Value {
	return m.holomorphic(roundComplex(b, x.Complex()), []Value{x}, []complex128{1})
}

func (m *machine) complexOp(op token.Token, b *types.Basic, x, y Value) Value {
	r := complexValue(op, b, x.Complex(), y.Complex())
	u, v := x.Complex(), y.Complex()
	var slopes []complex128
	switch op {
	case token.ADD:
		slopes = []complex128{1, 1}
	case token.SUB:
		slopes = []complex128{1, -1}
	case token.MUL:
		slopes = []complex128{v, u}
	case token.QUO:
		slopes = []complex128{1 / v, -(u / v) / v}
	}
	return m.holomorphic(r, []Value{x, y}, slopes)
}

// complexValue is Go's operator at the precision of b.
func complexValue(op token.Token, b *types.Basic, u, v complex128) complex128 {
	if isComplex64(b) {
		p, q := complex64(u), complex64(v)
		switch op {
		case token.ADD:
			return complex128(p + q)
		case token.SUB:
			return complex128(p - q)
		case token.MUL:
			return complex128(p * q)
		case token.QUO:
			return complex128(p / q)
		}
	}
	switch op {
	case token.ADD:
		return u + v
	case token.SUB:
		return u - v
	case token.MUL:
		return u * v
	case token.QUO:
		return u / v
	}
	panic(fault("no meaning for %s on complex numbers", op))
}

// cmplx evaluates the functions that take or give complex numbers; ok is false for
// others.
func (m *machine) cmplx(e *ir.Math, args []Value) (v Value, ok bool) {
	switch e.Fn {
	case "real":
		return args[0].elems[0], true
	case "imag":
		return args[0].elems[1], true
	case "complex":
		return Value{kind: Complex, elems: []Value{args[0], args[1]}}, true
	case "cmplx.Conj":
		re, im := args[0].elems[0], args[0].elems[1]
		return Value{kind: Complex, elems: []Value{re, m.record1(-im.Float(), im, -1)}}, true
	case "cmplx.Inf":
		return Complex128(cmplx.Inf()), true
	case "cmplx.NaN":
		return Complex128(cmplx.NaN()), true
	case "cmplx.IsInf":
		return BoolOf(cmplx.IsInf(args[0].Complex())), true
	case "cmplx.IsNaN":
		return BoolOf(cmplx.IsNaN(args[0].Complex())), true
	case "cmplx.Abs":
		re, im := args[0].elems[0], args[0].elems[1]
		r := cmplx.Abs(args[0].Complex())
		if r == 0 {
			return m.record2(0, re, im, 0, 0), true
		}
		return m.record2(r, re, im, re.Float()/r, im.Float()/r), true
	case "cmplx.Phase":
		re, im := args[0].elems[0], args[0].elems[1]
		square := re.Float()*re.Float() + im.Float()*im.Float()
		return m.record2(cmplx.Phase(args[0].Complex()), re, im, -im.Float()/square, re.Float()/square), true
	case "cmplx.Rect":
		return m.rect(args[0], args[1]), true
	case "cmplx.Pow":
		x, y := args[0].Complex(), args[1].Complex()
		r := cmplx.Pow(x, y)
		slopes := []complex128{0, 0}
		if y != 0 {
			slopes[0] = y * cmplx.Pow(x, y-1)
		}
		if x != 0 {
			slopes[1] = r * cmplx.Log(x)
		}
		return m.holomorphic(r, args, slopes), true
	}
	f, ok := complexMath[e.Fn]
	if !ok {
		return Value{}, false
	}
	z := args[0].Complex()
	return m.holomorphic(f.value(z), args, []complex128{f.slope(z)}), true
}

func (m *machine) rect(r, theta Value) Value {
	z := cmplx.Rect(r.Float(), theta.Float())
	s, c := math.Sincos(theta.Float())
	return Value{kind: Complex, elems: []Value{
		m.record2(real(z), r, theta, c, -r.Float()*s),
		m.record2(imag(z), r, theta, s, r.Float()*c),
	}}
}

// complexFunc is a holomorphic function and its derivative.
type complexFunc struct {
	value, slope func(z complex128) complex128
}

// The derivatives are those of Abramowitz & Stegun, chapter 4.
var complexMath = map[string]complexFunc{
	"cmplx.Exp":   {cmplx.Exp, cmplx.Exp},
	"cmplx.Log":   {cmplx.Log, func(z complex128) complex128 { return 1 / z }},
	"cmplx.Log10": {cmplx.Log10, func(z complex128) complex128 { return math.Log10E / z }},
	"cmplx.Sqrt":  {cmplx.Sqrt, func(z complex128) complex128 { return 1 / (2 * cmplx.Sqrt(z)) }},

	"cmplx.Sin":  {cmplx.Sin, cmplx.Cos},
	"cmplx.Cos":  {cmplx.Cos, func(z complex128) complex128 { return -cmplx.Sin(z) }},
	"cmplx.Tan":  {cmplx.Tan, func(z complex128) complex128 { c := cmplx.Cos(z); return 1 / (c * c) }},
	"cmplx.Cot":  {cmplx.Cot, func(z complex128) complex128 { s := cmplx.Sin(z); return -1 / (s * s) }},
	"cmplx.Sinh": {cmplx.Sinh, cmplx.Cosh},
	"cmplx.Cosh": {cmplx.Cosh, cmplx.Sinh},
	"cmplx.Tanh": {cmplx.Tanh, func(z complex128) complex128 { c := cmplx.Cosh(z); return 1 / (c * c) }},

	"cmplx.Asin":  {cmplx.Asin, func(z complex128) complex128 { return 1 / cmplx.Cos(cmplx.Asin(z)) }},
	"cmplx.Acos":  {cmplx.Acos, func(z complex128) complex128 { return -1 / cmplx.Sin(cmplx.Acos(z)) }},
	"cmplx.Atan":  {cmplx.Atan, func(z complex128) complex128 { return 1 / ((1 + 1i*z) * (1 - 1i*z)) }},
	"cmplx.Asinh": {cmplx.Asinh, func(z complex128) complex128 { return 1 / cmplx.Cosh(cmplx.Asinh(z)) }},
	"cmplx.Acosh": {cmplx.Acosh, func(z complex128) complex128 { return 1 / cmplx.Sinh(cmplx.Acosh(z)) }},
	"cmplx.Atanh": {cmplx.Atanh, func(z complex128) complex128 { return 1 / ((1 - z) * (1 + z)) }},
}
