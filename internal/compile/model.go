package compile

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// model makes the body of an adjoint for the analyses: it reads what the adjoint reads,
// writes what it writes, and each value depends on what that of the adjoint depends on.
//
//	y, yd = fTangent(x, zero)
//	for all floats in xb {
//		… += yd * yb
//	}
type model struct {
	f     *ir.Func
	d     *ir.Derivative
	out   []ir.Stmt
	names *ir.Names
}

func (m *model) body() *ir.Block {
	m.names = ir.NewNames()
	for _, vs := range [][]*ir.Var{m.f.Inputs(), m.f.Results} {
		for _, v := range vs {
			m.names.Reserve(v.Name)
		}
	}
	call := &ir.Call{Fn: m.d.Tangent, Mode: ir.Joint}
	args := map[*ir.Var]ir.Expr{}
	for _, v := range m.d.Fn.Inputs() {
		if a := m.d.Args[v]; a != nil {
			args[m.d.Var[v]] = &ir.Ref{V: a}
		}
	}
	for _, p := range m.d.Tangent.Inputs() {
		if args[p] == nil {
			args[p] = m.fresh(p.Type)
		}
		call.Args = append(call.Args, args[p])
	}
	dots := map[*ir.Var]*ir.Var{} // tangents of results by results of the function
	left := map[*ir.Var]*ir.Var{}
	n := 0
	for _, r := range m.d.Fn.Results {
		left[m.d.Var[r]] = m.f.Results[n]
		n++
		if dot := m.d.Dot[m.d.Var[r]]; dot != nil {
			dots[r] = m.local("td", r.Type)
			m.out = append(m.out, &ir.Decl{V: dots[r]})
			left[dot] = dots[r]
		}
	}
	for _, r := range m.d.Tangent.Results {
		call.L = append(call.L, &ir.Ref{V: left[r]})
	}
	m.out = append(m.out, call)
	for _, v := range m.d.Fn.Inputs() {
		b := m.d.Bars[v]
		if b == nil {
			continue
		}
		m.out = append(m.out, m.each(&ir.Ref{V: b}, func(place ir.Expr) []ir.Stmt {
			sum := place
			for _, r := range m.d.Fn.Results {
				if dots[r] != nil {
					x := ir.Expr(&ir.Binary{Op: token.MUL, X: &ir.Ref{V: dots[r]}, Y: &ir.Ref{V: m.d.Bars[r]}, Typ: r.Type})
					sum = &ir.Binary{Op: token.ADD, X: sum, Y: converted(x, place.Type()), Typ: place.Type()}
				}
			}
			return []ir.Stmt{ir.Set(place, sum)}
		})...)
	}
	return &ir.Block{Stmts: m.out}
}

// converted makes a number one of another type.
func converted(x ir.Expr, to types.Type) ir.Expr {
	switch {
	case ir.IsComplex(x.Type()) && ir.IsReal(to):
		x = &ir.Math{Fn: "real", Args: []ir.Expr{x}, Typ: ir.PartOf(x.Type())}
	case ir.IsReal(x.Type()) && ir.IsComplex(to):
		x = ir.As(x, ir.PartOf(to))
		x = &ir.Math{Fn: "complex", Args: []ir.Expr{x, ir.Number(0, x.Type())}, Typ: ir.ComplexOf(x.Type())}
	}
	return ir.As(x, to)
}

func (m *model) local(name string, t types.Type) *ir.Var {
	v := &ir.Var{Name: m.names.Take(name), Type: t, Kind: ir.Local}
	m.f.Locals = append(m.f.Locals, v)
	return v
}

// fresh is a value of type t with memory of its own.
func (m *model) fresh(t types.Type) ir.Expr {
	var x ir.Expr
	switch t.Underlying().(type) {
	case *types.Slice:
		x = &ir.Make{Typ: t, Len: ir.Int(0)}
	case *types.Pointer:
		x = &ir.New{Typ: t}
	default:
		return shadow.Zero(t)
	}
	v := m.local("z", t)
	m.out = append(m.out, ir.Define(v, x))
	return &ir.Ref{V: v}
}

// each makes code that does something with all floats in the value at a place.
func (m *model) each(place ir.Expr, do func(place ir.Expr) []ir.Stmt) []ir.Stmt {
	t := place.Type()
	if !ir.HasFloat(t) {
		return nil
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return do(place)
	case *types.Slice:
		return m.loop(&ir.Len{X: place}, place, do)
	case *types.Array:
		return m.loop(ir.Int(int(u.Len())), place, do)
	case *types.Pointer:
		some := &ir.Binary{Op: token.NEQ, X: place, Y: &ir.Const{Typ: t}, Typ: types.Typ[types.Bool]}
		return []ir.Stmt{&ir.If{Cond: some, Then: &ir.Block{Stmts: m.each(&ir.Deref{X: place}, do)}}}
	case *types.Struct:
		var out []ir.Stmt
		for i := range u.NumFields() {
			out = append(out, m.each(&ir.Field{X: place, I: i}, do)...)
		}
		return out
	}
	return nil
}

func (m *model) loop(n, place ir.Expr, do func(place ir.Expr) []ir.Stmt) []ir.Stmt {
	i := &ir.Ref{V: m.local("i", types.Typ[types.Int])}
	return []ir.Stmt{&ir.For{
		Init: ir.Define(i.V, ir.Int(0)),
		Cond: &ir.Binary{Op: token.LSS, X: i, Y: n, Typ: types.Typ[types.Bool]},
		Post: ir.Set(i, ir.Add(i, ir.Int(1))),
		Body: &ir.Block{Stmts: m.each(&ir.Index{X: place, I: i}, do)},
	}}
}
