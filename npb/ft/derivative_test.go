package ft

import (
	"math"
	"math/cmplx"
	"testing"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/gradcheck"
	"github.com/cairn-ad/cairn/npb/common"
)

// small has transforms with and without steps in the middle, and with both last steps.
var small = Params{NX: 64, NY: 8, NZ: 4, Niter: 3}

// flat are real and imaginary parts of Y and Sums, one after the other.
func flat(s *Solver) []float64 {
	x := make([]float64, 0, 2*(len(s.Y)+len(s.Sums)))
	for _, part := range [][]complex128{s.Y, s.Sums} {
		for _, z := range part {
			x = append(x, real(z), imag(z))
		}
	}
	return x
}

// fill puts such a vector into a solver.
func fill(s *Solver, x []float64) *Solver {
	for _, part := range [][]complex128{s.Y, s.Sums} {
		for i := range part {
			part[i] = complex(x[0], x[1])
			x = x[2:]
		}
	}
	return s
}

func at(x []float64) *Solver                   { return fill(newSolver(small), x) }
func shadow(s *Solver, x []float64) *Solver    { return fill(ad.ZeroLike(s), x) }
func stepped(s *Solver, it int) (next *Solver) { s.Step(it); return s }
func tangent(x, d []float64, it int) []float64 {
	s := at(x)
	sd := shadow(s, d)
	s.StepTangent(sd, it)
	return flat(sd)
}

func TestStepDerivatives(t *testing.T) {
	s := newSolver(small)
	s.initialise()
	x := flat(s)
	const it = 2
	f := func(x []float64) []float64 { return flat(stepped(at(x), it)) }
	adjoint := func(x, w []float64) []float64 {
		s := at(x)
		sb := shadow(s, w)
		s.StepAdjoint(sb, it)
		return flat(sb)
	}
	r, err := gradcheck.DotProduct(func(x, d []float64) []float64 { return tangent(x, d, it) }, adjoint, x, nil, nil, gradcheck.Options{})
	if err != nil || r.Tangent == 0 {
		t.Errorf("%+v: %v", r, err)
	}
	d := make([]float64, len(x))
	plus, minus := make([]float64, len(x)), make([]float64, len(x))
	const h = 0.5 // any will do: a step is linear
	for i := range d {
		d[i] = math.Sin(float64(i * i))
		plus[i], minus[i] = x[i]+h*d[i], x[i]-h*d[i]
	}
	got, high, low := tangent(x, d, it), f(plus), f(minus)
	for i := range got {
		if want := (high[i] - low[i]) / (2 * h); !(math.Abs(got[i]-want) <= 1e-10) {
			t.Fatalf("derivative %d is %v, differences give %v", i, got[i], want)
		}
	}
}

// TestGradientOfAChecksum: a checksum is a sum over waves, whose factors are known. The derivative
// of its real part by the real part of the spectrum at a wave number is the real part of the
// factor.
func TestGradientOfAChecksum(t *testing.T) {
	s := newSolver(small)
	s.initialise()
	states := []*Solver{}
	for it := 1; it <= small.Niter; it++ {
		states = append(states, at(flat(s)))
		s.Step(it)
	}
	sb := ad.ZeroLike(s)
	sb.Sums[small.Niter] = 1
	for it := small.Niter; it >= 1; it-- {
		states[it-1].StepAdjoint(sb, it)
	}
	fx, fy, fz := decay(small.NX), decay(small.NY), decay(small.NZ)
	each(small, func(i, j, k, at int) {
		sum := 0i
		for q := 1; q <= samples; q++ {
			phase := float64(q%64*i)/64 + float64(3*q%8*j)/8 + float64(5*q%4*k)/4
			sum += cmplx.Exp(complex(0, 2*math.Pi*phase))
		}
		want := real(sum) / points(small) * math.Pow(fx[i]*fy[j]*fz[k], float64(small.Niter))
		if got := real(sb.Y[at]); !(math.Abs(got-want) <= 1e-12) {
			t.Fatalf("wave (%d,%d,%d): derivative %v, want %v", i, j, k, got, want)
		}
	})
}

// TestScrutiny: of the 266240 elements of Y in class S the 4096 of the padding are dead, as in Huang
// et al. All others are read. But the points of a checksum, (q mod 64, 3q mod 64, 5q mod 64), are
// those of a line through the grid, each of them 16 times, so by its waves the checksum depends on
// those with kx + 3ky + 5kz divisible by 64 only. The derivatives by the others are zero but for
// rounding, and where rounding cancels, too, they are told as zero.
func TestScrutiny(t *testing.T) {
	if testing.Short() {
		t.Skip("the rest of a run in reverse is left out with -short")
	}
	found := ad.NewScrutiny()
	par := mustParams(t, common.ClassS)
	if !RunScrutinize(common.ClassS, par.Niter/2, found) {
		t.Fatal("the iteration was not reached")
	}
	y := found.Elements("s.Y")
	if len(y) != 266240 {
		t.Fatalf("%d elements", len(y))
	}
	dead := 0
	for at, influence := range y {
		padding := at%65 == 64
		if (influence == ad.Dead) != padding {
			t.Fatalf("element %d: %v", at, influence)
		}
		if padding {
			dead++
		}
	}
	if dead != 4096 {
		t.Errorf("%d dead elements", dead)
	}
	each(par, func(i, j, k, at int) {
		if (i+3*j+5*k)%64 == 0 && y[at] != ad.Critical {
			t.Errorf("wave (%d,%d,%d): %v", i, j, k, y[at])
		}
	})
	for k, influence := range found.Elements("s.Sums") {
		want := ad.Dead
		if k == 0 || k < par.Niter/2 {
			want = ad.Critical
		}
		if influence != want {
			t.Errorf("checksum %d: %v, want %v", k, influence, want)
		}
	}
	for _, name := range []string{"s.x", "s.work"} {
		for at, influence := range found.Elements(name) {
			if influence != ad.Dead {
				t.Fatalf("%s: element %d: %v", name, at, influence)
			}
		}
	}
}
