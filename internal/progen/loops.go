package progen

import "fmt"

// maxIters bounds how often one statement may be executed.
const maxIters = 240

// loopStmt prints one of Go's loops around random statements.
func (g *gen) loopStmt() {
	if g.fn.iters*6 > maxIters {
		g.assign()
		return
	}
	switch g.r.IntN(10) {
	case 0, 1, 2:
		g.counted("")
	case 3:
		g.counted(g.directive(false))
	case 4:
		g.while()
	case 5:
		g.endless()
	case 6:
		g.rangeInt()
	case 7:
		g.rangeInts()
	default:
		g.rangeFloats()
	}
}

// directive returns a checkpoint line for a loop, or "". Loops inside loops and
// in helpers get one less often.
func (g *gen) directive(always bool) string {
	outer := g.fn.entry && len(g.fn.loops) == 0
	if g.opts.NoCheckpoint || g.c.Loops >= 3 || !outer && g.chance(60) || !always && g.chance(50) {
		return ""
	}
	g.c.Loops++
	if g.chance(15) {
		return "//cairn:checkpoint scheme=store"
	}
	return fmt.Sprintf("//cairn:checkpoint scheme=binomial snaps=%d", g.in(1, 4))
}

// body prints a loop: head, statements first, then random statements, with
// the variables of the head in scope.
func (g *gen) body(head string, trips int, vars []*variable, first func()) {
	l := &loop{label: g.fresh("L"), overFunc: g.overFunc}
	g.overFunc = false
	lines := g.capture(func() {
		g.line("%s {", head)
		saved := g.fn.iters
		g.fn.iters *= max(trips, 1)
		g.fn.loops = append(g.fn.loops, l)
		g.open()
		for _, v := range vars {
			g.declare(v)
		}
		if first != nil {
			first()
		}
		g.stmts(g.in(1, 4))
		g.mention(nil)
		g.close()
		g.fn.loops = g.fn.loops[:len(g.fn.loops)-1]
		g.fn.iters = saved
		g.line("}")
	})
	if l.used {
		g.line("%s:", l.label)
	}
	g.emit(lines)
}

// counted prints a three-clause loop, up or down, with any stride; directive
// stands above it if not empty.
func (g *gen) counted(directive string) {
	lo, hiText, hi := g.in(0, 2), "", 0
	// The bound of a checkpoint loop stays as it is in the loop.
	steady := directive != ""
	if v := g.pick(func(v *variable) bool { return v.t == tInt && v.lo >= 0 && v.hi <= 7 && (v.fixed || !steady) }); v != nil && g.chance(60) {
		hiText, hi = v.name, v.hi
	} else {
		hi = lo + g.in(0, 5)
		hiText = fmt.Sprint(hi)
	}
	i := g.fresh("i")
	v := &variable{name: i, t: tInt, fixed: true, read: true, lo: lo, hi: max(hi-1, lo)}
	stride := g.in(1, 3)
	by := fmt.Sprint(stride)
	if directive == "" && g.chance(20) { // a stride that the compiler does not know
		by = g.fresh("s")
		g.line("%s := %d", by, stride)
	}
	step := func(up, op string) string {
		if by == "1" {
			return i + up + up
		}
		return fmt.Sprintf("%s %s %s", i, op, by)
	}
	var head string
	switch g.r.IntN(5) {
	case 0, 1:
		head = fmt.Sprintf("for %s := %d; %s < %s; %s", i, lo, i, hiText, step("+", "+="))
	case 2:
		head = fmt.Sprintf("for %s := %d; %s <= %s; %s", i, lo, i, hiText, step("+", "+="))
		v.hi = max(hi, lo)
	case 3:
		head = fmt.Sprintf("for %s := %s - 1; %s >= %d; %s", i, hiText, i, lo, step("-", "-="))
	case 4:
		head = fmt.Sprintf("for %s := %s; %s > %d; %s", i, hiText, i, lo, step("-", "-="))
		v.lo, v.hi = lo+1, max(hi, lo+1)
	}
	if directive != "" {
		g.line("%s", directive)
	}
	g.body(head, 6, []*variable{v}, nil)
}

// while prints a loop on an int that shrinks at the start of the body.
func (g *gen) while() {
	k := g.fresh("k")
	start := g.in(1, 6)
	g.line("%s := %d", k, start)
	v := &variable{name: k, t: tInt, fixed: true, read: true, lo: 0, hi: start - 1}
	shrink := g.one(k+"--", k+" /= 2", k+" -= 1")
	head := fmt.Sprintf("for %s > 0", k)
	if g.chance(30) { // two numbers take turns in the head
		a, b := g.fresh("a"), g.fresh("b")
		g.line("%s, %s := %s, %s", a, b, g.expr(1), g.atom())
		for _, name := range []string{a, b} {
			g.declare(&variable{name: name, t: tFloat})
		}
		head = fmt.Sprintf("for ; %s > 0; %s, %s = %s, %s*%s+%s*math.Sin(%s)", k, a, b, b, g.num(0.3, 0.9), a, g.num(0.1, 0.4), b)
	}
	g.body(head, start, []*variable{v}, func() { g.line("%s", shrink) })
}

// endless prints a loop without a condition that a counter ends.
func (g *gen) endless() {
	k := g.fresh("k")
	stop := g.in(1, 5)
	g.line("%s := 0", k)
	v := &variable{name: k, t: tInt, fixed: true, read: true, lo: 1, hi: stop}
	g.body("for", stop, []*variable{v}, func() {
		g.line("%s++", k)
		g.line("if %s > %d {", k, stop)
		g.line("break")
		g.line("}")
	})
}

func (g *gen) rangeInt() {
	if g.chance(20) {
		g.body(fmt.Sprintf("for range %d", g.in(1, 4)), 4, nil, nil)
		return
	}
	text, _, hi := g.intExpr()
	if g.chance(30) {
		hi = g.in(1, 5)
		text = fmt.Sprint(hi)
	}
	if hi > 7 {
		text, hi = "5", 5
	}
	i := g.fresh("i")
	v := &variable{name: i, t: tInt, fixed: true, lo: 0, hi: max(hi-1, 0)}
	if d := g.directive(false); d != "" && g.chance(50) {
		g.line("%s", d)
	}
	g.body(fmt.Sprintf("for %s := range %s", i, text), hi, []*variable{v}, nil)
}

// rangeInts builds a list of ints by append and goes over it.
func (g *gen) rangeInts() {
	list, i, k := g.fresh("ks"), g.fresh("i"), g.fresh("k")
	n, m := g.in(1, 4), g.in(2, 5)
	g.line("var %s []int", list)
	g.line("for %s := range %d {", i, n)
	g.line("%s = append(%s, (%s*%d+%d)%%%d)", list, list, i, g.in(1, 5), g.in(0, 3), m)
	g.line("}")
	g.declare(&variable{name: list, t: tInts, read: true, n: n, class: n, hi: m - 1})
	v := &variable{name: k, t: tInt, fixed: true, lo: 0, hi: m - 1}
	g.body(fmt.Sprintf("for _, %s := range %s", k, list), n, []*variable{v}, nil)
}

// rangeFloats goes over a slice or array of floats.
func (g *gen) rangeFloats() {
	x := g.pick(func(v *variable) bool { return v.t == tSlice || v.t == tArray })
	if x == nil {
		g.rangeInt()
		return
	}
	i, a := g.fresh("i"), g.fresh("a")
	hi := x.n - 1
	if x.class < 0 {
		hi = 9
	}
	iv := &variable{name: i, t: tInt, fixed: true, lo: 0, hi: hi, bound: x.class}
	av := &variable{name: a, t: tFloat, fixed: g.chance(70)}
	trips := hi + 1
	switch name := x.name; {
	case g.chance(40):
		g.body(fmt.Sprintf("for %s, %s := range %s", i, a, name), trips, []*variable{iv, av}, nil)
	case g.chance(40):
		g.body(fmt.Sprintf("for _, %s := range %s", a, name), trips, []*variable{av}, nil)
	case x.t == tSlice && g.chance(50):
		iv.read = true
		g.body(fmt.Sprintf("for %s := len(%s) - 1; %s >= 0; %s--", i, name, i, i), trips, []*variable{iv}, nil)
	default:
		g.body(fmt.Sprintf("for %s := range %s", i, name), trips, []*variable{iv}, nil)
	}
}

// exits prints a guarded break, continue or return.
func (g *gen) exits() {
	var lines []string
	n := len(g.fn.loops)
	switch {
	case n > 0 && g.chance(75):
		k := g.r.IntN(n)
		if g.chance(60) {
			k = n - 1
		}
		for i := k + 1; i < n; i++ {
			if g.fn.loops[i].overFunc {
				k = n - 1
			}
		}
		l, word := g.fn.loops[k], g.one("break", "continue")
		if l.isSwitch {
			word = "break"
		}
		if k != n-1 || g.chance(10) {
			l.used = true
			word += " " + l.label
		}
		lines = []string{word}
	case g.opts.NoReturns:
		g.assign()
		return
	default:
		lines = g.capture(func() { g.returnStmt() })
	}
	g.line("if %s && %s {", g.cond(0), g.cond(1))
	if g.chance(50) {
		g.scope(g.assign)
	}
	g.emit(lines)
	g.line("}")
}

// stencil prints a loop with two buffers whose headers are swapped.
func (g *gen) stencil() {
	x := g.pick(func(v *variable) bool { return v.t == tSlice && (v.n >= 3 || v.class < 0) })
	if x == nil || g.fn.iters > 1 {
		g.assign()
		return
	}
	u, un, i, t := g.fresh("u"), g.fresh("un"), g.fresh("i"), g.fresh("t")
	if g.chance(60) {
		g.line("%s := %s", u, x.name)
	} else {
		g.line("%s := make([]float64, len(%s))", u, x.name)
		g.line("copy(%s, %s)", u, x.name)
	}
	g.line("%s := make([]float64, len(%s))", un, u)
	if g.chance(40) {
		g.line("copy(%s, %s)", un, u)
	}
	for _, name := range []string{u, un} {
		g.declare(&variable{name: name, t: tSlice, read: true, n: x.n, class: x.class})
	}
	directive := g.directive(true)
	if directive != "" {
		g.line("%s", directive)
	}
	tv := &variable{name: t, t: tInt, fixed: true, read: true, lo: 0, hi: 5}
	head := fmt.Sprintf("for %s := 0; %s < %d; %s++", t, t, g.in(0, 6), t)
	if v := g.pick(func(v *variable) bool { return v.t == tInt && v.lo >= 0 && v.hi <= 6 && v.fixed }); v != nil && g.chance(60) {
		head = fmt.Sprintf("for %s := 0; %s < %s; %s++", t, t, v.name, t)
	}
	g.body(head, 6, []*variable{tv}, func() {
		c, d := g.num(0.1, 0.3), g.expr(1)
		g.line("for %s := 1; %s < len(%s)-1; %s++ {", i, i, u, i)
		g.line("%s[%s] = %s[%s] + %s*math.Sin(%s[%s-1]-2*%s[%s]+%s[%s+1])", un, i, u, i, c, u, i, u, i, u, i)
		g.line("}")
		g.line("%s[0] = 0.5*%s[0] + 0.25*math.Sin(%s)", un, u, d)
		g.line("%s, %s = %s, %s", u, un, un, u)
	})
}

// grid prints a time loop over a field kept by rows, as two-dimensional solvers
// have it: the rows may be empty, overlap or leave gaps.
func (g *gen) grid() {
	x := g.pick(func(v *variable) bool { return v.t == tSlice && v.n >= 1 })
	if x == nil || g.fn.iters > 1 {
		g.assign()
		return
	}
	rows, width := g.in(1, 5), g.in(1, 5)
	u, un, w, j, k, t := g.fresh("u"), g.fresh("un"), g.fresh("w"), g.fresh("j"), g.fresh("k"), g.fresh("t")
	g.line("%s := %d", w, width)
	g.line("%s, %s := make([]float64, %d), make([]float64, %d)", u, un, rows*width, rows*width)
	g.line("for %s := range %s {", k, u)
	g.line("%s[%s] = %s*%s[%s%%len(%s)]", u, k, g.num(0.4, 0.9), x.name, k, x.name)
	g.line("}")
	if g.chance(50) {
		g.line("copy(%s, %s)", un, u)
	}
	if d := g.directive(true); d != "" {
		g.line("%s", d)
	}
	g.line("for %s := 0; %s < %d; %s++ {", t, t, g.in(0, 4), t)
	g.line("for %s := 1; %s < %d; %s++ {", j, j, rows-1, j)
	base := fmt.Sprintf("%s*%s", j, w)
	if g.chance(40) {
		b := g.fresh("b")
		g.line("%s := %s", b, base)
		base = b
	}
	lo, hi := g.in(0, 1), g.in(-1, 1) // hi = 1 overlaps the next row
	g.line("for %s := %s + %d; %s < %s+%s+%d; %s++ {", k, base, lo, k, base, w, hi, k)
	target := g.one(un, un, un, u) // in place a row reads what the one before wrote
	g.line("%s[%s] = %s[%s] + %s*math.Sin(%s[%s-1]*%s[%s]-%s[%s-%s])", target, k, u, k, g.num(0.1, 0.3), u, k, u, k, u, k, w)
	g.line("}")
	if g.chance(25) {
		g.line("%s[0] += 0.1 * %s[%s*%s]", g.one(u, un), u, j, w)
	}
	g.line("}")
	g.line("%s, %s = %s, %s", u, un, un, u)
	g.line("}")
	sum := g.declare(&variable{name: g.fresh("a"), t: tFloat}).name
	g.line("%s := 0.0", sum)
	g.line("for %s := range %s {", k, u)
	g.line("%s += %s[%s] * %s", sum, u, k, g.num(0.1, 0.3))
	g.line("}")
}

// blocks prints a loop of which each iteration has a part of a slice; the parts follow one another,
// overlap, or leave gaps.
func (g *gen) blocks() {
	d, parts := g.in(1, 3), g.in(1, 3)
	if g.fn.iters*parts > maxIters {
		g.assign()
		return
	}
	x := g.pick(func(v *variable) bool { return v.t == tSlice && v.n >= d*parts })
	if x == nil || g.chance(50) {
		n := d*parts + g.in(0, 1)
		x = &variable{name: g.fresh("w"), t: tSlice, n: n, class: n}
		g.line("%s := make([]float64, %d)", x.name, n)
		g.declare(x)
	}
	width := fmt.Sprint(d)
	if g.chance(60) {
		width = g.fresh("d")
		g.line("%s := %d", width, d)
	}
	k := g.fresh("k")
	head := g.one("for %[1]s := range %[2]d", "for %[1]s := 0; %[1]s < %[2]d; %[1]s++", "for %[1]s := %[2]d - 1; %[1]s >= 0; %[1]s--", "for %[1]s := 0; %[1]s < %[2]d; %[1]s += 2")
	v := &variable{name: k, t: tInt, fixed: true, read: true, lo: 0, hi: parts - 1}
	g.body(fmt.Sprintf(head, k, parts), parts, []*variable{v}, func() {
		hi, n := fmt.Sprintf(g.one("(%[1]s+1)*%[2]s", "%[1]s*%[2]s+%[2]s", "%[2]s*%[1]s+%[2]s"), k, width), d
		if x.n > d*parts && g.chance(25) {
			hi, n = hi+"+1", d+1
		}
		q := g.fresh("q")
		g.line("%s := %s[%s*%s : %s]", q, x.name, k, width, hi)
		g.declare(&variable{name: q, t: tSlice, n: n, class: n})
		g.stmts(g.in(1, 2))
	})
}
