package progen

import (
	"fmt"
	"strings"
)

// This file makes complex numbers: variables, slices and expressions of them, and the
// real numbers that come from them. Their parts stay as moderate as real values do.

// complexAtom is a simple complex128 expression.
func (g *gen) complexAtom() string {
	v := g.pick(func(v *variable) bool { return v.t == tComplex || v.t == tComplexes })
	switch {
	case v == nil || g.chance(20):
		return fmt.Sprintf("complex(%s, %s)", g.atom(), g.atom())
	case v.t == tComplex:
		return v.name
	}
	return g.elem(v)
}

// complexNum is a complex literal in parentheses.
func (g *gen) complexNum() string {
	return fmt.Sprintf("(%s %s %si)", g.num(0.2, 0.6), g.one("+", "-"), g.num(0.1, 0.4))
}

// longAtom is the number of characters above which an atom is written once only. Atoms may
// hold bounded numbers: without a limit a few lines would outgrow all others together.
const longAtom = 60

// bounded is a complex number of size 1/2 or less that depends on an atom.
func (g *gen) bounded() string {
	a := g.complexAtom()
	if len(strings.ReplaceAll(a, g.c.Name, "")) > longAtom { // one program is the same under any name
		return fmt.Sprintf("0.5*cmplx.Exp(complex(0, real(%s)))", a)
	}
	return fmt.Sprintf("%s/complex(1+real(%s)*real(%s)+imag(%s)*imag(%s), 0)", a, a, a, a, a)
}

// complexExpr is a complex128 expression that is bounded by its operands' size.
func (g *gen) complexExpr(depth int) string {
	if depth <= 0 {
		return g.complexAtom()
	}
	a := func() string { return g.complexExpr(depth - 1) }
	switch g.r.IntN(14) {
	case 0, 1:
		return fmt.Sprintf("(%s*%s - %s*(%s))", g.complexNum(), a(), g.num(0.1, 0.3), a())
	case 2:
		return fmt.Sprintf("(%s) * cmplx.Rect(0.8, %s)", a(), g.expr(1))
	case 3:
		return fmt.Sprintf("(%s) / (2 + 0.25i + 0.5*cmplx.Exp(complex(0, %s)))", a(), g.expr(1))
	case 4:
		return fmt.Sprintf("cmplx.Conj(%s)", a())
	case 5:
		return fmt.Sprintf("(%s) * (%s)", a(), g.bounded())
	case 6:
		f := g.one("Exp", "Sin", "Cos", "Tan", "Sinh", "Cosh", "Tanh", "Asin", "Acos", "Atan", "Asinh", "Atanh")
		return fmt.Sprintf("cmplx.%s(0.5*%s)", f, g.bounded())
	case 7:
		f := g.one("Log", "Log10", "Sqrt", "Cot", "Acosh")
		return fmt.Sprintf("cmplx.%s(1.5 + 0.5i + %s)", f, g.bounded())
	case 8:
		return fmt.Sprintf("cmplx.Pow(1.5 + 0.5i + %s, %s)", g.bounded(), g.one("2", "0.5", "1.5-0.5i", g.bounded()))
	case 9:
		return "-" + g.complexAtom()
	case 10:
		if g.opts.NoFloat32 || !g.chance(15) {
			break
		}
		g.c.Float32 = true
		return fmt.Sprintf("complex128(complex64(%s)*%s)", a(), g.complexNum())
	case 11:
		return fmt.Sprintf("complex(%s, %s)", g.expr(1), g.expr(1))
	}
	return fmt.Sprintf("0.5*(%s) + %si*%s", a(), g.num(0.2, 0.5), g.complexAtom())
}

// fromComplex is a float64 expression from a complex number, "" without one in sight.
func (g *gen) fromComplex() string {
	if g.pick(func(v *variable) bool { return v.t == tComplex || v.t == tComplexes }) == nil {
		return ""
	}
	switch g.r.IntN(8) {
	case 0:
		return fmt.Sprintf("cmplx.Phase(2 + %s)", g.bounded())
	case 1:
		return fmt.Sprintf("cmplx.Abs(1.5i + %s)", g.bounded())
	case 2:
		return fmt.Sprintf("real(%s)", g.complexExpr(1))
	case 3:
		return fmt.Sprintf("imag(%s)", g.complexExpr(1))
	case 4, 5:
		return fmt.Sprintf("imag(%s)", g.complexAtom())
	}
	return fmt.Sprintf("real(%s)", g.complexAtom())
}

// complexes prints a statement with complex variables.
func (g *gen) complexes() {
	z := g.pick(func(v *variable) bool { return v.t == tComplex && !v.fixed })
	zs := g.pickType(tComplexes)
	switch k := g.r.IntN(10); {
	case k < 2 || z == nil && zs == nil:
		g.newComplex()
	case k < 4 && zs != nil:
		g.complexLoop(zs)
	case k == 4 && zs != nil:
		g.line("%s, %s = %s, %s", g.elem(zs), g.elem(zs), g.complexAtom(), g.complexExpr(1))
	case k == 5 && zs != nil:
		g.line("copy(%s, %s)", g.one(zs.name+"[1:]", zs.name), zs.name)
	default:
		place := ""
		if zs != nil && (z == nil || g.chance(50)) {
			place = g.elem(zs)
		} else {
			place = z.name
		}
		switch g.r.IntN(5) {
		case 0:
			g.line("%s *= cmplx.Rect(0.9, %s)", place, g.expr(1))
		case 1:
			g.line("%s += 0.3i * %s", place, g.bounded())
		case 2:
			g.line("%s -= %s * (%s)", place, g.complexNum(), g.bounded())
		case 3:
			g.line("%s /= 1.5 - 0.5i + %s", place, g.bounded())
		default:
			g.line("%s = %s", place, g.complexExpr(2))
		}
	}
}

func (g *gen) newComplex() {
	name := g.fresh("z")
	switch n := g.in(2, 4); g.r.IntN(5) {
	case 0:
		g.line("%s := make([]complex128, %d)", name, n)
		v := g.declare(&variable{name: name, t: tComplexes, n: n, class: n})
		g.complexLoop(v)
	case 1:
		g.line("%s := []complex128{%s, %s, 1i}", name, g.complexExpr(1), g.complexAtom())
		g.declare(&variable{name: name, t: tComplexes, n: 3, class: 3})
	case 2:
		g.line("var %s complex128", name)
		g.declare(&variable{name: name, t: tComplex})
	default:
		g.line("%s := %s", name, g.complexExpr(2))
		g.declare(&variable{name: name, t: tComplex})
	}
}

// complexLoop prints a loop over all elements of a slice.
func (g *gen) complexLoop(zs *variable) {
	i := g.fresh("i")
	if g.chance(50) {
		g.line("for %s := range %s {", i, zs.name)
		g.line("%s[%s] = %s*%s[%s] + complex(%s, 0.125*float64(%s))", zs.name, i, g.complexNum(), zs.name, i, g.atom(), i)
	} else {
		v := g.fresh("v")
		g.line("for %s, %s := range %s {", i, v, zs.name)
		g.line("%s[%s] = %s * cmplx.Exp(complex(-0.1, %s))", zs.name, i, v, g.atom())
	}
	g.line("}")
}
