package ht

import (
	"testing"

	"github.com/cairn-ad/cairn/bench"
)

// BenchmarkJacobian is the whole matrix, 26 columns or 28.
func BenchmarkJacobian(b *testing.B) {
	each(b, "Jacobian", 6, func(c instance) { c.jacobian() })
}

// BenchmarkAdjoint is one row: the gradient of a weighted sum of the residuals.
func BenchmarkAdjoint(b *testing.B) {
	each(b, "adjoint", 4, func(c instance) { c.adjoint(c.parameters(), ones(3*len(c.measured))) })
}

func each(b *testing.B, what string, target float64, f func(c instance)) {
	for name, file := range map[string]string{"simple": "simple", "complicated": "skin"} {
		c := read(b, file+".txt", file == "skin")
		bench.Run(b, bench.Problem{
			Name: "Hand " + name + ", 100 points, " + what, Primal: func() { c.residuals(c.parameters()) },
			Derivative: func() { f(c) }, Target: target,
		})
	}
}
