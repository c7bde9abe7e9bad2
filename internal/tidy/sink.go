package tidy

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// sink moves declarations into the branch, or the block, in which all uses of the variable
// are, and returns their variables. They do not move into loops, where the variable would be
// new each time round.
func sink(f *ir.Func) map[*ir.Var]bool {
	k := &sinker{at: map[*ir.Block]level{}, of: map[*ir.Var]*sunk{}}
	k.block(f.Body, nil, 0, false)
	taken := ir.Addressed(f)
	moved := map[*ir.Block][]*ir.Decl{}
	gone := map[ir.Stmt]bool{}
	vars := map[*ir.Var]bool{}
	for _, s := range k.order {
		to := k.target(s)
		if s.decls != 1 || to == nil || to == s.block || taken[s.decl.V] {
			continue
		}
		moved[to] = append(moved[to], s.decl)
		gone[s.decl], vars[s.decl.V] = true, true
	}
	if len(gone) == 0 {
		return nil
	}
	blocks(f.Body, func(b *ir.Block) {
		keep(b, func(_ int, s ir.Stmt) bool { return !gone[s] })
		if ds := moved[b]; ds != nil {
			b.Stmts = before(b.Stmts, ds)
		}
	})
	return vars
}

// defineWhereSet turns var v T, w T … v, w = e, f into v, w := e, f for the variables in vars.
func defineWhereSet(f *ir.Func, vars map[*ir.Var]bool) {
	if len(vars) == 0 {
		return
	}
	x := newIndex(f.Body, vars)
	blocks(f.Body, func(b *ir.Block) {
		firsts := map[*ir.Var]int{} // by variable declared in b, where it is mentioned first
		for i, s := range b.Stmts {
			if d, ok := s.(*ir.Decl); ok && vars[d.V] {
				firsts[d.V] = x.first(d.V, b, i+1)
			}
		}
		if len(firsts) == 0 {
			return
		}
		defined := map[*ir.Var]bool{}
		for j, s := range b.Stmts {
			a, ok := s.(*ir.Assign)
			if !ok || !setsFirst(a, j, firsts) {
				continue
			}
			for _, l := range a.L {
				defined[l.(*ir.Ref).V] = true
			}
			b.Stmts[j] = &ir.Assign{At: a.At, L: a.L, R: a.R, Define: true, Guard: a.Guard}
		}
		keep(b, func(_ int, s ir.Stmt) bool {
			d, ok := s.(*ir.Decl)
			return !ok || !defined[d.V]
		})
	})
}

// setsFirst reports whether a, statement j of its list, sets nothing but variables that are
// mentioned there first.
func setsFirst(a *ir.Assign, j int, firsts map[*ir.Var]int) bool {
	for i, l := range a.L {
		r, ok := l.(*ir.Ref)
		if !ok {
			return false
		}
		if at, declared := firsts[r.V]; !declared || at != j || !sameType(a.R[i], r.V) {
			return false
		}
		for _, e := range a.R {
			if ir.Mentions(e, r.V) {
				return false
			}
		}
	}
	return len(a.L) > 0 && !a.Define
}

// before puts each declaration in front of the first statement that mentions its variable.
func before(stmts []ir.Stmt, ds []*ir.Decl) []ir.Stmt {
	waiting := map[*ir.Var]*ir.Decl{}
	for _, d := range ds {
		waiting[d.V] = d
	}
	var out []ir.Stmt
	for _, s := range stmts {
		if len(waiting) > 0 {
			at := len(out)
			for at > 0 && isComment(out[at-1]) { // which is on s
				at--
			}
			mentioned := ir.Vars([]ir.Stmt{s})
			for _, d := range ds {
				if waiting[d.V] != nil && mentioned[d.V] {
					delete(waiting, d.V)
					out = slices.Insert(out, at, ir.Stmt(d))
					at++
				}
			}
		}
		out = append(out, s)
	}
	return out
}

func isComment(s ir.Stmt) bool {
	_, ok := s.(*ir.Comment)
	return ok
}

// level is where a block stands.
type level struct {
	in    *ir.Block
	depth int
	anew  bool // it is run, or may be run, another number of times than the block around it
}

// sunk is what is known of a variable with a declaration.
type sunk struct {
	decl  *ir.Decl
	block *ir.Block
	decls int
	used  *ir.Block // the innermost block with all uses; nil: there are none
}

type sinker struct {
	at    map[*ir.Block]level
	of    map[*ir.Var]*sunk
	order []*sunk
}

func (k *sinker) block(b, in *ir.Block, depth int, anew bool) {
	k.at[b] = level{in: in, depth: depth, anew: anew}
	for _, s := range b.Stmts {
		if d, ok := s.(*ir.Decl); ok {
			k.declare(d, b)
			continue
		}
		k.mentions(s, b)
		_, loop := s.(*ir.For)
		_, closure := s.(*ir.Closure)
		for _, inner := range ir.Blocks(s) {
			k.block(inner, b, depth+1, loop || closure)
		}
	}
}

func (k *sinker) declare(d *ir.Decl, b *ir.Block) {
	if s := k.of[d.V]; s != nil {
		s.decls++
		return
	}
	s := &sunk{decl: d, block: b, decls: 1}
	k.of[d.V] = s
	k.order = append(k.order, s)
}

// mentions notes the variables that stand directly in s.
func (k *sinker) mentions(s ir.Stmt, b *ir.Block) {
	see := func(e ir.Expr) bool {
		if r, ok := e.(*ir.Ref); ok {
			k.mention(r.V, b)
		}
		return true
	}
	direct := func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		for _, es := range [][]ir.Expr{reads, places} {
			for _, e := range es {
				ir.WalkExpr(e, see)
			}
		}
	}
	direct(s)
	switch s := s.(type) {
	case *ir.Call:
		k.mention(s.On, b)
	case *ir.For:
		k.mention(s.Stop, b)
		if s.Init != nil {
			direct(s.Init)
		}
		if s.Post != nil {
			direct(s.Post)
		}
	}
	for _, v := range ir.Defined(s) {
		if d := k.of[v]; d != nil {
			d.decls++
		}
	}
}

func (k *sinker) mention(v *ir.Var, b *ir.Block) {
	if v == nil {
		return
	}
	if s := k.of[v]; s != nil {
		s.used = k.common(s.used, b)
	}
}

// common returns the innermost block that holds both.
func (k *sinker) common(a, b *ir.Block) *ir.Block {
	if a == nil {
		return b
	}
	for a != b {
		if k.at[a].depth > k.at[b].depth {
			a = k.at[a].in
		} else {
			b = k.at[b].in
		}
	}
	return a
}

// target is the block for the declaration of s, or nil.
func (k *sinker) target(s *sunk) *ir.Block {
	if s.used == nil {
		return nil
	}
	to := s.used
	for b := s.used; b != s.block; b = k.at[b].in {
		if b == nil {
			return nil // the uses are not all in the scope of this declaration
		}
		if k.at[b].anew {
			to = k.at[b].in
		}
	}
	return to
}
