package tidy

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Share calls a function of package math once where made code calls it again for the same
// numbers, as the derivative of a tangent does beside the tangent itself:
//
//	t := math.Tanh(c[j])
//	yd[j] = t*ad + a*((1-t*t)*cd[j])
//	y[j] = a * t
//
// An expression counts as the same as long as nothing is written that it may read. Writing to
// a derivative does not change what the user's variables lead to.
func Share(f *ir.Func) {
	s := &sharer{maker: maker{f: f}, addressed: ir.Addressed(f), once: singleValues(f)}
	ir.WalkStmts(f.Body, func(stmt ir.Stmt) {
		if _, ok := stmt.(*ir.Closure); ok {
			s.closures = true
		}
	})
	blocks(f.Body, s.block)
}

// sharer is the pass for one function.
type sharer struct {
	maker
	addressed map[*ir.Var]bool
	once      map[*ir.Var]ir.Expr // see singleValues
	closures  bool                // there are some

	// Of the calls in the block at hand and those in it, as they are printed:
	found map[string]int  // how often there is one
	last  map[string]int  // the place of the last statement with it
	place map[ir.Stmt]int // of the block's statements, in their order
}

func (s *sharer) block(b *ir.Block) {
	s.found, s.last, s.place = map[string]int{}, map[string]int{}, map[ir.Stmt]int{}
	for i, stmt := range b.Stmts {
		s.place[stmt] = i
		s.count(stmt, 1)
	}
	for i := 0; i < len(b.Stmts); i++ {
		for _, e := range shareable(b.Stmts[i]) {
			s.share(b, i, e)
		}
	}
}

// count adds n to how often the calls in stmt, one of the block's statements, are found.
func (s *sharer) count(stmt ir.Stmt, n int) {
	look := func(e ir.Expr) bool {
		if m, ok := e.(*ir.Math); ok && costly(m) {
			key := ir.Format(m)
			s.found[key] += n
			s.last[key] = max(s.last[key], s.place[stmt])
		}
		return true
	}
	ir.WalkStmt(stmt, func(stmt ir.Stmt) {
		reads, places := ir.Exprs(stmt)
		for _, e := range reads {
			ir.WalkExpr(e, look)
		}
		for _, e := range places {
			ir.WalkExpr(e, look)
		}
	})
}

// shareable lists the calls that each run of the statement makes, outer ones first.
func shareable(stmt ir.Stmt) []ir.Expr {
	switch stmt.(type) {
	case *ir.Assign, *ir.Call, *ir.If, *ir.Yield:
	default:
		return nil
	}
	var out []ir.Expr
	var look func(e ir.Expr) bool
	look = func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Math:
			if costly(e) {
				out = append(out, e)
			}
		case *ir.Binary:
			if ir.IsBool(e.X.Type()) {
				ir.WalkExpr(e.X, look)
				return false
			}
		}
		return true
	}
	reads, places := ir.Exprs(stmt)
	for _, e := range reads {
		ir.WalkExpr(e, look)
	}
	for _, e := range places {
		ir.WalkExpr(e, look)
	}
	return out
}

// costly reports whether the compiler of Go makes a call of e, and so does not see that a
// second one gives the same.
func costly(e *ir.Math) bool {
	switch e.Fn {
	case "math.Exp", "math.Exp2", "math.Expm1", "math.Log", "math.Log2", "math.Log10", "math.Log1p", "math.Pow", "math.Cbrt", "math.Hypot",
		"math.Sin", "math.Cos", "math.Tan", "math.Asin", "math.Acos", "math.Atan", "math.Atan2",
		"math.Sinh", "math.Cosh", "math.Tanh", "math.Asinh", "math.Acosh", "math.Atanh", "math.Erf", "math.Erfc", "math.Gamma":
		return true
	}
	return false
}

// share gives e, which statement i of b computes, to the statements behind that compute it too.
func (s *sharer) share(b *ir.Block, i int, e ir.Expr) {
	key := ir.Format(e)
	if s.found[key] < 2 {
		return
	}
	end := s.same(b.Stmts, i, e, s.last[key])
	own, uses := -1, 0 // the statement v := e, if there is one; other uses of e
	for j := i; j < end; j++ {
		if own < 0 && s.defines(b.Stmts[j], key) {
			own = j
		} else {
			uses += s.replace(b.Stmts[j], key, e)
		}
	}
	if own < 0 && uses < 2 || uses == 0 {
		return
	}
	var set *ir.Assign
	if own >= 0 {
		set = b.Stmts[own].(*ir.Assign)
	} else {
		set = ir.Define(s.made("t", e.Type()), e)
		set.P = b.Stmts[i].Pos()
		s.place[set] = s.place[b.Stmts[i]]
		s.count(set, 1)
	}
	out := append(append([]ir.Stmt(nil), b.Stmts[:i]...), set)
	for j := i; j < len(b.Stmts); j++ {
		if j == own {
			continue
		}
		if j < end {
			s.count(b.Stmts[j], -1)
			s.replace(b.Stmts[j], key, set.L[0])
			s.count(b.Stmts[j], 1)
		}
		out = append(out, b.Stmts[j])
	}
	b.Stmts = out
}

// same returns the position behind the last statement from i on that finds e as statement i
// does when it begins, of those up to the given place.
func (s *sharer) same(stmts []ir.Stmt, i int, e ir.Expr, last int) int {
	r := s.reads(e)
	for j := i; j < len(stmts); j++ {
		if s.place[stmts[j]] > last {
			return j
		}
		if r.keptBy(stmts[j]) {
			continue
		}
		if len(ir.Blocks(stmts[j])) == 0 { // it reads before it writes
			return j + 1
		}
		return max(j, i)
	}
	return len(stmts)
}

// A dependency is what the value of an expression depends on.
type dependency struct {
	s      *sharer
	vars   map[*ir.Var]bool
	memory bool // behind slices and pointers, or in variables that they may lead to
	users  bool // that of the user only, and no shadows
}

func (s *sharer) reads(e ir.Expr) dependency {
	r := dependency{s: s, vars: map[*ir.Var]bool{}, users: true}
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Ref:
			r.vars[e.V] = true
			r.memory = r.memory || s.addressed[e.V]
			r.users = r.users && !(e.V.Made && (ir.HasRef(e.V.Type) || s.addressed[e.V]))
		case *ir.Index, *ir.Deref, *ir.Global:
			r.memory = true
		}
		return true
	})
	return r
}

// on reports whether it may depend on the variable v.
func (r dependency) on(v *ir.Var) bool { return r.vars[v] || r.memory && r.s.addressed[v] }

// keptBy reports whether stmt changes nothing of it.
func (r dependency) keptBy(stmt ir.Stmt) bool {
	kept := true
	ir.WalkStmt(stmt, func(stmt ir.Stmt) {
		switch c := stmt.(type) {
		case *ir.Closure, *ir.For:
			kept = false // simpler so
		case *ir.Copy:
			kept = kept && !r.memory
		case *ir.Call:
			kept = kept && (!r.memory || harmless(c)) && !r.s.closures
		}
		for _, v := range ir.Defined(stmt) {
			kept = kept && !r.on(v)
		}
		_, places := ir.Exprs(stmt)
		for _, p := range places {
			if v := ir.Held(p); v != nil {
				kept = kept && !r.on(v)
				continue
			}
			v := ir.Root(p)
			kept = kept && (!r.memory || r.users && v != nil && v.Made && v.Shadow != ir.NoShadow)
		}
	})
	return kept
}

// harmless reports whether a call takes numbers and the stack only.
func harmless(c *ir.Call) bool {
	if c.Ext != nil || c.On != nil && !isStack(c.On.Type) {
		return false
	}
	for _, a := range c.Args {
		if _, ok := a.Type().Underlying().(*types.Basic); !ok && !isStack(a.Type()) {
			return false
		}
	}
	return true
}

// defines reports whether stmt is v := e of a variable that keeps that value.
func (s *sharer) defines(stmt ir.Stmt, key string) bool {
	a, ok := stmt.(*ir.Assign)
	if !ok || !a.Define || len(a.L) != 1 || ir.Format(a.R[0]) != key {
		return false
	}
	v := a.L[0].(*ir.Ref).V
	return s.once[v] != nil && types.Identical(v.Type, a.R[0].Type())
}

// replace puts x in the place of the expressions that are printed as key, in stmt and what is
// in it, and returns how many there are.
func (s *sharer) replace(stmt ir.Stmt, key string, x ir.Expr) int {
	n := 0
	swap := func(e ir.Expr) ir.Expr {
		if m, ok := e.(*ir.Math); ok && ir.Format(m) == key {
			n++
			return x
		}
		return nil
	}
	list := func(es []ir.Expr) {
		for i, e := range es {
			if e != nil {
				es[i] = ir.Rewrite(e, swap)
			}
		}
	}
	ir.WalkStmt(stmt, func(stmt ir.Stmt) {
		switch stmt := stmt.(type) {
		case *ir.Assign:
			list(stmt.R)
			list(stmt.L)
		case *ir.Call:
			list(stmt.Args)
			list(stmt.L)
		case *ir.If:
			stmt.Cond = ir.Rewrite(stmt.Cond, swap)
		case *ir.Yield:
			stmt.X = ir.Rewrite(stmt.X, swap)
		}
	})
	return n
}
