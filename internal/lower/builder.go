package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
)

// builder lowers one function.
type builder struct {
	l     *lowerer
	fn    *ir.Func
	obj   *types.Func
	names *namer
	block *ir.Block // receives the statements
	diags diag.List
	exts  []*types.Func // called outside the program
	calls map[*ir.Func]*lowered

	mode   ir.CallMode
	called bool // a call of a program function was made since mode was set

	site                                  // of what is being lowered: the function itself, or one in the place of its call
	declaredIn map[types.Object]*ir.Block // var f func(…) without a value
	steady     map[*ir.Var]bool           // never assigned to again
	busy       map[ast.Node]int           // functions whose bodies are being put in the place of calls
	bodies     int                        // put in the place of calls so far
	mostBodies int                        // see most
	decl       *ast.FuncDecl              // of the function itself
	pending    pendingCall
	ranged     *funcList // over which the loop about to be lowered goes

	rangedValues *variantList
	inHead       map[types.Object]bool // see loopCells
	literalFuncs holder                // receives the functions of the literal being lowered
}

func newBuilder(l *lowerer, src *source, obj *types.Func) *builder {
	b := &builder{
		l: l, obj: obj,
		site:   l.site(src, obj),
		decl:   src.decl,
		inHead: map[types.Object]bool{},
		calls:  map[*ir.Func]*lowered{}, declaredIn: map[types.Object]*ir.Block{},
		steady: map[*ir.Var]bool{}, busy: map[ast.Node]int{src.decl: 1},
		fn: &ir.Func{
			Name: l.name(obj),
			Pkg:  obj.Pkg(),
			Obj:  obj,
			Body: &ir.Block{At: ir.At{P: src.decl.Body.Pos()}},
			Pos:  src.decl.Name.Pos(),

			Variadic: obj.Signature().Variadic(),
		},
	}
	if b.inst != nil {
		b.fn.TArgs = b.inst.targs
		b.fn.Made = b.made()
	}
	if src.dir != nil {
		b.fn.Mode = src.dir.Mode
	}
	b.block = b.fn.Body
	return b
}

func (b *builder) fail(n ast.Node, what, why, do string) {
	b.diags.Add(b.l.in.Fset, n.Pos(), what, why, do)
}

func (b *builder) emit(s ir.Stmt) {
	switch s := s.(type) {
	case *ir.Assign:
		lastOnly(s.L)
	case *ir.Call:
		lastOnly(s.L)
	}
	b.block.Stmts = append(b.block.Stmts, b.apart(s)...)
}

// lastOnly puts blanks in the places of variables that get another value further to the right of the
// same left side: the last one stays, and no pass needs to know of the others.
func lastOnly(ls []ir.Expr) {
	if len(ls) < 2 {
		return
	}
	given := map[*ir.Var]bool{}
	for i := len(ls) - 1; i >= 0; i-- {
		if r, ok := ls[i].(*ir.Ref); ok {
			if given[r.V] {
				ls[i] = nil
			}
			given[r.V] = true
		}
	}
}

// capture runs f and returns the statements that it emitted.
func (b *builder) capture(pos token.Pos, f func()) *ir.Block {
	saved := b.block
	b.block = &ir.Block{At: ir.At{P: pos}}
	f()
	out := b.block
	b.block = saved
	return out
}

// function lowers the signature and the body.
func (b *builder) function() {
	sig := b.obj.Signature()
	decl := b.src.decl
	if sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0 {
		b.fail(decl.Name, "generic function "+decl.Name.Name, "the types that it is called with are not known here",
			"put the directive above a function that calls it with the types that you want")
		return
	}
	if t := localType(decl); b.generic() && t != nil {
		b.refuseLocalType(t) // it depends on the type arguments, too
		return
	}
	b.names = newNamer(b)
	b.signature(sig)
	b.localCopies(sig)
	b.frame = &frame{results: b.fn.Results}
	b.resultCells(sig)
	b.frameBody(decl.Body.List)
	body := b.fn.Body
	if n := len(body.Stmts); n > 0 {
		if _, ok := body.Stmts[n-1].(*ir.Return); ok {
			body.Stmts = body.Stmts[:n-1]
		}
	}
}

// signature makes the variables of receiver, parameters and results. The receiver
// of an instance is a parameter, since what is made of it can be no method: Go has
// no methods for single instances of a type.
func (b *builder) signature(sig *types.Signature) {
	switch r := sig.Recv(); {
	case r == nil:
	case b.l.instances[b.obj] != nil:
		b.fn.Params = append(b.fn.Params, b.param(r, "recv"))
	default:
		b.fn.Recv = b.param(r, "recv")
	}
	for i := range sig.Params().Len() {
		b.fn.Params = append(b.fn.Params, b.param(sig.Params().At(i), "arg"+strconv.Itoa(i)))
	}
	if b.l.roots[b.obj] {
		b.namedType(b.fn.Pos, types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()))
	}
	n := sig.Results().Len()
	for i := range n {
		r := sig.Results().At(i)
		v := &ir.Var{Type: r.Type(), Kind: ir.Result, Pos: r.Pos()}
		b.checkType(r.Pos(), r.Type())
		if b.use.cells[r] && b.defers() && !b.use.withoutCell(r) {
			b.fail(&position{r.Pos()}, "result "+r.Name()+" that a function literal uses", cellWhy, cellDo)
		}
		switch {
		case r.Name() != "" && r.Name() != "_":
			v.Name = b.names.own(r.Name())
		case n == 1:
			v.Name = b.names.made("ret")
		default:
			v.Name = b.names.made("ret" + strconv.Itoa(i))
		}
		b.vars[r] = v
		b.fn.Results = append(b.fn.Results, v)
	}
}

func (b *builder) param(obj *types.Var, unnamed string) *ir.Var {
	v := &ir.Var{Type: obj.Type(), Kind: ir.Param, Pos: obj.Pos()}
	b.checkType(obj.Pos(), obj.Type())
	if obj.Name() == "" || obj.Name() == "_" {
		v.Name = b.names.made(unnamed)
	} else {
		v.Name = b.names.own(obj.Name())
	}
	b.vars[obj] = v
	b.steady[v] = !b.use.changed(obj) && !b.use.addr[obj]
	return v
}

// localCopies gives each parameter that the body changes, or takes the address
// of, a local variable to stand for it.
func (b *builder) localCopies(sig *types.Signature) {
	copyOf := func(obj *types.Var) {
		if obj == nil || !b.use.changed(obj) && !b.use.addr[obj] {
			return
		}
		p := b.vars[obj]
		if b.use.cells[obj] {
			b.emit(&ir.Assign{At: ir.At{P: obj.Pos()}, L: []ir.Expr{b.newCell(obj)}, R: []ir.Expr{&ir.Ref{V: p}}})
			return
		}
		v := b.newVar(obj.Name(), obj.Type(), ir.Local, obj.Pos())
		b.vars[obj] = v
		b.define(obj.Pos(), v, &ir.Ref{V: p})
	}
	copyOf(sig.Recv())
	for i := range sig.Params().Len() {
		copyOf(sig.Params().At(i))
	}
}

// newVar makes a variable of the body whose name starts as the given one.
func (b *builder) newVar(name string, t types.Type, kind ir.VarKind, pos token.Pos) *ir.Var {
	v := &ir.Var{Name: b.names.own(name), Type: t, Kind: kind, Pos: pos}
	b.fn.Locals = append(b.fn.Locals, v)
	return v
}

// temp makes a temporary variable.
func (b *builder) temp(t types.Type, pos token.Pos) *ir.Var {
	b.mirrored(pos, t)
	v := &ir.Var{Name: b.names.temp(), Type: t, Kind: ir.Temp, Pos: pos}
	b.fn.Locals = append(b.fn.Locals, v)
	return v
}

// declare makes the variable of a source declaration.
func (b *builder) declare(id *ast.Ident) *ir.Var {
	obj := b.info.Defs[id]
	if !b.inHead[obj] {
		b.noCell(id, obj, "loop variable")
	}
	b.checkType(id.Pos(), obj.Type())
	v := b.newVar(id.Name, obj.Type(), ir.Local, id.Pos())
	b.vars[obj] = v
	b.steady[v] = !b.use.changed(obj) && !b.use.addr[obj]
	return v
}

// define emits v := x.
func (b *builder) define(pos token.Pos, v *ir.Var, x ir.Expr) {
	b.emit(&ir.Assign{At: ir.At{P: pos}, L: []ir.Expr{&ir.Ref{V: v}}, R: []ir.Expr{x}, Define: true})
}

// save emits t := x for a new temporary and returns its value.
func (b *builder) save(pos token.Pos, x ir.Expr) ir.Expr {
	if ir.UntypedInGo(x) {
		x = &ir.Convert{X: x, Typ: x.Type()}
	}
	v := b.temp(x.Type(), pos)
	b.define(pos, v, x)
	return &ir.Ref{V: v}
}

// typeOf returns the type of e; an expression that the type checker gave up on
// is a diagnostic, and has type int.
func (b *builder) typeOf(e ast.Expr) types.Type {
	t := b.info.TypeOf(e)
	if t == nil || t == types.Typ[types.Invalid] {
		b.fail(e, "expression", noTypeWhy, noTypeDo)
		return types.Typ[types.Int]
	}
	return typed(t)
}

// typed replaces the untyped bool of comparisons.
func typed(t types.Type) types.Type {
	if t == types.Typ[types.UntypedBool] {
		return types.Typ[types.Bool]
	}
	return t
}

// known is typeOf without a diagnostic.
func (b *builder) known(e ast.Expr) types.Type {
	t := b.info.TypeOf(e)
	if t == nil || t == types.Typ[types.Invalid] {
		return types.Typ[types.Int]
	}
	return typed(t)
}

// dummy stands for an expression that was refused.
func (b *builder) dummy(e ast.Expr) ir.Expr { return &ir.Const{Typ: b.known(e)} }

// clone returns a copy of e that shares no inner node with it.
func clone(e ir.Expr) ir.Expr {
	return ir.Rewrite(e, func(ir.Expr) ir.Expr { return nil })
}
