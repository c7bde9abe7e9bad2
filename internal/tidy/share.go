package tidy

import (
	"go/types"
	"slices"

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
	s := &sharer{Maker: maker(f), addressed: ir.Addressed(f), once: singleValues(f), all: map[string]int{}, changed: map[ir.Stmt]*writeSet{}}
	for _, stmt := range f.Body.Stmts {
		costlyCalls(stmt, func(key string) { s.all[key]++ })
	}
	ir.WalkStmts(f.Body, func(stmt ir.Stmt) {
		if _, ok := stmt.(*ir.Closure); ok {
			s.closures = true
		}
	})
	blocks(f.Body, s.block)
}

// sharer is the pass for one function. Calls are known by what they are printed as.
type sharer struct {
	ir.Maker
	addressed map[*ir.Var]bool
	once      map[*ir.Var]ir.Expr // see singleValues
	closures  bool                // there are some
	all       map[string]int      // how often there is a call

	// What statements write to, which no sharing changes; nil where it may be another one later.
	changed map[ir.Stmt]*writeSet

	// Of the block at hand:
	place map[ir.Stmt]int            // of its statements, in their order
	found map[string]map[ir.Stmt]int // how often a statement has a call, in blocks in it too
}

func (s *sharer) block(b *ir.Block) {
	if !s.repeats(b) {
		return
	}
	s.place, s.found = map[ir.Stmt]int{}, map[string]map[ir.Stmt]int{}
	for i, stmt := range b.Stmts {
		s.place[stmt] = i
		s.note(stmt)
	}
	for i := 0; i < len(b.Stmts); i++ {
		for _, e := range shareable(b.Stmts[i]) {
			s.share(b, i, e)
		}
	}
}

// repeats reports whether a statement of b makes a call that stands elsewhere too.
func (s *sharer) repeats(b *ir.Block) bool {
	for _, stmt := range b.Stmts {
		for _, e := range shareable(stmt) {
			if s.all[ir.Format(e)] > 1 {
				return true
			}
		}
	}
	return false
}

// note finds the calls in one of the block's statements.
func (s *sharer) note(stmt ir.Stmt) {
	costlyCalls(stmt, func(key string) {
		if s.found[key] == nil {
			s.found[key] = map[ir.Stmt]int{}
		}
		s.found[key][stmt]++
	})
}

// change puts x in the place of a call in one of the block's statements.
func (s *sharer) change(stmt ir.Stmt, key string, x ir.Expr) {
	costlyCalls(stmt, func(key string) {
		s.all[key]--
		delete(s.found[key], stmt)
	})
	s.replace(stmt, key, x)
	costlyCalls(stmt, func(key string) { s.all[key]++ })
	s.note(stmt)
}

// costlyCalls calls f with each costly call in stmt and what is in it.
func costlyCalls(stmt ir.Stmt, f func(key string)) {
	look := func(e ir.Expr) bool {
		if m, ok := e.(*ir.Math); ok && costly(m) {
			f(ir.Format(m))
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
	with, all, last := s.found[key], 0, 0
	for stmt, n := range with {
		all, last = all+n, max(last, s.place[stmt])
	}
	if all < 2 {
		return
	}
	end := s.same(b.Stmts, i, e, last)
	own, uses := -1, 0 // the statement v := e, if there is one; other uses of e
	for j := i; j < end; j++ {
		switch {
		case with[b.Stmts[j]] == 0:
		case own < 0 && s.defines(b.Stmts[j], key):
			own = j
		default:
			uses += s.replace(b.Stmts[j], key, e)
		}
	}
	if own < 0 && uses < 2 || uses == 0 {
		return
	}
	var set *ir.Assign
	if own >= 0 {
		set = b.Stmts[own].(*ir.Assign)
		b.Stmts = slices.Delete(b.Stmts, own, own+1)
		end--
	} else {
		set = ir.Define(s.Var("t", e.Type()), e)
		set.P = b.Stmts[i].Pos()
	}
	for _, stmt := range b.Stmts[i:end] {
		if with[stmt] > 0 {
			s.change(stmt, key, set.L[0])
		}
	}
	if own < 0 {
		costlyCalls(set, func(key string) { s.all[key]++ })
		s.note(set)
	}
	s.place[set] = s.place[b.Stmts[i]]
	b.Stmts = slices.Insert(b.Stmts, i, ir.Stmt(set))
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
	c := r.s.writesOf(stmt)
	if c.unknown || c.calls && r.s.closures || r.memory && (c.memory || c.shadows && !r.users) {
		return false
	}
	for _, v := range c.vars {
		if r.on(v) {
			return false
		}
	}
	return true
}

// writeSet is what a statement writes to.
type writeSet struct {
	vars    []*ir.Var
	memory  bool // behind slices and pointers
	shadows bool // the same, but of derivatives only
	calls   bool // it calls something
	unknown bool // simpler so
}

// writesOf returns what stmt and what is in it write to.
func (s *sharer) writesOf(stmt ir.Stmt) *writeSet {
	if c := s.changed[stmt]; c != nil {
		return c
	}
	c := &writeSet{}
	ir.WalkStmt(stmt, func(stmt ir.Stmt) {
		switch call := stmt.(type) {
		case *ir.Closure, *ir.For:
			c.unknown = true
		case *ir.Copy:
			c.memory = true
		case *ir.Call:
			c.calls = true
			c.memory = c.memory || !harmless(call)
		}
		c.vars = append(c.vars, ir.Defined(stmt)...)
		_, places := ir.Exprs(stmt)
		for _, p := range places {
			if v := ir.Held(p); v != nil {
				c.vars = append(c.vars, v)
			} else if v := ir.Root(p); v != nil && v.Made && v.Shadow != ir.NoShadow {
				c.shadows = true
			} else {
				c.memory = true
			}
		}
	})
	if s.changed != nil {
		s.changed[stmt] = c
	}
	return c
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
