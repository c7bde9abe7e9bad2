package adjoint

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/loopstate"
	"github.com/cairn-ad/cairn/internal/ir"
)

// scheduled is a loop that is reversed under a checkpoint schedule: the run-time
// object that drives it and the closures that it calls.
type scheduled struct {
	loop            *ir.Var
	advance, record *ir.Var
	save            *ir.Var

	parts map[*ir.Var][]*ir.Var // what of slices it touches, see loopParts
}

func (g *generator) isScheduled(s *ir.For) bool {
	return s.Scheduled() && g.t.tbr.Reverse(s)
}

// shared reports whether both sweeps can use the same closures: they stand in
// one function, and the loop is not inside another scope.
func (g *generator) shared(s *ir.For) bool {
	if g.kind != jointKind {
		return false
	}
	for _, top := range g.f.Body.Stmts {
		if top == ir.Stmt(s) {
			return true
		}
	}
	return false
}

var closureType = types.NewSignatureType(nil, nil, nil, nil, nil, false)

func (g *generator) closure(name string) *ir.Var { return g.sh.Temp(name, closureType) }

func (g *generator) forwardScheduled(s *ir.For, record bool) []ir.Stmt {
	if !record { // inside an advance: just run it
		return []ir.Stmt{g.plainLoop(s)}
	}
	sc := &scheduled{loop: g.sh.Temp(loopName(s), loopType)}
	made := &ir.Call{Name: "ad.NewBlock"}
	if !s.IsBlock() {
		made = g.newLoop(s)
	}
	made.L, made.Define = []ir.Expr{&ir.Ref{V: sc.loop}}, true
	out := []ir.Stmt{comment(g.headline(s)), made}
	parts, order, code := g.loopParts(s)
	sc.parts = parts
	out = append(out, code...)
	out = append(out, g.forwardClosures(s, sc)...)
	out = append(out, g.durable(s, sc)...)
	out = append(out, &ir.Call{Name: "Forward", On: sc.loop, Args: []ir.Expr{&ir.Ref{V: sc.advance}, &ir.Ref{V: sc.record}, &ir.Ref{V: sc.save}}})
	if g.shared(s) {
		g.loops[s] = sc
	} else {
		out = append(out, &ir.Call{Name: "ad.Push", Args: []ir.Expr{&ir.Ref{V: g.st}, &ir.Ref{V: sc.loop}}})
		for _, part := range order {
			out = append(out, g.pushOne(&ir.Ref{V: part}))
		}
	}
	return out
}

// plainLoop runs a loop and records nothing.
func (g *generator) plainLoop(s *ir.For) ir.Stmt {
	body := g.forwardScope(s.Body, false)
	if s.IsBlock() && s.Stop == nil {
		return body
	}
	return &ir.For{At: s.At, Init: s.Init, Cond: s.Cond, Post: s.Post, Stop: s.Stop, Body: body, Spawn: g.spawn(s, ir.NoSweep, body)}
}

func loopName(s *ir.For) string {
	if s.IsBlock() {
		return "block"
	}
	return "loop"
}

func (g *generator) headline(s *ir.For) string {
	if s.IsBlock() {
		return "Checkpointed block."
	}
	if s.Open() {
		return "Loop of unknown length under " + article(s.Checkpoint.Scheme) + " schedule"
	}
	p := &ir.Printer{Qualify: ir.Within(g.t.prog.Pkg)}
	p.Stmt(&ir.For{Init: s.Init, Cond: s.Cond, Post: s.Post, Body: &ir.Block{}})
	text := p.String()
	for i := range text {
		if text[i] == '{' {
			return text[:i] + "under " + article(s.Checkpoint.Scheme) + " schedule"
		}
	}
	return text
}

// article is the scheme's name with the article before it.
func article(scheme string) string {
	if strings.ContainsAny(scheme[:1], "aeio") {
		return "an " + scheme
	}
	return "a " + scheme
}

func (g *generator) forwardClosures(s *ir.For, sc *scheduled) []ir.Stmt {
	sc.advance, sc.record, sc.save = g.closure("advance"), g.closure("record"), g.closure("save")
	defer func(outer *ir.Var) { g.drawing = outer }(g.drawing)
	g.drawing = sc.loop
	out := []ir.Stmt{
		g.stepClosure(s, sc.advance, g.forwardScope(s.Body, false).Stmts, true),
		g.stepClosure(s, sc.record, g.forwardScope(s.Body, true).Stmts, true),
		g.stateClosure(s, sc, sc.save, g.loopState(s), "Save"),
	}
	if s.Ahead() {
		keep, bring, state := g.closure("keep"), g.closure("bring"), g.endState(s)
		out = append(out,
			g.stateClosure(s, sc, keep, state, "Save"),
			g.stateClosure(s, sc, bring, state, "Restore"),
			&ir.Call{Name: "Ahead", On: sc.loop, Args: []ir.Expr{&ir.Ref{V: keep}, &ir.Ref{V: bring}}})
	}
	return out
}

// endState is all that iterations of s change of what is declared outside it: what the
// reverse of an iteration that was recorded ahead begins with. It is more than the
// checkpoint variables, which later iterations read.
func (g *generator) endState(s *ir.For) []loopstate.Variable {
	var outside []ir.Expr
	index := g.rec.Counted(s).Index
	for _, v := range g.around(s) {
		if v != index {
			outside = append(outside, &ir.Ref{V: v})
		}
	}
	return g.t.state.Covering(outside, g.t.eff.Writes(s))
}

// stepClosure makes func(i int) bool, which does something with iteration i and
// reports whether the loop goes on, or func(i int).
func (g *generator) stepClosure(s *ir.For, v *ir.Var, body []ir.Stmt, goesOn bool) ir.Stmt {
	k := g.rec.Counted(s)
	c := &ir.Closure{At: s.At, V: v}
	if ir.IsConst(k.Lo, 0) && k.Step == 1 && types.Identical(k.Index.Type, types.Typ[types.Int]) {
		c.Params = []*ir.Var{k.Index}
	} else {
		n := g.sh.Temp("k", types.Typ[types.Int])
		c.Params = []*ir.Var{n}
		if refers(k.Index, body) {
			at := ir.Expr(&ir.Ref{V: n})
			if !types.Identical(k.Index.Type, types.Typ[types.Int]) {
				at = &ir.Convert{X: at, Typ: k.Index.Type}
			}
			value := ir.Add(k.Lo, ir.Mul(ir.Number(int64(max(k.Step, 1)), k.Index.Type), at))
			if k.Step < 0 {
				value = ir.Sub(k.Lo, ir.Mul(ir.Number(int64(-k.Step), k.Index.Type), at))
			}
			body = append([]ir.Stmt{ir.Define(k.Index, value)}, body...)
		}
	}
	if goesOn {
		c.Result = types.Typ[types.Bool]
		more := boolean(true)
		if s.Stop != nil {
			more = &ir.Unary{Op: token.NOT, X: &ir.Ref{V: s.Stop}}
		}
		body = append(body, &ir.Yield{X: more})
	}
	c.Body = &ir.Block{At: s.At, Stmts: body}
	return c
}

// stateClosure makes func(s *ad.Snapshot), which saves or restores variables of the
// loop.
func (g *generator) stateClosure(s *ir.For, sc *scheduled, v *ir.Var, state []loopstate.Variable, method string) ir.Stmt {
	snap := g.sh.Temp("s", snapshotType)
	snap.Kind = ir.Param
	return &ir.Closure{At: s.At, V: v, Params: []*ir.Var{snap}, Body: &ir.Block{Stmts: g.keepState(sc.kept(state), snap, method)}}
}

// kept replaces slices by what of them is touched.
func (sc *scheduled) kept(state []loopstate.Variable) []loopstate.Variable {
	var out []loopstate.Variable
	for _, it := range state {
		if r, ok := it.Place.(*ir.Ref); ok && sc.parts[r.V] != nil {
			for _, part := range sc.parts[r.V] {
				out = append(out, loopstate.Variable{Place: &ir.Ref{V: part}})
			}
			continue
		}
		out = append(out, it)
	}
	return out
}

// loopState returns the checkpoint variables of s: those that it mentions and
// that are declared outside it. The keys of a map count as read by who sets an entry.
func (g *generator) loopState(s *ir.For) []loopstate.Variable {
	also := g.t.tbr.Keys(s)
	also.Add(g.t.tbr.Start(s))
	return g.t.state.State(s, g.around(s), also)
}

// around lists the variables that s mentions and that are declared outside it.
func (g *generator) around(s *ir.For) []*ir.Var { return loopstate.Around(g.f, s) }

func (g *generator) reverseScheduled(s *ir.For) []ir.Stmt {
	var out []ir.Stmt
	sc := g.loops[s]
	if sc == nil {
		sc = &scheduled{loop: g.sh.Temp(loopName(s), loopType)}
		parts, order, _ := g.loopParts(s)
		sc.parts = parts
		for i := len(order) - 1; i >= 0; i-- {
			out = append(out, g.popOne(&ir.Ref{V: order[i]}, true))
		}
		out = append(out, g.popOne(&ir.Ref{V: sc.loop}, true))
		out = append(out, g.forwardClosures(s, sc)...)
	}
	reverse, restore := g.closure("reverse"), g.closure("restore")
	decls, take, hand := g.carried(s)
	out = append(out, decls...)
	body := append(append(take, g.reverseIteration(s).Stmts...), hand...)
	out = append(out,
		g.stepClosure(s, reverse, body, false),
		g.stateClosure(s, sc, restore, g.loopState(s), "Restore"),
		&ir.Call{Name: "Reverse", On: sc.loop, Args: []ir.Expr{&ir.Ref{V: sc.advance}, &ir.Ref{V: sc.record}, &ir.Ref{V: reverse}, &ir.Ref{V: sc.save}, &ir.Ref{V: restore}}})
	if !s.Ahead() { // else other iterations follow a recorded one
		g.again = append(g.again, rerun{s, sc.record, reverse})
	}
	if len(g.t.tbr.Start(s)) > 0 {
		out = append(out, &ir.Call{Name: "RestoreStart", On: sc.loop, Args: []ir.Expr{&ir.Ref{V: restore}}})
	}
	return append(out, &ir.Call{Name: "Release", On: sc.loop})
}

// carried hands the adjoints of the state on from one reversed iteration to the
// one before it. Where the body gives a variable of the state new memory, each
// time an iteration is run again its shadow is new too.
func (g *generator) carried(s *ir.For) (decls, take, hand []ir.Stmt) {
	var held []*ir.Var
	var places []ir.Expr
	for _, it := range g.loopState(s) {
		if !it.Headers || !g.act.ShadowedRefs(it.Place) || g.onlySwapped(s, it.Place) {
			continue
		}
		h := g.sh.ShadowTemp("held", it.Place.Type())
		held, places = append(held, h), append(places, g.sh.Place(it.Place))
	}
	if s.RunAgain() {
		decls, take = g.carriedOnce(s, places)
	}
	if len(held) == 0 {
		return decls, take, nil
	}
	var carry []ir.Stmt
	for i, h := range held {
		decls = append(decls, &ir.Decl{V: h})
		carry = append(carry, &ir.Call{Name: "ad.Carry", Args: []ir.Expr{&ir.Addr{X: &ir.Ref{V: h}}, &ir.Addr{X: places[i]}}})
		if nested(h.Type) {
			hand = append(hand, &ir.Call{Name: "ad.Hold", Args: []ir.Expr{&ir.Addr{X: &ir.Ref{V: h}}, &ir.Addr{X: places[i]}}})
		} else {
			hand = append(hand, ir.Set(&ir.Ref{V: h}, places[i]))
		}
	}
	if s.RunAgain() { // the last iteration may have been advanced over: it is run again, too
		return append(decls, hand...), append(carry, take...), hand
	}
	more := g.sh.Temp("carry", types.Typ[types.Bool])
	decls = append([]ir.Stmt{&ir.Decl{V: more}}, decls...)
	hand = append(hand, ir.Set(&ir.Ref{V: more}, boolean(true)))
	return decls, []ir.Stmt{&ir.If{Cond: &ir.Ref{V: more}, Then: &ir.Block{Stmts: carry}}}, hand
}

// carriedOnce hands on the adjoints of what a loop that may stop early leaves behind
// without being state, as a variable that each iteration sets anew: only the last
// iteration has a part in them, and it may be run again before it is reversed.
func (g *generator) carriedOnce(s *ir.For, state []ir.Expr) (decls, take []ir.Stmt) {
	headers := alias.Set{}
	for w := range g.t.eff.Writes(s) {
		if ir.HasRef(g.mem.TypeAt(w)) {
			headers[w] = true
		}
	}
	var roots []ir.Expr
	for _, v := range g.around(s) {
		roots = append(roots, &ir.Ref{V: v})
	}
	once := g.sh.Temp("ended", types.Typ[types.Bool])
	guarded := &ir.If{Cond: &ir.Unary{Op: token.NOT, X: &ir.Ref{V: once}}, Then: &ir.Block{}}
	for _, it := range g.t.state.Covering(roots, headers) {
		if !it.Headers || !g.act.ShadowedRefs(it.Place) || g.onlySwapped(s, it.Place) {
			continue
		}
		place := g.sh.Place(it.Place)
		if slices.ContainsFunc(state, func(e ir.Expr) bool { return ir.Equal(e, place) }) {
			continue
		}
		h := g.sh.ShadowTemp("last", it.Place.Type())
		held := &ir.Addr{X: &ir.Ref{V: h}}
		decls = append(decls, &ir.Decl{V: h})
		if nested(h.Type) {
			decls = append(decls, &ir.Call{Name: "ad.Hold", Args: []ir.Expr{held, &ir.Addr{X: place}}})
		} else {
			decls = append(decls, ir.Set(&ir.Ref{V: h}, place))
		}
		guarded.Then.Stmts = append(guarded.Then.Stmts, &ir.Call{Name: "ad.Carry", Args: []ir.Expr{held, &ir.Addr{X: place}}})
	}
	if len(decls) == 0 {
		return nil, nil
	}
	guarded.Then.Stmts = append(guarded.Then.Stmts, ir.Set(&ir.Ref{V: once}, boolean(true)))
	return append([]ir.Stmt{&ir.Decl{V: once}}, decls...), []ir.Stmt{guarded}
}

// nested reports whether memory that values of type t lead to leads on to other
// memory.
func nested(t types.Type) bool {
	for _, leaf := range alias.Leaves(t) {
		if ir.IsRef(leaf.Type) && ir.HasRef(elemOf(leaf.Type)) {
			return true
		}
	}
	return false
}

// onlySwapped reports whether the loop changes the variable at place in no other
// way than by exchanging it with others.
func (g *generator) onlySwapped(s *ir.For, place ir.Expr) bool {
	r, ok := place.(*ir.Ref)
	if !ok || g.addressed()[r.V] {
		return false
	}
	only := true
	ir.WalkStmts(s.Body, func(c ir.Stmt) {
		if a, ok := c.(*ir.Assign); ok && alias.IsSwap(a) {
			for _, l := range a.L { // with one that gets new memory?
				if l.(*ir.Ref).V != r.V {
					only = only && g.neverGiven(s, l.(*ir.Ref).V)
				}
			}
			return
		}
		_, places := ir.Exprs(c)
		for _, l := range places {
			if ref, ok := l.(*ir.Ref); ok && ref.V == r.V {
				only = false
			}
		}
	})
	return only && !ir.HasRef(elemOf(r.V.Type))
}

func elemOf(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return u.Elem()
	case *types.Pointer:
		return u.Elem()
	case *types.Map:
		return u.Elem()
	}
	return t
}

// neverGiven reports whether the loop assigns to v in swaps only.
func (g *generator) neverGiven(s *ir.For, v *ir.Var) bool {
	never := true
	ir.WalkStmts(s.Body, func(c ir.Stmt) {
		if a, ok := c.(*ir.Assign); ok && alias.IsSwap(a) {
			return
		}
		_, places := ir.Exprs(c)
		for _, l := range places {
			if ref, ok := l.(*ir.Ref); ok && ref.V == v {
				never = false
			}
		}
	})
	return never
}
