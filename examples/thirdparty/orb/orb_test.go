package orb

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/thirdparty/check"
)

func TestGradients(t *testing.T) {
	for _, c := range []check.Case{
		{"PlanarDistance", PlanarDistance, PlanarDistanceAdjoint, PlanarDistanceTangent, []float64{40, 50, 42, 47}},
		{"GeoDistance", GeoDistance, GeoDistanceAdjoint, GeoDistanceTangent, []float64{40, 50, 42, 47}},
		{"Haversine", Haversine, HaversineAdjoint, HaversineTangent, []float64{40, 50, 42, 47}},
		{"Bearing", Bearing, BearingAdjoint, BearingTangent, []float64{40, 50, 42, 47}},
		{"Midpoint", Midpoint, MidpointAdjoint, MidpointTangent, []float64{40, 50, 42, 47}},
		{"AtBearing", AtBearing, AtBearingAdjoint, AtBearingTangent, []float64{40, 50, 42, 47000}},
		{"SignedArea", SignedArea, SignedAreaAdjoint, SignedAreaTangent, []float64{40, 50, 42, 47, 39, 41}},
	} {
		t.Run(c.Name, c.Test)
	}
}
