package progen

import "fmt"

// A field is a slice that the rest of the program does not touch, so that what is recorded of it
// depends on the one loop that works on it.
type field struct{ name, sum string }

// newField prints a field of n elements, which depend on what the program has, and a sum.
func (g *gen) newField(n int) field {
	f := field{g.fresh("f"), g.fresh("a")}
	j := g.fresh("j")
	g.line("%s := make([]float64, %d)", f.name, n)
	g.line("for %s := range %s {", j, f.name)
	g.line("%s[%s] = %s + %s*float64(%s)*%s", f.name, j, g.num(0.2, 0.9), g.num(0.1, 0.3), j, g.atom())
	g.line("}")
	g.line("%s := %s", f.sum, g.num(0.5, 1))
	return f
}

// finish adds what the field is in the end to its sum, which others may read from then on.
func (f field) finish(g *gen) {
	j := g.fresh("j")
	g.line("for %s := range %s {", j, f.name)
	g.line("%s += %s * %s[%s]", f.sum, g.num(0.1, 0.3), f.name, j)
	g.line("}")
	g.declare(&variable{name: f.sum, t: tFloat})
}

// read and write print what an iteration does with an element.
func (g *gen) read(f field, e string) {
	g.line("%s += %s * %s * %s", f.sum, g.num(0.1, 0.4), e, e)
}

func (g *gen) write(f field, e string) {
	g.line("%s %s %s * %s", e, g.one("=", "=", "=", "=", "+=", "*="), g.num(0.1, 0.4), f.sum)
}

// elements prints a loop that reads and overwrites elements at some distance from the counter.
func (g *gen) elements() {
	const span = 3
	n := g.in(span+1, 9)
	if g.fn.iters*n > maxIters {
		g.assign()
		return
	}
	f, i, step := g.newField(n), g.fresh("i"), g.in(1, 3)
	if g.chance(50) {
		g.line("for %s := 0; %s < %d; %s += %d {", i, i, n-span, i, step)
	} else {
		g.line("for %s := %d; %s >= 0; %s -= %d {", i, n-span-1, i, i, step)
	}
	g.few(f, func() string { return fmt.Sprintf("%s[%s+%d]", f.name, i, g.in(0, span)) })
	g.line("}")
	f.finish(g)
}

// few prints reads and writes, one or two of each, in any order. Mostly they are all at one place
// and at another one: what is read where it is written is recorded anyway.
func (g *gen) few(f field, place func() string) {
	from, to := place(), place()
	at := func(fixed string) string {
		if g.chance(20) {
			return place()
		}
		return fixed
	}
	var all []func()
	for range g.in(1, 2) {
		all = append(all, func() { g.read(f, at(from)) })
	}
	for range g.in(1, 2) {
		all = append(all, func() { g.write(f, at(to)) })
	}
	g.r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, print := range all {
		print()
	}
}

// shares prints a loop of which each iteration has a part of a slice and writes to it, before its end
// or behind it, or to the whole slice.
func (g *gen) shares() {
	d, parts := g.in(2, 3), g.in(2, 4)
	if g.fn.iters*d*parts > maxIters {
		g.assign()
		return
	}
	f, k, q := g.newField(d*(parts+1)), g.fresh("k"), g.fresh("q")
	g.line(g.one("for %[1]s := range %[2]d {", "for %[1]s := %[2]d - 1; %[1]s >= 0; %[1]s-- {", "for %[1]s := 0; %[1]s < %[2]d; %[1]s += 2 {"), k, parts)
	lo, hi := fmt.Sprintf("%s*%d", k, d), fmt.Sprintf("(%s+1)*%d", k, d)
	last := d - 1
	switch g.r.IntN(6) {
	case 0:
		hi, last = hi+"+1", d
	case 1:
		last = 2*d - 1
		hi = fmt.Sprintf("(%s+2)*%d", k, d)
	case 2:
		lo = fmt.Sprintf("%s*%d", k, d-1)
	}
	g.line("%s := %s[%s : %s]", q, f.name, lo, hi)
	part := g.fresh("p")
	g.line("%s := %s[1:]", part, q)
	g.few(f, func() string {
		switch g.r.IntN(8) {
		case 0:
			return fmt.Sprintf("%s[:%d][%d]", q, d+1, d)
		case 1:
			return fmt.Sprintf("%s[%s+%d]", f.name, k, g.in(0, d))
		case 2:
			return fmt.Sprintf("%s[%d]", part, g.in(0, d-2))
		case 3:
			return fmt.Sprintf("%s[%s%%%d]", q, k, d)
		}
		return fmt.Sprintf("%s[%d]", q, g.in(0, last))
	})
	g.line("_ = %s", part)
	g.line("}")
	f.finish(g)
}
