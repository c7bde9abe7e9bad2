package ir

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// expr reads an expression. want is the type that the context gives to an
// untyped constant, nil if it gives none; typed says that the context prints
// constants with their type (see Printer.typedConst).
func (b *builder) expr(e ast.Expr, want types.Type, typed bool) Expr {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return b.expr(e.X, want, typed)
	case *ast.BasicLit:
		return b.constant(e, "", want)
	case *ast.Ident:
		return b.ident(e, want)
	case *ast.SelectorExpr:
		return b.selector(e, want)
	case *ast.UnaryExpr:
		return b.unary(e, want)
	case *ast.BinaryExpr:
		return b.binary(e, want)
	case *ast.IndexExpr:
		return &Index{b.operand(e.X), b.expr(e.Index, intType, false)}
	case *ast.SliceExpr:
		out := &SliceOf{X: b.operand(e.X)}
		for _, p := range []struct {
			dst *Expr
			src ast.Expr
		}{{&out.Lo, e.Low}, {&out.Hi, e.High}, {&out.Max, e.Max}} {
			if p.src != nil {
				*p.dst = b.expr(p.src, intType, false)
			}
		}
		return out
	case *ast.StarExpr:
		x := b.expr(e.X, nil, false)
		if _, ok := x.Type().Underlying().(*types.Pointer); !ok {
			b.fail(e, "* of something that is no pointer")
		}
		return &Deref{x}
	case *ast.CompositeLit:
		return b.composite(e)
	case *ast.CallExpr:
		return b.callExpr(e, want, typed)
	}
	b.fail(e, "this expression has no place in the IR")
	return nil
}

// typeOf is the type of e, an untyped one replaced by what the context wants.
func (b *builder) typeOf(e ast.Expr, want types.Type) types.Type {
	t := b.info.Types[e].Type
	if id, ok := e.(*ast.Ident); ok && t == nil {
		if obj := b.info.ObjectOf(id); obj != nil {
			t = obj.Type()
		}
	}
	if t == nil {
		b.fail(e, "an expression without a type")
	}
	basic, ok := t.(*types.Basic)
	if !ok || basic.Info()&types.IsUntyped == 0 {
		return t
	}
	if w, ok := underlying(want).(*types.Basic); ok && w.Info()&types.IsConstType != 0 || basic.Kind() == types.UntypedNil && want != nil {
		return want
	}
	return types.Default(t)
}

func underlying(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

// constant is the constant that e denotes.
func (b *builder) constant(e ast.Expr, text string, want types.Type) Expr {
	v := b.info.Types[e].Value
	if v == nil {
		b.fail(e, "a constant is wanted")
	}
	t := b.typeOf(e, want)
	switch {
	case IsReal(t):
		v = constant.ToFloat(v)
	case IsComplex(t):
		v = constant.ToComplex(v)
	case IsInteger(t):
		v = constant.ToInt(v)
	}
	basic, ok := t.Underlying().(*types.Basic)
	if !ok || v.Kind() == constant.Unknown || v.Kind() == constant.Complex && basic.Info()&types.IsComplex == 0 {
		b.fail(e, "no constant of a type that the IR has")
	}
	return &Const{Val: v, Typ: t, Text: text}
}

func (b *builder) ident(e *ast.Ident, want types.Type) Expr {
	switch obj := b.info.ObjectOf(e).(type) {
	case *types.Nil:
		t := b.typeOf(e, want)
		if t == types.Typ[types.UntypedNil] {
			b.fail(e, "nil without a type")
		}
		return &Const{Typ: t}
	case *types.Const:
		text := e.Name
		if obj.Parent() == types.Universe {
			text = ""
		}
		return b.constant(e, text, want)
	case *types.Var:
		if v := b.vars[obj]; v != nil {
			return &Ref{v}
		}
		if obj.Parent() == b.prog.Pkg.Scope() {
			return &Global{obj}
		}
	}
	b.fail(e, "%s is no variable or constant", e.Name)
	return nil
}

func (b *builder) selector(e *ast.SelectorExpr, want types.Type) Expr {
	sel := b.info.Selections[e]
	if sel == nil {
		if _, ok := b.info.Uses[e.Sel].(*types.Const); ok {
			pkg, _ := e.X.(*ast.Ident)
			return b.constant(e, pkg.Name+"."+e.Sel.Name, want)
		}
		b.fail(e, "%s is no field or constant", e.Sel.Name)
	}
	if sel.Kind() != types.FieldVal {
		b.fail(e, "a method value has no place in the IR")
	}
	x := b.expr(e.X, nil, false)
	for _, i := range sel.Index() {
		x = b.follow(x)
		if _, ok := x.Type().Underlying().(*types.Struct); !ok {
			b.fail(e, "a field of something that is no struct")
		}
		x = &Field{x, i}
	}
	return x
}

// follow makes the dereference of a pointer explicit.
func (b *builder) follow(x Expr) Expr {
	if _, ok := x.Type().Underlying().(*types.Pointer); ok {
		return &Deref{x}
	}
	return x
}

// operand reads the operand of an index, slice or len expression.
func (b *builder) operand(e ast.Expr) Expr {
	x := b.follow(b.expr(e, nil, false))
	switch u := x.Type().Underlying().(type) {
	case *types.Slice, *types.Array:
		return x
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return x
		}
	}
	b.fail(e, "a slice, array or string is wanted")
	return nil
}

func (b *builder) unary(e *ast.UnaryExpr, want types.Type) Expr {
	if _, isLit := ast.Unparen(e.X).(*ast.BasicLit); isLit && e.Op == token.SUB {
		return b.constant(e, "", want)
	}
	switch e.Op {
	case token.AND:
		return &Addr{b.expr(e.X, nil, false)}
	case token.SUB, token.ADD, token.NOT, token.XOR:
		return &Unary{e.Op, b.expr(e.X, want, false)}
	}
	b.fail(e, "operator %s has no place in the IR", e.Op)
	return nil
}

// isConstant reports whether e is printed from a Const.
func (b *builder) isConstant(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return true
	case *ast.UnaryExpr:
		_, ok := ast.Unparen(e.X).(*ast.BasicLit)
		return ok && e.Op == token.SUB
	case *ast.Ident, *ast.SelectorExpr:
		tv := b.info.Types[e]
		return tv.Value != nil || tv.IsNil()
	case *ast.BinaryExpr:
		return isComplexLiteral(e)
	case *ast.CallExpr:
		return len(e.Args) == 1 && b.info.Types[e.Fun].IsType() && b.isConstant(e.Args[0])
	}
	return false
}

func (b *builder) binary(e *ast.BinaryExpr, want types.Type) Expr {
	if isComplexLiteral(e) {
		return b.constant(e, "", want)
	}
	shift := e.Op == token.SHL || e.Op == token.SHR
	typ := b.typeOf(e, want)
	both := b.isConstant(e.X) && b.isConstant(e.Y)
	out := &Binary{Op: e.Op, Typ: typ}
	switch e.Op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		if isUntyped(typ) {
			out.Typ = types.Typ[types.Bool]
		}
		out.X = b.expr(e.X, b.partner(e.Y), both)
		out.Y = b.expr(e.Y, b.partner(e.X), both)
		return out
	}
	out.X = b.expr(e.X, typ, both || shift)
	if shift {
		out.Y = b.expr(e.Y, intType, both)
	} else {
		out.Y = b.expr(e.Y, typ, both)
	}
	return out
}

// isUntyped reports whether t is the type of an untyped constant or comparison.
func isUntyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

// partner is the type that an operand gives to the constant it is compared with.
func (b *builder) partner(e ast.Expr) types.Type {
	if t := b.info.Types[e].Type; t != nil && !isUntyped(t) {
		return t
	}
	return nil
}

func (b *builder) composite(e *ast.CompositeLit) Expr {
	out := &Composite{Typ: b.typeOf(e, nil)}
	if st, ok := out.Typ.Underlying().(*types.Struct); ok {
		b.structElems(out, st, e)
		return out
	}
	var elem types.Type
	switch t := out.Typ.Underlying().(type) {
	case *types.Slice:
		elem = t.Elem()
	case *types.Array:
		elem = t.Elem()
	default:
		b.fail(e, "a literal of type %s has no place in the IR", out.Typ)
	}
	const most = 1 << 20
	next := 0
	for _, x := range e.Elts {
		if kv, ok := x.(*ast.KeyValueExpr); ok {
			i, exact := constant.Int64Val(constant.ToInt(b.info.Types[kv.Key].Value))
			if !exact || i < 0 {
				b.fail(kv, "an index is wanted before the colon")
			}
			next, x = int(min(i, most)), kv.Value
		}
		if next >= most {
			b.fail(x, "a literal longer than %d elements", most)
		}
		for len(out.Elems) <= next {
			out.Elems = append(out.Elems, nil)
		}
		out.Elems[next] = b.expr(x, elem, false)
		next++
	}
	return out
}

func (b *builder) structElems(out *Composite, st *types.Struct, e *ast.CompositeLit) {
	out.Elems = make([]Expr, st.NumFields())
	for i, x := range e.Elts {
		if kv, ok := x.(*ast.KeyValueExpr); ok {
			field := b.info.Uses[kv.Key.(*ast.Ident)]
			for i = 0; st.Field(i) != field; i++ {
			}
			x = kv.Value
		}
		out.Elems[i] = b.expr(x, st.Field(i).Type(), false)
	}
}
