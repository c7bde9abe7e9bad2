package tangent

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/rule"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// differ makes the derivative of expressions.
type differ struct {
	g   *generator
	at  ir.Stmt   // the statement that is differentiated
	out []ir.Stmt // what must come first
}

// value returns the shadow of any value: the derivative of a float, the shadow
// of a reference, both inside a struct or array; nil stands for zero.
func (d *differ) value(e ir.Expr) ir.Expr {
	t := e.Type()
	if ir.HasRef(t) && ir.FromGlobal(e) && d.g.act.ShadowedRefs(e) {
		v := d.g.sh.ShadowTemp("td", t)
		d.out = append(d.out, d.g.zeroLike(d.at, &ir.Ref{V: v}, e, true)...)
		return &ir.Ref{V: v}
	}
	switch {
	case ir.IsFloat(t):
		return d.float(e)
	case ir.IsRef(t):
		if c, ok := e.(*ir.Composite); ok {
			return d.composite(c)
		}
		if a, ok := e.(*ir.Addr); ok {
			if c, ok := a.X.(*ir.Composite); ok {
				return &ir.Addr{X: d.composite(c)}
			}
		}
		if c, ok := e.(*ir.Const); ok {
			return c
		}
		if !d.g.act.ShadowedRefs(e) {
			return nil
		}
		return d.g.sh.Value(e)
	}
	switch e := e.(type) {
	case *ir.Composite:
		return d.composite(e)
	case *ir.Convert:
		if x := d.value(e.X); x != nil {
			return &ir.Convert{X: x, Typ: e.Typ}
		}
		return nil
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		if ir.Root(e) != nil && d.g.activePlace(e) {
			return d.g.sh.Place(e)
		}
	}
	return nil
}

func (d *differ) composite(e *ir.Composite) ir.Expr {
	out := &ir.Composite{Typ: e.Typ, Elems: make([]ir.Expr, len(e.Elems))}
	_, isStruct := e.Typ.Underlying().(*types.Struct)
	for i, x := range e.Elems {
		if x == nil {
			continue
		}
		if ir.HasFloat(x.Type()) {
			out.Elems[i] = d.value(x)
		}
		if out.Elems[i] == nil && !isStruct {
			out.Elems[i] = shadow.Zero(x.Type())
		}
	}
	return out
}

// float returns the derivative of a float expression, nil for zero.
func (d *differ) float(e ir.Expr) ir.Expr {
	switch e := e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		if ir.Root(e) != nil && d.g.act.ActivePlace(e) {
			return d.g.sh.Place(e)
		}
	case *ir.Unary:
		if x := d.float(e.X); x != nil {
			return d.g.t.algebra.unary(e.Op, x)
		}
	case *ir.Binary:
		dx, dy := d.float(e.X), d.float(e.Y)
		if dx != nil || dy != nil {
			return d.g.t.algebra.binary(d, e, dx, dy)
		}
	case *ir.Convert:
		if !ir.IsFloat(e.X.Type()) {
			return nil
		}
		if x := d.float(e.X); x != nil {
			return d.g.t.algebra.convert(x, e.Typ)
		}
	case *ir.Math:
		return d.math(e)
	}
	return nil
}

func isSimple(e ir.Expr) bool {
	switch e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref, *ir.Const:
		return true
	}
	return false
}

func (d *differ) bind(name string, e ir.Expr) ir.Expr {
	v := d.g.sh.Temp(name, e.Type())
	d.out = append(d.out, ir.Define(v, e))
	return &ir.Ref{V: v}
}

func (d *differ) math(e *ir.Math) ir.Expr {
	r := rule.Lookup(e.Fn)
	if r == nil || !ir.IsFloat(e.Typ) {
		return nil
	}
	ds := make([]ir.Expr, len(e.Args))
	any := false
	for i, a := range e.Args {
		if r.Select == "" && r.Partials[i] == "0" {
			continue
		}
		ds[i] = d.float(a)
		any = any || ds[i] != nil
	}
	if !any {
		return nil
	}
	if r.Select != "" {
		return d.choose(r, e, ds)
	}
	return d.g.t.algebra.function(d, r, e, ds)
}

// choose makes the derivative of max and min.
func (d *differ) choose(r *rule.Rule, e *ir.Math, ds []ir.Expr) ir.Expr {
	v := d.g.sh.ShadowTemp("td", e.Typ)
	ref := &ir.Ref{V: v}
	pick := func(x ir.Expr) *ir.Block {
		if x == nil {
			x = shadow.Zero(e.Typ)
		}
		return &ir.Block{Stmts: []ir.Stmt{ir.Set(ref, x)}}
	}
	d.out = append(d.out, &ir.Decl{V: v}, &ir.If{Cond: r.Condition(e.Args), Then: pick(ds[0]), Else: pick(ds[1])})
	return ref
}
