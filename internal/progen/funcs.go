package progen

import "fmt"

// funcStmt prints something with function values.
func (g *gen) funcStmt() {
	if g.fn.iters*12 > maxIters {
		g.assign()
		return
	}
	switch g.r.IntN(4) {
	case 0:
		g.rangeFunc()
	case 1:
		g.deferred()
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

// useFuncs asks for the functions that take and return functions.
func (g *gen) useFuncs() { g.funcs = true }

// functionals prints them.
func (g *gen) functionals() {
	if !g.funcs {
		return
	}
	n := g.c.Name
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
