// Package lifetime tells how long slices are in use that functions make.
//
// In: a program with its alias analysis and effects. Out: the memory that others may have after a
// run of a function, and the places of make with what the code around them says of how often they
// run.
package lifetime

import (
	"go/constant"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
)

// Outliving returns the memory that others may have when a run of f has ended: what its inputs and
// the given results lead to, package variables, maps, and what functions have got whose source is
// not known.
func Outliving(mem *alias.Info, eff *effects.Info, f *ir.Func, results []*ir.Var) map[*alias.Object]bool {
	out := map[*alias.Object]bool{}
	add := func(start alias.Set) {
		for l := range eff.Reach(start) {
			out[l.Obj] = true
		}
	}
	value := func(e ir.Expr) {
		for _, s := range mem.Refs(e) {
			add(s)
		}
	}
	for _, list := range [][]*ir.Var{f.Inputs(), results} {
		for _, v := range list {
			value(&ir.Ref{V: v})
		}
	}
	for g := range flow.Reach([]*ir.Func{f}, ir.Callees) {
		ir.WalkStmts(g.Body, func(s ir.Stmt) {
			switch s := s.(type) {
			case *ir.Call:
				if s.Fn == nil && s.Name != "clear" || s.Fn != nil && (s.Fn.Rule != nil || s.Fn.Derivative != nil) {
					for _, a := range s.Args {
						value(a)
					}
				}
			case *ir.Panic:
				value(s.X)
			}
		})
	}
	add(mem.Lasting())
	return out
}

// A Site is an assignment of a new slice.
type Site struct {
	In *ir.Block
	To *ir.Assign
	I  int // of the place and the make in To

	once bool    // it runs at most once in what was looked at
	loop *ir.For // around it, which runs at most once
	each *ir.Var // its counter, for each value of which the site runs at most once; nil for none
}

// Place is what the slice is assigned to.
func (s Site) Place() ir.Expr { return s.To.L[s.I] }

// Make is what makes it.
func (s Site) Make() *ir.Make { return s.To.R[s.I].(*ir.Make) }

// Single reports whether no more of what is made here is in use at a time than there are variables,
// or elements of another slice, to hold it; and whether Go would not put it on its own stack, which costs less.
func (s Site) Single() bool { return s.once && !small(s.Make()) || s.each != nil && s.element() }

// Sites returns where b, which runs at most once if once is true, makes slices.
func Sites(b *ir.Block, once bool) []Site {
	var out []Site
	sites(b, Site{once: once}, &out)
	return out
}

// sites adds those of b; at tells of all of them how often they run.
func sites(b *ir.Block, at Site, out *[]Site) {
	for _, s := range b.Stmts {
		switch s := s.(type) {
		case *ir.Assign:
			for i, l := range s.L {
				if m, ok := s.R[i].(*ir.Make); ok && l != nil && m.In == nil && !ir.IsMap(m.Typ) {
					at.In, at.To, at.I = b, s, i
					*out = append(*out, at)
				}
			}
		case *ir.For:
			var inner Site
			if c := recompute.Shape(s); c != nil && at.once && s.Spawn == nil { // goroutines have other stacks
				inner.loop, inner.each = s, c.Index
			}
			sites(s.Body, inner, out)
		case *ir.If, *ir.Block:
			for _, inner := range ir.Blocks(s) {
				sites(inner, at, out)
			}
		}
	}
}

// element reports whether the slice becomes the element of a slice variable at the counter, and nothing
// else in the loop replaces an element of that, or all of it: then none of them is garbage before the end.
func (s Site) element() bool {
	at, ok := s.Place().(*ir.Index)
	if !ok || ir.IsMap(at.X.Type()) {
		return false
	}
	x, plain := at.X.(*ir.Ref)
	if i, index := at.I.(*ir.Ref); !plain || !index || i.V != s.each {
		return false
	}
	only := true
	ir.WalkStmts(s.loop.Body, func(t ir.Stmt) {
		if c, ok := t.(*ir.Copy); ok && ir.Mentions(c.Dst, x.V) {
			to, slice := c.Dst.Type().Underlying().(*types.Slice)
			only = only && slice && !ir.HasRef(to.Elem())
		}
		_, places := ir.Exprs(t)
		for _, p := range places {
			e, element := p.(*ir.Index)
			if p != s.Place() && (ir.Equal(p, x) || element && ir.Equal(e.X, x)) {
				only = false
			}
		}
	})
	return only
}

// small reports whether Go may put the slice on its own stack.
func small(m *ir.Make) bool {
	const most = 64 << 10
	n := m.Len
	if m.Cap != nil {
		n = m.Cap
	}
	c, ok := n.(*ir.Const)
	if !ok || c.Val == nil {
		return false
	}
	count, exact := constant.Int64Val(constant.ToInt(c.Val))
	size := types.SizesFor("gc", "amd64").Sizeof(m.Typ.Underlying().(*types.Slice).Elem())
	return exact && count <= most && count*size <= most
}
