package ba

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

// BenchmarkJacobian has the size of the smallest published instance.
func BenchmarkJacobian(b *testing.B) {
	p := random(49, 7776, 31843)
	j := p.NewJacobian()
	trial.Ratio(b, func() { p.Residuals() }, func() { p.Jacobian(j) })
}
