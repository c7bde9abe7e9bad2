package irinterp

import "math"

// unaryFunc is a function of one float and its derivative, given the argument
// and the value; a nil slope is a derivative that is zero everywhere.
type unaryFunc struct {
	value func(x float64) float64
	slope func(x, r float64) float64
}

// binaryFunc is a function of two floats and its two partial derivatives.
type binaryFunc struct {
	value    func(x, y float64) float64
	partials func(x, y, r float64) (dx, dy float64)
}

// The derivatives are those of Abramowitz & Stegun, chapters 4 (elementary
// functions), 6 (gamma), 7 (error function) and 9 (Bessel functions).
var unaryMath = map[string]unaryFunc{
	"math.Sqrt":  {math.Sqrt, func(x, r float64) float64 { return 0.5 / math.Sqrt(x) }},
	"math.Cbrt":  {math.Cbrt, func(x, r float64) float64 { return 1 / (3 * math.Cbrt(x) * math.Cbrt(x)) }},
	"math.Exp":   {math.Exp, func(x, r float64) float64 { return math.Exp(x) }},
	"math.Exp2":  {math.Exp2, func(x, r float64) float64 { return math.Ln2 * math.Exp2(x) }},
	"math.Expm1": {math.Expm1, func(x, r float64) float64 { return math.Exp(x) }},
	"math.Log":   {math.Log, func(x, r float64) float64 { return 1 / x }},
	"math.Log2":  {math.Log2, func(x, r float64) float64 { return 1 / (math.Ln2 * x) }},
	"math.Log10": {math.Log10, func(x, r float64) float64 { return 1 / (math.Ln10 * x) }},
	"math.Log1p": {math.Log1p, func(x, r float64) float64 { return 1 / (1 + x) }},

	"math.Sin":  {math.Sin, func(x, r float64) float64 { return math.Cos(x) }},
	"math.Cos":  {math.Cos, func(x, r float64) float64 { return -math.Sin(x) }},
	"math.Tan":  {math.Tan, func(x, r float64) float64 { c := math.Cos(x); return 1 / (c * c) }},
	"math.Asin": {math.Asin, func(x, r float64) float64 { return 1 / math.Sqrt((1-x)*(1+x)) }},
	"math.Acos": {math.Acos, func(x, r float64) float64 { return -1 / math.Sqrt((1-x)*(1+x)) }},
	"math.Atan": {math.Atan, func(x, r float64) float64 { return 1 / (1 + x*x) }},

	"math.Sinh":  {math.Sinh, func(x, r float64) float64 { return math.Cosh(x) }},
	"math.Cosh":  {math.Cosh, func(x, r float64) float64 { return math.Sinh(x) }},
	"math.Tanh":  {math.Tanh, func(x, r float64) float64 { c := math.Cosh(x); return 1 / c / c }},
	"math.Asinh": {math.Asinh, func(x, r float64) float64 { return 1 / math.Hypot(1, x) }},
	"math.Acosh": {math.Acosh, func(x, r float64) float64 { return 1 / (math.Sqrt(x-1) * math.Sqrt(x+1)) }},
	"math.Atanh": {math.Atanh, func(x, r float64) float64 { return 1 / ((1 - x) * (1 + x)) }},

	"math.Erf":     {math.Erf, func(x, r float64) float64 { return bell * math.Exp(-x*x) }},
	"math.Erfc":    {math.Erfc, func(x, r float64) float64 { return -bell * math.Exp(-x*x) }},
	"math.Erfinv":  {math.Erfinv, func(x, r float64) float64 { return math.Exp(r*r) / bell }},
	"math.Erfcinv": {math.Erfcinv, func(x, r float64) float64 { return -math.Exp(r*r) / bell }},
	"math.Gamma":   {math.Gamma, func(x, r float64) float64 { return r * digamma(x) }},

	"math.J0": {math.J0, func(x, r float64) float64 { return -math.J1(x) }},
	"math.J1": {math.J1, func(x, r float64) float64 { return (math.J0(x) - math.Jn(2, x)) / 2 }},
	"math.Y0": {math.Y0, func(x, r float64) float64 { return -math.Y1(x) }},
	"math.Y1": {math.Y1, func(x, r float64) float64 { return math.Y0(x) - r/x }},

	"math.Abs": {math.Abs, func(x, r float64) float64 {
		switch {
		case x > 0:
			return 1
		case x < 0:
			return -1
		}
		return 0
	}},
	// The results of Frexp, Lgamma, Modf and Sincos.
	"ad.FrexpFrac": {func(x float64) float64 { f, _ := math.Frexp(x); return f }, func(x, r float64) float64 {
		if x == 0 {
			return 1
		}
		return r / x
	}},
	"ad.Lgamma":    {func(x float64) float64 { l, _ := math.Lgamma(x); return l }, func(x, r float64) float64 { return digamma(x) }},
	"ad.ModfFrac":  {func(x float64) float64 { _, f := math.Modf(x); return f }, func(x, r float64) float64 { return 1 }},
	"ad.ModfInt":   {func(x float64) float64 { i, _ := math.Modf(x); return i }, nil},
	"ad.SincosCos": {func(x float64) float64 { _, c := math.Sincos(x); return c }, func(x, r float64) float64 { return -math.Sin(x) }},
	"ad.SincosSin": {func(x float64) float64 { s, _ := math.Sincos(x); return s }, func(x, r float64) float64 { return math.Cos(x) }},

	"math.Floor":       {math.Floor, nil},
	"math.Ceil":        {math.Ceil, nil},
	"math.Trunc":       {math.Trunc, nil},
	"math.Round":       {math.Round, nil},
	"math.RoundToEven": {math.RoundToEven, nil},
	"math.Logb":        {math.Logb, nil},
}

// bell is 2/sqrt(pi), the slope of erf at 0.
const bell = 2 / math.SqrtPi

var binaryMath = map[string]binaryFunc{
	"math.Pow": {math.Pow, func(x, y, r float64) (dx, dy float64) {
		if y != 0 {
			dx = y * math.Pow(x, y-1)
		}
		if x > 0 {
			dy = math.Pow(x, y) * math.Log(x)
		}
		return dx, dy
	}},
	"math.Hypot": {math.Hypot, func(x, y, r float64) (dx, dy float64) {
		if x == 0 && y == 0 {
			return 0, 0
		}
		return x / r, y / r
	}},
	"math.Atan2": {math.Atan2, func(y, x, r float64) (dy, dx float64) {
		h := math.Hypot(x, y)
		return x / h / h, -y / h / h
	}},
	"math.Copysign": {math.Copysign, func(x, y, r float64) (dx, dy float64) {
		if math.Signbit(x) != math.Signbit(y) {
			return -1, 0
		}
		return 1, 0
	}},
	"math.Dim": {math.Dim, func(x, y, r float64) (dx, dy float64) {
		if x > y {
			return 1, -1
		}
		return 0, 0
	}},
	"math.Mod": {math.Mod, func(x, y, r float64) (dx, dy float64) {
		return 1, -math.Round((x - r) / y)
	}},
	"math.Remainder": {math.Remainder, func(x, y, r float64) (dx, dy float64) {
		return 1, -math.Round((x - r) / y)
	}},
	"math.Max": {math.Max, func(x, y, r float64) (dx, dy float64) {
		return pick(x != x || y == y && x >= y)
	}},
	"math.Min": {math.Min, func(x, y, r float64) (dx, dy float64) {
		return pick(x != x || y == y && x <= y)
	}},
}

func pick(first bool) (dx, dy float64) {
	if first {
		return 1, 0
	}
	return 0, 1
}

// digamma is the logarithmic derivative of the gamma function: the asymptotic
// series 6.3.18 of Abramowitz & Stegun from 12 on, the recurrence 6.3.5 below,
// the reflection 6.3.7 left of 0.
func digamma(x float64) float64 {
	if x <= 0 {
		if x == math.Floor(x) {
			return math.NaN()
		}
		return digamma(1-x) - math.Pi/math.Tan(math.Pi*x)
	}
	shift := 0.0
	for x < 12 {
		shift += 1 / x
		x++
	}
	u := 1 / (x * x)
	series := u * (1./12 - u*(1./120-u*(1./252-u*(1./240-u*(1./132-u*(691./32760-u/12))))))
	return math.Log(x) - 0.5/x - series - shift
}
