package schedule

import (
	"math"
	"math/big"
	"testing"
)

// Numbers of steps run without recording: Griewank and Walther 2000 (10,3), (50,7);
// the others were counted by executing the schedules of the Revolve program.
var published = []struct {
	n        int64
	slots    int
	advances int64
	writes   int64 // 0: not known
}{
	{10, 3, 15, 0},
	{50, 7, 105, 28},
	{100, 3, 490, 0},
	{100, 5, 316, 0},
	{100, 10, 222, 55},
	{500, 4, 3213, 0},
	{1000, 3, 12155, 0},
	{1000, 5, 6284, 0},
	{1000, 10, 3636, 0},
	{1000, 20, 2747, 0},
	{1e4, 10, 57624, 0},
	{1e4, 100, 24747, 0},
	{1e6, 20, 6815960, 0},
	{1e6, 100, 3817896, 0},
	{1e9, 100, 5898659124, 0},
}

func TestPublishedCounts(t *testing.T) {
	for _, p := range published {
		c, err := PlanBinomial(p.n, p.slots)
		if err != nil {
			t.Fatal(err)
		}
		if c.Advances != p.advances || c.ForwardSteps != p.n+p.advances || c.Reads != p.n-1 {
			t.Errorf("n=%d slots=%d: got %+v, want %d advances", p.n, p.slots, c, p.advances)
		}
		if p.writes != 0 && c.Writes != p.writes {
			t.Errorf("n=%d slots=%d: %d writes, want %d", p.n, p.slots, c.Writes, p.writes)
		}
		if got := ForwardSteps(p.n, p.slots); got != c.ForwardSteps {
			t.Errorf("ForwardSteps(%d, %d) = %d, the plan has %d", p.n, p.slots, got, c.ForwardSteps)
		}
		if p.n > 1e6 {
			continue
		}
		if got, err := Validate(Binomial(p.n, p.slots), p.n, p.slots); err != nil || got != c {
			t.Errorf("n=%d slots=%d: executed %+v (%v), planned %+v", p.n, p.slots, got, err, c)
		}
	}
}

func TestBeta(t *testing.T) {
	limit := new(big.Int).SetUint64(math.MaxUint64)
	for s := int64(0); s <= 80; s++ {
		for r := int64(0); r <= 80; r++ {
			want := new(big.Int).Binomial(s+r, s)
			got, saturated := Beta(s, r)
			if fits := want.Cmp(limit) <= 0; saturated == fits || fits && got != want.Uint64() || !fits && got != math.MaxUint64 {
				t.Fatalf("Beta(%d, %d) = %d, %v; want %v", s, r, got, saturated, want)
			}
		}
	}
	for _, c := range []struct {
		s, r int64
		want uint64
	}{{-1, 3, 0}, {3, -1, 0}, {1e12, 1, 1e12 + 1}, {math.MaxInt64, 0, 1}, {math.MaxInt64, 1, 1 << 63}, {1, math.MaxInt64, 1 << 63}} {
		if got, saturated := Beta(c.s, c.r); got != c.want || saturated {
			t.Errorf("Beta(%d, %d) = %d, %v; want %d", c.s, c.r, got, saturated, c.want)
		}
	}
	if _, saturated := Beta(math.MaxInt64, math.MaxInt64); !saturated {
		t.Error("Beta of the largest arguments is not saturated")
	}
}

func TestRepetition(t *testing.T) {
	for s := int64(1); s <= 12; s++ {
		r := int64(0)
		for n := int64(-1); n <= 3000; n++ {
			for b, _ := Beta(s, r); n > 0 && b < uint64(n); b, _ = Beta(s, r) {
				r++
			}
			if got := Repetition(n, s); got != r {
				t.Fatalf("Repetition(%d, %d) = %d, want %d", n, s, got, r)
			}
		}
	}
	for _, s := range []int64{2, 3, 4, 50, 1e6, 1e12} {
		for _, n := range []int64{1e12, 1 << 40, math.MaxInt64} {
			r := Repetition(n, s)
			at, saturated := Beta(s, r)
			before, _ := Beta(s, r-1)
			if !saturated && at < uint64(n) || before >= uint64(n) {
				t.Errorf("Repetition(%d, %d) = %d, but Beta there is %d and %d one before", n, s, r, at, before)
			}
		}
	}
	if Repetition(5, 0) != math.MaxInt64 || Repetition(1, 0) != 0 {
		t.Error("without a slot only one step can be reversed")
	}
}

// P(n, s) by the formula in arbitrary precision.
func bigAdvances(n, s int64) *big.Int {
	r := Repetition(n, s)
	p := new(big.Int).Mul(big.NewInt(r), big.NewInt(n))
	return p.Sub(p, new(big.Int).Binomial(s+r, r-1))
}

func TestAdvancesLarge(t *testing.T) {
	for _, n := range []int64{2, 3, 1e9, 1e12, 1<<53 + 1, math.MaxInt64 / 4, math.MaxInt64} {
		for _, s := range []int64{3, 4, 10, 100, 1000, 1e6} {
			if s == 3 && n > 1e12 {
				continue // the check itself is slow there
			}
			want := bigAdvances(n, min(s, n-1))
			if !want.IsInt64() {
				want.SetInt64(math.MaxInt64)
			}
			if got := Advances(n, int(s)); got != want.Int64() {
				t.Errorf("Advances(%d, %d) = %d, want %d", n, s, got, want)
			}
		}
	}
	for _, c := range []struct {
		n     int64
		slots int
		want  int64
	}{
		{0, 1, 0},
		{1, 0, 0},
		{2, 0, math.MaxInt64},
		{-3, 4, 0},
		{1e6, 1, 1e6 * (1e6 - 1) / 2},
		{1e12, 1, math.MaxInt64},
		{1e9, 1 << 30, 1e9 - 1},
	} {
		if got := Advances(c.n, c.slots); got != c.want {
			t.Errorf("Advances(%d, %d) = %d, want %d", c.n, c.slots, got, c.want)
		}
	}
	if got := ForwardSteps(-3, 4); got != 0 {
		t.Errorf("ForwardSteps of a negative number = %d, want 0", got)
	}
	if got := ForwardSteps(math.MaxInt64-1, math.MaxInt); got != math.MaxInt64 {
		t.Errorf("ForwardSteps near the limit = %d, want saturation", got)
	}
}

// The plan must be what the schedule does, peak and writes included.
func TestPlanIsExecuted(t *testing.T) {
	for n := int64(0); n <= 300; n++ {
		for s := 1; s <= 20; s++ {
			got, err := Validate(Binomial(n, s), n, s)
			if err != nil {
				t.Fatalf("n=%d slots=%d: %v", n, s, err)
			}
			if want, err := PlanBinomial(n, s); err != nil || got != want {
				t.Fatalf("n=%d slots=%d: executed %+v, planned %+v, %v", n, s, got, want, err)
			}
		}
	}
}

func TestPlanErrors(t *testing.T) {
	for _, c := range []struct {
		n     int64
		slots int
	}{{-1, 3}, {5, 0}, {5, -2}, {1e12, 1}} {
		if p, err := PlanBinomial(c.n, c.slots); err == nil {
			t.Errorf("PlanBinomial(%d, %d) = %+v, want an error", c.n, c.slots, p)
		}
	}
}

// oracle finds, by trying every first advance, the fewest steps and, for those, the
// fewest writes without that of the start state.
func oracle(nmax, smax int) (steps, wr [][]int64) {
	for n := 0; n <= nmax; n++ {
		steps = append(steps, make([]int64, smax+1))
		wr = append(wr, make([]int64, smax+1))
	}
	for n := 2; n <= nmax; n++ {
		for s := 1; s <= smax; s++ {
			best, least := int64(math.MaxInt64), int64(math.MaxInt64)
			for j := 1; j < n; j++ {
				rest := n - j
				if rest > 1 && s == 1 {
					continue // no slot for the state reached
				}
				p, w := int64(j)+steps[j][s], wr[j][s]
				if rest > 1 {
					p, w = p+steps[rest][s-1], w+wr[rest][s-1]+1
				}
				if p < best || p == best && w < least {
					best, least = p, w
				}
			}
			steps[n][s], wr[n][s] = best, least
		}
	}
	return steps, wr
}

func TestBinomialIsOptimal(t *testing.T) {
	steps, wr := oracle(64, 8)
	for n := 1; n <= 64; n++ {
		for s := 1; s <= 8; s++ {
			c, err := Validate(Binomial(int64(n), s), int64(n), s)
			if err != nil {
				t.Fatal(err)
			}
			if c.Advances != steps[n][s] || c.Writes != wr[n][s]+1 {
				t.Errorf("n=%d slots=%d: %d advances and %d writes, the best are %d and %d", n, s, c.Advances, c.Writes, steps[n][s], wr[n][s]+1)
			}
		}
	}
}
