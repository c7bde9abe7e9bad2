package lower

import (
	"go/ast"
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
	mathCall                     // math.Sin(x): a pure expression
	functionCall                 // stands alone as a Call
)

// callee is what a call calls.
type callee struct {
	kind callKind
	name string      // builtinCall, mathCall
	fn   *types.Func // functionCall; of a generic function, the instance
	// targs are type arguments that the source writes, and generated code has to
	// for a function outside the program.
	targs []types.Type
	ir    *ir.Func // the function of the program, nil if it is outside
	recv  ast.Expr // the receiver expression of a method
	path  []int    // embedded fields from recv to the receiver

	origin *types.Func // fn as declared
}

func (b *builder) callee(e *ast.CallExpr) *callee {
	fun := ast.Unparen(e.Fun)
	tv := b.info.Types[fun]
	switch {
	case tv.IsType():
		return &callee{kind: conversion}
	case tv.IsBuiltin():
		return b.builtin(fun)
	}
	c := b.declared(e, fun)
	if c.kind == refusedCall {
		return c
	}
	if c.fn.Pkg() != nil && c.fn.Pkg().Path() == "math" {
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
		if sel.Kind() == types.MethodVal {
			return b.method(f, sel)
		}
		if sel.Kind() == types.MethodExpr {
			b.fail(e, "method expression", "methods are called on a value only", "write x."+f.Sel.Name+"(…)")
			return &callee{}
		}
	case *ast.FuncLit:
		b.expr(f)
		return &callee{}
	case *ast.IndexExpr, *ast.IndexListExpr:
		if obj := b.declaredFunc(calleeName(fun)); obj != nil && b.l.instances[obj] != nil {
			return &callee{kind: functionCall, fn: obj, targs: b.l.instances[obj].targs}
		}
	}
	if t := b.info.TypeOf(fun); t == nil || t == types.Typ[types.Invalid] {
		b.typeOf(fun)
		return &callee{}
	}
	b.fail(e, "call through a function value", "the reverse sweep cannot follow calls through function values yet",
		"call a declared function instead")
	return &callee{}
}

func (b *builder) method(f *ast.SelectorExpr, sel *types.Selection) *callee {
	obj, path := b.selected(f, sel)
	c := &callee{kind: functionCall, fn: obj, recv: f.X, path: path}
	if isInterface(obj.Signature().Recv().Type()) && obj.FullName() != "(error).Error" {
		b.fail(f, "call of interface method "+obj.Name(), "which method runs is only known at run time",
			"call the method of a concrete type")
		return &callee{}
	}
	return c
}

// splitMath says what to use instead of the functions of package math that
// have two results.
var splitMath = map[string]string{
	"Frexp":  "use math.Log2 and math.Floor, or mark a helper //cairn:passive",
	"Modf":   "use math.Trunc(x) and x-math.Trunc(x)",
	"Lgamma": "use math.Log(math.Gamma(x))",
	"Sincos": "use math.Sin and math.Cos",
}

func (b *builder) mathFunc(e *ast.CallExpr, c *callee) *callee {
	name := c.fn.Name()
	if do, ok := splitMath[name]; ok {
		b.fail(e, "math."+name, "it has several results, and the rules are for functions with one", do)
		return &callee{}
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
func (b *builder) resolve(e *ast.CallExpr, c *callee) {
	c.origin = b.l.origin(c.fn)
	src := b.l.sources[c.origin]
	if src != nil && src.passive() {
		return
	}
	if c.fn.Signature().TypeParams().Len() > 0 || b.l.tooDeep(c.fn) {
		b.fail(e, "call of generic function "+c.fn.Name(), "its type arguments are not known", "write them: "+c.fn.Name()+"[float64](…)")
		c.kind = refusedCall
		return
	}
	if src != nil {
		r := b.l.function(c.fn)
		switch {
		case !r.busy && !r.outside:
			c.ir = r.fn
			b.calls[r.fn] = r
			return
		case r.busy && touchesFloats(c.fn.Signature()):
			b.fail(e, "recursion", c.fn.Name()+" calls itself, directly or through others, and the order of reversal would depend on the run",
				"write it as a loop")
			c.kind = refusedCall
			return
		}
	}
	if knownPassive(c.fn) {
		return
	}
	if what := b.floatsIn(e, c); what != "" {
		why := "its source is not in this module, so its derivative is not known, and " + what + " holds floats"
		if src != nil {
			why = "it is called as it is, but " + what + " holds floats"
		}
		b.fail(e, "call of "+funcName(c.fn), why, "write the function in this module, or wrap it in one marked //cairn:passive")
		c.kind = refusedCall
	}
}

// floatsIn names the first part of an outside call through which floats pass.
func (b *builder) floatsIn(e *ast.CallExpr, c *callee) string {
	if c.recv != nil && ir.HasFloat(b.typeOf(c.recv)) {
		return "the receiver"
	}
	for _, a := range e.Args {
		if b.info.Types[a].Value == nil && ir.HasFloat(b.typeOf(a)) {
			return "an argument"
		}
	}
	if t := b.info.TypeOf(e); t != nil {
		if tuple, ok := t.(*types.Tuple); ok {
			for i := range tuple.Len() {
				if ir.HasFloat(tuple.At(i).Type()) {
					return "a result"
				}
			}
		} else if ir.HasFloat(t) {
			return "the result"
		}
	}
	return ""
}

// callExpr lowers a call inside an expression.
func (b *builder) callExpr(e *ast.CallExpr) ir.Expr {
	c := b.callee(e)
	switch c.kind {
	case conversion:
		return b.convert(e)
	case builtinCall:
		return b.builtinExpr(e, c.name)
	case mathCall:
		out := &ir.Math{Fn: c.name, Typ: b.typeOf(e)}
		for i, a := range e.Args {
			out.Args = append(out.Args, b.exprTo(a, c.fn.Signature().Params().At(i).Type()))
		}
		return out
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
	out := b.prepare(e, c)
	out.L, out.Define = l, define
	b.emit(out)
}

// callTemps emits t1, t2 := c(args) and returns the temporaries.
func (b *builder) callTemps(e *ast.CallExpr, c *callee) []ir.Expr {
	out := b.prepare(e, c)
	out.Define = true
	var temps []ir.Expr
	results := c.fn.Signature().Results()
	for i := range results.Len() {
		t := results.At(i).Type()
		b.checkType(e.Pos(), t)
		v := b.temp(t, e.Pos())
		out.L = append(out.L, &ir.Ref{V: v})
		temps = append(temps, &ir.Ref{V: v})
	}
	b.emit(out)
	return temps
}

// prepare lowers receiver and arguments.
func (b *builder) prepare(e *ast.CallExpr, c *callee) *ir.Call {
	out := &ir.Call{At: ir.At{P: e.Pos()}, Fn: c.ir, Mode: b.mode}
	if in := b.l.instances[c.fn]; in != nil {
		for _, a := range in.targs {
			mentioned(a, map[types.Type]bool{}, func(obj types.Object) { b.named(e.Pos(), obj, "type") })
		}
	}
	if c.ir == nil {
		b.named(e.Pos(), c.fn, "function")
		out.Ext, out.TArgs, out.Mode = c.fn, c.targs, ir.DefaultMode
		b.exts = append(b.exts, c.origin)
	} else {
		b.called = true
	}
	if c.recv != nil {
		out.Args = append(out.Args, b.receiver(c))
	}
	out.Args = append(out.Args, b.args(e, c)...)
	return out
}

// receiver lowers the receiver with the address or dereference that the method
// wants.
func (b *builder) receiver(c *callee) ir.Expr {
	x := fields(b.expr(c.recv), c.path)
	wants := c.fn.Signature().Recv().Type()
	switch {
	case isInterface(wants):
		return x
	case isPointer(wants) && !isPointer(x.Type()):
		return b.addrOf(x, c.recv, c.recv)
	case !isPointer(wants) && isPointer(x.Type()):
		return &ir.Deref{X: x}
	}
	return x
}

// args lowers the arguments; f(g()) with several results of g goes through
// temporaries.
func (b *builder) args(e *ast.CallExpr, c *callee) []ir.Expr {
	sig := c.fn.Signature()
	if len(e.Args) == 1 {
		if tuple, ok := b.info.TypeOf(e.Args[0]).(*types.Tuple); ok {
			return b.tupleArgs(e.Args[0], tuple, c)
		}
	}
	var out []ir.Expr
	for i, a := range e.Args {
		x := b.expr(a)
		if t := paramType(sig, i, e.Ellipsis.IsValid()); c.ir != nil || isNil(x) {
			x = b.convertTo(x, t, a)
		}
		out = append(out, x)
	}
	return out
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

func (b *builder) tupleArgs(arg ast.Expr, tuple *types.Tuple, c *callee) []ir.Expr {
	call, inner := b.functionCall(arg)
	if call == nil {
		b.refuseTuple(arg)
		return nil
	}
	out := b.callTemps(call, inner)
	if c.ir != nil {
		for i := range tuple.Len() {
			out[i] = b.convertTo(out[i], paramType(c.fn.Signature(), i, false), arg)
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
