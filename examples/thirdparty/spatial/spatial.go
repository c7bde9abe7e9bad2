// Package spatial differentiates functions of gonum.org/v1/gonum/spatial and quat.
package spatial

import (
	"gonum.org/v1/gonum/num/quat"
	"gonum.org/v1/gonum/spatial/r2"
	"gonum.org/v1/gonum/spatial/r3"
)

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Norm(x []float64) float64 {
	return r3.Norm(r3.Vec{X: x[0], Y: x[1], Z: x[2]})
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Dot(x []float64) float64 {
	return r3.Dot(r3.Vec{X: x[0], Y: x[1], Z: x[2]}, r3.Vec{X: x[3], Y: x[4], Z: x[5]})
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Triple(x []float64) float64 {
	return r3.Dot(r3.Vec{X: x[0], Y: x[1], Z: x[2]}, r3.Cross(r3.Vec{X: x[3], Y: x[4], Z: x[5]}, r3.Vec{X: x[6], Y: x[7], Z: x[8]}))
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Cos(x []float64) float64 {
	return r3.Cos(r3.Vec{X: x[0], Y: x[1], Z: x[2]}, r3.Vec{X: x[3], Y: x[4], Z: x[5]})
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Unit(x []float64) float64 {
	return r3.Unit(r3.Vec{X: x[0], Y: x[1], Z: x[2]}).X
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Rotate(x []float64) float64 {
	return r3.Rotate(r3.Vec{X: x[0], Y: x[1], Z: x[2]}, x[6], r3.Vec{X: x[3], Y: x[4], Z: x[5]}).X
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Area(x []float64) float64 {
	return r3.Triangle{r3.Vec{X: x[0], Y: x[1], Z: x[2]}, r3.Vec{X: x[3], Y: x[4], Z: x[5]}, r3.Vec{X: x[6], Y: x[7], Z: x[8]}}.Area()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Centroid(x []float64) float64 {
	return r3.Norm2(r3.Triangle{r3.Vec{X: x[0], Y: x[1], Z: x[2]}, r3.Vec{X: x[3], Y: x[4], Z: x[5]}, r3.Vec{X: x[6], Y: x[7], Z: x[8]}}.Centroid())
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Normal(x []float64) float64 {
	return r3.Triangle{r3.Vec{X: x[0], Y: x[1], Z: x[2]}, r3.Vec{X: x[3], Y: x[4], Z: x[5]}, r3.Vec{X: x[6], Y: x[7], Z: x[8]}}.Normal().X
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func BoxCenter(x []float64) float64 {
	return r3.Norm(r3.NewBox(x[0], x[1], x[2], x[3], x[4], x[5]).Center())
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func R2Area(x []float64) float64 {
	return r2.Triangle{{X: x[0], Y: x[1]}, {X: x[2], Y: x[3]}, {X: x[4], Y: x[5]}}.Area()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func QuatExp(x []float64) float64 {
	q := quat.Exp(quat.Number{Real: x[0], Imag: x[1], Jmag: x[2], Kmag: x[3]})
	return q.Real + 2*q.Imag - q.Jmag + 3*q.Kmag
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func QuatLog(x []float64) float64 {
	q := quat.Log(quat.Number{Real: x[0], Imag: x[1], Jmag: x[2], Kmag: x[3]})
	return q.Real + 2*q.Imag - q.Jmag + 3*q.Kmag
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func QuatSin(x []float64) float64 {
	q := quat.Sin(quat.Number{Real: x[0], Imag: x[1], Jmag: x[2], Kmag: x[3]})
	return q.Real + 2*q.Imag - q.Jmag + 3*q.Kmag
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func QuatCos(x []float64) float64 {
	q := quat.Cos(quat.Number{Real: x[0], Imag: x[1], Jmag: x[2], Kmag: x[3]})
	return q.Real + 2*q.Imag - q.Jmag + 3*q.Kmag
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func QuatTan(x []float64) float64 {
	q := quat.Tan(quat.Number{Real: x[0], Imag: x[1], Jmag: x[2], Kmag: x[3]})
	return q.Real + 2*q.Imag - q.Jmag + 3*q.Kmag
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func QuatSinh(x []float64) float64 {
	q := quat.Sinh(quat.Number{Real: x[0], Imag: x[1], Jmag: x[2], Kmag: x[3]})
	return q.Real + 2*q.Imag - q.Jmag + 3*q.Kmag
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func QuatSqrt(x []float64) float64 {
	q := quat.Sqrt(quat.Number{Real: x[0], Imag: x[1], Jmag: x[2], Kmag: x[3]})
	return q.Real + 2*q.Imag - q.Jmag + 3*q.Kmag
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func QuatInv(x []float64) float64 {
	q := quat.Inv(quat.Number{Real: x[0], Imag: x[1], Jmag: x[2], Kmag: x[3]})
	return q.Real + 2*q.Imag - q.Jmag + 3*q.Kmag
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func QuatPow(x []float64) float64 {
	q := quat.Pow(quat.Number{Real: x[0], Imag: x[1], Jmag: x[2], Kmag: x[3]}, quat.Number{Real: x[4], Imag: x[5]})
	return q.Real + 2*q.Imag - q.Jmag + 3*q.Kmag
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func R2Rotate(x []float64) float64 {
	p := r2.Rotate(r2.Vec{X: x[0], Y: x[1]}, x[2], r2.Vec{X: x[3], Y: x[4]})
	return p.X * p.Y
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func R2RotateTwice(x []float64) float64 {
	rot := r2.NewRotation(x[0], r2.Vec{X: x[1], Y: x[2]})
	p := rot.Rotate(rot.Rotate(r2.Vec{X: x[3], Y: x[4]}))
	return p.X - p.Y
}

func matrix(x []float64) *r3.Mat {
	m := new(r3.Mat)
	for i, v := range x {
		m.Set(i/3, i%3, v)
	}
	return m
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func MatDet(x []float64) float64 {
	return matrix(x).Det()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func MatMulVec(x []float64) float64 {
	return r3.Norm(matrix(x[3:]).MulVec(r3.Vec{X: x[0], Y: x[1], Z: x[2]}))
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func MatMulVecTrans(x []float64) float64 {
	return r3.Norm(matrix(x[3:]).MulVecTrans(r3.Vec{X: x[0], Y: x[1], Z: x[2]}))
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func MatSum(x []float64) float64 {
	m := r3.Skew(r3.Vec{X: x[0], Y: x[1], Z: x[2]})
	m.Add(m, r3.Eye())
	m.Sub(m, matrix(x[3:]))
	return r3.Dot(m.VecRow(1), m.VecCol(2))
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func MatScale(x []float64) float64 {
	m := new(r3.Mat)
	m.Scale(x[3], r3.Skew(r3.Vec{X: x[0], Y: x[1], Z: x[2]}))
	return m.At(0, 1) * m.At(2, 1)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func MatOuter(x []float64) float64 {
	m := new(r3.Mat)
	m.Outer(x[6], r3.Vec{X: x[0], Y: x[1], Z: x[2]}, r3.Vec{X: x[3], Y: x[4], Z: x[5]})
	return m.At(0, 1) * m.At(2, 1)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Rotation(x []float64) float64 {
	rot := r3.NewRotation(x[0], r3.Vec{X: x[1], Y: x[2], Z: x[3]})
	m := rot.Mat()
	return r3.Norm2(m.MulVec(r3.Vec{X: x[4], Y: x[5], Z: x[6]})) + m.At(0, 1)
}
