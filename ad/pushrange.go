package ad

// PushRange records the elements lo … hi-1 of x, which a loop from lo to hi is about
// to overwrite; nothing if lo >= hi.
func PushRange[T any](s *Stack, x []T, lo, hi int) {
	if lo < hi {
		PushSlice(s, x[lo:hi])
	}
}

// PopRange takes back what PushRange recorded.
func PopRange[T any](s *Stack, x []T, lo, hi int) {
	if lo < hi {
		PopSlice(s, x[lo:hi])
	}
}
