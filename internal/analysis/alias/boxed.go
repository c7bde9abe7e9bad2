package alias

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Boxed returns what the references lead to that the program puts into interfaces anywhere.
// It is not to be changed.
func (in *Info) Boxed() Set {
	if in.boxed != nil {
		return in.boxed
	}
	in.boxed = Set{}
	for _, f := range in.prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			reads, places := ir.Exprs(s)
			for _, e := range append(reads, places...) {
				ir.WalkExpr(e, func(e ir.Expr) bool {
					if c, ok := e.(*ir.Convert); ok && types.IsInterface(c.Typ) {
						for _, to := range in.Refs(c.X) {
							in.boxed.Add(to)
						}
					}
					return true
				})
			}
		})
	}
	return in.boxed
}
