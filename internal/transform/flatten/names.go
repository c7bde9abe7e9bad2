package flatten

import (
	"go/types"
	"strconv"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// names hands out names of variables that mean nothing else in a function.
type names struct {
	taken map[string]bool
	last  map[string]int // by what was wanted, the last number behind it
}

func namesOf(pkg *types.Package, f *ir.Func) *names {
	n := &names{map[string]bool{}, map[string]int{}}
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			n.taken[v.Name] = true
		}
	}
	for _, p := range []*types.Package{pkg, f.Pkg} {
		for _, name := range p.Scope().Names() {
			n.taken[name] = true
		}
		for _, p := range p.Imports() {
			n.taken[p.Name()] = true
		}
	}
	for _, name := range types.Universe.Names() {
		n.taken[name] = true
	}
	for _, name := range []string{"st", "ad", "schedule", "math", "cmplx"} {
		n.taken[name] = true
	}
	return n
}

// another is take for a variable with that name elsewhere: of made names the number changes.
func (n *names) another(v *ir.Var) string {
	if v.Kind == ir.Temp && n.taken[v.Name] {
		return n.take(strings.TrimRight(v.Name, "0123456789"))
	}
	return n.take(v.Name)
}

// take returns want, or want with a number behind it if that is taken.
func (n *names) take(want string) string {
	got := want
	for n.taken[got] || got == "_" {
		n.last[want]++
		got = want + strconv.Itoa(n.last[want])
	}
	n.taken[got] = true
	return got
}
