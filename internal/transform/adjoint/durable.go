package adjoint

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/analysis/loopstate"
	"github.com/cairn-ad/cairn/internal/ir"
)

// durable makes the functions that another process needs to go on with the loop s, and the
// call that tells the run-time loop of them.
func (g *generator) durable(s *ir.For, sc *scheduled) []ir.Stmt {
	if s.Checkpoint.Resume == "" || !g.resumable(s) {
		return nil
	}
	g.resumed = true
	keepAll, bringAll := g.closure("keepAll"), g.closure("bringAll")
	keepAdjoints, bringAdjoints, inputs := g.closure("keepAdjoints"), g.closure("bringAdjoints"), g.closure("inputs")
	state, adjoints := g.endState(s), g.adjointsAround(s)
	var args []ir.Expr
	for _, v := range []*ir.Var{keepAll, bringAll, keepAdjoints, bringAdjoints} {
		args = append(args, &ir.Ref{V: v})
	}
	return []ir.Stmt{
		g.stateClosure(s, sc, keepAll, state, "Save"),
		g.stateClosure(s, sc, bringAll, state, "Restore"),
		g.placesClosure(s, keepAdjoints, adjoints, "Save"),
		g.placesClosure(s, bringAdjoints, adjoints, "Restore"),
		g.placesClosure(s, inputs, g.inputsOf(s), "Save"),
		&ir.Call{Name: "Durable", On: sc.loop, Args: args},
		&ir.Call{Name: "Inputs", On: sc.loop, Args: []ir.Expr{&ir.Ref{V: inputs}}},
	}
}

// resumable reports whether another process can go on with s, and says why not.
func (g *generator) resumable(s *ir.For) bool {
	refuse := func(why, do string) bool {
		g.t.fail(s, "resume="+s.Checkpoint.Resume+" above this loop", why, do)
		return false
	}
	if g.sig.root == nil || !g.shared(s) {
		return refuse("another process goes on with a loop at the top of a function that is asked for in mode=joint",
			"move the loop to the top of that function, or leave resume out")
	}
	if decls, _, _ := g.carried(s); len(decls) > 0 {
		return refuse("it gives its variables new memory in each iteration, and their adjoints are passed on from one iteration to the next outside the state",
			"copy into memory that is made before the loop, or leave resume out")
	}
	return true
}

// inputsOf lists the parameters of the derivative, and what s reads of what is declared
// outside it: another process must have the same.
func (g *generator) inputsOf(s *ir.For) []ir.Expr {
	var out []ir.Expr
	listed := map[*ir.Var]bool{g.rec.Counted(s).Index: true}
	params := g.made.Params
	if g.made.Recv != nil {
		params = append([]*ir.Var{g.made.Recv}, params...)
	}
	for _, v := range append(slices.Clone(params), g.around(s)...) {
		if !listed[v] {
			out = append(out, &ir.Ref{V: v})
		}
		listed[v] = true
	}
	return out
}

// adjointsAround lists the shadows of what s mentions and is declared outside it.
func (g *generator) adjointsAround(s *ir.For) []ir.Expr {
	var out []ir.Expr
	index := g.rec.Counted(s).Index
	for _, v := range g.around(s) {
		if ref := ir.Expr(&ir.Ref{V: v}); v != index && g.hasShadow(ref) {
			out = append(out, g.sh.Place(ref))
		}
	}
	return out
}

// placesClosure makes func(s *ad.Snapshot), which saves or restores places.
func (g *generator) placesClosure(s *ir.For, v *ir.Var, places []ir.Expr, method string) ir.Stmt {
	var vars []loopstate.Variable
	for _, p := range places {
		vars = append(vars, loopstate.Variable{Place: p})
	}
	return g.stateClosure(s, &scheduled{}, v, vars, method)
}
