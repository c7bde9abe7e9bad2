package progen

import (
	"fmt"
	"strings"
)

// rarer prints one of the statements that only some programs have: function variables,
// linked lists, rows that are replaced.
func (g *gen) rarer() {
	if g.fn.iters*6 > maxIters {
		g.assign()
		return
	}
	switch g.r.IntN(7) {
	case 0:
		g.severalFuncs()
	case 1:
		g.funcList()
	case 2:
		g.methodValue()
	case 3:
		g.linked()
	case 4:
		g.replaceRow()
	case 5:
		g.replaceField()
	default:
		g.rangeRows()
	}
}

// function is an expression for a func(float64) float64 that changes nothing.
func (g *gen) function() string {
	h := g.pickHelper(func(h helper) bool {
		return h.pure && h.results == 1 && !h.method && !h.depth && len(h.params) == 1 && h.params[0] == tFloat
	})
	if h != nil && g.chance(40) {
		return h.name
	}
	if g.chance(50) {
		return "math." + g.one("Sin", "Cos", "Tanh", "Atan", "Asinh", "Erf")
	}
	p := g.fresh("t")
	var body string
	g.open()
	g.param(&variable{name: p, t: tFloat})
	body = g.expr(2)
	g.close()
	return fmt.Sprintf("func(%s float64) float64 { return %s }", p, body)
}

// severalFuncs prints a variable that is one function or another, and calls of it.
func (g *gen) severalFuncs() {
	f, a := g.fresh("f"), g.fresh("a")
	g.line("%s := %s", f, g.function())
	g.line("if %s {", g.cond(1))
	g.line("%s = %s", f, g.function())
	if g.chance(40) {
		g.line("} else if %s {", g.cond(0))
		g.line("%s = %s", f, g.function())
	}
	g.line("}")
	switch g.r.IntN(3) {
	case 0:
		g.useFuncs()
		g.line("%s := %sApply(%s, %s, %d)", a, g.c.Name, f, g.expr(1), g.in(0, 2))
	case 1:
		g.line("%s := 0.5*%s(%s) - 0.3*%s(%s)", a, f, g.expr(1), f, g.atom())
	default:
		g.line("%s := %s(0.5*%s(%s))", a, f, f, g.expr(1))
	}
	g.declare(&variable{name: a, t: tFloat})
}

// funcList prints a slice of functions, a loop over it and a call of one.
func (g *gen) funcList() {
	fs, f, a := g.fresh("fs"), g.fresh("f"), g.fresh("a")
	list := []string{g.function(), g.function(), g.function()}
	g.line("%s := []func(float64) float64{%s}", fs, strings.Join(list, ", "))
	g.line("%s := %s[%s](%s)", a, fs, g.index(0, len(list)), g.expr(1))
	g.declare(&variable{name: a, t: tFloat})
	g.line("for _, %s := range %s {", f, fs)
	g.line("%s = 0.5*%s(%s) + %s", a, f, a, g.expr(1))
	g.line("}")
}

// methodValue prints a call of a method by its value or as an expression.
func (g *gen) methodValue() {
	h := g.pickHelper(func(h helper) bool {
		return h.method && !h.depth && !h.rule && h.results == 1 && len(h.params) == 1 && h.params[0] == tFloat
	})
	if h == nil {
		g.severalFuncs()
		return
	}
	v := g.pick(func(v *variable) bool { return v.t == h.recv || v.t == tDeep && h.recv == tDeepP })
	if v == nil {
		g.severalFuncs()
		return
	}
	a := g.fresh("a")
	recv := v.name
	if v.t == tDeep {
		recv = "&" + recv
	}
	if g.chance(40) {
		g.line("%s := (%s).%s(%s, %s)", a, g.typeName(h.recv, 0), h.name, recv, g.expr(1))
	} else {
		f := g.fresh("f")
		g.line("%s := %s.%s", f, v.name, h.name)
		g.assign()
		g.line("%s := %s(%s) + %s(%s)", a, f, g.expr(1), f, g.atom())
	}
	g.declare(&variable{name: a, t: tFloat})
}

// linked prints a linked list, and changes and sums of it.
func (g *gen) linked() {
	if g.opts.NoStructs {
		g.severalFuncs()
		return
	}
	g.lists = true
	n, list, i, p, a := g.in(1, 4), g.fresh("list"), g.fresh("i"), g.fresh("p"), g.fresh("a")
	node := g.c.Name + "Node"
	g.line("var %s *%s", list, node)
	g.line("for %s := range %d {", i, n)
	g.line("%s = &%s{%s + 0.125*float64(%s), %s}", list, node, g.expr(1), i, list)
	g.line("}")
	each := func(body string, args ...any) {
		g.line("for %s := %s; %s != nil; %s = %s.Next {", p, list, p, p, p)
		g.line(body, args...)
		g.line("}")
	}
	if g.chance(50) {
		each("%s.V = %s*%s.V + %s*math.Sin(%s)", p, g.num(0.3, 0.7), p, g.num(0.1, 0.4), g.expr(1))
	}
	if g.chance(40) { // the other way round
		prev, next := g.fresh("p"), g.fresh("p")
		g.line("var %s *%s", prev, node)
		g.line("for %s != nil {", list)
		g.line("%s := %s.Next", next, list)
		g.line("%s.Next = %s", list, prev)
		if g.chance(50) {
			g.line("if %s != nil { %s.V *= %s.V }", prev, list, prev)
		}
		g.line("%s, %s = %s, %s", prev, list, list, next)
		g.line("}")
		g.line("%s = %s", list, prev)
	}
	if g.chance(40) {
		g.line("if %s.Next != nil {", list)
		g.line("%s.Next.V -= 0.5 * %s.V", list, list)
		g.line("%s = %s.Next", g.one(list, list+".Next"), list)
		g.line("}")
	}
	g.line("%s := 0.0", a)
	each("%s += %s * math.Sin(%s.V)", a, g.num(0.2, 0.6), p)
	g.declare(&variable{name: a, t: tFloat})
}

// rowClass is the class of the rows of a table.
func rowClass(v *variable) int {
	if v.class < 0 {
		return v.class
	}
	return v.m
}

// replaceRow gives a row of a table other memory.
func (g *gen) replaceRow() {
	v := g.pickType(tRows)
	if v == nil {
		if !g.rows() {
			g.assign()
		}
		return
	}
	i := g.index(0, v.n)
	u := g.pick(func(u *variable) bool { return u.t == tSlice && u.class == rowClass(v) })
	switch {
	case u != nil && g.chance(60):
		g.line("%s[%s] = %s", v.name, i, u.name)
	case g.chance(30):
		g.line("%s[%s] = %s[%s]", v.name, i, v.name, g.index(0, v.n))
	default:
		g.line("%s[%s] = append([]float64(nil), %s[%s]...)", v.name, i, v.name, g.index(0, v.n))
	}
}

// replaceField gives a slice in a struct other memory.
func (g *gen) replaceField() {
	v := g.pick(func(v *variable) bool { return v.t == tDeep || v.t == tDeepP })
	if v == nil {
		g.replaceRow()
		return
	}
	to, from := g.one("W", "U"), g.one("W", "U")
	u := g.pick(func(u *variable) bool { return u.t == tSlice && u.class == deepLen })
	switch {
	case u != nil && g.chance(50):
		g.line("%s.%s = %s", v.name, to, u.name)
	case g.chance(30):
		g.line("%s.%s = %s.%s", v.name, to, v.name, from)
	default:
		g.line("%s.%s = append(%s.%s[1:%d:%d], %s)", v.name, to, v.name, from, deepLen, deepLen, g.expr(1))
	}
}

// rangeRows prints a loop over the rows of a table.
func (g *gen) rangeRows() {
	v := g.pickType(tRows)
	if v == nil {
		g.linked()
		return
	}
	row := g.fresh("row")
	g.body(fmt.Sprintf("for _, %s := range %s", row, v.name), 3, []*variable{{name: row, t: tSlice, n: v.m, class: rowClass(v)}}, nil)
}

// node is the type of the elements of linked lists.
const node = `
type %[1]sNode struct {
	V    float64
	Next *%[1]sNode
}`
