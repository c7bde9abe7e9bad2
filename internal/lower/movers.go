package lower

import (
	"go/ast"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// movers are functions of the standard library that overwrite what their arguments lead
// to. Called as they are they would overwrite what the reverse sweep reads, and so they are
// taken from their source, of values without floats too. Those that take functions are
// anyway; for sorts see sorters.
var movers = map[string]bool{
	"slices.Insert": true, "slices.Replace": true, "slices.Delete": true, "slices.Compact": true,
	"maps.Copy":           true,
	"container/heap.Init": true, "container/heap.Push": true, "container/heap.Pop": true,
	"container/heap.Remove": true, "container/heap.Fix": true,
}

// movesPlain reports whether c, called at e, is a mover of numbers, bools, strings and
// what is made of them, or of a heap whose type is known.
func (b *builder) movesPlain(e ast.Node, c *callee) bool {
	if !movers[c.origin.FullName()] {
		return false
	}
	if ofHeap(c.origin) {
		call, ok := e.(*ast.CallExpr)
		return ok && len(call.Args) > 0 && !isInterface(b.concrete(call.Args[0]))
	}
	for p := range c.fn.Signature().Params().Variables() {
		switch t := p.Type().Underlying().(type) {
		case *types.Slice:
			if ir.HasRef(t.Elem()) {
				return false
			}
		case *types.Map:
			if ir.HasRef(t.Elem()) {
				return false
			}
		}
	}
	return true
}

// ofHeap reports whether f is a function of container/heap: through the interface that it
// takes it changes the heap, and so it stands in the place of its calls.
func ofHeap(f *types.Func) bool { return f.Pkg() != nil && f.Pkg().Path() == "container/heap" }
