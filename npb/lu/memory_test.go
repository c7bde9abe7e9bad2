package lu

import (
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/bench"
)

func TestStepAdjointAllocations(t *testing.T) {
	par, _ := ParamsOf("S")
	s := newSolver(par)
	s.initialise()
	sb := ad.ZeroLike(s)
	bench.Allocations(t, nil, func() { s.StepAdjoint(sb) })
}
