package progen

import "fmt"

// index returns an expression that is a valid index of a slice or array of the
// given class and least length.
func (g *gen) index(class, n int) string {
	if ks := g.pickType(tInts); ks != nil && g.chance(10) {
		return fmt.Sprintf("%s[%d]%%%d", ks.name, g.r.IntN(ks.n), n)
	}
	ints := g.visible(func(v *variable) bool { return v.t == tInt && v.lo >= 0 })
	if len(ints) > 0 && g.chance(75) {
		v := ints[g.r.IntN(len(ints))]
		switch {
		case v.bound != 0 && v.bound == class, v.hi < n && g.chance(50):
			return v.name
		case v.hi+1 < n:
			return v.name + "+1"
		case v.hi < n && g.chance(50):
			return fmt.Sprintf("%d-%s", n-1, v.name)
		case v.lo >= 1 && v.hi <= n:
			return v.name + "-1"
		case g.chance(60):
			return fmt.Sprintf("(%s+%d)%%%d", v.name, g.in(0, 3), n)
		}
	}
	return fmt.Sprint(g.r.IntN(n))
}

// elem is an element of a slice or array variable.
func (g *gen) elem(v *variable) string {
	if v.class < 0 && g.chance(20) {
		return fmt.Sprintf("%s[len(%s)-1]", v.name, v.name)
	}
	return fmt.Sprintf("%s[%s]", v.name, g.index(v.class, v.n))
}

// holdsFloat reports whether place can name a float64 inside v.
func holdsFloat(v *variable) bool {
	switch v.t {
	case tFloat, tSlice, tRows, tArray, tFloatP, tMap, tNames, tPlain, tPlainP, tPlains, tDeep, tDeepP:
		return true
	}
	return false
}

// place returns a float64 place inside v; only a plain float is left unmarked.
func (g *gen) place(v *variable) string {
	switch v.t {
	case tFloat:
		return v.name
	case tSlice, tArray:
		return g.elem(v)
	case tRows:
		return fmt.Sprintf("%s[%s][%s]", v.name, g.index(0, v.n), g.index(0, v.m))
	case tFloatP:
		return "(*" + v.name + ")"
	case tMap, tNames:
		return g.entry(v)
	case tPlain, tPlainP:
		return g.inPlain(v.name)
	case tPlains:
		return g.inPlain(g.elem(v))
	}
	return g.inDeep(v.name)
}

func (g *gen) inPlain(base string) string {
	switch g.r.IntN(3) {
	case 0:
		return base + ".A"
	case 1:
		return base + ".B"
	}
	return fmt.Sprintf("%s.C[%s]", base, g.index(0, plainLen))
}

func (g *gen) inDeep(base string) string {
	switch g.r.IntN(5) {
	case 0:
		return base + ".A"
	case 1:
		return g.inPlain(base + ".V")
	case 2:
		return fmt.Sprintf("%s.U[%s]", base, g.index(0, deepLen))
	}
	return fmt.Sprintf("%s.W[%s]", base, g.index(0, deepLen))
}

// target is a float64 place to assign to.
func (g *gen) target() string {
	v := g.pick(func(v *variable) bool { return holdsFloat(v) && !(v.t == tFloat && v.fixed) })
	if v == nil {
		return ""
	}
	return g.place(v)
}

// atom is a simple float64 expression.
func (g *gen) atom() string {
	switch k := g.r.IntN(20); {
	case k == 0:
		return g.num(0.1, 1.5)
	case k == 1:
		if v := g.pickType(tInt); v != nil && v.hi < 1000 {
			return fmt.Sprintf("float64(%s)*0.125", v.name)
		}
	case k == 2:
		if v := g.pickType(tFloat32); v != nil {
			return fmt.Sprintf("float64(%s)", v.name)
		}
		if v := g.pickType(tSingles); v != nil {
			return fmt.Sprintf("float64(%s)", g.elem(v))
		}
	}
	if g.complexShare > 0 && g.chance(g.complexShare) {
		if s := g.fromComplex(); s != "" {
			return s
		}
	}
	v := g.pick(holdsFloat)
	if v == nil {
		return g.num(0.1, 1.5)
	}
	return g.place(v)
}

// expr is a float64 expression that is bounded by its operands' size.
func (g *gen) expr(depth int) string {
	if depth <= 0 {
		return g.atom()
	}
	a := func() string { return g.expr(depth - 1) }
	switch g.r.IntN(12) {
	case 0, 1, 2:
		return g.linear(a(), a())
	case 3, 4, 5:
		return g.analytic(a, g.atom())
	case 6:
		return g.rational(a(), g.atom())
	case 7:
		return g.kinked(a(), a())
	case 8:
		if s := g.pureCall(depth); s != "" && g.chance(70) {
			return s
		}
		if s := g.genericCall(depth); s != "" {
			return s
		}
	case 9:
		if s := g.single(a()); s != "" {
			return s
		}
	case 10:
		return "-" + g.atom()
	}
	return g.linear(a(), g.atom())
}

// long is an expression with many operands, or with functions deep inside of functions.
func (g *gen) long() string {
	n := g.in(8, 24)
	e := g.expr(1)
	switch g.r.IntN(4) {
	case 0: // a sum of products
		for range n {
			e += fmt.Sprintf(" %s %s*(%s)", g.one("+", "-"), g.num(0.02, 0.06), g.expr(1))
		}
	case 1: // a product
		for range n {
			e = fmt.Sprintf("%s * (1 + %s*math.Sin(%s))", e, g.num(0.01, 0.05), g.atom())
		}
		e = "(" + e + ")"
	case 2:
		for range n {
			e = fmt.Sprintf("(%s + %s*(%s))", g.atom(), g.num(0.1, 0.4), e)
		}
	default:
		for range n / 2 {
			e = g.analytic(func() string { return e }, g.atom())
		}
	}
	return e
}

func (g *gen) linear(a, b string) string {
	p, q := g.num(0.2, 0.7), g.num(0.1, 0.3)
	switch g.r.IntN(5) {
	case 0:
		return fmt.Sprintf("(%s*%s - %s*(%s))", p, a, q, b)
	case 1:
		return fmt.Sprintf("(%s + %s) / 2", a, b)
	case 2:
		return fmt.Sprintf("((%s) - (%s)) * %s", a, b, q)
	case 3:
		return fmt.Sprintf("math.FMA(%s, %s, %s*(%s))", p, a, q, b)
	}
	return fmt.Sprintf("(%s*(%s) + %s*%s)", p, a, q, b)
}

// analytic applies a smooth function; b is an atom that may stand twice.
func (g *gen) analytic(arg func() string, b string) string {
	a := arg()
	switch g.r.IntN(22) {
	case 0, 1, 2:
		return fmt.Sprintf("math.Sin(%s)", a)
	case 3, 4:
		return fmt.Sprintf("math.Cos(%s)", a)
	case 5:
		return fmt.Sprintf("math.Tanh(%s)", a)
	case 6:
		return fmt.Sprintf("math.Exp(-(%s)*(%s))", b, b)
	case 7:
		return fmt.Sprintf("math.Exp(0.5*math.Sin(%s))", a)
	case 8:
		return fmt.Sprintf("math.Sqrt(1+(%s)*(%s)) - 1", b, b)
	case 9:
		return fmt.Sprintf("math.Log(2 + math.Sin(%s))", a)
	case 10:
		return fmt.Sprintf("math.Atan(%s)", a)
	case 11:
		return fmt.Sprintf("math.Atan2(%s, 2+math.Cos(%s))", a, b)
	case 12:
		return fmt.Sprintf("0.5*math.Hypot(%s, 1.25)", a)
	case 13:
		return fmt.Sprintf("math.Pow(1.5+0.5*math.Sin(%s), %s)", a, g.num(0.5, 1.8))
	case 14:
		return fmt.Sprintf("math.Cbrt(2+math.Sin(%s))", a)
	case 15:
		return fmt.Sprintf("math.Erf(%s)", a)
	case 16:
		return fmt.Sprintf("math.Expm1(0.3*math.Cos(%s))", a)
	case 17:
		return fmt.Sprintf("math.Log1p((%s)*(%s))", b, b)
	case 18:
		return fmt.Sprintf("math.Asinh(%s)", a)
	case 19:
		return fmt.Sprintf("math.Pow(1.5+0.25*math.Cos(%s), math.Sin(%s))", a, b)
	case 20:
		return fmt.Sprintf("math.Sinh(math.Sin(%s))", a)
	}
	return fmt.Sprintf("math.Asin(0.5*math.Sin(%s))", a)
}

func (g *gen) rational(a, b string) string {
	switch g.r.IntN(4) {
	case 0:
		return fmt.Sprintf("(%s) / (1 + (%s)*(%s))", b, b, b)
	case 1:
		return fmt.Sprintf("1 / (2 + math.Cos(%s))", a)
	case 2:
		return fmt.Sprintf("(%s) * (%s) / (1 + (%s)*(%s))", a, b, b, b)
	}
	return fmt.Sprintf("(%s) / (1.5 + math.Tanh(%s))", a, b)
}

// kinked applies a function with a kink, which a random argument misses.
func (g *gen) kinked(a, b string) string {
	if g.smooth {
		return g.linear(a, b)
	}
	g.c.Kinks = true
	off := g.num(0.2, 0.9)
	switch g.r.IntN(10) {
	case 0, 1:
		return fmt.Sprintf("max(%s, (%s)+%s)", a, b, off)
	case 2, 3:
		return fmt.Sprintf("min(%s, %s-(%s))", a, off, b)
	case 4:
		return fmt.Sprintf("math.Max(%s, 0.5*(%s)-%s)", a, b, off)
	case 5:
		return fmt.Sprintf("math.Min(%s, %s)", a, off)
	case 6, 7:
		return fmt.Sprintf("math.Abs((%s)+%s)", a, off)
	case 8:
		return fmt.Sprintf("math.Dim(%s, %s)", a, off)
	}
	return fmt.Sprintf("0.125*math.Floor((%s)+%s)", a, off)
}

// single goes through float32.
func (g *gen) single(a string) string {
	if g.opts.NoFloat32 || !g.chance(15) {
		return ""
	}
	g.c.Float32 = true
	return fmt.Sprintf("float64(float32(%s)*%s)", a, g.num(0.2, 0.8))
}

// cond is a condition, often on active values.
func (g *gen) cond(depth int) string {
	if depth > 0 && g.chance(30) {
		x, y := g.cond(depth-1), g.cond(depth-1)
		return g.one(x+" && "+y, "("+x+" || "+y+")", "!("+x+")")
	}
	if v := g.pickType(tBool); v != nil && g.chance(30) {
		return v.name
	}
	if s := g.pick(hasCounter); s != nil && g.chance(15) {
		return fmt.Sprintf("%s.K%%2 == %d", s.name, g.in(0, 1))
	}
	if v := g.pickType(tInt); v != nil && (g.smooth || g.chance(50)) {
		n := v.name
		return g.one(fmt.Sprintf("%s%%%d == %d", n, g.in(2, 3), g.in(0, 1)),
			fmt.Sprintf("%s > %d", n, g.in(0, 3)),
			fmt.Sprintf("%s&1 != 0", n),
			fmt.Sprintf("%s <= %d", n, g.in(1, 4)))
	}
	if g.smooth {
		return g.one("0 < 1", "1 < 0")
	}
	g.c.Branches = true
	return fmt.Sprintf("%s %s %s", g.expr(1), g.one("<", ">", "<=", ">="), g.num(-0.9, 0.9))
}

// hasCounter reports whether v is a struct with the int field K, never negative.
func hasCounter(v *variable) bool { return v.t >= tPlain && v.t != tPlains }

// intExpr is an int expression with its range, never negative.
func (g *gen) intExpr() (text string, lo, hi int) {
	if s := g.pick(hasCounter); s != nil && g.chance(20) {
		m := g.in(2, 4)
		return fmt.Sprintf("%s.K%%%d", s.name, m), 0, m - 1
	}
	v := g.pick(func(v *variable) bool { return v.t == tInt && v.lo >= 0 })
	if v == nil {
		k := g.in(1, 5)
		return fmt.Sprint(k), k, k
	}
	n, m := v.name, g.in(2, 5)
	switch g.r.IntN(5) {
	case 0:
		return fmt.Sprintf("%s%%%d + 1", n, m), 1, m
	case 1:
		return fmt.Sprintf("(%s*3+%d)%%%d", n, g.in(1, 7), m), 0, m - 1
	case 2:
		return fmt.Sprintf("(%s>>1)%%%d", n, m), 0, m - 1
	case 3:
		return fmt.Sprintf("min(%s, %d)", n, m), min(v.lo, m), min(v.hi, m)
	}
	return fmt.Sprintf("(%s^%d)&3", n, g.in(0, 3)), 0, 3
}
