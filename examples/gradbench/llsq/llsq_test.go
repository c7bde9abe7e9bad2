package llsq

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

func gradient(x []float64, n int, seed float64) (value float64, xb []float64) {
	xb = make([]float64, len(x))
	value = ObjectiveAdjoint(x, xb, n, seed)
	return value, xb
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12*max(1, math.Abs(want)) {
		t.Errorf("%s is %.17g, want %.17g", what, got, want)
	}
}

// The polynomial 0 misses each point but the middle one by 1, and t + t³ misses the points
// -1, -½, 0, ½ and 1 by 1, ⅜, 0, ⅜ and 1.
func TestKnown(t *testing.T) {
	value, _ := gradient(make([]float64, 3), 101, 1)
	near(t, "the objective of 0", value, 50)
	value, xb := gradient([]float64{0, 1, 0, 1}, 5, 1)
	near(t, "the objective of t+t³", value, 1+9.0/64)
	for j, want := range []float64{0, 2 - 3.0/8, 0, 2 - 3.0/32} {
		near(t, "a component of the gradient", xb[j], want)
	}
}

// TestNormal holds the gradient against Vᵀ(Vx - s), with the matrix V of all powers.
func TestNormal(t *testing.T) {
	x, n := []float64{0.3, -1.2, 0.7, 2, -0.4}, 40
	want, objective := make([]float64, len(x)), 0.0
	for i := range n {
		at := 2*float64(i)/float64(n-1) - 1
		rest := -math.Copysign(1, at)
		for j, c := range x {
			rest += c * math.Pow(at, float64(j))
		}
		objective += rest * rest / 2
		for j := range x {
			want[j] += rest * math.Pow(at, float64(j))
		}
	}
	value, xb := gradient(x, n, 1)
	near(t, "the objective", value, objective)
	near(t, "the objective of the primal", Objective(x, n), objective)
	for j := range x {
		near(t, "a component of the gradient", xb[j], want[j])
	}
}

func TestDerivatives(t *testing.T) {
	trial.Components(t, trial.Function{
		Value: func(x []float64) []float64 { return []float64{Objective(x, 20)} },
		Tangent: func(x, d []float64) []float64 {
			_, slope := ObjectiveTangent(x, d, 20)
			return []float64{slope}
		},
		Adjoint: func(x, seed []float64) []float64 {
			_, xb := gradient(x, 20, seed[0])
			return xb
		},
	}, []float64{0.3, -1.2, 0.7, 2, -0.4}, 0)
}

func BenchmarkGradient(b *testing.B) {
	x := make([]float64, 64)
	for j := range x {
		x[j] = math.Sin(float64(j))
	}
	xb := make([]float64, len(x))
	bench.Run(b, bench.Problem{
		Name: "LLSQ m=64 n=1000", Primal: func() { bench.Keep(Objective(x, 1000)) }, Derivative: func() { ObjectiveAdjoint(x, xb, 1000, 1) }, Target: 4,
		Column: func() { x[0] += 1e-6; bench.Keep(Objective(x, 1000)); x[0] -= 1e-6 }, Columns: len(x),
	})
}

func TestAllocations(t *testing.T) {
	x, xb := []float64{0.3, -1.2, 0.7, 2, -0.4}, make([]float64, 5)
	bench.Allocations(t, nil, func() { ObjectiveAdjoint(x, xb, 50, 1) })
}
