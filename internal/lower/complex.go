package lower

import (
	"go/ast"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/rule"
)

// complexCall lowers real, imag and complex.
func (b *builder) complexCall(e *ast.CallExpr, name string) ir.Expr {
	out := &ir.Math{Fn: name, Typ: b.typeOf(e)}
	if len(e.Args) == 1 {
		if tuple, ok := b.info.TypeOf(e.Args[0]).(*types.Tuple); ok {
			b.fail(e, name+" of "+refusedTuple(tuple), "one value is wanted here", "assign them to variables first")
			return b.dummy(e)
		}
	}
	for _, a := range e.Args {
		out.Args = append(out.Args, b.expr(a))
	}
	if name == "complex" { // a constant has the type of its partner
		if len(out.Args) != 2 {
			return b.dummy(e) // refused
		}
		for i, x := range out.Args {
			if c, ok := x.(*ir.Const); ok {
				c.Typ = out.Args[1-i].Type()
			}
		}
	}
	return out
}

func refusedTuple(t *types.Tuple) string {
	what, _, _ := refusedType(t)
	return what
}

// cmplxFunc decides about a function of package math/cmplx.
func (b *builder) cmplxFunc(e ast.Node, c *callee) *callee {
	name := "cmplx." + c.fn.Name()
	switch {
	case name == "cmplx.Polar":
		b.fail(e, name, "it has two results, which must go to variables", "write r, theta := cmplx.Polar(z)")
		return &callee{}
	case rule.Lookup(name) == nil:
		b.fail(e, name, "there is no rule for its derivative", "move it to a function marked //cairn:passive")
		return &callee{}
	}
	return &callee{kind: mathCall, name: name, fn: c.fn}
}

// polar lowers l = cmplx.Polar(z), which is Abs and Phase, and reports whether e is
// such a call.
func (b *builder) polar(e ast.Expr, l []ir.Expr, created []*ir.Var) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	name := calleeName(ast.Unparen(call.Fun))
	if name == nil {
		return false
	}
	fn, ok := b.info.Uses[name].(*types.Func)
	if !ok || fn.FullName() != "math/cmplx.Polar" {
		return false
	}
	z := b.exprTo(call.Args[0], fn.Signature().Params().At(0).Type())
	a := &ir.Assign{At: ir.At{P: e.Pos()}, L: l, Define: len(created) == len(l)}
	for _, f := range []string{"cmplx.Abs", "cmplx.Phase"} {
		a.R = append(a.R, &ir.Math{Fn: f, Args: []ir.Expr{clone(z)}, Typ: types.Typ[types.Float64]})
	}
	if !a.Define {
		b.declareAll(created)
	}
	b.emit(a)
	return true
}
