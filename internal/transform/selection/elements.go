package selection

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// elements finds what an iteration reads of its own element y[i] of a slice, where the loop writes to that
// memory as y[i] only, on the way to the update. Behind the loop y[i] is still what the update found.
type elements struct {
	*pass
	l      *ir.For
	index  *ir.Var
	on     map[ir.Stmt]bool // the way to the update
	asked  map[*ir.Var]bool // what was found of the slices
	change map[*ir.Var]bool // variables that the loop changes
}

func (p *pass) elements(l *ir.For, index *ir.Var, u *update, changes map[*ir.Var]bool) *elements {
	e := &elements{p, l, index, map[ir.Stmt]bool{}, map[*ir.Var]bool{}, changes}
	for _, s := range u.path {
		ir.WalkStmt(s, func(s ir.Stmt) { e.on[s] = true })
	}
	return e
}

// without returns x with zeros in the place of own elements.
func (e *elements) without(x ir.Expr) ir.Expr {
	return ir.Rewrite(x, func(x ir.Expr) ir.Expr {
		switch x := x.(type) {
		case *ir.Addr:
			return x
		case *ir.Index:
			y, slice := x.X.(*ir.Ref)
			i, direct := x.I.(*ir.Ref)
			if slice && direct && i.V == e.index && e.own(y.V) {
				return ir.Number(0, x.Type())
			}
		}
		return nil
	})
}

// own reports whether the loop writes to the elements of y only as this one does.
func (e *elements) own(y *ir.Var) bool {
	is, known := e.asked[y]
	if !known {
		is = e.writesOwn(y)
		e.asked[y] = is
	}
	return is
}

func (e *elements) writesOwn(y *ir.Var) bool {
	slice, ok := y.Type.Underlying().(*types.Slice)
	if !ok || !ir.IsFloat(slice.Elem()) || e.change[y] || e.addressed[y] {
		return false
	}
	element := &ir.Index{X: &ir.Ref{V: y}, I: &ir.Ref{V: e.index}}
	at := e.facts.Mem.Places(element)
	only := true
	ir.WalkStmts(e.l.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Assign:
			if !e.facts.Mem.OverlapAny(e.facts.Eff.Writes(s), at) {
				break
			}
			only = only && e.on[s] && !ir.Appends(s.R)
			for _, l := range s.L {
				only = only && (l == nil || ir.Equal(l, element) || !e.facts.Mem.OverlapAny(e.facts.Mem.Places(l), at))
			}
		case *ir.Call, *ir.Copy:
			only = only && !e.facts.Mem.OverlapAny(e.facts.Eff.Writes(s), at)
		}
	})
	return only
}

// reads returns the memory that x reads, own elements apart.
func (e *elements) reads(x ir.Expr) alias.Set {
	out := alias.Set{}
	e.facts.Eff.Expr(e.without(x), out)
	return e.memory(out)
}

// readsOf is reads for a statement.
func (e *elements) readsOf(s ir.Stmt) alias.Set {
	out := alias.Set{}
	for _, s := range ir.CopyBlockWith(&ir.Block{Stmts: []ir.Stmt{s}}, e.without).Stmts {
		out.Add(e.facts.Eff.Reads(s))
	}
	return e.memory(out)
}
