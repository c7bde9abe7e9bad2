package lower

import (
	"go/ast"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// isBuiltin returns e if it is a call of the builtin with that name.
func (b *builder) isBuiltin(e ast.Expr, name string) *ast.CallExpr {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || !b.info.Types[ast.Unparen(call.Fun)].IsBuiltin() {
		return nil
	}
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); !ok || id.Name != name || b.malformed(call) {
		return nil
	}
	return call
}

// builtinStmt lowers a builtin that stands as a statement.
func (b *builder) builtinStmt(e *ast.CallExpr, name string) {
	switch name {
	case "copy":
		b.copyCall(e, nil)
	case "clear":
		b.clearCall(e)
	case "delete":
		b.deleteCall(e)
	case "panic":
		x := b.expr(e.Args[0])
		if _, isConst := x.(*ir.Const); !isConst && ir.HasFloat(x.Type()) {
			b.fail(e.Args[0], "panic with a float", "the derivative would be lost", "format it: panic(fmt.Sprint(x))")
		}
		b.emit(&ir.Panic{At: ir.At{P: e.Pos()}, X: x})
	default:
		b.refuseBuiltin(e, name)
	}
}

// builtinExpr lowers a builtin that gives a value.
func (b *builder) builtinExpr(e *ast.CallExpr, name string) ir.Expr {
	switch name {
	case "len", "cap":
		if isFuncList(b.info.TypeOf(e.Args[0])) {
			if list := b.listOf(e.Args[0]); list != nil {
				return ir.Int(len(list.elems))
			}
		}
		if id := identOf(ast.Unparen(e.Args[0])); id != nil && b.valueLists[b.info.Uses[id]] != nil {
			return ir.Int(len(b.valueLists[b.info.Uses[id]].vals))
		}
		return b.lenCap(e, name)
	case "min", "max":
		return b.minMax(e, name)
	case "complex", "real", "imag":
		return b.complexCall(e, name)
	case "make":
		return b.makeCall(e)
	case "new":
		if !b.info.Types[e.Args[0]].IsType() {
			return b.newValue(e)
		}
		t := b.typeOf(e)
		b.checkType(e.Pos(), t)
		return &ir.New{Typ: t}
	case "append":
		return b.appendCall(e)
	case "copy":
		v := b.temp(types.Typ[types.Int], e.Pos())
		b.emit(&ir.Decl{At: ir.At{P: e.Pos()}, V: v})
		b.copyCall(e, &ir.Ref{V: v})
		return &ir.Ref{V: v}
	}
	b.refuseBuiltin(e, name)
	return b.dummy(e)
}

func (b *builder) refuseBuiltin(e *ast.CallExpr, name string) {
	switch name {
	case "close":
		b.fail(e, "close", "the reverse sweep cannot follow communication", "pass the values as parameters")
	case "recover":
		b.fail(e, "recover", "a panic ends the derivative too", "check the cause before it")
	case "print", "println":
		b.fail(e, name, "it is meant for bootstrapping", "use fmt.Println")
	default:
		b.fail(e, name, "it is not supported", "write it with arithmetic, indices and fields")
	}
}

func (b *builder) lenCap(e *ast.CallExpr, name string) ir.Expr {
	t := b.typeOf(e.Args[0])
	switch t.Underlying().(type) {
	case *types.Map:
		b.checkType(e.Pos(), t)
	case *types.Chan:
		what, why, do := refusedType(t)
		b.fail(e, what, why, do)
		return b.dummy(e)
	}
	x := b.value(b.expr(e.Args[0]), e.Args[0])
	if name == "cap" {
		return &ir.Cap{X: x}
	}
	return &ir.Len{X: x}
}

// minMax nests calls of more than two arguments from the left.
func (b *builder) minMax(e *ast.CallExpr, name string) ir.Expr {
	t := b.typeOf(e)
	var out ir.Expr
	for _, a := range e.Args {
		x := b.expr(a)
		if c, ok := x.(*ir.Const); ok {
			c.Typ = t
		}
		if out == nil {
			out = x
		} else {
			out = &ir.Math{Fn: name, Args: []ir.Expr{out, x}, Typ: t}
		}
	}
	return out
}

func (b *builder) makeCall(e *ast.CallExpr) ir.Expr {
	t := b.typeOf(e)
	b.checkType(e.Pos(), t)
	switch t.Underlying().(type) {
	case *types.Map:
		if len(e.Args) > 1 {
			return &ir.Make{Typ: t, Len: b.runtime(e.Args[1], b.expr(e.Args[1]))}
		}
		return &ir.Make{Typ: t}
	case *types.Slice:
	default:
		return b.dummy(e)
	}
	out := &ir.Make{Typ: t, Len: b.runtime(e.Args[1], b.expr(e.Args[1]))}
	if len(e.Args) > 2 {
		out.Cap = b.runtime(e.Args[2], b.expr(e.Args[2]))
	}
	return out
}

// copyCall emits copy(dst, src) with its result in n, which may be nil.
func (b *builder) copyCall(e *ast.CallExpr, n ir.Expr) {
	if isString(b.typeOf(e.Args[1])) {
		b.fail(e, "copy of a string", "strings are only passed along", "copy the bytes before the differentiated function")
		return
	}
	dst := b.expr(e.Args[0])
	src := b.expr(e.Args[1])
	b.copySlice(e.Pos(), n, dst, src, false)
}

func isString(t types.Type) bool {
	bt, ok := t.Underlying().(*types.Basic)
	return ok && bt.Info()&types.IsString != 0
}

// convert lowers the conversion T(x) of a value that is no constant.
func (b *builder) convert(e *ast.CallExpr) ir.Expr {
	t := b.typeOf(e)
	from := b.info.TypeOf(e.Args[0])
	b.checkType(e.Pos(), t)
	if from == types.Typ[types.UntypedNil] {
		return &ir.Const{Typ: t}
	}
	if b.sumOf(t) != nil {
		return b.exprTo(e.Args[0], t)
	}
	x := b.expr(e.Args[0])
	if c, ok := x.(*ir.Const); ok && c.Val == nil {
		return &ir.Const{Typ: t}
	}
	if c, ok := x.(*ir.Const); ok && isNumber(c.Typ) && isNumber(t) && b.info.Types[e.Args[0]].Value != nil {
		return b.constantTo(c, e.Args[0], t)
	}
	x = b.runtime(e.Args[0], x)
	if b.needless(x, t) {
		return x
	}
	if a, ok := t.Underlying().(*types.Array); ok {
		if _, slice := x.Type().Underlying().(*types.Slice); slice {
			return b.arrayOf(e, t, a, x)
		}
	}
	if methodSet(t) && !isInterface(x.Type()) {
		return x // followed as what it is; what keeps it in an interface converts it
	}
	if isInterface(t) {
		if y := b.convertTo(x, t, e); y != x {
			return y
		}
		return &ir.Convert{X: x, Typ: t}
	}
	if b.oneMirrored(x.Type(), t) {
		b.namedType(e.Pos(), x.Type())
		b.namedType(e.Pos(), t)
		return b.dummy(e)
	}
	if !convertible(x.Type(), t) {
		b.fail(e, "conversion from "+x.Type().String()+" to "+t.String(), "it is not supported",
			"convert before the differentiated function, or element by element")
		return b.dummy(e)
	}
	return &ir.Convert{X: x, Typ: t}
}

func isNumber(t types.Type) bool { return ir.IsInteger(t) || ir.IsFloat(t) }

func convertible(from, to types.Type) bool {
	if textual(from, to) {
		return true
	}
	f, fBasic := from.Underlying().(*types.Basic)
	t, tBasic := to.Underlying().(*types.Basic)
	if fBasic && tBasic {
		const numeric = types.IsInteger | types.IsFloat
		same := f.Kind() == t.Kind() || f.Info()&types.IsComplex != 0 && t.Info()&types.IsComplex != 0
		return same || f.Info()&numeric != 0 && t.Info()&numeric != 0
	}
	return types.IdenticalIgnoreTags(from.Underlying(), to.Underlying())
}

// newValue lowers new(x): memory that begins with the value x.
func (b *builder) newValue(e *ast.CallExpr) ir.Expr {
	t := b.typeOf(e)
	b.checkType(e.Pos(), t)
	if pointee(t) == nil {
		return b.dummy(e) // refused
	}
	x := b.exprTo(e.Args[0], pointee(t))
	p := b.save(e.Pos(), &ir.New{Typ: t})
	b.emit(&ir.Assign{At: ir.At{P: e.Pos()}, L: []ir.Expr{&ir.Deref{X: clone(p)}}, R: []ir.Expr{x}})
	return p
}

// arrayOf lowers the conversion of the slice x to the array type t.
func (b *builder) arrayOf(e *ast.CallExpr, t types.Type, a *types.Array, x ir.Expr) ir.Expr {
	const most = 64
	if a.Len() > most {
		b.fail(e, "conversion to "+t.String(), "it is written out element by element, and there are too many", "copy the elements in a loop")
		return b.dummy(e)
	}
	x = b.held(e.Pos(), x)
	out := &ir.Composite{Typ: t}
	for i := range int(a.Len()) {
		out.Elems = append(out.Elems, &ir.Index{X: clone(x), I: ir.Int(i)})
	}
	return out
}
