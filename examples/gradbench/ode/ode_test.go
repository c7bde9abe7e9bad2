package ode

import (
	"math"
	"slices"
	"testing"

	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

// TestExact is about the components that are polynomials of a degree that the method
// meets exactly: y[i](t) = x[0]…x[i] t^(i+1)/(i+1)!, for i < 4.
func TestExact(t *testing.T) {
	x := []float64{0.7, -1.3, 2.1, 0.4}
	y := solved(x, 7)
	exact := 1.0
	for i := range x {
		exact *= x[i] * 2 / float64(i+1)
		if math.Abs(y[i]-exact) > 1e-14 {
			t.Errorf("component %d is %.17g, want %.17g", i, y[i], exact)
		}
		for j, got := range Gradient(x[:i+1], 7) {
			if want := exact / x[j]; math.Abs(got-want) > 1e-14 {
				t.Errorf("derivative of component %d by x[%d] is %.17g, want %.17g", i, j, got, want)
			}
		}
	}
}

// TestOrder looks at a component of degree 6: its error falls with the fourth power of
// the step.
func TestOrder(t *testing.T) {
	x := []float64{1, 1, 1, 1, 1, 1}
	fail := func(steps int) float64 { return math.Abs(solved(x, steps)[5] - 64.0/720) }
	if order := math.Log2(fail(20) / fail(40)); math.Abs(order-4) > 0.1 {
		t.Errorf("the order is %.3f, want 4", order)
	}
}

func solved(x []float64, steps int) []float64 {
	y := make([]float64, len(x))
	Solve(y, x, steps)
	return y
}

func input(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 1 + 0.5*math.Sin(float64(i))
	}
	return x
}

func TestDerivatives(t *testing.T) {
	trial.Components(t, trial.Function{
		Value: func(x []float64) []float64 { return solved(x, 9) },
		Tangent: func(x, d []float64) []float64 {
			y, yd := make([]float64, len(x)), make([]float64, len(x))
			SolveTangent(y, yd, x, d, 9)
			return yd
		},
		Adjoint: func(x, seed []float64) []float64 {
			y, yb, xb := make([]float64, len(x)), slices.Clone(seed), make([]float64, len(x))
			SolveAdjoint(y, yb, x, xb, 9)
			return xb
		},
	}, input(8), 0)
}

func BenchmarkGradient(b *testing.B) {
	x, seed := input(1000), input(1000)
	y, yb, xb := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
	bench.Run(b, bench.Problem{
		Name: "ODE n=1000", Primal: func() { Solve(y, x, 50) }, Target: 4,
		Derivative: func() {
			copy(yb, seed) // which the adjoint takes away
			SolveAdjoint(y, yb, x, xb, 50)
		},
		Column: func() { x[0] += 1e-6; Solve(y, x, 50); x[0] -= 1e-6 }, Columns: len(x),
	})
}

func TestAllocations(t *testing.T) {
	x, y, yb := input(20), input(20), input(20)
	xb := make([]float64, len(x))
	bench.Allocations(t, nil, func() { SolveAdjoint(y, yb, x, xb, 9) })
	bench.Allocations(t, nil, func() { SolveTangent(y, yb, x, xb, 9) })
}
