package tbr

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// In s, r = r, g-s-r the old value of r is that of s afterwards. If the old value of s is recorded
// anyway, that of r need not be: the reverse sweep takes it from s before it takes back that of s.

// shift looks at the left side i of a, whose old value is needed.
func (in *Info) shift(a *ir.Assign, i int) {
	if !in.shifts || in.moved[a] != nil && in.moved[a][i] != nil {
		return
	}
	v, ok := a.L[i].(*ir.Ref)
	if !ok || ir.HasRef(v.V.Type) {
		return
	}
	for j, r := range a.R {
		from, plain := r.(*ir.Ref)
		to, variable := a.L[j].(*ir.Ref)
		if j == i || !plain || !variable || from.V != v.V || !in.Saves(a, j) || !types.Identical(to.V.Type, v.V.Type) {
			continue
		}
		if in.moved[a] == nil {
			in.moved[a] = make([]*ir.Var, len(a.L))
		}
		in.moved[a][i] = to.V
		in.changed = true
		return
	}
}

// shifted needs what the old values that are not recorded will be taken from.
func (in *Info) shifted(a *ir.Assign, s *state) {
	for _, v := range in.moved[a] {
		if v != nil {
			in.need(s, []ir.Expr{&ir.Ref{V: v}})
		}
	}
}

// Moved returns the variable that has, after the assignment s, the old value of its left side i,
// which is then not recorded; nil if there is none.
func (in *Info) Moved(s ir.Stmt, i int) *ir.Var {
	if i < len(in.moved[s]) {
		return in.moved[s][i]
	}
	return nil
}
