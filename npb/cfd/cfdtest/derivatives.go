// Package cfdtest has the tests that BT and SP share: both step the flow of package cfd, and
// their solvers have the same methods.
//
// In: how to make a solver of a small problem. Out: failures of the test.
package cfdtest

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/gradcheck"
	"github.com/cairn-ad/cairn/npb/cfd"
	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/common/npbtest"
)

// A Solver steps a flow; S is its own type, a pointer.
type Solver[S any] interface {
	Step()
	StepTangent(sd S)
	StepAdjoint(sb S)
	Norms() cfd.Norms
	NormsTangent(sd S) (n, nd cfd.Norms)
	NormsAdjoint(sb S, seed cfd.Norms) cfd.Norms
}

// A Problem makes solvers at the initial field and tells the flow of each.
type Problem[S Solver[S]] struct {
	New  func(t *testing.T) S
	Flow func(s S) *cfd.Flow
}

// flat are the unknowns of a solver as one vector, padding included.
func (p Problem[S]) flat(s S) []float64 {
	u := p.Flow(s).U
	x := make([]float64, 0, 5*len(u))
	for i := range u {
		x = append(x, u[i][:]...)
	}
	return x
}

func (p Problem[S]) fill(s S, x []float64) {
	u := p.Flow(s).U
	for i := range u {
		copy(u[i][:], x[5*i:])
	}
}

// at returns a solver whose U is x.
func (p Problem[S]) at(t *testing.T, x []float64) S {
	t.Helper()
	s := p.New(t)
	p.fill(s, x)
	return s
}

// shadow returns a shadow of s that holds zeros, but for that of U, which is x.
func (p Problem[S]) shadow(s S, x []float64) S {
	sb := ad.ZeroLike(s)
	p.fill(sb, x)
	return sb
}

// start is a state away from the initial field and from the exact solution.
func (p Problem[S]) start(t *testing.T) []float64 {
	t.Helper()
	s := p.New(t)
	s.Step()
	u := p.Flow(s).U
	for i := range u {
		u[i][i%5] *= 1 + 0.01*math.Sin(float64(i))
	}
	return p.flat(s)
}

// Derivatives compares the adjoints of a step, of the norms, and of several steps with the
// tangents, and the tangents with differences.
func Derivatives[S Solver[S]](t *testing.T, p Problem[S]) {
	t.Run("step", func(t *testing.T) { stepDerivatives(t, p) })
	t.Run("norms", func(t *testing.T) { normsDerivatives(t, p) })
	t.Run("steps", func(t *testing.T) { adjointOfSteps(t, p) })
}

func stepDerivatives[S Solver[S]](t *testing.T, p Problem[S]) {
	x := p.start(t)
	adjoint := func(x, w []float64) []float64 {
		s := p.at(t, x)
		sb := p.shadow(s, w)
		s.StepAdjoint(sb)
		return p.flat(sb)
	}
	tangent := func(x, d []float64) []float64 {
		s := p.at(t, x)
		sd := p.shadow(s, d)
		s.StepTangent(sd)
		return p.flat(sd)
	}
	check(t, x, adjoint, tangent, func(x []float64) []float64 {
		s := p.at(t, x)
		s.Step()
		return p.flat(s)
	})
}

func normsDerivatives[S Solver[S]](t *testing.T, p Problem[S]) {
	x := p.start(t)
	list := func(n cfd.Norms) []float64 { return append(append([]float64{}, n.XCR[:]...), n.XCE[:]...) }
	adjoint := func(x, w []float64) []float64 {
		s := p.at(t, x)
		sb := p.shadow(s, make([]float64, len(x)))
		s.NormsAdjoint(sb, cfd.Norms{XCR: [5]float64(w), XCE: [5]float64(w[5:])})
		return p.flat(sb)
	}
	tangent := func(x, d []float64) []float64 {
		s := p.at(t, x)
		sd := p.shadow(s, d)
		_, nd := s.NormsTangent(sd)
		return list(nd)
	}
	check(t, x, adjoint, tangent, func(x []float64) []float64 { return list(p.at(t, x).Norms()) })
}

// check compares the adjoint of f at x with the tangent, and the tangent with central differences,
// in the direction of a wave.
func check(t *testing.T, x []float64, adjoint, tangent func(x, v []float64) []float64, f func(x []float64) []float64) {
	t.Helper()
	r, err := gradcheck.DotProduct(tangent, adjoint, x, nil, nil, gradcheck.Options{})
	if err != nil || r.Tangent == 0 {
		t.Errorf("%+v: %v", r, err)
	}
	d := make([]float64, len(x))
	plus, minus := make([]float64, len(x)), make([]float64, len(x))
	const h = 1e-5
	for i := range d {
		d[i] = math.Cos(float64(i * i))
		plus[i], minus[i] = x[i]+h*d[i], x[i]-h*d[i]
	}
	got, high, low := tangent(x, d), f(plus), f(minus)
	size := 0.0
	for i := range got {
		size = max(size, math.Abs(got[i]))
	}
	for i := range got {
		if want := (high[i] - low[i]) / (2 * h); !(math.Abs(got[i]-want) <= 1e-7*size) {
			t.Fatalf("derivative %d is %v, differences give %v", i, got[i], want)
		}
	}
}

// adjointOfSteps reverses several steps, each run again from what it started with.
func adjointOfSteps[S Solver[S]](t *testing.T, p Problem[S]) {
	x := p.start(t)
	states := [][]float64{x}
	for range 3 {
		s := p.at(t, states[len(states)-1])
		s.Step()
		states = append(states, p.flat(s))
	}
	last := states[3]
	s := p.at(t, last)
	sb := p.shadow(s, make([]float64, len(x)))
	s.NormsAdjoint(sb, cfd.Norms{XCE: [5]float64{1, 1, 1, 1, 1}})
	for k := 2; k >= 0; k-- {
		s := p.at(t, states[k])
		clear(p.Flow(sb).RHS)
		clear(p.Flow(sb).Aux)
		s.StepAdjoint(sb)
	}
	d := make([]float64, len(x))
	for i := range d {
		d[i] = math.Sin(float64(3 * i))
	}
	s = p.at(t, x)
	sd := p.shadow(s, d)
	for range 3 {
		s.StepTangent(sd)
	}
	_, nd := s.NormsTangent(sd)
	want, got, size := 0.0, 0.0, 0.0
	for m := range 5 {
		want += nd.XCE[m]
	}
	for i, b := range p.flat(sb) {
		got += b * d[i]
		size += math.Abs(b * d[i])
	}
	if !(math.Abs(got-want) <= 1e-12*size) || want == 0 {
		t.Errorf("adjoint %v, tangent %v", got, want)
	}
}

// Scrutiny checks a run near its end: of the 10140 elements of U in class S the 1500 of the
// padding are dead, as in Huang et al. The 640 of the twelve edges, corners included, enter
// nothing but the error norm, where they are exact: the square of zero has the derivative zero.
// All others are critical. RHS and Aux are written before they are read.
func Scrutiny(t *testing.T, scrutinize func(class common.Class, at int, found *ad.Scrutiny) bool, at int) {
	if testing.Short() {
		t.Skip("the rest of a run in reverse is left out with -short")
	}
	found := ad.NewScrutiny()
	if !scrutinize(common.ClassS, at, found) {
		t.Fatal("the iteration was not reached")
	}
	npbtest.CheckScrutiny(t, found, map[string][3]int{ // critical, dead, derivative zero
		"s.Flow.U": {8000, 1500, 640}, "s.Flow.RHS": {0, 10140, 0}, "s.Flow.Aux": {0, 16224, 0},
	})
}
