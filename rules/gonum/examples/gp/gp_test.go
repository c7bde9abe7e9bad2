package gp

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/rules/gonum/internal/trial"
)

func TestDerivatives(t *testing.T) {
	for _, n := range []int{1, 2, 6} {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(i) + 0.3*math.Sin(float64(i))
		}
		t.Run("", trial.Case{
			X:    trial.Positive(3 + n),
			Func: func(s []float64) []float64 { return []float64{LogLikelihood(s[0], s[1], s[2], x, s[3:])} },
			Tangent: func(s, d []float64) (y, yd []float64) {
				l, ld := LogLikelihoodTangent(s[0], d[0], s[1], d[1], s[2], d[2], x, s[3:], d[3:])
				return []float64{l}, []float64{ld}
			},
			Adjoint: func(s, b, yb []float64) []float64 {
				return []float64{LogLikelihoodAdjoint(s[0], &b[0], s[1], &b[1], s[2], &b[2], x, s[3:], b[3:], yb[0])}
			},
		}.Test)
	}
}
