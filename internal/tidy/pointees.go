package tidy

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// The adjoint of a number that a function gets by value is behind a pointer. The primal read the number when it
// was called, so nothing in the reverse sweep reads the adjoint before its end, under any name, and what several
// statements add to it may come to it there. In between the compiler of Go would load and store it each
// time, since it takes all pointers for the same.

// pointees sums such adjoints up in variables, in a function without loops: those under a directive have the
// same bits under all schedules, and gathering leaves them alone.
func (g *gatherer) pointees() {
	straight := true
	adds := map[*ir.Var][]*ir.Assign{}
	spoilt := map[*ir.Var]bool{}
	spoil := func(e ir.Expr) {
		ir.WalkExpr(e, func(e ir.Expr) bool {
			if r, ok := e.(*ir.Ref); ok {
				spoilt[r.V] = true
			}
			return true
		})
	}
	ir.WalkStmts(g.fn.Body, func(s ir.Stmt) {
		switch s.(type) {
		case *ir.For, *ir.Return, *ir.Closure, *ir.Yield:
			straight = false
		}
		if as, e := increased(s); as != nil {
			if v := numberBehind(as.L[0]); v != nil {
				adds[v] = append(adds[v], as)
				spoil(e)
				return
			}
		}
		if c, ok := s.(*ir.Call); ok && c.On != nil {
			spoilt[c.On] = true
		}
		reads, places := ir.Exprs(s)
		for _, list := range [][]ir.Expr{reads, places} {
			for _, e := range list {
				spoil(e)
			}
		}
	})
	if !straight {
		return
	}
	into := map[ir.Stmt]ir.Stmt{}
	var before, behind []ir.Stmt
	for _, p := range g.fn.Params {
		if len(adds[p]) < 2 || spoilt[p] || g.addressed[p] {
			continue
		}
		place := adds[p][0].L[0]
		sum := &ir.Var{Name: g.fresh(p.Name + "Sum"), Type: place.Type(), Kind: ir.Temp, Made: true, Shadow: ir.ShadowValue}
		g.fn.Locals = append(slices.Clip(g.fn.Locals), sum)
		for _, as := range adds[p] {
			b := as.R[0].(*ir.Binary)
			into[as] = plusOrMinus(&ir.Ref{V: sum}, subtracts(as), b.Y)
		}
		before = append(before, &ir.Decl{V: sum})
		behind = append(behind, plusOrMinus(place, false, &ir.Ref{V: sum}))
	}
	if len(into) == 0 {
		return
	}
	replaceStmts(g.fn.Body, into)
	g.fn.Body.Stmts = slices.Concat(before, g.fn.Body.Stmts, behind)
	g.changed = true
}

// numberBehind returns p if e is *p for the adjoint of a parameter that is a number.
func numberBehind(e ir.Expr) *ir.Var {
	d, ok := e.(*ir.Deref)
	if !ok {
		return nil
	}
	if r, ok := d.X.(*ir.Ref); ok && r.V.Shadow == ir.ShadowPointer && ir.IsReal(d.Type()) {
		return r.V
	}
	return nil
}
