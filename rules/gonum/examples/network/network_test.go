package network

import (
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/cairn-ad/cairn/rules/gonum/internal/trial"
)

// weights lie in s: inputs×hidden, hidden×outputs, and two biases.
func weights(s []float64, in, hidden, out int) *Weights {
	take := func(n int) []float64 {
		v := s[:n:n]
		s = s[n:]
		return v
	}
	return &Weights{
		W1: mat.NewDense(in, hidden, take(in*hidden)), W2: mat.NewDense(hidden, out, take(hidden*out)),
		B1: mat.NewVecDense(hidden, take(hidden)), B2: mat.NewVecDense(out, take(out)),
	}
}

func TestDerivatives(t *testing.T) {
	for _, size := range [][4]int{{1, 1, 1, 1}, {5, 3, 4, 2}} {
		n, in, hidden, out := size[0], size[1], size[2], size[3]
		x, y := mat.NewDense(n, in, trial.Points(n*in)), mat.NewDense(n, out, trial.Positive(n*out))
		of := func(s []float64) *Weights { return weights(s, in, hidden, out) }
		t.Run("", trial.Case{
			X:    trial.Points(in*hidden + hidden*out + hidden + out),
			Func: func(s []float64) []float64 { return []float64{Loss(of(s), x, y)} },
			Tangent: func(s, d []float64) (v, vd []float64) {
				l, ld := LossTangent(of(s), of(d), x, y)
				return []float64{l}, []float64{ld}
			},
			Adjoint: func(s, b, yb []float64) []float64 {
				return []float64{LossAdjoint(of(s), of(b), x, y, yb[0])}
			},
		}.Test)
	}
}

// TestTraining goes down the gradient.
func TestTraining(t *testing.T) {
	x := mat.NewDense(4, 2, []float64{0, 0, 0, 1, 1, 0, 1, 1})
	y := mat.NewDense(4, 1, []float64{0, 1, 1, 0})
	w := weights(trial.Points(2*8+8+8+1), 2, 8, 1)
	first := Loss(w, x, y)
	for range 2000 {
		s := make([]float64, 2*8+8+8+1)
		g := weights(s, 2, 8, 1)
		LossAdjoint(w, g, x, y, 1)
		w.W1.Apply(func(i, j int, v float64) float64 { return v - 0.3*g.W1.At(i, j) }, w.W1)
		w.W2.Apply(func(i, j int, v float64) float64 { return v - 0.3*g.W2.At(i, j) }, w.W2)
		w.B1.AddScaledVec(w.B1, -0.3, g.B1)
		w.B2.AddScaledVec(w.B2, -0.3, g.B2)
	}
	if last := Loss(w, x, y); last > first/100 {
		t.Errorf("the loss has gone from %v to %v", first, last)
	}
}
