package common_test

import (
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/common/npbtest"
)

// The sums of the Gaussian pairs of EP class S (NPB 3.x).
const (
	epSumX = -3247.83465203474
	epSumY = -6958.407078382297
)

func checkSums(t testing.TB, sx, sy float64) {
	t.Helper()
	if !common.Verify(sx, epSumX, 1e-8) || !common.Verify(sy, epSumY, 1e-8) {
		t.Fatalf("sums %v, %v; official %v, %v", sx, sy, epSumX, epSumY)
	}
}

// BenchmarkEPPairs does the arithmetic of EP class S with the generator in halves, as the
// reference programs have it (see [npbtest.EPByHalves]), and with the integer generator, where
// the logarithm dominates: Go takes 1.5 times as long as C with that one.
func BenchmarkEPPairs(b *testing.B) {
	b.Run("halves", func(b *testing.B) {
		for b.Loop() {
			sx, sy := npbtest.EPByHalves()
			checkSums(b, sx, sy)
		}
	})
	b.Run("integer", func(b *testing.B) {
		for b.Loop() {
			g := common.NewRandom(common.SeedEP)
			sx, sy := 0.0, 0.0
			for range 1 << 24 {
				x, y := npbtest.GaussianPair(g.Next(), g.Next())
				sx += x
				sy += y
			}
			checkSums(b, sx, sy)
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
		g := common.NewRandom(common.SeedEP)
		g.Jump(batch << 17)
		for range 1 << 16 {
			x, y := npbtest.GaussianPair(g.Next(), g.Next())
			sx += x
			sy += y
		}
	}
	checkSums(t, sx, sy)
}

func TestDrawsAgreeWithHalves(t *testing.T) {
	g, h := common.NewRandom(common.Seed), &npbtest.Halves{X: common.Seed}
	for k := 1; k <= 10000; k++ {
		if got, want := g.Next(), h.Next(); got != want {
			t.Fatalf("draw %d: %v, by halves %v", k, got, want)
		}
	}
}
