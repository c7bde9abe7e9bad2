// Package workspace gives tangents a stack for the slices that they make for themselves, so that
// they use the same memory again. Adjoints have one anyway.
//
// In: functions that the forward mode has made, for one direction or several, and which of them
// users call. Out: the same functions; make has become ad.Make where nobody can have the slice
// when the stack ends. See ADR 12.
//
// A function that makes such slices has a stack of its own, from the statement that needs it first
// to where it returns. One that makes them for its caller, and is called once in each run of all
// its callers, gets the stack of these.
package workspace

import (
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/analysis/lifetime"
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
)

// Use changes the functions made; user reports which of them users call.
func Use(pkg *types.Package, made []*ir.Func, user func(*ir.Func) bool) {
	p := &pass{fns: map[*ir.Func]*function{}}
	for _, f := range made {
		p.add(f, user(f))
	}
	if !slices.ContainsFunc(p.order, func(f *function) bool { return len(f.sites) > 0 }) {
		return
	}
	p.calls()
	p.analyze(pkg)
	for changed := true; changed; {
		changed = false
		p.owners()
		for _, f := range p.order {
			if f.given && !p.outlives(f) {
				f.given, changed = false, true
			}
		}
	}
	p.change()
}

// pass is one group of functions.
type pass struct {
	fns   map[*ir.Func]*function
	order []*function
	mem   *alias.Info
	eff   *effects.Info
}

// function is one that may have a stack.
type function struct {
	*ir.Func
	user   bool
	sites  []lifetime.Site // that the run-time stack may serve, by how often they run
	given  bool            // it gets the stack of its callers
	banned map[*alias.Object]bool
	own    map[*alias.Object]bool // what outlives a run of it
	st     *ir.Var                // its stack, once it needs one
}

// add takes a function, unless it has a stack already or keeps code for later.
func (p *pass) add(f *ir.Func, user bool) {
	if f.Body == nil || f.Rule != nil || f.Derivative != nil {
		return
	}
	usable := true
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Closure, *ir.Yield:
			usable = false
		case *ir.Call:
			usable = usable && s.On == nil
		}
	})
	if !usable {
		return
	}
	m := &function{Func: f, user: user, given: !user}
	for _, s := range lifetime.Sites(f.Body, true) {
		if s.Single() {
			m.sites = append(m.sites, s)
		}
	}
	p.fns[f] = m
	p.order = append(p.order, m)
}

// calls finds the functions that cannot be given a stack: those that are called in a loop, by
// functions that have none to give, or by themselves.
func (p *pass) calls() {
	var all, called []*ir.Func
	for _, f := range p.order {
		all = append(all, f.Func)
	}
	for f := range flow.Reach(all, ir.Callees) {
		caller := p.fns[f]
		once := map[ir.Stmt]bool{}
		if caller != nil {
			onceIn(f.Body, once)
		}
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok && c.Fn != nil {
				called = append(called, c.Fn)
				if callee := p.fns[c.Fn]; callee != nil && !once[s] {
					callee.given = false
				}
			}
		})
	}
	for _, f := range p.order {
		f.given = f.given && slices.Contains(called, f.Func)
	}
}

// onceIn notes the statements of b that run at most once when b is run.
func onceIn(b *ir.Block, once map[ir.Stmt]bool) {
	for _, s := range b.Stmts {
		once[s] = true
		switch s.(type) {
		case *ir.If, *ir.Block:
			for _, inner := range ir.Blocks(s) {
				onceIn(inner, once)
			}
		}
	}
}

// analyze finds what outlives a run of each function.
func (p *pass) analyze(pkg *types.Package) {
	prog := &ir.Program{Pkg: pkg}
	seen := map[*ir.Func]bool{}
	var visit func(f *ir.Func)
	visit = func(f *ir.Func) {
		if seen[f] {
			return
		}
		seen[f] = true
		for _, g := range ir.Callees(f) {
			visit(g)
		}
		prog.Funcs = append(prog.Funcs, f)
	}
	var users []*ir.Func
	for _, f := range p.order {
		visit(f.Func)
		if f.user {
			users = append(users, f.Func)
		}
	}
	p.mem = alias.Analyze(prog, users, nil)
	p.eff = effects.Analyze(p.mem)
	for _, f := range p.order {
		f.given = f.given && !p.mem.Recursive(f.Func)
		f.own = lifetime.Outliving(p.mem, p.eff, f.Func, f.Results)
	}
}

// owners finds what outlives the stacks that each function may use.
func (p *pass) owners() {
	for _, f := range p.order {
		f.banned = map[*alias.Object]bool{}
	}
	for _, f := range p.order {
		if f.given {
			continue
		}
		for g := range p.served(f) {
			for o := range f.own {
				g.banned[o] = true
			}
		}
	}
}

// served is f and all functions that it gives its stack, directly or not.
func (p *pass) served(f *function) map[*function]bool {
	return flow.Reach([]*function{f}, func(f *function) []*function {
		var out []*function
		for _, c := range ir.Callees(f.Func) {
			if g := p.fns[c]; g != nil && g.given {
				out = append(out, g)
			}
		}
		return out
	})
}

// outlives reports whether something that the stack may serve in f, or in what f gives it,
// outlives a run of f.
func (p *pass) outlives(f *function) bool {
	for g := range p.served(f) {
		for _, s := range g.sites {
			if o := p.mem.Site(s.Make()); o != nil && !g.banned[o] && f.own[o] {
				return true
			}
		}
	}
	return false
}

// change makes the new code. Callees come first in it, so that callers know who needs a stack.
func (p *pass) change() {
	var all []*ir.Func
	for _, f := range p.order {
		all = append(all, f.Func)
	}
	for _, cycle := range flow.Components(all, ir.Callees) {
		for _, f := range cycle {
			if m := p.fns[f]; m != nil {
				p.use(m)
			}
		}
	}
}

func (p *pass) use(f *function) {
	st := &ir.Var{Name: "st", Type: ir.RunTimeType("Stack"), Made: true}
	used := map[ir.Stmt]bool{}
	for _, s := range f.sites {
		if o := p.mem.Site(s.Make()); o != nil && !f.banned[o] {
			m := s.Make()
			s.To.R[s.I] = &ir.Make{Typ: m.Typ, Len: m.Len, Cap: m.Cap, In: &ir.Ref{V: st}}
			used[s.To] = true
		}
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if c, ok := s.(*ir.Call); ok && c.Fn != nil {
			if g := p.fns[c.Fn]; g != nil && g.given && g.st != nil {
				c.Args = append(c.Args, &ir.Ref{V: st})
				used[s] = true
			}
		}
	})
	if len(used) == 0 {
		return
	}
	f.st = st
	if f.given {
		st.Kind = ir.Param
		f.Params = append(slices.Clone(f.Params), st)
		return
	}
	f.Locals = append(f.Locals, st)
	own(f.Body, st, used)
}

// own gives the body a stack, from the statement that first has one of those that use it.
func own(body *ir.Block, st *ir.Var, used map[ir.Stmt]bool) {
	at := slices.IndexFunc(body.Stmts, func(s ir.Stmt) bool {
		found := false
		ir.WalkStmts(&ir.Block{Stmts: []ir.Stmt{s}}, func(s ir.Stmt) { found = found || used[s] })
		return found
	})
	rest := &ir.Block{Stmts: body.Stmts[at:]}
	release(rest, st)
	if !ir.EndsInReturn(rest) {
		rest.Stmts = append(rest.Stmts, &ir.Call{Name: "Release", On: st})
	}
	made := &ir.Call{L: []ir.Expr{&ir.Ref{V: st}}, Define: true, Name: "ad.NewStack"}
	body.Stmts = append(append(slices.Clone(body.Stmts[:at]), made), rest.Stmts...)
}

// release ends the stack before each return in b.
func release(b *ir.Block, st *ir.Var) {
	var out []ir.Stmt
	for _, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			release(inner, st)
		}
		if _, leaves := s.(*ir.Return); leaves {
			out = append(out, &ir.Call{Name: "Release", On: st})
		}
		out = append(out, s)
	}
	b.Stmts = out
}
