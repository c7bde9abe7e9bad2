package tidy

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Reuse replaces calls of functions of package math, and quotients, by the variables that
// hold their values: what the forward sweep has computed is not computed again as long as
// it is at hand. Under the same condition as in an earlier if, what was computed there
// counts too.
func Reuse(f *ir.Func) {
	u := &reuser{shut: addressed(f)}
	found := false
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Closure:
			ir.EachVar(s, func(v *ir.Var) { u.shut[v] = true })
		case *ir.Assign:
			for _, r := range s.R {
				found = found || dear(r)
			}
		}
	})
	if found {
		u.block(f.Body, &known{})
	}
}

type reuser struct {
	shut map[*ir.Var]bool // variables that may change unseen
}

// known is what is known at a place of a function.
type known struct {
	values []held
	past   []branched
}

// held says that v has the value of e, whose text is key.
type held struct {
	key string
	e   ir.Expr
	v   *ir.Var
}

// branched is what was known at the ends of the branches of an if. Each is true as long as
// nothing changes what it mentions.
type branched struct {
	key       string
	cond      ir.Expr
	then, els []held
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
			u.block(s, k)
			k.forgetAll(definedIn(s))
			continue
		case *ir.Closure:
			u.block(s.Body, &known{})
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
	key := ir.Format(e)
	for _, h := range k.values {
		if h.key == key && u.stable(e) && types.Identical(h.v.Type, e.Type()) {
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
	set := map[*ir.Var]bool{}
	for _, l := range a.L {
		if v := ir.Root(l); v != nil {
			set[v] = true
		}
	}
	for i, l := range a.L {
		r, ok := l.(*ir.Ref)
		if !ok || u.shut[r.V] || !dear(a.R[i]) || !u.stable(a.R[i]) || !types.Identical(r.V.Type, a.R[i].Type()) {
			continue
		}
		fresh := true // what e is computed from is still there
		for v := range set {
			fresh = fresh && !names(a.R[i], v)
		}
		if fresh {
			k.values = append(k.values, held{ir.Format(a.R[i]), a.R[i], r.V})
		}
	}
}

// forget drops what v is mentioned in, or another variable of that name, which v hides.
func (k *known) forget(v *ir.Var) {
	if v != nil {
		k.forgetAll(map[*ir.Var]bool{v: true})
	}
}

// forgetAll is forget for each of the variables, in one go.
func (k *known) forgetAll(vs map[*ir.Var]bool) {
	if len(vs) == 0 || len(k.values)+len(k.past) == 0 {
		return
	}
	gone := map[string]bool{}
	for v := range vs {
		gone[v.Name] = true
	}
	k.values = without(k.values, gone)
	var past []branched
	for _, p := range k.past {
		if !namesAny(p.cond, gone) {
			past = append(past, branched{p.key, p.cond, without(p.then, gone), without(p.els, gone)})
		}
	}
	k.past = past
}

// names reports whether e mentions a variable with the name of v.
func names(e ir.Expr, v *ir.Var) bool { return namesAny(e, map[string]bool{v.Name: true}) }

// namesAny reports whether e mentions a variable with one of the names.
func namesAny(e ir.Expr, vs map[string]bool) bool {
	found := false
	ir.WalkExpr(e, func(e ir.Expr) bool {
		if r, ok := e.(*ir.Ref); ok && vs[r.V.Name] {
			found = true
		}
		return !found
	})
	return found
}

// without returns the list without what one of the variables is mentioned in; a new list.
func without(list []held, vs map[string]bool) []held {
	var out []held
	for _, h := range list {
		if !vs[h.v.Name] && !namesAny(h.e, vs) {
			out = append(out, h)
		}
	}
	return out
}

func (k *known) copy() *known {
	return &known{append([]held(nil), k.values...), append([]branched(nil), k.past...)}
}

// loop goes through a loop with what no iteration changes.
func (u *reuser) loop(s *ir.For, k *known) {
	written := map[*ir.Var]bool{}
	addWritten(written, &ir.Block{Stmts: []ir.Stmt{s}})
	k.forgetAll(written)
	u.block(s.Body, k.copy())
}

// addWritten adds the variables that statements in b declare or assign to, or to parts of.
func addWritten(set map[*ir.Var]bool, b *ir.Block) {
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
	then, els := k.copy(), k.copy()
	for _, p := range k.past {
		if p.key == key && key != "" {
			then.values = append(then.values, p.then...)
			els.values = append(els.values, p.els...)
		}
	}
	u.block(s.Then, then)
	then.forgetAll(definedIn(s.Then))
	if s.Else != nil {
		u.block(s.Else, els)
		els.forgetAll(definedIn(s.Else))
	}
	written := map[*ir.Var]bool{}
	addWritten(written, s.Then)
	addWritten(written, s.Else)
	k.forgetAll(written)
	if key == "" {
		return
	}
	for v := range written {
		if names(cond, v) {
			return
		}
	}
	k.past = append(k.past, branched{key, cond, then.values, els.values})
}
