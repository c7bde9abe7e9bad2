package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/rule"
)

// callKind sorts calls by how they are lowered.
type callKind uint8

const (
	refusedCall  callKind = iota // a diagnostic has been given
	conversion                   // T(x)
	builtinCall                  // len(x)
	mathCall                     // math.Sin(x), cmplx.Exp(z): a pure expression
	tupleCall                    // math.Modf(x): two pure expressions
	functionCall                 // stands alone as a Call
)

// callee is what a call calls.
type callee struct {
	kind callKind
	name string      // builtinCall, mathCall, tupleCall
	fn   *types.Func // functionCall; of a generic function, the instance
	// targs are type arguments that the source writes, and generated code has to
	// for a function outside the program.
	targs []types.Type
	ir    *ir.Func   // the function of the program, nil if it is outside
	rule  *ir.Rule   // how the call is differentiated, nil for from the source
	recv  ast.Expr   // the receiver expression of a method
	path  []int      // embedded fields from recv to the receiver
	args  []ast.Expr // functionCall: the arguments without the receiver
	expr  types.Type // of a method expression T.m, the type T

	origin *types.Func // fn as declared

	value  *funcValue // called through a value
	body   *source    // takes or returns functions: stands in the place of the call
	bound  ir.Expr    // the receiver, if it is evaluated already
	tagged bool       // a method of a tagged value, which bound is
	sort   *sortKind  // a function that sorts by a comparison
}

func (b *builder) callee(e *ast.CallExpr) *callee {
	fun := ast.Unparen(e.Fun)
	tv := b.info.Types[fun]
	if b.malformed(e) {
		b.fail(e, "call", "its arguments are not those that the function takes", "correct it")
		return &callee{}
	}
	switch {
	case tv.IsType():
		return &callee{kind: conversion}
	case tv.IsBuiltin():
		return b.builtin(fun)
	}
	c := b.declared(e, fun)
	if c.args == nil {
		c.args = e.Args
	}
	if c.kind == refusedCall || c.value != nil || c.origin != nil {
		return c
	}
	return b.resolved(e, c)
}

// resolved decides how the function c.fn is called at e.
func (b *builder) resolved(e ast.Node, c *callee) *callee {
	if b.byRule(e, c) {
		return c
	}
	if c.sort = b.sortKindOf(c.fn); c.sort != nil {
		c.origin = b.l.origin(c.fn)
		return c
	}
	if c.fn.Pkg() != nil && elementary(c.fn.Pkg()) {
		return b.mathFunc(e, c)
	}
	b.resolve(e, c)
	return c
}

// calleeName returns the identifier that names the function in f, p.f or f[T].
func calleeName(fun ast.Expr) *ast.Ident {
	switch f := fun.(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	case *ast.IndexExpr:
		return calleeName(ast.Unparen(f.X))
	case *ast.IndexListExpr:
		return calleeName(ast.Unparen(f.X))
	}
	return nil
}

func (b *builder) builtin(fun ast.Expr) *callee {
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		b.fail(fun, "unsafe."+sel.Sel.Name, "nothing is known about the memory behind it", "use slices and typed pointers")
		return &callee{}
	}
	return &callee{kind: builtinCall, name: fun.(*ast.Ident).Name}
}

// declared finds the declared function that fun names.
func (b *builder) declared(e *ast.CallExpr, fun ast.Expr) *callee {
	switch f := fun.(type) {
	case *ast.Ident:
		if obj := b.declaredFunc(f); obj != nil {
			return &callee{kind: functionCall, fn: obj}
		}
	case *ast.SelectorExpr:
		sel := b.info.Selections[f]
		if sel == nil {
			if obj := b.declaredFunc(f.Sel); obj != nil {
				return &callee{kind: functionCall, fn: obj}
			}
			break
		}
		switch sel.Kind() {
		case types.MethodVal:
			return b.method(f, sel, f.X)
		case types.MethodExpr:
			return b.methodExpr(e, f, sel)
		}
	case *ast.IndexExpr, *ast.IndexListExpr:
		if obj := b.declaredFunc(calleeName(fun)); obj != nil && b.l.instances[obj] != nil {
			return &callee{kind: functionCall, fn: obj, targs: b.l.instances[obj].targs}
		}
	}
	if t := b.info.TypeOf(fun); t == nil || t == types.Typ[types.Invalid] {
		b.typeOf(fun)
		return &callee{}
	}
	return b.valueCall(e)
}

func (b *builder) method(f *ast.SelectorExpr, sel *types.Selection, recv ast.Expr) *callee {
	obj, path := b.selected(f, sel)
	c := &callee{kind: functionCall, fn: obj, recv: recv, path: path}
	if isInterface(obj.Signature().Recv().Type()) && obj.FullName() != "(error).Error" {
		if recv != nil {
			if v := b.variantOf(recv); v != nil {
				return b.methodOfVariant(f, v, obj, recv)
			}
		}
		if c := b.taggedMethod(recv, obj, path); c != nil {
			return c
		}
		if known := b.devirtual(recv, obj.Name()); known != nil {
			return known
		}
		if b.l.in.Rule != nil && b.l.in.Rule(obj) != nil {
			return c
		}
		if passiveMethod(obj) && recv != nil && isInterface(b.concrete(recv)) {
			return c
		}
		b.fail(f, "call of interface method "+obj.Name(), "which method runs is only known at run time",
			"call the method of a concrete type")
		return &callee{}
	}
	return c
}

// methodExpr is method for T.m(x, …) or (*T).m(x, …), where x is the receiver. Of an interface
// T the method is that of the value in x, if its type is known.
func (b *builder) methodExpr(e *ast.CallExpr, f *ast.SelectorExpr, sel *types.Selection) *callee {
	_, tuple := b.info.TypeOf(e.Args[0]).(*types.Tuple)
	if isInterface(sel.Recv()) && !tuple && b.variantOf(e.Args[0]) == nil {
		if known := b.devirtual(e.Args[0], f.Sel.Name); known != nil {
			known.args = e.Args[1:]
			return known
		}
	}
	if b.isTagged(e.Args[0]) {
		if c := b.taggedMethod(e.Args[0], sel.Obj().(*types.Func), nil); c != nil {
			c.args = e.Args[1:]
			return c
		}
	}
	c := b.method(f, sel, nil)
	c.expr = sel.Recv()
	if tuple {
		return c // the receiver is the first of several results
	}
	c.recv, c.args = e.Args[0], e.Args[1:]
	return c
}

// elementary reports whether pkg is one of those that rules are for.
func elementary(pkg *types.Package) bool { return pkg.Path() == "math" || pkg.Path() == "math/cmplx" }

func (b *builder) mathFunc(e ast.Node, c *callee) *callee {
	name := c.fn.Name()
	if c.fn.Pkg().Path() == "math/cmplx" && name != "Polar" {
		return b.cmplxFunc(e, c)
	}
	if tupleMath[name][0] != "" {
		return &callee{kind: tupleCall, name: name, fn: c.fn}
	}
	if name == "Float64frombits" || name == "Float32frombits" {
		b.fail(e, "math."+name, "a derivative cannot follow a float through its bits", "move it to a function marked //cairn:passive")
		return &callee{}
	}
	if rule.Lookup("math."+name) == nil {
		b.fail(e, "math."+name, "there is no rule for its derivative", "move it to a function marked //cairn:passive")
		return &callee{}
	}
	return &callee{kind: mathCall, name: "math." + name, fn: c.fn}
}

// resolve decides whether c.fn is a function of the program or one that is
// called as it is.
func (b *builder) resolve(e ast.Node, c *callee) {
	c.origin = b.l.origin(c.fn)
	src := b.sourceOf(e, c)
	if src != nil && b.l.standIn(c, src) {
		*c = *b.resolved(e, c)
		return
	}
	call, _ := e.(*ast.CallExpr)
	known := call != nil && b.holdsKnown(call, c.recv) && !knownPassive(c.fn)
	if known && (src == nil || src.passive()) {
		b.fail(e, "call of "+funcName(c.fn), "it is called as it is, and gets a struct with functions, which are put in the place of their calls", foreignDo)
		c.kind = refusedCall
		return
	}
	if src != nil && src.passive() {
		return
	}
	if c.fn.Signature().TypeParams().Len() > 0 || b.l.tooDeep(c.fn) {
		b.fail(e, "call of generic function "+c.fn.Name(), "its type arguments are not known", "write them: "+c.fn.Name()+"[float64](…)")
		c.kind = refusedCall
		return
	}
	if src != nil && (known || takesFuncs(c.fn.Signature()) || b.opens(e, c)) {
		c.body = src
		return
	}
	if src != nil {
		// One that is still being lowered is reached by recursion. It is taken for
		// one of the program; see settle.
		if r := b.l.function(c.fn); !r.outside {
			c.ir = r.fn
			b.calls[r.fn] = r
			if b.l.foreign(c.origin) && b.nested(e, c.fn, r.broken(map[*lowered]bool{})) {
				c.kind = refusedCall
			}
			return
		}
	}
	if p := b.l.promised(c.origin); p != nil {
		b.derivative(e, c, p)
		return
	}
	if knownPassive(c.fn) {
		return
	}
	if what := b.floatsIn(e, c); what != "" {
		why := b.noSource(c) + ", and " + what + " holds floats"
		if src != nil {
			why = "it is called as it is, but " + what + " holds floats"
		}
		b.fail(e, "call of "+funcName(c.fn), why, foreignDo)
		c.kind = refusedCall
	}
}

// standIn lets c call the function whose source is to be differentiated in the place of the
// one that it calls, if a directive at src, where that is declared, names one.
func (l *lowerer) standIn(c *callee, src *source) bool {
	if src.dir == nil || src.dir.Source == nil || src.dir.Source.Fn == nil {
		return false
	}
	fn := src.dir.Source.Fn
	if in := l.instances[c.fn]; in != nil {
		fn = l.instance(fn, in.targs)
	}
	c.fn = fn
	return true
}

// floatsIn names the first part of an outside call through which floats pass.
func (b *builder) floatsIn(at ast.Node, c *callee) string {
	if c.recv != nil && (ir.HasFloat(b.typeOf(c.recv)) || ir.HasFloat(b.concrete(c.recv))) || c.bound != nil && ir.HasFloat(c.bound.Type()) {
		return "the receiver"
	}
	e, ok := at.(*ast.CallExpr)
	if !ok {
		return ""
	}
	for _, a := range e.Args {
		if b.info.Types[a].Value == nil && ir.HasFloat(b.typeOf(a)) {
			return "an argument"
		}
	}
	results := c.fn.Signature().Results()
	for i := range results.Len() {
		switch {
		case !ir.HasFloat(results.At(i).Type()):
		case results.Len() == 1:
			return "the result"
		default:
			return "a result"
		}
	}
	return ""
}

// callExpr lowers a call inside an expression.
func (b *builder) callExpr(e *ast.CallExpr) ir.Expr {
	c := b.calleeAgain(e)
	switch c.kind {
	case conversion:
		return b.convert(e)
	case builtinCall:
		return b.inOrder(e, b.builtinExpr(e, c.name))
	case mathCall:
		out := &ir.Math{Fn: c.name, Typ: b.typeOf(e)}
		for i, a := range e.Args {
			out.Args = append(out.Args, b.exprTo(a, c.fn.Signature().Params().At(i).Type()))
		}
		return b.inOrder(e, out)
	case tupleCall:
		b.fail(e, "call of "+c.fn.Pkg().Name()+"."+c.name, "one value is wanted here", "assign the results to variables first")
	case functionCall:
		res := c.fn.Signature().Results()
		if res.Len() != 1 {
			b.fail(e, "call of "+c.fn.Name(), "one value is wanted here", "assign the results to variables first")
			return b.dummy(e)
		}
		return b.callTemps(e, c)[0]
	}
	return b.dummy(e)
}

// call emits l = c(args).
func (b *builder) call(e *ast.CallExpr, c *callee, l []ir.Expr, define bool) {
	if c.sort != nil {
		b.sortCall(e, c)
		return
	}
	if c.inlined() {
		values := b.inline(e, c).values
		if len(l) > 0 && len(values) == len(l) {
			b.emit(&ir.Assign{At: ir.At{P: e.Pos()}, L: l, R: values, Define: define})
		}
		for i := len(l); i < len(values); i++ { // results may be ignored, variables may not
			b.emit(&ir.Assign{At: ir.At{P: e.Pos()}, L: []ir.Expr{nil}, R: []ir.Expr{values[i]}})
		}
		return
	}
	out := b.prepare(e, c)
	out.L, out.Define = l, define
	b.emitCall(out)
}

// emitCall emits a call whose arguments and results are known.
func (b *builder) emitCall(call *ir.Call) {
	b.complete(call)
	if !b.sortsCopy(call) {
		b.emit(call)
	}
}

// callTemps emits t1, t2 := c(args) and returns the temporaries.
func (b *builder) callTemps(e *ast.CallExpr, c *callee) []ir.Expr {
	if c.inlined() {
		values := b.inline(e, c).values
		if n := c.fn.Signature().Results().Len(); len(values) != n {
			b.fail(e, "function among the results of a call", funcValueWhy, "return the function alone")
			return b.dummies(c.fn.Signature())
		}
		return values
	}
	return b.intoTemps(b.prepare(e, c), c.fn.Signature(), e.Pos())
}

// intoTemps emits t1, t2 := call and returns the temporaries.
func (b *builder) intoTemps(call *ir.Call, sig *types.Signature, pos token.Pos) []ir.Expr {
	var temps []ir.Expr
	for i := range sig.Results().Len() {
		t := sig.Results().At(i).Type()
		b.checkType(pos, t)
		v := b.temp(t, pos)
		call.L = append(call.L, &ir.Ref{V: v})
		temps = append(temps, &ir.Ref{V: v})
	}
	call.Define = len(temps) > 0
	b.complete(call)
	b.emit(call)
	return temps
}

// prepare lowers receiver and arguments.
func (b *builder) prepare(e *ast.CallExpr, c *callee) *ir.Call {
	before := len(b.diags)
	out := b.callOf(e, c)
	switch {
	case c.bound != nil:
		out.Args = append(out.Args, c.bound)
	case c.recv != nil:
		out.Args = append(out.Args, b.receiver(b.expr(c.recv), c, c.recv))
	}
	out.Args = append(out.Args, b.args(e, c)...)
	b.keptApart(e, c, out.Args)
	if c.ir == nil && len(b.diags) == before {
		b.passable(e, c.fn.Signature(), out.Args)
	}
	return out
}

// callOf is a call of c, without arguments yet.
func (b *builder) callOf(e ast.Node, c *callee) *ir.Call {
	out := &ir.Call{At: ir.At{P: e.Pos()}, Fn: c.ir, Mode: b.mode}
	if in := b.l.instances[c.fn]; in != nil {
		for _, a := range in.targs {
			b.mirrored(e.Pos(), a)
		}
	}
	if c.ir == nil {
		b.named(e.Pos(), c.fn, "function")
		b.callable(e, c.fn)
		out.Ext, out.TArgs, out.Mode = c.fn, c.targs, ir.DefaultMode
		if call, ok := e.(*ast.CallExpr); ok {
			out.Spread = call.Ellipsis.IsValid()
		}
		b.exts = append(b.exts, c.origin)
	} else {
		if c.rule != nil {
			b.callable(e, c.fn)
			out.Mode = ir.DefaultMode
		}
		b.called = true
	}
	return out
}

// receiver gives x the address or dereference that the method wants.
func (b *builder) receiver(x ir.Expr, c *callee, src ast.Expr) ir.Expr {
	if c.expr != nil && !types.Identical(x.Type(), c.expr) { // T.m(x) converts x as a call does
		if x = b.convertTo(x, c.expr, src); !types.Identical(x.Type(), c.expr) {
			x = &ir.Convert{X: x, Typ: c.expr}
		}
	}
	x = b.fields(x, c.path, src)
	b.reaches(src.Pos(), x)
	wants := c.fn.Signature().Recv().Type()
	switch {
	case isInterface(wants):
		return x
	case isPointer(wants) && !isPointer(x.Type()):
		return b.addrOf(x, src, src)
	case !isPointer(wants) && isPointer(x.Type()):
		return b.deref(x, src)
	}
	return x
}

// args lowers the arguments; f(g()) with several results of g goes through
// temporaries.
func (b *builder) args(e *ast.CallExpr, c *callee) []ir.Expr {
	sig := c.fn.Signature()
	if len(c.args) == 1 {
		if _, ok := b.info.TypeOf(c.args[0]).(*types.Tuple); ok {
			return b.pack(e, c, b.tupleArgs(c.args[0], c))
		}
	}
	var out []ir.Expr
	for i, a := range c.args {
		x := b.expr(a)
		if t := paramType(sig, i, e.Ellipsis.IsValid()); (c.ir != nil || isNil(x)) && !c.keeps(t, x) {
			x = b.convertTo(x, t, a)
		}
		out = append(out, x)
	}
	if e.Ellipsis.IsValid() {
		return out
	}
	return b.pack(e, c, out)
}

// pack puts the arguments for a variadic parameter of a function of the program
// into a slice, as Go does: a new one, or nil for none.
func (b *builder) pack(e *ast.CallExpr, c *callee, args []ir.Expr) []ir.Expr {
	sig := c.fn.Signature()
	if c.ir == nil || !sig.Variadic() {
		return args
	}
	n := sig.Params().Len() - 1
	if c.recv == nil && sig.Recv() != nil {
		n++ // the receiver is among the arguments
	}
	t := sig.Params().At(sig.Params().Len() - 1).Type()
	if len(args) <= n {
		return append(args, &ir.Const{Typ: t})
	}
	return append(args[:n:n], b.save(e.Pos(), &ir.Composite{Typ: t, Elems: args[n:]}))
}

func isNil(x ir.Expr) bool {
	c, ok := x.(*ir.Const)
	return ok && c.Val == nil
}

// paramType is the type of the i-th argument.
func paramType(sig *types.Signature, i int, spread bool) types.Type {
	last := sig.Params().Len() - 1
	if !sig.Variadic() || i < last || spread {
		return sig.Params().At(i).Type()
	}
	return sig.Params().At(last).Type().(*types.Slice).Elem()
}

func (b *builder) tupleArgs(arg ast.Expr, c *callee) []ir.Expr {
	out := b.tupleValues(arg)
	if out == nil {
		call, inner := b.functionCall(arg)
		if call == nil {
			b.refuseTuple(arg)
			return nil
		}
		out = b.callTemps(call, inner)
	}
	params := out
	if c.expr != nil {
		out[0] = b.receiver(out[0], c, arg)
		params = out[1:]
	}
	if c.ir != nil {
		for i := range params {
			if t := paramType(c.fn.Signature(), i, false); !c.keeps(t, params[i]) {
				params[i] = b.convertTo(params[i], t, arg)
			}
		}
	}
	return out
}

// funcName is f as a reader of its source calls it: "sort.Floats", "big.Float.Add".
func funcName(f *types.Func) string {
	name := f.Name()
	if t := receiverType(f); t != nil {
		name = t.Obj().Name() + "." + name
	}
	return f.Pkg().Name() + "." + name
}
