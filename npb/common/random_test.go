package common

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

var (
	bigModulus = new(big.Int).Lsh(big.NewInt(1), 46)
	bigA       = new(big.Int).Exp(big.NewInt(5), big.NewInt(13), nil)
)

// exactState is 5^(13·n)·seed mod 2^46 in integers of arbitrary size.
func exactState(seed, n uint64) uint64 {
	x := new(big.Int).Exp(bigA, new(big.Int).SetUint64(n), bigModulus)
	x.Mul(x, new(big.Int).SetUint64(seed))
	return x.Mod(x, bigModulus).Uint64()
}

func TestDrawsAreExact(t *testing.T) {
	for _, seed := range []uint64{Seed, SeedEP, 1, modulusMask} {
		g := NewRandom(seed)
		for k := uint64(1); k <= 300; k++ {
			got := g.Next()
			want := exactState(seed, k)
			if g.State() != want {
				t.Fatalf("seed %d, draw %d: state %d, exact %d", seed, k, g.State(), want)
			}
			if exact := math.Ldexp(float64(want), -46); got != exact {
				t.Fatalf("seed %d, draw %d: value %v, exact %v", seed, k, got, exact)
			}
		}
	}
}

func TestJumpIsThatManyDraws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64Range(0, modulusMask).Draw(t, "seed")
		n := rapid.Uint64Range(0, 500).Draw(t, "n")
		stepped, jumped := NewRandom(seed), NewRandom(seed)
		for range n {
			stepped.Next()
		}
		jumped.Jump(n)
		if stepped.State() != jumped.State() {
			t.Fatalf("%d draws: state %d, jump: state %d", n, stepped.State(), jumped.State())
		}
	})
}

func TestFarJumpsAreExact(t *testing.T) {
	for _, n := range []uint64{0, 1, 1 << 16, 1<<28 + 3, 1<<44 - 1, math.MaxUint64} {
		g := NewRandom(SeedEP)
		g.Jump(n)
		if want := exactState(SeedEP, n); g.State() != want {
			t.Errorf("jump %d: state %d, exact %d", n, g.State(), want)
		}
	}
}

// TestPeriod: for an odd seed the period is 2^44, and no shorter power of two
// (RNR-94-007, on the random-number generator).
func TestPeriod(t *testing.T) {
	g := NewRandom(Seed)
	g.Jump(1 << 44)
	if g.State() != Seed {
		t.Errorf("after 2^44 draws the state is %d, not the seed", g.State())
	}
	g.Jump(1 << 43)
	if g.State() == Seed {
		t.Error("2^43 draws already lead back to the seed")
	}
}
