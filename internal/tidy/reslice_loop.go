package tidy

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// counted is a loop whose counter takes the values from first to end - 1, up
// or down, and that nothing leaves early.
type counted struct {
	loop  *ir.For
	i     *ir.Var
	down  bool
	first ir.Expr // the least index
	from  *int    // its number, if it has one
	end   ir.Expr // behind the largest index

	outer  bool             // there is a loop in it
	set    map[*ir.Var]bool // variables that the loop sets
	memory bool             // the loop writes floats to memory and nothing else
}

// counted reads the head of a loop; nil if the loop is another one.
func (r *reslicer) counted(s *ir.For) *counted {
	if s.Init == nil || s.Post == nil || s.Cond == nil || s.Stop != nil || s.Checkpoint != nil || !s.Init.Define || len(s.Init.L) != 1 || len(s.Post.L) != 1 {
		return nil
	}
	i := s.Init.L[0].(*ir.Ref).V
	step, ok := s.Post.R[0].(*ir.Binary)
	cond, isComparison := s.Cond.(*ir.Binary)
	if !ok || !isComparison || !isInt(i.Type) || !isVar(s.Post.L[0], i) || !isVar(step.X, i) || !ir.IsConst(step.Y, 1) || !isVar(cond.X, i) {
		return nil
	}
	c := &counted{loop: s, i: i}
	switch {
	case step.Op == token.ADD && cond.Op == token.LSS:
		c.first, c.end = s.Init.R[0], cond.Y
	case step.Op == token.SUB && cond.Op == token.GEQ:
		c.down, c.first, c.end = true, cond.Y, sumOf(s.Init.R[0], ir.Int(1))
	default:
		return nil
	}
	if n, ok := number(c.first); ok {
		if n < 0 {
			return nil
		}
		c.from = &n
	} else if c.down { // the compiler of Go does not follow such an index
		return nil
	}
	if end, ok := number(c.end); ok && end <= *orZero(c.from) { // it never runs, and Go refuses x[:-1]
		return nil
	}
	if !r.survey(c) || c.set[i] || !r.stable(c, c.first) || !r.stable(c, c.end) {
		return nil
	}
	return c
}

// survey notes what the loop writes. It reports false if control may leave the loop, or one in it,
// or if it does more than numbers need.
func (r *reslicer) survey(c *counted) bool {
	c.set, c.memory = map[*ir.Var]bool{}, true
	fine := true
	ir.WalkStmts(c.loop.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Assign, *ir.Decl, *ir.If, *ir.Comment, *ir.Block:
		case *ir.For:
			c.outer = true
			fine = fine && s.Spawn == nil && s.Checkpoint == nil && s.Stop == nil
		case *ir.Call:
			fine = fine && r.scalarCall(s)
			c.memory = c.memory && s.Ext == nil
		default:
			fine = false
		}
		for _, v := range ir.Defined(s) {
			c.set[v] = true
		}
		_, places := ir.Exprs(s)
		for _, p := range places {
			if v, ok := p.(*ir.Ref); ok {
				c.set[v.V] = true
				continue
			}
			if v := ir.Held(p); v != nil {
				c.set[v] = true // a part of a variable
			}
			c.memory = c.memory && ir.IsFloat(p.Type())
		}
	})
	return fine
}

// scalarCall reports whether a call takes numbers, pointers to floats and the stack only,
// so that no slice and no integer of this function is changed by it.
func (r *reslicer) scalarCall(s *ir.Call) bool {
	if s.On != nil && !isStack(s.On.Type) || r.closures[s.Name] {
		return false
	}
	for _, a := range s.Args {
		t := a.Type().Underlying()
		if p, ok := t.(*types.Pointer); ok && ir.IsFloat(p.Elem()) {
			continue
		}
		if _, ok := t.(*types.Basic); !ok && !isStack(a.Type()) {
			return false
		}
	}
	return true
}

func isStack(t types.Type) bool {
	p, ok := t.(*types.Pointer)
	if !ok {
		return false
	}
	n, ok := p.Elem().(*types.Named)
	return ok && n.Obj().Name() == "Stack" && n.Obj().Pkg() != nil && strings.HasSuffix(n.Obj().Pkg().Path(), "/ad")
}

// stable reports whether e has one value all through the loop.
func (r *reslicer) stable(c *counted, e ir.Expr) bool {
	fine := true
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Ref:
			fine = fine && e.V != c.i && !c.set[e.V] && (c.memory || !r.addressed[e.V])
		case *ir.Index, *ir.Deref, *ir.Global:
			fine = fine && c.memory
		case *ir.Const, *ir.Binary, *ir.Unary, *ir.Field, *ir.Len, *ir.Convert:
		case *ir.Math:
			fine = fine && (e.Fn == "min" || e.Fn == "max")
		default:
			fine = false
		}
		return fine
	})
	return fine
}

// singleValues returns, of the variables that get a value at one place only, that value.
func singleValues(f *ir.Func) map[*ir.Var]ir.Expr {
	out := map[*ir.Var]ir.Expr{}
	spoilt := map[*ir.Var]bool{}
	for _, v := range append(f.Inputs(), f.Results...) {
		spoilt[v] = true
	}
	set := func(v *ir.Var, x ir.Expr) {
		if _, twice := out[v]; twice || x == nil {
			spoilt[v] = true
		}
		out[v] = x
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if d, ok := s.(*ir.Decl); ok {
			set(d.V, nil)
		}
		a, isAssign := s.(*ir.Assign)
		_, places := ir.Exprs(s)
		for i, p := range places {
			v := ir.Held(p)
			switch {
			case v == nil:
			case isAssign && len(places) == len(a.L) && isVar(p, v):
				set(v, a.R[i])
			default:
				set(v, nil)
			}
		}
	})
	for v := range ir.Addressed(f) {
		spoilt[v] = true
	}
	for v := range spoilt {
		delete(out, v)
	}
	return out
}

func isInt(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Kind() == types.Int
}

// number is the value of an int constant.
func number(e ir.Expr) (int, bool) {
	c, ok := e.(*ir.Const)
	if !ok || c.Val == nil || !isInt(c.Typ) {
		return 0, false
	}
	n, exact := constant.Int64Val(constant.ToInt(c.Val))
	return int(n), exact
}
