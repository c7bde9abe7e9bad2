package adjoint

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/loopstate"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
)

// This file decides what is reversed where it runs. Of a loop whose iterations only add to
// sums, the adjoints of these sums do not change while it is reversed. If they are known
// where it runs, since the sums pass linearly into results, whose seeds are given, each
// iteration is reversed as soon as it has run: nothing is kept for later. A call whose
// results have known adjoints is, for the same reason, a call of the joint adjoint. What is
// added to the adjoints of what the loop or call reads is then added earlier than it was;
// so nothing that comes later may write there, which would have cleared them.

// fusion is what is reversed where it runs.
type fusion struct {
	loops map[*ir.For][]fusedSum
	calls map[*ir.Call][]*known // by left side; nil for one without adjoint
}

// fusedSum is an active variable that a fused loop adds to, and its adjoint.
type fusedSum struct {
	v       *ir.Var
	adjoint *known
}

// fuser decides for one function, of which all that runs is the joint adjoint.
type fuser struct {
	t        *transform
	f        *ir.Func
	mentions map[*ir.Var][]mention
	homes    map[*ir.Var]*ir.Block // in which a variable is declared; its function's body for inputs and results
	into     *fusion
}

// findFused fills t.fused: callers first, for it depends on them whether a function has its
// seeds; then it takes back, callees first, what would be of no use.
func (t *transform) findFused() {
	t.fused = &fusion{loops: map[*ir.For][]fusedSum{}, calls: map[*ir.Call][]*known{}}
	if t.without(optim.Fuse) {
		return
	}
	calls := map[*ir.Func][]*ir.Call{}
	for _, f := range t.prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok && c.Fn != nil {
				calls[c.Fn] = append(calls[c.Fn], c)
			}
		})
	}
	seeded := map[*ir.Func]bool{}
	for _, f := range slices.Backward(t.prog.Funcs) {
		if seeded[f] = t.alwaysJoint(f, calls[f]); seeded[f] {
			t.fuse(f)
		}
	}
	useful := map[*ir.Func]bool{}
	for _, f := range t.prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			switch s := s.(type) {
			case *ir.For:
				useful[f] = useful[f] || t.fused.loops[s] != nil
			case *ir.Call:
				if t.fused.calls[s] == nil {
					return
				}
				if t.joint(s) || useful[s.Fn] {
					useful[f] = true
				} else {
					delete(t.fused.calls, s)
				}
			}
		})
	}
}

// alwaysJoint reports whether made code runs f only by its joint adjoint, which has the
// adjoints of its results, all of them numbers, at its start.
func (t *transform) alwaysJoint(f *ir.Func, calls []*ir.Call) bool {
	if !t.funcActive(f) || f.Rule != nil || f.Derivative != nil || t.mem.Recursive(f) {
		return false
	}
	for _, r := range f.Results {
		if ir.HasRef(r.Type) {
			return false
		}
	}
	if r := t.roots[f]; r != nil && (r.Split || len(r.Parts) > 0) {
		return false
	}
	if slices.ContainsFunc(f.Inputs(), func(p *ir.Var) bool { return t.movesWithin(f, p) }) {
		return false // it has shadows of its own, which take the seeds after its forward sweep
	}
	for _, c := range calls {
		if !t.joint(c) && t.fused.calls[c] == nil {
			return false
		}
	}
	resumed := false
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		l, ok := s.(*ir.For)
		resumed = resumed || ok && l.Checkpoint != nil && l.Checkpoint.Resume != ""
	})
	return !resumed
}

// fuse looks at the loops and calls of f, the outer ones first.
func (t *transform) fuse(f *ir.Func) {
	fu := &fuser{t: t, f: f, mentions: map[*ir.Var][]mention{}, homes: map[*ir.Var]*ir.Block{}, into: t.fused}
	fu.findMentions()
	walkSpots(f.Body, nil, nil, func(s ir.Stmt, at spot) {
		if at.checkpointed() {
			return
		}
		switch s := s.(type) {
		case *ir.For:
			if sums := fu.loop(s, at); len(sums) > 0 {
				t.fused.loops[s] = sums
			}
		case *ir.Call:
			if seeds := fu.call(s, at); seeds != nil {
				t.fused.calls[s] = seeds
			}
		}
	})
}

// loop returns the active sums of the loop if it can be reversed where it runs.
func (fu *fuser) loop(l *ir.For, at spot) []fusedSum {
	t := fu.t
	if l.Checkpoint != nil || l.Stop != nil || t.rec.Counted(l) == nil {
		return nil
	}
	plain := true // nothing in it is run again
	ir.WalkStmts(l.Body, func(s ir.Stmt) {
		c, ok := s.(*ir.For)
		plain = plain && !(ok && c.Checkpoint != nil)
	})
	if !plain {
		return nil
	}
	writes := t.eff.Writes(l)
	var sums []fusedSum
	var around []*ir.Var
	for _, v := range loopstate.Around(fu.f, l) {
		if !t.mem.OverlapAny(alias.Set{{Obj: t.mem.VarObject(v)}: true}, writes) {
			around = append(around, v)
			continue
		}
		if !fu.onlyAddedTo(v, l, at) {
			return nil
		}
		if !t.act.ActivePlace(&ir.Ref{V: v}) {
			continue
		}
		k := fu.adjointAfter(v, l, at)
		if k == nil {
			return nil
		}
		sums = append(sums, fusedSum{v, k})
	}
	if len(sums) == 0 || !fu.apart(around, writes) || !fu.lasting(around, t.eff.Reads(l), at) {
		return nil
	}
	return sums
}

// onlyAddedTo reports whether the loop does nothing with the variable v but to add to it, and
// nothing reads v that runs before the loop ends.
func (fu *fuser) onlyAddedTo(v *ir.Var, l *ir.For, at spot) bool {
	if !ir.IsReal(v.Type) && !ir.IsInteger(v.Type) || fu.t.mem.Shared(fu.t.mem.VarObject(v)) {
		return false
	}
	home, k := fu.home(v, at)
	if home == nil {
		return false
	}
	for _, m := range fu.mentions[v] {
		if m.form == adds || m.form == declares {
			continue
		}
		if m.s == ir.Stmt(l) || m.at.inside(at) {
			return false
		}
		switch i := m.at.in(home); {
		case i == k, i < k && m.form != sets:
			return false
		}
	}
	return true
}

// call returns the adjoints of the call's results, by left side, if it can be reversed where
// it runs.
func (fu *fuser) call(c *ir.Call, at spot) []*known {
	t := fu.t
	if c.Fn == nil || c.Fn.Rule != nil || c.Fn.Derivative != nil || !t.funcActive(c.Fn) || t.mem.Recursive(c.Fn) || len(c.L) == 0 {
		return nil
	}
	var around []*ir.Var
	seen := map[*ir.Var]bool{}
	for _, a := range c.Args {
		ir.WalkExpr(a, func(e ir.Expr) bool {
			if r, ok := e.(*ir.Ref); ok && !seen[r.V] {
				seen[r.V] = true
				around = append(around, r.V)
			}
			return true
		})
	}
	seeds := make([]*known, len(c.L))
	some := false
	for i, r := range c.Fn.Results {
		if ir.HasRef(r.Type) || t.act.ActivePlace(&ir.Ref{V: r}) && !ir.IsReal(r.Type) {
			return nil
		}
		if c.L[i] == nil {
			continue
		}
		l, plain := c.L[i].(*ir.Ref)
		if !plain || seen[l.V] || slices.ContainsFunc(c.L[:i], func(e ir.Expr) bool { return e != nil && ir.Equal(e, l) }) || t.mem.Shared(t.mem.VarObject(l.V)) {
			return nil
		}
		if !t.act.ActivePlace(l) || !t.act.ActivePlace(&ir.Ref{V: r}) {
			continue
		}
		if seeds[i] = fu.adjointAfter(l.V, c, at); seeds[i] == nil {
			return nil
		}
		some = true
	}
	if !some || !fu.apart(around, t.eff.Writes(c)) || !fu.lasting(around, t.eff.Reads(c), at) {
		return nil
	}
	return seeds
}

// apart reports whether nothing that is written can be reached from the variables: it is new
// memory then, or a variable of the loop's or the callee's own.
func (fu *fuser) apart(around []*ir.Var, writes alias.Set) bool {
	for _, v := range around {
		at := alias.Set{{Obj: fu.t.mem.VarObject(v)}: true}
		if fu.t.mem.OverlapAny(at, writes) || fu.t.mem.OverlapAny(fu.t.eff.Reach(at), writes) {
			return false
		}
	}
	return true
}

// lasting reports whether the adjoints of what is read, of the variables around and the memory
// behind them, have their places where the statement at the spot runs, and nothing that runs
// later writes to what they are the adjoints of.
func (fu *fuser) lasting(around []*ir.Var, reads alias.Set, at spot) bool {
	t := fu.t
	later := fu.later(at)
	reach := alias.Set{}
	for _, v := range around {
		own := alias.Set{{Obj: t.mem.VarObject(v)}: true}
		reach.Add(t.eff.Reach(own))
		if !t.act.ActivePlace(&ir.Ref{V: v}) {
			continue
		}
		if v.Kind == ir.Result || t.mem.Shared(t.mem.VarObject(v)) || !fu.standsOpen(v, at) {
			return false
		}
		for _, w := range later {
			if t.mem.OverlapAny(own, w) {
				return false
			}
		}
	}
	for l := range reads {
		one := alias.Set{l: true}
		if !t.mem.Shared(l.Obj) || !fu.activeAt(l) || !t.mem.OverlapAny(one, reach) {
			continue
		}
		for _, w := range later {
			if t.mem.OverlapAny(one, w) {
				return false
			}
		}
	}
	return true
}

// activeAt reports whether there may be an adjoint at the location.
func (fu *fuser) activeAt(l alias.Loc) bool {
	for _, leaf := range alias.Leaves(fu.t.mem.TypeAt(l)) {
		if ir.IsFloat(leaf.Type) && fu.t.act.Active(alias.Loc{Obj: l.Obj, Path: l.Path + leaf.Path}) {
			return true
		}
	}
	return false
}

// standsOpen reports whether v is declared in a scope that serves both sweeps: that of the
// function, or the body of a fused loop.
func (fu *fuser) standsOpen(v *ir.Var, at spot) bool {
	home := fu.homes[v]
	if home == fu.f.Body {
		return true
	}
	for _, fr := range at {
		if fr.in == home {
			return fr.loop != nil && fu.into.loops[fr.loop] != nil && fr.loop.Body == home
		}
	}
	return false
}

// later lists what is written after the statement at the spot, until its function returns or
// an iteration of a fused loop ends, which writes only what is its own.
func (fu *fuser) later(at spot) []alias.Set {
	var out []alias.Set
	for _, fr := range slices.Backward(at) {
		for _, s := range fr.in.Stmts[fr.i+1:] {
			out = append(out, fu.t.eff.Writes(s))
		}
		if fr.loop == nil {
			continue
		}
		if fu.into.loops[fr.loop] != nil {
			break
		}
		out = append(out, fu.t.eff.Writes(fr.loop))
	}
	return out
}
