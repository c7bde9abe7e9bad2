package ir

import (
	"go/ast"
	"go/types"
)

// callExpr reads a conversion, a builtin or a function of package math or
// math/cmplx.
func (b *builder) callExpr(e *ast.CallExpr, want types.Type, typed bool) Expr {
	if tv := b.info.Types[e.Fun]; tv.IsType() {
		return b.conversion(e, tv.Type, typed)
	}
	if name := b.builtin(e); name != "" {
		return b.builtinExpr(e, name, want)
	}
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	obj, _ := b.callee(e)
	if !ok || obj == nil || obj.Pkg() == nil || mathPackages[obj.Pkg().Name()] == nil || b.info.Selections[sel] != nil {
		b.fail(e, "a call stands alone as a statement")
	}
	out := &Math{Fn: obj.Pkg().Name() + "." + obj.Name(), Typ: obj.Signature().Results().At(0).Type()}
	params := obj.Signature().Params()
	if len(e.Args) != params.Len() {
		b.fail(e, "%s takes %d arguments, not %d", out.Fn, params.Len(), len(e.Args))
	}
	switch out.Fn { // generic functions
	case "ad.Room":
		out.Args = []Expr{b.expr(e.Args[0], nil, false), b.expr(e.Args[1], intType, false)}
		return out
	case "ad.WithValue":
		out.Args = []Expr{b.expr(e.Args[0], nil, false), b.expr(e.Args[1], nil, false)}
		out.Typ = out.Args[0].Type()
		return out
	}
	for i, a := range e.Args {
		out.Args = append(out.Args, b.expr(a, params.At(i).Type(), false))
	}
	return out
}

// conversion reads T(x): a constant printed with its type, or a Convert.
func (b *builder) conversion(e *ast.CallExpr, t types.Type, typed bool) Expr {
	x := ast.Unparen(e.Args[0])
	if _, isCall := x.(*ast.CallExpr); !isCall && b.isConstant(x) {
		if tv := b.info.Types[x]; tv.IsNil() {
			return &Const{Typ: t}
		}
		named := false
		switch x.(type) {
		case *ast.Ident, *ast.SelectorExpr:
			named = true
		}
		if typed && b.info.Types[e].Value != nil && (named || !printsBare(t)) {
			c := b.expr(x, t, false).(*Const)
			return &Const{Val: b.constant(e, "", t).(*Const).Val, Typ: t, Text: c.Text}
		}
	}
	return &Convert{b.expr(x, t, false), t}
}

// printsBare reports whether a constant of type t needs no conversion to keep it.
func printsBare(t types.Type) bool {
	switch t {
	case types.Typ[types.Float64], types.Typ[types.Int], types.Typ[types.Bool], types.Typ[types.String]:
		return true
	}
	return false
}

func (b *builder) builtinExpr(e *ast.CallExpr, name string, want types.Type) Expr {
	switch name {
	case "len":
		return &Len{b.operand(e.Args[0])}
	case "cap":
		return &Cap{b.operand(e.Args[0])}
	case "min", "max":
		out := &Math{Fn: name, Typ: b.typeOf(e, want)}
		if len(e.Args) != 2 {
			b.fail(e, "%s has two arguments here", name)
		}
		for _, a := range e.Args {
			out.Args = append(out.Args, b.expr(a, out.Typ, false))
		}
		return out
	case "real", "imag", "complex":
		return b.complexExpr(e, name, want)
	case "make":
		return b.makeExpr(e)
	case "new":
		if !b.info.Types[e.Args[0]].IsType() {
			b.fail(e, "new takes a type")
		}
		return &New{b.typeOf(e, nil)}
	case "append":
		out := &Append{X: b.expr(e.Args[0], want, false), Spread: e.Ellipsis.IsValid()}
		sl, ok := out.X.Type().Underlying().(*types.Slice)
		if !ok {
			b.fail(e, "append to something that is no slice")
		}
		for _, a := range e.Args[1:] {
			elem := sl.Elem()
			if out.Spread {
				elem = out.X.Type()
			}
			out.Elems = append(out.Elems, b.expr(a, elem, false))
		}
		return out
	}
	b.fail(e, "builtin %s has no place in the IR", name)
	return nil
}

func (b *builder) makeExpr(e *ast.CallExpr) Expr {
	out := &Make{Typ: b.typeOf(e, nil)}
	if _, ok := out.Typ.Underlying().(*types.Slice); !ok || len(e.Args) < 2 {
		b.fail(e, "make makes slices only")
	}
	out.Len = b.expr(e.Args[1], intType, false)
	if len(e.Args) > 2 {
		out.Cap = b.expr(e.Args[2], intType, false)
	}
	return out
}
