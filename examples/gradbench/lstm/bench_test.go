package lstm

import (
	"slices"
	"testing"

	"github.com/cairn-ad/cairn/bench"
)

// BenchmarkGradient has two sizes of ADBench; the file of the larger one is not here, and
// layers that are there twice cost the same time.
func BenchmarkGradient(b *testing.B) {
	c := read(b, "l2_c1024.txt")
	gradient(b, "LSTM l2 c1024", c)
	c.main, c.state = slices.Concat(c.main, c.main), slices.Concat(c.state, c.state)
	gradient(b, "LSTM l4 c1024", c.with(c.vector()))
}

func gradient(b *testing.B, name string, c instance) {
	g, h := c.zero(), c.zero()
	bench.Run(b, bench.Problem{
		Name: name, Primal: func() { bench.Keep(c.objective()) }, Derivative: func() { c.addGradient(g, 1) },
		Hand: func() { c.addGradientByHand(h) }, Target: 3.5,
		Column: func() { c.main[0][0] += 1e-6; bench.Keep(c.objective()); c.main[0][0] -= 1e-6 }, Columns: len(c.vector()),
	})
}
