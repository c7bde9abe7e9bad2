package trial

import (
	"slices"
	"testing"
	"time"
)

// Ratio runs derivative and primal in turn. It reports the time of derivative, and the
// median of its time over that of the primal beside it: the speed of a shared machine
// changes from second to second, which a ratio of neighbours does not see. Each is
// repeated until both take about as long, a millisecond or more: the stops of the clock
// cost time, and a machine that is taken away for a moment hits a long run rather than
// a short one.
func Ratio(b *testing.B, primal, derivative func()) {
	derivative() // warm up: pools and caches
	derivatives := repeats(derivative, time.Millisecond)
	primals := repeats(primal, best(derivative, derivatives))
	factor := float64(primals) / float64(derivatives)
	var ratios []float64
	b.ReportAllocs()
	for b.Loop() {
		t := timed(derivative, derivatives)
		b.StopTimer()
		ratios = append(ratios, factor*float64(t)/float64(timed(primal, primals)))
		b.StartTimer()
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "x-primal")
}

// repeats returns how many runs of f take as long as long.
func repeats(f func(), long time.Duration) int {
	n := 1
	for {
		t := best(f, n)
		switch {
		case t >= long/2:
			return max(1, int(float64(n)*float64(long)/float64(t)+0.5))
		case t > long/20:
			n = int(float64(n)*float64(long)/float64(t)) + 1
		default:
			n *= 4
		}
	}
}

// best is the least of three times, since any one may be disturbed.
func best(f func(), times int) time.Duration {
	return min(timed(f, times), timed(f, times), timed(f, times))
}

func timed(f func(), times int) time.Duration {
	start := time.Now()
	for range times {
		f()
	}
	return time.Since(start)
}
