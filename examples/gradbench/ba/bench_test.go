package ba

import (
	"testing"

	"github.com/cairn-ad/cairn/bench"
)

// BenchmarkJacobian has the size of the smallest published instance.
func BenchmarkJacobian(b *testing.B) {
	p := random(49, 7776, 31843)
	j := p.NewJacobian()
	bench.Run(b, bench.Problem{
		Name: "BA 31843 observations, sparse Jacobian", Primal: func() { p.Residuals() }, Derivative: func() { p.Jacobian(j) }, Target: 6,
	})
}
