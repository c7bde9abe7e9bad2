package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// clearCall lowers clear(x) of a slice to a loop that sets each element to zero.
func (b *builder) clearCall(e *ast.CallExpr) {
	arg := e.Args[0]
	if t := b.typeOf(arg); ir.IsMap(t) {
		b.clearMap(e, t)
		return
	}
	t, ok := b.typeOf(arg).Underlying().(*types.Slice)
	if !ok {
		if what, why, do := refusedType(b.typeOf(arg)); what != "" {
			b.fail(e, "clear of a "+what, why, do)
		}
		return
	}
	x := b.expr(arg)
	if _, plain := x.(*ir.Ref); !plain {
		x = b.save(arg.Pos(), x)
	}
	i := &ir.Var{Name: b.names.made("i"), Type: types.Typ[types.Int], Kind: ir.Temp, Pos: e.Pos()}
	b.fn.Locals = append(b.fn.Locals, i)
	at := ir.At{P: e.Pos()}
	ref := func() ir.Expr { return &ir.Ref{V: i} }
	b.emit(&ir.For{
		At:   at,
		Init: &ir.Assign{At: at, L: []ir.Expr{ref()}, R: []ir.Expr{ir.Int(0)}, Define: true},
		Cond: &ir.Binary{Op: token.LSS, X: ref(), Y: &ir.Len{X: clone(x)}, Typ: types.Typ[types.Bool]},
		Post: step(e.Pos(), ref(), token.ADD),
		Body: &ir.Block{At: at, Stmts: []ir.Stmt{&ir.Assign{
			At: at, L: []ir.Expr{&ir.Index{X: clone(x), I: ref()}}, R: []ir.Expr{zero(t.Elem())},
		}}},
	})
}

// zero returns the zero value of type t.
func zero(t types.Type) ir.Expr {
	switch u := t.Underlying().(type) {
	case *types.Struct, *types.Array:
		return &ir.Composite{Typ: t}
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return &ir.Const{Val: constant.MakeBool(false), Typ: t}
		case u.Info()&types.IsString != 0:
			return &ir.Const{Val: constant.MakeString(""), Typ: t}
		}
		return ir.Number(0, t)
	}
	return &ir.Const{Typ: t}
}
