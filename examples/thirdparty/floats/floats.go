// Package floats differentiates functions of gonum.org/v1/gonum/floats.
package floats

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Sum(x []float64) float64 {
	return floats.Sum(x)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Prod(x []float64) float64 {
	return floats.Prod(x)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Max(x []float64) float64 {
	return floats.Max(x)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Min(x []float64) float64 {
	return floats.Min(x)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func LogSumExp(x []float64) float64 {
	return floats.LogSumExp(x)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func SumCompensated(x []float64) float64 {
	return floats.SumCompensated(x)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Norm1(x []float64) float64 {
	return floats.Norm(x, 1)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Distance1(x []float64) float64 {
	return floats.Distance(x[:4], x[4:], 1)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Norm2(x []float64) float64 {
	return floats.Norm(x, 2)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Distance2(x []float64) float64 {
	return floats.Distance(x[:4], x[4:], 2)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Norm3(x []float64) float64 {
	return floats.Norm(x, 3)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Distance3(x []float64) float64 {
	return floats.Distance(x[:4], x[4:], 3)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormInf(x []float64) float64 {
	return floats.Norm(x, math.Inf(1))
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func DistanceInf(x []float64) float64 {
	return floats.Distance(x[:4], x[4:], math.Inf(1))
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Dot(x []float64) float64 {
	return floats.Dot(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Add(x []float64) float64 {
	y := make([]float64, 4)
	copy(y, x)
	floats.Add(y, x[4:])
	return y[0]*y[1] + y[2]*y[3]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func AddTo(x []float64) float64 {
	y := make([]float64, 4)
	floats.AddTo(y, x[:4], x[4:])
	return y[0]*y[1] + y[2]*y[3]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Sub(x []float64) float64 {
	y := make([]float64, 4)
	copy(y, x)
	floats.Sub(y, x[4:])
	return y[0]*y[1] + y[2]*y[3]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func SubTo(x []float64) float64 {
	y := make([]float64, 4)
	floats.SubTo(y, x[:4], x[4:])
	return y[0]*y[1] + y[2]*y[3]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Mul(x []float64) float64 {
	y := make([]float64, 4)
	copy(y, x)
	floats.Mul(y, x[4:])
	return y[0]*y[1] + y[2]*y[3]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func MulTo(x []float64) float64 {
	y := make([]float64, 4)
	floats.MulTo(y, x[:4], x[4:])
	return y[0]*y[1] + y[2]*y[3]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Div(x []float64) float64 {
	y := make([]float64, 4)
	copy(y, x)
	floats.Div(y, x[4:])
	return y[0]*y[1] + y[2]*y[3]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func DivTo(x []float64) float64 {
	y := make([]float64, 4)
	floats.DivTo(y, x[:4], x[4:])
	return y[0]*y[1] + y[2]*y[3]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Scale(x []float64) float64 {
	y := make([]float64, len(x))
	copy(y, x)
	floats.Scale(x[0], y)
	return y[0] * y[1]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func AddScaled(x []float64) float64 {
	y := make([]float64, 4)
	copy(y, x)
	floats.AddScaled(y, x[0], x[4:])
	return y[0] * y[1]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func CumSum(x []float64) float64 {
	y := make([]float64, len(x))
	floats.CumSum(y, x)
	return y[3] * y[6]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func CumProd(x []float64) float64 {
	y := make([]float64, len(x))
	floats.CumProd(y, x)
	return y[3] * y[6]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Span(x []float64) float64 {
	y := make([]float64, 5)
	floats.Span(y, x[0], x[1])
	return y[3] * y[2]
}
