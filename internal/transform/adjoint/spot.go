package adjoint

import "github.com/cairn-ad/cairn/internal/ir"

// frame is a statement of a block.
type frame struct {
	in   *ir.Block
	i    int     // its index there
	loop *ir.For // the loop whose body the block is, or nil
}

// spot is where a statement stands: it and the statements around it, the outermost first.
type spot []frame

// walkSpots calls visit for each statement of b, which is the body of the loop if that is not
// nil, with its spot: outer before inner statements, in their order.
func walkSpots(b *ir.Block, loop *ir.For, outer spot, visit func(ir.Stmt, spot)) {
	for i, s := range b.Stmts {
		at := append(outer[:len(outer):len(outer)], frame{b, i, loop})
		visit(s, at)
		l, _ := s.(*ir.For)
		for _, inner := range ir.Blocks(s) {
			walkSpots(inner, l, at, visit)
		}
	}
}

// in returns the index in b of the statement that the spot is in; -1 if it is not in b.
func (at spot) in(b *ir.Block) int {
	for _, fr := range at {
		if fr.in == b {
			return fr.i
		}
	}
	return -1
}

// inside reports whether the statement is inside the one at the other spot.
func (at spot) inside(other spot) bool {
	n := len(other)
	return len(at) > n && at[n-1].in == other[n-1].in && at[n-1].i == other[n-1].i
}

// checkpointed reports whether the statement is inside a checkpointed loop: one that runs iterations
// again, or would under another schedule, with which its gradient agrees in all bits.
func (at spot) checkpointed() bool {
	for _, fr := range at {
		if fr.loop != nil && fr.loop.Checkpoint != nil {
			return true
		}
	}
	return false
}
