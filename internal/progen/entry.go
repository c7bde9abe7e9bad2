package progen

import (
	"fmt"
	"slices"
	"strings"
)

// program prints types, helpers and the entry function.
func (g *gen) program() {
	if !g.opts.NoStructs {
		g.line("type %sV struct { A, B float64; C [%d]float64; K int }", g.c.Name, plainLen)
		g.line("")
		g.line("type %sS struct { A float64; W, U []float64; V %sV; K int }", g.c.Name, g.c.Name)
	}
	g.open()
	g.makeVars()
	g.makeGenerics()
	g.makeRules()
	g.makeHelpers()
	g.makeEntry()
	g.functionals()
}

// spec is one parameter of an entry function.
type spec struct {
	name string
	t    typ
	of   bool // an output through memory
}

// entries are the signatures that entry functions have; all also take n int.
var entries = []struct {
	recv    typ
	method  bool
	structs bool
	singles bool
	complex bool
	maps    bool
	params  []spec
	results int
}{
	{params: []spec{{"x", tSlice, false}, {"y", tSlice, false}, {"p", tFloat, false}}, results: 1},
	{params: []spec{{"x", tSlice, false}, {"p", tFloat, false}}, results: 1},
	{params: []spec{{"x", tSlice, false}, {"out", tSlice, true}, {"p", tFloat, false}}},
	{params: []spec{{"rows", tRows, false}, {"p", tFloat, false}}, results: 1},
	{params: []spec{{"c", tArray, false}, {"x", tSlice, false}}, results: 2},
	{params: []spec{{"x", tSlice, true}, {"p", tFloat, false}, {"q", tFloat, false}}, results: 1},
	{params: []spec{{"x", tSingles, false}, {"p", tFloat, false}}, results: 1, singles: true},
	{params: []spec{{"z", tComplexes, false}, {"p", tFloat, false}}, results: 1, complex: true},
	{params: []spec{{"z", tComplexes, true}, {"c", tComplex, false}, {"x", tSlice, false}}, results: 1, complex: true},
	{params: []spec{{"m", tMap, false}, {"x", tSlice, false}, {"p", tFloat, false}}, results: 1, maps: true},
	{params: []spec{{"m", tMap, true}, {"x", tSlice, false}}, results: 1, maps: true},
	{params: []spec{{"m", tNames, true}, {"p", tFloat, false}}, maps: true},
	{params: []spec{{"m", tPlainMap, false}, {"p", tFloat, false}}, results: 1, maps: true, structs: true},
	{params: []spec{{"x", tSlice, false}, {"s", tDeepP, false}}, results: 1, structs: true},
	{params: []spec{{"ps", tPlains, false}, {"x", tSlice, false}}, results: 1, structs: true},
	{params: []spec{{"v", tPlain, false}, {"x", tSlice, false}, {"p", tFloat, false}}, results: 2, structs: true},
	{params: []spec{{"x", tSlice, false}, {"p", tFloat, false}}, results: 1, structs: true, method: true, recv: tDeepP},
	{params: []spec{{"x", tSlice, false}}, results: 1, structs: true, method: true, recv: tPlain},
}

func (g *gen) makeEntry() {
	e := entries[g.r.IntN(len(entries))]
	for e.structs && g.opts.NoStructs || e.singles && g.opts.NoFloat32 || e.complex && g.complexShare == 0 || e.maps && g.mapShare == 0 {
		e = entries[g.r.IntN(len(entries))]
	}
	g.fn = &function{entry: true, iters: 1}
	g.open()
	g.c.Float32 = g.c.Float32 || e.singles
	recv := ""
	if e.method {
		a := g.argumentOf(spec{"s", e.recv, false})
		g.c.Recv = &a
		recv = "(s " + a.Type + ") "
	}
	var params []string
	for _, p := range e.params {
		a := g.argumentOf(p)
		g.c.Args = append(g.c.Args, a)
		params = append(params, a.Name+" "+a.Type)
	}
	steps := g.in(0, 6)
	g.c.Args = append(g.c.Args, Arg{Name: "n", Type: "int", Lit: fmt.Sprint(steps)})
	g.param(&variable{name: "n", t: tInt, fixed: true, lo: 0, hi: 6})
	params = append(params, "n int")

	g.c.Results = e.results
	var results []string
	named := g.chance(40)
	for range e.results {
		name, text := "", "float64"
		if named {
			name = g.fresh("r")
			text = name + " float64"
			g.param(&variable{name: name, t: tFloat})
		}
		g.fn.results = append(g.fn.results, name)
		results = append(results, text)
	}
	g.directives()
	g.line("func %s%s(%s) (%s) {", recv, g.c.Name, strings.Join(params, ", "), strings.Join(results, ", "))
	g.budget = g.opts.Statements
	g.stmts(2)
	for g.budget > 0 {
		g.stmt()
	}
	g.finish()
	g.line("}")
}

// directives prints the requests for derivatives and notes them in the case.
func (g *gen) directives() {
	var wrt, of []string
	request := func(a *Arg, float bool) {
		if !float {
			return
		}
		byValue := a.Type == "float64" || a.Type == "complex128"
		if a.Of && g.chance(50) || byValue && g.chance(25) {
			return
		}
		a.Wrt = true
		wrt = append(wrt, a.Name)
	}
	if g.c.Recv != nil {
		request(g.c.Recv, true)
	}
	for i := range g.c.Args {
		a := &g.c.Args[i]
		request(a, a.Type != "int")
		if a.Of {
			of = append(of, a.Name)
		}
	}
	if len(wrt) == 0 {
		a := &g.c.Args[0]
		a.Wrt = true
		wrt = append(wrt, a.Name)
	}
	switch g.c.Results {
	case 0:
	case 1:
		of = append(of, "return")
	default:
		for i := range g.c.Results {
			of = append(of, fmt.Sprintf("return%d", i))
		}
	}
	g.line("")
	for _, what := range []string{"adjoint", "tangent"} {
		g.line("//cairn:%s wrt=%s of=%s", what, strings.Join(wrt, ","), strings.Join(of, ","))
	}
}

// finish prints the end of the entry function: results that depend on much.
func (g *gen) finish() {
	if len(g.fn.results) == 0 {
		g.mention(nil)
		g.close()
		return
	}
	total := g.fresh("total")
	g.line("%s := 0.0", total)
	g.declare(&variable{name: total, t: tFloat, read: true, fixed: true})
	for _, v := range slices.Concat(g.scopes[1].vars, g.scopes[0].vars) {
		switch v.t {
		case tSlice, tArray:
			i, w := g.fresh("i"), g.num(0.2, 1)
			g.line("for %s := range %s {", i, v.name)
			g.line("%s += math.Sin(%s[%s]) * (%s + 0.25*float64(%s))", total, v.name, i, w, i)
			g.line("}")
		case tFloat:
			if v.name != total {
				g.line("%s += %s * math.Tanh(%s)", total, g.num(0.2, 1), v.name)
			}
		case tComplexes:
			i := g.fresh("i")
			g.line("for %s, %s := range %s {", i, i+"z", v.name)
			g.line("%s += real(%sz*%s) - 0.25*float64(%s)*imag(%sz)", total, i, g.complexNum(), i, i)
			g.line("}")
		case tComplex:
			g.line("%s += real(%s * %s)", total, v.name, g.complexNum())
		case tPlain, tPlainP, tPlains, tDeep, tDeepP, tRows, tFloatP, tMap, tNames:
			for range 3 {
				g.line("%s += %s * math.Atan(%s)", total, g.num(0.2, 1), g.place(v))
			}
		}
	}
	g.mention(g.capture(func() {
		es := []string{total}
		for range len(g.fn.results) - 1 {
			es = append(es, fmt.Sprintf("%s + 0.5*%s*%s", g.expr(2), total, total))
		}
		g.line("return %s", strings.Join(es, ", "))
	}))
	g.close()
}

// argumentOf declares a parameter of the entry function and makes its value.
func (g *gen) argumentOf(p spec) Arg {
	v := &variable{name: p.name, t: p.t}
	lit := g.initial(v)
	g.param(v)
	return Arg{Name: p.name, Type: g.typeName(p.t, v.n), Lit: lit, Of: p.of}
}

// initial is a value for the variable v, whose lengths it sets.
func (g *gen) initial(v *variable) (lit string) {
	switch v.t {
	case tFloat:
		lit = g.value()
	case tInt:
		v.hi = g.in(2, 7)
		lit = fmt.Sprint(g.in(0, v.hi))
	case tComplex:
		lit = g.complexValue()
	case tMap, tNames, tPlainMap:
		lit = g.mapLit(v.t, g.value)
	case tSlice, tSingles, tPlains, tComplexes:
		v.n = g.in(2, 6)
		v.class = v.n
		elem := g.value
		if v.t == tComplexes {
			elem = g.complexValue
		}
		if v.t == tPlains {
			elem = g.plainLit
		}
		if v.t == tPlains {
			v.n = g.in(2, 3)
			v.class = v.n
		}
		lit = g.typeName(v.t, 0) + "{" + list(v.n, elem) + "}"
	case tRows:
		v.n, v.m = g.in(2, 3), g.in(2, 4)
		lit = "[][]float64{" + list(v.n, func() string { return "{" + list(v.m, g.value) + "}" }) + "}"
	case tArray:
		v.n, v.class = 3, 3
		lit = "[3]float64{" + list(3, g.value) + "}"
	case tPlain:
		lit = g.plainLit()
	case tDeepP:
		lit = fmt.Sprintf("&%sS{A: %s, W: []float64{%s}, U: []float64{%s}, V: %s, K: %d}", g.c.Name,
			g.value(), list(deepLen, g.value), list(deepLen, g.value), g.plainLit(), g.in(0, 3))
	}
	return lit
}

func (g *gen) plainLit() string {
	return fmt.Sprintf("%sV{A: %s, B: %s, C: [%d]float64{%s}, K: %d}", g.c.Name, g.value(), g.value(),
		plainLen, list(plainLen, g.value), g.in(0, 3))
}

// value is a float literal from -1.5 to 1.5.
func (g *gen) value() string { return g.num(-1.5, 1.5) }

// complexValue is a complex literal with parts from -1.5 to 1.5.
func (g *gen) complexValue() string { return g.value() + " + " + g.num(0.1, 1.5) + "i" }

func list(n int, elem func() string) string {
	var parts []string
	for range n {
		parts = append(parts, elem())
	}
	return strings.Join(parts, ", ")
}
