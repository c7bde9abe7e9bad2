// Package geo differentiates functions of github.com/golang/geo.
package geo

import (
	"github.com/golang/geo/r3"
	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Angle(x []float64) float64 {
	return r3.Vector{X: x[0], Y: x[1], Z: x[2]}.Angle(r3.Vector{X: x[3], Y: x[4], Z: x[5]}).Radians()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Cross(x []float64) float64 {
	return r3.Vector{X: x[0], Y: x[1], Z: x[2]}.Cross(r3.Vector{X: x[3], Y: x[4], Z: x[5]}).Norm()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Distance(x []float64) float64 {
	return r3.Vector{X: x[0], Y: x[1], Z: x[2]}.Distance(r3.Vector{X: x[3], Y: x[4], Z: x[5]})
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Triangle(x []float64) float64 {
	return s2.PointArea(s2.Point{Vector: r3.Vector{X: x[0], Y: x[1], Z: x[2]}.Normalize()}, s2.Point{Vector: r3.Vector{X: x[3], Y: x[4], Z: x[5]}.Normalize()}, s2.Point{Vector: r3.Vector{X: x[6], Y: x[7], Z: x[8]}.Normalize()})
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Girard(x []float64) float64 {
	return s2.GirardArea(s2.Point{Vector: r3.Vector{X: x[0], Y: x[1], Z: x[2]}.Normalize()}, s2.Point{Vector: r3.Vector{X: x[3], Y: x[4], Z: x[5]}.Normalize()}, s2.Point{Vector: r3.Vector{X: x[6], Y: x[7], Z: x[8]}.Normalize()})
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func LatLng(x []float64) float64 {
	return s2.LatLngFromDegrees(x[0], x[1]).Distance(s2.LatLngFromDegrees(x[2], x[3])).Radians()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func FromLatLng(x []float64) float64 {
	return s2.PointFromLatLng(s2.LatLngFromDegrees(x[0], x[1])).Dot(r3.Vector{X: 1, Y: 2, Z: 3})
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Segment(x []float64) float64 {
	return s2.DistanceFromSegment(s2.Point{Vector: r3.Vector{X: x[0], Y: x[1], Z: x[2]}.Normalize()}, s2.Point{Vector: r3.Vector{X: x[3], Y: x[4], Z: x[5]}.Normalize()}, s2.Point{Vector: r3.Vector{X: x[6], Y: x[7], Z: x[8]}.Normalize()}).Radians()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Interpolate(x []float64) float64 {
	return s2.Interpolate(x[9], s2.Point{Vector: r3.Vector{X: x[0], Y: x[1], Z: x[2]}.Normalize()}, s2.Point{Vector: r3.Vector{X: x[3], Y: x[4], Z: x[5]}.Normalize()}).X
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func CapArea(x []float64) float64 {
	c := s2.CapFromCenterAngle(s2.PointFromCoords(x[0], x[1], x[2]), s1.Angle(x[3]))
	return c.Area()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func CapUnion(x []float64) float64 {
	c := s2.CapFromCenterAngle(s2.PointFromCoords(x[0], x[1], x[2]), s1.Angle(x[3]))
	return c.AddPoint(s2.PointFromCoords(x[4], x[5], x[6])).Radius().Radians()
}
