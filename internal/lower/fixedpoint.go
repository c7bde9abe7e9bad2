package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// emitLoop emits the loop made of s. One under //cairn:fixedpoint gets the form that
// ir.FixedScheme has:
//
//	init
//	k0 := k
//	var again bool
//	for {
//		if again { k = k0 } else { if !cond { break }; k0 = k }
//		body, with "!again &&" in front of what leads to a break
//		post
//	}
//
// where k stands for what an iteration changes of integers and the like: they are no
// part of the state that converges, and one more iteration runs with the values that
// they had in the last.
func (b *builder) emitLoop(s ast.Stmt, loop *ir.For) {
	set := b.src.pkg.Directives
	if set == nil || set.Fixed[s] == nil {
		b.emit(loop)
		return
	}
	d := set.Fixed[s]
	if !b.leavesByBreak(loop) {
		return
	}
	again := b.stepVar(loop, "again", types.Typ[types.Bool])
	next := &ir.Block{At: loop.Body.At, Stmts: loop.Body.Stmts}
	if loop.Post != nil && continues(loop) {
		leaveInstead(next, loop, next)
	}
	b.noExits(next, loop, again)

	steps := stepping(loop)
	if loop.Init != nil {
		b.emit(loop.Init)
	}
	back, keep := &ir.Block{At: loop.At}, &ir.Block{At: loop.At}
	for _, v := range steps {
		last := b.stepVar(loop, v.Name+"0", v.Type)
		b.emit(&ir.Assign{At: loop.At, L: []ir.Expr{&ir.Ref{V: last}}, R: []ir.Expr{&ir.Ref{V: v}}, Define: true})
		back.Stmts = append(back.Stmts, &ir.Assign{At: loop.At, L: []ir.Expr{&ir.Ref{V: v}}, R: []ir.Expr{&ir.Ref{V: last}}})
		keep.Stmts = append(keep.Stmts, &ir.Assign{At: loop.At, L: []ir.Expr{&ir.Ref{V: last}}, R: []ir.Expr{&ir.Ref{V: v}}})
	}
	b.emit(&ir.Decl{At: loop.At, V: again})
	if loop.Cond != nil {
		keep.Stmts = append([]ir.Stmt{b.leaveUnless(loop.Pos(), loop.Cond, loop)}, keep.Stmts...)
	}
	body := &ir.Block{At: loop.Body.At}
	if len(keep.Stmts) > 0 {
		body.Stmts = append(body.Stmts, &ir.If{At: loop.At, Cond: &ir.Ref{V: again}, Then: back, Else: keep})
	}
	if breaksTo(next, next) {
		body.Stmts = append(body.Stmts, next)
	} else {
		body.Stmts = append(body.Stmts, next.Stmts...)
	}
	if loop.Post != nil {
		body.Stmts = append(body.Stmts, loop.Post)
	}
	loop.Init, loop.Cond, loop.Post, loop.Body = nil, nil, nil, body
	loop.Checkpoint = &ir.Checkpoint{Pos: d.Pos, Scheme: ir.FixedScheme, Fixed: &ir.Fixed{Again: again, Tol: d.Tol, Max: d.Max}}
	b.emit(loop)
}

func (b *builder) stepVar(loop *ir.For, name string, t types.Type) *ir.Var {
	v := &ir.Var{Name: b.names.made(name), Type: t, Kind: ir.Temp, Pos: loop.Pos()}
	b.fn.Locals = append(b.fn.Locals, v)
	return v
}

// leavesByBreak reports exits that no fixed point goes with: those to somewhere else
// than behind the loop.
func (b *builder) leavesByBreak(loop *ir.For) bool {
	inside := map[ir.Stmt]bool{loop: true}
	ir.WalkStmt(loop, func(s ir.Stmt) { inside[s] = true })
	good := true
	ir.WalkStmt(loop, func(s ir.Stmt) {
		out := ""
		switch s := s.(type) {
		case *ir.Return:
			out = "return out of a loop to a fixed point"
		case *ir.Break:
			if !inside[s.Target] {
				out = "break out of a loop around one to a fixed point"
			}
		case *ir.Continue:
			if !inside[s.Target] {
				out = "continue of a loop around one to a fixed point"
			}
		}
		if out != "" {
			good = false
			b.diags.Add(b.l.in.Fset, s.Pos(), out, "the derivative is that of the state in which the loop ends, and the code after it must come next",
				"break, and decide after the loop")
		}
	})
	return good
}

func continues(loop *ir.For) bool {
	found := false
	ir.WalkStmt(loop, func(s ir.Stmt) {
		if c, ok := s.(*ir.Continue); ok && c.Target == loop {
			found = true
		}
	})
	return found
}

// leaveInstead turns every continue of loop inside b into a break of the block to.
func leaveInstead(b *ir.Block, loop *ir.For, to *ir.Block) {
	for i, s := range b.Stmts {
		if c, ok := s.(*ir.Continue); ok && c.Target == loop {
			b.Stmts[i] = &ir.Break{At: c.At, Target: to}
		}
		for _, inner := range ir.Blocks(s) {
			leaveInstead(inner, loop, to)
		}
	}
}

// noExits makes every break of the loop in b unreachable when again is true: an if with
// a branch that ends in a break goes on with the other branch then.
func (b *builder) noExits(in *ir.Block, loop *ir.For, again *ir.Var) {
	boolean := types.Typ[types.Bool]
	ref := &ir.Ref{V: again}
	for _, s := range in.Stmts {
		c, ok := s.(*ir.If)
		switch {
		case ok && leavesLoop(c.Then, loop):
			c.Cond = &ir.Binary{Op: token.LAND, X: &ir.Unary{Op: token.NOT, X: ref}, Y: c.Cond, Typ: boolean}
			b.onTheWayOut(c.Then)
			if c.Else != nil {
				b.noExits(c.Else, loop, again)
			}
		case ok && c.Else != nil && leavesLoop(c.Else, loop):
			c.Cond = &ir.Binary{Op: token.LOR, X: ref, Y: c.Cond, Typ: boolean}
			b.onTheWayOut(c.Else)
			b.noExits(c.Then, loop, again)
		default:
			if br, ok := s.(*ir.Break); ok && br.Target == ir.Stmt(loop) {
				b.diags.Add(b.l.in.Fset, s.Pos(), "break of a loop to a fixed point",
					"it does not stand at the end of an if, so there is no iteration that goes on", "write if converged { break }")
			}
			for _, inner := range ir.Blocks(s) {
				b.noExits(inner, loop, again)
			}
		}
	}
}

// leavesLoop reports whether b ends in a break of the loop.
func leavesLoop(b *ir.Block, loop *ir.For) bool {
	if b == nil || len(b.Stmts) == 0 {
		return false
	}
	switch s := b.Stmts[len(b.Stmts)-1].(type) {
	case *ir.Break:
		return s.Target == ir.Stmt(loop)
	case *ir.If:
		return leavesLoop(s.Then, loop) && leavesLoop(s.Else, loop)
	case *ir.Block:
		return leavesLoop(s, loop) && !breaksTo(s, s)
	}
	return false
}

// onTheWayOut reports floats that get a value in a branch that leaves the loop.
func (b *builder) onTheWayOut(branch *ir.Block) {
	own := map[*ir.Var]bool{}
	ir.WalkStmts(branch, func(s ir.Stmt) {
		if d, ok := s.(*ir.Decl); ok {
			own[d.V] = true
		}
		for _, l := range defined(s) {
			own[l.(*ir.Ref).V] = true
		}
	})
	ir.WalkStmts(branch, func(s ir.Stmt) {
		set := false
		_, places := ir.Exprs(s)
		for _, l := range places {
			r, variable := l.(*ir.Ref)
			set = set || ir.HasFloat(l.Type()) && !(variable && own[r.V])
		}
		switch s := s.(type) {
		case *ir.Copy:
			set = set || ir.HasFloat(s.Dst.Type())
		case *ir.Call:
			for _, a := range s.Args {
				set = set || s.Fn != nil && ir.HasRef(a.Type()) && ir.HasFloat(a.Type())
			}
		}
		if set {
			b.diags.Add(b.l.in.Fset, s.Pos(), "float that gets a value on the way out of a loop to a fixed point",
				"it is no part of the iteration that is differentiated", "give it the value in every iteration, before the test, or after the loop")
		}
	})
}

// defined lists the variables that s declares with a value.
func defined(s ir.Stmt) []ir.Expr {
	var out []ir.Expr
	add := func(ls []ir.Expr) {
		for _, l := range ls {
			if l != nil {
				out = append(out, l)
			}
		}
	}
	switch s := s.(type) {
	case *ir.Assign:
		if s.Define {
			add(s.L)
		}
	case *ir.Call:
		if s.Define {
			add(s.L)
		}
	}
	return out
}

// stepping lists the variables without floats and references that the loop gives values
// and that outlive an iteration.
func stepping(loop *ir.For) []*ir.Var {
	inside := map[*ir.Var]bool{}
	var out []*ir.Var
	seen := map[*ir.Var]bool{}
	note := func(s ir.Stmt) {
		_, places := ir.Exprs(s)
		for _, l := range places {
			r, ok := l.(*ir.Ref)
			if !ok || seen[r.V] {
				continue
			}
			if t, ok := r.V.Type.Underlying().(*types.Basic); ok && t.Info()&(types.IsInteger|types.IsBoolean|types.IsString) != 0 {
				seen[r.V] = true
				out = append(out, r.V)
			}
		}
	}
	walk := func(b *ir.Block) {
		ir.WalkStmts(b, func(s ir.Stmt) {
			if d, ok := s.(*ir.Decl); ok {
				inside[d.V] = true
			}
			for _, l := range defined(s) {
				inside[l.(*ir.Ref).V] = true
			}
			note(s)
		})
	}
	walk(loop.Body)
	if loop.Post != nil {
		note(loop.Post)
	}
	var kept []*ir.Var
	for _, v := range out {
		if !inside[v] {
			kept = append(kept, v)
		}
	}
	return kept
}
