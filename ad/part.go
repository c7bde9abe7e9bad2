package ad

// Part returns the elements of x with indices from lo to hi, both included, as far as there
// are any.
func Part[S ~[]E, E any](x S, lo, hi int) S {
	lo, hi = max(lo, 0), min(hi, len(x)-1)
	if lo > hi {
		return x[:0]
	}
	return x[lo : hi+1]
}
