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
			if call, c := b.functionCall(e.Args[0]); call != nil && name == "complex" {
				out.Args = b.callTemps(call, c)
				return out
			}
			if xs := b.tupleValues(e.Args[0]); len(xs) == 2 && name == "complex" {
				out.Args = xs
				return out
			}
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
	if rule.Lookup(name) == nil {
		b.fail(e, name, "there is no rule for its derivative", "move it to a function marked //cairn:passive")
		return &callee{}
	}
	return &callee{kind: mathCall, name: name, fn: c.fn}
}
