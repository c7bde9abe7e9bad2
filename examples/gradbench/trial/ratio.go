package trial

import (
	"slices"
	"testing"
	"time"
)

// Ratio runs derivative and primal in turn. It reports the time of derivative, and the
// median of its time over that of the primal beside it: the speed of a shared machine
// changes from second to second, which a ratio of neighbours does not see. Each is run
// in rounds of at least a tenth of a millisecond, so that the clock is not what is
// measured.
func Ratio(b *testing.B, primal, derivative func()) {
	primal() // warm up: pools and caches
	derivative()
	rounds := 1
	for timed(primal, rounds) < 100*time.Microsecond {
		rounds *= 2
	}
	var ratios []float64
	b.ReportAllocs()
	for b.Loop() {
		t := timed(derivative, rounds)
		b.StopTimer()
		ratios = append(ratios, float64(t)/float64(timed(primal, rounds)))
		b.StartTimer()
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "x-primal")
}

func timed(f func(), rounds int) time.Duration {
	start := time.Now()
	for range rounds {
		f()
	}
	return time.Since(start)
}
