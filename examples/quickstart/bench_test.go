package quickstart

import (
	"testing"

	"github.com/cairn-ad/cairn/bench"
)

func BenchmarkGradient(b *testing.B) {
	x, xb := make([]float64, 1000), make([]float64, 1000)
	for i := range x {
		x[i] = 1 - 2*float64(i%2)
	}
	bench.Run(b, bench.Problem{
		Name: "Rosenbrock n=1000", Primal: func() { bench.Keep(Rosenbrock(x)) }, Derivative: func() { RosenbrockAdjoint(x, xb, 1) }, Target: 3,
		Column: func() { x[0] += 1e-6; bench.Keep(Rosenbrock(x)); x[0] -= 1e-6 }, Columns: len(x),
	})
}
