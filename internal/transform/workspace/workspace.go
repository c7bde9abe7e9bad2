// Package workspace gives tangents a stack for the slices that they make for themselves, so that
// they use the same memory again. Adjoints have one anyway.
//
// In: functions that the forward mode has made, for one direction or several, and which of them
// users call. Out: the same functions; make has become ad.Make where nobody can have the slice
// when the stack ends. See ADR 12.
//
// A function that users call, or goroutines, has a stack of its own, from the statement that needs it
// first to where it returns. Others get that of their caller. They mark it in the same way, but for those that
// make slices for their caller and are called once in each run of all of these: what they make ends with
// what the caller makes.
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
	flow.Stable(func() (changed bool) {
		p.owners()
		for _, f := range p.order {
			if f.lends && !p.outlives(f) {
				f.lends, changed = false, true
			}
		}
		return changed
	})
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
	lends  bool            // and what it makes there lasts as long as what they make
	banned map[*alias.Object]bool
	own    map[*alias.Object]bool // what outlives a run of it
	st     *ir.Var                // its stack
	needs  bool                   // it uses it, or gives it to others
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
	m := &function{
		Func: f, user: user, given: !user, lends: !user,
		st: &ir.Var{Name: "st", Type: ir.RunTimeType("Stack"), Made: true},
	}
	for _, s := range lifetime.Sites(f.Body, true) {
		if s.Single() {
			m.sites = append(m.sites, s)
		}
	}
	p.fns[f] = m
	p.order = append(p.order, m)
}

// all lists the functions of the pass.
func (p *pass) all() []*ir.Func {
	var out []*ir.Func
	for _, f := range p.order {
		out = append(out, f.Func)
	}
	return out
}

// calls finds the functions that cannot be given a stack, since goroutines call them, or functions that
// have none to give, and those that are called in a loop.
func (p *pass) calls() {
	called := map[*function]bool{}
	for f := range flow.Reach(p.all(), ir.Callees) {
		p.callsIn(f.Body, p.fns[f] != nil, true, called)
	}
	for _, f := range p.order {
		f.given = f.given && called[f]
		f.lends = f.lends && f.given
	}
}

// callsIn looks at the calls in b, which has a stack to give or not, and runs at most once in a run of its
// function or not.
func (p *pass) callsIn(b *ir.Block, gives, once bool, called map[*function]bool) {
	for _, s := range b.Stmts {
		if c, ok := s.(*ir.Call); ok && p.fns[c.Fn] != nil {
			f := p.fns[c.Fn]
			called[f] = true
			f.given = f.given && gives
			f.lends = f.lends && once
		}
		l, loop := s.(*ir.For)
		for _, inner := range ir.Blocks(s) {
			p.callsIn(inner, gives && !(loop && l.Spawn != nil), once && !loop, called)
		}
	}
}

// analyze finds what outlives a run of each function.
func (p *pass) analyze(pkg *types.Package) {
	prog := &ir.Program{Pkg: pkg}
	for _, cycle := range flow.Components(p.all(), ir.Callees) { // callees come first
		prog.Funcs = append(prog.Funcs, cycle...)
	}
	var users []*ir.Func
	for _, f := range p.order {
		if f.user {
			users = append(users, f.Func)
		}
	}
	p.mem = alias.Analyze(prog, users, nil)
	p.eff = effects.Analyze(p.mem)
	for _, f := range p.order {
		f.lends = f.lends && !p.mem.Recursive(f.Func)
		f.own = lifetime.Outliving(p.mem, p.eff, f.Func, f.Results)
	}
}

// owners finds what outlives the stacks that each function may use.
func (p *pass) owners() {
	for _, f := range p.order {
		f.banned = map[*alias.Object]bool{}
	}
	for _, f := range p.order {
		if f.lends {
			continue
		}
		for g := range p.served(f) {
			for o := range f.own {
				g.banned[o] = true
			}
		}
	}
}

// served is f and all functions of which what they make ends with what f makes.
func (p *pass) served(f *function) map[*function]bool {
	return flow.Reach([]*function{f}, func(f *function) []*function {
		var out []*function
		for _, c := range ir.Callees(f.Func) {
			if g := p.fns[c]; g != nil && g.lends {
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

// change makes the new code.
func (p *pass) change() {
	uses := map[ir.Stmt]bool{}
	for _, f := range p.order {
		for _, s := range f.sites {
			if m, o := s.Make(), p.mem.Site(s.Make()); o != nil && !f.banned[o] {
				s.To.R[s.I] = &ir.Make{Typ: m.Typ, Len: m.Len, Cap: m.Cap, In: &ir.Ref{V: f.st}}
				uses[s.To], f.needs = true, true
			}
		}
	}
	flow.Stable(func() (changed bool) {
		for _, f := range p.order {
			if !f.needs && slices.ContainsFunc(ir.Callees(f.Func), p.takes) {
				f.needs, changed = true, true
			}
		}
		return changed
	})
	for _, f := range p.order {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok && c.Fn != nil && p.takes(c.Fn) {
				c.Args = append(c.Args, &ir.Ref{V: f.st})
				uses[s] = uses[s] || !f.given || p.fns[c.Fn].lends // of what is only passed on there is no end here
			}
		})
	}
	for _, f := range p.order {
		if f.needs {
			f.code(uses)
		}
	}
}

// takes reports whether f gets a stack.
func (p *pass) takes(f *ir.Func) bool {
	g := p.fns[f]
	return g != nil && g.given && g.needs
}

// code gives f its stack, or the mark on that of its callers.
func (f *function) code(uses map[ir.Stmt]bool) {
	if !f.given {
		f.Locals = append(f.Locals, f.st)
		made := &ir.Call{L: []ir.Expr{&ir.Ref{V: f.st}}, Define: true, Name: "ad.NewStack"}
		between(f.Body, uses, made, &ir.Call{Name: "Release", On: f.st})
		return
	}
	f.st.Kind = ir.Param
	f.Params = append(slices.Clone(f.Params), f.st)
	if !f.lends {
		between(f.Body, uses, &ir.Call{Name: "Enter", On: f.st}, &ir.Call{Name: "Leave", On: f.st})
	}
}

// between lets the body begin with start, in front of the first statement in which one of uses is, and end
// with end wherever that is. Nothing happens if there is none.
func between(body *ir.Block, uses map[ir.Stmt]bool, start, end *ir.Call) {
	at := slices.IndexFunc(body.Stmts, func(s ir.Stmt) bool {
		found := false
		ir.WalkStmt(s, func(s ir.Stmt) { found = found || uses[s] })
		return found
	})
	if at < 0 {
		return
	}
	rest := &ir.Block{Stmts: body.Stmts[at:]}
	beforeReturns(rest, end)
	if !ir.EndsInReturn(rest) {
		rest.Stmts = append(rest.Stmts, end)
	}
	body.Stmts = append(append(slices.Clone(body.Stmts[:at]), start), rest.Stmts...)
}

// beforeReturns puts end in front of each return in b.
func beforeReturns(b *ir.Block, end *ir.Call) {
	var out []ir.Stmt
	for _, s := range b.Stmts {
		for _, inner := range ir.Blocks(s) {
			beforeReturns(inner, end)
		}
		if _, leaves := s.(*ir.Return); leaves {
			c := *end
			out = append(out, &c)
		}
		out = append(out, s)
	}
	b.Stmts = out
}
