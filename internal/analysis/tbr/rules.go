package tbr

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// looksAt reports whether the adjoint of f, which f reads l for, looks at it: one by hand
// may do without the floats behind some parameters.
func (in *Info) looksAt(f *ir.Func, l alias.Loc) bool {
	if f.Rule == nil || f.Rule.Reads == nil || !ir.IsFloat(in.mem.TypeAt(l)) {
		return true
	}
	for i, p := range f.Inputs() {
		if !f.Rule.Reads[i] {
			continue
		}
		for _, to := range in.mem.Refs(&ir.Ref{V: p}) {
			if in.mem.OverlapAny(alias.Set{l: true}, in.eff.Reach(to)) {
				return true
			}
		}
	}
	return false
}

// onlyFloats returns the floats in a set.
func (in *Info) onlyFloats(s alias.Set) alias.Set {
	out := alias.Set{}
	for l := range s {
		if slices.ContainsFunc(alias.Leaves(in.mem.TypeAt(l)), func(leaf alias.Leaf) bool { return ir.IsFloat(leaf.Type) }) {
			out[l] = true
		}
	}
	return out
}
