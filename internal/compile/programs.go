package compile

import (
	"cmp"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A place finds the functions of one program, which does not change any more, without a
// walk over all of them for each directive.
type place struct {
	of map[types.Object]*ir.Func
	at map[*ir.Func]int
}

func newPlace(prog *ir.Program) *place {
	p := &place{of: map[types.Object]*ir.Func{}, at: map[*ir.Func]int{}}
	for i, f := range prog.Funcs {
		p.at[f] = i
		if f.Obj != nil && f.Rule == nil && p.of[f.Obj] == nil {
			p.of[f.Obj] = f
		}
	}
	return p
}

// place returns that of prog.
func (u *unit) place(prog *ir.Program) *place {
	if u.places == nil {
		u.places = map[*ir.Program]*place{}
	}
	p := u.places[prog]
	if p == nil {
		p = newPlace(prog)
		u.places[prog] = p
	}
	return p
}

// funcOf returns the function of prog that obj is, or nil.
func (u *unit) funcOf(prog *ir.Program, obj types.Object) *ir.Func { return u.place(prog).of[obj] }

// reachable is the part of prog that f needs.
func (u *unit) reachable(prog *ir.Program, f *ir.Func) *ir.Program {
	return u.place(prog).reachable(prog, f)
}

// reachable is the part of prog that f needs.
func reachable(prog *ir.Program, f *ir.Func) *ir.Program { return newPlace(prog).reachable(prog, f) }

func (p *place) reachable(prog *ir.Program, f *ir.Func) *ir.Program {
	out := &ir.Program{Fset: prog.Fset, Pkg: prog.Pkg, Revealed: prog.Revealed}
	for g := range flow.Reach([]*ir.Func{f}, ir.Callees) {
		if _, ok := p.at[g]; ok {
			out.Funcs = append(out.Funcs, g)
		}
	}
	slices.SortFunc(out.Funcs, func(a, b *ir.Func) int { return cmp.Compare(p.at[a], p.at[b]) })
	return out
}
