package compile

import (
	"go/token"
	"slices"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/loopstate"
	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
	"github.com/cairn-ad/cairn/internal/transform/access"
	"github.com/cairn-ad/cairn/internal/transform/adjoint"
	"github.com/cairn-ad/cairn/internal/transform/rest"
)

// scrutinize makes the scrutiny entry point of f. The state of the loop is found
// in f itself; the rest of the run becomes a function, of which the access form
// and the adjoint with respect to that state are made. The latter is left out if a
// dependent has no derivative: then all that is read counts as critical.
func scrutinize(prog *ir.Program, f *ir.Func, d *directive.Derivative, without optim.Set) (made []*ir.Func, loop token.Pos, diags diag.List) {
	if flow.Reach(ir.Callees(f), ir.Callees)[f] {
		diags.Add(prog.Fset, f.Pos, "scrutiny of a recursive function", "its loop runs once for each of the calls, and the rest of one is not the rest of the run",
			"put the loop into a function that is called once")
		return nil, token.NoPos, diags
	}
	if pos := usesMap(prog); pos != token.NoPos {
		diags.Add(prog.Fset, pos, "scrutiny of a run with maps", "their elements have no order in which they could be named", "use a slice with an index in what is scrutinized")
		return nil, token.NoPos, diags
	}
	refuse := func(err error) diag.List {
		e := err.(*rest.Error)
		diags.Add(prog.Fset, e.Pos, e.What, e.Why, e.Do)
		return diags
	}
	cut, err := rest.Outline(f)
	if err != nil {
		return nil, token.NoPos, refuse(err)
	}
	loop = cut.Loop.Pos()
	if diags = unseen(prog, f); len(diags) > 0 {
		return nil, loop, diags
	}
	facts := analyze(prog, []activity.Root{{Fn: f}}, always)
	if err := cut.Divide(sharing(facts, cut)); err != nil {
		return nil, loop, refuse(err)
	}
	if recompute.Shape(cut.Loop) == nil {
		diags.Add(prog.Fset, cut.Loop.Pos(), "checkpointed loop whose trip count is not known at its start",
			"an iteration is named by the index", "write it as for i := lo; i < hi; i += step")
		return nil, loop, diags
	}
	state := loopVariables(facts, cut)

	sub := reachable(&ir.Program{Fset: prog.Fset, Pkg: prog.Pkg, Revealed: prog.Revealed, Funcs: append(slices.Clone(prog.Funcs), cut.Rest)}, cut.Rest)
	req, seeds := restRequest(cut, state, d)
	if req == nil {
		diags.Add(prog.Fset, d.Pos, "scrutiny of a result that is a slice or pointer", "its shape, and so its seed, is not known before the run",
			"name a float result, a field of a result, or an output parameter in of=")
		return nil, loop, diags
	}
	root := activity.Root{Fn: cut.Rest, Wrt: whole(req.Wrt), Of: seeds, Same: same(facts, cut)}
	mem := alias.Analyze(sub, []*ir.Func{cut.Rest}, apart(facts, cut))
	rf := analyzed(sub, []activity.Root{root}, mem, !without.Has(optim.Recompute))

	if why := adjoint.Impure(rf.Act, cut.Rest); why != "" {
		diags.Add(prog.Fset, loop, "scrutiny of a loop whose rest is run twice", why, "make such calls before the loop and keep what they give")
		return nil, loop, diags
	}
	named, nameless := ofSource(facts, state)
	if nameless != nil {
		diags.Add(prog.Fset, loop, "scrutiny of a loop that changes memory without a name", "it goes over a value that no variable holds",
			"give the value a variable before the loop and go over that")
		return nil, loop, diags
	}
	parts := &rest.Made{State: named, SeedPaths: map[*ir.Var][][]int{}, Outputs: map[*ir.Var]bool{}}
	var out []*ir.Func
	if len(req.Wrt) > 0 && len(req.Of) > 0 {
		req.Without = without
		fs, _, ds := adjoint.Transform(rf, []*adjoint.Request{req})
		if len(ds) > 0 {
			return nil, loop, ds
		}
		parts.Adjoint = fs[0]
		out = append(out, fs...)
	}
	var watches []access.Watch
	for _, v := range named {
		watches = append(watches, access.Watch{Name: ir.PlaceName(v.Place), Place: cut.Inside(v.Place)})
	}
	as := access.Transform(sub, cut.Rest, watches, cut.Copies)
	parts.Access = as[0]
	out = append(out, as...)
	parts.Apart = apartPairs(facts, f)
	fillMade(parts, cut, req, rf, d)
	return append([]*ir.Func{cut.Entry(parts)}, out...), loop, nil
}

// unseen refuses calls under a rule that may read what the probe would not see: slices
// are taken to be read whole.
func unseen(prog *ir.Program, f *ir.Func) (diags diag.List) {
	for g := range flow.Reach([]*ir.Func{f}, ir.Callees) {
		ir.WalkStmts(g.Body, func(s ir.Stmt) {
			c, ok := s.(*ir.Call)
			if !ok || c.Fn == nil || c.Fn.Rule == nil {
				return
			}
			for _, p := range c.Fn.Inputs() {
				if ir.HasRef(p.Type) && ir.HasFloat(p.Type) && !plainSlice(p.Type) {
					diags.Add(prog.Fset, c.Pos(), "scrutiny of a call of "+ruleName(c.Fn.Obj), "it has a rule, so what it reads behind "+p.Name+" is not seen",
						"write what it does in this module, without a rule")
				}
			}
		})
	}
	return diags
}

// apart tells, from what is known in the whole function, which parameters of the
// rest lead to different memory.
func apart(facts adjoint.Facts, cut *rest.Cut) func(a, b *ir.Var) bool {
	outside := map[*ir.Var][]*ir.Var{}
	for i, g := range cut.Given {
		outside[cut.Rest.Params[i+1]] = g.Vars
	}
	return func(a, b *ir.Var) bool {
		for _, x := range outside[a] {
			for _, y := range outside[b] {
				if facts.Mem.OverlapAny(leadsTo(facts, x), leadsTo(facts, y)) {
					return false
				}
			}
		}
		return outside[a] != nil && outside[b] != nil
	}
}

// loopVariables are the checkpoint variables of the cut's loop: what an iteration
// or what follows reads, and the loop writes, without those scalars that every
// iteration sets before it reads them.
func loopVariables(facts adjoint.Facts, cut *rest.Cut) []loopstate.Variable {
	also := alias.Set{}
	for _, s := range cut.After {
		also.Add(facts.Eff.Reads(s))
	}
	var out []loopstate.Variable
	for _, v := range facts.State.State(cut.Loop, cut.Args, also) {
		if r, ok := v.Place.(*ir.Ref); ok && facts.State.SetFirst(cut.Loop.Body, r.V) {
			continue
		}
		out = append(out, v)
	}
	return out
}

// ofSource leaves out the variables that the compiler has made, which the source has
// no name for. They need not be saved: the flags of an early exit (stop, done, leave)
// are raised together with the flag that ends the loop, so whenever an iteration starts
// they are false, and the loop is not reached at all with one of them raised before; and
// a temporary from before the loop is set once, so that only the memory behind it can be
// state. If no variable of the source leads there, it is returned as nameless.
func ofSource(facts adjoint.Facts, state []loopstate.Variable) (named []loopstate.Variable, nameless *ir.Var) {
	var made []*ir.Var
	known := alias.Set{}
	for _, v := range state {
		root := ir.Root(v.Place)
		if root.Kind == ir.Temp || root.Made {
			made = append(made, root)
			continue
		}
		named = append(named, v)
		known.Add(leadsTo(facts, root))
	}
	for _, v := range made {
		if ir.HasRef(v.Type) && !facts.Mem.OverlapAny(leadsTo(facts, v), known) {
			return named, v
		}
	}
	return named, nil
}

// restRequest says with respect to what, and of what, the rest is differentiated: nothing if
// a dependent holds no floats.
func restRequest(cut *rest.Cut, state []loopstate.Variable, d *directive.Derivative) (*adjoint.Request, []activity.Seed) {
	req := &adjoint.Request{Fn: cut.Rest, Joint: true}
	if slices.ContainsFunc(d.Of, func(n directive.Name) bool { return !ir.HasFloat(n.Type) }) {
		return req, nil
	}
	param := map[*ir.Var]*ir.Var{}
	for i, g := range cut.Given {
		for _, v := range g.Vars {
			param[v] = cut.Rest.Params[i+1]
		}
	}
	in := map[*ir.Var]bool{}
	for _, v := range state {
		p := param[ir.Root(v.Place)]
		if p != nil && !in[p] && ir.HasFloat(v.Place.Type()) {
			in[p] = true
			req.Wrt = append(req.Wrt, p)
		}
	}
	for _, v := range vars(cut.Whole, d.Of) {
		if contains(cut.Whole.Results, v) {
			if ir.HasRef(v.Type) {
				return nil, nil
			}
			req.Of = append(req.Of, v)
		} else if p := param[v]; p != nil && !contains(req.Of, p) {
			req.Of = append(req.Of, p)
		}
	}
	var of []activity.Seed
	for _, s := range seeds(cut.Whole, d.Of) {
		if p := param[s.Var]; p != nil && !contains(cut.Whole.Results, s.Var) {
			s.Var = p
			if joined(cut, p) {
				s.Path = "" // the struct is behind a pointer: all of what it leads to
			}
		}
		of = append(of, s)
	}
	return req, of
}

// joined reports whether p hands over several variables.
func joined(cut *rest.Cut, p *ir.Var) bool {
	i := slices.Index(cut.Rest.Params, p)
	return cut.Given[i-1].Joined()
}

func contains(vs []*ir.Var, v *ir.Var) bool {
	for _, w := range vs {
		if v == w {
			return true
		}
	}
	return false
}

func fillMade(made *rest.Made, cut *rest.Cut, req *adjoint.Request, rf adjoint.Facts, d *directive.Derivative) {
	made.Shadowed = func(i int) bool {
		p := cut.Rest.Params[i]
		return contains(req.Wrt, p) || contains(req.Of, p)
	}
	for _, r := range cut.Whole.Results {
		if contains(req.Of, r) {
			made.Seeded = append(made.Seeded, r)
		}
	}
	for _, n := range d.Of {
		v := variable(cut.Whole, n)
		made.SeedPaths[v] = append(made.SeedPaths[v], n.Path)
		made.Outputs[v] = !contains(cut.Whole.Results, v)
	}
	var params []ir.Expr
	for _, p := range cut.Rest.Params[1:] {
		if ir.HasRef(p.Type) {
			params = append(params, &ir.Ref{V: p})
		}
	}
	for _, v := range rf.State.Covering(params, rf.Eff.FuncWrites(cut.Rest)) {
		v.Place = cut.Outside(v.Place)
		made.Overwrite = append(made.Overwrite, v)
	}
}

// usesMap returns where a function of prog looks into a map, or no position.
func usesMap(prog *ir.Program) token.Pos {
	found := token.NoPos
	for _, f := range prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			reads, places := ir.Exprs(s)
			for _, e := range append(reads, places...) {
				ir.WalkExpr(e, func(e ir.Expr) bool {
					if found == token.NoPos && (ir.Whole(e) != nil && ir.IsMap(ir.Whole(e).Type()) || ir.IsEntry(e)) {
						found = s.Pos()
					}
					return true
				})
			}
		})
	}
	return found
}
