package adjoint

import (
	"go/token"
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// This file finds the adjoint that a variable is going to have, before the reverse sweep.

// known is an adjoint that is known early: the expression x, in which hole stands for the
// adjoint of base, a result or a sum of a fused loop around.
type known struct {
	x    ir.Expr
	hole *ir.Var
	base *ir.Var
}

func asKnown(base *ir.Var) *known {
	hole := &ir.Var{Name: "adjoint", Type: base.Type, Kind: ir.Temp, Made: true}
	return &known{&ir.Ref{V: hole}, hole, base}
}

// A form is what a statement does with a variable.
type form uint8

const (
	involves form = iota // anything
	sets                 // gives it a value that does not depend on its own
	adds                 // adds to it what does not depend on it
	declares             // declares it
)

// mention is a statement that mentions a variable itself, not only inside.
type mention struct {
	s    ir.Stmt
	at   spot
	form form
}

func (fu *fuser) findMentions() {
	for _, vs := range [][]*ir.Var{fu.f.Inputs(), fu.f.Results} {
		for _, v := range vs {
			fu.homes[v] = fu.f.Body
		}
	}
	walkSpots(fu.f.Body, nil, nil, func(s ir.Stmt, at spot) {
		seen := map[*ir.Var]bool{}
		note := func(v *ir.Var) {
			if !seen[v] {
				seen[v] = true
				fu.mentions[v] = append(fu.mentions[v], mention{s, at, formOf(s, v)})
			}
		}
		for _, v := range ir.Defined(s) {
			fu.homes[v] = at[len(at)-1].in
			note(v)
		}
		eachOwnVar(s, note)
		if l, ok := s.(*ir.For); ok {
			for _, head := range []*ir.Assign{l.Init, l.Post} {
				if head != nil {
					eachOwnVar(head, note)
				}
			}
			if l.Stop != nil {
				note(l.Stop)
			}
		}
	})
}

// eachOwnVar calls f for the variables that s mentions, statements inside it apart.
func eachOwnVar(s ir.Stmt, f func(*ir.Var)) {
	reads, places := ir.Exprs(s)
	for _, es := range [][]ir.Expr{reads, places} {
		for _, e := range es {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				if r, ok := e.(*ir.Ref); ok {
					f(r.V)
				}
				return true
			})
		}
	}
}

func formOf(s ir.Stmt, v *ir.Var) form {
	for _, d := range ir.Defined(s) {
		if d == v {
			return declares
		}
	}
	a, ok := s.(*ir.Assign)
	if !ok || len(a.L) != 1 || a.L[0] == nil {
		return involves
	}
	if r, ok := a.L[0].(*ir.Ref); !ok || r.V != v {
		return involves
	}
	terms, accumulates := accumulation(a.L[0], a.R[0])
	for _, t := range terms {
		if ir.Mentions(t.x, v) {
			return involves
		}
	}
	if accumulates {
		return adds
	}
	return sets
}

// home returns the block in which v is declared and the index of the statement in it that is
// at the spot or around it; nil if there is none.
func (fu *fuser) home(v *ir.Var, at spot) (*ir.Block, int) {
	home := fu.homes[v]
	i := at.in(home)
	if home == nil || i < 0 {
		return nil, 0
	}
	return home, i
}

// adjointAfter returns the adjoint that v has in the reverse sweep after the statement s at the
// spot, if that can be told when s runs: from then on v is only added to, until one statement,
// in the block that declares it, passes it on linearly to a variable of which the same is
// true; results and sums of fused loops end the chain.
func (fu *fuser) adjointAfter(v *ir.Var, s ir.Stmt, at spot) *known {
	if !ir.IsReal(v.Type) || fu.t.mem.Shared(fu.t.mem.VarObject(v)) {
		return nil
	}
	for _, fr := range at {
		if fr.loop == nil {
			continue
		}
		for _, sum := range fu.into.loops[fr.loop] {
			if sum.v == v {
				return asKnown(v)
			}
		}
	}
	home, k := fu.home(v, at)
	if home == nil {
		return nil
	}
	var last *mention
	for i := range fu.mentions[v] {
		m := &fu.mentions[v][i]
		switch j := m.at.in(home); {
		case m.s == s, m.at.inside(at), j < k, m.form == adds, m.form == declares:
		case j == k, last != nil, m.at[len(m.at)-1].in != home:
			return nil
		default:
			last = m
		}
	}
	if last == nil {
		if v.Kind != ir.Result || !fu.seeded(v) {
			return nil
		}
		return asKnown(v)
	}
	if v.Kind == ir.Result {
		return nil
	}
	end := last.at.in(home)
	for _, m := range fu.mentions[v] {
		if m.at.in(home) > end {
			return nil
		}
	}
	return fu.passedOn(v, home, k, end, last)
}

// seeded reports whether the seed of the result is a parameter of the adjoint.
func (fu *fuser) seeded(r *ir.Var) bool {
	if root := fu.t.roots[fu.f]; root != nil && !contains(root.Of, r) {
		return false
	}
	return fu.t.act.ActivePlace(&ir.Ref{V: r})
}

// passedOn returns the adjoint of v, which is read by the statement m, at index end of home,
// in terms of what is known at index k.
func (fu *fuser) passedOn(v *ir.Var, home *ir.Block, k, end int, m *mention) *known {
	a, ok := m.s.(*ir.Assign)
	if !ok || a.Guard {
		return nil
	}
	l, r := a.L[0], a.R[0]
	if len(a.L) > 1 {
		if l, r = soleReader(a, v); l == nil {
			return nil
		}
	}
	w, ok := l.(*ir.Ref)
	if !ok || w.V == v || !types.Identical(w.V.Type, v.Type) {
		return nil
	}
	terms, _ := accumulation(w, r)
	next := fu.adjointAfter(w.V, a, m.at)
	if next == nil {
		return nil
	}
	var x ir.Expr
	for _, t := range terms {
		switch {
		case ir.Mentions(t.x, w.V), ir.Mentions(t.x, v) && x != nil:
			return nil
		case ir.Mentions(t.x, v):
			adj := next.x
			if t.neg {
				adj = ir.Neg(adj)
			}
			if x = through(t.x, v, adj); x == nil {
				return nil
			}
		}
	}
	if x == nil {
		return nil
	}
	if x = fu.ahead(x, next.hole, home, k, end); x == nil {
		return nil
	}
	return &known{x, next.hole, next.base}
}

// soleReader returns the left and the right side of the parallel assignment in which v stands,
// if that is one only and the left sides are variables that do not stand on the right.
func soleReader(a *ir.Assign, v *ir.Var) (l, r ir.Expr) {
	for i, x := range a.R {
		if ir.Mentions(x, v) {
			if r != nil {
				return nil, nil
			}
			l, r = a.L[i], x
		}
		for _, other := range a.L {
			w, ok := other.(*ir.Ref)
			if other != nil && (!ok || ir.Mentions(x, w.V)) {
				return nil, nil
			}
		}
	}
	return l, r
}

// through returns what the adjoint adj of e is for v, which e is linear in; nil if v does not
// stand in e once, as a term or a factor.
func through(e ir.Expr, v *ir.Var, adj ir.Expr) ir.Expr {
	switch e := e.(type) {
	case *ir.Ref:
		if e.V == v {
			return adj
		}
	case *ir.Unary:
		switch e.Op {
		case token.SUB:
			return through(e.X, v, ir.Neg(adj))
		case token.ADD:
			return through(e.X, v, adj)
		}
	case *ir.Binary:
		left, right := ir.Mentions(e.X, v), ir.Mentions(e.Y, v)
		if left == right || !types.Identical(e.Typ, v.Type) {
			return nil
		}
		switch {
		case e.Op == token.ADD && left:
			return through(e.X, v, adj)
		case e.Op == token.ADD:
			return through(e.Y, v, adj)
		case e.Op == token.SUB && left:
			return through(e.X, v, adj)
		case e.Op == token.SUB:
			return through(e.Y, v, ir.Neg(adj))
		case e.Op == token.MUL && left:
			return through(e.X, v, ir.Mul(e.Y, adj))
		case e.Op == token.MUL:
			return through(e.Y, v, ir.Mul(e.X, adj))
		case e.Op == token.QUO && left:
			return through(e.X, v, ir.Quo(adj, e.Y))
		}
	}
	return nil
}

// ahead returns x, which is to be evaluated before the statement at index end of the block, as
// it can be evaluated before the one at index k: variables that are defined in between are
// replaced by what they are. It returns nil if what x reads may change until then.
func (fu *fuser) ahead(x ir.Expr, hole *ir.Var, b *ir.Block, k, end int) ir.Expr {
	defs := map[*ir.Var]ir.Expr{}
	for _, s := range b.Stmts[k:end] {
		a, ok := s.(*ir.Assign)
		if !ok || !a.Define {
			continue
		}
		for i, v := range ir.Defined(a) {
			if len(a.L) == len(a.R) && len(ir.Defined(a)) == len(a.L) && fu.t.rec.AssignedOnce(v) {
				defs[v] = a.R[i]
			}
		}
	}
	var open func(e ir.Expr) ir.Expr
	open = func(e ir.Expr) ir.Expr {
		if r, ok := e.(*ir.Ref); ok && defs[r.V] != nil {
			return ir.Rewrite(defs[r.V], open)
		}
		return nil
	}
	x = ir.Rewrite(x, open)
	if !foreseen(x) {
		return nil
	}
	reads := alias.Set{}
	fu.t.eff.Expr(ir.Substitute(x, hole, ir.Number(1, hole.Type)), reads)
	for _, s := range b.Stmts[k:end] {
		if fu.t.mem.OverlapAny(reads, fu.t.eff.Writes(s)) {
			return nil
		}
	}
	return x
}

// foreseen reports whether it is all right to evaluate e earlier than the program does: that is
// short, and cannot panic unless the program then panics, too.
func foreseen(e ir.Expr) bool {
	ok, ops := true, 0
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Const, *ir.Ref, *ir.Field, *ir.Deref, *ir.Len, *ir.Unary, *ir.Global:
		case *ir.Index:
			_, isMap := e.X.Type().Underlying().(*types.Map)
			ok = ok && !isMap
		case *ir.Binary:
			ops++
			ok = ok && ops <= 12 && (ir.IsReal(e.Typ) || e.Op == token.ADD || e.Op == token.SUB || e.Op == token.MUL)
		case *ir.Math:
			ops++
			ok = ok && strings.HasPrefix(e.Fn, "math.")
		case *ir.Convert:
			ok = ok && (ir.IsReal(e.Typ) || ir.IsInteger(e.Typ)) && (ir.IsReal(e.X.Type()) || ir.IsInteger(e.X.Type()))
		default:
			ok = false
		}
		return ok
	})
	return ok
}
