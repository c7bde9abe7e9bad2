package cfdtest

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/npb/cfd"
)

// StepNeedsOnlyU checks that a solver that gets U and nothing else goes on bit for bit.
func StepNeedsOnlyU[S Solver[S]](t *testing.T, p Problem[S]) {
	one, other := p.New(t), p.New(t)
	for range 3 {
		one.Step()
	}
	first, second := p.Flow(one), p.Flow(other)
	copy(second.U, first.U)
	for i := range second.Aux {
		second.Aux[i] = cfd.Aux{RhoI: math.NaN(), C: math.NaN()}
	}
	inside := func(i int) bool { return first.RHS[i] != [5]float64{} }
	for i := range second.RHS {
		if inside(i) {
			second.RHS[i] = [5]float64{0: math.NaN()}
		}
	}
	one.Step()
	other.Step()
	for i := range first.U {
		if first.U[i] != second.U[i] {
			t.Fatalf("element %d: %v and %v", i, first.U[i], second.U[i])
		}
	}
}

// ExactSolutionStays checks that the exact solution is a fixed point of the step.
func ExactSolutionStays[S Solver[S]](t *testing.T, p Problem[S]) {
	s := p.New(t)
	f := p.Flow(s)
	for k := range f.N {
		for j := range f.N {
			for i := range f.N {
				h := 1 / float64(f.N-1)
				cfd.Exact(float64(i)*h, float64(j)*h, float64(k)*h, &f.U[f.Index(k, j, i)])
			}
		}
	}
	for range 3 {
		s.Step()
	}
	for m, e := range s.Norms().XCE {
		if !(e < 1e-13) {
			t.Errorf("unknown %d has moved by %v", m, e)
		}
	}
}
