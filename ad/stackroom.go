package ad

// Several floats that lie side by side on the stack are recorded and taken back at once: made
// code writes to the memory itself, without a check for each. On the stack they are as if each
// had been pushed by itself, the first one first.

// Room records n floats, whose values the caller has yet to write, and returns where: it has
// to write all of them before it pushes or pops anything else. n is from 1 to 512.
func (s *Stack) Room(n uint) []float64 {
	at := s.fn
	if at+n > uint(len(s.f)) {
		return s.roomAbove(n)
	}
	s.fn += n
	return s.f[at:][:n]
}

// roomAbove is Room in the next chunk, so that they are side by side.
//
//go:noinline
func (s *Stack) roomAbove(n uint) []float64 {
	if n > firstChunk {
		panic("ad: room for more floats at once than a chunk of the stack has, please report the generated function")
	}
	s.upFloats()
	s.fn = n
	return s.f[:n]
}

// Take takes back the n floats recorded last, in the order in which they were recorded. They
// are good until the stack is used again.
func (s *Stack) Take(n uint) []float64 {
	if s.fn > s.fhi || s.fn < n {
		return s.takeAcross(n)
	}
	s.fn -= n
	return s.f[s.fn:][:n]
}

// takeAcross is Take where the high-water mark is to be noted, or the floats lie in more than one
// chunk, since they were pushed one by one.
//
//go:noinline
func (s *Stack) takeAcross(n uint) []float64 {
	if s.fn == 0 || s.fn > s.fhi {
		s.downFloats()
	}
	if s.fn >= n {
		s.fn -= n
		return s.f[s.fn : s.fn+n]
	}
	if uint(len(s.across)) < n {
		s.across = make([]float64, n)
	}
	for i := n; i > 0; i-- {
		s.across[i-1] = s.PopFloat()
	}
	return s.across[:n]
}
