package common

import (
	"math"
	"testing"
)

// The sums of the Gaussian pairs of EP class S (NPB 3.x).
const (
	epSumX = -3247.83465203474
	epSumY = -6958.407078382297
)

// BenchmarkEPPairs does the arithmetic of EP class S (RNR-94-007, kernel EP): 2^24 pairs of
// uniform numbers, of which those inside the unit circle become Gaussian pairs. It calibrates a
// machine: divide a kernel's time by it, in one run. With the generator in halves, as the
// reference programs have it, plain C takes nearly the same time (Go 1.15 times as long as
// gcc 12 -O3 -march=native where this was measured), so that ratio compares across languages;
// with the integer generator the logarithm dominates and the factor is 1.5.
func BenchmarkEPPairs(b *testing.B) {
	check := func(b *testing.B, sx, sy float64) {
		if !Verify(sx, epSumX, 1e-8) || !Verify(sy, epSumY, 1e-8) {
			b.Fatalf("sums %v, %v differ from the official class S", sx, sy)
		}
	}
	b.Run("halves", func(b *testing.B) {
		for b.Loop() {
			g := &halves{SeedEP}
			sx, sy := 0.0, 0.0
			for range 1 << 24 {
				x, y := gaussianPair(g.Next(), g.Next())
				sx += x
				sy += y
			}
			check(b, sx, sy)
		}
	})
	b.Run("integer", func(b *testing.B) {
		for b.Loop() {
			g := NewRandom(SeedEP)
			sx, sy := 0.0, 0.0
			for range 1 << 24 {
				x, y := gaussianPair(g.Next(), g.Next())
				sx += x
				sy += y
			}
			check(b, sx, sy)
		}
	})
}

// TestEPPairs sums the pairs of EP class S in the official way: in batches of 2^16, each of
// which jumps to its own place in the sequence.
func TestEPPairs(t *testing.T) {
	if testing.Short() {
		t.Skip("2^24 pairs are left out with -short")
	}
	sx, sy := 0.0, 0.0
	for batch := range uint64(256) {
		g := NewRandom(SeedEP)
		g.Jump(batch << 17)
		for range 1 << 16 {
			x, y := gaussianPair(g.Next(), g.Next())
			sx += x
			sy += y
		}
	}
	if !Verify(sx, epSumX, 1e-8) || !Verify(sy, epSumY, 1e-8) {
		t.Errorf("sums %v, %v; official %v, %v", sx, sy, epSumX, epSumY)
	}
}

// gaussianPair maps two uniform numbers in (0,1) by the polar method; a pair outside the unit
// circle gives zeros.
func gaussianPair(u, v float64) (float64, float64) {
	x := 2*u - 1
	y := 2*v - 1
	t := x*x + y*y
	if t > 1 {
		return 0, 0
	}
	f := math.Sqrt(-2 * math.Log(t) / t)
	return x * f, y * f
}
