package irinterp

import (
	"math"
	"unicode/utf8"

	"github.com/cairn-ad/cairn/internal/ir"
)

// math is a function of package math or math/cmplx, or a builtin min, max, real, imag
// or complex.
func (m *machine) math(e *ir.Math, args []Value) Value {
	if v, ok := m.cmplx(e, args); ok {
		return v
	}
	switch e.Fn {
	case "ad.RuneAt":
		r, _ := utf8.DecodeRuneInString(args[0].Str()[args[1].Int():])
		return Int64(int64(r))
	case "ad.Room":
		return Int64(int64(room(e.Args[0].Type(), cap(args[0].elems), int(args[1].Int()))))
	case "ad.WithValue":
		return m.withValue(args[0], args[1])
	case "min", "max":
		return m.minMax(e.Fn, args[0], args[1])
	case "math.FMA":
		// Two operations on the tape stand for one: the product, then the sum.
		x, y, z := args[0], args[1], args[2]
		product := m.record2(0, x, y, y.Float(), x.Float())
		return m.record2(math.FMA(x.Float(), y.Float(), z.Float()), product, z, 1, 1)
	}
	if v, ok := m.passiveMath(e.Fn, args); ok {
		return v
	}
	if g, ok := unaryMath[e.Fn]; ok && len(args) == 1 {
		return m.apply1(g, args[0])
	}
	if g, ok := binaryMath[e.Fn]; ok && len(args) == 2 {
		x, y := args[0], args[1]
		r := g.value(x.Float(), y.Float())
		if !m.active(x) && !m.active(y) {
			return Float64(r)
		}
		dx, dy := g.partials(x.Float(), y.Float(), r)
		return m.record2(r, x, y, dx, dy)
	}
	return m.orderMath(e.Fn, args)
}

// withValue has the value of v and the derivative of x.
func (m *machine) withValue(x, v Value) Value {
	if v.kind == Complex {
		return Value{kind: Complex, elems: []Value{m.withValue(x.elems[0], v.elems[0]), m.withValue(x.elems[1], v.elems[1])}}
	}
	return m.record1(v.Float(), x, 1)
}

func (m *machine) apply1(g unaryFunc, x Value) Value {
	r := g.value(x.Float())
	if g.slope == nil || !m.active(x) {
		return Float64(r)
	}
	return m.record1(r, x, g.slope(x.Float(), r))
}

// passiveMath evaluates the functions whose result carries no derivative
// because it, or the argument, is no float.
func (m *machine) passiveMath(fn string, args []Value) (Value, bool) {
	switch fn {
	case "math.IsNaN":
		return BoolOf(math.IsNaN(args[0].Float())), true
	case "math.IsInf":
		return BoolOf(math.IsInf(args[0].Float(), int(args[1].Int()))), true
	case "math.Signbit":
		return BoolOf(math.Signbit(args[0].Float())), true
	case "ad.FrexpExp":
		_, exp := math.Frexp(args[0].Float())
		return Int64(int64(exp)), true
	case "ad.LgammaSign":
		_, sign := math.Lgamma(args[0].Float())
		return Int64(int64(sign)), true
	case "math.Ilogb":
		return Int64(int64(math.Ilogb(args[0].Float()))), true
	case "math.Inf":
		return Float64(math.Inf(int(args[0].Int()))), true
	case "math.NaN":
		return Float64(math.NaN()), true
	case "math.Pow10":
		return Float64(math.Pow10(int(args[0].Int()))), true
	case "math.Float64bits":
		return Uint64(math.Float64bits(args[0].Float())), true
	case "math.Float64frombits":
		return Float64(math.Float64frombits(args[0].Uint())), true
	case "math.Float32bits":
		return Uint64(uint64(math.Float32bits(float32(args[0].Float())))), true
	case "math.Float32frombits":
		return Float64(float64(math.Float32frombits(uint32(args[0].Uint())))), true
	}
	return Value{}, false
}

// orderMath evaluates the functions with an integer beside the float.
func (m *machine) orderMath(fn string, args []Value) Value {
	switch fn {
	case "math.Ldexp":
		k := int(args[1].Int())
		return m.record1(math.Ldexp(args[0].Float(), k), args[0], math.Ldexp(1, k))
	case "math.Jn":
		n, x := int(args[0].Int()), args[1].Float()
		return m.record1(math.Jn(n, x), args[1], (math.Jn(n-1, x)-math.Jn(n+1, x))/2)
	case "math.Yn":
		n, x := int(args[0].Int()), args[1].Float()
		return m.record1(math.Yn(n, x), args[1], (math.Yn(n-1, x)-math.Yn(n+1, x))/2)
	}
	panic(fault("%s with %d arguments is not known", fn, len(args)))
}

// minMax is the builtin min or max of two values of any ordered type.
func (m *machine) minMax(fn string, x, y Value) Value {
	if x.kind != Float {
		if less := equal(x, y) || xLess(x, y); less == (fn == "min") {
			return x
		}
		return y
	}
	g := binaryMath["math.Min"]
	r := min(x.Float(), y.Float())
	if fn == "max" {
		g = binaryMath["math.Max"]
		r = max(x.Float(), y.Float())
	}
	dx, dy := g.partials(x.Float(), y.Float(), r)
	return m.record2(r, x, y, dx, dy)
}

func xLess(x, y Value) bool {
	switch x.kind {
	case Uint:
		return x.bits < y.bits
	case String:
		return x.Str() < y.Str()
	}
	return x.Int() < y.Int()
}
