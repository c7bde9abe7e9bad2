package progen

import "fmt"

// This file makes statements that few programs have, and that are about other parts of the
// language than numbers: goroutines, sorting, integers of other types, arrays of structs,
// functions that are not differentiated.

// others prints one of them.
func (g *gen) others() {
	if g.fn.iters*6 > maxIters {
		g.assign()
		return
	}
	switch g.r.IntN(8) {
	case 0, 1:
		g.goroutines()
	case 2, 3:
		g.sorting()
	case 4:
		g.integers()
	case 5:
		g.called()
	default:
		g.structArray()
	}
}

// goroutines prints a loop that fills a new slice, each element or half in a goroutine.
func (g *gen) goroutines() {
	x := g.pick(func(v *variable) bool { return v.t == tSlice && v.n >= 1 })
	if x == nil {
		g.integers()
		return
	}
	wg, y, i := g.fresh("wg"), g.fresh("y"), g.fresh("i")
	g.line("%s := make([]float64, len(%s))", y, x.name)
	g.line("var %s sync.WaitGroup", wg)
	element := func() {
		g.open()
		g.declare(&variable{name: i, t: tInt, fixed: true, read: true, hi: 9, bound: x.class})
		a := g.fresh("a")
		g.line("%s := %s", a, g.expr(1))
		g.line("%s[%s] = %s*%s[%s] + %s*math.Sin(%s)", y, i, g.num(0.2, 0.7), x.name, i, g.num(0.1, 0.4), a)
		g.close()
	}
	if g.chance(50) {
		g.line("for %s := range %s {", i, x.name)
		if g.chance(50) {
			g.line("%s.Add(1)", wg)
			g.line("go func() {")
			g.line("defer %s.Done()", wg)
			element()
			g.line("}()")
		} else {
			g.line("%s.Go(func() {", wg)
			element()
			g.line("})")
		}
		g.line("}")
	} else {
		part, lo, hi := g.fresh("part"), g.fresh("lo"), g.fresh("hi")
		g.line("%s := func(%s, %s int) {", part, lo, hi)
		g.line("defer %s.Done()", wg)
		g.line("for %s := %s; %s < %s; %s++ {", i, lo, i, hi, i)
		element()
		g.line("}")
		g.line("}")
		g.line("%s.Add(2)", wg)
		g.line("go %s(0, len(%s)/2)", part, y)
		g.line("go %s(len(%[2]s)/2, len(%[2]s))", part, y)
	}
	g.line("%s.Wait()", wg)
	g.declare(&variable{name: y, t: tSlice, read: true, n: x.n, class: x.class})
}

// sorting prints a call that sorts numbers, or structs by one of their numbers.
func (g *gen) sorting() {
	v := g.pick(func(v *variable) bool { return v.t == tSlice || v.t == tPlains })
	if v == nil || g.smooth {
		g.structArray()
		return
	}
	g.c.Kinks = true
	if v.t == tSlice {
		g.line("%s(%s)", g.one("sort.Float64s", "slices.Sort"), v.name)
		return
	}
	field, plain := g.one("A", "B"), g.typeName(tPlain, 0)
	switch g.r.IntN(3) {
	case 0:
		g.line("sort.Slice(%[1]s, func(i, j int) bool { return %[1]s[i].%[2]s < %[1]s[j].%[2]s })", v.name, field)
	case 1:
		g.line("sort.SliceStable(%[1]s, func(i, j int) bool { return %[1]s[i].%[2]s > %[1]s[j].%[2]s })", v.name, field)
	default:
		g.line("slices.SortFunc(%s, func(p, q %s) int { return cmp.Compare(p.%s, q.%[3]s) })", v.name, plain, field)
	}
}

// integers prints a number of another integer type, and what is made of it.
func (g *gen) integers() {
	text, lo, hi := g.intExpr()
	if lo < 0 || hi > 1000 {
		text = fmt.Sprint(g.in(0, 9))
	}
	u, k := g.fresh("u"), g.fresh("k")
	t := g.one("uint8", "uint16", "int32", "uint", "int64", "uint64")
	g.line("%s := %s(%s)", u, t, text)
	g.line("%s = %s*%d + %d", u, u, g.in(2, 50), g.in(1, 9))
	g.line("%s %s %d", u, g.one("<<=", ">>=", "^=", "|=", "&="), g.in(1, 3))
	m := g.in(2, 7)
	g.line("%s := int(%s) %% %d", k, u, m)
	g.declare(&variable{name: k, t: tInt, lo: 0, hi: m - 1})
	if l := g.target(); l != "" {
		g.line("%s += 0.0625 * float64(%s%%16)", l, u)
	}
}

// called prints a call of a function that uses what the compiler does not follow: one
// without a derivative, or one for which another stands.
func (g *gen) called() {
	g.apart = true
	a := g.fresh("a")
	if g.chance(50) {
		text, lo, hi := g.intExpr()
		if lo < 0 || hi > 1000 {
			text = "3"
		}
		g.line("%s := %s * %sTable(%s)", a, g.atom(), g.c.Name, text)
	} else {
		g.line("%s := %sFar(%s, %s)", a, g.c.Name, g.expr(1), g.atom())
	}
	g.declare(&variable{name: a, t: tFloat})
}

// Table is what the function Table of a program gives, which is called as it is.
func Table(k int) float64 { return 0.25 * float64(k%5) }

// apartFuncs are the functions of called.
const apartFuncs = `
//cairn:passive
func %[1]sTable(k int) float64 {
	i := 0
again:
	if i += 5; i <= k {
		goto again
	}
	return 0.25 * float64(k+5-i)
}

//cairn:source of=%[1]sNear
func %[1]sFar(x, y float64) float64 {
	c := make(chan float64)
	go func() { c <- 0.5 * math.Sin(x) }()
	return <-c + 0.25*y
}

func %[1]sNear(x, y float64) float64 { return 0.5*math.Sin(x) + 0.25*y }`

// structArray prints an array of structs, as a value and through a slice of it.
func (g *gen) structArray() {
	if g.opts.NoStructs {
		g.integers()
		return
	}
	vs, plain := g.fresh("vs"), g.typeName(tPlain, 0)
	value, address := vs, ""
	if g.chance(50) { // a slice of it may be kept for longer than the name
		value, address = "*"+vs, "&"
	}
	g.line("%s := %s[2]%s{{A: %s, C: [2]float64{%s}}, {B: %s, K: %d}}", vs, address, plain, g.expr(1), g.atom(), g.expr(1), g.in(0, 3))
	at := func() string { return g.inPlain(fmt.Sprintf("%s[%s]", vs, g.index(0, 2))) }
	if g.chance(40) {
		ws := g.fresh("ws")
		g.line("%s := %s", ws, value)
		g.line("%s = %s + 0.5*%s", at(), g.expr(1), g.inPlain(ws+"[1]"))
		if g.chance(50) {
			g.line("%s[0], %s = %s[1], %s", vs, ws, ws, value)
			g.line("%s = %s + 0.5*%s", at(), g.atom(), g.inPlain(ws+"[0]"))
		}
	}
	if address != "" {
		ps := g.fresh("ps")
		g.line("%s := %s[:]", ps, vs)
		g.declare(&variable{name: ps, t: tPlains, read: true, n: 2, class: 2})
		g.line("_ = %s", ps)
	}
	g.stmts(g.in(1, 2))
	g.line("%s += %s * math.Sin(%s)", at(), g.num(0.1, 0.4), at())
	if l := g.target(); l != "" {
		g.line("%s += 0.25 * %s", l, at())
	}
}
