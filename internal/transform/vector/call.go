package vector

import (
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// call makes the call of a made function for all directions: its derivatives are arrays.
func (b *builder) call(c *ir.Call) []ir.Stmt {
	g := b.t.facts[c.Fn]
	if !b.t.hasForm(c.Fn) {
		return []ir.Stmt{c}
	}
	made := *c
	made.Fn = b.t.form(c.Fn, false)
	out := b.arguments(&made, c, g)
	before, after := b.results(&made, c, g)
	return append(append(append(out, before...), &made), after...)
}

// hasForm reports whether f has anything to do with derivatives.
func (t *transform) hasForm(f *ir.Func) bool {
	seen := map[*ir.Func]bool{}
	var has func(f *ir.Func) bool
	has = func(f *ir.Func) bool {
		k := t.facts[f]
		if k == nil || seen[f] {
			return false
		}
		seen[f] = true
		if len(k.vec) > 0 {
			return true
		}
		for _, c := range ir.Callees(f) {
			if has(c) {
				return true
			}
		}
		return false
	}
	return has(f)
}

// arguments gives the call its arguments and returns what has to be done before.
func (b *builder) arguments(made, c *ir.Call, g *facts) []ir.Stmt {
	var out []ir.Stmt
	made.Args = append([]ir.Expr{}, c.Args...)
	for i, p := range c.Fn.Inputs() {
		a := c.Args[i]
		if !g.vec[p] || !b.givesPointer(p, g, c.Fn) && b.whole(p, g, a) {
			continue
		}
		if g.beside[p] {
			made.Args[i] = b.besideValue(a)
			continue
		}
		if b.givesPointer(p, g, c.Fn) {
			before, arg := b.argument(p, a, c)
			out = append(out, before...)
			made.Args[i] = arg
			continue
		}
		n := int64(b.t.Directions)
		if isZero(a) {
			made.Args[i] = &ir.Composite{Typ: types.NewArray(p.Type, n)}
			continue
		}
		v := b.perDirection(p.Type)
		out = append(out, b.directions(ir.Define(v, a))...)
		made.Args[i] = &ir.Ref{V: v}
	}
	return out
}

// whole reports whether the argument a of p already stands for all directions.
func (b *builder) whole(p *ir.Var, g *facts, a ir.Expr) bool {
	if p.Shadow == ir.ShadowPointer && !g.scattered[p] {
		return true // of the form that scatter has seen
	}
	r, ok := a.(*ir.Ref)
	return ok && b.vec[r.V] && !b.behind(r.V) && types.Identical(r.V.Type, p.Type)
}

func isZero(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Const:
		return e.Val == nil || ir.IsConst(e, 0)
	case *ir.Composite:
		if _, ok := e.Typ.Underlying().(*types.Slice); ok {
			return false
		}
		for _, x := range e.Elems {
			if x != nil {
				return false
			}
		}
		return true
	}
	return false
}

// results gives the call its left sides, or pointers to where results go. Derivatives that
// do not go to a variable go through an array.
func (b *builder) results(made, c *ir.Call, g *facts) (before, after []ir.Stmt) {
	var left []ir.Expr
	at := map[int]int{} // where in left a result is
	store := &ir.Assign{At: c.At}
	through := func(l ir.Expr, t types.Type) ir.Expr {
		v := b.perDirection(t)
		before = append(before, b.loop(across{pure: true}, &ir.Decl{V: v}))
		if l != nil {
			store.L, store.R = append(store.L, l), append(store.R, ir.Expr(&ir.Ref{V: v}))
		}
		return &ir.Ref{V: v}
	}
	for i, p := range c.Fn.Results {
		var l ir.Expr
		if i < len(c.L) {
			l = c.L[i]
		}
		r, ok := l.(*ir.Ref)
		direct := ok && !b.behind(r.V) && types.Identical(r.V.Type, p.Type)
		switch {
		case b.givesPointer(p, g, c.Fn) && direct && c.Define:
			before = append(before, b.loop(across{pure: true}, &ir.Decl{V: r.V}))
			made.Args = append(made.Args, &ir.Addr{X: l})
			continue
		case b.givesPointer(p, g, c.Fn):
			made.Args = append(made.Args, &ir.Addr{X: through(l, p.Type)})
			continue
		case i >= len(c.L):
			continue
		case l != nil && g.vec[p] && !direct:
			l = through(l, p.Type)
		}
		at[i] = len(left)
		left = append(left, l)
	}
	if made.L = left; !slices.ContainsFunc(left, func(l ir.Expr) bool { return l != nil }) {
		made.Define = false
		if len(left) < len(c.L) {
			made.L = nil
		}
	}
	if len(store.L) == 0 {
		return before, nil
	}
	after = b.directions(store)
	var late ir.Assign // primal results that the places of the derivatives depend on
	for i, l := range c.L {
		r, ok := l.(*ir.Ref)
		if !ok || g.vec[c.Fn.Results[i]] || !b.mentions(store.L, r.V) {
			continue
		}
		v := b.temp("t", r.V.Type)
		before = append(before, &ir.Decl{V: v})
		made.L[at[i]] = &ir.Ref{V: v}
		late.L, late.R = append(late.L, l), append(late.R, made.L[at[i]])
	}
	if len(late.L) > 0 {
		after = append(after, &late)
	}
	return before, after
}

func (b *builder) mentions(es []ir.Expr, v *ir.Var) bool {
	for _, e := range es {
		if ir.Mentions(e, v) {
			return true
		}
	}
	return false
}
