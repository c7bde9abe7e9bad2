package lower

import (
	"go/ast"

	"github.com/cairn-ad/cairn/internal/ir"
)

// settled returns x as something of which a part has a shadow: what is made
// where it stands, a conversion, a literal, a new slice, goes into a variable.
func (b *builder) settled(x ir.Expr, at ast.Node) ir.Expr {
	switch x.(type) {
	case *ir.Convert, *ir.Composite, *ir.Make, *ir.New, *ir.Append:
		if ir.HasFloat(x.Type()) {
			return b.save(at.Pos(), x)
		}
	}
	return x
}

// deref is *x, and *&y is y.
func (b *builder) deref(x ir.Expr, at ast.Node) ir.Expr {
	if a, ok := x.(*ir.Addr); ok {
		return b.settled(a.X, at)
	}
	return &ir.Deref{X: b.settled(x, at)}
}

// fields follows a path of field indices, through pointers where Go does.
func (b *builder) fields(x ir.Expr, path []int, at ast.Node) ir.Expr {
	for _, i := range path {
		if isPointer(x.Type()) {
			x = b.deref(x, at)
		} else {
			x = b.settled(x, at)
		}
		if !isStruct(x.Type()) {
			return x // of a refused expression
		}
		x = &ir.Field{X: x, I: i}
	}
	return x
}

// value dereferences x if it points to an array.
func (b *builder) value(x ir.Expr, at ast.Node) ir.Expr {
	if p := pointee(x.Type()); p != nil && isArray(p) {
		return b.deref(x, at)
	}
	return x
}
