package compile

import (
	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/vector"
)

// vector makes the vector forms of the derivatives that a step made, if its directive
// asks for them. The derivatives are tidy already, so that each direction computes what
// they do, down to the signs of zeros.
func (u *unit) vector(s *step, prefix string, promised []string) ([]*ir.Func, diag.List) {
	if s.of.Vector == 0 {
		return nil, nil
	}
	roots := map[string]bool{}
	for _, name := range promised {
		roots[prefix+name] = true
	}
	fs, ds := vector.Transform(&vector.Request{Fset: u.pkg.Fset, Funcs: s.funcs, Roots: roots, Directions: s.of.Vector, Written: s.written})
	u.dump("vector", fs)
	return fs, ds
}
