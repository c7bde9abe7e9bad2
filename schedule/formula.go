package schedule

import (
	"fmt"
	"math"
	"math/bits"
)

// Beta returns C(s+r, s), the largest number of steps that s slots can reverse with
// no step run more than r times without recording (Griewank 1992). It is 0 if s or r
// is negative. The intermediate products have 128 bits; a value that does not fit is
// returned as math.MaxUint64 with saturated true.
func Beta(s, r int64) (value uint64, saturated bool) {
	if s < 0 || r < 0 {
		return 0, false
	}
	large, small := uint64(max(s, r)), uint64(min(s, r))
	value = 1
	for i := uint64(1); i <= small; i++ {
		// value is C(large+i-1, i-1), so the division is exact.
		hi, lo := bits.Mul64(value, large+i)
		if hi >= i {
			return math.MaxUint64, true
		}
		value, _ = bits.Div64(hi, lo, i)
	}
	return value, false
}

// Repetition returns the repetition number of n steps in s slots: the smallest r with
// Beta(s, r) >= n. It is 0 for n <= 1 and math.MaxInt64 where no r is enough (s < 1).
func Repetition(n, s int64) int64 {
	r, _ := repetition(n, s)
	return r
}

// repetition also returns below = Beta(s, r-1) < n, or 0 where r is 0 or unbounded.
func repetition(n, s int64) (r int64, below uint64) {
	switch {
	case n <= 1:
		return 0, 0
	case s < 1:
		return math.MaxInt64, 0
	case s == 1:
		return n - 1, uint64(n - 1)
	case s == 2:
		// (r+1)(r+2)/2 >= n; the estimate is below the answer and close to it.
		r = max(1, int64(math.Sqrt(2*float64(n)))-3)
	default:
		r = 1
	}
	below, _ = Beta(s, r-1)
	for {
		b, saturated := betaNext(below, s, r)
		if saturated || b >= uint64(n) {
			return r, below
		}
		r, below = r+1, b
	}
}

// Advances returns P(n, slots) = r*n - Beta(slots+1, r-1), r = Repetition(n, slots):
// the least number of steps that any schedule runs without recording, when each of
// the n steps is also recorded once and at most slots states are held at a time, the
// start state among them (Griewank and Walther 2000, section 2). It is 0 for n <= 1
// and math.MaxInt64 where the value does not fit or no schedule exists (slots < 1).
func Advances(n int64, slots int) int64 {
	if n <= 1 {
		return 0
	}
	if slots < 1 {
		return math.MaxInt64
	}
	s := min(int64(slots), n-1)
	r, below := repetition(n, s)
	hi, lo := bits.Mul64(uint64(r), uint64(n))
	// Beta(s+1, r-1) = Beta(s, r-1) * (s+r)/(s+1), at most r*n.
	bhi, blo := mulDiv128(below, uint64(s)+uint64(r), uint64(s)+1)
	lo, borrow := bits.Sub64(lo, blo, 0)
	hi, _ = bits.Sub64(hi, bhi, borrow)
	if hi != 0 || lo > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(lo)
}

// ForwardSteps returns n + Advances(n, slots): every forward step that the binomial
// schedule executes, the n recorded ones included. It saturates at math.MaxInt64.
func ForwardSteps(n int64, slots int) int64 {
	if n <= 0 {
		return 0
	}
	p := Advances(n, slots)
	if p > math.MaxInt64-n {
		return math.MaxInt64
	}
	return n + p
}

// writes returns the number of Save actions of the binomial schedule of n >= 1 steps,
// start state included: the minimum over all schedules with the minimal number of steps.
// Griewank and Walther 2000, section 4: Beta(s-1, r-1) up to the step count
// Beta(s, r-1) + Beta(s-1, r-1), and n - Beta(s, r-1) beyond.
func writes(n, s int64) int64 {
	if n == 1 {
		return 1
	}
	s = min(s, n-1)
	r, below := repetition(n, s)
	least, saturated := Beta(s-1, r-1)
	beyond := n - int64(below)
	if saturated || least > uint64(beyond) {
		return int64(least) // Beta(s-1, r-1) <= Beta(s, r-1) < n, so it fits
	}
	return beyond
}

// PlanBinomial returns the counts of the binomial schedule of steps steps in slots
// slots from the formulas, without running it. It is an error if steps is negative,
// slots is less than 1, or the number of forward steps does not fit in an int64.
func PlanBinomial(steps int64, slots int) (Counts, error) {
	if err := check(steps, slots); err != nil {
		return Counts{}, err
	}
	if steps == 0 {
		return Counts{}, nil
	}
	forward := ForwardSteps(steps, slots)
	if forward == math.MaxInt64 {
		return Counts{}, tooMany(steps, slots)
	}
	n, peak := writes(steps, int64(slots)), max(1, min(int64(slots), steps-1))
	return Counts{
		ForwardSteps: forward,
		Advances:     forward - steps,
		Writes:       n,
		Reads:        steps - 1,
		Peak:         peak,
		PeakTape:     1,
		Levels:       [MaxLevels]LevelCounts{{Writes: n, Reads: steps - 1, Peak: peak}},
	}, nil
}

// tooMany is the error for a number of forward steps that does not fit.
func tooMany(steps int64, slots int) error {
	return fmt.Errorf("schedule: %d steps in %d slots need more than %d forward steps: the count does not fit in 64 bits; give more slots", steps, slots, int64(math.MaxInt64))
}

// check reports why there is no binomial schedule for these arguments.
func check(steps int64, slots int) error {
	if steps < 0 {
		return fmt.Errorf("schedule: %d steps: the number of steps is negative; pass 0 for a loop that does not run", steps)
	}
	if slots < 1 {
		return fmt.Errorf("schedule: %d slots: the start state needs a slot; give at least 1", slots)
	}
	return nil
}

// betaNext returns Beta(s, r) from below = Beta(s, r-1).
func betaNext(below uint64, s, r int64) (value uint64, saturated bool) {
	hi, lo := mulDiv128(below, uint64(s)+uint64(r), uint64(r))
	if hi != 0 {
		return math.MaxUint64, true
	}
	return lo, false
}

// mulDiv returns a*b/c for a result that fits in 64 bits.
func mulDiv(a, b, c uint64) uint64 {
	if a|b < 1<<32 {
		return a * b / c
	}
	hi, lo := bits.Mul64(a, b)
	q, _ := bits.Div64(hi, lo, c)
	return q
}

// mulDiv128 returns a*b/c as a 128-bit value.
func mulDiv128(a, b, c uint64) (hi, lo uint64) {
	hi, lo = bits.Mul64(a, b)
	q, rem := hi/c, hi%c
	lo, _ = bits.Div64(rem, lo, c)
	return q, lo
}
