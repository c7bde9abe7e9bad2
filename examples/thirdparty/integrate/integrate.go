// Package integrate differentiates the rules of gonum.org/v1/gonum/integrate.
package integrate

import (
	"math"

	"gonum.org/v1/gonum/integrate"
	"gonum.org/v1/gonum/integrate/quad"
)

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Trapezoidal(x []float64) float64 {
	return integrate.Trapezoidal(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Simpsons(x []float64) float64 {
	return integrate.Simpsons(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Romberg(x []float64) float64 {
	return integrate.Romberg(x[:5], x[5])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Legendre(x []float64) float64 {
	xs, weights := make([]float64, 6), make([]float64, 6)
	quad.Legendre{}.FixedLocations(xs, weights, x[0], x[1])
	sum := 0.0
	for i, t := range xs {
		sum += weights[i] * math.Exp(-x[2]*t*t)
	}
	return sum
}
