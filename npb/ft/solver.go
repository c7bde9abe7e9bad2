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
	x         []complex128    // solution, [NZ][NY][NX+1]
	direction direction       // of the current transform
	wx        [2][]complex128 // roots for transforms along x, by direction
	wy, wz    [2][]complex128 // … along y and z
	fx        []float64       // decay of waves along x in one step
	fy, fz    []float64       // … along y and z
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
	}
}

// Params are the parameters of the class.
func (s *Solver) Params() Params { return s.par }

// Step does step it, counted from 1: one pass of the loop in [Run].
func (s *Solver) Step(it int) {
	s.evolve()
	s.fft(inverse)
	s.checksum(it)
}

// initialise makes the tables and sets Y to the transform of the initial values.
func (s *Solver) initialise() {
	p := s.par
	for d := range s.wx {
		s.wx[d] = roots(p.NX, direction(d))
		s.wy[d] = roots(p.NY, direction(d))
		s.wz[d] = roots(p.NZ, direction(d))
	}
	s.fx, s.fy, s.fz = decay(p.NX), decay(p.NY), decay(p.NZ)
	clear(s.Sums)
	initialPlanes(s, 0, p.NZ)
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
	evolvePlanes(s, 0, s.par.NZ)
}

// evolvePlanes does planes lo..hi−1.
func evolvePlanes(s *Solver, lo, hi int) {
	nx, ny := s.par.NX, s.par.NY
	fx := s.fx
	for k := lo; k < hi; k++ {
		for j := range ny {
			f := s.fz[k] * s.fy[j]
			y := s.Y[(k*ny+j)*(nx+1):][:len(fx)]
			x := s.x[(k*ny+j)*(nx+1):][:len(fx)]
			for i, g := range fx {
				g *= f
				z := complex(g*real(y[i]), g*imag(y[i]))
				y[i] = z
				x[i] = z
			}
		}
	}
}

// fft transforms in three dimensions: the initial values in Y forward, or the spectrum in x back.
func (s *Solver) fft(d direction) {
	s.direction = d
	fftPlanes(s, 0, s.par.NZ)
	fftRows(s, 0, s.par.NY)
}

// fftPlanes does the transforms along x and y in planes lo..hi−1 (cffts1 and cffts2 of the
// reference).
func fftPlanes(s *Solver, lo, hi int) {
	nx, ny := s.par.NX, s.par.NY
	grid := s.Y
	if s.direction == inverse {
		grid = s.x
	}
	wx, wy := s.wx[s.direction], s.wy[s.direction]
	var a, b scratch
	for k := lo; k < hi; k++ {
		plane := grid[k*ny*(nx+1):][:ny*(nx+1)]
		for j := range ny {
			row(plane[j*(nx+1):][:nx], wx, s.direction, a[:], b[:])
		}
		for i := 0; i < nx; i += block {
			columns(plane[i:], ny, nx+1, min(block, nx-i), wy, s.direction, a[:], b[:])
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
	wz := s.wz[s.direction]
	var a, b scratch
	for j := lo; j < hi; j++ {
		for i := 0; i < nx; i += block {
			columns(grid[j*(nx+1)+i:], nz, ny*(nx+1), min(block, nx-i), wz, s.direction, a[:], b[:])
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
