package mg

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/gradcheck"
	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/common/npbtest"
)

// small has the fewest levels at which an operator works above and below another.
var small = Params{Levels: 3, Nit: 3}

// flat are the grids of a solver as one vector.
func flat(s *Solver) []float64 {
	x := append([]float64{}, s.U...)
	x = append(x, s.V...)
	return append(x, s.R...)
}

// fill puts a vector into the grids of a solver.
func fill(s *Solver, x []float64) *Solver {
	n, m := len(s.U), len(s.V)
	copy(s.U, x[:n])
	copy(s.V, x[n:n+m])
	copy(s.R, x[n+m:])
	return s
}

// at returns a solver of small with the grids x.
func at(x []float64) *Solver { return fill(newSolver(small), x) }

// shadow returns a shadow of s with the derivatives x of the grids.
func shadow(s *Solver, x []float64) *Solver { return fill(ad.ZeroLike(s), x) }

// wave is a vector of numbers that look random.
func wave(n int, speed float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = math.Sin(speed * float64(i*i))
	}
	return x
}

func TestStepDerivatives(t *testing.T) {
	x := flat(randomSolver(small.Levels, 1))
	adjoint := func(x, w []float64) []float64 {
		s := at(x)
		sb := shadow(s, w)
		s.StepAdjoint(sb)
		return flat(sb)
	}
	tangent := func(x, d []float64) []float64 {
		s := at(x)
		sd := shadow(s, d)
		s.StepTangent(sd)
		return flat(sd)
	}
	check(t, x, adjoint, tangent, func(x []float64) []float64 {
		s := at(x)
		s.Step()
		return flat(s)
	})
}

func TestNormDerivatives(t *testing.T) {
	x := flat(randomSolver(small.Levels, 2))
	adjoint := func(x, w []float64) []float64 {
		s := at(x)
		sb := ad.ZeroLike(s)
		s.NormAdjoint(sb, w[0])
		return flat(sb)
	}
	tangent := func(x, d []float64) []float64 {
		s := at(x)
		_, nd := s.NormTangent(shadow(s, d))
		return []float64{nd}
	}
	check(t, x, adjoint, tangent, func(x []float64) []float64 { return []float64{at(x).Norm()} })
}

// check compares the adjoint of f at x with the tangent, and the tangent with central differences.
func check(t *testing.T, x []float64, adjoint, tangent func(x, v []float64) []float64, f func(x []float64) []float64) {
	t.Helper()
	r, err := gradcheck.DotProduct(tangent, adjoint, x, nil, nil, gradcheck.Options{})
	if err != nil || r.Tangent == 0 {
		t.Errorf("%+v: %v", r, err)
	}
	d := wave(len(x), 1)
	plus, minus := make([]float64, len(x)), make([]float64, len(x))
	const h = 1e-5
	for i := range d {
		plus[i], minus[i] = x[i]+h*d[i], x[i]-h*d[i]
	}
	got, high, low := tangent(x, d), f(plus), f(minus)
	for i := range got {
		if want := (high[i] - low[i]) / (2 * h); !(math.Abs(got[i]-want) <= 1e-8) {
			t.Fatalf("derivative %d is %v, differences give %v", i, got[i], want)
		}
	}
}

// TestGradientOfARun: the derivative of the last norm by the right-hand side, through all cycles,
// against the tangent of the same.
func TestGradientOfARun(t *testing.T) {
	s := randomSolver(small.Levels, 3)
	x := flat(s)
	states := [][]float64{x}
	for range small.Nit {
		s := at(states[len(states)-1])
		s.Step()
		states = append(states, flat(s))
	}
	last := at(states[small.Nit])
	sb := ad.ZeroLike(last)
	last.NormAdjoint(sb, 1)
	for k := small.Nit - 1; k >= 0; k-- {
		at(states[k]).StepAdjoint(sb)
	}

	d := wave(len(s.V), 3)
	forward := at(x)
	sd := ad.ZeroLike(forward)
	copy(sd.V, d)
	for range small.Nit {
		forward.StepTangent(sd)
	}
	_, want := forward.NormTangent(sd)
	got, size := 0.0, 0.0
	for i := range d {
		got += sb.V[i] * d[i]
		size += math.Abs(sb.V[i] * d[i])
	}
	if !(math.Abs(got-want) <= 1e-13*size) || want == 0 {
		t.Errorf("adjoint %v, tangent %v", got, want)
	}
}

// TestScrutiny: of the 46480 elements of U in class S the 7176 outside the finest grid are dead, and
// of those of R the 10543 that the restriction to the next coarser level does not read, as in Huang
// et al.
func TestScrutiny(t *testing.T) {
	found := ad.NewScrutiny()
	if !RunScrutinize(common.ClassS, mustParams(t, common.ClassS).Nit/2, found) {
		t.Fatal("the iteration was not reached")
	}
	npbtest.CheckScrutiny(t, found, map[string][3]int{ // critical, dead, derivative zero
		"s.U": {39304, 7176, 0}, "s.R": {35937, 10543, 0}, "s.level": {0, 1, 0}, "s.pairs": {0, 3468, 0},
	})
}
