package progen

import "fmt"

// stmts prints n random statements.
func (g *gen) stmts(n int) {
	for range n {
		g.stmt()
	}
}

func (g *gen) stmt() {
	if g.budget--; g.budget < 0 {
		g.assign()
		return
	}
	if g.fn.entry && len(g.fn.loops) == 0 && g.chance(10) { // anywhere else more would be recorded
		switch g.r.IntN(3) {
		case 0:
			g.elements()
		case 1:
			g.shares()
		default:
			g.diffusion()
		}
		return
	}
	if !g.smooth && g.chance(3) {
		g.selections()
		return
	}
	if !g.opts.NoComplex && g.chance(g.complexShare) {
		g.complexes()
		return
	}
	if g.chance(g.mapShare) {
		g.maps()
		return
	}
	if g.chance(g.rareShare) {
		g.rarer()
		return
	}
	if g.chance(g.otherShare) {
		g.others()
		return
	}
	switch k := g.r.IntN(100); {
	case k < 18:
		g.assign()
	case k < 28:
		g.opAssign()
	case k < 34:
		g.define()
	case k < 50:
		g.loopStmt()
	case k < 60:
		g.ifStmt()
	case k < 63:
		g.switchStmt()
	case k < 71:
		g.callStmt()
	case k < 73:
		g.genericStmt()
	case k < 78:
		g.slices()
	case k < 83:
		g.ints()
	case k < 88:
		g.structs()
	case k < 90:
		g.stencil()
	case k < 92:
		g.grid()
	case k < 95:
		g.exits()
	case k < 96:
		g.funcStmt()
	case k < 97:
		g.block()
	default:
		g.arrays()
	}
}

func (g *gen) assign() {
	if l := g.target(); l != "" {
		e := g.expr(2)
		if g.chance(3) {
			e = g.long()
		}
		g.line("%s = %s", l, e)
		return
	}
	g.define()
}

func (g *gen) define() {
	e := g.expr(2)
	if g.chance(15) {
		c := g.cond(0)
		g.declare(&variable{name: g.fresh("ok"), t: tBool})
		g.line("%s := %s", g.last().name, c)
		return
	}
	if g.chance(10) && !g.opts.NoFloat32 {
		g.c.Float32 = true
		g.line("%s := float32(%s)", g.declare(&variable{name: g.fresh("f"), t: tFloat32}).name, e)
		v := g.last()
		g.line("%s = %s*%s + %s", v.name, v.name, g.num(0.2, 0.7), g.num(0.1, 0.4))
		return
	}
	if g.chance(10) && g.pointer() {
		return
	}
	name, hides := g.newFloat()
	if g.chance(20) {
		g.line("var %s float64", name)
	} else {
		g.line("%s := %s", name, e)
	}
	if hides { // what reads the name further in may mean another variable
		g.line("_ = %s", name)
	}
	g.declare(&variable{name: name, t: tFloat, read: hides})
}

// last is the variable declared last.
func (g *gen) last() *variable {
	vars := g.top().vars
	return vars[len(vars)-1]
}

func (g *gen) opAssign() {
	l := g.target()
	if l == "" {
		g.define()
		return
	}
	switch g.r.IntN(8) {
	case 7: // the first value is lost
		g.line("%s, %s, %s = %s, 0.5*(%s), 0.7*math.Sin(%s)", l, g.target(), l, g.expr(1), g.expr(1), g.expr(1))
	case 6:
		m := g.one("_", g.target())
		g.line("%s, %s = math.%s", l, m, g.one("Sincos("+g.expr(1)+")", "Modf(0.25*math.Tanh("+g.expr(1)+") + 0.5)", "Sincos("+g.atom()+")"))
	case 0, 1:
		g.line("%s += %s * math.Sin(%s)", l, g.num(0.1, 0.4), g.expr(1))
	case 2:
		g.line("%s -= %s * math.Tanh(%s)", l, g.num(0.1, 0.4), g.expr(1))
	case 3:
		g.line("%s *= 0.75 + 0.25*math.Cos(%s)", l, g.expr(1))
	case 4:
		g.line("%s /= 1.5 + 0.5*math.Sin(%s)", l, g.expr(1))
	default:
		m := g.target()
		g.line("%s, %s = %s, 0.5*(%s)", l, m, g.expr(1), g.expr(1))
	}
}

// runAgain puts a directive above a block or branch, with a chance in percent.
func (g *gen) runAgain(percent int) {
	if g.opts.NoCheckpoint || g.c.Blocks >= 3 || !g.chance(percent) {
		return
	}
	g.c.Blocks++
	g.line("//cairn:checkpoint")
}

func (g *gen) ifStmt() {
	g.runAgain(5)
	g.line("if %s {", g.cond(1))
	g.scope(func() { g.stmts(g.in(1, 3)) })
	if g.chance(25) {
		g.line("} else if %s {", g.cond(1))
		g.scope(func() { g.stmts(g.in(1, 2)) })
	}
	if g.chance(50) {
		g.line("} else {")
		g.scope(func() { g.stmts(g.in(1, 3)) })
	}
	g.line("}")
}

func (g *gen) switchStmt() {
	l := &loop{label: g.fresh("L"), isSwitch: true}
	cases := g.in(1, 3)
	var heads []string
	head := "switch {"
	if v := g.pickType(tInt); v != nil && g.chance(60) {
		head = fmt.Sprintf("switch %s %% %d {", v.name, cases+2)
		for i := range cases {
			heads = append(heads, fmt.Sprintf("case %d:", i))
		}
		if g.chance(30) {
			heads[0] = fmt.Sprintf("case 0, %d:", cases+1)
		}
	} else {
		for range cases {
			heads = append(heads, "case "+g.cond(1)+":")
		}
	}
	if g.chance(60) {
		at := g.r.IntN(len(heads) + 1)
		heads = append(heads[:at], append([]string{"default:"}, heads[at:]...)...)
	}
	again := g.capture(func() { g.runAgain(10) })
	lines := g.capture(func() {
		g.line("%s", head)
		g.fn.loops = append(g.fn.loops, l)
		for i, h := range heads {
			g.line("%s", h)
			g.scope(func() { g.stmts(g.in(1, 2)) })
			if i+1 < len(heads) && g.chance(20) {
				g.line("fallthrough")
			}
		}
		g.fn.loops = g.fn.loops[:len(g.fn.loops)-1]
		g.line("}")
	})
	g.emit(again)
	if l.used {
		g.line("%s:", l.label)
	}
	g.emit(lines)
}

// ints prints changes of integer state.
func (g *gen) ints() {
	v := g.pick(func(v *variable) bool { return v.t == tInt && !v.fixed })
	if s := g.pick(hasCounter); s != nil && g.chance(30) {
		g.line("%s.K = (%s.K*%d + %d) %% 7", s.name, s.name, g.in(2, 5), g.in(1, 6))
		return
	}
	if ks := g.pickType(tInts); ks != nil && g.chance(40) {
		i := g.r.IntN(ks.n)
		g.line("%s[%d] = (%s[%d]*%d + 1) %% %d", ks.name, i, ks.name, i, g.in(2, 5), ks.hi+1)
		return
	}
	switch {
	case v != nil && g.chance(60):
		switch m := v.hi + 1; {
		case m > 1000:
			g.line("%s = (%s*1103515245 + 12345) %% %d", v.name, v.name, m)
		case g.smooth || g.chance(50):
			g.line("%s = (%s*%d + %d) %% %d", v.name, v.name, g.in(2, 7), g.in(1, 5), m)
		default:
			g.c.Branches = true
			g.line("%s = int(math.Abs(%s)*4) %% %d", v.name, g.expr(1), m)
		}
	case g.chance(40):
		k := g.fresh("seed")
		g.line("%s := %d", k, g.in(1, 9999))
		g.declare(&variable{name: k, t: tInt, lo: 0, hi: 2147483647})
	default:
		text, lo, hi := g.intExpr()
		k := g.fresh("k")
		g.line("%s := %s", k, text)
		g.declare(&variable{name: k, t: tInt, lo: min(lo, 0), hi: max(hi, 1)})
	}
}

func (g *gen) block() {
	g.runAgain(50)
	g.line("{")
	g.scope(func() {
		g.define()
		g.stmts(g.in(1, 3))
	})
	g.line("}")
}
