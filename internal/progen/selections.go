package progen

import "fmt"

// selections prints a loop that keeps the greatest or least of what its iterations compute, or what a
// condition picks. Mostly it does nothing else, so that only one of its iterations has a derivative;
// now and then it does what does not let it be so.
func (g *gen) selections() {
	n := g.in(1, 7)
	if g.fn.iters*n*2 > maxIters {
		g.assign()
		return
	}
	g.c.Kinks, g.c.Branches = true, true
	f := g.newField(n + 1)
	best, other, i := g.fresh("b"), g.fresh("b"), g.fresh("i")
	g.line("%s, %s := %s, %s", best, other, g.one(f.name+"[0]", g.num(0.2, 1.5), g.atom()), g.num(0.2, 1.5))
	g.line(g.one(
		"for %[1]s := range %[2]d {", "for %[1]s := %[2]d - 1; %[1]s >= 0; %[1]s-- {", "for %[1]s := 1; %[1]s < %[2]d; %[1]s += 2 {",
		"for %[1]s := range %[3]s {",
	), i, n, f.name+"[1:]")
	x := g.candidate(f, i)
	if g.chance(10) {
		g.line("if %s > %s {", x, g.num(1, 3))
		g.line("%s", g.one("break", "continue"))
		g.line("}")
	}
	switch g.r.IntN(5) {
	case 0, 1:
		g.line("%s = %s", best, fmt.Sprintf(g.one("max(%[1]s, %[2]s)", "min(%[2]s, %[1]s)", "math.Max(%[1]s, %[2]s)", "max(%[1]s, %[2]s*%[2]s)"), best, x))
	case 2:
		g.line("if %s[%s] %s %s {", f.name, i, g.one("<", ">"), g.num(0.3, 0.8))
		g.line("%s = %s(%s, %s+%s)", best, g.one("min", "max"), best, x, f.sum)
		g.line("}")
	default:
		g.line("if %s %s %s {", x, g.one("<", ">", ">="), best)
		if g.chance(15) { // the old value goes elsewhere
			g.line("%[1]s, %[2]s = %[3]s, %[1]s", best, g.one(other, f.name+"["+i+"]", f.name+"[0]"), x)
		} else {
			g.line("%s = %s", best, g.one(x, x+"*"+f.sum, x+"*"+g.num(0.5, 1.2)))
		}
		if g.chance(40) {
			g.line("%s = %s[%s] * %s", other, f.name, i, g.one(x, g.num(0.5, 1.2), best))
		}
		if g.chance(20) {
			g.line("} else {")
			g.line("%s = %s * %s", other, x, x)
		}
		g.line("}")
	}
	if g.chance(25) {
		g.strange(f, best, i)
	}
	g.line("}")
	f.finish(g)
	g.declare(&variable{name: best, t: tFloat})
	g.declare(&variable{name: other, t: tFloat})
}

// candidate prints how an iteration computes a number, and returns its name.
func (g *gen) candidate(f field, i string) string {
	x := g.fresh("x")
	at := fmt.Sprintf("%s[%s]", f.name, i)
	if g.chance(25) { // the element is made here
		g.line("%s = %s + %s*%s", at, g.num(0.2, 0.5), g.num(0.5, 0.9), g.one(at, g.atom()))
	}
	switch g.r.IntN(5) {
	case 0:
		g.line("%s := %s", x, at)
	case 1:
		g.line("%s := math.Sin(%s * %s)", x, at, g.num(0.5, 2))
	case 2:
		j := g.fresh("j")
		g.line("%s := %s", x, g.num(0.1, 0.5))
		g.line("for %s := range 3 {", j)
		g.line("%s += %s * %s * float64(%s+1)", x, at, at, j)
		g.line("%[1]s *= %[2]s - 0.3*%[1]s", x, g.num(0.5, 0.8))
		g.line("}")
	case 3:
		call := g.pureCall(1)
		if call == "" {
			call = g.atom()
		}
		g.line("%s := %s", x, call)
		g.line("%s += %s", x, at)
	default:
		g.line("%s := %s * %s", x, at, g.atom())
	}
	return x
}

// strange prints what makes a difference to what an iteration computes, or to what the best number
// is, or makes use of it.
func (g *gen) strange(f field, best, i string) {
	switch g.r.IntN(5) {
	case 0:
		g.line("%s += %s * %s", f.sum, g.num(0.1, 0.3), best)
	case 1:
		g.line("%s[%s+1] *= %s", f.name, i, g.num(0.5, 1.2))
	case 2:
		g.line("%s *= %s", best, g.num(0.8, 1.1))
	case 3:
		g.line("%s *= %s", f.sum, g.num(0.8, 1.1))
	default:
		g.line("%s[%s] = %s * %s", f.name, i, best, f.sum)
	}
}
