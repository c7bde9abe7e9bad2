// Package spatial differentiates functions of gonum.org/v1/gonum/spatial and quat.
package spatial

import (
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
