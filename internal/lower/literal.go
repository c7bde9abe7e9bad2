package lower

import (
	"go/ast"
	"go/constant"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// composite lowers a literal; in []*T{{…}} the type of the inner one is *T.
func (b *builder) composite(e *ast.CompositeLit) ir.Expr {
	t := b.typeOf(e)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return &ir.Addr{X: b.literal(e, p.Elem())}
	}
	return b.literal(e, t)
}

func (b *builder) literal(e *ast.CompositeLit, t types.Type) ir.Expr {
	out := &ir.Composite{Typ: t}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		b.checkType(e.Pos(), t)
		out.Elems = make([]ir.Expr, u.NumFields())
		aside := b.literalFuncs
		b.literalFuncs = nil
		for i, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				i, x = fieldIndex(u, kv.Key), kv.Value
			}
			if i < 0 || i >= len(out.Elems) {
				b.fail(x, "expression", noTypeWhy, noTypeDo)
				continue
			}
			b.field(x.Pos(), t, i)
			if aside != nil && isFunc(u.Field(i).Type()) {
				if v := b.funcValue(x); v != nil {
					aside[u.Field(i)] = v
				}
				continue
			}
			if x := b.element(x, u.Field(i).Type()); u.Field(i).Name() != "_" {
				out.Elems[i] = x
			} else if _, constant := x.(*ir.Const); !constant { // nobody reads the field, but making the value may panic
				b.emit(&ir.Assign{At: ir.At{P: e.Pos()}, L: []ir.Expr{nil}, R: []ir.Expr{x}})
			}
		}
		return out
	case *types.Array:
		b.elements(out, e, u.Elem())
		return out
	case *types.Slice:
		b.elements(out, e, u.Elem())
		return out
	case *types.Map:
		return b.mapLiteral(e, t)
	}
	what, why, do := refusedType(t)
	b.fail(e, what+" literal", why, do)
	return b.dummy(e)
}

// fieldIndex returns the index of the field that key names, -1 for none.
func fieldIndex(st *types.Struct, key ast.Expr) int {
	id, ok := key.(*ast.Ident)
	for i := range st.NumFields() {
		if ok && st.Field(i).Name() == id.Name {
			return i
		}
	}
	return -1
}

func (b *builder) elements(out *ir.Composite, e *ast.CompositeLit, elem types.Type) {
	b.checkType(e.Pos(), elem)
	const most = 1 << 16
	at := 0
	for _, x := range e.Elts {
		if kv, ok := x.(*ast.KeyValueExpr); ok {
			x = kv.Value
			i, exact := constant.Int64Val(constant.ToInt(b.info.Types[kv.Key].Value))
			if !exact || i >= most {
				b.fail(kv.Key, "index of a literal", "it is too large", "make the slice and assign the element")
				return
			}
			at = int(i)
		}
		for len(out.Elems) <= at {
			out.Elems = append(out.Elems, nil)
		}
		out.Elems[at] = b.element(x, elem)
		at++
	}
}

// element lowers a part of a literal. References into package-level variables, which
// have no shadow, become variables, which have one.
func (b *builder) element(e ast.Expr, t types.Type) ir.Expr {
	x := b.exprTo(e, t)
	if ir.FromGlobal(x) && ir.HasRef(x.Type()) && ir.HasFloat(x.Type()) {
		return b.save(e.Pos(), x)
	}
	return x
}
