package compile

import (
	"fmt"
	"go/types"
	"path/filepath"
	"slices"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/tangent"
)

// decidingDuals refuses tangents by hand that ask for the value of a tangent, as if it is zero.
// As tangents they may be right, but what they do is not linear in it, as far as made code can
// see: the derivative by a tangent that is zero would be lost.
func decidingDuals(funcs []*ir.Func, again *tangent.Again) (diags diag.List) {
	used := map[*ir.Func]bool{}
	for _, f := range again.Prog.Funcs {
		used[f] = true
	}
	asked := map[*ir.Func]ir.Stmt{}
	for _, f := range funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			c, ok := s.(*ir.Call)
			if !ok || c.Fn == nil || !used[c.Fn.Dual] || c.Fn.Dual.Rule != nil {
				return
			}
			at, known := asked[c.Fn.Dual]
			if !known {
				at = decides(again.Prog, c.Fn)
				asked[c.Fn.Dual] = at
			}
			if at != nil {
				pos := again.Prog.Fset.Position(at.Pos())
				diags.Add(again.Prog.Fset, s.Pos(), "second derivative of a call of "+c.Fn.Rule.Of.Name(),
					fmt.Sprintf("its tangent by hand decides at %s:%d by the value of a tangent", filepath.Base(pos.Filename), pos.Line),
					"work with zeros as with other numbers there, or write a rule with an adjoint for the tangent")
			}
		})
	}
	return diags
}

// decides returns a statement in the tangent of f, or in what that calls, that makes something
// other than floats of a value that depends on the tangents of the arguments; nil if there is none.
func decides(prog *ir.Program, f *ir.Func) (at ir.Stmt) {
	var duals []*ir.Var
	inputs := f.Dual.Inputs()
	for i, n := 0, 0; i < len(f.Rule.In); i, n = i+1, n+1 {
		if f.Rule.In[i] {
			n++
			duals = append(duals, inputs[n])
		}
	}
	sub := &ir.Program{Fset: prog.Fset, Pkg: prog.Pkg, Tables: prog.Tables, Revealed: prog.Revealed, Funcs: ir.CalleesFirst(f.Dual)}
	act := plainFacts(sub, request{f.Dual, whole(duals), nil}).Act
	for _, g := range sub.Funcs {
		if g.Rule != nil {
			continue
		}
		ir.WalkStmts(g.Body, func(s ir.Stmt) {
			reads, places := ir.Exprs(s)
			for _, e := range append(reads, places...) {
				ir.WalkExpr(e, func(e ir.Expr) bool {
					if at == nil && discrete(e) && act.Varies(e) {
						at = s
					}
					return true
				})
			}
			if c, ok := s.(*ir.Call); ok && at == nil && gives(c) && slices.ContainsFunc(c.Args, act.Varies) {
				at = s
			}
		})
	}
	return at
}

// gives reports whether c is a call of a function that is called as it is, for a result.
func gives(c *ir.Call) bool {
	return (c.Fn == nil || c.Fn.Passive) && slices.ContainsFunc(c.L, func(l ir.Expr) bool { return l != nil })
}

// discrete reports whether e makes an integer or a truth value of floats.
func discrete(e ir.Expr) bool {
	if b, ok := e.Type().Underlying().(*types.Basic); !ok || b.Info()&(types.IsBoolean|types.IsInteger) == 0 {
		return false
	}
	switch e := e.(type) {
	case *ir.Binary:
		switch t := e.X.Type(); t.Underlying().(type) {
		case *types.Basic, *types.Struct, *types.Array:
			return ir.HasFloat(t)
		}
	case *ir.Convert:
		return ir.IsFloat(e.X.Type())
	case *ir.Math:
		for _, a := range e.Args {
			if ir.IsFloat(a.Type()) {
				return true
			}
		}
	}
	return false
}
