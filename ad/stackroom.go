package ad

// Several floats that lie side by side on the stack are recorded and taken back at once: made
// code writes to the memory itself, without a check for each. On the stack they are as if each
// had been pushed by itself, the first one first.

// Room records n floats, whose values the caller has yet to write, and returns where: it has
// to write all of them before it pushes or pops anything else. n is from 1 to 512.
func (s *Stack) Room(n uint) []float64 {
	s.fn += n
	if s.fn > s.froom {
		s.roomAbove(n)
	}
	return s.f[s.fn-n : s.fn]
}

// roomAbove is Room in the next chunk, so that they are side by side.
//
//go:noinline
func (s *Stack) roomAbove(n uint) {
	if n > firstChunk {
		panic("ad: room for more floats at once than a chunk of the stack has, please report the generated function")
	}
	s.fn -= n
	s.upFloats()
	s.fn = n
}

// Take takes back the n floats recorded last, in the order in which they were recorded. They
// are good until the stack is used again. n is from 1 to 512.
func (s *Stack) Take(n uint) []float64 {
	s.fn -= n
	if s.fn >= s.ftake {
		s.takeHigh(n)
	}
	return s.f[s.fn:][:n]
}

// takeHigh is Take where the high-water mark is to be noted, or the floats lie in more than one
// chunk, since they were pushed one by one. It leaves the height where they begin, in the lower
// chunk with what was in the upper one.
//
//go:noinline
func (s *Stack) takeHigh(n uint) {
	s.fn += n
	if s.fn == 0 || s.fn > s.fhi {
		s.downFloats()
	}
	if s.fn < n {
		upper := s.f[:s.fn]
		n -= s.fn
		s.fn = 0
		s.downFloats()
		copy(s.f[s.fn:cap(s.f)], upper)
	}
	s.fn -= n
}

// takesAll is how high a stack may be after a Take for which no high-water mark has to be looked at.
func takesAll(high uint) uint { return high - min(high, firstChunk) }
