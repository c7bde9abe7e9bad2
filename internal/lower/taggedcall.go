package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A dispatcher is the function that calls what a tagged value stands for.
type dispatcher struct {
	s      *sum
	method string // of the interface; "" for functions
}

// dispatch returns the function that is called for a tagged value, lowering it first if need
// be.
func (l *lowerer) dispatch(s *sum, m *types.Func) *lowered {
	d := dispatcher{s: s}
	name, pos := "call"+word(s.typ.Obj().Name()), l.in.Root.Files[0].Name.Pos()
	sig, _ := s.of.(*types.Signature)
	if m != nil {
		d.method, pos = m.Name(), m.Pos()
		name = s.typ.Obj().Name() + word(m.Name())
		sig = l.tagged.methodOf(s, m.Name())
	}
	if r := l.dispatchers[d]; r != nil {
		return r
	}
	params := types.NewTuple()
	if sig.Params().Len() > 0 { // variables of its own
		var list []*types.Var
		for p := range sig.Params().Variables() {
			list = append(list, types.NewParam(pos, l.in.Root.Types, p.Name(), p.Type()))
		}
		params = types.NewTuple(list...)
	}
	var results []*types.Var
	for r := range sig.Results().Variables() {
		results = append(results, types.NewParam(pos, l.in.Root.Types, "", r.Type()))
	}
	sig = types.NewSignatureType(nil, nil, nil, params, types.NewTuple(results...), sig.Variadic())
	obj := types.NewFunc(pos, l.in.Root.Types, l.made(name), sig)
	at := &ast.Ident{NamePos: pos, Name: obj.Name()}
	decl := &ast.FuncDecl{Name: at, Type: &ast.FuncType{Func: pos}, Body: &ast.BlockStmt{Lbrace: pos, Rbrace: pos}}
	src := &source{pkg: l.in.Root, decl: decl}
	r := &lowered{busy: true}
	l.dispatchers[d], l.results[obj] = r, r
	b := newBuilder(l, src, obj)
	b.fn.Made = true
	r.fn = b.fn
	b.dispatcher(at, s, d.method, sig)
	r.diags, r.exts, r.calls = b.diags, b.exts, b.calls
	r.busy = false
	l.order = append(l.order, r)
	return r
}

// made returns a free name for a function.
func (l *lowerer) made(want string) string {
	name := want
	for l.names[name] || l.in.Root.Types.Scope().Lookup(name) != nil {
		name += "_"
	}
	return name
}

// dispatcher lowers the body: a branch for each alternative.
func (b *builder) dispatcher(at *ast.Ident, s *sum, method string, sig *types.Signature) {
	b.names = newNamer(b)
	for _, a := range s.alts {
		if a.value != nil && a.value.lit != nil {
			b.reserveNames(a.value.lit.src, a.value.lit.info)
		}
	}
	self := &ir.Var{Name: b.names.own("f"), Type: s.typ, Kind: ir.Param, Pos: at.Pos()}
	b.steady[self] = true
	b.fn.Params = append(b.fn.Params, self)
	b.signature(sig)
	b.frame = &frame{results: b.fn.Results}
	x := &ir.Ref{V: self}
	args := newActuals()
	for p := range sig.Params().Variables() {
		args.values[p] = &ir.Ref{V: b.vars[p]}
	}
	text := "call of a nil function"
	if method != "" {
		text = "call of " + method + " of a nil interface"
	}
	rest := b.capture(at.Pos(), func() {
		c := &ir.Const{Val: constant.MakeString(text), Typ: types.Typ[types.String]}
		b.emit(&ir.Panic{At: ir.At{P: at.Pos()}, X: &ir.Convert{X: c, Typ: types.NewInterfaceType(nil, nil)}})
	})
	for i := len(s.alts) - 1; i >= 0; i-- {
		a := s.alts[i]
		block := b.capture(at.Pos(), func() { b.branchTo(at, x, a, method, sig, args) })
		rest = &ir.Block{At: ir.At{P: at.Pos()}, Stmts: []ir.Stmt{&ir.If{At: ir.At{P: at.Pos()}, Cond: b.hasTag(x, a.k), Then: block, Else: rest}}}
	}
	for _, st := range rest.Stmts {
		b.emit(st)
	}
}

// reserveNames keeps the variables from the names that a declaration mentions.
func (b *builder) reserveNames(src *source, info *types.Info) {
	n, root := b.names, b.l.in.Root.Types
	n.reserve(b, src, info, map[types.Type]bool{}, func(obj types.Object) {
		switch {
		case obj.Pkg() == nil:
		case obj.Pkg() == root:
			n.taken[obj.Name()] = true
		default:
			n.taken[obj.Pkg().Name()] = true
		}
	})
}

// branchTo calls the alternative a of x and gives the results their values.
func (b *builder) branchTo(at *ast.Ident, x ir.Expr, a *alternative, method string, sig *types.Signature, args *actuals) {
	var values []ir.Expr
	if method == "" {
		v := b.unpackedFunc(at.Pos(), x, a)
		values = b.apply(at, v, passed(args, sig, v)).values
	} else {
		values = b.callMethod(at, x, a, method, sig, args)
	}
	for i, r := range b.fn.Results {
		if i < len(values) {
			b.set(at.Pos(), r, b.convertTo(values[i], r.Type, at))
		}
	}
}

// unpackedFunc is the function that x, of the alternative a, stands for.
func (b *builder) unpackedFunc(pos token.Pos, x ir.Expr, a *alternative) *funcValue {
	v := *a.value
	if v.lit != nil {
		v.lit = b.opened(pos, x, a)
		return &v
	}
	if a.fn != nil {
		c := *v.call
		if c.fn = a.fn; len(a.targs) > 0 {
			c.fn = b.l.instance(a.fn, a.targs)
		} else if !c.tagged {
			c.fn = b.l.withTags(a.fn)
		}
		v.call = &c
		if c.expr == nil && !c.tagged {
			full := c.fn.Signature()
			v.sig = types.NewSignatureType(nil, nil, nil, full.Params(), full.Results(), full.Variadic())
		}
	}
	if a.field > 0 {
		v.recv = &ir.Field{X: clone(x), I: a.field}
		if a.boxed {
			v.recv = &ir.Deref{X: v.recv}
		}
		v.recv = b.save(pos, v.recv)
	}
	return &v
}

// opened is the literal of a with variables for what it captures.
func (b *builder) opened(pos token.Pos, x ir.Expr, a *alternative) *closure {
	from := a.value.lit
	l := &closure{lit: from.lit, site: from.site}
	l.vars, l.funcs = map[types.Object]*ir.Var{}, map[types.Object]*funcValue{}
	if a.field == 0 {
		return l
	}
	p := b.save(pos, &ir.Field{X: clone(x), I: a.field})
	for i, c := range a.caught {
		v := b.newVar(c.obj.Name(), c.typ, ir.Local, pos)
		b.define(pos, v, &ir.Field{X: &ir.Deref{X: clone(p)}, I: i})
		b.steady[v] = true
		l.vars[c.obj] = v
	}
	return l
}

// callMethod calls the method of the value that x, of the alternative a, holds.
func (b *builder) callMethod(at *ast.Ident, x ir.Expr, a *alternative, method string, sig *types.Signature, args *actuals) []ir.Expr {
	recv := b.unpacked(at.Pos(), x, a)
	found, index, _ := types.LookupFieldOrMethod(a.of, true, b.l.in.Root.Types, method)
	fn, ok := found.(*types.Func)
	if !ok { // of another package, not exported
		for p := range b.l.own {
			if f, i, _ := types.LookupFieldOrMethod(a.of, true, p, method); f != nil {
				fn, index, ok = f.(*types.Func), i, true
				break
			}
		}
	}
	if !ok {
		b.fail(at, "call of method "+method, tagWhy, tagDo)
		return nil
	}
	recv = b.fields(recv, index[:len(index)-1], at)
	if s := b.sumOf(recv.Type()); s != nil && isInterface(fn.Signature().Recv().Type()) { // an embedded interface
		return b.applyTagged(at, b.dispatchTo(s, fn), recv, sig, args).values
	}
	c := &callee{kind: functionCall, fn: b.methodOf(fn)}
	if isInterface(c.fn.Signature().Recv().Type()) {
		b.fail(at, "call of interface method "+method, "which method runs is only known at run time", "call the method of a concrete type")
		return nil
	}
	wants := c.fn.Signature().Recv().Type()
	switch {
	case isPointer(wants) && !isPointer(recv.Type()):
		if d, ok := recv.(*ir.Deref); ok {
			recv = d.X
		} else {
			recv = &ir.Addr{X: recv}
		}
	case !isPointer(wants) && isPointer(recv.Type()):
		recv = b.deref(recv, at)
	}
	full := c.fn.Signature()
	v := &funcValue{call: c, recv: recv, sig: types.NewSignatureType(nil, nil, nil, full.Params(), full.Results(), full.Variadic())}
	return b.apply(at, v, passed(args, sig, v)).values
}

// dispatchTo is dispatch, and notes the call.
func (b *builder) dispatchTo(s *sum, m *types.Func) *lowered {
	r := b.l.dispatch(s, m)
	b.calls[r.fn] = r
	b.called = true
	return r
}

// applyTagged calls r for the tagged value x; sig has the parameters of args.
func (b *builder) applyTagged(e ast.Node, r *lowered, x ir.Expr, of *types.Signature, args *actuals) returned {
	out := &ir.Call{At: ir.At{P: e.Pos()}, Fn: r.fn, Mode: b.mode, Args: []ir.Expr{x}}
	sig := r.fn.Obj.Signature()
	args = passed(args, of, &funcValue{sig: sig})
	for p := range sig.Params().Variables() {
		x := args.values[p]
		if f := args.funcs[p]; x == nil && f != nil && b.sumOf(p.Type()) != nil {
			x = b.asTagged(e, f, p.Type())
		}
		if x == nil {
			b.fail(e, "call of a function with functions as arguments", funcValueWhy, funcValueDo)
			return returned{values: b.dummies(sig)}
		}
		out.Args = append(out.Args, b.convertTo(x, p.Type(), e))
	}
	return returned{values: b.intoTemps(out, sig, e.Pos())}
}

// base is the tagged function x with the type that others of its form have.
func (b *builder) base(x ir.Expr) ir.Expr { return b.retyped(x, b.sumOf(x.Type()).typ) }

// taggedCallee is the call of a tagged function.
func (b *builder) taggedCallee(e *ast.CallExpr, x ir.Expr) *callee {
	r := b.dispatchTo(b.sumOf(x.Type()), nil)
	return &callee{kind: functionCall, fn: r.fn.Obj, origin: r.fn.Obj, ir: r.fn, bound: b.base(x), args: e.Args}
}

// along is the type of what a path of fields, through pointers too, leads to from a value of type
// t; nil if it leads nowhere.
func along(t types.Type, path []int) types.Type {
	for _, i := range path {
		if p := pointee(t); p != nil {
			t = p
		}
		if t == nil {
			return nil
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok || i >= st.NumFields() {
			return nil
		}
		t = st.Field(i).Type()
	}
	return t
}

// taggedMethod is the call, or value, of a method of a tagged value; nil if recv, after the
// embedded fields on the path, is none.
func (b *builder) taggedMethod(recv ast.Expr, m *types.Func, path []int) *callee {
	if b.l.tagged == nil || recv == nil || b.sumOf(along(b.info.TypeOf(recv), path)) == nil {
		return nil
	}
	x := b.fields(b.expr(recv), path, recv)
	s := b.sumOf(x.Type())
	if s == nil {
		return nil
	}
	r := b.dispatchTo(s, m)
	return &callee{kind: functionCall, fn: r.fn.Obj, origin: r.fn.Obj, ir: r.fn, bound: x, tagged: true}
}
