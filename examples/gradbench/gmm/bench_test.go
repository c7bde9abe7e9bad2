package gmm

import (
	"testing"

	"github.com/cairn-ad/cairn/bench"
)

// BenchmarkGradient has three sizes of ADBench; the files of the larger two are not here,
// and random numbers cost the same time.
func BenchmarkGradient(b *testing.B) {
	gradient(b, "GMM d10 K25", read(b, "d10_K25.txt"))
	gradient(b, "GMM d20 K50", random(20, 50, 1000))
	gradient(b, "GMM d32 K25", random(32, 25, 1000))
}

// BenchmarkTogether times the gradient with two goroutines against that with one.
func BenchmarkTogether(b *testing.B) {
	c := random(20, 50, 1000)
	g := c.zero()
	run := func(workers int) func() {
		return func() {
			ObjectiveTogetherAdjoint(c.alphas, g.alphas, c.means, g.means, c.icf, g.icf, c.x, c.prior, workers, 1)
		}
	}
	bench.Run(b, bench.Problem{Name: "GMM d20 K50, gradient, two goroutines over one", Primal: run(1), Derivative: run(2), Target: 0.59})
}

func gradient(b *testing.B, name string, c instance) {
	g, h := c.zero(), c.zero()
	bench.Run(b, bench.Problem{
		Name: name, Primal: func() { bench.Keep(c.objective()) }, Derivative: func() { c.addGradient(g, 1) },
		Hand: func() { c.addGradientByHand(h) }, Target: 2.4,
		Column: func() { c.alphas[0] += 1e-6; bench.Keep(c.objective()); c.alphas[0] -= 1e-6 }, Columns: len(c.vector()),
	})
}
