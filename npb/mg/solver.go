package mg

import (
	"fmt"

	"github.com/cairn-ad/cairn/npb/common"
)

// A Solver is the state of [Run] in the open: a program that saves the state between two cycles
// and resumes it later drives the loop itself. The cycles compute the same numbers as Run, bit
// for bit.
//
// U and R of the finest level are all that one cycle needs of those before it, and V, which does
// not change. The coarser levels are filled by every cycle before it reads them.
type Solver struct {
	U []float64 // approximate solution; corrections of it on coarser levels
	V []float64 // right-hand side, on the finest level
	R []float64 // residual

	par   Params
	start []int // where in U and R level k begins
	level int   // the level on which the current operator works

	// pairs is work space of the operators on 27 points, three rows for each plane, of which the
	// first plane of a range is used. While they go over a plane, the rows are in turn those below,
	// at and above the current one; in them stand the sums of the two neighbours of each point in
	// the planes beside. So what the 27 points of a stencil have in common is summed once.
	pairs []float64
}

// NewSolver places the charges of a class in V and starts from u = 0, with the residual of it. It
// returns an error if the class is not among [Classes].
func NewSolver(class common.Class) (*Solver, error) {
	par, ok := ParamsOf(class)
	if !ok {
		return nil, fmt.Errorf("mg: class %q has no parameters: use one of %v", class, Classes())
	}
	s := newSolver(par)
	s.initialise()
	s.resid(par.Levels)
	return s, nil
}

// newSolver makes the memory of a solver.
func newSolver(par Params) *Solver {
	n := width(par.Levels)
	s := &Solver{
		U:     make([]float64, arrayLength(par.Levels)),
		V:     make([]float64, n*n*n),
		R:     make([]float64, arrayLength(par.Levels)),
		par:   par,
		start: make([]int, par.Levels+1),
		pairs: make([]float64, n*3*n),
	}
	for k := par.Levels; k > 1; k-- {
		n := width(k)
		s.start[k-1] = s.start[k] + n*n*n
	}
	return s
}

// width is the number of points in a row of level k, ghosts included.
func width(k int) int {
	return 1<<k + 2
}

// arrayLength is the reference's number of elements for all levels up to the given one, an upper
// bound of Σ (2^k+2)³ that is divisible by 8.
func arrayLength(levels int) int {
	n := width(levels)
	return (n*n*n + n*n + 5*n + 7*levels + 6) / 7 * 8
}

// Params are the parameters of the class.
func (s *Solver) Params() Params { return s.par }

// Step does one cycle and computes its residual: one pass of the loop in [Run].
//
//cairn:adjoint wrt=s.U,s.V,s.R of=s.U,s.R
//cairn:tangent wrt=s.U,s.V,s.R of=s.U,s.R
func (s *Solver) Step() {
	s.mg3P()
	s.resid(s.par.Levels)
}

// initialise sets u = 0 and v to the charges.
func (s *Solver) initialise() {
	clear(s.U)
	clear(s.R)
	zran3(s.V, s.par.Levels)
}

// unequal is what an operator says that is called for a row with rows of another length. It asks for
// that once, so that its loops need no bounds checks.
const unequal = "mg: an operator on rows that are not equally long"

// mg3P does one V-cycle (RNR-94-007, kernel MG): restricts the residual down to the coarsest
// level, smooths there, and on the way up interpolates the correction and smooths it.
func (s *Solver) mg3P() {
	top := s.par.Levels
	for k := top; k > 1; k-- {
		s.rprj3(k - 1)
	}
	s.zero3(1)
	s.psinv(1)
	for k := 2; k < top; k++ {
		s.zero3(k)
		s.interp(k - 1)
		s.resid(k)
		s.psinv(k)
	}
	s.interp(top - 1)
	s.resid(top)
	s.psinv(top)
}

// zero3 sets u of level k to 0.
func (s *Solver) zero3(k int) {
	s.level = k
	common.For(common.Workers(), s, 0, width(k), zeroPlanes)
}

// zeroPlanes does planes lo..hi−1.
func zeroPlanes(s *Solver, lo, hi int) {
	n := width(s.level)
	u := s.U[s.start[s.level]+lo*n*n:][:(hi-lo)*n*n]
	for i := range u {
		u[i] = 0
	}
}

// addRows sets sum = x + y.
func addRows(sum, x, y []float64) {
	if len(x) != len(sum) || len(y) != len(sum) {
		panic(unequal)
	}
	for i := range sum {
		sum[i] = x[i] + y[i]
	}
}
