package ad

import "math"

// TripCount returns the number of iterations of
//
//	for i := lo; i < hi; i += step {}   // step > 0
//	for i := lo; i > hi; i += step {}   // step < 0
//
// computed without overflow; a count beyond math.MaxInt is returned as math.MaxInt.
// It panics if step is 0, where the loop has no count.
func TripCount(lo, hi, step int) int {
	var distance, stride uint
	switch {
	case step > 0 && lo < hi:
		distance, stride = uint(hi)-uint(lo), uint(step)
	case step < 0 && lo > hi:
		distance, stride = uint(lo)-uint(hi), -uint(step)
	case step == 0:
		panic("ad: the step of a counted loop is 0: it would never end")
	default:
		return 0
	}
	return int(min((distance-1)/stride+1, math.MaxInt))
}

// TripCountUint is [TripCount] for an unsigned index, whose bounds may lie beyond
// math.MaxInt.
func TripCountUint(lo, hi uint64, step int) int {
	const middle = 1 << 63 // both bounds move by as much
	return TripCount(int(lo-middle), int(hi-middle), step)
}
