package adjoint

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A function with a rule may replace slices and pointers in memory that an argument
// leads to, as a matrix gets its elements by the first product that is put into it. Its
// shadow then gets the new shape after the call; in the reverse sweep it has the old one
// again once the adjoint has run.

// moved lists the arguments of c in which that may happen and that have shadows, and the
// shadows.
func (g *generator) moved(c *ir.Call) (args, shadows []ir.Expr) {
	for i, a := range c.Args {
		if c.Fn.Rule.Moves[i] && ir.IsRef(a.Type()) && g.hasShadow(a) && !ir.FromGlobal(a) {
			args, shadows = append(args, a), append(shadows, g.sh.Value(a))
		}
	}
	return args, shadows
}

// shapes gives the shadows the shape of what they belong to.
func (g *generator) shapes(c *ir.Call, was []*ir.Var) []ir.Stmt {
	var out []ir.Stmt
	args, shadows := g.moved(c)
	for i, a := range args {
		out = append(out, &ir.Call{Name: "ad.ShapeLike", Args: []ir.Expr{pointerTo(shadows[i]), pointerTo(a), &ir.Ref{V: was[i]}}})
	}
	return out
}

// headsOf notes the slices and pointers in the arguments before the call.
func (g *generator) headsOf(c *ir.Call) (code []ir.Stmt, was []*ir.Var) {
	args, _ := g.moved(c)
	for _, a := range args {
		v := g.sh.Temp("was", headsType)
		code = append(code, &ir.Call{L: []ir.Expr{&ir.Ref{V: v}}, Define: true, Name: "ad.HeadsOf", Args: []ir.Expr{pointerTo(a)}})
		was = append(was, v)
	}
	return code, was
}

// pointerTo is the pointer p, or the address of the slice p.
func pointerTo(p ir.Expr) ir.Expr {
	if _, ok := p.Type().Underlying().(*types.Pointer); ok {
		return p
	}
	return &ir.Addr{X: p}
}

// headsBefore keeps the slices and pointers in the shadows, where the values from before
// the call are needed.
func (g *generator) headsBefore(c *ir.Call, record bool) []ir.Stmt {
	_, shadows := g.moved(c)
	if !record || !g.snapshots(c) || len(shadows) == 0 {
		return nil
	}
	heads := g.sh.Temp("heads", snapshotType)
	out := []ir.Stmt{&ir.Call{L: []ir.Expr{&ir.Ref{V: heads}}, Define: true, Name: "ad.NewSnapshot"}}
	for _, s := range shadows {
		out = append(out, &ir.Call{Name: "SaveHeaders", On: heads, Args: []ir.Expr{pointerTo(s)}})
	}
	return append(out, &ir.Call{Name: "ad.Push", Args: []ir.Expr{&ir.Ref{V: g.st}, &ir.Ref{V: heads}}})
}

// headsAfter pops what headsBefore has pushed, and gives it back.
func (g *generator) headsAfter(c *ir.Call) (pop, restore []ir.Stmt) {
	if c.Fn == nil || c.Fn.Rule == nil {
		return nil, nil
	}
	_, shadows := g.moved(c)
	if len(shadows) == 0 {
		return nil, nil
	}
	heads := g.sh.Temp("heads", snapshotType)
	for _, s := range shadows {
		restore = append(restore, &ir.Call{Name: "ad.GiveBack", Args: []ir.Expr{&ir.Ref{V: heads}, text(last(c.Fn.Name)), pointerTo(s)}})
	}
	return []ir.Stmt{g.popOne(&ir.Ref{V: heads}, true)}, append(restore, &ir.Call{Name: "Release", On: heads})
}
