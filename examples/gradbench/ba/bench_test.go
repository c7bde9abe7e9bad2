package ba

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/gradbench/ratio"
)

// BenchmarkJacobian has the size of the smallest published instance.
func BenchmarkJacobian(b *testing.B) {
	p := random(49, 7776, 31843)
	j := p.NewJacobian()
	ratio.Report(b, func() { p.Residuals() }, func() { p.Jacobian(j) })
}
