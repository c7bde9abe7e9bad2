package progen

import (
	"fmt"
	"strings"
)

// funcStmt prints something with function values.
func (g *gen) funcStmt() {
	if g.fn.iters*12 > maxIters {
		g.assign()
		return
	}
	switch g.r.IntN(5) {
	case 0:
		g.rangeFunc()
	case 1:
		g.deferred()
	case 2:
		g.interfaceStmt()
	default:
		g.closure()
	}
}

// closure prints a function literal over what is in sight, and calls of it: by its
// name, twice in one expression, or through functions that take or return it.
func (g *gen) closure() {
	f, p := g.fresh("f"), g.fresh("p")
	outer := g.fn
	g.fn = &function{results: []string{""}, iters: outer.iters * 3}
	g.line("%s := func(%s float64) float64 {", f, p)
	g.open()
	g.param(&variable{name: p, t: tFloat})
	g.stmts(g.in(1, 3))
	g.mention(g.capture(g.returnStmt))
	g.close()
	g.line("}")
	g.fn = outer
	call := fmt.Sprintf("%s(%s)", f, g.expr(1))
	switch g.r.IntN(5) {
	case 0:
		call = fmt.Sprintf("%s - 0.5*%s(%s)", call, f, g.expr(0))
	case 1:
		call = fmt.Sprintf("%s(%s)", f, call)
	case 2:
		g.useFuncs()
		call = fmt.Sprintf("%sApply(%s, %s, %d)", g.c.Name, f, g.expr(1), g.in(0, 2))
	case 3:
		g.useFuncs()
		call = fmt.Sprintf("%sScaled(%s, %s)(%s)", g.c.Name, f, g.expr(0), g.expr(1))
	}
	v := g.fresh("a")
	g.line("%s := %s", v, call)
	g.declare(&variable{name: v, t: tFloat})
}

// rangeFunc prints a loop over an iterator.
func (g *gen) rangeFunc() {
	x := g.pick(func(v *variable) bool { return v.t == tSlice && v.n >= 1 })
	if x == nil {
		g.closure()
		return
	}
	g.useFuncs()
	i, a := g.fresh("i"), g.fresh("a")
	iv := &variable{name: i, t: tInt, fixed: true, lo: 0, hi: 9, bound: x.class}
	av := &variable{name: a, t: tFloat}
	g.overFunc = true
	g.body(fmt.Sprintf("for %s, %s := range %sSeq(%s, %d)", i, a, g.c.Name, x.name, g.in(1, 3)), 6, []*variable{iv, av}, nil)
}

// deferred prints a deferred literal, in the outermost block of a function with
// named results.
func (g *gen) deferred() {
	if len(g.fn.results) == 0 || g.fn.results[0] == "" || len(g.scopes) != g.fn.depth {
		g.closure()
		return
	}
	outer := g.fn
	g.fn = &function{iters: outer.iters}
	g.line("defer func() {")
	g.open()
	r := outer.results[g.r.IntN(len(outer.results))]
	g.line("%s += %s * math.Sin(%s)", r, g.num(0.1, 0.4), g.expr(1))
	g.stmts(1)
	g.mention(nil)
	g.close()
	g.line("}()")
	g.fn = outer
}

// interfaceStmt prints a value in an interface and what is done with it.
func (g *gen) interfaceStmt() {
	if g.opts.NoStructs {
		g.closure()
		return
	}
	g.curves = true
	o, n := g.fresh("o"), g.c.Name
	value := g.one("%sLine{%s, %s}", "&%sBend{%s, %s}", "%sMakeLine(%s, %s)")
	value = fmt.Sprintf(value, n, g.expr(1), g.expr(0))
	if strings.Contains(value, "MakeLine") {
		g.line("%s := %s", o, value)
	} else {
		g.line("var %s %sCurve = %s", o, n, value)
	}
	v := g.fresh("a")
	g.line("%s := %sUse(%s, %s, %d) + 0.5*%s.At(%s)", v, n, o, g.expr(1), g.in(0, 2), o, g.expr(0))
	g.declare(&variable{name: v, t: tFloat})
}

// useFuncs asks for the functions that take and return functions.
func (g *gen) useFuncs() { g.funcs = true }

// functionals prints them, and the interface with its types.
func (g *gen) functionals() {
	n := g.c.Name
	if g.curves {
		g.line(curves, n)
	}
	if g.lists {
		g.line(node, n)
	}
	if g.apart {
		g.line(apartFuncs, n)
	}
	if !g.funcs {
		return
	}
	g.line(`
func %[1]sApply(f func(float64) float64, x float64, n int) float64 {
	for k := range n {
		if x > 3 && k > 0 {
			return x
		}
		x = 0.5 * f(x)
	}
	return f(x)
}

func %[1]sScaled(f func(float64) float64, c float64) func(float64) float64 {
	c = 0.3 + 0.1*math.Sin(c)
	return func(x float64) float64 { return c * f(x+c) }
}

func %[1]sSeq(x []float64, step int) func(yield func(int, float64) bool) {
	return func(yield func(int, float64) bool) {
		for i := 0; i < len(x); i += step {
			if !yield(i, 0.5*x[i]) {
				x[i] *= 0.75
				return
			}
		}
	}
}`, n)
}

const curves = `type %[1]sCurve interface{ At(x float64) float64 }

type %[1]sLine struct{ A, B float64 }

func (l %[1]sLine) At(x float64) float64 { return 0.5*l.A + 0.3*math.Sin(l.B*x) }

type %[1]sBend struct{ A, B float64 }

func (b *%[1]sBend) At(x float64) float64 {
	b.A = 0.5*b.A + 0.2*math.Cos(x)
	return b.A * math.Tanh(b.B+x)
}

func %[1]sMakeLine(a, b float64) %[1]sCurve {
	a *= 0.5
	return %[1]sLine{a, b}
}

func %[1]sUse(c %[1]sCurve, x float64, n int) float64 {
	for range n {
		x = 0.5 * c.At(x)
	}
	switch c := c.(type) {
	case %[1]sLine:
		return x + 0.1*c.B
	case *%[1]sBend:
		c.B *= 0.9
		if x > 0.2 {
			return c.At(x)
		}
	}
	return x
}`
