package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// tupleMath lists the functions of the packages math and math/cmplx that have two
// results. There is a function for each result, most of them in package ad, so that
// the results are pure expressions with rules of their own.
var tupleMath = map[string][2]string{
	"Frexp":  {"ad.FrexpFrac", "ad.FrexpExp"},
	"Lgamma": {"ad.Lgamma", "ad.LgammaSign"},
	"Modf":   {"ad.ModfInt", "ad.ModfFrac"},
	"Polar":  {"cmplx.Abs", "cmplx.Phase"},
	"Sincos": {"ad.SincosSin", "ad.SincosCos"},
}

// tupleValues returns the results of e if that is a call of a function of
// package math or math/cmplx with two of them, or an element of a map and whether it is
// there, or a value in an interface and whether it has the type; else nil. The argument of a function is evaluated once.
func (b *builder) tupleValues(e ast.Expr) []ir.Expr {
	if xs := b.entryOK(e); xs != nil {
		return xs
	}
	if a, ok := ast.Unparen(e).(*ast.TypeAssertExpr); ok && a.Type != nil {
		if _, two := b.info.Types[a].Type.(*types.Tuple); two && b.isTagged(a.X) {
			return b.taggedAssertion(a, true)
		}
		if _, two := b.info.Types[a].Type.(*types.Tuple); two && isInterface(b.concrete(a.X)) && isInterface(b.known(a.X)) {
			return b.dynamicOK(a)
		}
	}
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || !b.isTupleMath(call) {
		return nil
	}
	c := b.callee(call)
	sig := c.fn.Signature()
	x := b.exprTo(call.Args[0], sig.Params().At(0).Type())
	switch x.(type) {
	case *ir.Ref, *ir.Const:
	default:
		x = b.save(call.Args[0].Pos(), x)
	}
	var out []ir.Expr
	for i, fn := range tupleMath[c.name] {
		out = append(out, &ir.Math{Fn: fn, Args: []ir.Expr{clone(x)}, Typ: sig.Results().At(i).Type()})
	}
	return out
}

// isTupleMath reports whether call is of a function in tupleMath.
func (b *builder) isTupleMath(call *ast.CallExpr) bool {
	id := calleeName(ast.Unparen(call.Fun))
	if id == nil {
		return false
	}
	obj := b.info.Uses[id]
	_, ok := tupleMath[id.Name]
	return ok && obj != nil && obj.Pkg() != nil && elementary(obj.Pkg())
}

// assignTuple emits l = xs, where created are those variables in l that the
// statement declares. What goes to the blank identifier is left out.
func (b *builder) assignTuple(pos token.Pos, l, xs []ir.Expr, created []*ir.Var, src ast.Expr) {
	a := &ir.Assign{At: ir.At{P: pos}}
	same := true
	for i, x := range xs {
		if l[i] == nil {
			continue
		}
		x = b.convertTo(x, l[i].Type(), src)
		same = same && types.Identical(x.Type(), l[i].Type())
		a.L, a.R = append(a.L, l[i]), append(a.R, x)
	}
	switch {
	case len(a.L) == 0:
		a.L, a.R = []ir.Expr{nil}, xs[:1]
	case same && len(created) == len(a.L):
		a.Define = true
	default:
		b.declareAll(created)
	}
	b.emit(a)
}
