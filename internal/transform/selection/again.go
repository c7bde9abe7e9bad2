package selection

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// mostStatements bounds what is written down a second time.
const mostStatements = 40

// again returns those statements of an iteration of l that the values of u follow from, if behind
// the loop they would give the same once more: they only compute numbers, from what the loop leaves as
// it is.
func (p *pass) again(l *ir.For, index *ir.Var, u *update) (kept []ir.Stmt, ok bool) {
	changes := map[*ir.Var]bool{}
	for _, s := range l.Body.Stmts {
		changed(s, changes)
	}
	if changes[index] || p.addressed[index] { // it has not one value for each iteration
		return nil, false
	}
	own := p.elements(l, index, u, changes)
	needs := map[*ir.Var]bool{}
	reads := alias.Set{}
	for _, s := range u.selected {
		mentioned(s.x, needs)
		reads.Add(own.reads(s.x))
	}
	for _, s := range slices.Backward(u.path) {
		if !sets(s, needs) {
			continue
		}
		if !p.onlyComputes(s) {
			return nil, false
		}
		kept = append(kept, s)
		ir.AddVars(needs, s)
		reads.Add(own.readsOf(s))
	}
	slices.Reverse(kept)
	if count(kept) > mostStatements || !steady(kept, needs, changes) {
		return nil, false
	}
	return kept, !p.facts.Mem.OverlapAny(reads, p.memory(p.facts.Eff.Writes(l)))
}

// pays reports whether it is less work to run the statements kept a second time than to record them. It is
// not if they have a loop or call that runs once anyway, with the update that ends the loop.
func (u *update) pays(kept []ir.Stmt) bool {
	if !u.last || u.guarded < 0 {
		return true
	}
	heavy := false
	for _, s := range u.path[u.guarded:] {
		if slices.Contains(kept, s) {
			ir.WalkStmt(s, func(s ir.Stmt) {
				switch s.(type) {
				case *ir.Call, *ir.For:
					heavy = true
				}
			})
		}
	}
	return !heavy
}

// steady reports whether the variables needed are those of the iteration, or are not among the changes of
// the loop.
func steady(kept []ir.Stmt, needs, changes map[*ir.Var]bool) bool {
	defined := map[*ir.Var]bool{}
	for _, s := range kept {
		ir.WalkStmt(s, func(s ir.Stmt) {
			for _, v := range ir.Defined(s) {
				defined[v] = true
			}
		})
	}
	for v := range needs {
		if changes[v] && !defined[v] {
			return false
		}
	}
	return true
}

// memory is the part of the set that is not in variables of the function; those that pointers lead to
// count as memory.
func (p *pass) memory(set alias.Set) alias.Set {
	out := alias.Set{}
	for l := range set {
		if !p.own[l.Obj] {
			out[l] = true
		}
	}
	return out
}

// onlyComputes reports whether s does no more than to give values to variables of the function. What a
// function with a rule does is not known.
func (p *pass) onlyComputes(s ir.Stmt) bool {
	if len(p.memory(p.facts.Eff.Writes(s))) > 0 {
		return false
	}
	if !computes(s) {
		return false
	}
	only := true
	ir.WalkStmt(s, func(s ir.Stmt) {
		c, ok := s.(*ir.Call)
		if !ok || !only {
			return
		}
		for _, f := range ir.CalleesFirst(c.Fn) {
			only = only && f.Rule == nil && f.Derivative == nil && computesAll(f.Body)
		}
	})
	return only
}

// computes reports whether nothing but computing happens in s, callees apart: no foreign function is
// called, which might print something, or give something else the next time.
func computes(s ir.Stmt) bool {
	only := true
	ir.WalkStmt(s, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Call:
			only = only && s.Fn != nil
		case *ir.For:
			only = only && s.Checkpoint == nil
		}
	})
	return only
}

func computesAll(b *ir.Block) bool {
	return !slices.ContainsFunc(b.Stmts, func(s ir.Stmt) bool { return !computes(s) })
}

// mentioned adds the variables in x to the set.
func mentioned(x ir.Expr, set map[*ir.Var]bool) {
	ir.WalkExpr(x, func(e ir.Expr) bool {
		if r, ok := e.(*ir.Ref); ok {
			set[r.V] = true
		}
		return true
	})
}

// changed adds to the set the variables that s declares or gives a value to, in whole or in part; what
// they lead to is memory.
func changed(s ir.Stmt, set map[*ir.Var]bool) {
	ir.WalkStmt(s, func(s ir.Stmt) {
		for _, v := range ir.Defined(s) {
			set[v] = true
		}
		_, places := ir.Exprs(s)
		for _, place := range places {
			if v := ir.Held(place); v != nil {
				set[v] = true
			}
		}
	})
}

// sets reports whether s declares one of the variables or gives it a value.
func sets(s ir.Stmt, vars map[*ir.Var]bool) bool {
	by := map[*ir.Var]bool{}
	changed(s, by)
	for v := range by {
		if vars[v] {
			return true
		}
	}
	return false
}

func count(stmts []ir.Stmt) int {
	n := 0
	for _, s := range stmts {
		ir.WalkStmt(s, func(ir.Stmt) { n++ })
	}
	return n
}
