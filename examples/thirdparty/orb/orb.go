// Package orb differentiates functions of github.com/paulmach/orb.
package orb

import (
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/planar"
)

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func PlanarDistance(x []float64) float64 {
	return planar.Distance(orb.Point{x[0], x[1]}, orb.Point{x[2], x[3]})
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GeoDistance(x []float64) float64 {
	return geo.Distance(orb.Point{x[0], x[1]}, orb.Point{x[2], x[3]})
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Haversine(x []float64) float64 {
	return geo.DistanceHaversine(orb.Point{x[0], x[1]}, orb.Point{x[2], x[3]})
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Bearing(x []float64) float64 {
	return geo.Bearing(orb.Point{x[0], x[1]}, orb.Point{x[2], x[3]})
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Midpoint(x []float64) float64 {
	return geo.Midpoint(orb.Point{x[0], x[1]}, orb.Point{x[2], x[3]}).Lat()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func AtBearing(x []float64) float64 {
	return geo.PointAtBearingAndDistance(orb.Point{x[0], x[1]}, x[2], x[3]).Lon()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func SignedArea(x []float64) float64 {
	return geo.SignedArea(orb.Ring{{x[0], x[1]}, {x[2], x[3]}, {x[4], x[5]}, {x[0], x[1]}})
}
