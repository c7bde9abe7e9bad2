package ir

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// This file has what the IR needs for complex numbers beside real ones.

// ComplexOf returns the complex type whose parts have the real type t.
func ComplexOf(t types.Type) types.Type {
	if b, ok := t.Underlying().(*types.Basic); ok && b.Kind() == types.Float32 {
		return types.Typ[types.Complex64]
	}
	return types.Typ[types.Complex128]
}

// PartOf returns the real type of the parts of the complex type t.
func PartOf(t types.Type) types.Type {
	if b, ok := t.Underlying().(*types.Basic); ok && b.Kind() == types.Complex64 {
		return types.Typ[types.Float32]
	}
	return types.Typ[types.Float64]
}

// Imaginary returns the constant i of the complex type t.
func Imaginary(t types.Type) *Const {
	return &Const{Val: constant.MakeImag(constant.MakeInt64(1)), Typ: t}
}

// As returns e as a value of type t, to which it can be converted.
func As(e Expr, t types.Type) Expr {
	if types.Identical(e.Type(), t) {
		return e
	}
	if c, ok := e.(*Const); ok && c.Text == "" {
		return &Const{Val: c.Val, Typ: t}
	}
	return &Convert{X: e, Typ: t}
}

// Conj returns the complex conjugate of e, which is e itself if it is real.
func Conj(e Expr) Expr {
	if !IsComplex(e.Type()) {
		return e
	}
	switch x := e.(type) {
	case *Const:
		if constant.Sign(constant.Imag(x.Val)) == 0 {
			return x
		}
		im := constant.UnaryOp(token.SUB, constant.Imag(x.Val), 0)
		return &Const{Val: constant.BinaryOp(constant.Real(x.Val), token.ADD, constant.MakeImag(im)), Typ: x.Typ}
	case *Unary:
		return Neg(Conj(x.X))
	case *Binary:
		if (conjugates(x.X) || conjugates(x.Y)) && (x.Op == token.MUL || x.Op == token.QUO) {
			return &Binary{Op: x.Op, X: Conj(x.X), Y: Conj(x.Y), Typ: x.Typ}
		}
	case *Math:
		switch x.Fn {
		case "ad.Conj", "cmplx.Conj":
			return x.Args[0]
		case "complex":
			return &Math{Fn: "complex", Args: []Expr{x.Args[0], Neg(x.Args[1])}, Typ: x.Typ}
		}
	}
	return &Math{Fn: "ad.Conj", Args: []Expr{e}, Typ: e.Type()}
}

// conjugates reports whether Conj(e) costs nothing.
func conjugates(e Expr) bool {
	switch e := e.(type) {
	case *Const:
		return true
	case *Math:
		return e.Fn == "ad.Conj" || e.Fn == "cmplx.Conj" || e.Fn == "complex"
	}
	return false
}

// RealPart returns real(e), simplified for a product with 1i or -1i.
func RealPart(e Expr) Expr {
	if u, ok := e.(*Unary); ok && u.Op == token.SUB {
		return Neg(RealPart(u.X))
	}
	if b, ok := e.(*Binary); ok && b.Op == token.MUL {
		if k := imaginaryUnit(b.X); k < 0 {
			return part("imag", b.Y)
		} else if k > 0 {
			return Neg(part("imag", b.Y))
		}
	}
	return part("real", e)
}

// part is real(e) or imag(e).
func part(fn string, e Expr) Expr {
	if m, ok := e.(*Math); ok && m.Fn == "complex" {
		if fn == "real" {
			return m.Args[0]
		}
		return m.Args[1]
	}
	return &Math{Fn: fn, Args: []Expr{e}, Typ: PartOf(e.Type())}
}

// imaginaryUnit returns 1 for the constant i, -1 for -i and 0 otherwise.
func imaginaryUnit(e Expr) int {
	c, ok := e.(*Const)
	if !ok || !IsComplex(c.Typ) || constant.Sign(constant.Real(c.Val)) != 0 {
		return 0
	}
	im := constant.ToFloat(constant.Imag(c.Val))
	if !constant.Compare(constant.BinaryOp(im, token.MUL, im), token.EQL, constant.ToFloat(constant.MakeInt64(1))) {
		return 0
	}
	return constant.Sign(im)
}

// RealTimes returns p * x for a complex p and a real x, simplified for a p of 1, i
// or -i.
func RealTimes(p, x Expr) Expr {
	zero := Number(0, x.Type())
	pair := func(re, im Expr) Expr {
		return As(&Math{Fn: "complex", Args: []Expr{re, im}, Typ: ComplexOf(x.Type())}, p.Type())
	}
	if k := imaginaryUnit(p); k > 0 {
		return pair(zero, x)
	} else if k < 0 {
		return pair(zero, Neg(x))
	}
	return Mul(p, pair(x, zero))
}

// sumOfParts returns complex(a, b) for complex(a, 0) + complex(0, b), else nil.
func sumOfParts(x, y Expr) Expr {
	m, ok1 := x.(*Math)
	n, ok2 := y.(*Math)
	if !ok1 || !ok2 || m.Fn != "complex" || n.Fn != "complex" {
		return nil
	}
	switch {
	case IsConst(m.Args[1], 0) && IsConst(n.Args[0], 0):
		return &Math{Fn: "complex", Args: []Expr{m.Args[0], n.Args[1]}, Typ: m.Typ}
	case IsConst(m.Args[0], 0) && IsConst(n.Args[1], 0):
		return &Math{Fn: "complex", Args: []Expr{n.Args[0], m.Args[1]}, Typ: m.Typ}
	}
	return nil
}

func isComplexBuiltin(fn string) bool { return fn == "real" || fn == "imag" || fn == "complex" }

// complexBuiltin checks a call of real, imag or complex.
func (v *verifier) complexBuiltin(e *Math, given []types.Type) {
	ok := false
	switch {
	case e.Fn != "complex":
		ok = len(given) == 1 && IsComplex(given[0]) && types.Identical(e.Typ, PartOf(given[0]))
	default:
		ok = len(given) == 2 && IsReal(given[0]) && types.Identical(given[0], given[1]) &&
			types.Identical(e.Typ, ComplexOf(given[0]))
	}
	if !ok {
		v.faultf("%s: the arguments of %s do not fit each other or the result", describe(e), e.Fn)
	}
}

// complexExpr reads a call of real, imag or complex.
func (b *builder) complexExpr(e *ast.CallExpr, name string, want types.Type) Expr {
	out := &Math{Fn: name, Typ: b.typeOf(e, want)}
	var arg types.Type
	if name == "complex" {
		for _, a := range e.Args {
			if t := b.partner(a); t != nil {
				arg = t
			}
		}
		if arg == nil {
			arg = PartOf(out.Typ)
		}
	}
	for _, a := range e.Args {
		out.Args = append(out.Args, b.expr(a, arg, false))
	}
	return out
}

// isComplexLiteral reports whether e is how a constant with two parts is printed:
// 1 + 2i.
func isComplexLiteral(e *ast.BinaryExpr) bool {
	x := ast.Unparen(e.X)
	if u, ok := x.(*ast.UnaryExpr); ok && u.Op == token.SUB {
		x = u.X
	}
	re, ok := x.(*ast.BasicLit)
	if !ok || re.Kind == token.IMAG || e.Op != token.ADD && e.Op != token.SUB {
		return false
	}
	im, ok := e.Y.(*ast.BasicLit)
	return ok && im.Kind == token.IMAG
}

// complexLiteral is the shortest text that rounds to the value of the complex
// constant c: 2, 2i or 1 + 2i.
func complexLiteral(c *Const) string {
	part := func(v constant.Value) string { return shortFloat(&Const{Val: v, Typ: PartOf(c.Typ)}) }
	re, im := part(constant.Real(c.Val)), part(constant.Imag(c.Val))
	switch {
	case im == "0":
		return re
	case re == "0":
		return im + "i"
	case strings.HasPrefix(im, "-"):
		return re + " - " + im[1:] + "i"
	}
	return re + " + " + im + "i"
}
