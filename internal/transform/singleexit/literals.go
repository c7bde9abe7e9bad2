package singleexit

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// plainLiterals gives every literal in s that makes memory with computed floats in
// it a variable of its own, v := []float64{…} or v := &T{…}: the reverse sweep
// then knows where the adjoints of its elements are.
func (r *rewriter) plainLiterals(s *ir.Assign) ([]ir.Stmt, *ir.Assign) {
	var before []ir.Stmt
	c := &ir.Assign{At: s.At, L: s.L, R: make([]ir.Expr, len(s.R)), Define: s.Define, Guard: s.Guard}
	for i, x := range s.R {
		if s.Define && len(s.R) == 1 && makesMemory(x) {
			c.R[i] = r.insideLiteral(x, &before)
		} else {
			c.R[i] = r.named(x, &before)
		}
	}
	if len(before) == 0 {
		return nil, s
	}
	return before, c
}

func (r *rewriter) namedList(es []ir.Expr, before *[]ir.Stmt) []ir.Expr {
	out := make([]ir.Expr, len(es))
	for i, e := range es {
		out[i] = r.named(e, before)
	}
	return out
}

// named returns e with its memory-making literals replaced by variables.
func (r *rewriter) named(e ir.Expr, before *[]ir.Stmt) ir.Expr {
	return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		if !makesMemory(e) {
			return nil
		}
		x := r.insideLiteral(e, before)
		v := r.temp(e.Type())
		*before = append(*before, ir.Define(v, x))
		return &ir.Ref{V: v}
	})
}

// insideLiteral names the literals inside one.
func (r *rewriter) insideLiteral(e ir.Expr, before *[]ir.Stmt) ir.Expr {
	if a, ok := e.(*ir.Addr); ok {
		return &ir.Addr{X: r.insideLiteral(a.X, before)}
	}
	c := e.(*ir.Composite)
	return &ir.Composite{Typ: c.Typ, Elems: r.namedList(c.Elems, before)}
}

// makesMemory reports whether e is a literal that allocates and holds a float
// that is not a constant.
func makesMemory(e ir.Expr) bool {
	if a, ok := e.(*ir.Addr); ok {
		c, ok := a.X.(*ir.Composite)
		return ok && computed(c)
	}
	c, ok := e.(*ir.Composite)
	if !ok {
		return false
	}
	_, slice := c.Typ.Underlying().(*types.Slice)
	return slice && computed(c)
}

func computed(c *ir.Composite) bool {
	for _, x := range c.Elems {
		if x == nil || !ir.HasFloat(x.Type()) {
			continue
		}
		switch x := x.(type) {
		case *ir.Const:
		case *ir.Composite:
			if computed(x) {
				return true
			}
		default:
			return true
		}
	}
	return false
}
