package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A funcValue is a function value that is known when the program is lowered:
// its calls are replaced by what it does. There is no other kind in the IR.
type funcValue struct {
	isNil  bool
	lit    *closure                                 // a function literal
	call   *callee                                  // a declared function, a method, or a method expression
	recv   ir.Expr                                  // the receiver that a method value has evaluated
	body   func(at ast.Node, args *actuals) ir.Expr // the body of a range loop, as its iterator sees it
	choice *choice                                  // one of several
	dyn    ir.Expr                                  // a tagged value
	sig    *types.Signature
}

// A closure is a function literal with what its free names mean.
type closure struct {
	site
	lit *ast.FuncLit
}

func isFunc(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

const (
	funcValueWhy = "which function it is must be known when the derivative is made"
	funcValueDo  = "give the variable one value, where it is declared, or pass the function as an argument"
)

// funcValue returns the function that e stands for; a diagnostic says why it is
// not known.
func (b *builder) funcValue(e ast.Expr) *funcValue {
	if v := b.knownFunc(e); v != nil {
		return v
	}
	b.fail(e, "function value", funcValueWhy, funcValueDo)
	return nil
}

func (b *builder) knownFunc(e ast.Expr) *funcValue {
	e = ast.Unparen(e)
	sig := b.signatureOf(e)
	if v := b.taggedValue(e, sig); v != nil {
		return v
	}
	switch x := e.(type) {
	case *ast.FuncLit:
		return &funcValue{lit: b.closure(x), sig: b.literalSignature(x, sig)}
	case *ast.Ident:
		switch obj := b.info.Uses[x].(type) {
		case *types.Nil:
			return &funcValue{isNil: true}
		case *types.Var:
			if b.funcs[obj] == nil {
				return b.globalFunc(obj)
			}
			return b.frozen(x.Pos(), b.funcs[obj])
		case *types.Func:
			return &funcValue{call: &callee{kind: functionCall, fn: b.declaredFunc(x)}, sig: sig}
		}
	case *ast.IndexExpr, *ast.IndexListExpr:
		if x, ok := x.(*ast.IndexExpr); ok && isFuncMap(b.tableType(x.X)) {
			return b.mapElement(x)
		}
		if x, ok := x.(*ast.IndexExpr); ok && isFuncList(b.tableType(x.X)) {
			if list := b.listOf(x.X); list != nil {
				return b.listElement(x, list, sig)
			}
			return nil
		}
		if obj := b.declaredFunc(calleeName(e)); obj != nil {
			return &funcValue{call: &callee{kind: functionCall, fn: obj}, sig: sig}
		}
	case *ast.SelectorExpr:
		return b.selectedFunc(x, sig)
	case *ast.CallExpr:
		return b.returnedFunc(x)
	}
	return nil
}

// signatureOf is the type of the function e, or nil.
func (b *builder) signatureOf(e ast.Expr) *types.Signature {
	if b.l.tagged == nil || b.inst == nil || b.inst.sub.tagged == nil {
		sig, _ := b.known(e).Underlying().(*types.Signature)
		return sig
	}
	t := b.src.pkg.Info.TypeOf(e)
	if t == nil {
		return nil
	}
	sig, _ := t.Underlying().(*types.Signature)
	if sig == nil {
		return sig
	}
	return b.inst.sub.plain(sig)
}

// closure notes what the names in e mean now.
func (b *builder) closure(e *ast.FuncLit) *closure {
	l := &closure{lit: e, site: site{
		src: b.src, inst: b.inst, info: b.info, use: b.use,
		vars: map[types.Object]*ir.Var{}, funcs: map[types.Object]*funcValue{}, lists: map[types.Object]*funcList{},
		variants: map[types.Object]*variant{}, valueLists: map[types.Object]*variantList{}, holders: map[types.Object]holder{},
	}}
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			l.note(b, b.info.Uses[n])
		case ast.Stmt:
			for _, obj := range b.schemeVars(n) {
				l.note(b, obj)
			}
		}
		return true
	})
	return l
}

// note keeps what obj means where b is.
func (l *closure) note(b *builder, obj types.Object) {
	if v := b.vars[obj]; v != nil {
		l.vars[obj] = v
	}
	if f := b.funcs[obj]; f != nil {
		l.funcs[obj] = f
	}
	if f := b.lists[obj]; f != nil {
		l.lists[obj] = f
	}
	if v := b.variants[obj]; v != nil {
		l.variants[obj] = v
	}
	if v := b.valueLists[obj]; v != nil {
		l.valueLists[obj] = v
	}
	if h := b.holders[obj]; h != nil {
		l.holders[obj] = h
	}
}

// literalSignature is the signature of e with the variables that its body mentions,
// which in an instance of a generic function are others than those of the type.
func (b *builder) literalSignature(e *ast.FuncLit, sig *types.Signature) *types.Signature {
	tuple := func(list *ast.FieldList, of *types.Tuple) *types.Tuple {
		var vars []*types.Var
		if list != nil {
			for _, field := range list.List {
				for _, name := range field.Names {
					if v, ok := b.info.Defs[name].(*types.Var); ok {
						vars = append(vars, v)
					}
				}
			}
		}
		if len(vars) != of.Len() { // without names
			return of
		}
		return types.NewTuple(vars...)
	}
	return types.NewSignatureType(nil, nil, nil, tuple(e.Type.Params, sig.Params()), tuple(e.Type.Results, sig.Results()), sig.Variadic())
}

// selectedFunc is p.F of a package p, or the method value x.F.
func (b *builder) selectedFunc(e *ast.SelectorExpr, sig *types.Signature) *funcValue {
	sel := b.info.Selections[e]
	if sel == nil {
		if obj := b.declaredFunc(e.Sel); obj != nil {
			return &funcValue{call: &callee{kind: functionCall, fn: obj}, sig: sig}
		}
		return b.globalFunc(b.namedVar(e))
	}
	if sel.Kind() == types.FieldVal {
		return b.heldFunc(e, sel, sig)
	}
	if sel.Kind() == types.MethodExpr {
		c := b.method(e, sel, nil)
		c.expr = sel.Recv()
		return &funcValue{call: c, isNil: c.kind == refusedCall, sig: sig}
	}
	c := b.method(e, sel, e.X)
	if c.kind == refusedCall {
		return &funcValue{isNil: true} // reported
	}
	if c.value != nil {
		return c.value
	}
	if c.tagged {
		return &funcValue{call: &callee{kind: functionCall, fn: sel.Obj().(*types.Func), tagged: true}, recv: b.save(e.Pos(), c.bound), sig: c.fn.Signature()}
	}
	return &funcValue{call: c, recv: b.save(e.Pos(), b.receiver(b.expr(e.X), c, e.X)), sig: sig}
}

// returnedFunc is the function that a call returns, or that a conversion to a
// named function type leaves as it is.
func (b *builder) returnedFunc(e *ast.CallExpr) *funcValue {
	if b.info.Types[e.Fun].IsType() {
		return b.knownFunc(e.Args[0])
	}
	call, c := b.functionCall(e)
	if call == nil || !c.inlined() {
		return nil
	}
	fs := b.inline(call, c).funcs
	if len(fs) != 1 {
		return nil
	}
	return fs[0]
}

// bindFunc makes the name on the left side of an assignment mean the function on
// its right side from here on.
func (b *builder) bindFunc(l, r ast.Expr, define bool) {
	id, ok := ast.Unparen(l).(*ast.Ident)
	if ok && b.bindVaried(id, r) {
		return
	}
	v := b.funcValue(r)
	if v == nil || isBlank(l) {
		return
	}
	if !ok {
		b.fail(l, "function kept in memory", funcValueWhy, funcValueDo)
		return
	}
	obj := b.info.Defs[id]
	writes := 0
	if obj == nil {
		obj, writes = b.info.Uses[id], 1
	}
	_, bound := b.funcs[obj]
	switch {
	case len(b.use.writes[obj]) > writes || b.use.addr[obj] || bound && writes > 0:
		b.fail(l, "function variable "+id.Name+" with several values", funcValueWhy, funcValueDo)
		return
	case writes > 0 && b.declaredIn[obj] != b.block:
		b.fail(l, "function variable "+id.Name+" that is given its value elsewhere", funcValueWhy, "declare it where it gets its value")
		return
	}
	b.funcs[obj] = v
}

// bindVaried is bindFunc for a variable with several values; it reports whether it is one.
func (b *builder) bindVaried(id *ast.Ident, r ast.Expr) bool {
	if obj := b.info.Defs[id]; obj != nil {
		if !b.use.changed(obj) {
			return false
		}
		plain := plainFunc(b.info, r)
		if _, isCall := plain.(*ast.CallExpr); isCall {
			if v := b.funcValue(r); v != nil {
				b.funcs[obj] = b.vary(id, obj, nil, v)
			}
			return true
		}
		v := b.vary(id, obj, plain, nil)
		b.choose(id.Pos(), v.choice.owner, plain, nil)
		b.funcs[obj] = v
		return true
	}
	v := b.funcs[b.info.Uses[id]]
	if v == nil || v.choice == nil || v.choice.owner == nil {
		return false
	}
	b.choose(id.Pos(), v.choice.owner, plainFunc(b.info, r), nil)
	return true
}

// declareFunc notes var f func(…) without a value.
func (b *builder) declareFunc(id *ast.Ident) {
	obj := b.info.Defs[id]
	if b.use.changed(obj) && !b.use.addr[obj] && !b.givenBeside(obj) {
		b.funcs[obj] = b.vary(id, obj, nil, nil)
		return
	}
	b.declaredIn[obj] = b.block
}

// givenBeside reports whether obj, which is declared without a value, gets its only one by
// a statement of the same list.
func (b *builder) givenBeside(obj types.Object) bool {
	if len(b.use.writes[obj]) != 1 {
		return false
	}
	beside := func(list []ast.Stmt) bool {
		declared := false
		for _, s := range list {
			switch s := s.(type) {
			case *ast.DeclStmt:
				declared = declared || s.Pos() <= obj.Pos() && obj.Pos() < s.End()
			case *ast.AssignStmt:
				if at := b.use.writes[obj][0]; declared && s.Pos() <= at && at < s.End() {
					return true
				}
			}
		}
		return false
	}
	return found(b.src.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			return beside(n.List)
		case *ast.CaseClause:
			return beside(n.Body)
		}
		return false
	})
}

// splitFuncs binds the functions among the values of an assignment and returns
// what is left of it.
func (b *builder) splitFuncs(lhs, rhs []ast.Expr, define bool) (l, r []ast.Expr) {
	if len(lhs) != len(rhs) {
		return lhs, rhs
	}
	for i, e := range rhs {
		if b.bindsTagged(lhs[i], e, define) {
			continue
		}
		if isFuncList(b.info.TypeOf(e)) {
			b.bindList(lhs[i], e)
		} else if isFuncMap(b.info.TypeOf(e)) {
			b.bindMap(lhs[i], e)
		} else if isFunc(b.info.TypeOf(e)) || isFunc(b.info.TypeOf(lhs[i])) {
			b.bindFunc(lhs[i], e, define)
		} else {
			l, r = append(l, lhs[i]), append(r, e)
		}
	}
	return l, r
}

// comparedFunc is f == nil or f != nil for a known function.
func (b *builder) comparedFunc(e *ast.BinaryExpr) ir.Expr {
	x := e.X
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		if _, isNil := b.info.Uses[id].(*types.Nil); isNil {
			x = e.Y
		}
	}
	v := b.funcValue(x)
	if v != nil && v.choice != nil {
		if !v.choice.nilable || v.choice.owner == nil && v.choice.what == "index out of range" {
			return &ir.Const{Val: boolVal(e.Op == token.NEQ), Typ: b.typeOf(e)}
		}
		return &ir.Binary{Op: e.Op, X: v.choice.tag, Y: ir.Int(0), Typ: b.typeOf(e)}
	}
	return &ir.Const{Val: boolVal(v != nil && v.isNil == (e.Op == token.EQL)), Typ: b.typeOf(e)}
}
