package selection

import (
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/rule"
)

// An update is a statement of a loop that selects: it gives values to variables from before the
// loop, which nothing else in the loop changes.
type update struct {
	s        *ir.Assign
	path     []ir.Stmt // what runs before it in an iteration, on the way to it
	guarded  int       // from which statement of the path on a condition decides whether it runs
	last     bool      // the loop ends with it
	selected []selected
	best     *ir.Math // of m = max(m, x) and the like, else nil
	other    int      // which argument of best is x
}

// selected is a variable with the value that it gets.
type selected struct {
	v *ir.Var
	x ir.Expr
}

// updates finds the statements of l that may select, by their form.
func updates(l *ir.For) []*update {
	if l.Checkpoint != nil || l.Go {
		return nil
	}
	if c := recompute.Shape(l); c == nil || !types.Identical(c.Index.Type, types.Typ[types.Int]) {
		return nil
	}
	f := &finder{stop: l.Stop}
	f.block(l.Body, nil, -1)
	return slices.DeleteFunc(f.found, func(u *update) bool {
		u.selected = slices.DeleteFunc(u.selected, func(s selected) bool { return !onlyAsked(l, u, s.v) })
		return len(u.selected) == 0
	})
}

// finder finds assignments that are a maximum or minimum, or that a condition guards, but not those in loops
// within the loop.
type finder struct {
	stop  *ir.Var // ends the loop, if not nil
	found []*update
}

// block looks through b. The path leads to it; a condition guards its statements from guarded on, or
// none if that is below 0.
func (f *finder) block(b *ir.Block, path []ir.Stmt, guarded int) {
	for _, s := range b.Stmts {
		switch s := s.(type) {
		case *ir.Assign:
			if u := updateOf(s, guarded >= 0); u != nil {
				u.path, u.guarded, u.last = slices.Clone(path), guarded, f.ends(b)
				f.found = append(f.found, u)
			}
		case *ir.Block:
			f.block(s, path, guarded)
		case *ir.If:
			from := guarded
			if from < 0 {
				from = len(path)
			}
			for _, branch := range ir.Blocks(s) {
				f.block(branch, path, from)
			}
		}
		path = append(path, s)
	}
}

// ends reports whether a statement of b ends the loop.
func (f *finder) ends(b *ir.Block) bool {
	return f.stop != nil && slices.ContainsFunc(b.Stmts, func(s ir.Stmt) bool {
		a, ok := s.(*ir.Assign)
		return ok && slices.ContainsFunc(a.L, func(l ir.Expr) bool { return l != nil && ir.Mentions(l, f.stop) })
	})
}

// updateOf returns the update that s may be, with all numbers that it gives a value to; nil for
// other statements.
func updateOf(s *ir.Assign, guarded bool) *update {
	if s.Define {
		return nil
	}
	u := &update{s: s}
	for i, place := range s.L {
		r, ok := place.(*ir.Ref)
		if !ok || !ir.IsFloat(r.V.Type) {
			continue
		}
		if m, other := compared(r.V, s.R[i]); m != nil && len(s.L) == 1 {
			u.best, u.other, u.selected = m, other, []selected{{r.V, m.Args[other]}}
			return u
		}
		u.selected = append(u.selected, selected{r.V, s.R[i]})
	}
	if !guarded || len(u.selected) == 0 {
		return nil
	}
	return u
}

// compared returns e if it is the greater or lesser of v and another number, and which of its arguments
// that number is.
func compared(v *ir.Var, e ir.Expr) (m *ir.Math, other int) {
	m, ok := e.(*ir.Math)
	if !ok {
		return nil, 0
	}
	if r := rule.Lookup(m.Fn); r == nil || r.Select == "" {
		return nil, 0
	}
	for i, a := range m.Args {
		if r, ok := a.(*ir.Ref); ok && r.V == v {
			return m, 1 - i
		}
	}
	return nil, 0
}

// onlyAsked reports whether v is a variable from before l, with which l does nothing but to give it
// values by the update u and to ask about it in conditions.
func onlyAsked(l *ir.For, u *update, v *ir.Var) bool {
	only := true
	for i, place := range u.s.L {
		own := false
		if r, ok := place.(*ir.Ref); ok {
			own = r.V == v
		}
		only = only && (own || place == nil || !ir.Mentions(place, v)) && (own && u.best != nil || !ir.Mentions(u.s.R[i], v))
	}
	ir.WalkStmt(l, func(s ir.Stmt) {
		if s == ir.Stmt(u.s) {
			return
		}
		if d, ok := s.(*ir.Decl); ok && d.V == v {
			only = false
		}
		reads, places := ir.Exprs(s)
		for _, x := range slices.Concat(reads, places) {
			only = only && (ir.IsBool(x.Type()) || !ir.Mentions(x, v))
		}
	})
	return only
}
