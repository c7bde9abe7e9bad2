package progen

import (
	"fmt"
	"strings"
)

// maxDepth is how deep the calls of a recursive helper nest at most. It calls
// itself, or its partner, twice at most, so its body runs fewer than spread times
// for most of the depths that are drawn.
const (
	maxDepth = 3
	spread   = 8
)

// makeRecursive prints a helper of the shape h that calls itself, or two that call
// each other. Their last parameter, an int, counts down.
func (g *gen) makeRecursive(h helper) {
	h.depth = true
	h.name = g.helperName(1)
	if g.chance(60) {
		g.fill(h, h)
		return
	}
	partner := h
	partner.name = g.helperName(2)
	g.fill(h, partner)
	g.fill(partner, h, partner)
	if one, other := &g.helpers[len(g.helpers)-2], &g.helpers[len(g.helpers)-1]; one.pure != other.pure {
		one.pure, other.pure = false, false
	}
}

// recurse prints calls of the given helpers, which are made while the depth d is
// above zero.
func (g *gen) recurse(d string, helpers []helper) {
	cond := d + " > 0"
	half := "" // a slice of which a part is passed on
	for _, v := range g.top().vars {
		if v.t == tSlice && v.read && g.chance(40) {
			half = v.name
			cond += fmt.Sprintf(" && len(%s) > 3", half)
			break
		}
	}
	calls := func() {
		for range g.in(1, 2) {
			h := helpers[g.r.IntN(len(helpers))]
			g.callTo(&h, d+"-1", half)
			g.stmts(g.in(0, 2))
		}
	}
	if g.chance(50) {
		g.line("if %s {", cond)
		g.scope(calls)
		g.line("}")
		return
	}
	g.line("if !(%s) {", cond)
	g.scope(g.returnStmt)
	g.line("}")
	calls()
}

// halve replaces the whole slice x by one of its halves.
func (g *gen) halve(args []string, x string) {
	for i, a := range args {
		if a == x && x != "" {
			args[i] = fmt.Sprintf(g.one("%s[:len(%s)/2]", "%s[len(%s)/2:]"), x, x)
		}
	}
}

// depthOf is the text of the last argument of a recursive helper, for a call from
// outside.
func (g *gen) depthOf() string { return fmt.Sprint(g.in(0, maxDepth)) }

// helperName is the name of the next helper, or of the one after it.
func (g *gen) helperName(next int) string {
	return fmt.Sprintf("%sH%d", g.c.Name, len(g.helpers)+next)
}

// join joins arguments and, for a recursive helper, the depth.
func (h *helper) join(args []string, depth string) string {
	if h.depth {
		args = append(args, depth)
	}
	return strings.Join(args, ", ")
}
