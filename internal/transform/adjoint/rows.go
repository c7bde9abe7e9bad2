package adjoint

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/ir"
)

// Two nested loops that overwrite a row of x in each iteration of the outer one can
// record all the rows before they start, if the rows follow each other at a fixed
// distance: one call, which copies a large piece of memory, instead of one for each
// row.

// rowsOf takes the ranges that loops in the body of l record by themselves, and
// returns those that l can record for them.
func (g *generator) rowsOf(l *ir.For) []span {
	k := g.rec.Counted(l)
	if !types.Identical(k.Index.Type.Underlying(), types.Typ[types.Int]) {
		return nil
	}
	var out []span
	for _, s := range l.Body.Stmts {
		inner, ok := s.(*ir.For)
		if !ok {
			continue
		}
		var left []span
		for _, r := range g.bulkSaves(inner) {
			if rows, ok := g.lift(l, k, r); ok {
				out = append(out, rows)
			} else {
				left = append(left, r)
			}
		}
		g.bulk[inner] = left
	}
	return out
}

// lift makes of a range that a loop in l's body records the rows that l can record.
func (g *generator) lift(l *ir.For, k *recompute.Counted, r span) (span, bool) {
	if r.count != nil {
		return span{}, false
	}
	lo, hi := g.beforeBody(l, r.lo), g.beforeBody(l, r.hi)
	if lo == nil || hi == nil || !g.safeBefore(k, lo) || !g.safeBefore(k, hi) {
		return span{}, false
	}
	stride, also := slope(lo, k.Index), slope(hi, k.Index)
	if stride == nil || also == nil || !ir.Equal(stride, also) || !g.bulkRight(l, r.slice, r.saves) {
		return span{}, false
	}
	count := ir.Sub(asInt(rangeEnd(k)), asInt(k.Lo))
	at := func(e ir.Expr) ir.Expr { return asInt(simpler(ir.Substitute(e, k.Index, k.Lo))) }
	return span{slice: r.slice, saves: r.saves, lo: at(lo), hi: at(hi), stride: asInt(stride), count: count}, true
}

// beforeBody writes e without the variables that l's body defines and that can be
// worked out again; nil if e reads anything else that the body changes.
func (g *generator) beforeBody(l *ir.For, e ir.Expr) ir.Expr {
	writes := alias.Set{}
	for _, s := range l.Body.Stmts {
		writes.Add(g.t.eff.Writes(s))
	}
	for range 8 { // locals that follow from locals
		reads := alias.Set{}
		g.t.eff.Expr(e, reads)
		if !g.mem.OverlapAny(reads, writes) {
			return e
		}
		e = ir.Rewrite(e, func(e ir.Expr) ir.Expr {
			if r, ok := e.(*ir.Ref); ok && writes[alias.Loc{Obj: g.mem.VarObject(r.V)}] {
				return g.rec.Local(r.V)
			}
			return nil
		})
	}
	return nil
}

// safeBefore reports whether e can be evaluated before the loop without harm even
// if the loop never runs: it is plain arithmetic, and follows no pointer that the
// bounds of the loop do not follow.
func (g *generator) safeBefore(k *recompute.Counted, e ir.Expr) bool {
	followed := func(d ir.Expr) bool {
		found := false
		for _, bound := range []ir.Expr{k.Lo, k.Hi} {
			ir.WalkExpr(bound, func(x ir.Expr) bool {
				found = found || ir.Equal(x, d)
				return !found
			})
		}
		return found
	}
	safe := true
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Ref, *ir.Const, *ir.Field, *ir.Convert, *ir.Len, *ir.Unary:
		case *ir.Deref:
			safe = safe && followed(e)
		case *ir.Binary:
			safe = safe && (e.Op == token.ADD || e.Op == token.SUB || e.Op == token.MUL)
		default:
			safe = false
		}
		return safe
	})
	return safe
}

// slope returns the factor of i in e, in which i has no influence; nil if there is
// none.
func slope(e ir.Expr, i *ir.Var) ir.Expr {
	if !ir.Mentions(e, i) {
		return ir.Number(0, e.Type())
	}
	switch e := e.(type) {
	case *ir.Ref:
		return ir.One(i.Type)
	case *ir.Unary:
		if x := slope(e.X, i); x != nil && e.Op == token.SUB {
			return ir.Neg(x)
		}
	case *ir.Binary:
		x, y := slope(e.X, i), slope(e.Y, i)
		if x == nil || y == nil {
			return nil
		}
		switch {
		case e.Op == token.ADD:
			return ir.Add(x, y)
		case e.Op == token.SUB:
			return ir.Sub(x, y)
		case e.Op == token.MUL && !ir.Mentions(e.Y, i):
			return ir.Mul(x, e.Y)
		case e.Op == token.MUL && !ir.Mentions(e.X, i):
			return ir.Mul(y, e.X)
		}
	}
	return nil
}

// simpler writes sums and products of integers anew, without zeros and ones.
func simpler(e ir.Expr) ir.Expr {
	b, ok := e.(*ir.Binary)
	if !ok || !ir.IsInteger(b.Typ) {
		return e
	}
	x, y := simpler(b.X), simpler(b.Y)
	switch b.Op {
	case token.ADD:
		return ir.Add(x, y)
	case token.SUB:
		return ir.Sub(x, y)
	case token.MUL:
		if ir.IsConst(x, 0) || ir.IsConst(y, 0) {
			return ir.Number(0, b.Typ)
		}
		return ir.Mul(x, y)
	}
	return e
}
