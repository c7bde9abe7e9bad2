package mg

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
)

func mustSolver(t *testing.T, class common.Class) *Solver {
	t.Helper()
	s, err := NewSolver(class)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSolverAgreesWithRun(t *testing.T) {
	want := Run(common.ClassS)
	s := mustSolver(t, common.ClassS)
	for range s.Params().Nit {
		s.Step()
	}
	if got := s.Norm(); got != want.Rnm2 {
		t.Errorf("rnm2 %.17g; Run has %.17g", got, want.Rnm2)
	}
}

// TestCyclesConverge: the spectral radius of a cycle is well below 1/2.
func TestCyclesConverge(t *testing.T) {
	s := mustSolver(t, common.ClassS)
	last := s.Norm()
	for range 12 {
		s.Step()
		norm := s.Norm()
		if !(norm < last/2) {
			t.Fatalf("a cycle takes the norm of the residual from %g to %g", last, norm)
		}
		last = norm
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	s := mustSolver(t, common.ClassS)
	for _, procs := range []int{1, 3} {
		old := common.SetProcs(procs)
		if n := testing.AllocsPerRun(3, s.Step); n != 0 {
			t.Errorf("%v allocations in a step on %d goroutines", n, procs)
		}
		common.SetProcs(old)
	}
}

// TestLayout: the lengths of U and R that npb-params tables give for the classes, and levels
// that follow each other without gap or overlap and fit in.
func TestLayout(t *testing.T) {
	for levels, want := range map[int]int{5: 46480, 7: 2530976, 8: 19704488} {
		if got := arrayLength(levels); got != want {
			t.Errorf("%d levels: %d elements, want %d", levels, got, want)
		}
	}
	for levels := 2; levels <= 6; levels++ {
		s := newSolver(Params{Levels: levels})
		next := 0
		for k := levels; k >= 1; k-- {
			if s.start[k] != next {
				t.Errorf("%d levels: level %d starts at %d, not %d", levels, k, s.start[k], next)
			}
			n := 1<<k + 2
			next += n * n * n
		}
		if next > len(s.U) || len(s.R) != len(s.U) {
			t.Errorf("%d levels: %d elements in arrays of %d and %d", levels, next, len(s.U), len(s.R))
		}
	}
}

// TestCharges: ten of each sign, nothing else, and ghost points that repeat the opposite side.
func TestCharges(t *testing.T) {
	for levels := 2; levels <= 6; levels++ {
		n := width(levels)
		v := make([]float64, n*n*n)
		for i := range v {
			v[i] = 7
		}
		zran3(v, levels)
		count := map[float64]int{}
		inner(n, func(at int) { count[v[at]]++ })
		points := 1 << (3 * levels)
		if count[1] != charges || count[-1] != charges || count[0] != points-2*charges {
			t.Errorf("%d levels: %v", levels, count)
		}
		checkGhosts(t, v, n)
	}
}

// TestChargesAreTheExtremes compares with the draws themselves, sorted by value.
func TestChargesAreTheExtremes(t *testing.T) {
	const levels = 4
	n := width(levels)
	v := make([]float64, n*n*n)
	zran3(v, levels)
	rng := common.NewRandom(common.Seed)
	var least, most, rest []float64
	inner(n, func(at int) {
		x := rng.Next()
		switch v[at] {
		case 1:
			most = append(most, x)
		case -1:
			least = append(least, x)
		default:
			rest = append(rest, x)
		}
	})
	for _, x := range rest {
		for _, y := range most {
			if x > y {
				t.Fatalf("a point with the number %v has no charge, one with %v has +1", x, y)
			}
		}
		for _, y := range least {
			if x < y {
				t.Fatalf("a point with the number %v has no charge, one with %v has −1", x, y)
			}
		}
	}
}

// inner calls f for the points that are no ghosts, in ascending order of their place.
func inner(n int, f func(at int)) {
	for i3 := 1; i3 < n-1; i3++ {
		for i2 := 1; i2 < n-1; i2++ {
			for i1 := 1; i1 < n-1; i1++ {
				f((i3*n+i2)*n + i1)
			}
		}
	}
}

// checkGhosts asks that every point of a grid is the one inside to which it is equivalent.
func checkGhosts(t *testing.T, x []float64, n int) {
	t.Helper()
	wrap := func(i int) int { return (i-1+n-2)%(n-2) + 1 }
	for i3 := range n {
		for i2 := range n {
			for i1 := range n {
				got, want := x[(i3*n+i2)*n+i1], x[(wrap(i3)*n+wrap(i2))*n+wrap(i1)]
				if got != want {
					t.Fatalf("point (%d,%d,%d) is %v, its image %v", i3, i2, i1, got, want)
				}
			}
		}
	}
}

// TestStateIsEnough: a solver that gets U and R of the finest level of another one, and has rubbish
// everywhere else, computes the same bits from there.
func TestStateIsEnough(t *testing.T) {
	want := mustSolver(t, common.ClassS)
	want.Step()
	s := mustSolver(t, common.ClassS)
	n := len(s.V)
	for _, x := range [][]float64{s.U, s.R, s.pairs} {
		for i := range x {
			x[i] = math.NaN()
		}
	}
	copy(s.U[:n], want.U)
	copy(s.R[:n], want.R)
	for range 2 {
		want.Step()
		s.Step()
		if got, want := s.Norm(), want.Norm(); got != want {
			t.Fatalf("norm %v, want %v", got, want)
		}
	}
}
