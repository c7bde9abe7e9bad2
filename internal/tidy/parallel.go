package tidy

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Parallel lets loops run their iterations in goroutines that a transform has said may do so:
// see [ir.Spawn]. The functions are all that a transform has made, since what the forward sweep of
// a loop records on stacks for each goroutine, its reverse sweep has to take back from there. So
// either all sweeps of a loop get goroutines, or none. What is made code here is looked at
// once more: it must not give values to variables outside the loop, or call anything that is not
// known to leave others alone. With inOrder no sums may be added up in another order, and loops stay
// as they are of which goroutines would have copies of shadows.
func Parallel(funcs []*ir.Func, inOrder bool) {
	p := &paralleler{found: map[*ir.For]*teamLoop{}, refused: map[*ir.For]bool{}, stack: map[*ir.For]bool{}, reversed: map[*ir.For]bool{}, harmless: map[*ir.Func]bool{}, inOrder: inOrder}
	for _, f := range funcs {
		p.find(f)
	}
	for l, t := range p.found {
		of := l.Spawn.Of
		sweeps := t.sweep != ir.NoSweep
		if t.st != nil && !sweeps || p.stack[of] && (!p.reversed[of] || sweeps && t.st == nil) {
			p.refuse(l, "its sweeps use the stack in ways that goroutines cannot")
		}
	}
	for _, f := range funcs {
		blocks := 0
		p.block(f, f.Body, &blocks)
		if blocks > 0 {
			firstUse(f)
		}
	}
}

// paralleler works on the functions that were made together.
type paralleler struct {
	found    map[*ir.For]*teamLoop
	refused  map[*ir.For]bool // loops of the primal
	stack    map[*ir.For]bool // the same: a sweep of it uses the run-time stack
	reversed map[*ir.For]bool // the same: there is a reverse sweep
	harmless map[*ir.Func]bool
	inOrder  bool
}

// refuse leaves the loop, and the other sweeps of it, sequential.
func (p *paralleler) refuse(l *ir.For, why string) {
	p.refused[l.Spawn.Of] = true
	if l.Spawn.Why != nil && *l.Spawn.Why == "" {
		*l.Spawn.Why = why
	}
}

// A teamLoop is a loop that may get goroutines.
type teamLoop struct {
	*affineLoop
	sweep ir.Sweep
	st    *ir.Var // the stack that it uses, or nil
}

// find looks at the loops of f.
func (p *paralleler) find(f *ir.Func) {
	var g *gatherer
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		l, ok := s.(*ir.For)
		if !ok || l.Spawn == nil {
			return
		}
		if g == nil {
			g = newGatherer(f)
			g.addressed = handedOn(f)
		}
		if l.Spawn.Why != nil && *l.Spawn.Why != "" {
			p.refuse(l, "")
			return
		}
		t, why := p.look(g, l)
		if t == nil {
			p.refuse(l, why)
			return
		}
		p.found[l] = t
		p.stack[l.Spawn.Of] = p.stack[l.Spawn.Of] || t.st != nil
		p.reversed[l.Spawn.Of] = p.reversed[l.Spawn.Of] || t.sweep == ir.ReverseSweep
	})
}

// look returns l as a teamLoop, nil and the reason if it has to stay as it is.
func (p *paralleler) look(g *gatherer, l *ir.For) (t *teamLoop, why string) {
	a := g.affine(l)
	if a == nil || !types.Identical(a.index.Type.Underlying(), types.Typ[types.Int]) {
		return nil, "its index is no int that goes up or down by one, or its bounds change"
	}
	if p.inOrder && len(l.Spawn.Private) > 0 {
		return nil, "sums would be added up in another order, which forms for several directions, and their equals for one, do not do"
	}
	t = &teamLoop{affineLoop: a, sweep: l.Spawn.Sweep}
	inside := map[*ir.Var]bool{a.index: true}
	ir.WalkStmts(l.Body, func(s ir.Stmt) {
		for _, v := range ir.Defined(s) {
			inside[v] = true
		}
	})
	private := map[*ir.Var]bool{}
	for _, v := range l.Spawn.Private {
		private[v] = true
		if !privatised(v.Type) {
			return nil, "goroutines can have no copies of " + v.Name
		}
	}
	memory := l.Spawn.Of.GoReads
	if !p.harmlessBlock(l.Body, memory) {
		return nil, "its sweeps do what must not be done by several goroutines at the same time"
	}
	right := true
	ir.WalkStmts(l.Body, func(s ir.Stmt) {
		_, places := ir.Exprs(s)
		for _, e := range places {
			if e == nil {
				continue
			}
			if v := ir.Held(e); v != nil && !inside[v] && !private[v] {
				right = false
			}
		}
		ir.EachVar(s, func(v *ir.Var) {
			if !isStack(v.Type) || inside[v] {
				return
			}
			right = right && (t.st == nil || t.st == v)
			t.st = v
		})
	})
	if !right {
		return nil, "its sweeps change variables outside it"
	}
	return t, ""
}

// handedOn returns the variables to which there may be pointers while a loop runs: whose address is
// taken, but for snapshots, which use it between loops only.
func handedOn(f *ir.Func) map[*ir.Var]bool {
	out := map[*ir.Var]bool{}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if c, ok := s.(*ir.Call); ok && c.On != nil && !isStack(c.On.Type) {
			return
		}
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				var x ir.Expr
				switch e := e.(type) {
				case *ir.Addr:
					x = e.X
				case *ir.SliceOf:
					if _, slice := e.X.Type().Underlying().(*types.Slice); !slice {
						x = e.X
					}
				}
				if x != nil {
					if v := ir.Held(x); v != nil {
						out[v] = true
					}
				}
				return true
			})
		}
	})
	return out
}

// privatised reports whether goroutines can have copies of a shadow of the type: a reference, or a
// value without any.
func privatised(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Pointer:
		return true
	}
	return !ir.HasRef(t)
}

// harmlessBlock reports whether all statements may run beside others of other goroutines that work
// on other elements. With floatsOnly they must not write anything else to memory.
func (p *paralleler) harmlessBlock(b *ir.Block, floatsOnly bool) bool {
	fine := true
	ir.WalkStmts(b, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Call:
			fine = fine && p.harmlessCall(s, floatsOnly)
		case *ir.Copy:
			fine = fine && !(floatsOnly && !ir.HasFloat(s.Dst.Type()))
		case *ir.Closure, *ir.Yield, *ir.Return, *ir.Panic:
			if _, panics := s.(*ir.Panic); !panics {
				fine = false
			}
		}
		_, places := ir.Exprs(s)
		for _, e := range places {
			if e == nil || ir.Held(e) != nil {
				continue
			}
			fine = fine && !inMap(e) && (!floatsOnly || ir.IsFloat(e.Type()))
		}
	})
	return fine
}

// inMap reports whether the place is an element of a map, or a part of one.
func inMap(e ir.Expr) bool {
	for ; e != nil; e = inside(e) {
		if at, ok := e.(*ir.Index); ok && ir.IsMap(at.X.Type()) {
			return true
		}
	}
	return false
}

// stackCalls are what generated code does with a run-time stack of its own.
var stackCalls = []string{
	"ad.Push", "ad.Pop", "ad.PushSlice", "ad.PopSlice", "ad.PushRange", "ad.PopRange", "ad.PushRows", "ad.PopRows",
	"ad.NewStack", "ad.Add", "ad.AddLike", "ad.Zero", "ad.ZeroLike", "ad.CopyAdjoint",
}

func (p *paralleler) harmlessCall(c *ir.Call, floatsOnly bool) bool {
	switch {
	case c.Fn != nil:
		known, ok := p.harmless[c.Fn]
		if !ok {
			p.harmless[c.Fn] = true // of a recursive function the other calls tell
			known = c.Fn.Body != nil && c.Fn.Rule == nil && p.harmlessBody(c.Fn.Body)
			p.harmless[c.Fn] = known
		}
		return known && (!floatsOnly || p.writesFloatsOnly(c.Fn))
	case c.Ext != nil:
		name := c.Ext.FullName()
		return name == "(*sync.WaitGroup).Done" || name == "(*sync.WaitGroup).Add"
	case c.On != nil:
		return isStack(c.On.Type)
	}
	return slices.Contains(stackCalls, c.Name)
}

// harmlessBody is harmlessBlock for a function, which may return.
func (p *paralleler) harmlessBody(b *ir.Block) bool {
	fine := true
	ir.WalkStmts(b, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Call:
			fine = fine && p.harmlessCall(s, false)
		case *ir.Closure, *ir.Yield:
			fine = false
		}
		_, places := ir.Exprs(s)
		for _, e := range places {
			fine = fine && (e == nil || !inMap(e))
		}
	})
	return fine
}

// writesFloatsOnly reports whether f, and what it calls, write only floats to memory.
func (p *paralleler) writesFloatsOnly(f *ir.Func) bool {
	seen := map[*ir.Func]bool{}
	var visit func(f *ir.Func) bool
	visit = func(f *ir.Func) bool {
		if seen[f] {
			return true
		}
		seen[f] = true
		fine := true
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok && c.Fn != nil {
				fine = fine && visit(c.Fn)
			}
			_, places := ir.Exprs(s)
			for _, e := range places {
				if e != nil && ir.Held(e) == nil && !ir.IsFloat(e.Type()) {
					fine = false
				}
			}
		})
		return fine
	}
	return visit(f)
}

// block replaces the loops in b, the outer ones of those inside one another.
func (p *paralleler) block(f *ir.Func, b *ir.Block, changed *int) {
	var out []ir.Stmt
	for i, s := range b.Stmts {
		l, ok := s.(*ir.For)
		if ok && p.found[l] != nil && !p.refused[l.Spawn.Of] {
			if out == nil {
				out = append(out, b.Stmts[:i]...)
			}
			out = append(out, p.team(p.found[l])...)
			*changed++
			continue
		}
		for _, inner := range ir.Blocks(s) {
			p.block(f, inner, changed)
		}
		if out != nil {
			out = append(out, s)
		}
	}
	if out != nil {
		b.Stmts = out
	}
}

var teamType = ir.RunTimeType("Team")

// team makes the code of a loop that runs in goroutines.
func (p *paralleler) team(t *teamLoop) []ir.Stmt {
	integer := types.Typ[types.Int]
	team, part := t.local("team", teamType), t.local("run", types.NewSignatureType(nil, nil, nil, nil, nil, false))
	k, from, to := t.local("block", integer), t.local("from", integer), t.local("to", integer)
	params := []*ir.Var{k, from, to}
	lo, hi := t.ends()
	out := []ir.Stmt{&ir.Call{L: []ir.Expr{&ir.Ref{V: team}}, Define: true, Name: "ad.NewTeam", Args: []ir.Expr{lo, hi}}}
	rows := t.strips()
	if rows != nil {
		out = append(out, rows.apart(t, team)...)
	}
	rename := map[*ir.Var]*ir.Var{}
	var before, behind, sums []ir.Stmt
	for _, v := range t.loop.Spawn.Private {
		own := t.local(v.Name+"Own", v.Type)
		own.Shadow = v.Shadow
		all := t.local(v.Name+"s", types.NewSlice(v.Type))
		rename[v] = own
		mine := &ir.Index{X: &ir.Ref{V: all}, I: &ir.Ref{V: k}}
		made := &ir.Call{L: []ir.Expr{&ir.Ref{V: all}}, Define: true, Name: "ad.Private", Args: []ir.Expr{&ir.Ref{V: team}, &ir.Ref{V: v}}}
		if ir.HasRef(v.Type) {
			if rows != nil && slices.Contains(rows.direct, v) {
				made.Name = "ad.Strips"
				t.loop.Spawn.Direct[v.Name] = true
			}
			before = append(before, ir.Define(own, mine))
		} else {
			made.Name, made.Args, made.TArgs = "ad.Zeros", made.Args[:1], []types.Type{v.Type}
			before = append(before, &ir.Decl{V: own})
			behind = append(behind, keepOwn(mine, own))
			sums = append(sums, addUp(v, all))
		}
		out = append(out, made)
	}
	run := &ir.Call{Name: "Run", On: team, Args: []ir.Expr{&ir.Ref{V: part}}}
	if p.stack[t.loop.Spawn.Of] && t.st != nil {
		st := t.local(t.st.Name+"Own", t.st.Type)
		rename[t.st] = st
		params = append(params, st)
		run.Name, run.Args = "Forward", []ir.Expr{&ir.Ref{V: t.st}, &ir.Ref{V: part}}
		if t.sweep == ir.ReverseSweep {
			run.Name = "Reverse"
		}
	}
	loop := ir.CopyBlock(&ir.Block{Stmts: []ir.Stmt{t.loop}}, rename).Stmts[0].(*ir.For)
	loop.Spawn = nil
	if rows != nil {
		rows.divide(t, loop, team)
	}
	t.within(loop, from, to)
	body := &ir.Block{Stmts: slices.Concat(before, []ir.Stmt{loop}, behind)}
	out = append(out, &ir.Closure{At: t.loop.At, V: part, Params: params, Body: body}, run)
	return append(out, sums...)
}

// keepOwn keeps what a goroutine has in its variable; a float may come in two parts.
func keepOwn(place ir.Expr, own *ir.Var) ir.Stmt {
	if ir.IsFloat(own.Type) {
		return ir.Set(place, ir.Add(place, &ir.Ref{V: own}))
	}
	return ir.Set(place, &ir.Ref{V: own})
}

// addUp adds what the goroutines have in their variables to the shadow v.
func addUp(v, all *ir.Var) ir.Stmt {
	if ir.IsFloat(v.Type) {
		sum := &ir.Math{Fn: "ad.Sum", Args: []ir.Expr{&ir.Ref{V: all}}, Typ: v.Type}
		return ir.Set(&ir.Ref{V: v}, ir.Add(&ir.Ref{V: v}, sum))
	}
	return &ir.Call{Name: "ad.AddUp", Args: []ir.Expr{&ir.Addr{X: &ir.Ref{V: v}}, &ir.Ref{V: all}}}
}

// local makes a variable of the function.
func (t *teamLoop) local(name string, of types.Type) *ir.Var {
	v := &ir.Var{Name: t.fresh(name), Type: of, Kind: ir.Temp, Made: true}
	t.fn.Locals = append(slices.Clip(t.fn.Locals), v)
	return v
}

// ends are the first index, and the one behind the last, in ascending order.
func (t *teamLoop) ends() (lo, hi ir.Expr) {
	beside := func(e ir.Expr, c int) ir.Expr {
		rest, n := withoutConst(e)
		return plus(rest, n+c)
	}
	if t.up {
		if t.strict {
			return t.first, t.bound
		}
		return t.first, beside(t.bound, 1)
	}
	if t.strict {
		return beside(t.bound, 1), beside(t.first, 1)
	}
	return t.bound, beside(t.first, 1)
}

// within lets the loop run through the indices from lo to hi-1, in its direction.
func (t *teamLoop) within(l *ir.For, lo, hi *ir.Var) {
	first, bound, op := ir.Expr(&ir.Ref{V: lo}), ir.Expr(&ir.Ref{V: hi}), token.LSS
	if !t.up {
		first, bound, op = plus(&ir.Ref{V: hi}, -1), &ir.Ref{V: lo}, token.GEQ
	}
	index := l.Init.L[0]
	init := *l.Init
	init.R = []ir.Expr{first}
	l.Init = &init
	l.Cond = &ir.Binary{Op: op, X: index, Y: bound, Typ: types.Typ[types.Bool]}
}
