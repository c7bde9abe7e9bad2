package alias

import (
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
)

type pair struct{ a, b *ir.Var }

// A group is a set of reference variables whose values only ever change places
// among themselves: each is given a value once, all from different memory, and
// after that only permuted by parallel assignments such as u, v = v, u. Two
// members never refer to the same memory at the same time.
type group struct{ members []*ir.Var }

// IsSwap reports whether s permutes variables: L and R are the same set of
// plain variables.
func IsSwap(s *ir.Assign) bool {
	if s.Define || len(s.L) < 2 {
		return false
	}
	seen := map[*ir.Var]int{}
	for i := range s.L {
		l, ok1 := s.L[i].(*ir.Ref)
		r, ok2 := s.R[i].(*ir.Ref)
		if !ok1 || !ok2 {
			return false
		}
		seen[l.V] |= 1
		seen[r.V] |= 2
	}
	if len(seen) != len(s.L) {
		return false
	}
	for _, m := range seen {
		if m != 3 {
			return false
		}
	}
	return true
}

// findGroups collects swap groups, then decides by descent from the roots which
// pairs of formal parameters are disjoint at every call.
func (in *Info) findGroups(roots []*ir.Func) {
	in.groups = map[*ir.Var]*group{}
	defs := map[*ir.Var][]ir.Expr{} // values given other than by a swap; nil for an unknown one
	for _, f := range in.prog.Funcs {
		repeated := insideLoops(f.Body)
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			switch s := s.(type) {
			case *ir.Assign:
				if IsSwap(s) && ir.IsRef(s.L[0].Type()) {
					in.join(s)
					return
				}
				for i, l := range s.L {
					if r, ok := l.(*ir.Ref); ok {
						defs[r.V] = append(defs[r.V], s.R[i])
						if _, fresh := s.R[i].(*ir.Make); !fresh && repeated[s] {
							// The second time round, the same memory could come in
							// by the definition and by an earlier swap.
							defs[r.V] = append(defs[r.V], nil)
						}
					}
				}
			case *ir.Call:
				for _, l := range s.L {
					if r, ok := l.(*ir.Ref); ok {
						defs[r.V] = append(defs[r.V], nil)
					}
				}
			}
			reads, _ := ir.Exprs(s)
			for _, e := range reads {
				ir.WalkExpr(e, func(e ir.Expr) bool {
					if a, ok := e.(*ir.Addr); ok {
						if v := ir.Root(a.X); v != nil && ir.IsRef(v.Type) {
							if _, direct := a.X.(*ir.Ref); direct {
								defs[v] = append(defs[v], nil, nil)
							}
						}
					}
					return true
				})
			}
		})
	}
	isRoot := map[*ir.Func]bool{}
	for _, r := range roots {
		isRoot[r] = true
	}
	calls := map[*ir.Func][]*ir.Call{}
	for _, f := range in.prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok && c.Fn != nil {
				calls[c.Fn] = append(calls[c.Fn], c)
			}
		})
	}
	// All groups are taken to hold, and all pairs of formals to be apart, until
	// something speaks against it: the greatest fixed point. It is sound although
	// it begins with hopes: what holds for a call rests on what holds for its
	// caller at that moment, and the chain of callers ends at a root, of whose
	// parameters nothing is hoped. Without recursion there is one fixed point only.
	// Callees come first in program order, so going backwards a program without
	// recursion is settled in one round.
	in.apart = map[pair]bool{}
	for _, f := range in.prog.Funcs {
		if !isRoot[f] && len(calls[f]) > 0 {
			in.hope(f)
		}
	}
	flow.Stable(func() bool {
		changed := false
		for i := len(in.prog.Funcs) - 1; i >= 0; i-- {
			f := in.prog.Funcs[i]
			changed = in.formals(f, calls[f]) || changed
			changed = in.checkGroups(f, defs) || changed
		}
		return changed
	})
}

// hope takes all pairs of reference parameters of f to be apart.
func (in *Info) hope(f *ir.Func) {
	params := f.Inputs()
	for i, a := range params {
		for _, b := range params[i+1:] {
			if ir.IsRef(a.Type) && ir.IsRef(b.Type) {
				in.apart[pair{a, b}] = true
			}
		}
	}
}

func (in *Info) join(s *ir.Assign) {
	g := &group{}
	for _, l := range s.L {
		v := l.(*ir.Ref).V
		if old := in.groups[v]; old != nil {
			for _, m := range old.members {
				if in.groups[m] != g {
					g.members = append(g.members, m)
					in.groups[m] = g
				}
			}
		} else {
			g.members = append(g.members, v)
			in.groups[v] = g
		}
	}
}

// formals gives up the pairs of reference parameters of f that some call does not
// keep apart.
func (in *Info) formals(f *ir.Func, calls []*ir.Call) (changed bool) {
	params := f.Inputs()
	for i, a := range params {
		for j := i + 1; j < len(params); j++ {
			p := pair{a, params[j]}
			if !in.apart[p] {
				continue
			}
			for _, c := range calls {
				x, ok1 := c.Args[i].(*ir.Ref)
				y, ok2 := c.Args[j].(*ir.Ref)
				if !in.apartSets(in.PointsTo(c.Args[i]), in.PointsTo(c.Args[j])) &&
					!(ok1 && ok2 && in.Disjoint(x.V, y.V)) {
					delete(in.apart, p)
					changed = true
					break
				}
			}
		}
	}
	return changed
}

func (in *Info) apartSets(a, b Set) bool {
	if len(a) == 0 || len(b) == 0 {
		return true // a nil reference
	}
	return !in.OverlapAny(a, b)
}

// checkGroups dissolves the groups of f whose members are not sure to start from
// different memory.
func (in *Info) checkGroups(f *ir.Func, defs map[*ir.Var][]ir.Expr) (changed bool) {
	isParam := map[*ir.Var]bool{}
	for _, v := range f.Inputs() {
		isParam[v] = true
	}
	mine := append(append([]*ir.Var{}, f.Inputs()...), f.Locals...)
	for _, v := range append(mine, f.Results...) {
		g := in.groups[v]
		if g == nil || g.members[0] != v {
			continue
		}
		origin := map[*ir.Var]ir.Expr{}
		ok := true
		for _, m := range g.members {
			switch {
			case isParam[m] && len(defs[m]) == 0:
				origin[m] = &ir.Ref{V: m}
			case !isParam[m] && len(defs[m]) == 1 && defs[m][0] != nil:
				origin[m] = defs[m][0]
			default:
				ok = false
			}
		}
		for i, a := range g.members {
			for _, b := range g.members[i+1:] {
				ok = ok && in.originsApart(origin[a], origin[b])
			}
		}
		if !ok {
			for _, m := range g.members {
				delete(in.groups, m)
			}
			changed = true
		}
	}
	return changed
}

func (in *Info) originsApart(a, b ir.Expr) bool {
	if a == nil || b == nil {
		return false
	}
	x, ok1 := a.(*ir.Ref)
	y, ok2 := b.(*ir.Ref)
	if ok1 && ok2 {
		return x.V != y.V && (in.apart[pair{x.V, y.V}] || in.apart[pair{y.V, x.V}])
	}
	_, m1 := a.(*ir.Make)
	_, m2 := b.(*ir.Make)
	if m1 && m2 {
		return true // two allocations
	}
	// Fresh memory differs from what a parameter brought in.
	return m1 && ok2 && y.V.Kind == ir.Param || m2 && ok1 && x.V.Kind == ir.Param
}

// Disjoint reports whether the references in a and b, at any one moment, never
// lead to the same memory.
func (in *Info) Disjoint(a, b *ir.Var) bool {
	if a == b {
		return false
	}
	if in.apart[pair{a, b}] || in.apart[pair{b, a}] {
		return true
	}
	if g := in.groups[a]; g != nil && g == in.groups[b] {
		return true
	}
	return in.apartSets(in.PointsTo(&ir.Ref{V: a}), in.PointsTo(&ir.Ref{V: b}))
}

// insideLoops returns the statements of b that a loop may run more than once.
func insideLoops(b *ir.Block) map[ir.Stmt]bool {
	out := map[ir.Stmt]bool{}
	var block func(b *ir.Block, inside bool)
	block = func(b *ir.Block, inside bool) {
		for _, s := range b.Stmts {
			if inside {
				out[s] = true
			}
			l, loop := s.(*ir.For)
			if loop && l.Post != nil {
				out[l.Post] = true
			}
			if loop && l.Init != nil && inside {
				out[l.Init] = true
			}
			for _, c := range ir.Blocks(s) {
				block(c, inside || loop)
			}
		}
	}
	block(b, false)
	return out
}
