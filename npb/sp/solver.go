package sp

import (
	"fmt"

	"github.com/cairn-ad/cairn/npb/cfd"
	"github.com/cairn-ad/cairn/npb/common"
)

// A Solver is the state of a run: a program that saves it between two steps and resumes it later
// drives the loop of [Run] itself. The steps compute the same numbers as Run, bit for bit.
//
// U is all that one step needs of those before it. RHS and Aux are work space, which every step
// fills before it reads it; Forcing does not change.
type Solver struct {
	*cfd.Flow
}

// NewSolver returns a solver at the initial field of a class, and an error if the class is not
// among [Classes].
func NewSolver(class common.Class) (*Solver, error) {
	par, ok := ParamsOf(class)
	if !ok {
		return nil, fmt.Errorf("sp: class %q has no parameters: use one of %v", class, Classes())
	}
	return newSolver(par)
}

// newSolver is [NewSolver] for parameters of any size that cfd has room for.
func newSolver(par Params) (*Solver, error) {
	flow, err := cfd.NewFlow(par.N, par.Dt)
	if err != nil {
		return nil, err
	}
	cfd.ExactRHS(flow)
	cfd.Initialize(flow)
	return &Solver{flow}, nil
}

// Step does one step of time: one pass of the loop in [Run] (RNR-94-007, SP; called adi in the
// reference implementation).
//
//cairn:adjoint wrt=s.U of=s.U
//cairn:tangent wrt=s.U of=s.U
func (s *Solver) Step() {
	cfd.ComputeAux(s.Flow)
	common.For(common.Workers(), s.Flow, 1, s.N-1, planes)
	common.For(common.Workers(), s.Flow, 1, s.N-1, rows)
}

// planes does what stays in the planes lo ≤ k < hi, one after the other, so that a plane is in
// the cache: the right-hand side and the sweeps in x and y.
func planes(f *cfd.Flow, lo, hi int) {
	var w line
	for k := lo; k < hi; k++ {
		cfd.RHSPlanes(f, k, k+1)
		txinvr(f, k, k+1)
		xSolve(f, k, k+1, &w)
		ySolve(f, k, k+1, &w)
	}
}

// rows does what is left for the rows lo ≤ j < hi of all planes: the sweep in z, and the addition
// of the correction.
func rows(f *cfd.Flow, lo, hi int) {
	var w line
	for j := lo; j < hi; j++ {
		zSolve(f, j, j+1, &w)
		cfd.AddRows(f, j, j+1)
	}
}

// Norms are those of U now. It computes RHS and Aux anew.
//
//cairn:adjoint wrt=s.U of=return
//cairn:tangent wrt=s.U of=return
func (s *Solver) Norms() cfd.Norms { return cfd.ComputeNorms(s.Flow) }
