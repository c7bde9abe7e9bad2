package progen

import (
	"fmt"
	"strings"
)

// pureCall is a call of a helper on floats only, or "".
func (g *gen) pureCall(depth int) string {
	h := g.pickHelper(func(h helper) bool { return h.pure && h.results == 1 && !h.method })
	if h == nil {
		return ""
	}
	var args []string
	for range h.params {
		args = append(args, g.expr(depth-1))
	}
	return fmt.Sprintf("%s(%s)", h.name, h.join(args, g.depthOf()))
}

func (g *gen) pickHelper(ok func(h helper) bool) *helper {
	var fit []helper
	for _, h := range g.helpers {
		if h.cost*g.fn.iters <= 8*maxIters && ok(h) {
			fit = append(fit, h)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	return &fit[g.r.IntN(len(fit))]
}

// callStmt prints a call whose results go to local floats.
func (g *gen) callStmt() {
	h := g.pickHelper(func(h helper) bool { return !h.slice })
	if h == nil {
		g.assign()
		return
	}
	g.callTo(h, g.depthOf(), "")
}

// callTo prints a call of h, which is given the depth if it is recursive and half of
// the named slice instead of all of it.
func (g *gen) callTo(h *helper, depth, half string) {
	fn, params := h.name, h.params
	if h.method {
		v := g.pick(func(v *variable) bool { return v.t == h.recv || v.t == tDeep && h.recv == tDeepP })
		if v == nil {
			g.assign()
			return
		}
		fn = v.name + "." + fn
	}
	var args []string
	for i, t := range params {
		a := g.argument(t)
		if h.spread && i == len(params)-1 {
			a = g.spreadArgument()
		}
		if a == "" {
			g.assign()
			return
		}
		args = append(args, a)
	}
	g.halve(args, half)
	call := fmt.Sprintf("%s(%s)", fn, h.join(args, depth))
	if h.results > 0 {
		var names []string
		var fresh []*variable
		define := g.chance(60)
		for range h.results {
			v := g.pick(func(v *variable) bool { return v.t == tFloat && !v.fixed && !contains(names, v.name) })
			switch {
			case !define && v != nil:
				names = append(names, v.name)
			case !define:
				names = append(names, "_")
			default:
				fresh = append(fresh, &variable{name: g.fresh("a"), t: tFloat})
				names = append(names, fresh[len(fresh)-1].name)
			}
		}
		op := "="
		if define {
			op = ":="
		} else if h.results == 1 && names[0] != "_" && g.chance(40) {
			op = "+="
		}
		call = fmt.Sprintf("%s %s %s", strings.Join(names, ", "), op, call)
		for _, v := range fresh {
			defer g.declare(v)
		}
	}
	if !g.opts.NoCallModes && !h.rule && g.chance(25) {
		g.line("//cairn:%s", g.one("joint", "split"))
	}
	g.line("%s", call)
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// spreadArgument is what a variadic parameter gets: numbers, or a slice.
func (g *gen) spreadArgument() string {
	if x := g.argument(tSlice); x != "" && g.chance(50) {
		return x + "..."
	}
	args := []string{g.expr(1), g.atom()}
	if g.chance(40) {
		args = append(args, g.expr(1))
	}
	return strings.Join(args, ", ")
}

// argument is an expression for a parameter of type t, or "".
func (g *gen) argument(t typ) string {
	switch t {
	case tFloat:
		return g.expr(1)
	case tInt:
		v := g.pick(func(v *variable) bool { return v.t == tInt && v.lo >= 0 && v.hi <= 7 })
		if v == nil || g.chance(30) {
			return fmt.Sprint(g.in(0, 5))
		}
		return v.name
	case tSlice:
		x := g.pick(func(v *variable) bool { return v.t == tSlice && v.n >= paramLen })
		c := g.pick(func(v *variable) bool { return v.t == tArray && v.n >= paramLen })
		switch {
		case c != nil && g.chance(15):
			return c.name + g.one("[:]", "[:2]", fmt.Sprintf("[%d:]", c.n-2))
		case x == nil:
			return ""
		case x.class > 2 && g.chance(25):
			return x.name + g.one("[1:]", "[:2]", fmt.Sprintf("[:%d]", x.n-1))
		}
		return x.name
	case tComplex:
		return g.complexExpr(1)
	case tArray:
		if v := g.pick(func(v *variable) bool { return v.t == tArray && v.n == 3 }); v != nil {
			return v.name
		}
		return fmt.Sprintf("[3]float64{%s, %s}", g.atom(), g.atom())
	case tFloatP:
		return g.address(false)
	case tPlain:
		if v := g.pickType(tPlain); v != nil {
			return v.name
		}
		return ""
	case tPlainP:
		if v := g.pickType(tPlains); v != nil {
			return "&" + g.elem(v)
		}
		if v := g.pickType(tPlain); v != nil {
			return "&" + v.name
		}
	case tDeepP:
		if v := g.pickType(tDeep); v != nil && g.chance(30) {
			return "&" + v.name
		}
	}
	if v := g.pickType(t); v != nil {
		return v.name
	}
	return ""
}

// returnStmt prints a return with its values.
func (g *gen) returnStmt() {
	if g.fn.slice != "" {
		g.line("return %s", g.fn.slice)
		return
	}
	var es []string
	for range g.fn.results {
		es = append(es, g.expr(1))
	}
	if len(es) > 0 && g.fn.results[0] != "" && g.chance(60) {
		g.line("%s = %s", strings.Join(g.fn.results, ", "), strings.Join(es, ", "))
		es = nil
	}
	g.line("return %s", strings.Join(es, ", "))
}

// shapes are the signatures that helpers have.
var shapes = []helper{
	{params: []typ{tFloat, tFloat}, results: 1, pure: true},
	{params: []typ{tFloat}, results: 1, pure: true},
	{params: []typ{tFloat, tSlice}, results: 1},
	{params: []typ{tSlice, tSlice, tFloat}, results: 2},
	{params: []typ{tSlice, tInt}},
	{params: []typ{tFloat, tInt}, results: 1, pure: false},
	{params: []typ{tArray, tFloat}, results: 1},
	{params: []typ{tComplexes, tFloat}, results: 1},
	{params: []typ{tComplex, tComplexes}},
	{params: []typ{tRows, tFloat}, results: 1},
	{params: []typ{tRows, tSlice}},
	{params: []typ{tMap, tFloat}, results: 1},
	{params: []typ{tNames, tSlice}},
	{params: []typ{tPlainMap, tFloat}, results: 1},
	{params: []typ{tDeepP, tFloat}, results: 1},
	{params: []typ{tDeepP}},
	{params: []typ{tPlain, tFloat}, results: 2},
	{params: []typ{tPlainP, tSlice}, results: 1},
	{params: []typ{tFloat}, results: 1, recv: tDeepP, method: true},
	{params: []typ{tSlice}, recv: tDeepP, method: true},
	{params: []typ{tFloat}, results: 1, recv: tPlain, method: true},
	{params: []typ{tSlice, tFloat}, slice: true},
	{params: []typ{tFloatP, tFloat}, results: 1},
	{params: []typ{tFloatP, tFloatP}},
	{params: []typ{tFloat, tSlice}, results: 1, spread: true},
}

// makeHelpers prints the helpers, each able to call those before it.
func (g *gen) makeHelpers() {
	for range g.in(1, 5) {
		h := shapes[g.r.IntN(len(shapes))]
		structs := h.method
		for _, t := range h.params {
			structs = structs || t >= tPlain || t == tPlainMap
		}
		if structs && g.opts.NoStructs {
			h = shapes[g.r.IntN(5)]
		}
		for g.complexShare == 0 && len(h.params) > 0 && (h.params[0] == tComplex || h.params[0] == tComplexes) {
			h = shapes[g.r.IntN(5)]
		}
		if g.mapShare == 0 && len(h.params) > 0 && isMap(h.params[0]) {
			h = shapes[g.r.IntN(5)]
		}
		if !h.slice && !h.spread && g.chance(30) {
			g.makeRecursive(h)
			continue
		}
		h.name = g.helperName(1)
		g.fill(h)
	}
}

// fill prints the helper h, which calls those of inner with one depth less.
func (g *gen) fill(h helper, inner ...helper) {
	named := g.chance(40)
	f := &function{iters: 4}
	if h.depth {
		f.iters *= spread / 2
	}
	var results []string
	for range h.results {
		name, text := "", "float64"
		if named {
			name = g.fresh("r")
			text = name + " float64"
		}
		f.results = append(f.results, name)
		results = append(results, text)
	}
	g.fn = f
	g.line("")
	if !g.opts.NoCallModes && g.chance(10) {
		g.line("//cairn:%s", g.one("joint", "split"))
	}
	g.open()
	recv := ""
	if h.method {
		v := g.parameter(h.recv)
		recv = "(" + v.name + " " + g.typeName(v.t, 0) + ") "
	}
	var params []string
	for _, t := range h.params {
		v := g.parameter(t)
		params = append(params, v.name+" "+g.typeName(t, v.n))
		if h.spread && len(params) == len(h.params) {
			params[len(params)-1] = v.name + " ...float64"
		}
	}
	var d *variable
	if h.depth {
		d = g.param(&variable{name: g.fresh("d"), t: tInt, fixed: true, hi: maxDepth})
		params = append(params, d.name+" int")
	}
	for _, r := range f.results {
		if r != "" {
			g.param(&variable{name: r, t: tFloat})
		}
	}
	if h.slice {
		results = []string{"[]float64"}
	}
	g.line("func %s%s(%s) (%s) {", recv, h.name, strings.Join(params, ", "), strings.Join(results, ", "))
	g.budget = g.in(2, 7)
	if h.pure {
		g.budget = g.in(0, 3)
	}
	first := len(g.out)
	g.fn.depth = len(g.scopes)
	var last []string
	if h.slice {
		g.newResult()
	}
	g.stmts(g.in(1, 4))
	if h.depth {
		g.recurse(d.name, inner)
		g.stmts(g.in(0, 2))
	}
	if h.results > 0 || h.slice {
		last = g.capture(g.returnStmt)
	}
	g.mention(last)
	g.close()
	g.line("}")
	if g.touches(g.out[first:]) {
		h.pure = false
		g.touching = append(g.touching, h.name)
	}
	h.cost = 5 + 2*(len(g.out)-first)
	if h.depth {
		h.cost *= spread
	}
	g.helpers = append(g.helpers, h)
}

// newResult prints the slice that the helper returns: new memory, or now and
// then that of its first parameter.
func (g *gen) newResult() {
	p, q := g.top().vars[0], g.top().vars[1]
	w, i := g.fresh("w"), g.fresh("i")
	g.fn.slice = w
	if g.chance(20) {
		g.line("%s := %s", w, p.name)
	} else {
		g.line("%s := make([]float64, len(%s))", w, p.name)
		g.line("for %s := range %s {", i, w)
		g.line("%s[%s] = %s*%s[%s] + %s*math.Sin(%s)", w, i, g.num(0.4, 0.7), p.name, i, g.num(0.1, 0.4), q.name)
		g.line("}")
	}
	g.declare(&variable{name: w, t: tSlice, read: true, n: p.n, class: p.class})
}

// parameter declares a parameter of a helper.
func (g *gen) parameter(t typ) *variable {
	v := &variable{name: g.fresh("p"), t: t}
	switch t {
	case tSlice, tComplexes:
		v.n, v.class = paramLen, g.newClass()
	case tRows:
		v.n, v.m, v.class = paramLen, paramLen, g.newClass()
	case tArray:
		v.n, v.class = 3, 3
	case tInt:
		v.lo, v.hi, v.fixed = 0, 7, true
	}
	return g.param(v)
}
