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

	once    bool    // it runs at most once in what was looked at
	counter *ir.Var // it runs at most once for each value of it; nil for none
}

// Place is what the slice is assigned to.
func (s Site) Place() ir.Expr { return s.To.L[s.I] }

// Make is what makes it.
func (s Site) Make() *ir.Make { return s.To.R[s.I].(*ir.Make) }

// Single reports whether no more of what is made here is in use at a time than there are variables,
// or elements of another slice, to hold it; and whether Go would not put it on its own stack, which costs less.
func (s Site) Single() bool { return s.once && !small(s.Make()) || elementOf(s.Place(), s.counter) }

// Sites returns where b, which runs at most once if once is true, makes slices.
func Sites(b *ir.Block, once bool) []Site {
	var out []Site
	sites(b, once, nil, &out)
	return out
}

func sites(b *ir.Block, once bool, counter *ir.Var, out *[]Site) {
	for _, s := range b.Stmts {
		switch s := s.(type) {
		case *ir.Assign:
			for i, l := range s.L {
				if m, ok := s.R[i].(*ir.Make); ok && l != nil && m.In == nil && !ir.IsMap(m.Typ) {
					*out = append(*out, Site{In: b, To: s, I: i, once: once, counter: counter})
				}
			}
		case *ir.For:
			var index *ir.Var
			if c := recompute.Shape(s); c != nil && once && s.Spawn == nil { // goroutines have other stacks
				index = c.Index
			}
			sites(s.Body, false, index, out)
		case *ir.If, *ir.Block:
			for _, inner := range ir.Blocks(s) {
				sites(inner, once, counter, out)
			}
		}
	}
}

// elementOf reports whether l is the element of a slice variable at the counter.
func elementOf(l ir.Expr, counter *ir.Var) bool {
	at, ok := l.(*ir.Index)
	if !ok || counter == nil || ir.IsMap(at.X.Type()) {
		return false
	}
	_, plain := at.X.(*ir.Ref)
	i, index := at.I.(*ir.Ref)
	return plain && index && i.V == counter
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
