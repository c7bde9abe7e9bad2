package lstm

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/gradbench/ratio"
)

func BenchmarkGradient(b *testing.B) {
	c := read(b, "l2_c1024.txt")
	g := c.zero()
	ratio.Report(b, func() { c.objective() }, func() { c.addGradient(g, 1) })
}
