package heat

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ad"
)

// BenchmarkDriver compares the time of the adjoint with that of its parts, as the benchmark of
// the same name in examples/burgers does, where a step is cheap: 100 points take some 100 ns. The
// rest is what the driver of the loop costs.
func BenchmarkDriver(b *testing.B) {
	for _, points := range []int{100, 1000} {
		for _, snaps := range []int{5, 20, 100} {
			b.Run(fmt.Sprintf("points=%d/snaps=%d", points, snaps), func(b *testing.B) { driver(b, points, 2000, snaps) })
		}
	}
}

func driver(b *testing.B, points, steps, snaps int) {
	t0, t0b, lambda, lambdab := Initial(points), make([]float64, points), 0.3, 0.0
	adjoint := func(steps int) { HeatAdjoint(t0, t0b, lambda, &lambdab, steps, snaps, 1) }
	var stats ad.Stats
	stop := ad.Observe(func(s ad.Stats) { stats = s })
	adjoint(steps)
	stop()
	t, next := slices.Clone(t0), slices.Clone(t0)
	tb, nextb := make([]float64, points), make([]float64, points)
	advance := func() {
		step(next, t, lambda)
		t, next = next, t
		tb, nextb = nextb, tb
	}
	reverse := func() {
		next, t = t, next
		nextb, tb = tb, nextb
		stepReverse(next, nextb, t, tb, lambda, &lambdab)
	}
	all, k := make([]ad.Snapshot, snaps), 0 // in turn, as in the run: they are more than a cache holds
	save := func() {
		s := &all[k%snaps]
		k++
		s.Reset()
		s.Save(&t)
		s.SaveHeaders(&tb)
		s.Save(&next)
		s.SaveHeaders(&nextb)
	}
	restore := func() {
		s := &all[k%snaps]
		k++
		s.Restore(&t)
		s.RestoreHeaders(&tb)
		s.Restore(&next)
		s.RestoreHeaders(&nextb)
	}
	each(snaps, save) // their memory
	var ratios, rests []float64
	actions := float64(stats.Advances + 2*stats.Steps + stats.Saves + stats.Restores)
	for b.Loop() {
		measured := timed(func() { adjoint(steps) })
		b.StopTimer()
		model := timed(func() { adjoint(0) }) +
			float64(stats.Advances+1)*each(1000, advance) + float64(stats.Steps)*each(1000, reverse) +
			float64(stats.Saves)*each(1000, save) + float64(stats.Restores)*each(1000, restore)
		ratios, rests = append(ratios, measured/model), append(rests, (measured-model)/actions)
		b.StartTimer()
	}
	b.ReportMetric(median(ratios), "x-model")
	b.ReportMetric(median(rests), "rest-ns/call")
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

// timed is the time that f takes, in nanoseconds.
func timed(f func()) float64 {
	start := time.Now()
	f()
	return float64(time.Since(start))
}

// each is the time of f in a row of n.
func each(n int, f func()) float64 {
	return timed(func() {
		for range n {
			f()
		}
	}) / float64(n)
}
