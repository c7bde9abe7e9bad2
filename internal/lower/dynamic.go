package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A value in an interface whose type is not known when the program is lowered carries no
// derivative: an option, an error. Its type is asked when generated code runs.

// dynamicType reports whether a value of type t may be taken out of such an interface, and
// refuses it otherwise: what leads to floats could be memory that has a shadow elsewhere, and
// of a struct with floats a derivative may be expected. A single number is an option.
func (b *builder) dynamicType(at ast.Node, t types.Type) bool {
	if ir.HasFloat(t) && !ir.IsFloat(t) {
		b.fail(at, "type assertion to "+t.String(), "the floats in it have no shadow, since the interface may come from anywhere",
			"pass a value of the concrete type")
		return false
	}
	before := len(b.diags)
	b.checkType(at.Pos(), t)
	b.namedType(at.Pos(), t)
	return len(b.diags) == before
}

// ask emits v := ad.F[T](x) for a function F of package ad.
func (b *builder) ask(pos token.Pos, fn string, t types.Type, x ir.Expr, result types.Type) ir.Expr {
	v := b.temp(result, pos)
	b.emit(&ir.Call{At: ir.At{P: pos}, L: []ir.Expr{&ir.Ref{V: v}}, Define: true, Name: "ad." + fn, TArgs: []types.Type{t}, Args: []ir.Expr{x}})
	return &ir.Ref{V: v}
}

// dynamicAssertion is x.(T).
func (b *builder) dynamicAssertion(e *ast.TypeAssertExpr) ir.Expr {
	t := b.typeOf(e.Type)
	if !b.dynamicType(e, t) {
		return b.dummy(e)
	}
	return b.ask(e.Pos(), "As", t, b.expr(e.X), t)
}

// dynamicOK returns the two values of v, ok := x.(T).
func (b *builder) dynamicOK(e *ast.TypeAssertExpr) []ir.Expr {
	t := b.typeOf(e.Type)
	if !b.dynamicType(e, t) {
		return []ir.Expr{&ir.Const{Typ: t}, &ir.Const{Val: boolVal(false), Typ: types.Typ[types.Bool]}}
	}
	x := b.held(e.Pos(), b.expr(e.X))
	return []ir.Expr{b.ask(e.Pos(), "Try", t, x, t), b.ask(e.Pos(), "Is", t, clone(x), types.Typ[types.Bool])}
}

// dynamicSwitch lowers a switch over the type of x to a chain of questions.
func (b *builder) dynamicSwitch(s *ast.TypeSwitchStmt, x ast.Expr, label string) {
	block := &ir.Block{At: ir.At{P: s.Pos()}}
	inner := b.capture(s.Pos(), func() {
		if s.Init != nil {
			b.stmt(s.Init)
		}
		v := b.save(x.Pos(), b.expr(x))
		clauses, def := clausesOf(s.Body)
		b.push(&target{label: label, leave: block})
		b.dynamicCases(clauses, def, v)
		b.pop()
	})
	b.emitLeaving(inner, block)
}

func (b *builder) dynamicCases(clauses []*ast.CaseClause, def *ast.CaseClause, x ir.Expr) {
	if len(clauses) == 0 {
		if def != nil {
			b.dynamicBody(def, x)
		}
		return
	}
	c := clauses[0]
	out := &ir.If{At: ir.At{P: c.Pos()}, Cond: b.isOneOf(c, x)}
	out.Then = b.capture(c.Pos(), func() { b.dynamicBody(c, x) })
	if rest := b.capture(c.Pos(), func() { b.dynamicCases(clauses[1:], def, x) }); len(rest.Stmts) > 0 {
		out.Else = rest
	}
	b.emit(out)
}

// isOneOf asks whether x is of one of the types of the clause.
func (b *builder) isOneOf(c *ast.CaseClause, x ir.Expr) ir.Expr {
	boolean := types.Typ[types.Bool]
	var out ir.Expr
	for _, e := range c.List {
		var is ir.Expr
		if t := b.info.Types[e]; t.IsNil() {
			is = &ir.Binary{Op: token.EQL, X: clone(x), Y: &ir.Const{Typ: x.Type()}, Typ: boolean}
		} else {
			typ := b.typeOf(e)
			b.checkType(e.Pos(), typ)
			b.namedType(e.Pos(), typ)
			is = b.ask(e.Pos(), "Is", typ, clone(x), boolean)
		}
		if out == nil {
			out = is
		} else {
			out = &ir.Binary{Op: token.LOR, X: out, Y: is, Typ: boolean}
		}
	}
	return out
}

// dynamicBody lowers the body of a clause. The variable that the switch declares has the
// type of the clause, or is the interface.
func (b *builder) dynamicBody(c *ast.CaseClause, x ir.Expr) {
	if obj, ok := b.info.Implicits[c].(*types.Var); ok && b.use.used[obj] {
		t := obj.Type()
		if !types.Identical(t, x.Type()) && !b.dynamicType(c, t) {
			return
		}
		v := b.newVar(obj.Name(), t, ir.Local, c.Pos())
		b.vars[obj] = v
		b.noCell(c, obj, "variable of a type switch")
		if types.Identical(t, x.Type()) {
			b.define(c.Pos(), v, clone(x))
		} else {
			b.define(c.Pos(), v, b.ask(c.Pos(), "As", t, clone(x), t))
		}
	}
	b.stmts(c.Body)
}

// passiveMethod reports whether the method of an interface may be called as it is: no
// float passes through its signature.
func passiveMethod(f *types.Func) bool {
	sig := f.Signature()
	for _, t := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range t.Variables() {
			if ir.HasFloat(v.Type()) || takesFuncs(sig) {
				return false
			}
		}
	}
	return true
}
