package burgers

import (
	"slices"
	"testing"
)

// flow is the case CI with room for its gradient.
type flow struct {
	p            Params
	u, v, ub, vb []float64
}

func newFlow() flow {
	p := CI()
	u, v := Initial(p)
	return flow{p, u, v, make([]float64, p.Points()), make([]float64, p.Points())}
}

func (f flow) primal()           { EnergyStored(f.p, f.u, f.v) }
func (f flow) adjoint(snaps int) { EnergyAdjoint(f.p, f.u, f.ub, f.v, f.vb, snaps, 1) }
func (f flow) stored()           { EnergyStoredAdjoint(f.p, f.u, f.ub, f.v, f.vb, 1) }
func (f flow) tangent()          { EnergyTangent(f.p, f.u, f.ub, f.v, f.vb, 1) }

// ratio runs f and the primal in turn and reports the time of f, and the median of the
// times of f over those of the primal beside it: the speed of a shared machine changes
// from second to second, which a ratio of neighbours does not see.
func ratio(b *testing.B, x flow, f func()) {
	f() // warm up: pools and snapshots
	x.primal()
	var ratios []float64
	b.ReportAllocs()
	for b.Loop() {
		t := timed(f)
		b.StopTimer()
		ratios = append(ratios, t/timed(x.primal))
		b.StartTimer()
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "x-primal")
}

func BenchmarkPrimal(b *testing.B) {
	x := newFlow()
	b.ReportAllocs()
	for b.Loop() {
		x.primal()
	}
}

func BenchmarkTangent(b *testing.B) { x := newFlow(); ratio(b, x, x.tangent) }

func BenchmarkAdjoint(b *testing.B) {
	x := newFlow()
	b.Run("snaps=20", func(b *testing.B) { ratio(b, x, func() { x.adjoint(20) }) })
	b.Run("snaps=100", func(b *testing.B) { ratio(b, x, func() { x.adjoint(100) }) })
	b.Run("stored", func(b *testing.B) { ratio(b, x, x.stored) })
}
