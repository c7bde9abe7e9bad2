package shadow

import (
	"go/constant"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// ApartChecks makes the run-time checks that the arguments of each pair do not
// share memory.
func ApartChecks(fn string, pairs [][2]*ir.Var) []ir.Stmt {
	text := func(s string) ir.Expr {
		return &ir.Const{Val: constant.MakeString(s), Typ: types.Typ[types.String]}
	}
	var out []ir.Stmt
	for _, p := range pairs {
		a, b := ir.Expr(&ir.Ref{V: p[0]}), ir.Expr(&ir.Ref{V: p[1]})
		name := "ad.ApartSlices"
		if !flat(p[0].Type) || !flat(p[1].Type) {
			name, a, b = "ad.Apart", &ir.Addr{X: a}, &ir.Addr{X: b}
		}
		out = append(out, &ir.Call{Name: name, Args: []ir.Expr{text(fn), text(p[0].Name), a, text(p[1].Name), b}})
	}
	return out
}

// flat reports whether t is a slice of elements without references.
func flat(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	return ok && !ir.HasRef(s.Elem())
}
