package vector

import (
	"fmt"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// byHand calls a derivative that was written by hand, which is for one direction, once
// for each of them. What the function may overwrite, and what the forward half of a rule
// kept for the reverse half, is put back before each call but the first.
func (b *builder) byHand(c *ir.Call) []ir.Stmt {
	call := *c
	call.L, call.Args, call.Define = append([]ir.Expr{}, c.L...), append([]ir.Expr{}, c.Args...), false
	before, restore, after := b.keepArguments(c, &call)
	late := &ir.Assign{At: c.At} // primal results
	store := &ir.Assign{At: c.At}
	for i, l := range c.L {
		if l == nil {
			continue
		}
		r, plain := l.(*ir.Ref)
		switch perDirection := b.vec[ir.Root(l)]; {
		case perDirection && c.Define:
			before = append(before, b.loop(across{pure: true}, &ir.Decl{At: c.At, V: r.V}))
		case perDirection && plain:
		case perDirection:
			v := b.perDirection(l.Type())
			before = append(before, b.loop(across{pure: true}, &ir.Decl{At: c.At, V: v}))
			call.L[i] = &ir.Ref{V: v}
			store.L, store.R = append(store.L, l), append(store.R, call.L[i])
		case c.Define:
			before = append(before, &ir.Decl{At: c.At, V: r.V})
		default: // the next direction must not find it assigned
			v := b.temp("t", l.Type())
			before = append(before, &ir.Decl{At: c.At, V: v})
			call.L[i] = &ir.Ref{V: v}
			late.L, late.R = append(late.L, l), append(late.R, call.L[i])
		}
	}
	l := b.loop(across{alone: true}, append(restore, &call)...)
	out := append(append(before, b.hoist(l)...), l)
	if len(store.L) > 0 {
		out = append(out, b.directions(store)...)
	}
	if len(late.L) > 0 {
		out = append(out, late)
	}
	return append(out, after...)
}

var snapshotType = ir.RunTimeType("Snapshot")

// keepArguments returns what has to be done before, in and after the loop so that all
// directions find the same.
func (b *builder) keepArguments(c, call *ir.Call) (before, restore, after []ir.Stmt) {
	var kept []*ir.Var
	note := func(i int) {
		v := b.temp("arg", c.Args[i].Type())
		before = append(before, ir.Define(v, c.Args[i]))
		call.Args[i] = &ir.Ref{V: v}
		kept = append(kept, v)
		if part := hidden(v.Type, nil); part != "" {
			b.t.diags.Add(b.t.Fset, c.P, "call of "+c.Rule.Of.Name()+" in vector form",
				fmt.Sprintf("the derivative by hand is called once for each direction, and what it may overwrite holds a %s, which cannot be put back in between", part),
				"leave out vector=, or say with writes= in the rule what the function writes")
		}
	}
	at := 0
	if c.Rule.Reverse != nil && c.Ext == c.Rule.Reverse {
		if leads(c.Args[0].Type()) {
			note(0)
		}
		at++
	}
	for i, shadowed := range c.Rule.In {
		if c.Rule.Writes[i] && leads(c.Args[at].Type()) {
			note(at)
		}
		at++
		if shadowed {
			at++
		}
	}
	if len(kept) == 0 {
		return nil, nil, nil
	}
	snap := b.temp("again", snapshotType)
	before = append(before, &ir.Call{L: []ir.Expr{&ir.Ref{V: snap}}, Define: true, Name: "ad.NewSnapshot"})
	inner := &ir.If{
		Cond: &ir.Binary{Op: token.GTR, X: &ir.Ref{V: b.k}, Y: ir.Int(0), Typ: types.Typ[types.Bool]},
		Then: &ir.Block{},
	}
	for _, v := range kept {
		place := []ir.Expr{&ir.Addr{X: &ir.Ref{V: v}}}
		before = append(before, &ir.Call{Name: "Save", On: snap, Args: place})
		inner.Then.Stmts = append(inner.Then.Stmts, &ir.Call{Name: "Restore", On: snap, Args: place})
	}
	return before, []ir.Stmt{inner}, []ir.Stmt{&ir.Call{Name: "Release", On: snap}}
}

// leads reports whether values of type t lead to memory.
func leads(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Array:
		return leads(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if leads(f.Type()) {
				return true
			}
		}
		return false
	}
	return true
}

// hidden names a part of what values of type t lead to that a snapshot does not keep, or
// is "".
func hidden(t types.Type, seen []types.Type) string {
	for _, s := range seen {
		if types.Identical(s, t) {
			return ""
		}
	}
	seen = append(seen, t)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Kind() == types.UnsafePointer {
			return u.Name()
		}
	case *types.Slice:
		return hidden(u.Elem(), seen)
	case *types.Array:
		return hidden(u.Elem(), seen)
	case *types.Pointer:
		return hidden(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if part := hidden(f.Type(), seen); part != "" {
				return part
			}
		}
	case *types.Map:
		return "map"
	case *types.Chan:
		return "channel"
	case *types.Signature:
		return "function"
	default:
		return "value of an interface type"
	}
	return ""
}
