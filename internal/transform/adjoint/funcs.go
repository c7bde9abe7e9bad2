package adjoint

import (
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
)

// spread returns the functions that are so by themselves or call one that is so: the
// least fixed point. A cycle of calls in which no function is so by itself does
// nothing of the kind, however often it goes round.
func (t *transform) spread(so func(*ir.Func) bool) map[*ir.Func]bool {
	out := map[*ir.Func]bool{}
	for _, f := range t.prog.Funcs {
		out[f] = so(f)
	}
	flow.Stable(func() bool {
		changed := false
		for _, f := range t.prog.Funcs {
			for _, c := range ir.Callees(f) {
				if out[c] && !out[f] {
					out[f], changed = true, true
				}
			}
		}
		return changed
	})
	return out
}

// funcActive reports whether f, or a function that it calls, has an adjoint.
func (t *transform) funcActive(f *ir.Func) bool {
	if t.actives == nil {
		t.actives = t.spread(t.activeItself)
	}
	return t.actives[f]
}

func (t *transform) activeItself(f *ir.Func) bool {
	active := false
	g := t.generator(f)
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Assign:
			for i, l := range s.L {
				active = active || l != nil && (g.activeValue(l) || g.activeLiteral(s.R[i]))
			}
		case *ir.Copy:
			active = active || ir.HasFloat(s.Dst.Type()) && g.activeElems(s.Dst)
		case *ir.Call:
			for _, l := range s.L {
				active = active || l != nil && g.activeValue(l)
			}
		}
	})
	return active
}

// headers reports whether running f moves shadow references about: it returns
// some, or stores some in memory.
func (t *transform) headers(f *ir.Func) bool {
	if t.moves == nil {
		t.moves = t.spread(t.movesItself)
	}
	return t.moves[f]
}

func (t *transform) movesItself(f *ir.Func) bool {
	moves := false
	for _, r := range f.Results {
		moves = moves || t.act.Shadowed(r)
	}
	own := map[*ir.Var]bool{}
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			own[v] = true
		}
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Assign:
			for _, l := range s.L {
				if l != nil && t.act.ShadowedRefs(l) {
					for p := range t.mem.Places(l) {
						moves = moves || !own[p.Obj.Var] || t.mem.Many(p.Obj)
					}
				}
			}
		case *ir.Copy:
			moves = moves || t.act.ShadowedRefs(&ir.Index{X: s.Dst, I: ir.Int(0)})
		}
	})
	return moves
}
