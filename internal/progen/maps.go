package progen

import (
	"fmt"
	"strings"
)

// This file makes maps from passive keys to active values. Go goes through a map in any
// order, so the loops over maps that are printed give the same to the last bit in each:
// they change every element by itself, add up numbers that are rounded so that their sums
// are exact, or go over sorted keys.

func isMap(t typ) bool { return t == tMap || t == tNames || t == tPlainMap }

// pickMap returns a map in sight, or nil.
func (g *gen) pickMap() *variable { return g.pick(func(v *variable) bool { return isMap(v.t) }) }

// key is an expression for a key of the map v, which need not be there.
func (g *gen) key(v *variable) string {
	if v.t == tMap {
		return g.index(0, 4)
	}
	if g.chance(30) {
		return fmt.Sprintf(`"abcd"[%s:][:1]`, g.index(0, 4))
	}
	return g.one(`"a"`, `"b"`, `"c"`, `"d"`)
}

// entry is an element of the map v.
func (g *gen) entry(v *variable) string { return fmt.Sprintf("%s[%s]", v.name, g.key(v)) }

// element is an expression for an element of a map of type t.
func (g *gen) mapElement(t typ, number func() string) string {
	if t == tPlainMap {
		return fmt.Sprintf("{A: %s, C: [%d]float64{%s}}", number(), plainLen, number())
	}
	return number()
}

// mapLit is a map with some of the keys.
func (g *gen) mapLit(t typ, number func() string) string {
	var elems []string
	for k := range 4 {
		if !g.chance(55) {
			continue
		}
		key := fmt.Sprint(k)
		if t != tMap {
			key = fmt.Sprintf("%q", "abcd"[k:k+1])
		}
		elems = append(elems, key+": "+g.mapElement(t, number))
	}
	return g.typeName(t, 0) + "{" + strings.Join(elems, ", ") + "}"
}

// mapType is one of the types of maps.
func (g *gen) mapType() typ {
	kinds := []typ{tMap, tMap, tNames, tPlainMap}
	if g.opts.NoStructs {
		kinds = kinds[:3]
	}
	return kinds[g.r.IntN(len(kinds))]
}

// maps prints a statement with a map.
func (g *gen) maps() {
	v := g.pickMap()
	if v == nil || g.chance(10) {
		g.newMap()
		return
	}
	switch g.r.IntN(11) {
	case 0:
		g.mapHeader(v)
	case 1:
		g.line("delete(%s, %s)", v.name, g.key(v))
	case 2:
		g.commaOK(v)
	case 3:
		l := g.target()
		if l == "" {
			g.newMap()
			return
		}
		g.line("%s += 0.125 * float64(len(%s))", l, v.name)
	case 4, 5:
		g.eachEntry(v)
	case 6:
		g.sumOfMap(v)
	case 7:
		g.sortedKeys(v)
	default:
		g.setEntry(v)
	}
}

// newMap declares a map: a literal, or one that is made.
func (g *gen) newMap() {
	v := &variable{name: g.fresh("m"), t: g.mapType()}
	if g.chance(25) {
		g.line("%s := make(%s)", v.name, g.typeName(v.t, 0))
	} else {
		g.line("%s := %s", v.name, g.mapLit(v.t, func() string { return g.expr(1) }))
	}
	g.declare(v)
}

// mapHeader prints a second name for the map v, or gives it the value of another.
func (g *gen) mapHeader(v *variable) {
	w := g.pick(func(w *variable) bool { return w.t == v.t && w != v && !w.fixed })
	switch {
	case w != nil && g.chance(40):
		g.line("%s, %s = %s, %s", v.name, w.name, w.name, v.name)
	case w != nil && g.chance(30):
		g.line("%s = %s", w.name, v.name)
	case g.chance(30):
		g.line("%s = %s", v.name, g.mapLit(v.t, func() string { return g.expr(1) }))
	case g.chance(20):
		g.line("clear(%s)", v.name)
	default:
		u := g.fresh("m")
		g.line("%s := %s", u, v.name)
		g.declare(&variable{name: u, t: v.t})
	}
}

// setEntry prints an assignment to an element of the map v.
func (g *gen) setEntry(v *variable) {
	e := g.entry(v)
	if v.t == tPlainMap {
		name := g.fresh("s")
		g.line("%s := %s", name, e)
		g.declare(&variable{name: name, t: tPlain})
		g.line("%s = %s", g.inPlain(name), g.expr(1))
		g.line("%s.K++", name)
		g.line("%s = %s", g.entry(v), name)
		return
	}
	switch g.r.IntN(4) {
	case 0:
		g.line("%s += %s * math.Sin(%s)", e, g.num(0.1, 0.4), g.expr(1))
	case 1:
		g.line("%s *= 0.75 + 0.25*math.Cos(%s)", e, g.expr(1))
	case 2:
		g.line("%s, %s = %s, 0.5*%s", e, g.entry(v), g.expr(1), g.entry(v))
	default:
		g.line("%s = %s", e, g.expr(2))
	}
}

// commaOK asks whether a key is there.
func (g *gen) commaOK(v *variable) {
	name, ok := g.fresh("a"), g.fresh("ok")
	t := tFloat
	if v.t == tPlainMap {
		name, t = g.fresh("s"), tPlain
	}
	if g.chance(40) {
		g.line("%s, %s := %s", name, ok, g.entry(v))
		g.declare(&variable{name: name, t: t})
		g.declare(&variable{name: ok, t: tBool})
		return
	}
	g.line("if %s, %s := %s; %s {", name, ok, g.entry(v), g.one(ok, "!"+ok))
	g.scope(func() {
		g.declare(&variable{name: name, t: t})
		g.stmts(g.in(1, 2))
	})
	g.line("}")
}

// eachEntry prints a loop that changes every element by itself, or takes some out.
func (g *gen) eachEntry(v *variable) {
	k, e := g.fresh("k"), g.fresh("e")
	kv := &variable{name: k, t: tInt, fixed: true, read: true, hi: 3}
	value := &variable{name: e, t: tFloat, fixed: true, read: true}
	g.line("for %s, %s := range %s {", k, e, v.name)
	g.open()
	if v.t == tMap {
		g.declare(kv)
	}
	if v.t != tPlainMap {
		g.declare(value)
	}
	g.noMaps++
	if g.chance(25) {
		cond := g.one("a", "c", "d")
		cond = fmt.Sprintf("%s > %q", k, cond)
		if v.t == tMap {
			cond = fmt.Sprintf("%s%%%d == 0", k, g.in(2, 3))
		}
		g.line("if %s {", cond)
		g.line("delete(%s, %s)", v.name, k)
		g.line("continue")
		g.line("}")
	}
	if v.t == tPlainMap {
		g.line("%s.A = %s*%s.B + %s", e, g.num(0.2, 0.7), e, g.expr(1))
		g.line("%s.B *= %s.C[%s]", e, e, g.index(0, plainLen))
		g.line("%s[%s] = %s", v.name, k, e)
	} else {
		g.line("%s[%s] = %s*%s + %s*math.Sin(%s)", v.name, k, g.num(0.2, 0.7), e, g.num(0.1, 0.4), g.expr(1))
	}
	g.noMaps--
	g.close()
	g.line("}")
}

// sumOfMap prints a sum over a map. Adding 256 to a number of moderate size and taking it
// away leaves a multiple of 2^-44, and a sum of few of these is exact.
func (g *gen) sumOfMap(v *variable) {
	s, e := g.fresh("a"), g.fresh("e")
	g.line("%s := 0.0", s)
	g.declare(&variable{name: s, t: tFloat, read: true})
	field := ""
	if v.t == tPlainMap {
		field = ".A"
	}
	if g.chance(30) {
		k := g.fresh("k")
		g.line("for %s := range %s {", k, v.name)
		part := g.one("0.5", "0.25") // the same of both, or the sum would become too large to be exact
		g.line("%s += %s*(%s[%s]%s+256) - %[2]s*256", s, part, v.name, k, field)
	} else {
		g.line("for _, %s := range %s {", e, v.name)
		if g.chance(50) {
			g.line("%s *= %s", e+field, g.num(0.2, 0.7))
		}
		g.line("%s += %s%s + 256 - 256", s, e, field)
	}
	g.line("}")
}

// sortedKeys prints a loop over the keys in order.
func (g *gen) sortedKeys(v *variable) {
	if g.fn.iters*4 > maxIters {
		g.setEntry(v)
		return
	}
	keys, k := g.fresh("ks"), g.fresh("k")
	elem, sort := "int", "sort.Ints"
	kv := &variable{name: k, t: tInt, fixed: true, hi: 3}
	if v.t != tMap {
		elem, sort = "string", "sort.Strings"
	}
	g.line("var %s []%s", keys, elem)
	g.line("for %s := range %s {", k, v.name)
	g.line("%s = append(%s, %s)", keys, keys, k)
	g.line("}")
	g.line("%s(%s)", sort, keys)
	head := fmt.Sprintf("for _, %s := range %s", k, keys)
	if v.t == tMap {
		g.body(head, 4, []*variable{kv}, nil)
		return
	}
	g.body(head, 4, nil, func() {
		if v.t == tNames {
			g.line("%s[%s] *= %s", v.name, k, g.num(0.4, 0.8))
		} else {
			name := g.fresh("s")
			g.line("%s := %s[%s]", name, v.name, k)
			g.declare(&variable{name: name, t: tPlain})
		}
	})
}
