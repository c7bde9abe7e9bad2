package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// expr lowers e to a pure expression; calls in it are emitted before.
func (b *builder) expr(e ast.Expr) ir.Expr {
	tv := b.info.Types[e]
	if tv.Value != nil {
		return b.constant(e, tv)
	}
	if x := b.taggedFunc(e); x != nil {
		return x
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return b.expr(e.X)
	case *ast.Ident:
		return b.ident(e)
	case *ast.SelectorExpr:
		return b.selector(e)
	case *ast.IndexExpr:
		return b.index(e)
	case *ast.SliceExpr:
		return b.slice(e)
	case *ast.StarExpr:
		x := b.expr(e.X)
		if !isPointer(x.Type()) {
			return b.dummy(e) // refused
		}
		return b.deref(x, e)
	case *ast.UnaryExpr:
		return b.unary(e)
	case *ast.BinaryExpr:
		return b.binary(e)
	case *ast.CallExpr:
		return b.callExpr(e)
	case *ast.CompositeLit:
		return b.composite(e)
	case *ast.FuncLit:
		b.fail(e, "function literal kept in memory", funcValueWhy, funcValueDo)
	case *ast.TypeAssertExpr:
		if x := b.assertion(e); x != nil {
			return x
		}
		b.fail(e, "type assertion", "the types of values must be known when the derivative is made",
			"pass a value of the concrete type")
	default:
		b.fail(e, "expression", "it is not supported", "write it with arithmetic, indices and fields")
	}
	return b.dummy(e)
}

// exprTo lowers e where a value of type t is wanted.
func (b *builder) exprTo(e ast.Expr, t types.Type) ir.Expr {
	return b.convertTo(b.expr(e), t, e)
}

// convertTo gives nil its type and makes the conversion to an interface, which
// Go does by itself, explicit.
func (b *builder) convertTo(x ir.Expr, t types.Type, at ast.Node) ir.Expr {
	if b.sumOf(t) != nil {
		return b.toTagged(x, t, at)
	}
	if p, ok := b.intoMap(x, t, at); ok {
		return p
	}
	if c, ok := x.(*ir.Const); ok && c.Val == nil {
		return &ir.Const{Typ: t}
	}
	if b.l.tagged != nil && !isInterface(t) && !types.Identical(x.Type(), t) && (b.holdsTags(x.Type()) || b.holdsTags(t)) {
		b.fail(at, "value of type "+b.l.tagged.inSource(x.Type()).String(), "it holds functions or values in interfaces, which generated code keeps in another form", "make it in the function")
		return &ir.Const{Typ: t}
	}
	if isInterface(t) && !isInterface(x.Type()) {
		if b.holdsTags(x.Type()) {
			b.fail(at, "value of type "+b.l.tagged.inSource(x.Type()).String()+" in an interface", "it holds functions or values in interfaces, which generated code keeps in another form", "pass the parts of it that are needed")
			return &ir.Const{Typ: t}
		}
		if _, isConst := x.(*ir.Const); !isConst && ir.HasFloat(x.Type()) {
			b.fail(at, "float in an interface", "the derivative would be lost, since interfaces are not differentiated",
				"use the concrete type "+x.Type().String()+", or pass the index of an element that holds it")
		}
		b.boxed(at.Pos(), x)
		return &ir.Convert{X: x, Typ: t}
	}
	return x
}

func (b *builder) constant(e ast.Expr, tv types.TypeAndValue) ir.Expr {
	t := typed(tv.Type)
	what, why, do := refusedType(t)
	if what != "" {
		b.fail(e, what, why, do)
	}
	if bt, ok := t.(*types.Basic); ok && bt.Info()&types.IsUntyped != 0 {
		t = types.Default(t)
	}
	return &ir.Const{Val: b.rounded(tv.Value, t), Typ: t, Text: b.constantName(e)}
}

// constantOf returns the constant that e names, or nil.
func (b *builder) constantOf(e ast.Expr) *types.Const {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if sel, isSel := ast.Unparen(e).(*ast.SelectorExpr); isSel {
		id, ok = sel.Sel, true
	}
	if !ok {
		return nil
	}
	c, _ := b.info.Uses[id].(*types.Const)
	return c
}

// constantName returns how generated code may name the constant e, or "".
func (b *builder) constantName(e ast.Expr) string {
	c := b.constantOf(e)
	switch {
	case c == nil || c.Pkg() == nil || c.Parent() != c.Pkg().Scope():
		return ""
	case c.Pkg() == b.l.in.Root.Types:
		return c.Name()
	case c.Exported() && slices.Contains(b.l.in.Root.Types.Imports(), c.Pkg()):
		return c.Pkg().Name() + "." + c.Name()
	}
	return ""
}

func (b *builder) ident(id *ast.Ident) ir.Expr {
	switch obj := b.info.ObjectOf(id).(type) {
	case *types.Nil:
		return &ir.Const{Typ: b.info.TypeOf(id)}
	case *types.Var:
		return b.variable(id, obj)
	case *types.Func:
		b.fail(id, "function "+id.Name+" kept in memory", funcValueWhy, funcValueDo)
	default:
		b.fail(id, "expression", noTypeWhy, noTypeDo)
	}
	return b.dummy(id)
}

func (b *builder) variable(e ast.Expr, obj *types.Var) ir.Expr {
	if v := b.vars[obj]; v != nil {
		if b.use.cells[obj] && !b.inHead[obj] {
			return inCell(v)
		}
		return &ir.Ref{V: v}
	}
	if obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
		if what, why, do := refusedType(obj.Type()); what != "" {
			b.fail(e, what, why, do)
		}
		if b.l.tagged != nil && b.l.own[obj.Pkg()] && b.l.tagged.touches(obj.Type()) {
			b.fail(e, "package-level variable "+obj.Name(), "it holds functions or values in interfaces, which generated code keeps in another form", "make them in the function")
			return b.dummy(e)
		}
		if !b.l.nameable(obj) && !b.l.copied(obj) {
			b.named(e.Pos(), obj, "variable")
		}
		return &ir.Global{Obj: obj}
	}
	if b.variants[obj] != nil || b.valueLists[obj] != nil || b.lists[obj] != nil {
		b.fail(e, "use of "+obj.Name()+", a value of one type or another", "only methods of it are called, and it is passed to functions of the program", "use the values by their types")
		return b.dummy(e)
	}
	if b.typeOf(e); len(b.diags) == 0 {
		b.fail(e, "variable "+obj.Name(), "its declaration is not part of the function", "declare it in the function")
	}
	return b.dummy(e) // of a refused statement
}

func (b *builder) selector(e *ast.SelectorExpr) ir.Expr {
	sel := b.info.Selections[e]
	if sel == nil {
		switch obj := b.info.Uses[e.Sel].(type) {
		case *types.Var:
			return b.variable(e, obj)
		case *types.Func:
			return b.ident(e.Sel)
		}
		b.fail(e, "expression", noTypeWhy, noTypeDo)
		return b.dummy(e)
	}
	if sel.Kind() != types.FieldVal {
		b.fail(e, "method "+e.Sel.Name+" kept in memory", funcValueWhy, funcValueDo)
		return b.dummy(e)
	}
	x := b.fields(b.expr(e.X), sel.Index(), e.X)
	b.checkType(e.Sel.Pos(), x.Type())
	b.reaches(e.Sel.Pos(), x)
	return x
}

func (b *builder) index(e *ast.IndexExpr) ir.Expr {
	if tv := b.info.Types[e.Index]; tv.IsType() {
		b.fail(e, "generic function used as a value", "the reverse sweep cannot follow calls through function values yet",
			"call the function directly")
		return b.dummy(e)
	}
	if t, isMap := b.typeOf(e.X).Underlying().(*types.Map); isMap {
		if what, why, do := refusedMap(t); what != "" {
			b.fail(e, what, why, do)
			return b.dummy(e)
		}
		return b.mapped(e.Pos(), b.entry(e, t))
	}
	x := b.settled(b.value(b.expr(e.X), e.X), e.X)
	return &ir.Index{X: x, I: b.runtime(e.Index, b.expr(e.Index))}
}

func (b *builder) slice(e *ast.SliceExpr) ir.Expr {
	x := b.settled(b.value(b.expr(e.X), e.X), e.X)
	out := &ir.SliceOf{X: x}
	for _, p := range []struct {
		e  ast.Expr
		to *ir.Expr
	}{{e.Low, &out.Lo}, {e.High, &out.Hi}, {e.Max, &out.Max}} {
		if p.e != nil {
			*p.to = b.runtime(p.e, b.expr(p.e))
		}
	}
	return out
}

// throughRef reports whether the place e is reached through a slice or pointer.
func throughRef(e ir.Expr) bool {
	for {
		switch x := e.(type) {
		case *ir.Deref, *ir.SliceOf:
			return true
		case *ir.Field:
			e = x.X
		case *ir.Index:
			if !isArray(x.X.Type()) {
				return true
			}
			e = x.X
		default:
			return false
		}
	}
}

func (b *builder) unary(e *ast.UnaryExpr) ir.Expr {
	switch e.Op {
	case token.AND:
		return b.address(e)
	case token.ARROW:
		b.fail(e, "receive from a channel", "the reverse sweep cannot follow communication", "pass the value as a parameter")
		return b.dummy(e)
	}
	x := b.expr(e.X)
	if e.Op == token.NOT {
		return not(x)
	}
	return &ir.Unary{Op: e.Op, X: b.runtime(e.X, x)}
}

func (b *builder) address(e *ast.UnaryExpr) ir.Expr {
	if lit, ok := ast.Unparen(e.X).(*ast.CompositeLit); ok {
		x := b.composite(lit)
		switch x.Type().Underlying().(type) {
		case *types.Struct, *types.Array:
			return &ir.Addr{X: x}
		}
		b.fail(e, "address of a slice literal", "pointers to slices made this way are not supported", "assign it to a field of a struct")
		return b.dummy(e)
	}
	return b.addrOf(b.expr(e.X), e, e.X)
}

// addrOf returns &x after checking that the analyses can follow the pointer.
func (b *builder) addrOf(x ir.Expr, at ast.Node, src ast.Expr) ir.Expr {
	if d, ok := x.(*ir.Deref); ok {
		return d.X
	}
	if _, refused := x.(*ir.Const); refused {
		return &ir.Const{Typ: types.NewPointer(x.Type())}
	}
	if obj := b.use.root(src); obj != nil && b.use.loopVar[obj] && !b.use.cells[obj] {
		b.fail(at, "address of loop variable "+obj.Name(), "each iteration has its own variable in Go, which the derivative code has not",
			"copy it to a variable inside the loop")
	}
	switch t := x.Type(); {
	case isStruct(t), isArray(t), ir.IsFloat(t), ir.IsInteger(t), ir.IsBool(t):
	case !ir.HasFloat(t):
	default:
		b.fail(at, "address of a value of type "+t.String(), "the analyses follow pointers to structs, arrays, numbers and bools only",
			"put the value into a struct, or pass a slice of length one")
	}
	return &ir.Addr{X: x}
}

func (b *builder) binary(e *ast.BinaryExpr) ir.Expr {
	switch e.Op {
	case token.LAND, token.LOR:
		return b.inOrder(e, b.shortCircuit(e))
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return b.comparison(e)
	}
	x := b.expr(e.X)
	y := b.expr(e.Y)
	if _, ok := x.(*ir.Const); ok {
		y = b.runtime(e.Y, y)
	}
	if _, ok := y.(*ir.Const); ok {
		x = b.runtime(e.X, x)
	}
	return &ir.Binary{Op: e.Op, X: x, Y: y, Typ: b.typeOf(e)}
}

// shortCircuit lowers && and ||; a call on the right side runs only if the left
// side leaves the outcome open.
func (b *builder) shortCircuit(e *ast.BinaryExpr) ir.Expr {
	x := b.expr(e.X)
	if c, ok := x.(*ir.Const); ok && c.Val != nil && b.info.Types[e.X].Value == nil { // known: the other side decides, or is not asked
		if constant.BoolVal(c.Val) == (e.Op == token.LAND) {
			return b.expr(e.Y)
		}
		return x
	}
	var y ir.Expr
	right := b.capture(e.Y.Pos(), func() { y = b.expr(e.Y) })
	if len(right.Stmts) == 0 {
		return &ir.Binary{Op: e.Op, X: x, Y: y, Typ: b.typeOf(e)}
	}
	t := b.save(e.Pos(), x)
	cond := t
	if e.Op == token.LOR {
		cond = not(t)
	}
	right.Stmts = append(right.Stmts, &ir.Assign{At: ir.At{P: e.OpPos}, L: []ir.Expr{t}, R: []ir.Expr{y}})
	b.emit(&ir.If{At: ir.At{P: e.Pos()}, Cond: cond, Then: right})
	return clone(t)
}

func not(x ir.Expr) ir.Expr {
	if c, ok := x.(*ir.Const); ok && c.Val != nil {
		return &ir.Const{Val: constant.UnaryOp(token.NOT, c.Val, 0), Typ: c.Typ}
	}
	if u, ok := x.(*ir.Unary); ok && u.Op == token.NOT {
		return u.X
	}
	return &ir.Unary{Op: token.NOT, X: x}
}

func (b *builder) comparison(e *ast.BinaryExpr) ir.Expr {
	if isFunc(b.info.TypeOf(e.X)) || isFunc(b.info.TypeOf(e.Y)) {
		return b.comparedFunc(e)
	}
	if x := b.comparedTagged(e); x != nil {
		return x
	}
	if known := b.comparedConcrete(e); known != nil {
		return known
	}
	x := b.expr(e.X)
	y := b.expr(e.Y)
	return b.compare(e, e.Op, x, y, b.typeOf(e))
}

// compare builds x op y after giving nil the other side's type.
func (b *builder) compare(at ast.Node, op token.Token, x, y ir.Expr, t types.Type) ir.Expr {
	x, y = b.convertTo(x, y.Type(), at), b.convertTo(y, x.Type(), at)
	switch x.Type().Underlying().(type) {
	case *types.Struct, *types.Array:
		x, y = b.parted(at, x), b.parted(at, y)
		if ir.HasFloat(x.Type()) {
			if same := b.compareParts(at, op, x, y, t); same != nil {
				return same
			}
			b.fail(at, "comparison of values with floats", "only their numbers, bools, strings and pointers are compared", "compare them field by field")
		}
	}
	return &ir.Binary{Op: op, X: x, Y: y, Typ: t}
}
