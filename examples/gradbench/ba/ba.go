// Package ba is bundle adjustment, the second problem of ADBench: cameras and points
// that explain where the points were seen in pictures, and the sparse Jacobian of what
// they leave unexplained.
//
// In: cameras, points, weights and observations ([Problem]). Out: the residuals
// ([Problem.Residuals]) and their Jacobian row by row ([Problem.Jacobian]), made of blocks
// that reprojectAdjointVector, which cairngen wrote, computes two rows a call.
//
// The camera model is that of Srajer, Kukelova and Fitzgibbon, "A benchmark of selected
// algorithmic differentiation tools on some problems in computer vision and machine
// learning", Optimization Methods and Software 33 (2018) 889-906, section 4.2.
package ba

import "math"

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// Vec is a point or a direction in space.
type Vec struct{ X, Y, Z float64 }

func (a Vec) minus(b Vec) Vec     { return Vec{a.X - b.X, a.Y - b.Y, a.Z - b.Z} }
func (a Vec) plus(b Vec) Vec      { return Vec{a.X + b.X, a.Y + b.Y, a.Z + b.Z} }
func (a Vec) times(f float64) Vec { return Vec{f * a.X, f * a.Y, f * a.Z} }
func (a Vec) dot(b Vec) float64   { return a.X*b.X + a.Y*b.Y + a.Z*b.Z }
func (a Vec) cross(b Vec) Vec {
	return Vec{a.Y*b.Z - a.Z*b.Y, a.Z*b.X - a.X*b.Z, a.X*b.Y - a.Y*b.X}
}

// Pixel is a place in a picture.
type Pixel struct{ X, Y float64 }

// Camera has eleven parameters.
type Camera struct {
	Rotation  Vec // axis times angle
	Center    Vec
	Focal     float64
	Principal Pixel      // where the axis meets the picture
	Radial    [2]float64 // distortion by 1 + k1 r² + k2 r⁴
}

// reproject is the weighted distance, in x and in y, between where camera c sees the
// point and where it was seen.
//
//cairn:adjoint wrt=c,point,weight vector=2
//cairn:tangent wrt=c,point,weight
func reproject(c Camera, point Vec, weight float64, seen Pixel) (ex, ey float64) {
	p := c.project(point)
	return weight * (p.X - seen.X), weight * (p.Y - seen.Y)
}

// project is the pixel at which the camera sees a point.
func (c Camera) project(point Vec) Pixel {
	v := rotate(c.Rotation, point.minus(c.Center))
	x, y := v.X/v.Z, v.Y/v.Z
	rr := x*x + y*y
	f := c.Focal * (1 + c.Radial[0]*rr + c.Radial[1]*rr*rr)
	return Pixel{f*x + c.Principal.X, f*y + c.Principal.Y}
}

// rotate turns v about axis by as many radians as the axis is long, by the formula of
// Rodrigues; for no rotation at all, which has no axis, by its linear part.
func rotate(axis, v Vec) Vec {
	square := axis.dot(axis)
	if square == 0 {
		return v.plus(axis.cross(v))
	}
	angle := math.Sqrt(square)
	w := axis.times(1 / angle)
	sin, cos := math.Sin(angle), math.Cos(angle)
	return v.times(cos).plus(w.cross(v).times(sin)).plus(w.times(w.dot(v) * (1 - cos)))
}

// regularize draws the weight to 1 or -1.
//
//cairn:adjoint wrt=weight
//cairn:tangent wrt=weight
func regularize(weight float64) float64 { return 1 - weight*weight }
