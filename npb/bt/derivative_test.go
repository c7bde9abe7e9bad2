package bt

import (
	"testing"

	"github.com/cairn-ad/cairn/npb/cfd"
	"github.com/cairn-ad/cairn/npb/cfd/cfdtest"
	"github.com/cairn-ad/cairn/npb/common"
)

// small is a problem with about the fewest points that the stencils fit into, and an odd number
// of them.
var small = Params{N: 7, Niter: 4, Dt: 0.01}

var problem = cfdtest.Problem[*Solver]{
	New:  func(t *testing.T) *Solver { return mustSolver(t, small) },
	Flow: func(s *Solver) *cfd.Flow { return s.Flow },
}

func TestDerivatives(t *testing.T) { cfdtest.Derivatives(t, problem) }

func TestScrutiny(t *testing.T) {
	cfdtest.Scrutiny(t, RunScrutinize, mustParams(t, common.ClassS).Niter-2)
}
