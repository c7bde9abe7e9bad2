package adjoint

import (
	"github.com/cairn-ad/cairn/internal/ir"
)

// An element of a map is no variable: Go reads and writes it as a whole, and so does
// its adjoint. The lowered program has a statement for each read of one that holds
// floats. Whether the key is there decides if it has an adjoint, so the reverse sweep
// must find the keys that the map had; recording an element records that, too.

// entryWritten is the adjoint of m[k] = r: that of the element is taken, and goes to r.
func (g *generator) entryWritten(l *ir.Index, r ir.Expr) []ir.Stmt {
	if ir.IsRef(l.Type()) || !g.activeValue(l) {
		return nil
	}
	w := g.sh.Temp("tb", l.Type())
	adj := &ir.Ref{V: w}
	take := &ir.Call{L: []ir.Expr{adj}, Define: true, Name: "ad.TakeEntry", Args: g.entryArgs(l)}
	var code []ir.Stmt
	if ir.IsFloat(l.Type()) {
		d := g.differ()
		d.from(r, adj)
		code = merge(d.out)
	} else {
		code = g.aggregateFrom(adj, r)
	}
	if countReads(code, w) == 0 {
		take.L, take.Define = nil, false
		code = nil
	}
	return append([]ir.Stmt{take}, code...)
}

// entryRead is the adjoint of l = m[k]: that of l goes to the element.
func (g *generator) entryRead(l ir.Expr, r *ir.Index, define bool) []ir.Stmt {
	if ir.IsRef(l.Type()) || !g.activeValue(l) {
		return nil
	}
	lb := g.sh.Place(l)
	var out []ir.Stmt
	if g.activeValue(r) {
		out = append(out, &ir.Call{Name: "ad.AddEntry", Args: append(g.entryArgs(r), lb)})
	}
	if define {
		return out
	}
	return append(out, g.clear(lb)...)
}

// entryArgs are whether the map has the key, the shadow of the map and the key.
func (g *generator) entryArgs(e *ir.Index) []ir.Expr {
	return []ir.Expr{&ir.Has{X: e.X, I: e.I}, g.sh.Value(e.X), e.I}
}
