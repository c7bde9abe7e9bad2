package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A value in an interface is followed where its concrete type is known when the
// program is lowered: its variable has that type in the IR, and a function that
// takes it as an interface stands in the place of its call.

// methodSet reports whether t is an interface that asks for methods, error apart.
func methodSet(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.NumMethods() > 0 && !types.Identical(t, types.Universe.Lookup("error").Type())
}

// concrete returns the type of e as far as it is known: for a variable of an
// interface type, that of the value in it.
func (b *builder) concrete(e ast.Expr) types.Type {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v := b.vars[b.info.Uses[x]]; v != nil && !b.use.cells[b.info.Uses[x]] {
			return v.Type
		}
	case *ast.CallExpr:
		if b.info.Types[x.Fun].IsType() && methodSet(b.known(x)) {
			return b.concrete(x.Args[0])
		}
	}
	return b.known(e)
}

// opens reports whether the call gives a function floats in an interface, or gets
// some in one, or is one of container/heap: then the function stands in its place.
func (b *builder) opens(e ast.Node, c *callee) bool {
	sig := c.fn.Signature()
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	for i, a := range call.Args {
		if i >= sig.Params().Len() || sig.Variadic() && i == sig.Params().Len()-1 {
			break
		}
		if b.givesVariant(sig.Params().At(i).Type(), a) {
			return true
		}
		if t := b.concrete(a); methodSet(sig.Params().At(i).Type()) && !isInterface(t) && (ir.HasFloat(t) || touchesFloats(sig) || ofHeap(c.origin)) {
			return true
		}
	}
	for i := range sig.Results().Len() {
		if methodSet(sig.Results().At(i).Type()) && touchesFloats(sig) {
			return true
		}
	}
	return false
}

// devirtual is the call of the method of the concrete type that recv has, nil if
// that is not known.
func (b *builder) devirtual(recv ast.Expr, name string) *callee {
	if recv == nil {
		return nil
	}
	t := b.concrete(recv)
	if isInterface(t) || ir.IsBox(t) {
		return nil
	}
	m, index, _ := types.LookupFieldOrMethod(t, true, b.src.pkg.Types, name)
	fn, ok := m.(*types.Func)
	if !ok {
		return nil
	}
	return &callee{kind: functionCall, fn: b.methodOf(fn), recv: recv, path: index[:len(index)-1]}
}

// settles gives the variable of an interface type that is never assigned to again
// the type of its value x, and reports whether it has done so.
func (b *builder) settles(v *ir.Var, x ir.Expr) bool {
	if !b.steady[v] || !methodSet(v.Type) || isInterface(x.Type()) || isNil(x) {
		return false
	}
	v.Type = x.Type()
	return true
}

// holds reports whether a value of type t in an interface is one of type to.
func holds(t, to types.Type) bool {
	if i, ok := to.Underlying().(*types.Interface); ok {
		return types.Implements(t, i)
	}
	return types.Identical(t, to)
}

// assertion is x.(T) where the type of x is known.
func (b *builder) assertion(e *ast.TypeAssertExpr) ir.Expr {
	if e.Type != nil && b.isTagged(e.X) {
		return b.taggedAssertion(e, false)[0]
	}
	if e.Type != nil && methodSet(b.known(e.X)) && !isInterface(b.typeOf(e.Type)) {
		if x := b.boxOf(e.X); x != nil {
			return b.unboxed(e, x, b.typeOf(e.Type))
		}
	}
	t := b.concrete(e.X)
	if e.Type == nil {
		return nil
	}
	if isInterface(t) && isInterface(b.known(e.X)) {
		return b.dynamicAssertion(e)
	}
	if isInterface(t) || !methodSet(b.known(e.X)) {
		return nil
	}
	if !holds(t, b.typeOf(e.Type)) {
		b.fail(e, "type assertion", "the value is a "+t.String()+", so it would panic", "assert the type that it has")
		return b.dummy(e)
	}
	return b.expr(e.X)
}

// assertOK lowers v, ok := x.(T), and reports whether the type of x is known.
func (b *builder) assertOK(e ast.Expr, l []ir.Expr, created []*ir.Var) bool {
	a, ok := ast.Unparen(e).(*ast.TypeAssertExpr)
	if !ok || len(l) != 2 || ir.IsBox(b.concrete(a.X)) || isInterface(b.concrete(a.X)) || !methodSet(b.known(a.X)) {
		return false
	}
	yes := holds(b.concrete(a.X), b.typeOf(a.Type))
	at := ir.At{P: e.Pos()}
	x := b.expr(a.X)
	if v, isVar := l[0].(*ir.Ref); isVar && yes {
		b.settles(v.V, x)
	}
	b.declareAll(created)
	if l[0] != nil && yes {
		b.emit(&ir.Assign{At: at, L: []ir.Expr{l[0]}, R: []ir.Expr{x}})
	}
	if l[1] != nil {
		b.emit(&ir.Assign{At: at, L: []ir.Expr{l[1]}, R: []ir.Expr{&ir.Const{Val: boolVal(yes), Typ: types.Typ[types.Bool]}}})
	}
	return true
}

// typeSwitch lowers a switch over the type of a value that is known: only one
// clause can be taken.
func (b *builder) typeSwitch(s *ast.TypeSwitchStmt, label string) {
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		x = a.X.(*ast.TypeAssertExpr).X
	case *ast.AssignStmt:
		x = a.Rhs[0].(*ast.TypeAssertExpr).X
	}
	if b.isTagged(x) {
		b.taggedSwitch(s, x, label)
		return
	}
	x, converted := b.converted(x)
	t := b.concrete(x)
	if isInterface(t) && isInterface(b.known(x)) {
		b.dynamicSwitch(s, x, label)
		return
	}
	if isInterface(t) || ir.IsBox(t) || !converted && !methodSet(b.known(x)) {
		b.fail(s, "type switch", "the types of values must be known when the derivative is made", "write one function for each type")
		return
	}
	block := &ir.Block{At: ir.At{P: s.Pos()}}
	inner := b.capture(s.Pos(), func() {
		if s.Init != nil {
			b.stmt(s.Init)
		}
		c := b.clauseFor(s, t)
		if c == nil {
			return
		}
		if obj, ok := b.info.Implicits[c].(*types.Var); ok {
			v := b.newVar(obj.Name(), t, ir.Local, c.Pos())
			b.vars[obj] = v
			b.noCell(c, obj, "variable of a type switch")
			b.steady[v] = !b.use.changed(obj) && !b.use.addr[obj]
			b.define(c.Pos(), v, b.expr(x))
			b.emit(&ir.Assign{At: ir.At{P: c.Pos()}, L: []ir.Expr{nil}, R: []ir.Expr{&ir.Ref{V: v}}})
		}
		b.push(&target{label: label, leave: block})
		b.stmts(c.Body)
		b.pop()
	})
	b.emitLeaving(inner, block)
}

// converted returns v for the conversion any(v), to whatever interface, of a value whose
// type is known, as generic functions make it to ask for their type arguments; else x.
func (b *builder) converted(x ast.Expr) (v ast.Expr, ok bool) {
	call, isCall := ast.Unparen(x).(*ast.CallExpr)
	if !isCall || len(call.Args) != 1 || !b.info.Types[call.Fun].IsType() || !isInterface(b.known(call)) {
		return x, false
	}
	if t := b.concrete(call.Args[0]); isInterface(t) || ir.IsBox(t) || b.info.Types[call.Args[0]].IsNil() {
		return x, false
	}
	return call.Args[0], true
}

// clauseFor is the clause of a type switch that a value of type t takes, or nil.
func (b *builder) clauseFor(s *ast.TypeSwitchStmt, t types.Type) *ast.CaseClause {
	var def *ast.CaseClause
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		if c.List == nil {
			def = c
		}
		for _, e := range c.List {
			if tv := b.info.Types[e]; tv.IsType() && holds(t, tv.Type) {
				return c
			}
		}
	}
	return def
}

// comparedConcrete is x == nil or x != nil for a variable of an interface type
// that holds a value; nil for other comparisons.
func (b *builder) comparedConcrete(e *ast.BinaryExpr) ir.Expr {
	if e.Op != token.EQL && e.Op != token.NEQ {
		return nil
	}
	is := func(x, y ast.Expr) bool {
		id, ok := ast.Unparen(y).(*ast.Ident)
		if !ok {
			return false
		}
		_, null := b.info.Uses[id].(*types.Nil)
		return null && methodSet(b.known(x)) && !isInterface(b.concrete(x))
	}
	for _, x := range []ast.Expr{e.X, e.Y} {
		y := e.X
		if x == e.X {
			y = e.Y
		}
		id := identOf(ast.Unparen(y))
		if _, null := b.info.Uses[id].(*types.Nil); null && id != nil {
			if v := b.variantOf(x); v != nil && v.nilable {
				return &ir.Binary{Op: e.Op, X: v.tag, Y: ir.Int(0), Typ: b.typeOf(e)}
			} else if v != nil {
				return &ir.Const{Val: boolVal(e.Op == token.NEQ), Typ: b.typeOf(e)}
			}
		}
	}
	if !is(e.X, e.Y) && !is(e.Y, e.X) {
		return nil
	}
	return &ir.Const{Val: boolVal(e.Op == token.NEQ), Typ: b.typeOf(e)}
}
