package adjoint

import (
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
)

// prune simplifies what turned out to be simple once all functions were made: a
// forward sweep that records nothing and moves no shadows is the primal, and a
// function that does not use the stack is not given it. Roots keep their form.
func (t *transform) prune() {
	quiet, made := map[*ir.Func]*variant{}, map[*ir.Func]bool{}
	var kept []*variant
	for _, v := range t.order {
		made[v.fn] = true
	}
	for _, v := range t.quiet() {
		quiet[v.fn] = v
		if v.kind == reverseKind {
			v.fn.Params = v.fn.Params[:len(v.fn.Params)-1]
		}
	}
	for _, v := range t.order {
		t.replaceCalls(v.fn.Body, quiet)
		ir.WalkStmts(v.fn.Body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok {
				c.Again = c.Again && !made[c.Fn] // those that record have to run
			}
		})
		if quiet[v.fn] == nil || v.kind != forwardKind {
			kept = append(kept, v)
		}
	}
	t.order = kept
	for _, v := range t.order { // a stack that nothing is put on
		if v.kind == jointKind {
			dropStack(v)
		}
	}
}

// quiet returns the sweeps that do not use the stack but to hand it to each other:
// all but those that are found to need it. So two that call each other in a cycle,
// and do no more with the stack, are quiet.
func (t *transform) quiet() []*variant {
	byFn := map[*ir.Func]*variant{}
	for _, v := range t.order {
		byFn[v.fn] = v
	}
	loud := map[*ir.Func]bool{}
	for _, v := range t.order {
		loud[v.fn] = v.wanted || v.kind == jointKind || v.kind == forwardKind && t.headers(v.sig.fn) || v.usesStack(byFn)
	}
	callers := map[*ir.Func][]*ir.Func{} // of those that are given the stack
	var start []*ir.Func
	for _, v := range t.order {
		for _, c := range ir.Callees(v.fn) {
			if w := byFn[c]; w != nil && w.kind != jointKind {
				callers[c] = append(callers[c], v.fn)
			}
		}
		if loud[v.fn] {
			start = append(start, v.fn)
		}
	}
	loud = flow.Reach(start, func(f *ir.Func) []*ir.Func { return callers[f] })
	var out []*variant
	for _, v := range t.order {
		if !loud[v.fn] {
			out = append(out, v)
		}
	}
	return out
}

// usesStack reports whether v does anything with its stack but to pass it to
// another sweep, as the last argument.
func (v *variant) usesStack(sweeps map[*ir.Func]*variant) bool {
	uses := false
	ir.WalkStmts(v.fn.Body, func(s ir.Stmt) {
		c, ok := s.(*ir.Call)
		if !ok || c.Fn == nil || sweeps[c.Fn] == nil || sweeps[c.Fn].kind == jointKind {
			uses = uses || mentions(s, v.st)
			return
		}
		plain := *c
		plain.Args = c.Args[:len(c.Args)-1]
		uses = uses || mentions(&plain, v.st)
	})
	return uses
}

// replaceCalls turns calls of a quiet forward sweep into calls of the primal, and
// leaves the stack out of calls of a quiet reverse sweep.
func (t *transform) replaceCalls(b *ir.Block, quiet map[*ir.Func]*variant) {
	for _, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			t.replaceCalls(inner, quiet)
		}
		c, ok := s.(*ir.Call)
		if !ok || quiet[c.Fn] == nil {
			continue
		}
		v := quiet[c.Fn]
		c.Args = c.Args[:len(c.Args)-1]
		if v.kind != forwardKind {
			continue
		}
		var args []ir.Expr
		i := 0
		for _, p := range v.sig.fn.Inputs() {
			args = append(args, c.Args[i])
			i++
			if v.sig.shadowed(p) && t.act.Shadowed(p) {
				i++
			}
		}
		c.Fn, c.Args = v.sig.fn, args
	}
}

// dropStack removes the stack of a joint function that only marks and releases
// it.
func dropStack(v *variant) {
	uses := false
	ir.WalkStmts(v.fn.Body, func(s ir.Stmt) {
		c, ok := s.(*ir.Call)
		if ok && c.On == v.st && c.Name != "Release" && c.Name != "Mark" && c.Name != "Reset" {
			uses = true
		}
		reads, _ := ir.Exprs(s)
		for _, e := range reads {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				if r, ok := e.(*ir.Ref); ok && r.V == v.st {
					uses = true
				}
				return true
			})
		}
	})
	if !uses {
		removeStack(v.fn.Body, v.st)
	}
}

func removeStack(b *ir.Block, st *ir.Var) {
	var kept []ir.Stmt
	for _, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			removeStack(inner, st)
		}
		if c, ok := s.(*ir.Call); ok {
			if c.On == st {
				continue
			}
			if len(c.L) == 1 {
				if r, ok := c.L[0].(*ir.Ref); ok && r.V == st {
					continue
				}
			}
		}
		kept = append(kept, s)
	}
	b.Stmts = kept
}
