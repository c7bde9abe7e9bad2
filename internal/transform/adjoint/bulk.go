package adjoint

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A span is what a loop records of a slice before it starts, and takes back after it.
type span struct {
	slice         *ir.Var
	saves         []ir.Stmt // the statements that need not save by themselves
	lo, hi        ir.Expr   // elements lo … hi-1
	stride, count ir.Expr   // and as many at these distances; nil for one range
}

// A loop for k := lo; k < hi; k++ that overwrites x[k], each once, can record the
// whole range x[lo:hi] before it starts instead of element by element: a copy of
// memory instead of pushes and pops. That is right if the reverse of the loop does
// not itself read x, since x gets its old values back only after it.

// bulkSaves returns what the loop records in one go, and notes the statements that
// need not save by themselves. A loop must be asked before those in its body.
func (g *generator) bulkSaves(l *ir.For) []span {
	if known, ok := g.bulk[l]; ok {
		return known
	}
	if g.bulk == nil {
		g.bulk, g.inBulk = map[*ir.For][]span{}, map[ir.Stmt]bool{}
	}
	g.bulk[l] = nil
	k := g.rec.Counted(l)
	if k == nil || k.Step != 1 || l.Stop != nil || k.Cmp != token.LSS && k.Cmp != token.LEQ {
		return nil
	}
	candidates := map[*ir.Var][]ir.Stmt{}
	var order []*ir.Var
	for _, s := range l.Body.Stmts {
		a, ok := s.(*ir.Assign)
		if !ok || a.Define || len(a.L) != 1 || a.L[0] == nil || !g.t.tbr.Saves(a, 0) {
			continue
		}
		h := sliceOfPlace(a.L[0], k.Index)
		if h == nil {
			continue
		}
		if candidates[h] == nil {
			order = append(order, h)
		}
		candidates[h] = append(candidates[h], s)
	}
	for _, h := range order {
		if g.bulkRight(l, h, candidates[h]) {
			g.bulk[l] = append(g.bulk[l], span{slice: h, saves: candidates[h], lo: asInt(k.Lo), hi: asInt(rangeEnd(k))})
			for _, s := range candidates[h] {
				g.inBulk[s] = true
			}
		}
	}
	g.bulk[l] = append(g.bulk[l], g.rowsOf(l)...)
	return g.bulk[l]
}

// sliceOfPlace returns x if the place is x[i], or a field of it, for a slice
// variable x.
func sliceOfPlace(l ir.Expr, i *ir.Var) *ir.Var {
	for {
		switch x := l.(type) {
		case *ir.Field:
			l = x.X
			continue
		case *ir.Index:
			at, ok1 := x.I.(*ir.Ref)
			base, ok2 := x.X.(*ir.Ref)
			if !ok1 || !ok2 || at.V != i {
				return nil
			}
			t, ok := base.V.Type.Underlying().(*types.Slice)
			if !ok || ir.HasRef(t.Elem()) {
				return nil
			}
			return base.V
		}
		return nil
	}
}

// bulkRight reports whether h can be recorded before the loop: nothing else in the
// loop writes its memory or gives h another value, and the reverse of the loop does
// not read its elements.
func (g *generator) bulkRight(l *ir.For, h *ir.Var, mine []ir.Stmt) bool {
	own := map[ir.Stmt]bool{}
	for _, s := range mine {
		own[s] = true
	}
	target := g.mem.PointsTo(&ir.Ref{V: h})
	header := alias.Set{alias.Loc{Obj: g.mem.VarObject(h)}: true}
	right := true
	ir.WalkStmts(l.Body, func(s ir.Stmt) {
		if own[s] {
			right = right && !g.readsElements(g.t.client.Before(s), target, h) && !g.readsElements(g.t.client.After(s), target, h)
			return
		}
		if len(ir.Blocks(s)) == 0 {
			writes := g.t.eff.Writes(s)
			if g.mem.OverlapAny(writes, header) || g.mem.OverlapAny(writes, target) && !g.writesApart(s, h) {
				right = false
			}
		}
		right = right && !g.readsElements(g.t.client.Before(s), target, h) && !g.readsElements(g.t.client.After(s), target, h)
		switch s := s.(type) {
		case *ir.Assign:
			if s.Define {
				for _, v := range s.L {
					if x := g.rec.Local(v.(*ir.Ref).V); x != nil {
						right = right && !g.readsElements([]ir.Expr{x}, target, h)
					}
				}
			}
		case *ir.Call, *ir.Copy:
			right = false // what they read in reverse is not seen from here
		case *ir.For:
			if s.Checkpoint != nil {
				right = false
			}
		}
	})
	return right
}

// writesApart reports whether s writes memory only through slices that are apart
// from h.
func (g *generator) writesApart(s ir.Stmt, h *ir.Var) bool {
	a, ok := s.(*ir.Assign)
	if !ok {
		return false
	}
	for _, l := range a.L {
		if l == nil {
			continue
		}
		if v := alias.Via(l); g.mem.OverlapAny(g.mem.Places(l), g.mem.PointsTo(&ir.Ref{V: h})) && (v == nil || !g.mem.Disjoint(v, h)) {
			return false
		}
	}
	return true
}

// readsElements reports whether evaluating the expressions may read an element of
// h.
func (g *generator) readsElements(es []ir.Expr, target alias.Set, h *ir.Var) bool {
	found := false
	var value func(e ir.Expr)
	value = func(e ir.Expr) {
		switch x := e.(type) {
		case nil:
			return
		case *ir.Addr: // only finds the place
			for at := x.X; ; {
				switch y := at.(type) {
				case *ir.Field:
					at = y.X
					continue
				case *ir.Index:
					value(y.I)
					value(y.X)
				default:
					for _, c := range ir.Children(at) {
						value(c)
					}
				}
				return
			}
		case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
			if v := alias.Via(e); !(v != nil && v != h && g.mem.Disjoint(v, h)) && g.mem.OverlapAny(g.mem.Places(e), target) {
				found = true
			}
		}
		for _, c := range ir.Children(e) {
			value(c)
		}
	}
	for _, e := range es {
		value(e)
	}
	return found
}

// pushSpans makes the calls that record the spans.
func (g *generator) pushSpans(spans []span) []ir.Stmt {
	var out []ir.Stmt
	for _, r := range spans {
		out = append(out, g.spanCall("Push", r))
	}
	return out
}

// popSpans makes the calls that take the spans back.
func (g *generator) popSpans(spans []span) []ir.Stmt {
	var out []ir.Stmt
	for i := len(spans) - 1; i >= 0; i-- {
		out = append(out, g.spanCall("Pop", spans[i]))
	}
	return out
}

func (g *generator) spanCall(verb string, r span) ir.Stmt {
	args := []ir.Expr{&ir.Ref{V: g.st}, &ir.Ref{V: r.slice}, r.lo, r.hi}
	if r.count == nil {
		return &ir.Call{Name: "ad." + verb + "Range", Args: args}
	}
	return &ir.Call{Name: "ad." + verb + "Rows", Args: append(args, r.stride, r.count)}
}

func rangeEnd(k *recompute.Counted) ir.Expr {
	if k.Cmp == token.LEQ {
		return ir.Add(k.Hi, ir.Number(1, k.Index.Type))
	}
	return k.Hi
}
