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
	// For each area the chunk in use, the values in it and their high-water mark.
	f       []float64
	fn, fhi uint
	i       []int64
	in, ihi uint
	b       []bool
	bn, bhi uint
	froom   uint // length of f, for [Stack.Room] to be inlined
	ftake   uint // see takesAll

	floats area[float64]
	ints   area[int64]
	bools  area[bool]
	rest   arena
	high   extent // high-water mark of rest
	work   workspace

	layouts recentLayouts

	forks  []*Stack   // of the blocks of teams
	forked []forkMark // runs of teams that are to be reversed, latest last
}

// Mark is a height of a [Stack].
type Mark struct {
	floats, ints, bools int
	rest                extent
	forked              int // entries of forked
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
	if tapeObservers.list.Load() != nil {
		tapeObservers.notify(s.TapeStats())
	}
	s.forget()
	stacks.Put(s)
}

// forget prepares the empty stack for another use.
func (s *Stack) forget() {
	s.rest.forget(s.high)
	s.high = extent{}
	s.floats.peak, s.ints.peak, s.bools.peak = 0, 0, 0
	s.fhi, s.ihi, s.bhi, s.ftake = 0, 0, 0, 0
	s.work.forget()
	for _, f := range s.forks {
		f.forget()
	}
}

// PushFloat records x.
func (s *Stack) PushFloat(x float64) {
	if s.fn == uint(len(s.f)) {
		s.upFloats()
	}
	s.f[s.fn] = x
	s.fn++
}

// PopFloat takes back the float recorded last.
func (s *Stack) PopFloat() float64 {
	if s.fn-1 >= s.fhi {
		s.downFloats()
	}
	s.fn--
	return s.f[s.fn]
}

// PushComplex records z.
func (s *Stack) PushComplex(z complex128) {
	s.PushFloat(real(z))
	s.PushFloat(imag(z))
}

// PopComplex takes back the complex number recorded last.
func (s *Stack) PopComplex() complex128 {
	im := s.PopFloat()
	return complex(s.PopFloat(), im)
}

// PushInt records x.
func (s *Stack) PushInt(x int64) {
	if s.in == uint(len(s.i)) {
		s.upInts()
	}
	s.i[s.in] = x
	s.in++
}

// PopInt takes back the integer recorded last.
func (s *Stack) PopInt() int64 {
	if s.in-1 >= s.ihi {
		s.downInts()
	}
	s.in--
	return s.i[s.in]
}

// PushBool records a control decision.
func (s *Stack) PushBool(b bool) {
	if s.bn == uint(len(s.b)) {
		s.upBools()
	}
	s.b[s.bn] = b
	s.bn++
}

// PopBool takes back the control decision recorded last.
func (s *Stack) PopBool() bool {
	if s.bn-1 >= s.bhi {
		s.downBools()
	}
	s.bn--
	return s.b[s.bn]
}

// The slow paths, kept out of the fast ones.

//go:noinline
func (s *Stack) upFloats() { s.setFloats(s.floats.up(s.fn)) }

//go:noinline
func (s *Stack) downFloats() { s.setFloats(s.floats.down(s.fn)) }

//go:noinline
func (s *Stack) upInts() { s.setInts(s.ints.up(s.in)) }

//go:noinline
func (s *Stack) downInts() { s.setInts(s.ints.down(s.in)) }

//go:noinline
func (s *Stack) upBools() { s.setBools(s.bools.up(s.bn)) }

//go:noinline
func (s *Stack) downBools() { s.setBools(s.bools.down(s.bn)) }

func (s *Stack) setFloats(t top[float64]) {
	s.f, s.fn, s.fhi = t.chunk, t.n, t.high
	s.froom, s.ftake = uint(len(t.chunk)), takesAll(t.high)
}

func (s *Stack) setInts(t top[int64]) { s.i, s.in, s.ihi = t.chunk, t.n, t.high }
func (s *Stack) setBools(t top[bool]) { s.b, s.bn, s.bhi = t.chunk, t.n, t.high }

// Mark returns the height of the stack, for [Stack.Reset].
func (s *Stack) Mark() Mark {
	return Mark{s.floats.height(s.fn), s.ints.height(s.in), s.bools.height(s.bn), s.rest.extent(), len(s.forked)}
}

// Reset drops everything pushed since the mark was taken. It panics if the stack is
// lower than the mark.
func (s *Stack) Reset(m Mark) {
	now := s.Mark()
	if m.floats > now.floats || m.ints > now.ints || m.bools > now.bools || m.rest.max(now.rest) != now.rest || m.forked > now.forked {
		panic("ad: the stack is reset to a mark above its height: the values since then were popped already")
	}
	s.setFloats(s.floats.cut(s.fn, m.floats))
	s.setInts(s.ints.cut(s.in, m.ints))
	s.setBools(s.bools.cut(s.bn, m.bools))
	s.high = s.high.max(now.rest)
	s.rest.truncate(m.rest)
	s.unfork(m.forked)
}

// Bytes returns the size of what is on the stack now.
func (s *Stack) Bytes() int64 {
	n := s.Mark().bytes()
	for _, f := range s.forks {
		n += f.Bytes()
	}
	return n
}

// PeakBytes returns the largest size since [NewStack]: the sum of the high-water marks
// of the areas, and those of the stacks of goroutines that it keeps. Where they were not at their
// highest at the same time this is more than the stack held at any one time.
func (s *Stack) PeakBytes() int64 {
	n := Mark{s.floats.high(s.fn), s.ints.high(s.in), s.bools.high(s.bn), s.rest.extent().max(s.high), 0}.bytes()
	for _, f := range s.forks {
		n += f.PeakBytes()
	}
	return n
}
