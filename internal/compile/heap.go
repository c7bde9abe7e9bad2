package compile

import (
	"github.com/cairn-ad/cairn/internal/transform/adjoint"
	"github.com/cairn-ad/cairn/internal/transform/heap"
)

// ownMemory gives variables memory that both sweeps find, where their addresses are kept, and returns
// the facts about the program then.
func ownMemory(facts adjoint.Facts, req *adjoint.Request, analyzed func() adjoint.Facts) adjoint.Facts {
	if kept := adjoint.KeptPointers(facts, []*adjoint.Request{req}); len(kept) > 0 && heap.Use(facts.Prog, kept) {
		return analyzed()
	}
	return facts
}
