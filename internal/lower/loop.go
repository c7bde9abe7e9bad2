package lower

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
)

// forStmt lowers a for with three clauses or fewer. A condition with calls
// moves into the body; a post statement that is no plain assignment moves to
// the end of the body, and continue then leaves a block around the rest.
func (b *builder) forStmt(s *ast.ForStmt, label string) {
	loop := &ir.For{At: ir.At{P: s.Pos()}}
	shared := b.loopCells(s)
	defer b.headEnds(shared)
	b.forInit(loop, s.Init)
	loop.Checkpoint = b.checkpoint(s)
	if c := loop.Checkpoint; c != nil {
		c.Open = ir.SchemeOf(c.Scheme).Open && (c.Scheme == "online" || !b.counts(s))
	}

	var first []ir.Stmt
	if s.Cond != nil {
		var cond ir.Expr
		calls := b.capture(s.Cond.Pos(), func() { cond = b.expr(s.Cond) })
		if len(calls.Stmts) == 0 {
			loop.Cond = cond
		} else {
			first = append(calls.Stmts, b.leaveUnless(s.Cond.Pos(), cond, loop))
		}
	}
	t := &target{label: label, leave: loop, loop: loop}
	var last *ir.Block
	if s.Post != nil {
		last = b.capture(s.Post.Pos(), func() { b.stmt(s.Post) })
		if a, ok := only(last).(*ir.Assign); ok && !a.Define && len(shared) == 0 {
			loop.Post, last = a, nil
		} else {
			t.next = &ir.Block{At: ir.At{P: s.Body.Pos()}}
		}
	}
	if last == nil && len(shared) > 0 && loop.Post == nil {
		last, t.next = &ir.Block{At: ir.At{P: s.Body.Pos()}}, &ir.Block{At: ir.At{P: s.Body.Pos()}}
	}
	b.push(t)
	var back []ir.Stmt
	enter := b.capture(s.Body.Pos(), func() { back = b.enterCells(shared) })
	body := b.capture(s.Body.Pos(), func() { b.loopBody(loop, s.Body) })
	b.leaveCells(shared)
	b.pop()
	loop.Go = loop.Go && last == nil && len(first)+len(enter.Stmts) == 0
	if last != nil {
		last.Stmts = append(back, last.Stmts...)
		if breaksTo(body, t.next) {
			t.next.Stmts = body.Stmts
			body.Stmts = []ir.Stmt{t.next}
		}
		body.Stmts = append(body.Stmts, last.Stmts...)
	}
	body.Stmts = append(append(first, enter.Stmts...), body.Stmts...)
	loop.Body = body
	b.emitLoop(s, loop)
}

// forInit puts a plain assignment into the head of the loop and everything else
// before the loop.
func (b *builder) forInit(loop *ir.For, init ast.Stmt) {
	if init == nil {
		return
	}
	before := b.capture(init.Pos(), func() { b.stmt(init) })
	n := len(before.Stmts)
	if n > 0 {
		if a, ok := before.Stmts[n-1].(*ir.Assign); ok && (a.Define || n == 1) {
			loop.Init = a
			before.Stmts = before.Stmts[:n-1]
		}
	}
	for _, s := range before.Stmts {
		b.emit(s)
	}
}

// leaveUnless is if !cond { break }.
func (b *builder) leaveUnless(pos token.Pos, cond ir.Expr, loop *ir.For) ir.Stmt {
	at := ir.At{P: pos}
	return &ir.If{
		At: at, Cond: not(cond),
		Then: &ir.Block{At: at, Stmts: []ir.Stmt{&ir.Break{At: at, Target: loop}}},
	}
}

func only(b *ir.Block) ir.Stmt {
	if len(b.Stmts) != 1 {
		return nil
	}
	return b.Stmts[0]
}

func breaksTo(body *ir.Block, target ir.Stmt) bool {
	found := false
	ir.WalkStmts(body, func(s ir.Stmt) {
		if br, ok := s.(*ir.Break); ok && br.Target == target {
			found = true
		}
	})
	return found
}

// checkpoint returns what a //cairn:checkpoint line above s asks for.
func (b *builder) checkpoint(s ast.Stmt) *ir.Checkpoint {
	set := b.src.pkg.Directives
	if set == nil || set.Loops[s] == nil {
		return nil
	}
	d := set.Loops[s]
	c := &ir.Checkpoint{Pos: d.Pos, Scheme: d.Scheme, Levels: d.Levels, Storage: d.Storage, Resume: d.Resume}
	for _, a := range d.Args {
		x := ir.Expr(ir.Number(a.Count, types.Typ[types.Int]))
		if a.Name != "" {
			x = b.schemeArg(s, a)
		}
		c.Args = append(c.Args, ir.SchemeArg{Key: a.Key, X: x})
	}
	return c
}

// schemeArg finds the constant or variable that key=name means at s.
func (b *builder) schemeArg(s ast.Stmt, a directive.SchemeArg) ir.Expr {
	name := a.Name
	bad := func(why, do string) ir.Expr {
		b.diags.Add(b.l.in.Fset, a.Pos, "//cairn:checkpoint", why, do)
		return ir.Int(1)
	}
	var obj types.Object
	if scope := b.src.pkg.Types.Scope().Innermost(s.Pos()); scope != nil {
		_, obj = scope.LookupParent(name, s.Pos())
	}
	switch obj := obj.(type) {
	case nil:
		return bad(a.Key+"="+name+" is not in scope here", "name an int variable or constant, or write a number")
	case *types.Const:
		n, ok := constant.Int64Val(constant.ToInt(obj.Val()))
		if !ok || !types.AssignableTo(obj.Type(), types.Typ[types.Int]) {
			return bad("the constant "+name+" is no int", "name an int constant")
		}
		if why, least := directive.TooSmall(a.Key, n); why != "" {
			return bad(fmt.Sprintf("%s=%s, which is %d, %s", a.Key, name, n, why), fmt.Sprintf("use %d or more", least))
		}
		c := ir.Int(int(n))
		if obj.Parent() == b.l.in.Root.Types.Scope() {
			c.Text = name
		}
		return c
	case *types.Var:
		if !types.Identical(obj.Type(), types.Typ[types.Int]) {
			return bad("the variable "+name+" is a "+obj.Type().String(), "name an int variable")
		}
		if v := b.vars[obj]; v != nil {
			if b.use.cells[obj] && !b.inHead[obj] {
				return b.save(a.Pos, inCell(v))
			}
			return &ir.Ref{V: v}
		}
		return &ir.Global{Obj: obj}
	}
	return bad(name+" is neither a variable nor a constant", "name an int variable or constant")
}

// schemeVars are the variables that a //cairn:checkpoint line above s names.
func (b *builder) schemeVars(s ast.Stmt) []types.Object {
	set := b.src.pkg.Directives
	if set == nil || set.Loops[s] == nil {
		return nil
	}
	scope := b.src.pkg.Types.Scope().Innermost(s.Pos())
	if scope == nil {
		return nil
	}
	var out []types.Object
	for _, a := range set.Loops[s].Args {
		if a.Name != "" {
			_, obj := scope.LookupParent(a.Name, s.Pos())
			out = append(out, obj)
		}
	}
	return out
}
