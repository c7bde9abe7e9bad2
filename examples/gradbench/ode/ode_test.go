package ode

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

// TestExact is about the components that are polynomials of a degree that the method
// meets exactly: y[i](t) = x[0]…x[i] t^(i+1)/(i+1)!, for i < 4.
func TestExact(t *testing.T) {
	x := []float64{0.7, -1.3, 2.1, 0.4}
	y := Solve(x, 7)
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
	fail := func(steps int) float64 { return math.Abs(Solve(x, steps)[5] - 64.0/720) }
	if order := math.Log2(fail(20) / fail(40)); math.Abs(order-4) > 0.1 {
		t.Errorf("the order is %.3f, want 4", order)
	}
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
		Value: func(x []float64) []float64 { return Solve(x, 9) },
		Tangent: func(x, d []float64) []float64 {
			_, yd := SolveTangent(x, d, 9)
			return yd
		},
		Adjoint: func(x, seed []float64) []float64 {
			xb := make([]float64, len(x))
			SolveAdjoint(x, xb, 9, seed)
			return xb
		},
	}, input(8), 0)
}

func BenchmarkGradient(b *testing.B) {
	x := input(1000)
	xb, seed := make([]float64, len(x)), input(len(x))
	bench.Run(b, bench.Problem{
		Name: "ODE n=1000", Primal: func() { Solve(x, 50) }, Derivative: func() { SolveAdjoint(x, xb, 50, seed) }, Target: 4,
		Column: func() { x[0] += 1e-6; Solve(x, 50); x[0] -= 1e-6 }, Columns: len(x),
	})
}

// The result is new memory, and nothing else.
func TestAllocations(t *testing.T) {
	x := input(20)
	xb, seed := make([]float64, len(x)), input(20)
	bench.Allocations(t, func() { sink = make([]float64, len(x)) }, func() { SolveAdjoint(x, xb, 9, seed) })
}

var sink []float64
