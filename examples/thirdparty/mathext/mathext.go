// Package mathext differentiates special functions of gonum.org/v1/gonum/mathext.
package mathext

import (
	"gonum.org/v1/gonum/mathext"
)

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Digamma(x []float64) float64 {
	return mathext.Digamma(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Lbeta(x []float64) float64 {
	return mathext.Lbeta(x[0], x[1])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Beta(x []float64) float64 {
	return mathext.Beta(x[0], x[1])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func RegIncBeta(x []float64) float64 {
	return mathext.RegIncBeta(x[0], x[1], x[2])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func MvLgamma(x []float64) float64 {
	return mathext.MvLgamma(x[0], 3)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func EllipticF(x []float64) float64 {
	return mathext.EllipticF(x[0], x[1])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func EllipticRF(x []float64) float64 {
	return mathext.EllipticRF(x[0], x[1], x[2])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func EllipticRD(x []float64) float64 {
	return mathext.EllipticRD(x[0], x[1], x[2])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func CompleteK(x []float64) float64 {
	return mathext.CompleteK(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func CompleteE(x []float64) float64 {
	return mathext.CompleteE(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Li2(x []float64) float64 {
	return real(mathext.Li2(complex(x[0], x[1])))
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GammaIncReg(x []float64) float64 {
	return mathext.GammaIncReg(x[0], x[1])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GammaIncRegLarge(x []float64) float64 {
	return mathext.GammaIncReg(x[0], x[1])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GammaIncRegComp(x []float64) float64 {
	return mathext.GammaIncRegComp(x[0], x[1])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Zeta(x []float64) float64 {
	return mathext.Zeta(x[0], x[1])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormalQuantile(x []float64) float64 {
	return mathext.NormalQuantile(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormalQuantileTail(x []float64) float64 {
	return mathext.NormalQuantile(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GammaIncRegInv(x []float64) float64 {
	return mathext.GammaIncRegInv(x[0], x[1])
}
