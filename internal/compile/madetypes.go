package compile

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/ir"
)

// layMade gives the types that were made while lowering the fields that they have in generated
// code: with mirrors in the place of types that it cannot name.
func (u *unit) layMade(prog *ir.Program) (diags diag.List) {
	if len(prog.Made) == 0 {
		return nil
	}
	used := typesIn(prog.Funcs)
	for _, m := range prog.Made {
		u.tables.known[m.Type.Obj().Name()] = true
		st, ok := m.Type.Underlying().(*types.Struct)
		if !used.seen[m.Type] {
			continue
		}
		if !ok {
			m.Type.SetUnderlying(u.mirrors.typ(m.Type.Underlying()))
			continue
		}
		var fields []*types.Var
		for f := range st.Fields() {
			if !ir.HasMirror(u.pkg.Types, f.Type()) {
				diags.Add(u.pkg.Fset, f.Pos(), "type of "+f.Name(), "generated code keeps it in the form that functions and interfaces have there, and cannot name it", "export it")
			}
			fields = append(fields, types.NewField(f.Pos(), u.pkg.Types, f.Name(), u.mirrors.typ(f.Type()), f.Embedded()))
		}
		m.Type.SetUnderlying(types.NewStruct(fields, nil))
	}
	return diags
}

// declare lets the generated file declare those of the types that were made while lowering
// which the functions mention, one way or another.
func (u *unit) declare(made []*ir.MadeType, funcs []*ir.Func) {
	used := typesIn(funcs)
	for _, t := range made {
		if used.seen[t.Type] {
			u.mirrors.order = append(u.mirrors.order, &ir.Mirror{Type: t.Type, Doc: t.Doc})
		}
	}
}

// typesIn collects the types that the functions mention.
func typesIn(funcs []*ir.Func) *mentioned {
	m := &mentioned{seen: map[types.Type]bool{}}
	for _, f := range funcs {
		for v := range variables(f) {
			m.typ(v.Type)
		}
		for _, v := range f.Locals {
			m.typ(v.Type)
		}
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok {
				for _, t := range c.TArgs {
					m.typ(t)
				}
			}
			reads, places := ir.Exprs(s)
			for _, e := range append(reads, places...) {
				ir.WalkExpr(e, func(e ir.Expr) bool {
					m.typ(e.Type())
					return true
				})
			}
		})
	}
	return m
}

// mentioned collects types with the types that they are made of.
type mentioned struct{ seen map[types.Type]bool }

func (m *mentioned) typ(t types.Type) {
	if t == nil || m.seen[t] {
		return
	}
	m.seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		for a := range t.TypeArgs().Types() {
			m.typ(a)
		}
		m.typ(t.Underlying())
	case *types.Alias:
		m.typ(types.Unalias(t))
	case *types.Pointer:
		m.typ(t.Elem())
	case *types.Slice:
		m.typ(t.Elem())
	case *types.Array:
		m.typ(t.Elem())
	case *types.Map:
		m.typ(t.Key())
		m.typ(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			m.typ(f.Type())
		}
	case *types.Tuple:
		for v := range t.Variables() {
			m.typ(v.Type())
		}
	}
}
