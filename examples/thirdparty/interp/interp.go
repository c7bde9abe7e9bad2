// Package interp differentiates the interpolators of gonum.org/v1/gonum/interp, which keep
// what they are fitted to in unexported fields: by the values, and by the place. Six values
// stand before the place in x.
package interp

import "gonum.org/v1/gonum/interp"

var nodes = []float64{0, 1, 2.5, 3, 4.5, 6}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func PiecewiseLinear(x []float64) float64 {
	var p interp.PiecewiseLinear
	if err := p.Fit(nodes, x[:6]); err != nil {
		return 0
	}
	return p.Predict(x[6])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func PiecewiseConstant(x []float64) float64 {
	var p interp.PiecewiseConstant
	if err := p.Fit(nodes, x[:6]); err != nil {
		return 0
	}
	return p.Predict(x[6])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func AkimaSpline(x []float64) float64 {
	var p interp.AkimaSpline
	if err := p.Fit(nodes, x[:6]); err != nil {
		return 0
	}
	return p.Predict(x[6])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func FritschButland(x []float64) float64 {
	var p interp.FritschButland
	if err := p.Fit(nodes, x[:6]); err != nil {
		return 0
	}
	return p.Predict(x[6])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func AkimaSplineSlope(x []float64) float64 {
	var p interp.AkimaSpline
	if err := p.Fit(nodes, x[:6]); err != nil {
		return 0
	}
	return p.PredictDerivative(x[6])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func FritschButlandSlope(x []float64) float64 {
	var p interp.FritschButland
	if err := p.Fit(nodes, x[:6]); err != nil {
		return 0
	}
	return p.PredictDerivative(x[6])
}

// Hermite is given the slopes, too.
//
//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Hermite(x []float64) float64 {
	var p interp.PiecewiseCubic
	p.FitWithDerivatives(nodes, x[:6], x[7:])
	return p.Predict(x[6])
}

// Predict is the derivative of a fit that is there already.
//
//cairn:adjoint wrt=p,x of=return
//cairn:tangent wrt=p,x of=return
func Predict(p *interp.AkimaSpline, x float64) float64 { return p.Predict(x) }
