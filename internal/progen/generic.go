package progen

import (
	"fmt"
	"strings"
)

// generics are the generic declarations of a program, which every later function
// may use with float64 and float32. Each list holds names.
type generics struct {
	scalar []string // func(a, b T) T
	sum    []string // func(x []T, a T) T
	update []string // func(x []T, a T)
	vec    []string // type []T with a method At(a T) T
	acc    []string // type struct with a method Add(a T) T of its pointer
}

// genericCost is what a call of a generic function may take.
const genericCost = 20

// makeGenerics prints generic functions and types, each able to call those before.
func (g *gen) makeGenerics() {
	if !g.chance(50) {
		return
	}
	for range g.in(1, 4) {
		g.ids++
		name := fmt.Sprintf("%sG%d", g.c.Name, g.ids)
		k := &g.generics
		g.line("")
		shapes := 6
		if g.opts.NoStructs {
			shapes = 5
		}
		switch g.r.IntN(shapes) {
		case 0, 1:
			g.genericScalar(name)
			k.scalar = append(k.scalar, name)
		case 2:
			g.line("func %s%s(x []T, a T) (s T) {", name, g.typeParam())
			g.line("for i, e := range x {")
			g.line("s += %s*%s*e + T(i)/8", g.genericNum(0.1, 0.4), g.genericExpr(2, "a", "e", "x[i]"))
			g.line("}")
			g.line("return %s", g.genericExpr(1, "s", "a"))
			g.line("}")
			k.sum = append(k.sum, name)
		case 3:
			g.line("func %s%s(x []T, a T) {", name, g.typeParam())
			g.line("for i := %d; i < len(x); i++ {", g.in(0, 1))
			g.line("x[i] = 0.5*x[i] + %s*T(math.Sin(float64(%s)))", g.genericNum(0.1, 0.4), g.genericExpr(1, "a", "x[i]", "x[0]"))
			g.line("}")
			g.line("}")
			k.update = append(k.update, name)
		case 4:
			g.line("type %s%s []T", name, g.typeParam())
			g.line("")
			g.line("func (v %s[E]) At(a E) E {", name)
			g.line("w := make(%s[E], len(v))", name)
			g.line("copy(w, v)")
			g.line("w[0] = E(math.Tanh(float64(v[0]*a)))")
			g.line("return w[0] + v[len(v)-1]*%s", g.num(0.2, 0.6))
			g.line("}")
			k.vec = append(k.vec, name)
		case 5:
			g.line("type %s%s struct { A T; N int }", name, g.typeParam())
			g.line("")
			g.line("func (p *%s[T]) Add(a T) T {", name)
			g.line("p.N++")
			g.line("p.A = %s*p.A + %s / T(p.N)", g.num(0.2, 0.6), g.genericExpr(1, "a", "p.A"))
			g.line("return p.A")
			g.line("}")
			k.acc = append(k.acc, name)
		}
	}
	g.line("")
}

// typeParam declares T.
func (g *gen) typeParam() string {
	if g.opts.NoFloat32 {
		return "[T ~float64]"
	}
	return "[T ~float32 | ~float64]"
}

func (g *gen) genericScalar(name string) {
	g.line("func %s%s(a, b T) T {", name, g.typeParam())
	if g.chance(40) {
		g.line("c := %s", g.genericExpr(2, "a", "b"))
		g.line("for range %d {", g.in(1, 3))
		g.line("c = 0.5*c + %s*T(math.Cos(float64(%s)))", g.genericNum(0.1, 0.4), g.genericExpr(1, "a", "b", "c"))
		g.line("}")
		g.line("return %s", g.genericExpr(1, "c", "a"))
	} else {
		g.line("return %s", g.genericExpr(2, "a", "b"))
	}
	g.line("}")
}

// genericNum is a literal, now and then with its type.
func (g *gen) genericNum(lo, hi float64) string {
	n := g.num(lo, hi)
	if g.chance(30) {
		return "T(" + n + ")"
	}
	return n
}

// genericExpr is an expression of type T that is bounded by its operands' size.
func (g *gen) genericExpr(depth int, atoms ...string) string {
	if depth <= 0 {
		return g.one(atoms...)
	}
	a, b := g.genericExpr(depth-1, atoms...), g.one(atoms...)
	switch g.r.IntN(8) {
	case 0, 1:
		return fmt.Sprintf("(%s*(%s) - %s*%s)", g.genericNum(0.2, 0.7), a, g.genericNum(0.1, 0.3), b)
	case 2:
		return fmt.Sprintf("T(math.Sin(float64(%s)))", a)
	case 3:
		return fmt.Sprintf("T(math.Exp(-float64(%s)*float64(%s)))", b, b)
	case 4:
		return fmt.Sprintf("(%s) / (1 + %s*%s)", a, b, b)
	case 5:
		if !g.smooth {
			g.c.Kinks = true
			return fmt.Sprintf("max(%s, %s)", a, g.genericNum(0.2, 0.9))
		}
	case 6:
		if len(g.generics.scalar) > 0 {
			return fmt.Sprintf("%s%s(%s, %s)", g.one(g.generics.scalar...), g.one("", "[T]"), a, b)
		}
	}
	return fmt.Sprintf("(-T(%s)*(%s) + %s) / 2", g.num(0.2, 0.7), a, b)
}

func (g *gen) tooCostly() bool { return genericCost*g.fn.iters > 8*maxIters }

// genericCall is a call of a generic function on numbers, or "".
func (g *gen) genericCall(depth int) string {
	if len(g.generics.scalar) == 0 || g.tooCostly() {
		return ""
	}
	fn, a, b := g.one(g.generics.scalar...), g.expr(depth-1), g.expr(depth-1)
	if !g.opts.NoFloat32 && g.chance(25) {
		g.c.Float32 = true
		return fmt.Sprintf("float64(%s%s(float32(%s), float32(%s)))", fn, g.one("", "[float32]"), a, b)
	}
	return fmt.Sprintf("%s%s(%s, %s)", fn, g.one("", "[float64]"), a, b)
}

// genericStmt prints a use of the other generic declarations.
func (g *gen) genericStmt() {
	k := &g.generics
	x := g.pick(func(v *variable) bool { return v.t == tSlice || v.t == tSingles })
	if x == nil || g.tooCostly() {
		g.assign()
		return
	}
	elem, to := "float64", "%s"
	if x.t == tSingles {
		elem, to = "float32", "float64(%s)"
	}
	arg := strings.ReplaceAll(elem+"(%)", "%", g.expr(1))
	name := g.fresh("a")
	call := ""
	switch g.r.IntN(4) {
	case 0:
		if len(k.sum) > 0 {
			call = fmt.Sprintf("%s%s(%s, %s)", g.one(k.sum...), g.one("", "["+elem+"]"), x.name, arg)
		}
	case 1:
		if len(k.update) > 0 {
			g.line("%s(%s, %s)", g.one(k.update...), x.name, arg)
			return
		}
	case 2:
		if len(k.vec) > 0 {
			call = fmt.Sprintf("%s[%s](%s).At(%s)", g.one(k.vec...), elem, x.name, arg)
		}
	case 3:
		if len(k.acc) > 0 {
			p := g.fresh("acc")
			g.line("%s := %s%s[%s]{A: %s}", p, g.one("&", ""), g.one(k.acc...), elem, g.num(0.2, 0.9))
			g.line("%s.Add(%s[0])", p, x.name)
			call = fmt.Sprintf("%s.Add(%s)", p, arg)
		}
	}
	if call == "" {
		g.assign()
		return
	}
	g.line("%s := %s", name, fmt.Sprintf(to, call))
	g.declare(&variable{name: name, t: tFloat})
}
