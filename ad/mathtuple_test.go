package ad

import (
	"math"
	"testing"
)

// TestMathTuples: each function gives the very result of package math.
func TestMathTuples(t *testing.T) {
	same := func(name string, x, got, want float64) {
		t.Helper()
		if math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%s(%v) is %v, package math has %v", name, x, got, want)
		}
	}
	inf := math.Inf(1)
	for _, x := range []float64{0, math.Copysign(0, -1), 1, -1, 0.3, -7.75, 1e300, -1e-310, 5e-324, 40, -0.5, -2, inf, -inf, math.NaN()} {
		i, f := math.Modf(x)
		same("ModfInt", x, ModfInt(x), i)
		same("ModfFrac", x, ModfFrac(x), f)
		s, c := math.Sincos(x)
		same("SincosSin", x, SincosSin(x), s)
		same("SincosCos", x, SincosCos(x), c)
		l, sign := math.Lgamma(x)
		same("Lgamma", x, Lgamma(x), l)
		same("LgammaSign", x, float64(LgammaSign(x)), float64(sign))
		frac, exp := math.Frexp(x)
		same("FrexpFrac", x, FrexpFrac(x), frac)
		same("FrexpExp", x, float64(FrexpExp(x)), float64(exp))
		same("FrexpScale", x, FrexpScale(x), math.Pow(2, -float64(exp)))
	}
}

// TestDigamma holds closed forms of Abramowitz & Stegun: 6.3.2 and 6.3.3 with
// Euler's constant from table 1.1, 6.3.4 for halves, the recurrence 6.3.5 for
// what lies further out, and Gauss' theorem (Knuth, The Art of Computer
// Programming, volume 1, section 1.2.9, exercise 19) for thirds and quarters.
func TestDigamma(t *testing.T) {
	const gamma = 0.577215664901532860606512090082402431
	half := -gamma - 2*math.Ln2
	harmonic := func(from, step float64, n int) float64 {
		sum := 0.0
		for k := n - 1; k >= 0; k-- {
			sum += 1 / (from + step*float64(k))
		}
		return sum
	}
	for _, c := range []struct{ x, want float64 }{
		{1, -gamma},
		{2, 1 - gamma},
		{10, harmonic(1, 1, 9) - gamma},
		{100, harmonic(1, 1, 99) - gamma},
		{1000, harmonic(1, 1, 999) - gamma},
		{0.5, half},
		{20.5, half + harmonic(0.5, 1, 20)},
		{-0.5, half + 2},
		{-1.5, half + 2 + 2./3},
		{-20.5, half + harmonic(0.5, 1, 21)},
		{0.25, -gamma - math.Pi/2 - 3*math.Ln2},
		{0.75, -gamma + math.Pi/2 - 3*math.Ln2},
		{-0.25, -gamma + math.Pi/2 - 3*math.Ln2 + 4},
		{1. / 3, -gamma - math.Pi/(2*math.Sqrt(3)) - 1.5*math.Log(3)},
		{1e-8, -1e8 - gamma + math.Pi*math.Pi/6*1e-8},
		{1e10, math.Log(1e10) - 0.5e-10},
	} {
		if got := Digamma(c.x); !(math.Abs(got-c.want) <= 1e-13*math.Abs(c.want)) {
			t.Errorf("Digamma(%v) is %v, want %v", c.x, got, c.want)
		}
	}
	// Far left, the fraction of x decides: 6.3.7 gives psi(1-x) for x = k + 1/2.
	for _, x := range []float64{-100.5, -10000.5} {
		if got, want := Digamma(x), Digamma(1-x); !(math.Abs(got-want) <= 1e-14*want) {
			t.Errorf("Digamma(%v) is %v, want %v", x, got, want)
		}
	}
	for _, x := range []float64{0, -1, -7, math.Inf(-1), math.NaN()} {
		if got := Digamma(x); got == got {
			t.Errorf("Digamma(%v) is %v, want NaN", x, got)
		}
	}
	if got := Digamma(math.Inf(1)); !math.IsInf(got, 1) {
		t.Errorf("Digamma(+Inf) is %v", got)
	}
}
