// Package singleexit rewrites functions so that control enters and leaves every
// statement at one place: no break, continue or return is left.
//
// In: a program. Out: a new program with the same meaning. The reverse sweep
// can then walk every block from its end to its start. No assignment changes what
// its own left sides' addresses are made of, so that the old value can be put
// back at the same place (see addresses.go), and a literal that makes memory has a
// variable of its own (see literals.go). Where an exit stands at
// the end of one branch of an if, the rest of the list moves into the other
// branch; elsewhere a flag guards the rest. A loop that is left early has its
// flag in For.Stop.
package singleexit

import (
	"go/constant"
	"go/token"
	"go/types"
	"strconv"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Transform returns the program in single-exit form. Functions without early
// exits keep their statements, so that facts known by statement stay true;
// calls of rewritten functions are redirected.
func Transform(prog *ir.Program) *ir.Program {
	out := &ir.Program{Fset: prog.Fset, Pkg: prog.Pkg, Revealed: prog.Revealed}
	renamed := map[*ir.Func]*ir.Func{}
	for _, f := range prog.Funcs { // all at first: a callee may stand behind
		c := *f
		c.Locals = append([]*ir.Var{}, f.Locals...)
		if c.Origin == nil {
			c.Origin = f
		}
		renamed[f] = &c
		out.Funcs = append(out.Funcs, &c)
	}
	for _, f := range prog.Funcs {
		c := renamed[f]
		r := &rewriter{
			f: c, names: map[string]bool{}, funcs: renamed,
			stop: map[*ir.For]*ir.Var{}, cont: map[*ir.For]*ir.Var{}, leave: map[*ir.Block]*ir.Var{},
		}
		for _, vs := range [][]*ir.Var{c.Inputs(), c.Results, c.Locals} {
			for _, v := range vs {
				r.names[v.Name] = true
			}
		}
		c.Body = r.function(f.Body)
	}
	return out
}

type exitKind uint8

const (
	breakLoop exitKind = iota
	continueLoop
	breakBlock
	returnFunc
)

type exit struct {
	kind  exitKind
	loop  *ir.For
	block *ir.Block
}

type exits map[exit]bool

type rewriter struct {
	f     *ir.Func
	names map[string]bool
	funcs map[*ir.Func]*ir.Func
	taken map[*ir.Var]bool // variables whose address is taken

	stop, cont map[*ir.For]*ir.Var
	leave      map[*ir.Block]*ir.Var
	done       *ir.Var
	enclosing  []ir.Stmt // loops and left blocks around the current statement
	asked      map[*ir.Var]bool
}

func (r *rewriter) flag(name string) *ir.Var {
	unique := name
	for i := 2; r.names[unique]; i++ {
		unique = name + strconv.Itoa(i)
	}
	r.names[unique] = true
	v := &ir.Var{Name: unique, Type: types.Typ[types.Bool], Kind: ir.Temp}
	r.f.Locals = append(r.f.Locals, v)
	return v
}

func (r *rewriter) stopOf(l *ir.For) *ir.Var {
	if r.stop[l] == nil {
		r.stop[l] = r.flag("stop")
	}
	return r.stop[l]
}

func (r *rewriter) contOf(l *ir.For) *ir.Var {
	if r.cont[l] == nil {
		r.cont[l] = r.flag("next")
	}
	return r.cont[l]
}

func (r *rewriter) leaveOf(b *ir.Block) *ir.Var {
	if r.leave[b] == nil {
		r.leave[b] = r.flag("leave")
	}
	return r.leave[b]
}

func (r *rewriter) function(b *ir.Block) *ir.Block {
	r.asked = map[*ir.Var]bool{}
	r.done = r.flag("done")
	body := r.list(b.Stmts)
	if r.asked[r.done] {
		body = append([]ir.Stmt{set(r.done, false, true)}, body...)
	}
	return r.dropUnasked(&ir.Block{At: b.At, Stmts: body})
}

func set(v *ir.Var, val, define bool) ir.Stmt {
	return &ir.Assign{
		L:      []ir.Expr{&ir.Ref{V: v}},
		R:      []ir.Expr{&ir.Const{Val: constant.MakeBool(val), Typ: types.Typ[types.Bool]}},
		Define: define,
	}
}

// escapes returns the exits in s that leave s.
func escapes(s ir.Stmt) exits {
	out := exits{}
	ir.WalkStmt(s, func(c ir.Stmt) {
		switch c := c.(type) {
		case *ir.Break:
			if l, ok := c.Target.(*ir.For); ok {
				out[exit{kind: breakLoop, loop: l}] = true
			} else {
				out[exit{kind: breakBlock, block: c.Target.(*ir.Block)}] = true
			}
		case *ir.Continue:
			out[exit{kind: continueLoop, loop: c.Target}] = true
		case *ir.Return:
			out[exit{kind: returnFunc}] = true
		}
	})
	ir.WalkStmt(s, func(c ir.Stmt) {
		switch c := c.(type) {
		case *ir.For:
			delete(out, exit{kind: breakLoop, loop: c})
			delete(out, exit{kind: continueLoop, loop: c})
		case *ir.Block:
			delete(out, exit{kind: breakBlock, block: c})
		}
	})
	return out
}

// alwaysExits reports whether control never reaches the end of the list.
func alwaysExits(b *ir.Block) bool {
	if b == nil || len(b.Stmts) == 0 {
		return false
	}
	switch s := b.Stmts[len(b.Stmts)-1].(type) {
	case *ir.Break, *ir.Continue, *ir.Return, *ir.Panic:
		return true
	case *ir.If:
		return alwaysExits(s.Then) && alwaysExits(s.Else)
	case *ir.Block:
		return alwaysExits(s) && !leftByBreak(s)
	}
	return false
}

func leftByBreak(b *ir.Block) bool {
	found := false
	ir.WalkStmts(b, func(s ir.Stmt) {
		if br, ok := s.(*ir.Break); ok && br.Target == ir.Stmt(b) {
			found = true
		}
	})
	return found
}

func (r *rewriter) list(stmts []ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	for i, s := range stmts {
		rest := stmts[i+1:]
		switch s := s.(type) {
		case *ir.Break, *ir.Continue, *ir.Return:
			return append(out, r.exit(s)...)
		case *ir.Panic:
			return append(out, s)
		case *ir.If:
			if len(rest) > 0 && len(escapes(s)) > 0 {
				if alwaysExits(s.Then) {
					var other []ir.Stmt
					if s.Else != nil {
						other = s.Else.Stmts
					}
					return append(out, &ir.If{
						At: s.At, Cond: s.Cond, Then: r.block(s.Then.Stmts, s.Then),
						Else: r.block(append(append([]ir.Stmt{}, other...), rest...), s.Then),
					})
				}
				if alwaysExits(s.Else) {
					return append(out, &ir.If{
						At: s.At, Cond: s.Cond, Else: r.block(s.Else.Stmts, s.Else),
						Then: r.block(append(append([]ir.Stmt{}, s.Then.Stmts...), rest...), s.Then),
					})
				}
			}
		}
		esc := escapes(s)
		out = append(out, r.stmt(s)...)
		if len(esc) == 0 || len(rest) == 0 {
			continue
		}
		if guard := r.guard(esc); guard != nil {
			return append(out, &ir.If{At: ir.At{P: rest[0].Pos()}, Cond: guard, Then: r.block(rest, nil)})
		}
	}
	return out
}

func (r *rewriter) block(stmts []ir.Stmt, at *ir.Block) *ir.Block {
	b := &ir.Block{Stmts: r.list(stmts)}
	if at != nil {
		b.At = at.At
	}
	return b
}

// guard is true when none of the exits has been taken.
func (r *rewriter) guard(esc exits) ir.Expr {
	var inner *ir.For
	depth := map[ir.Stmt]int{}
	for i, s := range r.enclosing {
		depth[s] = i + 1
		if l, ok := s.(*ir.For); ok {
			inner = l
		}
	}
	flags := map[*ir.Var]bool{}
	for e := range esc {
		switch {
		case e.kind == continueLoop && e.loop == inner:
			flags[r.contOf(inner)] = true
		case e.kind == breakBlock && (inner == nil || depth[e.block] > depth[inner]):
			flags[r.leaveOf(e.block)] = true
		case inner != nil:
			flags[r.stopOf(inner)] = true
		default:
			flags[r.done] = true
		}
	}
	var cond ir.Expr
	for _, v := range r.f.Locals { // a fixed order
		if !flags[v] {
			continue
		}
		r.asked[v] = true
		not := &ir.Unary{Op: token.NOT, X: &ir.Ref{V: v}}
		if cond == nil {
			cond = not
		} else {
			cond = &ir.Binary{Op: token.LAND, X: cond, Y: not, Typ: types.Typ[types.Bool]}
		}
	}
	return cond
}

// exit sets the flags that an exit statement stands for.
func (r *rewriter) exit(s ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	raise := func(v *ir.Var) { out = append(out, set(v, true, false)) }
	stopUpTo := func(target ir.Stmt, itself bool) {
		for i := len(r.enclosing) - 1; i >= 0; i-- {
			if r.enclosing[i] == target {
				if l, ok := target.(*ir.For); ok && itself {
					raise(r.stopOf(l))
				}
				return
			}
			if l, ok := r.enclosing[i].(*ir.For); ok {
				raise(r.stopOf(l))
			}
		}
	}
	switch s := s.(type) {
	case *ir.Break:
		stopUpTo(s.Target, true)
		if b, ok := s.Target.(*ir.Block); ok {
			raise(r.leaveOf(b))
		}
	case *ir.Continue:
		stopUpTo(s.Target, false)
		raise(r.contOf(s.Target))
	case *ir.Return:
		stopUpTo(nil, false)
		raise(r.done)
	}
	return out
}

func (r *rewriter) stmt(s ir.Stmt) []ir.Stmt {
	switch s := s.(type) {
	case *ir.If:
		c := &ir.If{At: s.At, Cond: s.Cond, Then: r.block(s.Then.Stmts, s.Then)}
		if s.Else != nil {
			c.Else = r.block(s.Else.Stmts, s.Else)
		}
		return []ir.Stmt{c}
	case *ir.Block:
		if s.Checkpoint != nil {
			once := r.once(s)
			return r.loop(once, once)
		}
		r.enclosing = append(r.enclosing, s)
		b := r.block(s.Stmts, s)
		r.enclosing = r.enclosing[:len(r.enclosing)-1]
		if v := r.leave[s]; v != nil && r.asked[v] {
			return []ir.Stmt{set(v, false, true), b}
		}
		return []ir.Stmt{b}
	case *ir.For:
		if s.Open() {
			return r.open(s)
		}
		return r.loop(s, s)
	case *ir.Assign:
		before, s := r.plainLiterals(s)
		return append(before, r.steadyAssign(s)...)
	case *ir.Call:
		c := *s
		var before []ir.Stmt
		c.Args = r.namedList(s.Args, &before)
		r.steadyArgs(&c, &before)
		return append(before, r.callToVariables(&c)...)
	}
	return []ir.Stmt{s}
}

// loop rewrites s, which stands for the loop that statements in it name as their target.
func (r *rewriter) loop(target, s *ir.For) []ir.Stmt {
	r.enclosing = append(r.enclosing, target)
	body := r.block(s.Body.Stmts, s.Body)
	r.enclosing = r.enclosing[:len(r.enclosing)-1]
	if v := r.cont[target]; v != nil && r.asked[v] {
		body.Stmts = append([]ir.Stmt{set(v, false, true)}, body.Stmts...)
	}
	c := &ir.For{At: s.At, Init: s.Init, Cond: s.Cond, Post: s.Post, Body: body, Checkpoint: s.Checkpoint, Go: s.Go, GoReads: s.GoReads, GoFloats: s.GoFloats}
	var out []ir.Stmt
	if s.Init != nil {
		steady := r.steadyAssign(s.Init)
		out, c.Init = steady[:len(steady)-1], steady[len(steady)-1].(*ir.Assign)
	}
	v := r.stop[target]
	if v != nil {
		c.Stop = v
		r.asked[v] = true
		out = append([]ir.Stmt{set(v, false, true)}, out...)
	}
	if s.Post != nil {
		if post := r.steadyAssign(s.Post); len(post) > 1 { // part of the body then
			c.Post = nil
			if v != nil {
				post = []ir.Stmt{&ir.If{Cond: &ir.Unary{Op: token.NOT, X: &ir.Ref{V: v}}, Then: &ir.Block{Stmts: post}}}
			}
			body.Stmts = append(body.Stmts, post...)
		}
	}
	return append(out, c)
}

// once makes of a checkpointed block the loop that runs it one time: a break, continue
// or return that leaves the block stops it.
func (r *rewriter) once(b *ir.Block) *ir.For {
	i := r.flag("once")
	i.Type = types.Typ[types.Int]
	ref := &ir.Ref{V: i}
	return &ir.For{
		At: b.At, Init: ir.Define(i, ir.Int(0)),
		Cond: &ir.Binary{Op: token.LSS, X: ref, Y: ir.Int(1), Typ: types.Typ[types.Bool]},
		Post: ir.Set(ref, ir.Add(ref, ir.Int(1))),
		Body: &ir.Block{At: b.At, Stmts: b.Stmts}, Checkpoint: b.Checkpoint,
	}
}

// dropUnasked removes the flags that nothing asks for.
func (r *rewriter) dropUnasked(b *ir.Block) *ir.Block {
	flags := map[*ir.Var]bool{r.done: true}
	for _, v := range r.stop {
		flags[v] = true
	}
	for _, v := range r.cont {
		flags[v] = true
	}
	for _, v := range r.leave {
		flags[v] = true
	}
	var clean func(b *ir.Block)
	clean = func(b *ir.Block) {
		var kept []ir.Stmt
		for _, s := range b.Stmts {
			if a, ok := s.(*ir.Assign); ok && len(a.L) == 1 {
				if l, ok := a.L[0].(*ir.Ref); ok && flags[l.V] && !r.asked[l.V] {
					continue
				}
			}
			for _, inner := range ir.Blocks(s) {
				clean(inner)
			}
			kept = append(kept, s)
		}
		b.Stmts = kept
	}
	clean(b)
	var locals []*ir.Var
	for _, v := range r.f.Locals {
		if !flags[v] || r.asked[v] {
			locals = append(locals, v)
		}
	}
	r.f.Locals = locals
	return b
}
