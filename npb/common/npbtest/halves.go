package npbtest

import (
	"math"

	"github.com/cairn-ad/cairn/npb/common"
)

// Halves is the generator of [common.Random] in the arithmetic that RNR-94-007 prescribes for
// machines that only multiply doubles: both factors are cut into parts of 23 bits.
type Halves struct{ X float64 }

// Next advances by one draw and returns it, uniform in (0,1).
func (g *Halves) Next() float64 {
	const (
		t23, t46 = 1 << 23, 1 << 46
		a1       = common.Multiplier / t23
		a2       = common.Multiplier % t23
	)
	x1 := float64(int64(g.X * (1.0 / t23)))
	x2 := g.X - t23*x1
	mixed := a1*x2 + a2*x1
	z := mixed - t23*float64(int64(mixed*(1.0/t23)))
	product := t23*z + a2*x2
	g.X = product - t46*float64(int64(product*(1.0/t46)))
	return g.X * (1.0 / t46)
}

// GaussianPair maps two uniform numbers in (0,1) by the polar method; a pair outside the unit
// circle gives zeros.
func GaussianPair(u, v float64) (float64, float64) {
	x := 2*u - 1
	y := 2*v - 1
	t := x*x + y*y
	if t > 1 {
		return 0, 0
	}
	f := math.Sqrt(-2 * math.Log(t) / t)
	return x * f, y * f
}

// EPByHalves does the arithmetic of EP class S (RNR-94-007, kernel EP) with [Halves]: 2^24 pairs of
// uniform numbers, of which those inside the unit circle become Gaussian pairs, and returns
// their sums. It calibrates a machine: divide a kernel's time by it, in one run. Plain C takes
// nearly the same time (Go 1.15 times as long as gcc 12 -O3 -march=native where this was
// measured), so that ratio compares across languages.
func EPByHalves() (sx, sy float64) {
	g := &Halves{common.SeedEP}
	for range 1 << 24 {
		x, y := GaussianPair(g.Next(), g.Next())
		sx += x
		sy += y
	}
	return sx, sy
}
