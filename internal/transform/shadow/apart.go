package shadow

import (
	"go/constant"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A Pair is two arguments that must not share memory.
type Pair struct {
	A, B         *ir.Var
	RoomA, RoomB bool // nor the memory behind the length of slices
}

// Pairs makes pairs of two variables each.
func Pairs(list [][2]*ir.Var) []Pair {
	var out []Pair
	for _, p := range list {
		out = append(out, Pair{A: p[0], B: p[1]})
	}
	return out
}

// ApartChecks makes the run-time checks that the arguments of each pair do not
// share memory.
func ApartChecks(fn string, pairs []Pair) []ir.Stmt {
	var out []ir.Stmt
	for _, p := range pairs {
		a, b := ir.Expr(&ir.Ref{V: p.A}), ir.Expr(&ir.Ref{V: p.B})
		name := "ad.ApartSlices"
		switch {
		case flat(p.A.Type) && flat(p.B.Type):
			a, b = upTo(p.RoomA, a), upTo(p.RoomB, b)
		case p.RoomA || p.RoomB:
			name, a, b = "ad.ApartRoom", &ir.Addr{X: a}, &ir.Addr{X: b}
		default:
			name, a, b = "ad.Apart", &ir.Addr{X: a}, &ir.Addr{X: b}
		}
		out = append(out, &ir.Call{Name: name, Args: []ir.Expr{text(fn), text(p.A.Name), a, text(p.B.Name), b}})
	}
	return out
}

func text(s string) ir.Expr {
	return &ir.Const{Val: constant.MakeString(s), Typ: types.Typ[types.String]}
}

// upTo is the slice x, with room up to its capacity.
func upTo(room bool, x ir.Expr) ir.Expr {
	if !room {
		return x
	}
	return &ir.SliceOf{X: x, Hi: &ir.Cap{X: x}}
}

// flat reports whether t is a slice of elements without references.
func flat(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	return ok && !ir.HasRef(s.Elem())
}
