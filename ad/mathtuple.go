package ad

import "math"

// The functions of package math with two results, one result at a time: each
// calls the very function, so that its value is the same bit for bit. Made code
// calls them, since derivative code is made of expressions with one value.

// ModfInt returns the first result of math.Modf, the integer part of x.
func ModfInt(x float64) float64 {
	i, _ := math.Modf(x)
	return i
}

// ModfFrac returns the second result of math.Modf, the fractional part of x. Its
// derivative is 1.
func ModfFrac(x float64) float64 {
	_, f := math.Modf(x)
	return f
}

// SincosSin returns the first result of math.Sincos.
func SincosSin(x float64) float64 {
	s, _ := math.Sincos(x)
	return s
}

// SincosCos returns the second result of math.Sincos.
func SincosCos(x float64) float64 {
	_, c := math.Sincos(x)
	return c
}

// Lgamma returns the first result of math.Lgamma, the logarithm of the absolute
// value of the gamma function. Its derivative is Digamma.
func Lgamma(x float64) float64 {
	l, _ := math.Lgamma(x)
	return l
}

// LgammaSign returns the second result of math.Lgamma, the sign of the gamma
// function.
func LgammaSign(x float64) int {
	_, sign := math.Lgamma(x)
	return sign
}

// FrexpFrac returns the first result of math.Frexp, the fraction x / 2^exp. Its
// derivative is FrexpScale.
func FrexpFrac(x float64) float64 {
	f, _ := math.Frexp(x)
	return f
}

// FrexpExp returns the second result of math.Frexp, the exponent.
func FrexpExp(x float64) int {
	_, exp := math.Frexp(x)
	return exp
}

// FrexpScale returns 2^-exp for the exponent that math.Frexp finds: the
// derivative of the fraction.
func FrexpScale(x float64) float64 {
	return math.Ldexp(1, -FrexpExp(x))
}
