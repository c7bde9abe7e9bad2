package adjoint

import (
	"go/constant"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

func makeBool(v bool) constant.Value { return constant.MakeBool(v) }

// push puts the value at the place e on the run-time stack, with the shadow of
// its references if it has one.
func (g *generator) push(e ir.Expr) []ir.Stmt {
	if ir.IsEntry(e) {
		return g.entries("ad.PushEntry", e)
	}
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
	if ir.IsEntry(e) {
		out := g.entries("ad.PopEntry", e)
		slices.Reverse(out)
		return out
	}
	var out []ir.Stmt
	if v := ir.Root(e); v != nil && !g.sh.IsShadow(e) && g.act.ShadowedRefs(e) {
		leaves := g.refLeaves(g.sh.Place(e))
		whole := len(leaves) == 1 && ir.IsRef(e.Type())
		fresh := define && g.sh.Var(v).Kind != ir.Param // a parameter holds the seed
		if fresh && !whole {
			out = append(out, &ir.Decl{V: g.sh.Var(v)})
		}
		for i := len(leaves) - 1; i >= 0; i-- {
			out = append(out, g.popOne(leaves[i], fresh && whole))
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
	return &ir.Call{L: c.L, Define: define, Name: "ad.Pop", TArgs: []types.Type{t}, Args: []ir.Expr{&ir.Ref{V: g.st}}, Shadow: ir.HoldsShadow(e)}
}

// entries calls the function with the stack and the element e of a map, and again with
// that of the shadow map if references are in it.
func (g *generator) entries(name string, e ir.Expr) []ir.Stmt {
	at := e.(*ir.Index)
	call := func(m ir.Expr) ir.Stmt {
		return &ir.Call{Name: name, Args: []ir.Expr{&ir.Ref{V: g.st}, m, at.I}}
	}
	out := []ir.Stmt{call(at.X)}
	if g.act.ShadowedRefs(e) {
		out = append(out, call(g.sh.Value(at.X)))
	}
	return out
}
