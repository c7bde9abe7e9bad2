package ft

import (
	"fmt"

	"github.com/cairn-ad/cairn/npb/common"
)

// A Solver is the state of [Run] in the open: a program that saves the state between two steps and
// resumes it later drives the loop itself. The steps compute the same numbers as Run, bit for bit.
//
// Y and Sums are all that one step needs of those before it.
type Solver struct {
	Y    []complex128 // spectrum of the solution, [NZ][NY][NX+1]
	Sums []complex128 // checksums of the steps done; element 0 is unused

	par       Params
	x         []complex128 // solution, [NZ][NY][NX+1]
	direction direction    // of the current transform
	work      []complex128 // see workspace
}

// NewSolver makes and transforms the initial values of a class. It returns an error if the class is
// not among [Classes].
func NewSolver(class common.Class) (*Solver, error) {
	par, ok := ParamsOf(class)
	if !ok {
		return nil, fmt.Errorf("ft: class %q has no parameters: use one of %v", class, Classes())
	}
	s := newSolver(par)
	s.initialise()
	return s, nil
}

// newSolver makes the memory of a solver.
func newSolver(par Params) *Solver {
	size := par.NZ * par.NY * (par.NX + 1)
	return &Solver{
		Y:    make([]complex128, size),
		Sums: make([]complex128, par.Niter+1),
		par:  par,
		x:    make([]complex128, size),
		work: make([]complex128, max(par.NY, par.NZ)*workLength(par)),
	}
}

// workLength is the number of elements that a block of the longest transforms needs as work space.
func workLength(p Params) int {
	return 2 * block * max(p.NX, p.NY, p.NZ)
}

// workspace is a part of s.work for who transforms a range of planes, or of rows in planes, that
// begins with lo: no other range has it.
func (s *Solver) workspace(lo int) []complex128 {
	n := workLength(s.par)
	return s.work[lo*n:][:n]
}

// Params are the parameters of the class.
func (s *Solver) Params() Params { return s.par }

// Step does step it, counted from 1: one pass of the loop in [Run].
//
//cairn:adjoint wrt=s.Y,s.Sums of=s.Y,s.Sums
//cairn:tangent wrt=s.Y,s.Sums of=s.Y,s.Sums
func (s *Solver) Step(it int) {
	s.evolve()
	s.fft(inverse)
	s.checksum(it)
}

// initialise sets Y to the transform of the initial values.
func (s *Solver) initialise() {
	clear(s.Sums)
	common.For(common.Workers(), s, 0, s.par.NZ, initialPlanes)
	s.fft(forward)
}

// initialPlanes sets planes lo..hi−1 of Y to random numbers: real and imaginary part of one point
// after the other, with x running fastest (RNR-94-007, kernel FT; compute_initial_conditions of the
// reference).
//
//cairn:passive
func initialPlanes(s *Solver, lo, hi int) {
	p := s.par
	for k := lo; k < hi; k++ {
		rng := common.NewRandom(common.Seed)
		rng.Jump(uint64(2 * p.NX * p.NY * k))
		for j := range p.NY {
			row := s.Y[(k*p.NY+j)*(p.NX+1):][:p.NX]
			for i := range row {
				re := rng.Next()
				row[i] = complex(re, rng.Next())
			}
		}
	}
}

// evolve lets the spectrum decay by one step, and copies it to where it is transformed.
func (s *Solver) evolve() {
	common.For(common.Workers(), s, 0, s.par.NZ, evolvePlanes)
}

// evolvePlanes does planes lo..hi−1.
func evolvePlanes(s *Solver, lo, hi int) {
	nx, ny := s.par.NX, s.par.NY
	fx, fy, fz := decay(nx), decay(ny), decay(s.par.NZ)
	for k := lo; k < hi; k++ {
		for j := range ny {
			f := fz[k] * fy[j]
			y := s.Y[(k*ny+j)*(nx+1):][:len(fx)]
			x := s.x[(k*ny+j)*(nx+1):][:len(fx)]
			for i, g := range fx {
				decayed := complex(f*g*real(y[i]), f*g*imag(y[i]))
				y[i] = decayed
				x[i] = decayed
			}
		}
	}
}

// fft transforms in three dimensions: the initial values in Y forward, or the spectrum in x back.
func (s *Solver) fft(d direction) {
	s.direction = d
	common.For(common.Workers(), s, 0, s.par.NZ, fftPlanes)
	common.For(common.Workers(), s, 0, s.par.NY, fftRows)
}

// fftPlanes does the transforms along x and y in planes lo..hi−1 (cffts1 and cffts2 of the
// reference).
func fftPlanes(s *Solver, lo, hi int) {
	nx, ny := s.par.NX, s.par.NY
	grid := s.Y
	if s.direction == inverse {
		grid = s.x
	}
	wx, wy := roots(nx, s.direction), roots(ny, s.direction)
	work := s.workspace(lo)
	for k := lo; k < hi; k++ {
		plane := grid[k*ny*(nx+1):][:ny*(nx+1)]
		for j := range ny {
			row(plane[j*(nx+1):][:nx], wx, s.direction, work)
		}
		for i := 0; i < nx; i += block {
			columns(plane[i:], ny, nx+1, min(block, nx-i), wy, s.direction, work)
		}
	}
}

// fftRows does the transforms along z for rows lo..hi−1 of the planes (cffts3 of the reference).
func fftRows(s *Solver, lo, hi int) {
	nx, ny, nz := s.par.NX, s.par.NY, s.par.NZ
	grid := s.Y
	if s.direction == inverse {
		grid = s.x
	}
	wz := roots(nz, s.direction)
	work := s.workspace(lo)
	for j := lo; j < hi; j++ {
		for i := 0; i < nx; i += block {
			columns(grid[j*(nx+1)+i:], nz, ny*(nx+1), min(block, nx-i), wz, s.direction, work)
		}
	}
}

// checksum sets the checksum of step it: the sum of 1024 values of the solution. The transform back
// has left out its factor, which is applied here (RNR-94-007, kernel FT).
func (s *Solver) checksum(it int) {
	nx, ny, nz := s.par.NX, s.par.NY, s.par.NZ
	sum := 0i
	for j := 1; j <= samples; j++ {
		sum += s.x[(5*j%nz*ny+3*j%ny)*(nx+1)+j%nx]
	}
	n := points(s.par)
	s.Sums[it] = complex(real(sum)/n, imag(sum)/n)
}
