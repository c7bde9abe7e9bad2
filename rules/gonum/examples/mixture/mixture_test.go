package mixture

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/cairn-ad/cairn/rules/gonum/internal/trial"
)

func TestDerivatives(t *testing.T) {
	for _, size := range [][3]int{{1, 1, 1}, {4, 3, 2}, {0, 2, 3}} {
		points, k, dim := size[0], size[1], size[2]
		x := trial.Points(points * dim)
		split := func(s []float64) (logits, means, logSigma []float64) {
			return s[:k], s[k : k+k*dim], s[k+k*dim:]
		}
		t.Run("", trial.Case{
			X: trial.Points(k + k*dim + k),
			Func: func(s []float64) []float64 {
				logits, means, logSigma := split(s)
				return []float64{LogLikelihood(logits, means, logSigma, x, dim)}
			},
			Tangent: func(s, d []float64) (y, yd []float64) {
				logits, means, logSigma := split(s)
				logitsd, meansd, logSigmad := split(d)
				l, ld := LogLikelihoodTangent(logits, logitsd, means, meansd, logSigma, logSigmad, x, dim)
				return []float64{l}, []float64{ld}
			},
			Adjoint: func(s, b, yb []float64) []float64 {
				logits, means, logSigma := split(s)
				logitsb, meansb, logSigmab := split(b)
				return []float64{LogLikelihoodAdjoint(logits, logitsb, means, meansb, logSigma, logSigmab, x, dim, yb[0])}
			},
		}.Test)
	}
}

// TestOneNormal compares with gonum's own normal distribution.
func TestOneNormal(t *testing.T) {
	x := []float64{0.3, -1.2, 2.5}
	n := distuv.Normal{Mu: 0.4, Sigma: 1.7}
	want := 0.0
	for _, v := range x {
		want += n.LogProb(v)
	}
	if got := LogLikelihood([]float64{5}, []float64{n.Mu}, []float64{math.Log(n.Sigma)}, x, 1); math.Abs(got-want) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
}
