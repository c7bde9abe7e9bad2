package lower

import (
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// settle decides, once obj has been lowered, whether it is a function of the
// program.
func (l *lowerer) settle(obj *types.Func, r *lowered) {
	if l.fails(r) {
		l.expel(obj, r)
	} else {
		l.order = append(l.order, r)
	}
}

// fails reports whether r is to be called as it is.
func (l *lowerer) fails(r *lowered) bool {
	return len(r.diags) > 0 && !l.roots[r.fn.Obj] && !touchesFloats(r.fn.Obj.Signature())
}

// expel makes r a function outside the program. Functions that it calls and that
// call it back took it for one inside: their calls become calls of a function
// outside, which may be more than they themselves can have.
func (l *lowerer) expel(obj *types.Func, r *lowered) {
	r.outside = true
	for _, caller := range slices.Clone(l.order) {
		if caller.outside || caller.calls[r.fn] == nil {
			continue
		}
		delete(caller.calls, r.fn)
		caller.exts = append(caller.exts, l.origin(obj))
		ir.WalkStmts(caller.fn.Body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok && c.Fn == r.fn {
				c.Fn, c.Ext, c.Mode = nil, obj, ir.DefaultMode
				l.named(&caller.diags, c.Pos(), obj, "function")
				l.namedType(&caller.diags, c.Pos(), obj.Signature())
			}
		})
		if l.fails(caller) {
			l.order = slices.DeleteFunc(l.order, func(o *lowered) bool { return o == caller })
			l.expel(caller.fn.Obj, caller)
		}
	}
}
