// Package bench measures what derivatives cost, in runs of the function that they belong to.
//
// In: a function, its derivative as cairngen made it, and others to compare with: the same by
// hand, divided differences. Out: metrics of a benchmark. All are run in turn, because the
// speed of a shared machine changes from second to second, which a ratio of neighbours does
// not see; of the ratios the median counts.
//
// The benchmarks stand beside the problems, below examples and npb. "make performance" runs
// those that use [Run] and makes a table of them.
package bench

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ad"
)

// A Problem is a function, and ways to get a derivative of it.
type Problem struct {
	Name       string  // of the row in the table; the benchmark is named after it
	Primal     func()  // a run of the function
	Derivative func()  // its derivative as cairngen made it
	Hand       func()  // the same derivative as a person wrote it; nil if there is none
	Column     func()  // one column by a divided difference: a change, a run, the change undone; nil for none
	Columns    int     // how many columns there are
	Target     float64 // what Derivative is to cost at most, in runs of Primal; 0 for no target
	Prepare    func()  // what comes before each run of Derivative and Hand and is not measured; nil for nothing
}

// Run measures p. The time and the memory per operation are those of one run of the derivative;
// the metrics are
//
//	x-primal       the time of the derivative over that of the function
//	x-hand         the time of the derivative over that of the one by hand
//	x-differences  the time of one-sided differences for all columns over that of the function
//	primal-ns      the time of the function
//	peak-B         the most memory that the derivative's records, snapshots and own slices take
//	               (ad.PeakBytes)
//	target         p.Target
//
// What there is nothing of is left out. Each part is repeated until it takes about as long as a
// run of the derivative, a millisecond or more: the stops of the clock cost time, and a machine
// that is taken away for a moment hits a long run rather than a short one.
func Run(b *testing.B, p Problem) {
	b.Run(p.Name, func(b *testing.B) {
		b.ReportAllocs()
		for unit, value := range p.measure(b.Loop) {
			b.ReportMetric(value, unit)
		}
	})
}

// warmUps are the runs of a derivative before its allocations count: the stacks of nested functions
// change places in their pool, until each is large enough for any of them.
const warmUps = 10

// measure measures for as long as more says, and returns the metrics by their units.
func (p Problem) measure(more func() bool) map[string]float64 {
	derivative, primal := &part{run: p.Derivative, before: p.Prepare}, &part{run: p.Primal}
	hand, column := &part{run: p.Hand, before: p.Prepare}, &part{run: p.Column}
	for range warmUps {
		derivative.time()
	}
	allocs, bytes := derivative.memory()
	peak := derivative.peak()
	long := derivative.settle(time.Millisecond)
	var others []*part
	for _, o := range []*part{primal, hand, column} {
		if o.run != nil {
			o.settle(long)
			others = append(others, o)
		}
	}
	for more() {
		t := derivative.time()
		for _, o := range others {
			o.ratios = append(o.ratios, t/o.time())
		}
	}
	out := map[string]float64{
		"ns/op": median(derivative.times) * 1e9, "B/op": bytes, "allocs/op": allocs,
		"primal-ns": median(primal.times) * 1e9, "x-primal": median(primal.ratios),
		"peak-B": peak,
	}
	if p.Hand != nil {
		out["x-hand"] = median(hand.ratios)
	}
	if p.Column != nil {
		out["x-differences"] = 1 + float64(p.Columns)*median(primal.ratios)/median(column.ratios)
	}
	if p.Target > 0 {
		out["target"] = p.Target
	}
	return out
}

// Kept is what [Keep] was given last.
var Kept float64

// Keep takes a result, so that the Go compiler does not leave out the work for it.
func Keep(x float64) { Kept = x }

// A part is what is measured in turn with others.
type part struct {
	run, before func()
	repeats     int       // runs in one measurement
	times       []float64 // seconds for one run
	ratios      []float64 // of the derivative's time beside it over that
}

// time measures once and returns the seconds of one run.
func (p *part) time() float64 {
	n := max(1, p.repeats)
	var sum time.Duration
	if p.before == nil {
		start := time.Now()
		for range n {
			p.run()
		}
		sum = time.Since(start)
	} else {
		for range n {
			p.before()
			start := time.Now()
			p.run()
			sum += time.Since(start)
		}
	}
	t := sum.Seconds() / float64(n)
	p.times = append(p.times, t)
	return t
}

// settle chooses the repeats so that a measurement takes about as long as long, and returns
// how long it does take. It forgets what was measured before.
func (p *part) settle(long time.Duration) time.Duration {
	p.repeats = 1
	for {
		t := min(p.time(), p.time(), p.time()) * float64(p.repeats)
		at := t / long.Seconds()
		if at >= 0.5 {
			p.repeats = max(1, int(float64(p.repeats)/at+0.5))
			break
		}
		p.repeats = min(4*p.repeats, int(float64(p.repeats)/at)+1)
	}
	t := median(p.times) * float64(p.repeats)
	p.times = nil
	return time.Duration(t * float64(time.Second))
}

// memory returns the allocations of one run, and their bytes: medians, since a collection empties
// pools now and then.
func (p *part) memory() (allocs, bytes float64) {
	var counts, sizes [5]float64
	var a, b runtime.MemStats
	for i := range counts {
		if p.before != nil {
			p.before()
		}
		runtime.ReadMemStats(&a)
		p.run()
		runtime.ReadMemStats(&b)
		counts[i], sizes[i] = float64(b.Mallocs-a.Mallocs), float64(b.TotalAlloc-a.TotalAlloc)
	}
	return median(counts[:]), median(sizes[:])
}

// peak returns the most memory that derivatives take in a run.
func (p *part) peak() float64 {
	if p.before != nil {
		p.before()
	}
	return float64(ad.PeakBytes(p.run))
}

// median is that of a list that is not empty.
func median(x []float64) float64 {
	x = slices.Clone(x)
	slices.Sort(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}
