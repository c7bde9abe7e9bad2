package lstm

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

func BenchmarkGradient(b *testing.B) {
	c := read(b, "l2_c1024.txt")
	g := c.zero()
	trial.Ratio(b, func() { c.objective() }, func() { c.addGradient(g, 1) })
}
