package leastsquares

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/rules/gonum/internal/trial"
)

func TestDerivatives(t *testing.T) {
	for _, size := range [][2]int{{1, 0}, {2, 1}, {6, 2}} {
		n, degree := size[0], size[1]
		point := trial.Positive(2*n + 1)
		for i := range n { // points at some distance
			point[i] += float64(i)
		}
		joint := func(s, b, yb []float64) []float64 {
			return []float64{PredictAdjoint(s[:n], b[:n], s[n:2*n], b[n:2*n], degree, s[2*n], &b[2*n], yb[0])}
		}
		split := func(s, b, yb []float64) []float64 {
			st := ad.NewStack()
			v := PredictForward(s[:n], b[:n], s[n:2*n], b[n:2*n], degree, s[2*n], st)
			PredictReverse(s[:n], b[:n], s[n:2*n], b[n:2*n], degree, s[2*n], &b[2*n], yb[0], st)
			st.Release()
			return []float64{v}
		}
		for name, adjoint := range map[string]func(s, b, yb []float64) []float64{"joint": joint, "split": split} {
			t.Run(name, trial.Case{
				X:    point,
				Func: func(s []float64) []float64 { return []float64{Predict(s[:n], s[n:2*n], degree, s[2*n])} },
				Tangent: func(s, d []float64) (y, yd []float64) {
					v, vd := PredictTangent(s[:n], d[:n], s[n:2*n], d[n:2*n], degree, s[2*n], d[2*n])
					return []float64{v}, []float64{vd}
				},
				Adjoint: adjoint,
			}.Test)
		}
	}
}

// TestLine: the prediction by a line at the mean of the places is the mean of the values.
func TestLine(t *testing.T) {
	x, y := []float64{1, 2, 6}, []float64{5, 3, 4}
	xb, yb, atb := make([]float64, 3), make([]float64, 3), 0.0
	if v := PredictAdjoint(x, xb, y, yb, 1, 3, &atb, 1); math.Abs(v-4) > 1e-12 {
		t.Errorf("%v, want 4", v)
	}
	for i, b := range yb {
		if math.Abs(b-1.0/3) > 1e-12 {
			t.Errorf("the derivative by y[%d] is %v, want 1/3", i, b)
		}
	}
}
