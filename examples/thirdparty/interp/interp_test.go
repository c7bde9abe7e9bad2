package interp

import (
	"testing"

	"gonum.org/v1/gonum/interp"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/examples/thirdparty/check"
)

func TestGradients(t *testing.T) {
	for _, place := range []float64{0.3, 1.7, 2.9, 5, 7, -1} {
		x := []float64{1, 3, -2, 0.5, 2.1, 1.4, place}
		for _, c := range []check.Case{
			{"PiecewiseLinear", PiecewiseLinear, PiecewiseLinearAdjoint, PiecewiseLinearTangent, x},
			{"PiecewiseConstant", PiecewiseConstant, PiecewiseConstantAdjoint, PiecewiseConstantTangent, x},
			{"AkimaSpline", AkimaSpline, AkimaSplineAdjoint, AkimaSplineTangent, x},
			{"FritschButland", FritschButland, FritschButlandAdjoint, FritschButlandTangent, x},
			{"AkimaSplineSlope", AkimaSplineSlope, AkimaSplineSlopeAdjoint, AkimaSplineSlopeTangent, x},
			{"FritschButlandSlope", FritschButlandSlope, FritschButlandSlopeAdjoint, FritschButlandSlopeTangent, x},
			{"Hermite", Hermite, HermiteAdjoint, HermiteTangent, append(x[:7:7], 0.4, -0.3, 1, 0.2, -0.6, 0.1)},
		} {
			t.Run(c.Name, c.Test)
		}
	}
}

// TestPredict differentiates a fit that was made before: its slope is the derivative by the
// place.
func TestPredict(t *testing.T) {
	var p interp.AkimaSpline
	if err := p.Fit(nodes, []float64{1, 3, -2, 0.5, 2.1, 1.4}); err != nil {
		t.Fatal(err)
	}
	for _, x := range []float64{0.3, 1.7, 2.9, 5} {
		y, yd := PredictTangent(&p, ad.ZeroLike(&p), x, 1)
		if y != p.Predict(x) || !check.Close(yd, p.PredictDerivative(x), 1e-13, 0) {
			t.Errorf("at %v: %v, %v; wanted %v, %v", x, y, yd, p.Predict(x), p.PredictDerivative(x))
		}
	}
}
