package lu

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cairn-ad/cairn/npb/cfd"
)

// small are the parameters of a grid for tests.
func small(n int) Params { return Params{N: n, Niter: 2, Dt: 0.3} }

// perturbed is a solver with random values near the initial ones, of which everything else
// follows; the seed makes different ones.
func perturbed(n int, seed uint64) *Solver {
	s := newSolver(small(n))
	s.initialise()
	source := rand.New(rand.NewPCG(seed, 1))
	for at := range s.U {
		for m := range 5 {
			s.U[at][m] *= 1 + 0.1*source.NormFloat64()*s.inside(at)
		}
	}
	s.rhs()
	return s
}

// inside is 1 at a point of the grid and 0 in the padding.
func (s *Solver) inside(at int) float64 {
	if at%s.row < s.n && at/s.row%s.row < s.n {
		return 1
	}
	return 0
}

// interior calls f for every interior point.
func (s *Solver) interior(f func(at int)) {
	for k := 1; k < s.n-1; k++ {
		for j := 1; j < s.n-1; j++ {
			for i := 1; i < s.n-1; i++ {
				f(s.index(i, j, k))
			}
		}
	}
}

// TestExactSolutionIsSteady: the residual of the exact solution is rounding, and an iteration
// does not move it.
func TestExactSolutionIsSteady(t *testing.T) {
	for _, n := range []int{6, 7, 12} {
		s := newSolver(small(n))
		for k := range n {
			for j := range n {
				for i := range n {
					s.exact(i, j, k, &s.U[s.index(i, j, k)])
				}
			}
		}
		s.rhs()
		for m, norm := range s.l2norm(s.Rsd) {
			if !(norm < 1e-12) {
				t.Errorf("n = %d: norm %v of residual %d", n, norm, m)
			}
		}
		s.Step()
		for m, norm := range s.errorNorm() {
			if !(norm < 1e-12) {
				t.Errorf("n = %d: error %v of unknown %d after an iteration", n, norm, m)
			}
		}
	}
}

// TestIterationsConverge: with a large time step the residual of a small problem vanishes.
func TestIterationsConverge(t *testing.T) {
	s := newSolver(Params{N: 8, Dt: 2})
	s.initialise()
	start := s.l2norm(s.Rsd)
	for range 300 {
		s.Step()
	}
	end, errors := s.l2norm(s.Rsd), s.errorNorm()
	for m := range 5 {
		if !(start[m] > 1e-2 && end[m] < 1e-10 && errors[m] < 1e-10) {
			t.Errorf("unknown %d: residual from %v to %v, error %v", m, start[m], end[m], errors[m])
		}
	}
}

func TestFacesAreExact(t *testing.T) {
	s := newSolver(small(7))
	for at := range s.U {
		s.U[at] = [5]float64{math.NaN()}
	}
	s.setbv()
	for at := range s.U {
		i, j, k := at%s.row, at/s.row%s.row, at/s.plane
		face := i < 7 && j < 7 && (i%6 == 0 || j%6 == 0 || k%6 == 0)
		if !face {
			if !math.IsNaN(s.U[at][0]) {
				t.Errorf("point %d, %d, %d, which is on no face, was set", i, j, k)
			}
			continue
		}
		var want [5]float64
		cfd.Exact(float64(i)/6, float64(j)/6, float64(k)/6, &want)
		for m := range want {
			if math.Abs(s.U[at][m]-want[m]) > 1e-14*math.Abs(want[m]) {
				t.Errorf("point %d, %d, %d: %v, want %v", i, j, k, s.U[at], want)
			}
		}
	}
}

// TestInitialValues compares the initial value in the middle of the cube with the formula.
func TestInitialValues(t *testing.T) {
	s := newSolver(small(7))
	s.initialise()
	mean := func(a, b [3]float64, m int) float64 {
		var x, y [5]float64
		cfd.Exact(a[0], a[1], a[2], &x)
		cfd.Exact(b[0], b[1], b[2], &y)
		return (x[m] + y[m]) / 2
	}
	for m, got := range s.U[s.index(3, 3, 3)] {
		x := mean([3]float64{0, 0.5, 0.5}, [3]float64{1, 0.5, 0.5}, m)
		y := mean([3]float64{0.5, 0, 0.5}, [3]float64{0.5, 1, 0.5}, m)
		z := mean([3]float64{0.5, 0.5, 0}, [3]float64{0.5, 0.5, 1}, m)
		// 1 − (1−x)(1−y)(1−z)
		if want := 1 - (1-x)*(1-y)*(1-z); math.Abs(got-want) > 1e-12*math.Abs(want) {
			t.Errorf("unknown %d: %v, want %v", m, got, want)
		}
	}
}

// TestPaddingIsNotTouched: points beyond the grid are neither read nor written.
func TestPaddingIsNotTouched(t *testing.T) {
	const n = 6
	poison := func(s *Solver) {
		for at := range s.U {
			if s.inside(at) == 0 {
				for m := range 5 {
					s.U[at][m], s.Rsd[at][m], s.frct[at][m] = math.NaN(), math.NaN(), math.NaN()
				}
				s.RhoI[at], s.Qs[at] = math.NaN(), math.NaN()
			}
		}
	}
	clean, s := newSolver(small(n)), newSolver(small(n))
	clean.initialise()
	poison(s)
	s.initialise()
	clean.Step()
	s.Step()
	if s.l2norm(s.Rsd) != clean.l2norm(clean.Rsd) || s.pintgr() != clean.pintgr() || s.errorNorm() != clean.errorNorm() {
		t.Error("the padding was read")
	}
	for at := range s.U {
		if s.inside(at) == 0 && !(math.IsNaN(s.U[at][0]) && math.IsNaN(s.Rsd[at][4]) && math.IsNaN(s.RhoI[at]) && math.IsNaN(s.Qs[at])) {
			t.Fatalf("the padding at %d was written", at)
		}
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	s := newSolver(small(8))
	s.initialise()
	if allocs := testing.AllocsPerRun(5, s.Step); allocs != 0 {
		t.Errorf("%v allocations per iteration", allocs)
	}
}
