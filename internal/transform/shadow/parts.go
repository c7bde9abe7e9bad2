package shadow

import (
	"github.com/cairn-ad/cairn/internal/ir"
)

// Parts is for a parameter or result of a root of which the directive names some fields only.
// The shadow of a parameter is the caller's as a whole; the lists name fields in it, as in
// "Flow.U".
type Parts struct {
	Param *ir.Var
	Apart [][]string // the first of each list shares no memory with the others in it
	// Independents, no outputs, that the function overwrites: the adjoints are added to what
	// the caller has there.
	Add []string
	// Neither independents nor outputs, but used inside: what the caller has there is kept
	// away from the derivative, whose adjoint puts it back and whose tangent overwrites it.
	Work []string
	// Places in a result that the directive does not name: their seeds do not count.
	Unseeded []ir.Expr
}

// PartsOf returns the entry for p in the list, or nil.
func PartsOf(list []*Parts, p *ir.Var) *Parts {
	for _, s := range list {
		if s.Param == p {
			return s
		}
	}
	return nil
}

// ApartParts makes the run-time checks of s for the function fn.
func (s *Parts) ApartParts(fn string) []ir.Stmt {
	var out []ir.Stmt
	for _, list := range s.Apart {
		args := []ir.Expr{text(fn), text(s.Param.Name), pointer(s.Param)}
		out = append(out, &ir.Call{Name: "ad.ApartParts", Args: append(args, texts(list)...)})
	}
	return out
}

// On is the argument list of a run-time call for fields of what b, a shadow, leads to.
func On(b *ir.Var, fields []string) []ir.Expr {
	return append([]ir.Expr{pointer(b)}, texts(fields)...)
}

// pointer is v itself if it is a pointer, else its address.
func pointer(v *ir.Var) ir.Expr {
	if ir.IsRef(v.Type) {
		return &ir.Ref{V: v}
	}
	return &ir.Addr{X: &ir.Ref{V: v}}
}

func texts(list []string) []ir.Expr {
	var out []ir.Expr
	for _, s := range list {
		out = append(out, text(s))
	}
	return out
}
