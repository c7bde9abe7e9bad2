package lu

import (
	"fmt"

	"github.com/cairn-ad/cairn/npb/cfd"
	"github.com/cairn-ad/cairn/npb/common"
)

// A Solver is the state of LU. [Run] drives its main loop over one; a program that saves the
// state between two iterations and resumes it later does so itself.
//
// All slices hold one element per grid point, padding included: point (i, j, k) is at
// index(i, j, k). U, Rsd, RhoI and Qs are what an iteration hands to the next.
type Solver struct {
	U    [][5]float64 // density, momentum along x, y, z, energy
	Rsd  [][5]float64 // between iterations the residual, within one the update of U
	RhoI []float64    // 1/density
	Qs   []float64    // kinetic energy ½·|momentum|²/density

	frct  [][5]float64 // forcing term, for which the exact solution is steady
	par   Params
	n     int // grid points in each direction
	row   int // from a point to the one at j+1
	plane int // from a point to the one at k+1
	front int // j+k of the pencils that a sweep is at
	coefficients
}

// NewSolver sets up the problem of a class, ready for the first [Solver.Step]. It returns an
// error if the class is not among [Classes].
func NewSolver(class common.Class) (*Solver, error) {
	par, ok := ParamsOf(class)
	if !ok {
		return nil, fmt.Errorf("lu: class %q has no parameters: use one of %v", class, Classes())
	}
	s := newSolver(par)
	s.initialise()
	return s, nil
}

// Params are the parameters of the class.
func (s *Solver) Params() Params { return s.par }

// newSolver allocates the state for a problem, at least six points in each direction, and
// computes its forcing term.
func newSolver(par Params) *Solver {
	n := par.N
	row := n/2*2 + 1
	points := n * row * row
	s := &Solver{
		U:            make([][5]float64, points),
		Rsd:          make([][5]float64, points),
		RhoI:         make([]float64, points),
		Qs:           make([]float64, points),
		frct:         make([][5]float64, points),
		par:          par,
		n:            n,
		row:          row,
		plane:        row * row,
		coefficients: makeCoefficients(par),
	}
	s.erhs()
	return s
}

// index is the place of grid point (i, j, k).
func (s *Solver) index(i, j, k int) int { return k*s.plane + j*s.row + i }

// exact stores the exact solution at grid point (i, j, k) in u.
func (s *Solver) exact(i, j, k int, u *[5]float64) {
	h := 1 / float64(s.n-1)
	cfd.Exact(float64(i)*h, float64(j)*h, float64(k)*h, u)
}

// initialise sets the initial values and their residual.
func (s *Solver) initialise() {
	s.setbv()
	s.setiv()
	s.rhs()
}

// Step does one iteration of SSOR, one pass of the loop in [Run]: it solves
//
//	(D + ωL) D⁻¹ (D + ωU) Δu = ω(2−ω)·dt·residual
//
// by a lower and an upper triangular solve, where D + L + U is the matrix of the implicit time
// step, adds Δu to U and computes the new residual (RNR-94-007, on the SSOR algorithm).
//
//cairn:adjoint wrt=s.U,s.Rsd,s.RhoI,s.Qs of=s.U,s.Rsd,s.RhoI,s.Qs
//cairn:tangent wrt=s.U,s.Rsd,s.RhoI,s.Qs of=s.U,s.Rsd,s.RhoI,s.Qs
func (s *Solver) Step() {
	s.lowerSweep()
	s.upperSweep()
	common.For(common.Workers(), s, 1, s.n-1, update)
	s.rhs()
}

// update adds the solution of the triangular systems, with its factor, to U in the interior of
// planes lo..hi−1.
func update(s *Solver, lo, hi int) {
	const factor = 1 / (omega * (2 - omega))
	for k := lo; k < hi; k++ {
		for j := 1; j < s.n-1; j++ {
			at := s.index(0, j, k)
			rsd := s.Rsd[at+1 : at+s.n-1]
			us := s.U[at+1 : at+s.n-1]
			for i := range rsd {
				u, r := &us[i], &rsd[i]
				u[0] += factor * r[0]
				u[1] += factor * r[1]
				u[2] += factor * r[2]
				u[3] += factor * r[3]
				u[4] += factor * r[4]
			}
		}
	}
}
