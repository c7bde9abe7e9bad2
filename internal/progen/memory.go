package progen

import "fmt"

// slices prints aliases, parts, swaps, copies and new slices.
func (g *gen) slices() {
	if g.chance(25) && g.rows() {
		return
	}
	if g.chance(25) {
		g.appends()
		return
	}
	if g.chance(20) {
		g.blocks()
		return
	}
	x := g.pickType(tSlice)
	if x == nil {
		g.newSlice()
		return
	}
	switch g.r.IntN(10) {
	case 9:
		g.line("clear(%s%s)", x.name, g.one("", "[1:]", "[:1]"))
	case 6, 7:
		if !g.renew(x) {
			g.newSlice()
		}
	case 0:
		u := g.fresh("u")
		g.line("%s := %s", u, x.name)
		g.declare(&variable{name: u, t: tSlice, n: x.n, class: x.class})
	case 1:
		g.part(x)
	case 2, 3:
		y := g.pick(func(v *variable) bool { return v.t == tSlice && v.class == x.class && v != x && !v.fixed })
		if y == nil || x.fixed {
			g.newSlice()
			return
		}
		if g.chance(70) {
			g.line("%s, %s = %s, %s", x.name, y.name, y.name, x.name)
		} else {
			g.line("%s = %s", x.name, y.name)
		}
	case 4:
		if y := g.pickType(tSlice); y != nil {
			g.line("copy(%s, %s)", x.name, y.name)
		}
	case 5:
		if g.chance(50) {
			g.line("copy(%s[1:], %s)", x.name, x.name)
		} else {
			g.line("copy(%s, %s[1:])", x.name, x.name)
		}
	default:
		g.newSlice()
	}
}

// rows prints a table of floats, an alias of a row or a swap of two rows.
func (g *gen) rows() bool {
	v := g.pickType(tRows)
	if v == nil && g.fn.iters == 1 {
		name, i := g.fresh("w"), g.fresh("i")
		v = &variable{name: name, t: tRows, n: g.in(2, 3), m: g.in(2, 4)}
		g.line("%s := make([][]float64, %d)", name, v.n)
		g.line("for %s := range %s {", i, v.name)
		g.line("%s[%s] = make([]float64, %d)", name, i, v.m)
		g.line("%s[%s][1] = %s", name, i, g.expr(1))
		g.line("}")
		g.declare(v)
		return true
	}
	if v == nil {
		return false
	}
	i, j := g.index(0, v.n), g.index(0, v.n)
	if g.chance(50) {
		g.line("%s[%s], %s[%s] = %s[%s], %s[%s]", v.name, i, v.name, j, v.name, j, v.name, i)
		return true
	}
	u := g.fresh("u")
	g.line("%s := %s[%s]", u, v.name, i)
	g.declare(&variable{name: u, t: tSlice, n: v.m, class: rowClass(v)})
	return true
}

// pointer declares a pointer to a float: to a variable, an element or a field.
func (g *gen) pointer() bool {
	at := g.address(true)
	if at == "" {
		return false
	}
	name := g.fresh("q")
	g.line("%s := %s", name, at)
	g.declare(&variable{name: name, t: tFloatP})
	return true
}

// address is the address of a float, or "". A pointer that is kept must be one
// that can be worked out again: it leads to a component of a variable only where
// no index is in between that may change.
func (g *gen) address(kept bool) string {
	v := g.pick(func(v *variable) bool { return holdsFloat(v) && !v.fixed && !isMap(v.t) })
	switch {
	case v == nil:
		return ""
	case v.t == tFloatP:
		return v.name
	case !kept:
	case v.t == tArray:
		return fmt.Sprintf("&%s[%d]", v.name, g.r.IntN(v.n))
	case v.t == tPlain, v.t == tPlainP, v.t == tDeep, v.t == tDeepP:
		return "&" + v.name + ".A"
	}
	return "&" + g.place(v)
}

// part declares a part of x, which shares its elements.
func (g *gen) part(x *variable) {
	if x.n < 2 {
		return
	}
	u := g.fresh("u")
	v := &variable{name: u, t: tSlice}
	if x.class < 0 {
		g.line("%s := %s", u, g.one(x.name+"[1:]", fmt.Sprintf("%s[:len(%s)-1]", x.name, x.name)))
		v.n, v.class = x.n-1, g.newClass()
	} else {
		lo := g.r.IntN(x.n)
		hi := g.in(lo+1, x.n)
		switch {
		case g.chance(30):
			g.line("%s := %s[%d:%d:%d]", u, x.name, lo, hi, hi)
		case hi == x.n:
			g.line("%s := %s[%d:]", u, x.name, lo)
		case lo == 0:
			g.line("%s := %s[:%d]", u, x.name, hi)
		default:
			g.line("%s := %s[%d:%d]", u, x.name, lo, hi)
		}
		v.n, v.class = hi-lo, hi-lo
	}
	g.declare(v)
}

// renew lets x refer to new memory of the same length.
func (g *gen) renew(x *variable) bool {
	h := g.pickHelper(func(h helper) bool { return h.slice })
	switch {
	case h != nil && x.n >= paramLen && g.chance(70):
		target := x
		if x.fixed || g.chance(40) {
			target = &variable{name: g.fresh("u"), t: tSlice, n: x.n, class: x.class}
		}
		op := "="
		if target != x {
			op = ":="
		}
		if !g.opts.NoCallModes && !h.rule && g.chance(20) {
			g.line("//cairn:split")
		}
		g.line("%s %s %s(%s, %s)", target.name, op, h.name, x.name, g.expr(1))
		if target != x {
			g.declare(target)
		}
	case x.fixed:
		return false
	default:
		i, w := g.fresh("i"), g.fresh("w")
		g.line("%s := make([]float64, len(%s))", w, x.name)
		g.line("for %s := range %s {", i, w)
		g.line("%s[%s] = 0.5*%s[%s] + %s", w, i, x.name, i, g.num(-0.3, 0.3))
		g.line("}")
		g.line("%s = %s", x.name, w)
		g.declare(&variable{name: w, t: tSlice, read: true, n: x.n, class: x.class})
	}
	return true
}

func (g *gen) newSlice() {
	u := g.fresh("u")
	v := &variable{name: u, t: tSlice}
	if x := g.pickType(tSlice); x != nil && g.chance(50) {
		g.line("%s := make([]float64, len(%s))", u, x.name)
		v.n, v.class = x.n, x.class
	} else if n := g.in(2, 5); g.chance(50) {
		g.line("%s := make([]float64, %d, %d)", u, n, n+g.in(0, 2))
		v.n, v.class = n, n
	} else {
		g.line("%s := []float64{%s, %s, %s}", u, g.expr(1), g.atom(), g.num(0.1, 1))
		v.n, v.class = 3, 3
	}
	g.declare(v)
	if g.chance(60) {
		i := g.fresh("i")
		g.line("for %s := range %s {", i, v.name)
		g.line("%s[%s] = %s + 0.125*float64(%s)", u, i, g.num(-0.5, 0.5), i)
		g.line("}")
	}
}

// structs prints copies of structs, pointers to them and swaps inside them.
func (g *gen) structs() {
	if g.opts.NoStructs {
		g.assign()
		return
	}
	v := g.pick(func(v *variable) bool { return v.t >= tPlain })
	name := g.fresh("s")
	plain, deep := g.typeName(tPlain, 0), g.typeName(tDeep, 0)
	switch {
	case v == nil && g.chance(50):
		g.line("%s := %s{A: %s, C: [%d]float64{%s, %s}}", name, plain, g.expr(1), plainLen, g.atom(), g.atom())
		g.declare(&variable{name: name, t: tPlain})
	case v == nil:
		g.line("%s := &%s{A: %s, W: make([]float64, %d), U: make([]float64, %d), K: %d}", name, deep, g.expr(1), deepLen, deepLen, g.in(0, 3))
		g.declare(&variable{name: name, t: tDeepP})
	case v.t == tPlain:
		g.copyPlain(name, v.name, "&"+v.name)
	case v.t == tPlainP:
		g.copyPlain(name, "*"+v.name, v.name)
	case v.t == tPlains:
		e := g.elem(v)
		g.copyPlain(name, e, "&"+e)
	case v.t == tDeep && g.chance(40):
		g.line("%s.W, %s.U = %s.U, %s.W", v.name, v.name, v.name, v.name)
	case v.t == tDeep && g.chance(40): // made of its own parts
		g.line("%s = %s{A: %s.A, W: %s.U, U: %s.W, V: %s.V, K: %s.K}", v.name, deep, v.name, v.name, v.name, v.name, v.name)
	case v.t == tDeep && g.chance(60):
		if w := g.pick(func(w *variable) bool { return w.t == tDeep && w != v }); w != nil {
			g.line("%s, %s = %s, %s", v.name, w.name, w.name, v.name)
			return
		}
		g.line("%s := %s", name, v.name)
		g.declare(&variable{name: name, t: tDeep})
	case v.t == tDeepP && g.chance(35):
		g.line("%s.W, %s.U = %s.U, %s.W", v.name, v.name, v.name, v.name)
	case v.t == tDeepP && g.chance(50):
		g.line("%s := *%s", name, v.name)
		g.declare(&variable{name: name, t: tDeep})
	case v.t == tDeepP && g.chance(50):
		g.line("%s := %s.W", name, v.name)
		g.declare(&variable{name: name, t: tSlice, n: deepLen, class: deepLen})
	default:
		g.copyPlain(name, v.name+".V", "&"+v.name+".V")
	}
}

// copyPlain prints a copy of the V value, a pointer to it, or a write to it.
func (g *gen) copyPlain(name, value, pointer string) {
	switch g.r.IntN(4) {
	case 0:
		g.line("%s := %s", name, pointer)
		g.declare(&variable{name: name, t: tPlainP})
	case 1:
		if w := g.pickType(tPlain); w != nil {
			g.line("%s = %s", value, w.name)
			return
		}
		fallthrough
	default:
		g.line("%s := %s", name, value)
		g.declare(&variable{name: name, t: tPlain})
	}
}

func (g *gen) arrays() {
	if v := g.pickType(tArray); v != nil && g.chance(60) {
		name := g.fresh("c")
		g.line("%s := %s", name, v.name)
		g.declare(&variable{name: name, t: tArray, n: v.n, class: v.n})
		return
	}
	n, name := g.in(2, 4), g.fresh("c")
	if g.chance(50) {
		g.line("var %s [%d]float64", name, n)
	} else {
		g.line("%s := [%d]float64{%s, %s}", name, n, g.expr(1), g.atom())
	}
	g.declare(&variable{name: name, t: tArray, n: n, class: n})
}
