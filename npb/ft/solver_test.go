package ft

import (
	"math"
	"math/cmplx"
	"slices"
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
	for it := 1; it <= s.Params().Niter; it++ {
		s.Step(it)
		if s.Sums[it] != want.Sums[it] {
			t.Errorf("step %d: checksum %v; Run has %v", it, s.Sums[it], want.Sums[it])
		}
	}
}

func TestStepAllocatesNothing(t *testing.T) {
	s := newSolver(Params{NX: 32, NY: 16, NZ: 8, Niter: 1})
	s.initialise()
	for _, procs := range []int{1, 3} {
		old := common.SetProcs(procs)
		if n := testing.AllocsPerRun(3, func() { s.Step(1) }); n != 0 {
			t.Errorf("%v allocations in a step on %d goroutines", n, procs)
		}
		common.SetProcs(old)
	}
}

// TestPaddingIsNeverTouched: the last element of a row stays what it is.
func TestPaddingIsNeverTouched(t *testing.T) {
	par := Params{NX: 16, NY: 8, NZ: 4, Niter: 2}
	s := newSolver(par)
	mark := cmplx.NaN()
	for i := par.NX; i < len(s.Y); i += par.NX + 1 {
		s.Y[i], s.x[i] = mark, mark
	}
	s.initialise()
	s.Step(1)
	s.Step(2)
	for i := range s.Y {
		padding := i%(par.NX+1) == par.NX
		if cmplx.IsNaN(s.Y[i]) != padding || cmplx.IsNaN(s.x[i]) != padding {
			t.Fatalf("element %d: %v, %v", i, s.Y[i], s.x[i])
		}
	}
	if cmplx.IsNaN(s.Sums[1]) || cmplx.IsNaN(s.Sums[2]) {
		t.Errorf("checksums %v", s.Sums)
	}
}

// TestInitialValues are the official random numbers, two for a point.
func TestInitialValues(t *testing.T) {
	par := Params{NX: 8, NY: 4, NZ: 4, Niter: 1}
	s := newSolver(par)
	initialPlanes(s, 0, par.NZ)
	rng := common.NewRandom(common.Seed)
	for k := range par.NZ {
		for j := range par.NY {
			for i := range par.NX {
				re := rng.Next()
				im := rng.Next()
				if got := s.Y[(k*par.NY+j)*(par.NX+1)+i]; got != complex(re, im) {
					t.Fatalf("point (%d,%d,%d) is %v, want %v", k, j, i, got, complex(re, im))
				}
			}
		}
	}
}

// TestAWaveDecays: exp(2πi k·x), on a grid of three different extents, is multiplied by
// exp(−4π²α|k|²) in each step.
func TestAWaveDecays(t *testing.T) {
	par := Params{NX: 16, NY: 8, NZ: 32, Niter: 3}
	for _, wave := range [][3]int{{0, 0, 0}, {1, 0, 0}, {0, 3, 0}, {0, 0, -7}, {-5, 2, 11}} {
		s := newSolver(par)
		s.initialise()
		value := func(i, j, k int) complex128 {
			phase := float64(wave[0]*i)/16 + float64(wave[1]*j)/8 + float64(wave[2]*k)/32
			return cmplx.Exp(complex(0, 2*math.Pi*phase))
		}
		each(par, func(i, j, k, at int) { s.Y[at] = value(i, j, k) })
		s.fft(forward)
		square := float64(wave[0]*wave[0] + wave[1]*wave[1] + wave[2]*wave[2])
		for it := 1; it <= par.Niter; it++ {
			s.Step(it)
			factor := complex(points(par)*math.Exp(-4*math.Pi*math.Pi*alpha*square*float64(it)), 0)
			sum := complex(0, 0)
			each(par, func(i, j, k, at int) {
				if want := factor * value(i, j, k); cmplx.Abs(s.x[at]-want) > 1e-9 {
					t.Fatalf("wave %v, step %d: point (%d,%d,%d) is %v, want %v", wave, it, i, j, k, s.x[at], want)
				}
			})
			for q := 1; q <= 1024; q++ {
				sum += factor * value(q%16, 3*q%8, 5*q%32)
			}
			if want := sum / complex(points(par), 0); cmplx.Abs(s.Sums[it]-want) > 1e-10 {
				t.Errorf("wave %v, step %d: checksum %v, want %v", wave, it, s.Sums[it], want)
			}
		}
	}
}

// each calls f for all points with their place in the grid.
func each(p Params, f func(i, j, k, at int)) {
	for k := range p.NZ {
		for j := range p.NY {
			for i := range p.NX {
				f(i, j, k, (k*p.NY+j)*(p.NX+1)+i)
			}
		}
	}
}

// TestTransformInThreeDimensions compares with the definition, direction by direction.
func TestTransformInThreeDimensions(t *testing.T) {
	par := Params{NX: 16, NY: 8, NZ: 4, Niter: 1}
	s := newSolver(par)
	s.initialise()
	copy(s.x, random(len(s.x), 3))
	want := append([]complex128(nil), s.x...)
	along := func(n, gap, base int) {
		line := make([]complex128, n)
		for j := range line {
			line[j] = want[base+j*gap]
		}
		for j, v := range dft(line, inverse) {
			want[base+j*gap] = v
		}
	}
	each(par, func(i, j, k, at int) {
		if i == 0 {
			along(par.NX, 1, at)
		}
	})
	each(par, func(i, j, k, at int) {
		if j == 0 {
			along(par.NY, par.NX+1, at)
		}
	})
	each(par, func(i, j, k, at int) {
		if k == 0 {
			along(par.NZ, par.NY*(par.NX+1), at)
		}
	})
	s.fft(inverse)
	checkNear(t, s.x, want, 1e-11)
}

// TestStateIsEnough: a solver that gets Y and Sums of another one, and has rubbish everywhere else,
// computes the same bits from there.
func TestStateIsEnough(t *testing.T) {
	want := mustSolver(t, common.ClassS)
	want.Step(1)
	s := newSolver(want.Params())
	for _, x := range [][]complex128{s.Y, s.x, s.work} {
		for i := range x {
			x[i] = cmplx.NaN()
		}
	}
	copy(s.Y, want.Y)
	copy(s.Sums, want.Sums)
	for it := 2; it <= 3; it++ {
		want.Step(it)
		s.Step(it)
	}
	if !slices.Equal(s.Sums, want.Sums) {
		t.Errorf("checksums %v, want %v", s.Sums, want.Sums)
	}
}
