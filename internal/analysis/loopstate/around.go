package loopstate

import "github.com/cairn-ad/cairn/internal/ir"

// Around lists the variables of f that the loop mentions and that are declared outside it.
func Around(f *ir.Func, l *ir.For) []*ir.Var {
	inside := map[*ir.Var]bool{}
	mentioned := map[*ir.Var]bool{}
	note := func(es []ir.Expr) {
		for _, e := range es {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				if r, ok := e.(*ir.Ref); ok {
					mentioned[r.V] = true
				}
				return true
			})
		}
	}
	ir.WalkStmt(l, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		note(reads)
		note(places)
		for _, v := range ir.Defined(s) {
			inside[v] = true
		}
		if l, ok := s.(*ir.For); ok && l.Stop != nil {
			mentioned[l.Stop] = true
		}
	})
	var out []*ir.Var
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			if mentioned[v] && !inside[v] {
				out = append(out, v)
			}
		}
	}
	return out
}

// Overwritten returns components of the variables around l that together hold all that
// the loop may write.
func (in *Info) Overwritten(f *ir.Func, l *ir.For) []Variable {
	var places []ir.Expr
	for _, v := range Around(f, l) {
		places = append(places, &ir.Ref{V: v})
	}
	return in.Covering(places, in.eff.Writes(l))
}

// KeepsRoom reports whether some of the functions appends to slices, so that a copy of
// what they write has to reach to the capacity.
func (in *Info) KeepsRoom(funcs []*ir.Func) bool { return len(in.eff.Room(funcs)) > 0 }
