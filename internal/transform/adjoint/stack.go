package adjoint

import (
	"go/constant"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

func makeBool(v bool) constant.Value { return constant.MakeBool(v) }

// push puts the value at the place e on the run-time stack, with the shadow of
// its references if it has one.
func (g *generator) push(e ir.Expr) []ir.Stmt {
	out := []ir.Stmt{g.pushOne(e)}
	if g.act.ShadowedRefs(e) {
		for _, leaf := range g.refLeaves(g.sh.Place(e)) {
			out = append(out, g.pushOne(leaf))
		}
	}
	return out
}

// pushHeader pushes a shadow by itself.
func (g *generator) pushHeader(e ir.Expr) []ir.Stmt { return []ir.Stmt{g.pushOne(e)} }

func (g *generator) pushOne(e ir.Expr) ir.Stmt {
	t := e.Type()
	if b, ok := t.Underlying().(*types.Basic); ok {
		convert := func(k types.BasicKind) ir.Expr {
			if types.Identical(t, types.Typ[k]) {
				return e
			}
			return &ir.Convert{X: e, Typ: types.Typ[k]}
		}
		switch {
		case b.Info()&types.IsFloat != 0:
			return &ir.Call{Name: "PushFloat", On: g.st, Args: []ir.Expr{convert(types.Float64)}}
		case b.Info()&types.IsComplex != 0:
			return &ir.Call{Name: "PushComplex", On: g.st, Args: []ir.Expr{convert(types.Complex128)}}
		case b.Info()&types.IsInteger != 0:
			return &ir.Call{Name: "PushInt", On: g.st, Args: []ir.Expr{convert(types.Int64)}}
		case b.Info()&types.IsBoolean != 0:
			return &ir.Call{Name: "PushBool", On: g.st, Args: []ir.Expr{convert(types.Bool)}}
		}
	}
	return &ir.Call{Name: "ad.Push", Args: []ir.Expr{&ir.Ref{V: g.st}, e}}
}

// pop takes back what push put: shadows first. With define the variables are
// declared by it.
func (g *generator) pop(e ir.Expr, define bool) []ir.Stmt {
	var out []ir.Stmt
	if v := ir.Root(e); v != nil && !g.sh.IsShadow(e) && g.act.ShadowedRefs(e) {
		leaves := g.refLeaves(g.sh.Place(e))
		whole := len(leaves) == 1 && ir.IsRef(e.Type())
		if define && !whole {
			out = append(out, &ir.Decl{V: g.sh.Var(v)})
		}
		for i := len(leaves) - 1; i >= 0; i-- {
			out = append(out, g.popOne(leaves[i], define && whole))
		}
	}
	return append(out, g.popOne(e, define))
}

func (g *generator) popOne(e ir.Expr, define bool) ir.Stmt {
	c := &ir.Call{L: []ir.Expr{e}, Define: define, On: g.st}
	t := e.Type()
	if b, ok := t.Underlying().(*types.Basic); ok {
		convert := func(k types.BasicKind) {
			if !types.Identical(t, types.Typ[k]) {
				c.Conv = t
			}
		}
		switch {
		case b.Info()&types.IsFloat != 0:
			c.Name = "PopFloat"
			convert(types.Float64)
			return c
		case b.Info()&types.IsComplex != 0:
			c.Name = "PopComplex"
			convert(types.Complex128)
			return c
		case b.Info()&types.IsInteger != 0:
			c.Name = "PopInt"
			convert(types.Int64)
			return c
		case b.Info()&types.IsBoolean != 0:
			c.Name = "PopBool"
			convert(types.Bool)
			return c
		}
	}
	return &ir.Call{L: c.L, Define: define, Name: "ad.Pop", TArgs: []types.Type{t}, Args: []ir.Expr{&ir.Ref{V: g.st}}}
}
