package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// mostParts is how many comparisons one of structs or arrays may become.
const mostParts = 64

// compareParts compares structs or arrays with floats, to whose parts the analyses
// look one by one: x == y is x.A == y.A && x.B == y.B. It returns nil if a part
// cannot be compared so.
func (b *builder) compareParts(at ast.Node, op token.Token, x, y ir.Expr, t types.Type) ir.Expr {
	var out ir.Expr
	n := 0
	ok := b.parts(at, x, y, func(x, y ir.Expr) {
		n++
		same := &ir.Binary{Op: token.EQL, X: x, Y: y, Typ: t}
		if out == nil {
			out = same
		} else {
			out = &ir.Binary{Op: token.LAND, X: out, Y: same, Typ: t}
		}
	})
	switch {
	case !ok || n > mostParts:
		return nil
	case out == nil:
		out = &ir.Const{Val: constant.MakeBool(true), Typ: t}
	}
	if op == token.NEQ {
		return not(out)
	}
	return out
}

// parted is x, or a variable with its value if parts of x cannot be named. That goes
// for literals, which cannot stand in the head of a statement as they are either.
func (b *builder) parted(at ast.Node, x ir.Expr) ir.Expr {
	switch x.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref, *ir.Global:
		return x
	}
	return b.save(at.Pos(), x)
}

// parts calls f for the corresponding parts of x and y that are no structs or arrays.
func (b *builder) parts(at ast.Node, x, y ir.Expr, f func(x, y ir.Expr)) bool {
	switch t := x.Type().Underlying().(type) {
	case *types.Struct:
		for i := range t.NumFields() {
			if t.Field(i).Name() == "_" {
				continue
			}
			b.field(at.Pos(), x.Type(), i)
			if !b.parts(at, &ir.Field{X: clone(x), I: i}, &ir.Field{X: clone(y), I: i}, f) {
				return false
			}
		}
		return true
	case *types.Array:
		if t.Len() > mostParts {
			return false
		}
		for i := range t.Len() {
			index := func(x ir.Expr) ir.Expr {
				return &ir.Index{X: clone(x), I: &ir.Const{Val: constant.MakeInt64(i), Typ: types.Typ[types.Int]}}
			}
			if !b.parts(at, index(x), index(y), f) {
				return false
			}
		}
		return true
	case *types.Basic:
		f(x, y)
		return true
	case *types.Pointer:
		f(x, y)
		return true
	}
	return false
}
