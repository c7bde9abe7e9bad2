package effects

import (
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// Room returns the memory with floats that the functions may write to behind the length
// of a slice, as append does: that of the slices whose capacity they ask for.
func (in *Info) Room(funcs []*ir.Func) alias.Set {
	out := alias.Set{}
	for _, f := range funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			reads, places := ir.Exprs(s)
			for _, e := range append(reads, places...) {
				ir.WalkExpr(e, func(e ir.Expr) bool {
					if c, ok := e.(*ir.Cap); ok && ir.HasFloat(c.X.Type()) {
						out.Add(in.mem.PointsTo(c.X))
					}
					return true
				})
			}
		})
	}
	return out
}
