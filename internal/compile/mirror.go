package compile

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
)

// reflection rewrites one made function so that it names nothing that generated code cannot
// name: its variables get the types of the mirrors, and fields that are out of reach are
// looked at through one.
type reflection struct {
	u     *unit
	m     *mirrors
	vars  map[*ir.Var]*ir.Var
	pos   token.Pos // of the function with the directive
	diags diag.List
}

// mirror rewrites functions that were made for the one at pos in place.
func (u *unit) mirror(funcs []*ir.Func, pos token.Pos) diag.List {
	var diags diag.List
	for _, f := range funcs {
		r := &reflection{u: u, m: u.mirrors, vars: map[*ir.Var]*ir.Var{}, pos: pos}
		r.function(f)
		diags = append(diags, r.diags...)
	}
	return diags
}

func (r *reflection) function(f *ir.Func) {
	for _, v := range inOrder(f, variables(f)) {
		r.variable(v)
	}
	for _, v := range f.Locals {
		r.variable(v)
	}
	if len(r.vars) == 0 && !r.needed(f.Body) {
		return
	}
	if f.Recv != nil {
		f.Recv = r.v(f.Recv)
	}
	f.Params, f.Results, f.Locals = r.list(f.Params), r.list(f.Results), r.list(f.Locals)
	f.Body = ir.CopyBlockAll(f.Body, r.vars, r.look)
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Call:
			s.TArgs = r.types(s.TArgs)
			s.Conv = r.m.typ(s.Conv)
		case *ir.Closure:
			s.Result = r.m.typ(s.Result)
		}
	})
}

// variable notes what stands for v.
func (r *reflection) variable(v *ir.Var) {
	if t := r.m.typ(v.Type); !types.Identical(t, v.Type) {
		n := *v
		n.Type = t
		r.vars[v] = &n
	}
}

func (r *reflection) v(v *ir.Var) *ir.Var {
	if n := r.vars[v]; n != nil {
		return n
	}
	return v
}

func (r *reflection) list(vs []*ir.Var) []*ir.Var {
	var out []*ir.Var
	for _, v := range vs {
		out = append(out, r.v(v))
	}
	return out
}

func (r *reflection) types(ts []types.Type) []types.Type {
	var out []types.Type
	for _, t := range ts {
		out = append(out, r.m.typ(t))
	}
	return out
}

// needed reports whether something in b cannot be named.
func (r *reflection) needed(b *ir.Block) bool {
	root, found := r.u.pkg.Types, false
	ir.WalkStmts(b, func(s ir.Stmt) {
		if c, ok := s.(*ir.Call); ok {
			for _, t := range append([]types.Type{c.Conv}, c.TArgs...) {
				found = found || t != nil && ir.Mirrored(root, t)
			}
		}
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				if f, ok := e.(*ir.Field); ok && ir.NeedsMirror(root, f.X.Type(), f.I) {
					found = true
				}
				if c, ok := e.(*ir.Composite); ok && r.hides(c) {
					found = true
				}
				found = found || e.Type() != nil && ir.Mirrored(root, e.Type())
				return !found
			})
		}
	})
	return found
}

// hides reports whether the literal gives values to fields that cannot be named.
func (r *reflection) hides(c *ir.Composite) bool {
	if _, ok := c.Typ.Underlying().(*types.Struct); !ok {
		return false
	}
	for i, e := range c.Elems {
		if e != nil && ir.NeedsMirror(r.u.pkg.Types, c.Typ, i) {
			return true
		}
	}
	return false
}

// look returns e as generated code can write it, or nil if its operands alone may differ.
func (r *reflection) look(e ir.Expr) ir.Expr {
	sub := func(e ir.Expr) ir.Expr { return ir.Rewrite(e, r.look) }
	list := func(es []ir.Expr) []ir.Expr {
		out := make([]ir.Expr, len(es))
		for i, e := range es {
			out[i] = sub(e)
		}
		return out
	}
	switch e := e.(type) {
	case *ir.Ref:
		return &ir.Ref{V: r.v(e.V)}
	case *ir.Const:
		return &ir.Const{Val: e.Val, Typ: r.m.typ(e.Typ), Text: e.Text}
	case *ir.Global:
		if !types.Identical(r.m.typ(e.Obj.Type()), e.Obj.Type()) {
			v := r.m.variable(e.Obj)
			return &ir.Deref{X: &ir.Math{Fn: v.Reach, Typ: types.NewPointer(v.VarType)}}
		}
	case *ir.Binary:
		return &ir.Binary{Op: e.Op, X: sub(e.X), Y: sub(e.Y), Typ: r.m.typ(e.Typ)}
	case *ir.Convert:
		if g, ok := e.X.(*ir.Global); ok && types.IsInterface(e.Typ) {
			return &ir.Convert{X: g, Typ: e.Typ} // as a value of its own type
		}
		return &ir.Convert{X: sub(e.X), Typ: r.m.typ(e.Typ)}
	case *ir.Math:
		return &ir.Math{Fn: e.Fn, Args: list(e.Args), Typ: r.m.typ(e.Typ)}
	case *ir.Make:
		return &ir.Make{Typ: r.m.typ(e.Typ), Len: sub(e.Len), Cap: sub(e.Cap), In: sub(e.In)}
	case *ir.New:
		return &ir.New{Typ: r.m.typ(e.Typ)}
	case *ir.Keys:
		return &ir.Keys{X: sub(e.X), Typ: r.m.typ(e.Typ)}
	case *ir.Absent:
		return &ir.Absent{Typ: r.m.typ(e.Typ)}
	case *ir.Addr:
		x := sub(e.X)
		if d, ok := x.(*ir.Deref); ok {
			return d.X
		}
		return &ir.Addr{X: x}
	case *ir.Field:
		return r.field(e, sub(e.X))
	case *ir.Composite:
		return r.composite(e, list(e.Elems))
	}
	return nil
}

// field is the field that e selects of x.
func (r *reflection) field(e *ir.Field, x ir.Expr) ir.Expr {
	t := e.X.Type()
	root := r.u.pkg.Types
	if !ir.NeedsMirror(root, t, e.I) {
		return &ir.Field{X: x, I: e.I}
	}
	if !ir.CanReach(root, t, e.I) {
		r.fail(e)
	}
	if t = r.m.typ(t); !ir.NeedsMirror(root, t, e.I) {
		return &ir.Field{X: x, I: e.I}
	}
	view := r.m.view(t)
	to := types.NewPointer(view.Type)
	if !addressable(x) {
		return &ir.Field{X: &ir.Math{Fn: r.m.valueOf(view), Args: []ir.Expr{x}, Typ: view.Type}, I: e.I}
	}
	return &ir.Field{X: &ir.Deref{X: &ir.Math{Fn: r.m.reach(view), Args: []ir.Expr{address(x)}, Typ: to}}, I: e.I}
}

func (r *reflection) fail(e *ir.Field) {
	f := e.Var()
	r.diags.Add(r.u.pkg.Fset, r.pos, "field "+f.Name()+" of package "+f.Pkg().Name()+" in a variable of this function",
		"derivatives have to follow it, and generated code stands in package "+r.u.pkg.Types.Name()+" and cannot name its type",
		"write what uses it in this module")
}

// addressable reports whether x has an address.
func addressable(x ir.Expr) bool {
	switch x := x.(type) {
	case *ir.Ref, *ir.Deref, *ir.Global:
		return true
	case *ir.Field:
		return addressable(x.X)
	case *ir.Index:
		switch x.X.Type().Underlying().(type) {
		case *types.Slice:
			return true
		case *types.Array:
			return addressable(x.X)
		}
	}
	return false
}

func address(x ir.Expr) ir.Expr {
	if d, ok := x.(*ir.Deref); ok {
		return d.X
	}
	return &ir.Addr{X: x}
}

// composite is the literal e with other elements.
func (r *reflection) composite(e *ir.Composite, elems []ir.Expr) ir.Expr {
	t := r.m.typ(e.Typ)
	out := &ir.Composite{Typ: t, Elems: elems}
	if !r.hides(out) {
		return out
	}
	view := r.m.view(t)
	lit := &ir.Addr{X: &ir.Composite{Typ: view.Type, Elems: elems}}
	return &ir.Deref{X: &ir.Math{Fn: r.m.back(view), Args: []ir.Expr{lit}, Typ: types.NewPointer(t)}}
}
