package tidy

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Reuse replaces calls of functions of package math, and quotients, by the variables that
// hold their values: what the forward sweep has computed is not computed again as long as
// it is at hand. Under the same condition as in an earlier if, what was computed there
// counts too.
func Reuse(f *ir.Func) {
	u := &reuser{shut: ir.Addressed(f), left: map[ir.Stmt]bool{}}
	found := false
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Closure:
			ir.EachVar(s, func(v *ir.Var) { u.shut[v] = true })
		case *ir.Assign:
			for _, r := range s.R {
				found = found || dear(r)
			}
		case *ir.Break:
			u.left[s.Target] = true
		}
	})
	if found {
		u.block(f.Body, newKnown())
	}
}

type reuser struct {
	shut map[*ir.Var]bool // variables that may change unseen
	left map[ir.Stmt]bool // statements that a break leaves before their end
}

// dear reports whether e is worth a variable: a call of a function, a square root or a
// quotient.
func dear(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Math:
		return len(e.Args) > 0 && ir.IsFloat(e.Typ) && !builtin[e.Fn]
	case *ir.Binary:
		return e.Op == token.QUO && ir.IsReal(e.Typ)
	}
	return false
}

// builtin are functions that are no dearer than a variable.
var builtin = map[string]bool{"min": true, "max": true, "real": true, "imag": true, "complex": true, "math.Abs": true}

// stable reports whether the value of e depends on nothing but variables that change in
// sight.
func (u *reuser) stable(e ir.Expr) bool {
	ok := true
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Ref:
			ok = ok && !u.shut[e.V]
		case *ir.Index:
			_, array := e.X.Type().Underlying().(*types.Array)
			ok = ok && array
		case *ir.Const, *ir.Unary, *ir.Binary, *ir.Field, *ir.Convert, *ir.Math:
		default:
			ok = false
		}
		return ok
	})
	return ok
}

// block goes through a list, with what is known before it, and brings that up to date.
func (u *reuser) block(b *ir.Block, k *known) {
	for i, s := range b.Stmts {
		switch s := s.(type) {
		case *ir.For:
			u.loop(s, k)
			continue
		case *ir.If:
			u.branch(s, k)
			continue
		case *ir.Block:
			u.within(s, k)
			continue
		case *ir.Closure:
			u.block(s.Body, newKnown())
			continue
		case *ir.Decl:
			k.forget(s.V)
			continue
		case *ir.Comment:
			continue
		}
		if len(k.values) > 0 {
			b.Stmts[i] = u.replace(s, k)
		}
		u.after(b.Stmts[i], k)
	}
}

// within goes through a list in a list. What is known at its end is so behind it only if
// every way there leads through the end.
func (u *reuser) within(b *ir.Block, k *known) {
	if !u.left[b] {
		u.block(b, k)
		k.forgetAll(definedIn(b))
		return
	}
	k.inside(func() { u.block(b, k) })
	k.forgetAll(writtenIn(b))
}

// replace returns s with the values that are at hand.
func (u *reuser) replace(s ir.Stmt, k *known) ir.Stmt {
	changed := false
	use := func(e ir.Expr) ir.Expr {
		if x := u.value(k, e); x != nil {
			changed = true
			return x
		}
		return nil
	}
	switch s := s.(type) {
	case *ir.Assign:
		out := &ir.Assign{At: s.At, L: s.L, Define: s.Define, Guard: s.Guard}
		for _, r := range s.R {
			out.R = append(out.R, ir.Rewrite(r, use))
		}
		if changed {
			return out
		}
	case *ir.Call:
		out := *s
		out.Args = nil
		for _, a := range s.Args {
			out.Args = append(out.Args, ir.Rewrite(a, use))
		}
		if changed {
			return &out
		}
	}
	return s
}

// value returns the variable that holds e, or nil.
func (u *reuser) value(k *known, e ir.Expr) ir.Expr {
	if !dear(e) || len(k.values) == 0 {
		return nil
	}
	list := k.values[ir.Format(e)]
	if len(list) == 0 || !u.stable(e) {
		return nil
	}
	for _, h := range list {
		if types.Identical(h.v.Type, e.Type()) {
			return &ir.Ref{V: h.v}
		}
	}
	return nil
}

// after notes what s changes, and what it sets variables to.
func (u *reuser) after(s ir.Stmt, k *known) {
	_, places := ir.Exprs(s)
	for _, p := range places {
		if v := ir.Root(p); v != nil {
			k.forget(v)
		}
	}
	a, ok := s.(*ir.Assign)
	if !ok {
		return
	}
	written := map[string]bool{}
	for _, l := range a.L {
		if v := ir.Root(l); v != nil {
			written[v.Name] = true
		}
	}
	for i, l := range a.L {
		r, ok := l.(*ir.Ref)
		if !ok || u.shut[r.V] || !dear(a.R[i]) || !u.stable(a.R[i]) || !types.Identical(r.V.Type, a.R[i].Type()) {
			continue
		}
		names := namesIn(a.R[i])
		if !slices.ContainsFunc(names, func(name string) bool { return written[name] }) { // it can still be computed from them
			k.add(&held{key: ir.Format(a.R[i]), e: a.R[i], v: r.V, names: append(names, r.V.Name)})
		}
	}
}

// loop goes through a loop with what no iteration changes.
func (u *reuser) loop(s *ir.For, k *known) {
	k.forgetAll(writtenIn(&ir.Block{Stmts: []ir.Stmt{s}}))
	k.inside(func() { u.block(s.Body, k) })
}

// writtenIn lists the variables that statements in the lists declare or assign to, or to parts of.
func writtenIn(bs ...*ir.Block) map[*ir.Var]bool {
	set := map[*ir.Var]bool{}
	for _, b := range bs {
		ir.WalkStmts(b, func(s ir.Stmt) {
			_, places := ir.Exprs(s)
			for _, p := range places {
				if v := ir.Root(p); v != nil {
					set[v] = true
				}
			}
			for _, v := range ir.Defined(s) {
				set[v] = true
			}
		})
	}
	return set
}

// definedIn lists the variables that are declared in the list itself.
func definedIn(b *ir.Block) map[*ir.Var]bool {
	out := map[*ir.Var]bool{}
	for _, s := range b.Stmts {
		for _, v := range ir.Defined(s) {
			out[v] = true
		}
	}
	return out
}

// branch goes through an if.
func (u *reuser) branch(s *ir.If, k *known) {
	s.Cond = ir.Rewrite(s.Cond, func(e ir.Expr) ir.Expr { return u.value(k, e) })
	cond, key := s.Cond, ""
	if u.stable(cond) {
		key = ir.Format(cond)
	}
	branch := func(b *ir.Block, els bool) []*held {
		return k.inside(func() {
			if key != "" {
				k.again(key, els)
			}
			if b != nil {
				u.block(b, k)
				k.forgetAll(definedIn(b))
			}
		})
	}
	then, els := branch(s.Then, false), branch(s.Else, true)
	written := writtenIn(s.Then, s.Else)
	k.forgetAll(written)
	if key == "" {
		return
	}
	for v := range written {
		if ir.Mentions(cond, v) {
			return
		}
	}
	k.remember(key, cond, then, els)
}
