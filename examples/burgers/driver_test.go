package burgers

import (
	"slices"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ad"
)

// BenchmarkDriver compares the time of the adjoint with that of its parts: what starts and
// ends a run, the steps that Stats counts times the time of a step, the reverse of each step,
// and the copies of the state. The rest is what the driver of the loop costs.
func BenchmarkDriver(b *testing.B) {
	for _, c := range []struct {
		name  string
		snaps int
	}{{"snaps=5", 5}, {"snaps=20", 20}, {"snaps=100", 100}} {
		b.Run(c.name, func(b *testing.B) { driver(b, newFlow(), c.snaps) })
	}
}

func driver(b *testing.B, x flow, snaps int) {
	var stats ad.Stats
	stop := ad.Observe(func(s ad.Stats) { stats = s })
	x.adjoint(snaps)
	stop()
	none := x
	none.p.Steps = 0
	q, next := make([]Velocity, x.p.Points()), make([]Velocity, x.p.Points())
	qb, nextb := make([]Velocity, x.p.Points()), make([]Velocity, x.p.Points())
	start(q, x.u, x.v)
	start(next, x.u, x.v)
	start(nextb, x.u, x.v)
	all, k := make([]ad.Snapshot, snaps), 0 // in turn, as in the run: they are more than a cache holds
	save := func() {
		s := &all[k%snaps]
		k++
		s.Reset()
		s.Save(&q)
		s.SaveHeaders(&qb)
		s.Save(&next)
		s.SaveHeaders(&nextb)
	}
	restore := func() {
		s := &all[k%snaps]
		k++
		s.Restore(&q)
		s.RestoreHeaders(&qb)
		s.Restore(&next)
		s.RestoreHeaders(&nextb)
	}
	each(snaps, save) // their memory
	var ratios []float64
	for b.Loop() {
		measured := timed(func() { x.adjoint(snaps) })
		b.StopTimer()
		model := timed(func() { none.adjoint(snaps) }) +
			float64(stats.Advances+1)*each(20, func() { step(x.p, next, q); q, next = next, q }) +
			float64(stats.Steps)*each(20, func() { stepReverse(x.p, next, nextb, q, qb); q, next, qb, nextb = next, q, nextb, qb }) +
			float64(stats.Saves)*each(max(20, snaps), save) + float64(stats.Restores)*each(max(20, snaps), restore)
		ratios = append(ratios, measured/model)
		b.StartTimer()
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "x-model")
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
