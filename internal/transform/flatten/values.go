package flatten

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/rule"
)

// values gives variables to the values of functions that are dear and whose derivatives
// follow from their values, such as an exponential in the middle of a formula. Like every
// variable it can be recorded for the reverse sweep, which then does not call the function.
func values(pkg *types.Package, f *ir.Func) {
	v := &valuer{ir.Maker{F: f, Pkgs: []*types.Package{pkg, f.Pkg}}}
	v.block(f.Body)
}

type valuer struct{ made ir.Maker }

func (v *valuer) block(b *ir.Block) {
	var out []ir.Stmt
	for _, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			v.block(inner)
		}
		if a, ok := s.(*ir.Assign); ok {
			out = append(out, v.before(a)...)
		}
		out = append(out, s)
	}
	b.Stmts = out
}

// before takes the calls out of the right sides of a and returns the statements that make
// their values, to stand before it. A call that is a whole definition has its variable.
func (v *valuer) before(a *ir.Assign) []ir.Stmt {
	var out []ir.Stmt
	for i, r := range a.R {
		if _, call := r.(*ir.Math); call && a.Define {
			continue
		}
		a.R[i] = v.without(r, a, &out)
	}
	return out
}

// without returns e with variables in the place of calls, inner ones first.
func (v *valuer) without(e ir.Expr, a *ir.Assign, out *[]ir.Stmt) ir.Expr {
	return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		m, ok := e.(*ir.Math)
		if !ok || !worthValue(m) {
			return nil
		}
		c := *m
		c.Args = make([]ir.Expr, len(m.Args))
		for i, arg := range m.Args {
			c.Args[i] = v.without(arg, a, out)
		}
		t := v.made.Var("t", m.Typ)
		d := ir.Define(t, &c)
		d.At = a.At
		*out = append(*out, d)
		return &ir.Ref{V: t}
	})
}

// worthValue reports whether m is dear, and its derivative follows from its value.
func worthValue(m *ir.Math) bool {
	r := rule.Lookup(m.Fn)
	if r == nil || r.Cheap || !ir.IsFloat(m.Typ) {
		return false
	}
	for i := range r.Partials {
		if r.UsesResult(i) {
			return true
		}
	}
	return false
}
