package flatten

import (
	"go/types"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// names hands out names of variables that mean nothing else in a function.
type names map[string]bool

func namesOf(pkg *types.Package, f *ir.Func) names {
	n := names{}
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			n[v.Name] = true
		}
	}
	for _, p := range []*types.Package{pkg, f.Pkg} {
		for _, name := range p.Scope().Names() {
			n[name] = true
		}
		for _, p := range p.Imports() {
			n[p.Name()] = true
		}
	}
	for _, name := range types.Universe.Names() {
		n[name] = true
	}
	for _, name := range []string{"st", "ad", "schedule", "math", "cmplx"} {
		n[name] = true
	}
	return n
}

// another is take for a variable with that name elsewhere: of made names the number changes.
func (n names) another(v *ir.Var) string {
	if v.Kind == ir.Temp && n[v.Name] {
		return n.take(strings.TrimRight(v.Name, "0123456789"))
	}
	return n.take(v.Name)
}

// take returns want, or want with a number behind it if that is taken.
func (n names) take(want string) string {
	got := want
	for i := 1; n[got] || want == "_"; i++ {
		got = want + strconv.Itoa(i)
		if !n[got] {
			break
		}
	}
	n[got] = true
	return got
}
