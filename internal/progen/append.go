package progen

import "fmt"

// appends prints an append to a slice of floats: to new memory, in the memory of another
// slice, over elements of its own, or element by element. Whether the memory is new does
// not hang on how much room an append leaves, which the language does not lay down.
func (g *gen) appends() {
	x := g.pickType(tSlice)
	if x == nil || g.chance(20) {
		g.gather()
		return
	}
	switch g.r.IntN(5) {
	case 0:
		u := g.fresh("u")
		g.line("%s := append([]float64(nil), %s...)", u, x.name)
		g.declare(&variable{name: u, t: tSlice, n: x.n, class: x.class})
	case 1, 2:
		if x.n < 2 {
			g.gather()
			return
		}
		u, k := g.fresh("u"), g.in(1, x.n-1)
		room, more := "", ""
		if g.chance(50) {
			room = fmt.Sprintf(":%d", k)
		}
		v := &variable{name: u, t: tSlice, n: k + 1}
		if room != "" && g.chance(40) {
			more = ", " + g.expr(1)
			v.n++
		}
		v.class = v.n
		g.line("%s := append(%s[:%d%s], %s%s)", u, x.name, k, room, g.expr(1), more)
		g.declare(v)
	default:
		g.appendAgain(x)
	}
}

// appendAgain gives x a value of the same length by append.
func (g *gen) appendAgain(x *variable) {
	if x.fixed || x.n < 2 {
		g.gather()
		return
	}
	switch g.r.IntN(4) {
	case 0:
		g.line("%s = append(%s[:len(%s)-1], %s)", x.name, x.name, x.name, g.expr(1))
	case 1:
		g.line("%s = append(%s[1:len(%s):len(%s)], %s)", x.name, x.name, x.name, x.name, g.expr(1))
	case 2:
		g.line("%s = append(append(%s[:0], %s[1:]...), %s)", x.name, x.name, x.name, g.expr(1))
	default:
		g.line("%s = append(append([]float64{%s}, %s[2:]...), %s[0])", x.name, g.expr(1), x.name, x.name)
	}
}

// gather prints a loop that builds a slice element by element.
func (g *gen) gather() {
	h, i := g.fresh("h"), g.fresh("i")
	n := g.in(2, 4)
	g.line("var %s []float64", h)
	g.line("for %s := range %d {", i, n)
	g.line("%s = append(%s, %s + 0.125*float64(%s))", h, h, g.expr(1), i)
	if g.chance(50) {
		g.line("%s[0] *= 0.75", h)
	}
	g.line("}")
	g.declare(&variable{name: h, t: tSlice, n: n, class: n})
}
