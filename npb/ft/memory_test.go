package ft

import (
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/bench"
	"github.com/cairn-ad/cairn/npb/common"
)

func TestStepAdjointAllocations(t *testing.T) {
	s, err := NewSolver(common.ClassS)
	if err != nil {
		t.Fatal(err)
	}
	sb := ad.ZeroLike(s)
	bench.Allocations(t, nil, func() { s.StepAdjoint(sb, 1) })
}
