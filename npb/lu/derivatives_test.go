package lu

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/gradcheck"
	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/scrutiny"
)

// loopState are the variables that an iteration hands to the next.
func (s *Solver) loopState() []any { return []any{&s.U, &s.Rsd, &s.RhoI, &s.Qs} }

func flatten(t *testing.T, s *Solver) []float64 {
	t.Helper()
	x, err := gradcheck.Flatten(s.loopState()...)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// solverAt is a solver with the state x.
func solverAt(t *testing.T, n int, x []float64) *Solver {
	t.Helper()
	s := newSolver(small(n))
	if err := gradcheck.Unflatten(x, s.loopState()...); err != nil {
		t.Fatal(err)
	}
	return s
}

// shadow is the shadow of a solver, with the parts of v for those of the state.
func shadow(t *testing.T, s *Solver, v []float64) *Solver {
	t.Helper()
	d := ad.ZeroLike(s)
	if err := gradcheck.Unflatten(v, d.loopState()...); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestStepTangentAgreesWithAdjoint is the dot-product test of one iteration. The grids have every
// kind of row that the dissipation tells apart.
func TestStepTangentAgreesWithAdjoint(t *testing.T) {
	for _, n := range []int{6, 7} {
		x := flatten(t, perturbed(n, 6))
		tangent := func(x, v []float64) []float64 {
			s := solverAt(t, n, x)
			d := shadow(t, s, v)
			s.StepTangent(d)
			return flatten(t, d)
		}
		adjoint := func(x, seed []float64) []float64 {
			s := solverAt(t, n, x)
			b := shadow(t, s, seed)
			s.StepAdjoint(b)
			return flatten(t, b)
		}
		report, err := gradcheck.DotProduct(tangent, adjoint, x, nil, nil, gradcheck.Options{})
		if err != nil {
			t.Errorf("n = %d: %v: %v", n, err, report)
		}
	}
}

// weighted is a number made of all that is verified.
func weighted(residual, deviation [5]float64, surface float64) float64 {
	sum := surface
	for m := range 5 {
		sum += float64(m+1)*residual[m] + float64(7-m)*deviation[m]
	}
	return sum
}

// TestGradientOfTheNorms compares the gradient of the norms after two iterations with the norms.
func TestGradientOfTheNorms(t *testing.T) {
	const n, steps = 7, 2
	value := func(x []float64) float64 {
		s := solverAt(t, n, x)
		for range steps {
			s.Step()
		}
		return weighted(s.Norms())
	}
	gradient := func(x []float64) []float64 {
		var states []*Solver
		s := solverAt(t, n, x)
		for range steps {
			states = append(states, solverAt(t, n, flatten(t, s)))
			s.Step()
		}
		b := ad.ZeroLike(s)
		s.NormsAdjoint(b, [5]float64{1, 2, 3, 4, 5}, [5]float64{7, 6, 5, 4, 3}, 1)
		for len(states) > 0 {
			states[len(states)-1].StepAdjoint(b)
			states = states[:len(states)-1]
		}
		return flatten(t, b)
	}
	x := flatten(t, perturbed(n, 7))
	report, err := gradcheck.Taylor(value, gradient, x, nil, gradcheck.Options{Step: 1e-3})
	if err != nil {
		t.Errorf("%v: %v", err, report)
	}
}

// TestTangentOfTheNorms compares the tangent of the norms with their adjoint.
func TestTangentOfTheNorms(t *testing.T) {
	const n = 6
	tangent := func(x, v []float64) []float64 {
		s := solverAt(t, n, x)
		_, rd, _, dd, _, sd := s.NormsTangent(shadow(t, s, v))
		return append(append(rd[:], dd[:]...), sd)
	}
	adjoint := func(x, seed []float64) []float64 {
		s := solverAt(t, n, x)
		b := ad.ZeroLike(s)
		s.NormsAdjoint(b, [5]float64(seed[:5]), [5]float64(seed[5:10]), seed[10])
		return flatten(t, b)
	}
	seed := []float64{1, -2, 3, -4, 5, 6, -7, 8, -9, 10, 11}
	report, err := gradcheck.DotProduct(tangent, adjoint, flatten(t, perturbed(n, 8)), nil, seed, gradcheck.Options{})
	if err != nil {
		t.Errorf("%v: %v", err, report)
	}
}

// TestScrutiny: the elements of class S that the rest of a run needs, halfway. Huang et al.,
// Scrutinizing Variables for Checkpoint Using Automatic Differentiation, count 1628 elements of
// U that are not needed: 1500 of the padding, and the energy on the 128 points of the cube's
// edges. They count the padding alone, 1500, 300 and 300 elements, of the other variables. But nothing
// reads those on the edges, either, before a new residual is computed; on the faces RhoI and Qs
// are multiplied by Rsd, which is zero there.
func TestScrutiny(t *testing.T) {
	const padding, edges, faces = 12*13*13 - 12*12*12, 12*10 + 8, 6 * 10 * 10
	report := scrutinized(t, 25)
	for _, want := range []struct {
		name       string
		dead, zero int
	}{
		{"s.U", 5*padding + edges, 4 * edges},
		{"s.Rsd", 5 * (padding + edges), 0},
		{"s.RhoI", padding + edges, faces},
		{"s.Qs", padding + edges, faces},
		{"s.frct", 5 * padding, 5 * edges},
	} {
		mask := report.Variable(want.name)
		if mask == nil {
			t.Errorf("no variable %s", want.name)
			continue
		}
		c := mask.Stats()
		if c.Dead != want.dead || c.DerivativeZero != want.zero || c.Critical != mask.Len()-want.dead-want.zero {
			t.Errorf("%s: %+v, want %d dead and %d with derivative zero", want.name, c, want.dead, want.zero)
		}
	}
}

// scrutinized is the report on class S at the start of an iteration.
func scrutinized(t *testing.T, iteration int) *scrutiny.Report {
	t.Helper()
	run := ad.NewScrutiny()
	if !RunScrutinize(common.ClassS, iteration, run) {
		t.Fatalf("iteration %d was not reached", iteration)
	}
	report, err := scrutiny.FromRun(run, "Run", "lu.go:1", iteration)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestDeadElementsAreNotNeeded: a run that goes on with NaN in all dead elements ends with the same
// numbers to the last bit.
func TestDeadElementsAreNotNeeded(t *testing.T) {
	const iteration = 25
	s, err := NewSolver(common.ClassS)
	if err != nil {
		t.Fatal(err)
	}
	for it := 1; it < iteration; it++ {
		s.Step()
	}
	report := scrutinized(t, iteration)
	poisoned := 0
	poison := func(name string, element int, value *float64) {
		if report.Variable(name).At(element) == scrutiny.Dead {
			*value = math.NaN()
			poisoned++
		}
	}
	for at := range s.U {
		for m := range 5 {
			poison("s.U", 5*at+m, &s.U[at][m])
			poison("s.Rsd", 5*at+m, &s.Rsd[at][m])
		}
		poison("s.RhoI", at, &s.RhoI[at])
		poison("s.Qs", at, &s.Qs[at])
	}
	if poisoned != 1628+2140+2*428 {
		t.Errorf("%d elements are dead", poisoned)
	}
	for it := iteration; it <= s.Params().Niter; it++ {
		s.Step()
	}
	want := Run(common.ClassS)
	if residual, deviation, surface := s.Norms(); residual != want.Residual || deviation != want.Error || surface != want.Surface {
		t.Errorf("the run ends with %v, %v, %v, without NaN with %+v", residual, deviation, surface, want)
	}
}
