package ad

// A loop that records a float in each of its iterations has a row on the stack: made code asks once
// for the memory of all iterations and reaches it with the counter of the loop. On the stack the
// floats are as if each had been pushed by itself, the first one first.

// Row records n floats, whose values the caller has yet to write, and returns where: it has
// to write all of them before it pushes or pops anything else. There are none if n <= 0.
func (s *Stack) Row(n int) []float64 {
	if n <= 0 {
		return nil
	}
	if uint(n) > uint(len(s.f))-s.fn {
		s.setFloats(s.floats.upFor(s.fn, n))
	}
	from := s.fn
	s.fn += uint(n)
	return s.f[from:s.fn:s.fn]
}

// TakeRow takes back the n floats recorded last, in the order in which they were recorded. They
// are good until the stack is used again. There are none if n <= 0. Nothing is allocated if
// [Stack.Row] recorded them.
func (s *Stack) TakeRow(n int) []float64 {
	if n <= 0 {
		return nil
	}
	if s.fn == 0 || s.fn > s.fhi {
		s.downFloats()
	}
	if uint(n) <= s.fn {
		s.fn -= uint(n)
		return s.f[s.fn:][:n]
	}
	row := make([]float64, n) // they were pushed one by one, and lie in several chunks
	for i := n - 1; i >= 0; i-- {
		row[i] = s.PopFloat()
	}
	return row
}
