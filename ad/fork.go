package ad

import "fmt"

// A Stack keeps a stack for each block of the loops that a [Team] runs. What blocks of one number
// record lies on one of them, whichever loop they belong to: the reverse sweep comes to
// the loops in the opposite order, and to each block once.

// forkMark is a stack of a block as it was when the block began its forward sweep.
type forkMark struct {
	block int
	mark  Mark
	given int // slices of its workspace
}

// fork notes where the stacks of so many blocks are, before they record.
func (s *Stack) fork(blocks int) {
	for len(s.forks) < blocks {
		s.forks = append(s.forks, new(Stack))
	}
	for k, f := range s.forks[:blocks] {
		s.forked = append(s.forked, forkMark{k, f.Mark(), len(f.work.given)})
	}
}

// join ends what fork began, when the blocks have taken back all that they recorded.
func (s *Stack) join(blocks int) {
	n := len(s.forked) - blocks
	for _, m := range s.forked[n:] {
		f := s.forks[m.block]
		if f.Mark() != m.mark {
			panic(fmt.Sprintf("ad: block %d of a loop over goroutines has not taken back what it recorded: "+
				"the reverse sweep does not match the forward sweep, please report the generated function", m.block))
		}
		f.work.cut(m.given)
	}
	s.forked = s.forked[:n]
}

// unfork drops what blocks have recorded since forked had n entries.
func (s *Stack) unfork(n int) {
	for i := len(s.forked) - 1; i >= n; i-- {
		m := s.forked[i]
		s.forks[m.block].Reset(m.mark)
	}
	s.forked = s.forked[:n]
}
