package adjoint

import (
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// This file makes the code of what is reversed where it runs.

// fusedLoop makes a loop that runs each iteration and reverses it at once. The scope of the
// body serves both.
func (g *generator) fusedLoop(s *ir.For) []ir.Stmt {
	var out []ir.Stmt
	var back []func()
	for _, sum := range g.t.fused.loops[s] {
		adj, made := g.earlyAdjoint(sum.v, sum.adjoint)
		out = append(out, made...)
		back = append(back, g.sh.Swap(sum.v, adj))
	}
	forward, reverse := g.forwardBlock(s.Body.Stmts, true), g.reverseBlock(s.Body.Stmts)
	for _, restore := range back {
		restore()
	}
	early, late := g.bothScopes(declared(s.Body), forward, reverse)
	body := &ir.Block{At: s.Body.At}
	body.Stmts = append(early, forward...)
	if len(reverse) > 0 {
		body.Stmts = append(body.Stmts, comment("The iteration's reverse sweep."))
	}
	body.Stmts = append(append(body.Stmts, late...), reverse...)
	return append(out, &ir.For{At: s.At, Init: s.Init, Cond: s.Cond, Post: s.Post, Body: body})
}

// bothScopes declares the shadows, held by value, of the variables of a scope that serves both
// sweeps: early those that the forward sweep mentions already.
func (g *generator) bothScopes(vars []*ir.Var, forward, reverse []ir.Stmt) (early, late []ir.Stmt) {
	first, then := ir.Vars(forward), ir.Vars(reverse)
	for _, v := range vars {
		if g.pointedTo(v) {
			continue
		}
		if decl := g.valueShadows([]*ir.Var{v}, first); decl != nil {
			early = append(early, decl...)
		} else {
			late = append(late, g.valueShadows([]*ir.Var{v}, then)...)
		}
	}
	return early, late
}

// earlyAdjoint returns a variable with the adjoint that v is going to have, and the code that
// makes it, if any.
func (g *generator) earlyAdjoint(v *ir.Var, k *known) (*ir.Var, []ir.Stmt) {
	x := ir.Rewrite(k.x, func(e ir.Expr) ir.Expr {
		if r, ok := e.(*ir.Ref); ok && r.V == k.hole {
			return g.sh.Ref(k.base)
		}
		return nil
	})
	if r, ok := x.(*ir.Ref); ok {
		return r.V, nil
	}
	adj := g.sh.ShadowTemp(shadow.NameOf(v, "b"), v.Type)
	return adj, []ir.Stmt{ir.Define(adj, x)}
}

// fusedCall makes a call of the joint adjoint.
func (g *generator) fusedCall(c *ir.Call) []ir.Stmt {
	sig := g.t.signatureOf(c.Fn)
	out := g.savesBefore(c, c.L, true)
	var args, seeds []ir.Expr
	for i, r := range c.Fn.Results {
		if !sig.seeded(r) {
			continue
		}
		k := g.t.fused.calls[c][i]
		if k == nil {
			seeds = append(seeds, shadow.Zero(r.Type))
			continue
		}
		adj, made := g.earlyAdjoint(c.L[i].(*ir.Ref).V, k)
		out = append(out, made...)
		seeds = append(seeds, &ir.Ref{V: adj})
	}
	var after []ir.Stmt
	for i, p := range c.Fn.Inputs() {
		args = append(args, c.Args[i])
		if !sig.shadowed(p) {
			continue
		}
		b, before, then := g.shadowArg(p, c.Args[i])
		out = append(out, before...)
		after = append(after, then...)
		args = append(args, b)
	}
	v := g.t.variant(jointKind, sig)
	out = append(out, &ir.Call{At: c.At, L: c.L, Define: c.Define, Fn: v.fn, Args: append(args, seeds...)})
	return append(out, after...)
}

// afterFusedCall is what is left to the reverse sweep of a call that was reversed where it
// ran: its left sides have their old values, whose adjoints begin as zero.
func (g *generator) afterFusedCall(c *ir.Call) []ir.Stmt {
	code := g.restores(c, c.L)
	if c.Define {
		return code
	}
	for _, l := range c.L {
		if l != nil && g.activeValue(l) {
			code = append(code, g.clear(g.sh.Place(l))...)
		}
	}
	return code
}

// Fused implements tbr.Client.
func (c *client) Fused(s ir.Stmt) bool { return c.t.isFused(s) }

// isFused reports whether the loop or call s is reversed where it runs.
func (t *transform) isFused(s ir.Stmt) bool {
	switch s := s.(type) {
	case *ir.For:
		return t.fused.loops[s] != nil
	case *ir.Call:
		return t.fused.calls[s] != nil
	}
	return false
}
