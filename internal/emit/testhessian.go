package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// hessian writes the field for the tangent of the adjoint: each argument with its tangent,
// its adjoint and the tangent of that, then each seed with its tangent.
func (w *testWriter) hessian(g Group) error {
	meant := func(v *ir.Var, lists ...[]Place) bool {
		return slices.ContainsFunc(slices.Concat(lists...), func(p Place) bool { return p.Var == v })
	}
	var args, left []string
	for _, v := range w.root.Inputs() {
		field, to := w.fields[v], "&"
		if ir.IsRef(v.Type) {
			to = ""
		}
		args = append(args, "a."+field)
		if meant(v, g.Wrt, g.Of) {
			args = append(args, "d."+field, to+"b."+field, to+"bd."+field)
		}
	}
	for _, r := range w.root.Results {
		value := w.values[r]
		left = append(left, "r."+value)
		if meant(r, g.Of) {
			left = append(left, "rd."+value)
			args = append(args, "rb."+value, "rbd."+value)
		}
	}
	if len(args) != len(g.Hessian.Inputs()) || len(left) != len(g.Hessian.Results) {
		return fmt.Errorf("emit: no test for %s: %s has other parameters", w.root.Name, g.Hessian.Name)
	}
	call := w.function(g.Hessian, &args) + "(" + strings.Join(args, ", ") + ")"
	if len(left) > 0 {
		call = strings.Join(left, ", ") + " = " + call
	}
	w.linef("Hessian: func(a, d, b, bd *A, rb, rbd *R) (r, rd R) {\n%s\nreturn r, rd\n},", call)
	return nil
}
