package adjoint

import (
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
)

// overwrites is the caller's memory that f writes to and that its reverse sweep gives earlier
// values: what a joint adjoint has to bring back afterwards. What the reverse sweep does not touch
// still is as f has left it.
func (g *generator) overwrites() alias.Set {
	writes := g.t.eff.FuncWrites(g.f)
	if g.t.without(optim.Final) || g.t.loses(g.f) {
		return writes
	}
	given := alias.Set{}
	g.t.givesBack(g.f, given, map[*ir.Func]bool{})
	out := alias.Set{}
	for w := range writes {
		if w.Obj.Entries() || g.mem.OverlapAny(alias.Set{w: true}, given) {
			out[w] = true
		}
	}
	return out
}

// givesBack adds to out what the reverse sweep of f, which has seen those before, may write other
// than shadows: what the forward sweep has recorded of it, slices and pointers, and all that is run
// again.
func (t *transform) givesBack(f *ir.Func, out alias.Set, seen map[*ir.Func]bool) {
	if seen[f] {
		return
	}
	seen[f] = true
	recorded := func(s ir.Stmt, ls []ir.Expr) {
		for i, l := range ls {
			if l != nil && (t.tbr.Saves(s, i) || ir.HasRef(l.Type())) {
				out.Add(t.mem.Places(l))
			}
		}
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Assign:
			recorded(s, s.L)
		case *ir.Copy:
			recorded(s, []ir.Expr{s.N})
			if t.tbr.SavesCopy(s) {
				out.Add(t.mem.PointsTo(s.Dst))
			}
		case *ir.Call:
			recorded(s, s.L)
			if t.plainlySplit(s) {
				t.givesBack(s.Fn, out, seen)
			} else {
				out.Add(t.eff.Writes(s))
			}
		case *ir.For:
			if s.Checkpoint != nil || t.client.Fused(s) {
				out.Add(t.eff.Writes(s))
			}
		case *ir.Decl, *ir.If, *ir.Block, *ir.Return, *ir.Comment:
		default:
			out.Add(t.eff.Writes(s))
		}
	})
}

// plainlySplit reports whether the reverse of the call c is the reverse sweep of a function that is
// made from its body.
func (t *transform) plainlySplit(c *ir.Call) bool {
	return c.Fn != nil && c.Fn.Rule == nil && c.Fn.Derivative == nil && !t.client.Fused(c) && !t.client.Joint(c)
}
