package ht

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

// BenchmarkJacobian is the whole matrix, 26 columns or 28.
func BenchmarkJacobian(b *testing.B) {
	each(b, func(c instance) { c.jacobian() })
}

// BenchmarkAdjoint is one row: the gradient of a weighted sum of the residuals.
func BenchmarkAdjoint(b *testing.B) {
	each(b, func(c instance) { c.adjoint(c.parameters(), ones(3*len(c.measured))) })
}

func each(b *testing.B, f func(c instance)) {
	for _, file := range []string{"simple", "skin"} {
		b.Run(file, func(b *testing.B) {
			c := read(b, file+".txt", file == "skin")
			trial.Ratio(b, func() { c.residuals(c.parameters()) }, func() { f(c) })
		})
	}
}
