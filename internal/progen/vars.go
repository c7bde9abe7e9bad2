package progen

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// makeVars declares package-level variables, which helpers and the entry function read and
// write. They are in the outermost scope.
func (g *gen) makeVars() {
	if !g.global {
		return
	}
	for range g.in(1, 3) {
		types := []typ{tFloat, tFloat, tSlice, tSlice, tArray, tInt, tRows}
		if !g.opts.NoStructs {
			types = append(types, tPlain, tDeepP, tPlains)
		}
		if g.mapShare > 0 {
			types = append(types, tMap, tNames)
		}
		v := &variable{name: fmt.Sprintf("%sVar%d", g.c.Name, len(g.c.Vars)), t: types[g.r.IntN(len(types))]}
		lit := g.initial(v)
		g.param(v)
		g.c.Vars = append(g.c.Vars, Var{v.name, lit})
		g.touching = append(g.touching, v.name)
		g.line("var %s = %s", v.name, lit)
		g.line("")
	}
}

// touches reports whether the text mentions a package-level variable, or a helper that uses
// one.
func (g *gen) touches(text []string) bool {
	if len(g.touching) == 0 {
		return false
	}
	word := regexp.MustCompile(`\b(` + strings.Join(g.touching, "|") + `)\b`)
	return slices.ContainsFunc(text, word.MatchString)
}
