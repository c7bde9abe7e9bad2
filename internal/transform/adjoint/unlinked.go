package adjoint

import (
	"sort"
	"strings"

	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A function that gives slices or pointers in its arguments other values may have written
// before to memory that its arguments then no longer lead to. Its caller may still have that
// memory, and finds in it what the function left there.

// unlinked saves, after the forward sweep, the memory that the parameters led to on entry,
// in addition to that to which final has been applied, and puts it back at the end: then
// final has to be applied once more.
func (g *generator) unlinked(final []ir.Stmt) (entry, keep, giveBack []ir.Stmt) {
	var params []*ir.Var
	if g.sig.root != nil && g.t.loses(g.f) {
		for _, p := range g.f.Inputs() {
			if ir.HasRef(p.Type) && g.t.movesWithin(g.f, p) && g.t.written(g.f, p) {
				params = append(params, p)
			}
		}
	}
	if len(params) == 0 {
		return nil, nil, nil
	}
	links, old := g.sh.Temp("links", snapshotType), g.sh.Temp("old", snapshotType)
	fresh := func(v *ir.Var) ir.Stmt {
		return &ir.Call{L: []ir.Expr{&ir.Ref{V: v}}, Define: true, Name: "ad.NewSnapshot"}
	}
	entry = append(entry, fresh(links))
	keep = append(keep, fresh(old))
	for _, p := range params {
		entry = append(entry, on(links, "SaveHeaders", &ir.Ref{V: p}))
		keep = append(keep, on(links, "RestoreHeaders", &ir.Ref{V: p}))
	}
	for _, p := range params {
		keep = append(keep, on(old, "Save", &ir.Ref{V: p}))
		giveBack = append(giveBack, on(old, "Restore", &ir.Ref{V: p}))
	}
	keep = append(keep, &ir.Call{Name: "Release", On: links})
	keep = append(keep, final...)
	return entry, keep, append(giveBack, &ir.Call{Name: "Release", On: old})
}

// loses reports whether f, or a function that it calls, may store a slice, pointer or map
// in memory other than by letting some of them change places.
func (t *transform) loses(f *ir.Func) bool {
	found := false
	text := func(es []ir.Expr) string {
		var out []string
		for _, e := range es {
			out = append(out, ir.Format(e))
		}
		sort.Strings(out)
		return strings.Join(out, ";")
	}
	look := func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Assign:
			var l, r []ir.Expr
			for i, e := range s.L {
				if e == nil || !ir.HasRef(e.Type()) {
					continue
				}
				if _, variable := e.(*ir.Ref); !variable {
					l, r = append(l, e), append(r, s.R[i])
				}
			}
			found = found || text(l) != text(r)
		case *ir.Call:
			for _, e := range s.L {
				if e != nil && ir.HasRef(e.Type()) {
					_, variable := e.(*ir.Ref)
					found = found || !variable
				}
			}
		case *ir.Copy:
			found = found || ir.HasRef((&ir.Index{X: s.Dst, I: ir.Int(0)}).Type())
		}
	}
	ir.WalkStmts(f.Body, look)
	for g := range flow.Reach([]*ir.Func{f}, ir.Callees) {
		ir.WalkStmts(g.Body, look)
	}
	return found
}
