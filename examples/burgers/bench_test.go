package burgers

import (
	"testing"
	"time"
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

// ratio runs f and the primal in turn and reports the time of f, and that time over the
// primal's, each the shortest seen: what else the machine does only ever adds.
func ratio(b *testing.B, x flow, f func()) {
	f() // warm up: pools and snapshots
	x.primal()
	fastest := func(f func(), best time.Duration) time.Duration {
		start := time.Now()
		f()
		if d := time.Since(start); best == 0 || d < best {
			return d
		}
		return best
	}
	var derivative, primal time.Duration
	b.ReportAllocs()
	for b.Loop() {
		derivative = fastest(f, derivative)
		b.StopTimer()
		primal = fastest(x.primal, primal)
		b.StartTimer()
	}
	b.ReportMetric(float64(derivative)/float64(primal), "x-primal")
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
