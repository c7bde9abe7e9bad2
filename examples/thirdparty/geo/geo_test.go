package geo

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/thirdparty/check"
)

func TestGradients(t *testing.T) {
	for _, c := range []check.Case{
		{"Angle", Angle, AngleAdjoint, AngleTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6}},
		{"Cross", Cross, CrossAdjoint, CrossTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6}},
		{"Distance", Distance, DistanceAdjoint, DistanceTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6}},
		{"Triangle", Triangle, TriangleAdjoint, TriangleTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8, 0.2}},
		{"Girard", Girard, GirardAdjoint, GirardTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8, 0.2}},
		{"LatLng", LatLng, LatLngAdjoint, LatLngTangent, []float64{40, 50, 42, 47}},
		{"FromLatLng", FromLatLng, FromLatLngAdjoint, FromLatLngTangent, []float64{40, 50}},
		{"Segment", Segment, SegmentAdjoint, SegmentTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8, 0.2}},
		{"Interpolate", Interpolate, InterpolateAdjoint, InterpolateTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8, 0.2, 0.3}},
		{"CapArea", CapArea, CapAreaAdjoint, CapAreaTangent, []float64{0.3, 1.5, 0.7, 0.4}},
		{"CapUnion", CapUnion, CapUnionAdjoint, CapUnionTangent, []float64{0.3, 1.5, 0.7, 0.4, 2.2, 1.1, 0.6}},
	} {
		t.Run(c.Name, c.Test)
	}
}
