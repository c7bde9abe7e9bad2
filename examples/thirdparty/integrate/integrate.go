// Package integrate differentiates the rules of gonum.org/v1/gonum/integrate.
package integrate

import (
	"gonum.org/v1/gonum/integrate"
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
