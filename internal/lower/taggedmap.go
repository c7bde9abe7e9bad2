package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A map with tagged values for elements holds pointers to them, each of which is made when an
// element is stored. No pointer stands for nil, as what is read for a key that is not there.

// holdsPointers reports whether t is the type of such a map.
func (b *builder) holdsPointers(t types.Type) bool {
	m, ok := t.Underlying().(*types.Map)
	return ok && b.sumOf(pointee(m.Elem())) != nil
}

// mapped is the value of the element at of such a map; of other maps, at itself.
func (b *builder) mapped(pos token.Pos, at *ir.Index) ir.Expr {
	if !b.holdsPointers(at.X.Type()) {
		return at
	}
	p := b.save(pos, at)
	out := b.temp(pointee(p.Type()), pos)
	b.emit(&ir.Decl{At: ir.At{P: pos}, V: out})
	b.emit(&ir.If{
		At:   ir.At{P: pos},
		Cond: &ir.Binary{Op: token.NEQ, X: clone(p), Y: &ir.Const{Typ: p.Type()}, Typ: types.Typ[types.Bool]},
		Then: b.capture(pos, func() { b.set(pos, out, &ir.Deref{X: clone(p)}) }),
	})
	return &ir.Ref{V: out}
}

// mapPlace is the place e if it is an element of such a map, else nil.
func (b *builder) mapPlace(e ast.Expr) ir.Expr {
	x, ok := ast.Unparen(e).(*ast.IndexExpr)
	if !ok || b.l.tagged == nil || b.info.TypeOf(x.X) == nil || !b.holdsPointers(b.info.TypeOf(x.X)) {
		return nil
	}
	b.checkType(e.Pos(), b.typeOf(x.X))
	return b.entry(x, b.typeOf(x.X).Underlying().(*types.Map))
}

// intoMap is x as an element of such a map, whose type is t, if t is that.
func (b *builder) intoMap(x ir.Expr, t types.Type, at ast.Node) (p ir.Expr, ok bool) {
	of := pointee(t)
	if b.sumOf(of) == nil || isNil(x) || types.Identical(x.Type(), t) {
		return nil, false
	}
	x = b.toTagged(x, of, at)
	p = b.save(at.Pos(), &ir.New{Typ: t})
	b.emit(&ir.Assign{At: ir.At{P: at.Pos()}, L: []ir.Expr{&ir.Deref{X: clone(p)}}, R: []ir.Expr{x}})
	return p, true
}
