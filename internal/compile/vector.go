package compile

import (
	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
	"github.com/cairn-ad/cairn/internal/transform/vector"
)

// vector makes the vector forms of the derivatives that a step made, if its directive
// asks for them. The derivatives are tidy already, so that each direction computes what
// they do, down to the signs of zeros.
func (u *unit) vector(s *step, prog *ir.Program, prefix string, promised []string) ([]*ir.Func, diag.List) {
	if s.of.Vector == 0 {
		return nil, nil
	}
	if ds := scalarOnly(prog); len(ds) > 0 {
		return nil, ds
	}
	roots := map[string]bool{}
	for _, name := range promised {
		roots[prefix+name] = true
	}
	fs, ds := vector.Transform(&vector.Request{
		Fset: u.pkg.Fset, Funcs: s.funcs, Roots: roots, Directions: s.of.Vector, Written: s.written,
		Plain: u.opts.Without.Has(optim.Directions),
	})
	u.dump("vector", fs)
	return fs, ds
}

// scalarOnly refuses what has derivatives in one direction only.
func scalarOnly(prog *ir.Program) diag.List {
	var diags diag.List
	for _, f := range prog.Funcs {
		if f.Derivative != nil {
			diags.Add(prog.Fset, f.Derivative.Pos, "vector form of a call of "+base(f.Name), "the second derivatives that it needs are made for one direction", "leave out vector=")
			return diags
		}
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if l, ok := s.(*ir.For); ok && l.IsFixed() {
				diags.Add(prog.Fset, s.Pos(), "vector form of a loop to a fixed point", "its adjoint is iterated until it is accurate in one direction",
					"leave out vector=")
			}
		})
	}
	return diags
}
