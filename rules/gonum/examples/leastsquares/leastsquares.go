// Package leastsquares fits a polynomial by a QR factorization, and differentiates what the fit
// predicts with respect to the data.
package leastsquares

import (
	"gonum.org/v1/gonum/mat"

	_ "github.com/cairn-ad/cairn/rules/gonum/matad" // derivatives of package mat
)

// Predict fits a polynomial of the given degree to the points (x[i], y[i]) and returns its value
// at a place.
//
//cairn:adjoint wrt=x,y,at of=return mode=both
//cairn:tangent wrt=x,y,at of=return
func Predict(x, y []float64, degree int, at float64) float64 {
	a := mat.NewDense(len(x), degree+1, nil)
	for i, v := range x {
		row := a.RawRowView(i)
		p := 1.0
		for j := range row {
			row[j] = p
			p *= v
		}
	}
	var qr mat.QR
	qr.Factorize(a)
	var coeff mat.VecDense
	if err := qr.SolveVecTo(&coeff, false, mat.NewVecDense(len(y), y)); err != nil {
		panic(err)
	}
	value := 0.0
	for j := degree; j >= 0; j-- {
		value = value*at + coeff.AtVec(j)
	}
	return value
}
