package schedule

import (
	"math"
	"math/bits"
)

// maxReads bounds how many times a period may read its first state.
const maxReads = 4096

// diskPeriod returns the number of steps between two states on disk with the least cost per
// step, and how many times each is read, at most most times. See [OnlineTwoLevel].
func diskPeriod(ram int, costs *Costs, most int64) (period, reads int64) {
	c := int64(ram)
	period = math.MaxInt64 // the disk is too dear for any number of steps
	reads = 1
	var least uint64
	for k := int64(1); k <= most; k++ {
		fixed := addUp(costs.Write[1], timesUp(k, costs.Read[1]))
		t := smallest(func(t int64) bool {
			return timesUp(costs.Forward, between(c+2, t, k)) >= fixed
		})
		if t < k-1 {
			break // stretches without a step
		}
		steps := between(c+1, t, k)
		cost := addUp(fixed, timesUp(costs.Forward, addUp(steps, stretchAdvances(steps, k, c))))
		if cost == math.MaxInt64 {
			continue
		}
		if period == math.MaxInt64 || lessRatio(uint64(cost), uint64(steps), least, uint64(period)) {
			period, reads, least = steps, k, uint64(cost)
		}
	}
	return period, reads
}

// between returns Beta(s, t) - Beta(s, t-k), or math.MaxInt64 where it does not fit.
func between(s, t, k int64) int64 {
	b, saturated := Beta(s, t)
	if saturated || b > math.MaxInt64 {
		return math.MaxInt64
	}
	below, _ := Beta(s, t-k)
	return int64(b - below)
}

// stretchAdvances returns the least number of steps without recording that reverses m
// steps from a state on disk that is read k times, in k stretches with c slots of memory,
// in addition to the forward sweep. It is math.MaxInt64 where it does not fit.
func stretchAdvances(m, k, c int64) int64 {
	t := smallest(func(t int64) bool { return between(c+1, t, k) >= m })
	all := timesUp(t, m)
	if all == math.MaxInt64 {
		return all
	}
	return all - between(c+2, t-1, k)
}

// lastStretch returns the number of steps of the last of k stretches of m steps in all.
func lastStretch(m, k, c int64) int64 {
	if k <= 1 {
		return m
	}
	t := smallest(func(t int64) bool { return between(c+1, t, k) >= m })
	least, _ := Beta(c, t-1)
	return max(int64(least), m-between(c+1, t-1, k-1))
}

// smallest returns the smallest t >= 0 with ok, which holds for all greater ones.
func smallest(ok func(t int64) bool) int64 {
	if ok(0) {
		return 0
	}
	low, high := int64(0), int64(1)
	for !ok(high) {
		low, high = high, 2*high
	}
	for high-low > 1 {
		if mid := low + (high-low)/2; ok(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}

// lessRatio reports whether a/b < c/d.
func lessRatio(a, b, c, d uint64) bool {
	hi, lo := bits.Mul64(a, d)
	hi2, lo2 := bits.Mul64(c, b)
	return hi < hi2 || hi == hi2 && lo < lo2
}

// addUp returns a+b for numbers that are not negative, and math.MaxInt64 where it does not fit.
func addUp(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// timesUp returns a*b for numbers that are not negative, and math.MaxInt64 where it does
// not fit.
func timesUp(a, b int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi != 0 || lo > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(lo)
}

// ceilDiv returns a/b rounded up, for a >= 0 and b > 0.
func ceilDiv(a, b int64) int64 {
	if a == 0 {
		return 0
	}
	return (a-1)/b + 1
}
