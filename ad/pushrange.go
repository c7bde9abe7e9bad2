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

// PushRows records n ranges of x, which two nested loops are about to overwrite: the
// elements lo … hi-1 and those that follow them at distances of stride, 2*stride … It
// records nothing if lo >= hi or n <= 0. The ranges may overlap.
func PushRows[T any](s *Stack, x []T, lo, hi, stride, n int) {
	if lo >= hi {
		return
	}
	for ; n > 0; n-- {
		PushSlice(s, x[lo:hi])
		lo, hi = lo+stride, hi+stride
	}
}

// PopRows takes back what PushRows recorded.
func PopRows[T any](s *Stack, x []T, lo, hi, stride, n int) {
	if lo >= hi || n <= 0 {
		return
	}
	if f, ok := words(s, x); ok {
		k := len(f) / len(x)
		s.popRows(f, k*lo, k*hi, k*stride, n)
		return
	}
	for i := n - 1; i >= 0; i-- {
		PopSlice(s, x[lo+i*stride:hi+i*stride])
	}
}

// popRows takes the rows in the order in which they lie in memory if they are in one
// chunk: processors fetch ahead upwards.
func (s *Stack) popRows(x []float64, lo, hi, stride, n int) {
	size := uint(n) * uint(hi-lo)
	if s.fn-1 >= s.fhi {
		s.downFloats()
	}
	if size > s.fn {
		for i := n - 1; i >= 0; i-- {
			s.popFloats(x[lo+i*stride : hi+i*stride])
		}
		return
	}
	s.fn -= size
	from := s.f[s.fn : s.fn+size]
	for ; n > 0; n-- {
		from = from[copy(x[lo:hi], from):]
		lo, hi = lo+stride, hi+stride
	}
}
