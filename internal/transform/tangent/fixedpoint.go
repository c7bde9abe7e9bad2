package tangent

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// fixedLoop runs a loop to a fixed point with its shadows as any other, and then lets
// ad.FixedPoint iterate the shadows: an iteration is run from where the loop has ended
// until they do not change any more. The values are those of the loop.
func (g *generator) fixedLoop(s *ir.For) []ir.Stmt {
	fixed := s.Checkpoint.Fixed
	loop := ir.CopyBlock(&ir.Block{Stmts: []ir.Stmt{s}}, nil).Stmts[0].(*ir.For)
	loop.Checkpoint = nil
	ir.Decide(loop.Body, map[*ir.Var]bool{fixed.Again: false})
	out := g.loop(loop)

	once := ir.CopyBlock(&ir.Block{Stmts: []ir.Stmt{s}}, nil).Stmts[0].(*ir.For)
	ir.Decide(once.Body, map[*ir.Var]bool{fixed.Again: true})
	f, end := g.made("fixed", "FixedPoint"), g.made("end", "Snapshot")
	step, restore := g.sh.Temp("step", closureType), g.sh.Temp("restore", closureType)
	verb := ""
	if g.t.state.KeepsRoom(g.t.prog.Funcs) {
		verb = "Room"
	}
	var save, back []ir.Stmt
	args := []ir.Expr{&ir.Ref{V: step}, &ir.Ref{V: restore}}
	keep := func(how string, place ir.Expr) {
		at := []ir.Expr{&ir.Addr{X: place}}
		save = append(save, &ir.Call{Name: "Save" + verb + how, On: end, Args: at})
		back = append(back, &ir.Call{Name: "Restore" + verb + how, On: end, Args: at})
	}
	for _, it := range g.t.state.Overwritten(g.f, s) {
		keep("", it.Place)
		if !g.activePlace(it.Place) {
			continue
		}
		shadow := g.sh.Place(it.Place)
		if it.Headers && g.act.ShadowedRefs(it.Place) {
			keep("Headers", shadow)
		}
		args = append(args, &ir.Addr{X: shadow})
	}
	if len(args) == 2 { // no derivative passes through
		return out
	}
	out = append(out,
		&ir.Call{L: []ir.Expr{&ir.Ref{V: f}}, Define: true, Name: "ad.NewFixedPoint", Args: fixed.Args(g.f, s, g.t.prog)},
		&ir.Call{L: []ir.Expr{&ir.Ref{V: end}}, Define: true, Name: "ad.NewSnapshot"})
	out = append(out, save...)
	return append(out,
		&ir.Closure{At: s.At, V: step, Body: g.block(once.Body)},
		&ir.Closure{At: s.At, V: restore, Body: &ir.Block{Stmts: back}},
		&ir.Call{Name: g.t.algebra.fixed(), On: f, Args: args},
		&ir.Call{Name: "Release", On: end})
}

var closureType = types.NewSignatureType(nil, nil, nil, nil, nil, false)

// made makes a variable for a pointer to a type of package ad.
func (g *generator) made(name, typ string) *ir.Var {
	return g.sh.Temp(name, ir.RunTimeType(typ))
}
