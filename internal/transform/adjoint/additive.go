package adjoint

import (
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// additive returns the shadows to whose memory the reverse of the loop l only adds, in the
// order of their names. The reverse of a statement reads and clears the adjoints of what the
// statement writes, and adds to those of what it reads: so they are the shadows of memory that
// l does not write. There are none if l mentions what a loop under a directive changes: some
// schedules keep that by its address, so that what is known of it differs from schedule to schedule.
func (g *generator) additive(l *ir.For, body *ir.Block) []*ir.Var {
	if g.mentionsState(l, body) {
		return nil
	}
	var out []*ir.Var
	for b := range ir.Vars(body.Stmts) {
		if v := g.sh.Primal(b); v != nil && b.Shadow != ir.NoShadow && !g.writesTo(l.Body, v) {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b *ir.Var) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// mentionsState reports whether l, whose reverse iteration is body, mentions a variable that a
// loop of the function that is under a directive writes to, or whose memory it writes to.
func (g *generator) mentionsState(l *ir.For, body *ir.Block) bool {
	if g.underDirective == nil {
		g.underDirective = []*ir.For{}
		ir.WalkStmts(g.f.Body, func(s ir.Stmt) {
			if l, ok := s.(*ir.For); ok && l.Checkpoint != nil {
				g.underDirective = append(g.underDirective, l)
			}
		})
	}
	if len(g.underDirective) == 0 {
		return false
	}
	mentioned := ir.Vars([]ir.Stmt{l})
	for v := range ir.Vars(body.Stmts) {
		mentioned[v] = true
	}
	for v := range mentioned {
		if p := g.sh.Primal(v); p != nil {
			v = p
		}
		for _, d := range g.underDirective {
			if d != l && !v.Made && g.writesTo(d.Body, v) {
				return true
			}
		}
	}
	return false
}

// writesTo reports whether b may write to v, or to the memory that v refers to.
func (g *generator) writesTo(b *ir.Block, v *ir.Var) bool {
	header, target := alias.Set{alias.Loc{Obj: g.mem.VarObject(v)}: true}, alias.Set(nil)
	if ir.IsRef(v.Type) {
		target = g.mem.PointsTo(&ir.Ref{V: v})
	}
	found := false
	ir.WalkStmts(b, func(s ir.Stmt) {
		if len(ir.Blocks(s)) > 0 || found {
			return
		}
		writes := g.t.eff.Writes(s)
		found = g.mem.OverlapAny(writes, header) || g.mem.OverlapAny(writes, target) && !g.writesApart(s, v)
	})
	return found
}

// checkpointed reports whether a directive tells how l, or a loop in it, is reversed.
func checkpointed(l *ir.For) bool {
	found := l.Checkpoint != nil
	ir.WalkStmts(l.Body, func(s ir.Stmt) {
		inner, ok := s.(*ir.For)
		found = found || ok && inner.Checkpoint != nil
	})
	return found
}

// reverseIteration is the reverse of the body of l. Of the loops in it nothing is gathered under
// a directive: all schedules, and none, give the same bits.
func (g *generator) reverseIteration(l *ir.For) *ir.Block {
	body := g.reverseScope(l.Body)
	if l.Checkpoint != nil {
		ir.WalkStmts(body, func(s ir.Stmt) {
			if inner, ok := s.(*ir.For); ok {
				inner.Additive = nil
			}
		})
	}
	return body
}
