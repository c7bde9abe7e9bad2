package adjoint

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/ir"
)

// reverseBlock makes the reverse sweep of a statement list: last statement
// first, each in the state before it.
func (g *generator) reverseBlock(stmts []ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	for i := len(stmts) - 1; i >= 0; i-- {
		out = append(out, g.reverseStmt(stmts[i])...)
	}
	return out
}

// reverseScope is reverseBlock with the block's own variables brought back.
func (g *generator) reverseScope(b *ir.Block) *ir.Block {
	return &ir.Block{At: b.At, Stmts: g.enterScope(b, declared(b), g.reverseBlock(b.Stmts))}
}

// enterScope puts in front of the code what it needs of the variables of a scope
// that is entered from its end: last values popped, values worked out again,
// shadows set to zero.
func (g *generator) enterScope(scope ir.Stmt, vars []*ir.Var, code []ir.Stmt) []ir.Stmt {
	if len(vars) == 0 {
		return code
	}
	var pops, decls []ir.Stmt
	var again [][]ir.Stmt // last first
	used := ir.Vars(code)
	for i := len(vars) - 1; i >= 0; i-- {
		v := vars[i]
		x := g.rec.Local(v)
		if x == nil || g.t.tbr.Exit(scope, v) {
			continue
		}
		var mine []ir.Stmt
		if used[v] {
			mine = append(mine, ir.Define(v, x))
		}
		if g.act.Shadowed(v) && used[g.sh.Var(v)] {
			mine = append(mine, g.shadowAgain(v, x)...)
		}
		for _, s := range mine {
			ir.AddVars(used, s)
		}
		again = append(again, mine)
	}
	for i := len(vars) - 1; i >= 0; i-- {
		if v := vars[i]; g.t.tbr.Exit(scope, v) {
			pops = append(pops, g.popUsed(v, used)...)
		}
	}
	for _, v := range vars {
		if g.t.tbr.Exit(scope, v) || g.rec.Local(v) != nil {
			continue
		}
		if used[v] {
			decls = append(decls, &ir.Decl{V: v})
		}
		if b := g.sh.Var(v); g.act.Shadowed(v) && b.Kind != ir.Param && used[b] {
			decls = append(decls, &ir.Decl{V: g.sh.Var(v)})
		}
	}
	out := append(pops, decls...)
	out = append(out, g.valueShadows(vars, used)...) // before pointers to them
	for i := len(again) - 1; i >= 0; i-- {
		out = append(out, again[i]...)
	}
	return append(out, code...)
}

// shadowAgain gives v's shadow the references that belong to the value x.
func (g *generator) shadowAgain(v *ir.Var, x ir.Expr) []ir.Stmt {
	b := g.sh.Var(v)
	if ir.IsRef(v.Type) {
		return []ir.Stmt{ir.Define(b, g.refValue(x))}
	}
	out := []ir.Stmt{&ir.Decl{V: b}}
	if g.nowhere(x) {
		return out
	}
	to, from := g.refLeaves(&ir.Ref{V: b}), g.refLeaves(g.sh.Value(x))
	for i := range to {
		out = append(out, ir.Set(to[i], from[i]))
	}
	return out
}

// popUsed pops a variable and its shadow; what is not used is dropped.
func (g *generator) popUsed(v *ir.Var, used map[*ir.Var]bool) []ir.Stmt {
	pops := g.pop(&ir.Ref{V: v}, true)
	for _, s := range pops {
		c, ok := s.(*ir.Call)
		if !ok || !c.Define {
			continue
		}
		if r := c.L[0].(*ir.Ref); !used[r.V] {
			c.L, c.Define = []ir.Expr{nil}, false
		}
	}
	return pops
}

func (g *generator) reverseStmt(s ir.Stmt) []ir.Stmt {
	if !g.t.tbr.Reverse(s) {
		return nil
	}
	switch s := s.(type) {
	case *ir.Block:
		return []ir.Stmt{g.reverseScope(s)}
	case *ir.Assign:
		code := g.restores(s, s.L)
		if alias.IsSwap(s) {
			code = nil
		}
		adj, _ := g.assignAdjoint(s)
		return g.explained(s, append(code, adj...))
	case *ir.Copy:
		return g.explained(s, g.reverseCopy(s))
	case *ir.Call:
		if g.t.isFused(s) {
			return g.explained(s, g.afterFusedCall(s))
		}
		return g.explained(s, g.reverseCallStmt(s))
	case *ir.If:
		return g.reverseIf(s)
	case *ir.For:
		if s.IsFixed() {
			return g.reverseFixed(s)
		}
		if g.isScheduled(s) {
			return g.reverseScheduled(s)
		}
		return g.reverseLoop(s)
	}
	return nil
}

// explained puts the primal statement as a comment above its reverse.
func (g *generator) explained(s ir.Stmt, code []ir.Stmt) []ir.Stmt {
	if len(code) == 0 {
		return nil
	}
	p := &ir.Printer{Qualify: ir.Within(g.t.prog.Pkg)}
	p.Stmt(plainCall(s))
	return append([]ir.Stmt{comment(trimmed(p.String()))}, code...)
}

// plainCall leaves the directive out of the printed form of a call.
func plainCall(s ir.Stmt) ir.Stmt {
	if c, ok := s.(*ir.Call); ok {
		plain := *c
		plain.Mode = ir.DefaultMode
		return &plain
	}
	return s
}

func trimmed(s string) string {
	for len(s) > 0 && s[len(s)-1] == '\n' {
		s = s[:len(s)-1]
	}
	return s
}

func (g *generator) reverseCopy(s *ir.Copy) []ir.Stmt {
	var code []ir.Stmt
	if s.N != nil {
		code = append(code, g.restores(s, []ir.Expr{s.N})...)
	}
	if g.t.tbr.SavesCopy(s) {
		if g.act.ShadowedRefs(&ir.Index{X: s.Dst, I: ir.Int(0)}) {
			code = append(code, &ir.Call{Name: "ad.PopSlice", Args: []ir.Expr{&ir.Ref{V: g.st}, copied(g.sh.Value(s.Dst), s)}})
		}
		code = append(code, &ir.Call{Name: "ad.PopSlice", Args: []ir.Expr{&ir.Ref{V: g.st}, copied(s.Dst, s)}})
	}
	return append(code, g.copyAdjoint(s)...)
}

func (g *generator) reverseCallStmt(c *ir.Call) []ir.Stmt {
	code := append(g.popKept(c), g.takeSeeds(c)...)
	code = append(code, g.restores(c, c.L)...)
	if c.Fn == nil {
		return code
	}
	if g.t.joint(c) && g.snapshots(c) {
		snap := g.sh.Temp("snap", snapshotType)
		whole, sections := g.stretches(c)
		var decls []ir.Stmt
		var parts []ir.Expr
		for _, x := range sections { // the snapshot knows where it is
			part := g.sh.Temp("part", x.Type())
			decls = append(decls, &ir.Decl{V: part})
			parts = append(parts, &ir.Ref{V: part})
		}
		restore := func() []ir.Stmt {
			return append(g.keepsFor(c, snap, "Restore", whole), g.keeps(snap, "Restore", parts)...)
		}
		pop, heads := g.headsAfter(c)
		code = append(code, pop...)
		code = append(code, g.popOne(&ir.Ref{V: snap}, true))
		code = append(code, decls...)
		code = append(code, restore()...)
		code = append(code, g.callAdjoint(c)...)
		code = append(code, restore()...)
		code = append(code, heads...)
		return append(code, &ir.Call{Name: "Release", On: snap})
	}
	return append(code, g.callAdjoint(c)...)
}

func (g *generator) reverseIf(s *ir.If) []ir.Stmt {
	if _, taken, known := g.given(s); known {
		if taken == nil {
			return nil
		}
		return g.reverseScope(taken).Stmts
	}
	out := &ir.If{At: s.At, Then: g.reverseScope(s.Then)}
	if s.Else != nil {
		out.Else = g.reverseScope(s.Else)
	}
	var code []ir.Stmt
	if g.rec.Again(s) {
		out.Cond = s.Cond
	} else {
		c := g.sh.Temp("taken", types.Typ[types.Bool])
		code = append(code, g.popOne(&ir.Ref{V: c}, true))
		out.Cond = &ir.Ref{V: c}
	}
	if out.Else != nil && len(out.Else.Stmts) == 0 {
		out.Else = nil
	}
	if len(out.Then.Stmts) == 0 && out.Else != nil {
		out.Then, out.Else = out.Else, nil
		out.Cond = ir.Not(out.Cond)
	}
	return append(code, out)
}

// gatheredOf is what the reverse of s gathers, once that is known.
func (t *transform) gatheredOf(s *ir.For) *ir.Gathered {
	if t.gathered[s] == nil {
		t.gathered[s] = &ir.Gathered{}
	}
	return t.gathered[s]
}

// reverseLoop runs the iterations of a loop backwards.
func (g *generator) reverseLoop(s *ir.For) []ir.Stmt {
	spans := g.bulkSaves(s)
	body := g.reverseIteration(s)
	if k := g.rec.Counted(s); k != nil {
		if s.Stop == nil {
			loop := g.backwards(k, nil, body)
			if !checkpointed(s) { // all schedules give the same bits
				loop.Additive = g.additive(s, body)
				loop.Gathered = g.t.gatheredOf(s)
			}
			loop.Spawn = g.spawn(s, ir.ReverseSweep, body)
			return append([]ir.Stmt{loop}, g.popSpans(spans)...)
		}
		n := g.sh.Temp("trips", types.Typ[types.Int])
		loop := g.backwards(k, &ir.Ref{V: n}, body)
		return []ir.Stmt{g.popOne(&ir.Ref{V: n}, true), loop}
	}
	var post []ir.Stmt
	if s.Post != nil {
		post = g.reverseStmt(s.Post)
	}
	var code []ir.Stmt
	if s.Stop != nil {
		stopped := g.sh.Temp("stopped", types.Typ[types.Bool])
		code = append(code, g.popOne(&ir.Ref{V: stopped}, true))
		if len(post) > 0 { // the last iteration did not reach it
			post = []ir.Stmt{
				&ir.If{Cond: &ir.Unary{Op: token.NOT, X: &ir.Ref{V: stopped}}, Then: &ir.Block{Stmts: post}},
				ir.Set(&ir.Ref{V: stopped}, boolean(false)),
			}
		} else {
			code[0].(*ir.Call).L, code[0].(*ir.Call).Define = []ir.Expr{nil}, false
		}
	}
	n := g.sh.Temp("trips", types.Typ[types.Int])
	at := &ir.Ref{V: n}
	loop := &ir.For{
		At:   s.At,
		Cond: &ir.Binary{Op: token.GTR, X: at, Y: ir.Int(0), Typ: types.Typ[types.Bool]},
		Post: ir.Set(at, &ir.Binary{Op: token.SUB, X: at, Y: ir.Int(1), Typ: n.Type}),
		Body: &ir.Block{Stmts: append(post, body.Stmts...)},
	}
	code = append(code, g.popOne(at, true), loop)
	if s.Init == nil {
		return code
	}
	code = append(code, g.reverseStmt(s.Init)...)
	if !s.Init.Define {
		return code
	}
	var vars []*ir.Var
	for _, l := range s.Init.L {
		vars = append(vars, l.(*ir.Ref).V)
	}
	scoped := g.enterScope(s, vars, code)
	if len(scoped) == len(code) {
		return code
	}
	return []ir.Stmt{&ir.Block{At: s.At, Stmts: scoped}}
}

// backwards makes the loop that runs through the values of the index from the
// last to the first; n is the number of iterations made, or nil if all were.
func (g *generator) backwards(k *recompute.Counted, n ir.Expr, body *ir.Block) *ir.For {
	i := &ir.Ref{V: k.Index}
	t := k.Index.Type
	step := k.Step
	if b := t.Underlying().(*types.Basic); b.Kind() != types.Int && b.Kind() != types.Int64 {
		return g.backwardsByNumber(k, n, body)
	}
	size, op, cmp := step, token.SUB, token.GEQ
	if step < 0 {
		size, op, cmp = -step, token.ADD, token.LEQ
	}
	var last ir.Expr
	switch {
	case n == nil && size == 1:
		last = k.Hi
		if k.Cmp == token.LSS {
			last = ir.Sub(k.Hi, ir.Number(1, t))
		} else if k.Cmp == token.GTR {
			last = ir.Add(k.Hi, ir.Number(1, t))
		}
	default:
		if n == nil {
			n = tripCount(k)
		}
		before := ir.Expr(ir.Sub(n, ir.Int(1)))
		if !types.Identical(t, types.Typ[types.Int]) {
			before = &ir.Convert{X: before, Typ: t}
		}
		last = ir.Add(k.Lo, ir.Mul(ir.Number(int64(step), t), before))
		if ir.IsConst(k.Lo, 0) && step == 1 {
			last = before
		}
	}
	return &ir.For{
		Init: ir.Define(k.Index, last),
		Cond: &ir.Binary{Op: cmp, X: i, Y: k.Lo, Typ: types.Typ[types.Bool]},
		Post: ir.Set(i, &ir.Binary{Op: op, X: i, Y: ir.Number(int64(size), t), Typ: t}),
		Body: body,
	}
}

// backwardsByNumber is backwards for an index type that could run over its end, as
// an unsigned one does below 0: it counts the iterations instead.
func (g *generator) backwardsByNumber(k *recompute.Counted, n ir.Expr, body *ir.Block) *ir.For {
	if n == nil {
		n = tripCount(k)
	}
	number := g.sh.Temp("k", types.Typ[types.Int])
	at := &ir.Ref{V: number}
	t := k.Index.Type
	value := ir.Add(k.Lo, ir.Mul(ir.Number(int64(k.Step), t), &ir.Convert{X: at, Typ: t}))
	if k.Step < 0 {
		value = ir.Sub(k.Lo, ir.Mul(ir.Number(int64(-k.Step), t), &ir.Convert{X: at, Typ: t}))
	}
	stmts := body.Stmts
	if refers(k.Index, stmts) {
		stmts = append([]ir.Stmt{ir.Define(k.Index, value)}, stmts...)
	}
	return &ir.For{
		Init: ir.Define(number, ir.Sub(n, ir.Int(1))),
		Cond: &ir.Binary{Op: token.GEQ, X: at, Y: ir.Int(0), Typ: types.Typ[types.Bool]},
		Post: ir.Set(at, &ir.Binary{Op: token.SUB, X: at, Y: ir.Int(1), Typ: number.Type}),
		Body: &ir.Block{At: body.At, Stmts: stmts},
	}
}

// tripCount is the number of iterations of a counted loop that is not left early.
func tripCount(k *recompute.Counted) ir.Expr {
	fn, t := "ad.TripCount", types.Typ[types.Int]
	switch k.Index.Type.Underlying().(*types.Basic).Kind() {
	case types.Uint, types.Uint64, types.Uintptr: // an int may not hold them
		fn, t = "ad.TripCountUint", types.Typ[types.Uint64]
	}
	lo, hi := as(k.Lo, t), as(k.Hi, t)
	if k.Cmp == token.LEQ {
		hi = ir.Add(hi, ir.One(t))
	} else if k.Cmp == token.GEQ {
		hi = ir.Sub(hi, ir.One(t))
	}
	return &ir.Math{Fn: fn, Args: []ir.Expr{lo, hi, ir.Int(k.Step)}, Typ: types.Typ[types.Int]}
}

func asInt(e ir.Expr) ir.Expr { return as(e, types.Typ[types.Int]) }

// as is e as a number of type t.
func as(e ir.Expr, t types.Type) ir.Expr {
	if types.Identical(e.Type(), t) {
		return e
	}
	return &ir.Convert{X: e, Typ: t}
}
