package adjoint

import (
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// callAdjoint returns the adjoint of a call: the adjoints of its results are
// taken and cleared, then the callee's adjoint adds to those of its arguments.
// The run-time stack is passed when the callee recorded.
func (g *generator) callAdjoint(c *ir.Call) []ir.Stmt {
	var take, clear, cleared, after []ir.Stmt
	var seeds []ir.Expr
	callee := g.t.signatureOf(c.Fn)
	active := g.t.reversed(c)
	for i, l := range c.L {
		r := callee.fn.Results[i]
		seeded := callee.seeded(r)
		if l == nil || !g.activeValue(l) {
			if seeded && active {
				seeds = append(seeds, shadow.Zero(r.Type))
			}
			continue
		}
		lb := g.sh.Place(l)
		if seeded && active {
			if _, plain := l.(*ir.Ref); c.Define || plain && !g.mentioned(c, l) {
				seeds = append(seeds, lb)
				if !c.Define {
					cleared = append(cleared, g.clear(lb)...)
				}
				continue
			} else {
				w := g.sh.Temp("tb", l.Type())
				take = append(take, ir.Define(w, lb))
				seeds = append(seeds, &ir.Ref{V: w})
			}
		}
		if !c.Define {
			clear = append(clear, g.clear(lb)...)
		}
	}
	if len(c.L) == 0 {
		for _, r := range callee.fn.Results {
			if callee.seeded(r) && active {
				seeds = append(seeds, shadow.Zero(r.Type))
			}
		}
	}
	code := append(take, clear...)
	if !active {
		return code
	}
	var args []ir.Expr
	for i, p := range callee.fn.Inputs() {
		args = append(args, c.Args[i])
		if !callee.shadowed(p) {
			continue
		}
		shadow, before, then := g.shadowArg(p, c.Args[i])
		code = append(code, before...)
		after = append(after, then...)
		args = append(args, shadow)
	}
	code = append(append(code, g.t.reverseCall(g, c, args, seeds)...), cleared...)
	return append(code, after...)
}

// mentioned reports whether the variable l takes part in the arguments of c, or a pointer
// may lead to it.
func (g *generator) mentioned(c *ir.Call, l ir.Expr) bool {
	found := g.addressed()[l.(*ir.Ref).V]
	for _, a := range c.Args {
		ir.WalkExpr(a, func(e ir.Expr) bool {
			if r, ok := e.(*ir.Ref); ok && r.V == l.(*ir.Ref).V {
				found = true
			}
			return !found
		})
	}
	for i, other := range c.L { // the same variable twice
		found = found || other != nil && ir.Equal(other, l) && c.L[i] != l
	}
	return found
}

// shadowArg returns the shadow to be passed for an argument, with what must
// happen before and after the call: the adjoint of an expression is gathered in
// a temporary first.
func (g *generator) shadowArg(p *ir.Var, a ir.Expr) (shadow ir.Expr, before, after []ir.Stmt) {
	if ir.IsRef(p.Type) {
		return g.refShadow(p, a)
	}
	if isPlace(a) && g.hasShadow(a) {
		if sp := g.sh.Place(a); !isPointee(sp) {
			return &ir.Addr{X: sp}, nil, nil
		}
		return g.sh.Place(a).(*ir.Deref).X, nil, nil
	}
	tb := g.sh.ShadowTemp("tb", p.Type)
	ref := &ir.Ref{V: tb}
	if ir.FromGlobal(a) {
		return &ir.Addr{X: ref}, []ir.Stmt{zeroLike(ref, a, true)}, nil
	}
	if ir.HasRef(p.Type) && !g.nowhere(a) {
		before = append(before, ir.Define(tb, g.sh.Value(a)))
	} else {
		before = append(before, &ir.Decl{V: tb})
	}
	if ir.IsFloat(p.Type) {
		d := g.differ()
		d.from(a, ref)
		after = merge(d.out)
	} else {
		after = g.aggregateFrom(ref, a)
	}
	return &ir.Addr{X: ref}, before, after
}

// refShadow is shadowArg for slices and pointers. Memory that has no shadow of its
// own, a package-level table say, gets one for this call.
func (g *generator) refShadow(p *ir.Var, a ir.Expr) (shadowed ir.Expr, before, after []ir.Stmt) {
	if c, ok := a.(*ir.Const); ok {
		return c, nil, nil
	}
	if g.hasShadow(a) && !ir.FromGlobal(a) {
		return g.sh.Value(a), nil, nil
	}
	tb := g.sh.ShadowTemp("tb", p.Type)
	return &ir.Ref{V: tb}, []ir.Stmt{zeroLike(&ir.Ref{V: tb}, a, true)}, nil
}

// zeroLike gives the shadow place b fresh zeros in the shape of x.
func zeroLike(b, x ir.Expr, define bool) ir.Stmt {
	name := "ad.ZeroLike"
	if ir.IsBox(x.Type()) {
		name = "ad.ZeroBoxed"
	}
	return &ir.Call{L: []ir.Expr{b}, Define: define, Name: name, Args: []ir.Expr{x}}
}

func isPointee(e ir.Expr) bool {
	d, ok := e.(*ir.Deref)
	if !ok {
		return false
	}
	_, ok = d.X.(*ir.Ref)
	return ok
}

func isPlace(e ir.Expr) bool {
	switch e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		return ir.Root(e) != nil
	}
	return false
}

// hasShadow reports whether the value e carries derivatives or refers to memory
// that has a shadow.
func (g *generator) hasShadow(e ir.Expr) bool {
	if g.act.ShadowedRefs(e) {
		return true
	}
	switch e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		return g.act.ActivePlace(e)
	}
	return false
}

// returnsArgument reports whether a reference that f returns may lead to memory
// that the caller knew before.
func (t *transform) returnsArgument(f *ir.Func) bool {
	args := alias.Set{}
	for _, p := range f.Inputs() {
		for _, s := range t.mem.Refs(&ir.Ref{V: p}) {
			args.Add(t.eff.Reach(s))
		}
	}
	for _, r := range f.Results {
		for _, s := range t.mem.Refs(&ir.Ref{V: r}) {
			if t.mem.OverlapAny(s, args) {
				return true
			}
		}
	}
	return false
}
