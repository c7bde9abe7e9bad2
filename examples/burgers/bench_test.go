package burgers

import (
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/bench"
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

// BenchmarkAdjoint times derivatives of the whole run.
func BenchmarkAdjoint(b *testing.B) {
	x := newFlow()
	for _, c := range []struct {
		name string
		f    func()
	}{
		{"tangent", x.tangent},
		{"adjoint, 20 snapshots", func() { x.adjoint(20) }},
		{"adjoint, 100 snapshots", func() { x.adjoint(100) }},
		{"adjoint, every step stored", x.stored},
	} {
		bench.Run(b, bench.Problem{
			Name: "Burgers 100x100, 1000 steps, " + c.name, Primal: x.primal, Derivative: c.f,
		})
	}
}

// BenchmarkStep times the reverse sweep of one step against the step.
func BenchmarkStep(b *testing.B) {
	p, next, nextb, q, qb := fields(512, 512)
	bench.Run(b, bench.Problem{
		Name: "Burgers 512x512, reverse sweep of a step", Target: 2,
		Primal:     func() { step(p, next, q) },
		Derivative: func() { stepReverse(p, next, nextb, q, qb) },
		Hand:       func() { stepByHand(p, nextb, q, qb) },
	})
}

// BenchmarkTogether times reverse sweeps that run in two goroutines against the same in one.
func BenchmarkTogether(b *testing.B) {
	p, next, nextb, q, qb := fields(512, 512)
	st := ad.NewStack()
	defer st.Release()
	bench.Run(b, bench.Problem{
		Name: "Burgers 512x512, both sweeps of a step, two goroutines over one", Target: 0.59,
		Primal:     func() { both(p, next, nextb, q, qb, 1, st) },
		Derivative: func() { both(p, next, nextb, q, qb, 2, st) },
	})
}

func both(p Params, next, nextb, q, qb []Velocity, workers int, st *ad.Stack) {
	stepTogetherForward(p, next, nextb, q, qb, workers, st)
	stepTogetherReverse(p, next, nextb, q, qb, workers, st)
}
