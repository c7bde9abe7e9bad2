package vector

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// besides finds the slices whose elements can hold the directions side by side: [][N]T
// where a slice for each direction would be [N][]T. Then one allocation makes all, what is
// the same in all directions, such as an index, is worked out once, and an element of all
// directions can be moved, or pointed to, as one value. These are the slices of numbers that
// made code makes and gives to no one else: not to the user, nor to the run-time library.
// Variables that may hold the same slice have the same form.
func (t *transform) besides() {
	u := &union{parent: map[*ir.Var]*ir.Var{}, refused: map[*ir.Var]bool{}}
	for _, f := range t.Funcs {
		l := &layout{t: t, k: t.facts[f], u: u}
		if t.Roots[f.Name] {
			for _, vs := range [][]*ir.Var{f.Inputs(), f.Results} {
				for _, v := range vs {
					u.refuse(v)
				}
			}
		}
		ir.WalkStmts(f.Body, l.stmt)
	}
	for _, f := range t.Funcs {
		k := t.facts[f]
		k.beside = map[*ir.Var]bool{}
		for v := range k.vec {
			if candidate(v) && !u.refused[u.find(v)] {
				k.beside[v] = true
			}
		}
	}
}

// candidate reports whether the variable, which depends on the direction, is a slice of
// numbers.
func candidate(v *ir.Var) bool {
	s, ok := v.Type.Underlying().(*types.Slice)
	return ok && v.Shadow != ir.ShadowPointer && v.Global == nil && !ir.HasRef(s.Elem()) && ir.HasFloat(s.Elem())
}

// union puts variables that may hold the same slice into one class.
type union struct {
	parent  map[*ir.Var]*ir.Var
	refused map[*ir.Var]bool // by representative
}

func (u *union) find(v *ir.Var) *ir.Var {
	for u.parent[v] != nil {
		v = u.parent[v]
	}
	return v
}

func (u *union) join(v, w *ir.Var) {
	v, w = u.find(v), u.find(w)
	if v != w {
		u.parent[v] = w
		u.refused[w] = u.refused[w] || u.refused[v]
	}
}

func (u *union) refuse(v *ir.Var) { u.refused[u.find(v)] = true }

// layout looks at the statements of one function.
type layout struct {
	t *transform
	k *facts
	u *union
}

// slice returns the variable that e is, or is a part of; nil if it is none that may have its
// directions side by side.
func (k *facts) slice(e ir.Expr) *ir.Var {
	for {
		s, ok := e.(*ir.SliceOf)
		if !ok {
			break
		}
		e = s.X
	}
	if r, ok := e.(*ir.Ref); ok && k.vec[r.V] && candidate(r.V) {
		return r.V
	}
	return nil
}

// expr refuses the slices of which e uses more than elements.
func (l *layout) expr(e ir.Expr) {
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Index:
			if l.k.slice(e.X) != nil {
				l.bounds(e.X)
				l.expr(e.I)
				return false
			}
		case *ir.Ref:
			if l.k.vec[e.V] && candidate(e.V) {
				l.u.refuse(e.V)
			}
		}
		return true
	})
}

// bounds looks at the bounds of a part of a slice.
func (l *layout) bounds(e ir.Expr) {
	for {
		s, ok := e.(*ir.SliceOf)
		if !ok {
			return
		}
		for _, x := range []ir.Expr{s.Lo, s.Hi, s.Max} {
			if x != nil {
				l.expr(x)
			}
		}
		e = s.X
	}
}

// gets looks at a value that the slice variable v, of this function or of another, gets.
func (l *layout) gets(v *ir.Var, e ir.Expr) {
	if w := l.k.slice(e); w != nil {
		l.u.join(v, w)
		l.bounds(e)
		return
	}
	switch x := e.(type) {
	case *ir.Make:
		l.expr(x.Len)
		if x.Cap != nil {
			l.expr(x.Cap)
		}
		return
	case *ir.Const:
		if x.Val == nil {
			return
		}
	}
	l.u.refuse(v)
	l.expr(e)
}

func (l *layout) stmt(s ir.Stmt) {
	switch s := s.(type) {
	case *ir.Assign:
		for i, to := range s.L {
			if r, ok := to.(*ir.Ref); ok && l.k.slice(r) != nil {
				l.gets(r.V, s.R[i])
				continue
			}
			if to != nil {
				l.expr(to)
			}
			l.expr(s.R[i])
		}
		return
	case *ir.Copy:
		if v, w := l.k.slice(s.Dst), l.k.slice(s.Src); v != nil && w != nil && s.N == nil {
			l.u.join(v, w)
			l.bounds(s.Dst)
			l.bounds(s.Src)
			return
		}
	case *ir.Call:
		if g := l.t.facts[s.Fn]; s.Fn != nil && g != nil && s.Rule == nil {
			l.call(s, g)
			return
		}
		if s.Name == "clear" && l.k.slice(s.Args[0]) != nil {
			l.bounds(s.Args[0])
			return
		}
		if s.On != nil {
			l.expr(&ir.Ref{V: s.On})
		}
	case *ir.Closure:
		for _, v := range s.Params {
			l.u.refuse(v)
		}
	}
	reads, places := ir.Exprs(s)
	for _, e := range append(append([]ir.Expr{}, reads...), places...) {
		if e != nil {
			l.expr(e)
		}
	}
}

// call looks at a call of a made function.
func (l *layout) call(s *ir.Call, g *facts) {
	for i, p := range s.Fn.Inputs() {
		if g.vec[p] && candidate(p) {
			l.gets(p, s.Args[i])
		} else {
			l.expr(s.Args[i])
		}
	}
	for i, to := range s.L {
		r := s.Fn.Results[i]
		mine := g.vec[r] && candidate(r)
		if ref, ok := to.(*ir.Ref); ok && mine && l.k.slice(ref) != nil {
			l.u.join(r, ref.V)
			continue
		}
		if mine && to != nil {
			l.u.refuse(r)
		}
		if to != nil {
			l.expr(to)
		}
	}
}

// besideType is the type of a slice whose elements hold n directions.
func besideType(t types.Type, n int) types.Type {
	return types.NewSlice(types.NewArray(t.Underlying().(*types.Slice).Elem(), int64(n)))
}

// besideValue is a value that a slice with the directions side by side gets.
func (b *builder) besideValue(e ir.Expr) ir.Expr {
	switch e := e.(type) {
	case *ir.Make:
		return &ir.Make{Typ: besideType(e.Typ, b.t.Directions), Len: e.Len, Cap: e.Cap, In: e.In}
	case *ir.Const:
		return &ir.Const{Typ: besideType(e.Typ, b.t.Directions)}
	}
	return e
}

// besides takes the part of an assignment that gives slices with the directions side by side
// their values; it is not for each direction.
func (b *builder) besides(s *ir.Assign) (slices, rest *ir.Assign) {
	slices, rest = &ir.Assign{At: s.At, Define: s.Define}, &ir.Assign{At: s.At, Define: s.Define}
	for i, l := range s.L {
		part, r := rest, s.R[i]
		if ref, ok := l.(*ir.Ref); ok && b.beside[ref.V] {
			part, r = slices, b.besideValue(r)
		}
		part.L, part.R = append(part.L, l), append(part.R, r)
	}
	return slices, rest
}

// element returns the element of all directions if e is one of a slice that holds them side
// by side, and its index is the same for all.
func (b *builder) element(e ir.Expr) ir.Expr {
	x, ok := e.(*ir.Index)
	if !ok || b.depends(x.I) {
		return nil
	}
	if v := b.slice(x.X); v == nil || !b.beside[v] {
		return nil
	}
	return &ir.Index{X: ir.Rewrite(x.X, b.all), I: x.I}
}
