package bt

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/gradcheck"
	"github.com/cairn-ad/cairn/npb/cfd"
	"github.com/cairn-ad/cairn/npb/common"
)

// small is a problem with about the fewest points that the stencils fit into, and an odd number
// of them.
var small = Params{N: 7, Niter: 4, Dt: 0.01}

// flat are the unknowns of a solver as one vector, padding included.
func flat(u [][5]float64) []float64 {
	x := make([]float64, 0, 5*len(u))
	for i := range u {
		x = append(x, u[i][:]...)
	}
	return x
}

// at returns a solver of small whose U is x.
func at(t *testing.T, x []float64) *Solver {
	t.Helper()
	s := mustSolver(t, small)
	fill(s, x)
	return s
}

func fill(s *Solver, x []float64) {
	for i := range s.U {
		copy(s.U[i][:], x[5*i:])
	}
}

// shadow returns a shadow of s that holds zeros, but for that of U, which is x.
func shadow(s *Solver, x []float64) *Solver {
	sb := ad.ZeroLike(s)
	fill(sb, x)
	return sb
}

// start is a state away from the initial field and from the exact solution.
func start(t *testing.T) []float64 {
	t.Helper()
	s := mustSolver(t, small)
	s.Step()
	for i := range s.U {
		s.U[i][i%5] *= 1 + 0.01*math.Sin(float64(i))
	}
	return flat(s.U)
}

func TestStepDerivatives(t *testing.T) {
	x := start(t)
	adjoint := func(x, w []float64) []float64 {
		s := at(t, x)
		sb := shadow(s, w)
		s.StepAdjoint(sb)
		return flat(sb.U)
	}
	tangent := func(x, d []float64) []float64 {
		s := at(t, x)
		sd := shadow(s, d)
		s.StepTangent(sd)
		return flat(sd.U)
	}
	check(t, x, adjoint, tangent, func(x []float64) []float64 {
		s := at(t, x)
		s.Step()
		return flat(s.U)
	})
}

func TestNormsDerivatives(t *testing.T) {
	x := start(t)
	list := func(n cfd.Norms) []float64 { return append(append([]float64{}, n.XCR[:]...), n.XCE[:]...) }
	adjoint := func(x, w []float64) []float64 {
		s := at(t, x)
		sb := shadow(s, make([]float64, len(x)))
		s.NormsAdjoint(sb, cfd.Norms{XCR: [5]float64(w), XCE: [5]float64(w[5:])})
		return flat(sb.U)
	}
	tangent := func(x, d []float64) []float64 {
		s := at(t, x)
		sd := shadow(s, d)
		_, nd := s.NormsTangent(sd)
		return list(nd)
	}
	check(t, x, adjoint, tangent, func(x []float64) []float64 { return list(at(t, x).Norms()) })
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

// TestAdjointOfSteps reverses several steps, each run again from what it started with.
func TestAdjointOfSteps(t *testing.T) {
	x := start(t)
	states := [][]float64{x}
	for range 3 {
		s := at(t, states[len(states)-1])
		s.Step()
		states = append(states, flat(s.U))
	}
	last := states[3]
	s := at(t, last)
	sb := shadow(s, make([]float64, len(x)))
	s.NormsAdjoint(sb, cfd.Norms{XCE: [5]float64{1, 1, 1, 1, 1}})
	for k := 2; k >= 0; k-- {
		s := at(t, states[k])
		clear(sb.RHS)
		clear(sb.Aux)
		s.StepAdjoint(sb)
	}
	d := make([]float64, len(x))
	for i := range d {
		d[i] = math.Sin(float64(3 * i))
	}
	s = at(t, x)
	sd := shadow(s, d)
	for range 3 {
		s.StepTangent(sd)
	}
	_, nd := s.NormsTangent(sd)
	want, got, size := 0.0, 0.0, 0.0
	for m := range 5 {
		want += nd.XCE[m]
	}
	for i, b := range flat(sb.U) {
		got += b * d[i]
		size += math.Abs(b * d[i])
	}
	if !(math.Abs(got-want) <= 1e-12*size) || want == 0 {
		t.Errorf("adjoint %v, tangent %v", got, want)
	}
}

// TestScrutiny: of the 10140 elements of U in class S the 1500 of the padding are dead, as in
// Huang et al. The 640 of the twelve edges, corners included, enter nothing but the error norm,
// where they are exact: the square of zero has the derivative zero. All others are critical. RHS
// and Aux are written before they are read.
func TestScrutiny(t *testing.T) {
	if testing.Short() {
		t.Skip("the rest of a run in reverse is left out with -short")
	}
	found := ad.NewScrutiny()
	if !RunScrutinize(common.ClassS, mustParams(t, common.ClassS).Niter-2, found) {
		t.Fatal("the iteration was not reached")
	}
	want := map[string][3]int{ // critical, dead, derivative zero
		"s.Flow.U": {8000, 1500, 640}, "s.Flow.RHS": {0, 10140, 0}, "s.Flow.Aux": {0, 16224, 0},
	}
	for _, v := range found.Variables() {
		var got [3]int
		for _, influence := range found.Elements(v.Name) {
			got[influence]++
		}
		if got != want[v.Name] {
			t.Errorf("%s: %v, want %v", v.Name, got, want[v.Name])
		}
		delete(want, v.Name)
	}
	if len(want) != 0 {
		t.Errorf("not in the state: %v", want)
	}
}
