package adjoint

import (
	"github.com/cairn-ad/cairn/internal/analysis/loopstate"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A loop to a fixed point is run in the forward sweep as it is. At its end the state is
// kept. The reverse sweep restores it, records one more iteration and reverses that, as
// often as ad.FixedPoint asks for.

// given simplifies the condition of s by the flags that are known: known reports whether
// nothing is left of it; taken is the branch then, which may be nil.
func (g *generator) given(s *ir.If) (cond ir.Expr, taken *ir.Block, known bool) {
	cond, value, known := ir.Given(s.Cond, g.flags)
	if known && value {
		return cond, s.Then, true
	}
	return cond, s.Else, known
}

// withFlags makes code in which the loop's variable for one more iteration is known, and
// so, in that, that nothing stops the loop.
func (g *generator) withFlags(s *ir.For, again bool, f func()) {
	if g.flags == nil {
		g.flags = map[*ir.Var]bool{}
	}
	v := s.Checkpoint.Fixed.Again
	g.flags[v] = again
	if again && s.Stop != nil {
		g.flags[s.Stop] = false
	}
	f()
	delete(g.flags, v)
	delete(g.flags, s.Stop)
}

func (g *generator) forwardFixed(s *ir.For, record bool) []ir.Stmt {
	loop := &ir.For{At: s.At, Stop: s.Stop}
	g.withFlags(s, false, func() { loop.Body = g.forwardScope(s.Body, false) })
	if !record {
		return []ir.Stmt{loop}
	}
	push := func(v *ir.Var) ir.Stmt {
		return &ir.Call{Name: "ad.Push", Args: []ir.Expr{&ir.Ref{V: g.st}, &ir.Ref{V: v}}}
	}
	fixed := s.Checkpoint.Fixed
	f := g.sh.Temp("fixed", fixedType)
	out := []ir.Stmt{
		comment("Loop to a fixed point."),
		&ir.Call{L: []ir.Expr{&ir.Ref{V: f}}, Define: true, Name: "ad.NewFixedPoint", Args: fixed.Args(g.f, s, g.t.prog)},
	}
	var written []ir.Expr
	for _, p := range g.fixedWrites(s) {
		written = append(written, ir.AddrOf(p))
	}
	if places := g.fixedStart(s); len(places) > 0 {
		start := g.sh.Temp("start", snapshotType)
		out = append(out, &ir.Call{L: []ir.Expr{&ir.Ref{V: start}}, Define: true, Name: "ad.NewSnapshot"})
		out = append(append(out, g.keepState(places, start, "Save")...), push(start))
	}
	end := g.sh.Temp("end", snapshotType)
	out = append(out, &ir.Call{Name: "Begin", On: f, Args: written}, loop, &ir.Call{Name: "End", On: f, Args: written})
	out = append(out, &ir.Call{L: []ir.Expr{&ir.Ref{V: end}}, Define: true, Name: "ad.NewSnapshot"})
	out = append(append(out, g.keepState(g.fixedState(s), end, "Save")...), push(end))
	return append(out, push(f))
}

// fixedStart lists what the reverse sweep before the loop needs as it was.
func (g *generator) fixedStart(s *ir.For) []loopstate.Variable {
	return g.t.state.Covering(refs(g.around(s)), g.t.tbr.Start(s))
}

func refs(vars []*ir.Var) []ir.Expr {
	var out []ir.Expr
	for _, v := range vars {
		out = append(out, &ir.Ref{V: v})
	}
	return out
}

// fixedState lists the state that the loop ends with.
func (g *generator) fixedState(s *ir.For) []loopstate.Variable {
	var out []loopstate.Variable
	for _, it := range g.t.state.State(s, g.around(s), nil) {
		if r, ok := it.Place.(*ir.Ref); !ok || r.V != s.Stop {
			out = append(out, it)
		}
	}
	return out
}

// keepState calls Save or Restore of the snapshot for the state, and for the slices and
// pointers of its shadows.
func (g *generator) keepState(state []loopstate.Variable, snap *ir.Var, method string) []ir.Stmt {
	var out []ir.Stmt
	for _, it := range state {
		verb := g.keeping(method, it.Place)
		out = append(out, on(snap, verb, it.Place))
		if it.Headers && g.act.ShadowedRefs(it.Place) {
			out = append(out, on(snap, verb+"Headers", g.sh.Place(it.Place)))
		}
	}
	return together(out)
}

// fixedWrites lists the places with adjoints that the loop writes.
func (g *generator) fixedWrites(s *ir.For) []ir.Expr {
	var out []ir.Expr
	for _, it := range g.t.state.Covering(refs(g.around(s)), g.t.eff.Writes(s)) {
		if g.hasShadow(it.Place) {
			out = append(out, it.Place)
		}
	}
	return out
}

// fixedReads lists the places with adjoints that the loop reads and does not write.
func (g *generator) fixedReads(s *ir.For) []ir.Expr {
	written := g.fixedWrites(s)
	var out []ir.Expr
places:
	for _, it := range g.t.state.Covering(refs(g.around(s)), g.t.eff.Reads(s)) {
		for _, w := range written {
			if ir.Equal(w, it.Place) {
				continue places
			}
		}
		if g.hasShadow(it.Place) {
			out = append(out, it.Place)
		}
	}
	return out
}

func (g *generator) reverseFixed(s *ir.For) []ir.Stmt {
	f, end := g.sh.Temp("fixed", fixedType), g.sh.Temp("end", snapshotType)
	record, reverse, restore := g.closure("record"), g.closure("reverse"), g.closure("restore")
	out := []ir.Stmt{g.popOne(&ir.Ref{V: f}, true), g.popOne(&ir.Ref{V: end}, true)}
	g.withFlags(s, true, func() {
		out = append(out,
			&ir.Closure{At: s.At, V: record, Body: &ir.Block{At: s.At, Stmts: g.forwardScope(s.Body, true).Stmts}},
			&ir.Closure{At: s.At, V: reverse, Body: &ir.Block{At: s.At, Stmts: g.reverseScope(s.Body).Stmts}})
	})
	out = append(out, &ir.Closure{At: s.At, V: restore, Body: &ir.Block{At: s.At, Stmts: g.keepState(g.fixedState(s), end, "Restore")}})
	written := g.fixedWrites(s)
	args := []ir.Expr{&ir.Ref{V: record}, &ir.Ref{V: reverse}, &ir.Ref{V: restore}, ir.Int(len(written))}
	for _, p := range append(written, g.fixedReads(s)...) {
		args = append(args, ir.AddrOf(g.sh.Place(p)))
	}
	out = append(out, &ir.Call{Name: "Reverse", On: f, Args: args}, &ir.Call{Name: "Release", On: end})
	g.again = append(g.again, rerun{s, record, reverse})
	if places := g.fixedStart(s); len(places) > 0 {
		start := g.sh.Temp("start", snapshotType)
		out = append(out, g.popOne(&ir.Ref{V: start}, true))
		out = append(out, g.keepState(places, start, "Restore")...)
		out = append(out, &ir.Call{Name: "Release", On: start})
	}
	return out
}
