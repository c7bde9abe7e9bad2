package adjoint

import (
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// checkBoxed refuses writes to the memory that a value taken out of an interface leads to:
// what the reverse sweep restores there it could not put back for the caller, for whom no
// argument leads to it.
func (t *transform) checkBoxed() {
	boxed := alias.Set{}
	for _, f := range t.prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok && (c.Name == "ad.As" || c.Name == "ad.Try") && ir.HasRef(c.L[0].Type()) {
				boxed.Add(t.mem.Own(c))
			}
		})
	}
	if len(boxed) == 0 {
		return
	}
	for _, f := range t.prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			switch s.(type) {
			case *ir.Assign, *ir.Copy:
				if t.mem.OverlapAny(t.eff.Writes(s), boxed) {
					t.fail(s, "write to memory that a value in an interface leads to", "the reverse sweep could not give it back to the caller as the function leaves it",
						"pass the memory as a parameter of its own type")
				}
			}
		})
	}
}
