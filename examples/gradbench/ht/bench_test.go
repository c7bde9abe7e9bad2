package ht

import (
	"testing"

	"github.com/cairn-ad/cairn/bench"
)

// BenchmarkJacobian is the whole matrix, by a plan that is made once.
func BenchmarkJacobian(b *testing.B) {
	each(b, "Jacobian", 6, func(c instance) func() {
		plan := c.plan(b)
		dst := c.jacobian(plan, nil)
		return func() { c.jacobian(plan, dst) }
	})
}

// BenchmarkAdjoint is one row: the gradient of a weighted sum of the residuals.
func BenchmarkAdjoint(b *testing.B) {
	each(b, "adjoint", 4, func(c instance) func() {
		x, r, rb, seed := c.parameters(), c.room(), c.room(), ones(3*len(c.measured))
		xb := make([]float64, len(x))
		return func() {
			copy(rb, seed) // which the adjoint takes away
			c.addAdjoint(xb, x, r, rb)
		}
	})
}

func each(b *testing.B, what string, target float64, derivative func(c instance) func()) {
	for _, name := range []string{"simple", "complicated"} {
		c := read(b, map[string]string{"simple": "simple.txt", "complicated": "skin.txt"}[name], name == "complicated")
		x, r := c.parameters(), c.room()
		bench.Run(b, bench.Problem{
			Name: "Hand " + name + ", 100 points, " + what, Primal: func() { c.setResiduals(r, x) },
			Derivative: derivative(c), Target: target,
		})
	}
}
