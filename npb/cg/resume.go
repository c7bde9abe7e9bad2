package cg

import (
	"fmt"
	"math"

	"github.com/cairn-ad/cairn/npb/common"
)

// A Solver is the power method of [Run] with its state in the open: a program that
// saves the state between two steps and resumes it later drives the loop itself. The
// steps compute the same numbers as Run, bit for bit.
//
// X is all that one step needs of those before it; Zeta and Residual are its results.
// Z, P, Q and R are work space, which every step fills before it reads it.
type Solver struct {
	X, Z, P, Q, R  []float64 // NA+2 elements each
	Zeta, Residual float64

	par    Params
	a      []float64
	colidx []int32
	rowstr []int
}

// NewSolver builds the matrix of a class and the start vector x = 1. It returns an error
// if the class is not among [Classes].
func NewSolver(class common.Class) (*Solver, error) {
	par, ok := ParamsOf(class)
	if !ok {
		return nil, fmt.Errorf("cg: class %q has no parameters: use one of %v", class, Classes())
	}
	s := &Solver{par: par}
	s.a, s.colidx, s.rowstr = matrix(par)
	for _, v := range []*[]float64{&s.X, &s.Z, &s.P, &s.Q, &s.R} {
		*v = make([]float64, par.NA+2)
	}
	fillOnes(par.NA+1, s.X)
	return s, nil
}

// Params are the parameters of the class.
func (s *Solver) Params() Params { return s.par }

// Step does one step of the power method: one pass of the loop in [Run].
//
//cairn:adjoint wrt=s.X of=s.X,s.Zeta
//cairn:tangent wrt=s.X of=s.X,s.Zeta
func (s *Solver) Step() {
	n := s.par.NA
	s.Residual = conjGrad(n, s.a, s.colidx, s.rowstr, s.X, s.Z, s.P, s.Q, s.R)

	xz := dot(n, s.X, s.Z)
	norm := 1 / math.Sqrt(dot(n, s.Z, s.Z))
	s.Zeta = s.par.Shift + 1/xz
	for j := 0; j < n; j++ {
		s.X[j] = norm * s.Z[j]
	}
}
