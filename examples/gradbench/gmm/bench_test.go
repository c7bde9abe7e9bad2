package gmm

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/gradbench/trial"
)

func BenchmarkObjective(b *testing.B) {
	each(b, func(b *testing.B, c instance) {
		for b.Loop() {
			c.objective()
		}
	})
}

func BenchmarkGradient(b *testing.B) {
	each(b, func(b *testing.B, c instance) {
		g := c.zero()
		trial.Ratio(b, func() { c.objective() }, func() { c.addGradient(g, 1) })
	})
}

// each runs f for three sizes of the benchmark; the files of the larger two are not
// here, and random numbers cost the same time.
func each(b *testing.B, f func(b *testing.B, c instance)) {
	b.Run("d10_K25", func(b *testing.B) { f(b, read(b, "d10_K25.txt")) })
	b.Run("d20_K50", func(b *testing.B) { f(b, random(20, 50, 1000)) })
	b.Run("d32_K25", func(b *testing.B) { f(b, random(32, 25, 1000)) })
}
