package lower

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// exchanged returns the slice x if block is x[i], x[j] = x[j], x[i], else nil.
func exchanged(block *ir.Block, i, j *ir.Var) ir.Expr {
	if len(block.Stmts) != 1 {
		return nil
	}
	a, ok := block.Stmts[0].(*ir.Assign)
	if !ok || len(a.L) != 2 {
		return nil
	}
	x := elementOf(a.L[0], i)
	if x == nil || !isPath(x) {
		return nil
	}
	for _, p := range []struct {
		e ir.Expr
		v *ir.Var
	}{{a.L[1], j}, {a.R[0], j}, {a.R[1], i}} {
		if y := elementOf(p.e, p.v); y == nil || !ir.Equal(x, y) {
			return nil
		}
	}
	return x
}

// elementOf returns the slice x if e is x[i], else nil.
func elementOf(e ir.Expr, i *ir.Var) ir.Expr {
	at, ok := e.(*ir.Index)
	if !ok {
		return nil
	}
	if r, ok := at.I.(*ir.Ref); !ok || r.V != i {
		return nil
	}
	if _, ok := at.X.Type().Underlying().(*types.Slice); !ok {
		return nil
	}
	return at.X
}

// seesElementsOnly reports whether the statements of a comparison see of the memory of the
// slice x, whose elements are to be sorted, only x[i] and x[j], use i and j for nothing else
// and leave x alone. Types tell: two slices share memory only if their elements are of one
// type, or those of one hold arrays of what the other has.
func (b *builder) seesElementsOnly(compare *ir.Block, x ir.Expr, i, j *ir.Var) bool {
	s := &sight{b: b, slice: x, elem: x.Type().Underlying().(*types.Slice).Elem(), i: i, j: j, only: true, seen: map[*ir.Func]bool{}}
	ir.WalkExpr(x, func(e ir.Expr) bool {
		if r, ok := e.(*ir.Ref); ok {
			s.root = r.V
		}
		return true
	})
	s.block(compare)
	return s.only
}

// comparing are functions that only look at their arguments.
var comparing = map[string]bool{"cmp.Compare": true, "cmp.Less": true, "strings.Compare": true}

// changesNothing reports whether the statements of a comparison leave nothing behind but the
// answer in less, so that they may be made more often and of other elements than the program
// does. Calls may do anything, but for those of comparing.
func changesNothing(compare *ir.Block, less *ir.Var) bool {
	own := map[*ir.Var]bool{less: true}
	ir.WalkStmts(compare, func(st ir.Stmt) {
		for _, v := range ir.Defined(st) {
			own[v] = true
		}
	})
	nothing := true
	ir.WalkStmts(compare, func(st ir.Stmt) {
		switch st := st.(type) {
		case *ir.Assign, *ir.Decl, *ir.If, *ir.For, *ir.Block, *ir.Break, *ir.Continue:
		case *ir.Call:
			nothing = nothing && st.Ext != nil && comparing[st.Ext.Origin().FullName()]
		default:
			nothing = false
		}
		_, places := ir.Exprs(st)
		for _, l := range places {
			r, ok := l.(*ir.Ref)
			nothing = nothing && (l == nil || ok && own[r.V])
		}
	})
	return nothing
}

// sight looks for what a comparison sees.
type sight struct {
	b     *builder
	slice ir.Expr
	root  *ir.Var // by which the slice is found
	elem  types.Type
	i, j  *ir.Var
	only  bool
	seen  map[*ir.Func]bool
}

func (s *sight) block(b *ir.Block) {
	ir.WalkStmts(b, func(st ir.Stmt) {
		reads, places := ir.Exprs(st)
		for _, e := range append(reads, places...) {
			if e != nil {
				ir.WalkExpr(e, s.expr)
			}
		}
		for _, l := range places {
			s.left(l)
		}
		switch st := st.(type) {
		case *ir.Call:
			for _, a := range st.Args {
				s.leads(a.Type(), true)
			}
			if st.Fn != nil {
				s.callee(st.Fn)
			}
		case *ir.Copy:
			s.leads(st.Dst.Type(), true)
			s.leads(st.Src.Type(), false)
		}
	})
}

// left looks at a place that is written. The indices and the slice must stay what they are;
// memory may be anything.
func (s *sight) left(l ir.Expr) {
	r, ok := l.(*ir.Ref)
	if l != nil && !ok || ok && (r.V == s.root || r.V == s.i || r.V == s.j) {
		s.only = false
	}
}

// callee looks for package-level variables that a function uses.
func (s *sight) callee(f *ir.Func) {
	if s.seen[f] {
		return
	}
	s.seen[f] = true
	if r := s.b.l.results[f.Obj]; f.Body == nil || f.Obj == nil || r != nil && r.busy {
		s.only = false // recursion
		return
	}
	ir.WalkStmts(f.Body, func(st ir.Stmt) {
		reads, places := ir.Exprs(st)
		for _, e := range append(reads, places...) {
			if e == nil {
				continue
			}
			ir.WalkExpr(e, func(e ir.Expr) bool {
				if g, ok := e.(*ir.Global); ok {
					s.global(g)
				}
				return true
			})
		}
		if c, ok := st.(*ir.Call); ok && c.Fn != nil {
			s.callee(c.Fn)
		}
	})
}

func (s *sight) global(g *ir.Global) {
	s.leads(g.Obj.Type(), true)
	if hasArrayOf(g.Obj.Type(), s.elem) {
		s.only = false
	}
}

// expr looks at a part of an expression, and reports whether to go on with what it is made
// of.
func (s *sight) expr(e ir.Expr) bool {
	switch e := e.(type) {
	case nil:
		return false
	case *ir.Index:
		for _, v := range []*ir.Var{s.i, s.j} {
			if x := elementOf(e, v); x != nil && ir.Equal(x, s.slice) {
				return false
			}
		}
		if _, ok := e.X.Type().Underlying().(*types.Slice); ok {
			s.elements(e.Type())
		}
	case *ir.Deref:
		s.pointed(e.Type())
	case *ir.Ref:
		if e.V == s.i || e.V == s.j || hasArrayOf(e.V.Type, s.elem) {
			s.only = false
		}
	case *ir.Global:
		if hasArrayOf(e.Obj.Type(), s.elem) {
			s.only = false
		}
	case *ir.Append, *ir.Convert:
		if ir.IsRef(e.Type()) {
			s.leads(e.Type(), true)
		}
	}
	return true
}

// elements notes that elements of type t of a slice are looked at.
func (s *sight) elements(t types.Type) {
	if alike(t, s.elem) || hasArrayOf(t, s.elem) || hasArrayOf(s.elem, t) {
		s.only = false
	}
}

// pointed notes that a value of type t behind a pointer is looked at.
func (s *sight) pointed(t types.Type) {
	if partOf(t, s.elem) || hasArrayOf(t, s.elem) {
		s.only = false
	}
}

// leads notes that all memory that a value of type t leads to may be looked at, and with
// writes also changed.
func (s *sight) leads(t types.Type, writes bool) {
	_, variable := s.slice.(*ir.Ref)
	seen := map[types.Type]bool{}
	var visit func(t types.Type)
	to := func(t types.Type, look func(types.Type)) {
		look(t)
		if writes && !variable && partOf(s.slice.Type(), t) {
			s.only = false
		}
		visit(t)
	}
	visit = func(t types.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		switch u := t.Underlying().(type) {
		case *types.Slice:
			to(u.Elem(), s.elements)
		case *types.Pointer:
			to(u.Elem(), s.pointed)
		case *types.Map:
			visit(u.Elem())
		case *types.Array:
			visit(u.Elem())
		case *types.Struct:
			for f := range u.Fields() {
				visit(f.Type())
			}
		case *types.Interface, *types.Signature, *types.Chan:
			s.only = false
		}
	}
	visit(t)
}

func alike(t, u types.Type) bool {
	return types.Identical(t, u) || types.Identical(t.Underlying(), u.Underlying())
}

// partOf reports whether a value of type t holds one of type part, or is one.
func partOf(part, t types.Type) bool {
	if alike(part, t) {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Array:
		return partOf(part, u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if partOf(part, f.Type()) {
				return true
			}
		}
	}
	return false
}

// hasArrayOf reports whether a value of type t holds an array of values that are, hold or
// are part of one of type elem.
func hasArrayOf(t, elem types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Array:
		return partOf(elem, u.Elem()) || partOf(u.Elem(), elem) || hasArrayOf(u.Elem(), elem)
	case *types.Struct:
		for f := range u.Fields() {
			if hasArrayOf(f.Type(), elem) {
				return true
			}
		}
	}
	return false
}
