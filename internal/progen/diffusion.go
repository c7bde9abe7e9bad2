package progen

import (
	"fmt"
	"slices"
	"strings"
)

// diffusion prints a loop that gives each element of a field a linear sum of those around it in
// another one, times a factor. Mostly the factor is the same for all and nothing else happens in the
// loop, so that the adjoint of the factor can be summed by parts.
func (g *gen) diffusion() {
	n := g.in(3, 9)
	if g.fn.iters*n > maxIters {
		g.assign()
		return
	}
	from, other, to, i, factor := g.newField(n), g.newField(n), g.newField(n), g.fresh("i"), g.fresh("s")
	g.line("%s := %s * %s", factor, g.num(0.1, 0.4), g.atom())
	step := g.one("1", "1", "1", "1", "2")
	if g.chance(50) {
		g.line("for %[1]s := 1; %[1]s < len(%[2]s)-2; %[1]s += %[3]s {", i, from.name, step)
	} else {
		g.line("for %[1]s := len(%[2]s) - 3; %[1]s >= 1; %[1]s -= %[3]s {", i, from.name, step)
	}
	sum := ""
	if g.chance(30) { // an index with a name
		k, c := g.fresh("k"), g.in(-1, 2)
		g.line("%s := %s%+d", k, i, c)
		sum = g.around(from, other, to, k, -c, factor)
	} else {
		sum = g.around(from, other, to, i, 0, factor)
	}
	sum = "(" + sum + ")"
	if g.chance(30) {
		e := g.fresh("e")
		g.line("%s := %s", e, sum)
		if sum = e; g.chance(20) {
			g.read(to, e)
		}
	}
	g.line("%s[%s] %s %s", to.name, i, g.one("=", "=", "+=", "-="), fmt.Sprintf(g.one(
		"%[1]s * %[2]s", "%[2]s * %[1]s", "%[3]s[%[4]s] - %[1]s*0.5*%[2]s/2", "%[3]s[%[4]s]*0.3 + %[1]s*%[2]s", "%[1]s * %[3]s[%[4]s] * %[2]s",
	), factor, sum, from.name, i))
	g.line("}")
	for _, f := range []field{from, other, to} {
		f.finish(g)
	}
}

// around is a sum of three elements of from around the index i+c, and sometimes of others.
func (g *gen) around(from, other, to field, i string, c int, factor string) string {
	offsets := []int{-1, 0, 1}
	for g.chance(25) {
		offsets = append(offsets, g.in(-1, 2))
	}
	g.r.Shuffle(len(offsets), func(i, j int) { offsets[i], offsets[j] = offsets[j], offsets[i] })
	strange := g.chance(20) // an element of another field comes first, which must not be taken for one of from
	if strange {
		offsets = slices.Insert(offsets, 0, g.in(-1, 1))
	}
	var b strings.Builder
	for k, o := range offsets {
		if k > 0 {
			b.WriteString(g.one(" + ", " - "))
		}
		f := from
		switch {
		case strange && k == 0:
			f = other
		case g.chance(3):
			f = to
		}
		b.WriteString(g.one("", "", "2*", g.num(0.5, 1.5)+"*", factor+"*"))
		fmt.Fprintf(&b, "%s[%s%+d]", f.name, i, o+c)
	}
	return b.String()
}
