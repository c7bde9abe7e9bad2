package ad

import (
	"fmt"
	"sync"
)

// Stack holds the intermediates that the forward sweep records and the reverse sweep
// takes back, last in first out. Floats, integers, booleans and everything else lie in
// areas of their own: generated code takes back what it recorded with the pop that
// belongs to the push, so the areas stay in step. A pop without its push panics.
type Stack struct {
	floats []float64
	ints   []int64
	bools  []bool
	rest   arena
	peak   Mark // high-water mark of each area
}

// Mark is a height of a [Stack].
type Mark struct {
	floats, ints, bools int
	rest                extent
}

func (m Mark) bytes() int64 {
	return 8*int64(m.floats) + 8*int64(m.ints) + int64(m.bools) + m.rest.bytes()
}

var stacks = sync.Pool{New: func() any { return new(Stack) }}

// NewStack returns an empty stack out of a pool. Its memory is that of earlier stacks,
// so that a gradient computed again allocates nothing.
func NewStack() *Stack { return stacks.Get().(*Stack) }

// Release gives the stack back to the pool. The caller must not use it again. It
// panics if the stack is not empty: the reverse sweep has not undone the forward sweep,
// which is an error in the generated code.
func (s *Stack) Release() {
	if m := s.Mark(); m != (Mark{}) {
		panic(fmt.Sprintf("ad: a stack is released with %d floats, %d integers, %d booleans and %d other bytes on it: "+
			"the reverse sweep does not match the forward sweep, please report the generated function", m.floats, m.ints, m.bools, m.rest.bytes()))
	}
	s.rest.forget(s.peak.rest)
	s.peak = Mark{}
	stacks.Put(s)
}

// PushFloat records x.
func (s *Stack) PushFloat(x float64) { s.floats = append(s.floats, x) }

// PopFloat takes back the float recorded last.
func (s *Stack) PopFloat() float64 {
	n := len(s.floats)
	if n > s.peak.floats {
		s.peak.floats = n
	}
	x := s.floats[n-1]
	s.floats = s.floats[:n-1]
	return x
}

// PushInt records x.
func (s *Stack) PushInt(x int64) { s.ints = append(s.ints, x) }

// PopInt takes back the integer recorded last.
func (s *Stack) PopInt() int64 {
	n := len(s.ints)
	if n > s.peak.ints {
		s.peak.ints = n
	}
	x := s.ints[n-1]
	s.ints = s.ints[:n-1]
	return x
}

// PushBool records a control decision.
func (s *Stack) PushBool(b bool) { s.bools = append(s.bools, b) }

// PopBool takes back the control decision recorded last.
func (s *Stack) PopBool() bool {
	n := len(s.bools)
	if n > s.peak.bools {
		s.peak.bools = n
	}
	b := s.bools[n-1]
	s.bools = s.bools[:n-1]
	return b
}

// Mark returns the height of the stack, for [Stack.Reset].
func (s *Stack) Mark() Mark {
	return Mark{len(s.floats), len(s.ints), len(s.bools), s.rest.extent()}
}

// Reset drops everything pushed since the mark was taken. It panics if the stack is
// lower than the mark.
func (s *Stack) Reset(m Mark) {
	now := s.Mark()
	if m.floats > now.floats || m.ints > now.ints || m.bools > now.bools || m.rest.max(now.rest) != now.rest {
		panic("ad: the stack is reset to a mark above its height: the values since then were popped already")
	}
	s.peak = s.high()
	s.floats, s.ints, s.bools = s.floats[:m.floats], s.ints[:m.ints], s.bools[:m.bools]
	s.rest.truncate(m.rest)
}

// Bytes returns the size of what is on the stack now.
func (s *Stack) Bytes() int64 { return s.Mark().bytes() }

// PeakBytes returns the largest size since [NewStack]: the sum of the high-water marks
// of the areas. Where the areas were not at their highest at the same time this is
// more than the stack held at any one time.
func (s *Stack) PeakBytes() int64 { return s.high().bytes() }

// high returns the high-water marks with the present height taken into account.
func (s *Stack) high() Mark {
	m := s.Mark()
	return Mark{
		max(m.floats, s.peak.floats), max(m.ints, s.peak.ints), max(m.bools, s.peak.bools),
		m.rest.max(s.peak.rest),
	}
}
