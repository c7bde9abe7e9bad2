package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A yieldBody is the body of a loop over a function, put in the place of the calls
// of yield. It has the meaning that the Go specification gives it: an iterator goes
// on after the loop is left, and may still do something.
type yieldBody struct {
	state *ir.Var // one of the yield constants, or that plus the index of an exit; nil if nothing leaves the loop early
	next  *ir.Block
	exits []*ast.BranchStmt // that leave the loop for a statement around it
}

const (
	yieldOn     = iota // the loop goes on
	yieldBreak         // left by break
	yieldReturn        // left by return
	yieldExit          // left by the first of the exits
)

// rangeFunc lowers for … := range f: the iterator in the place of the loop, and the
// body of the loop in the place of its calls of yield.
func (b *builder) rangeFunc(s *ast.RangeStmt, label string) {
	if b.checkpoint(s) != nil {
		b.fail(s, "//cairn:checkpoint", "the number of steps of a loop over a function is not known at its start", "write a for loop with a counter")
	}
	v := b.funcValue(s.X)
	if v == nil {
		return
	}
	if v.isNil {
		b.fail(s.X, "range over a nil function", "it would panic", "leave the loop out")
		return
	}
	y := &yieldBody{}
	if leavesEarly(s.Body) {
		y.state = b.temp(types.Typ[types.Int], s.Pos())
		b.emit(&ir.Decl{At: ir.At{P: s.Pos()}, V: y.state})
	}
	yield := v.sig.Params().At(0)
	home := b.site
	body := func(at ast.Node, args *actuals) ir.Expr {
		back := b.site
		b.site = home
		b.yielded(s, label, y, b.functionType(yield.Type()), args)
		b.site = back
		if y.state == nil {
			return &ir.Const{Val: constant.MakeBool(true), Typ: types.Typ[types.Bool]}
		}
		return b.save(at.Pos(), y.is(token.EQL, yieldOn))
	}
	yieldSig := b.functionType(yield.Type())
	b.apply(s, v, &actuals{
		values: map[*types.Var]ir.Expr{},
		funcs:  map[*types.Var]*funcValue{yield: {body: body, sig: yieldSig}},
	})
	if y.state != nil && returns(s.Body) {
		b.afterYield(s, y, yieldReturn, func() { b.leaveFrame(s.Pos()) })
	}
	for i, br := range y.exits {
		b.afterYield(s, y, yieldExit+i, func() { b.branch(br) })
	}
}

// afterYield does what is left to do if the loop was left in the given state.
func (b *builder) afterYield(s *ast.RangeStmt, y *yieldBody, state int, then func()) {
	out := &ir.If{At: ir.At{P: s.Pos()}, Cond: y.is(token.EQL, state)}
	out.Then = b.capture(s.Pos(), then)
	b.emit(out)
}

// yielded lowers the body of the loop for one call of yield.
func (b *builder) yielded(s *ast.RangeStmt, label string, y *yieldBody, sig *types.Signature, args *actuals) {
	next := &ir.Block{At: ir.At{P: s.Pos()}}
	outer := b.frame.yield
	was := y.next
	y.next, b.frame.yield = next, y
	b.push(&target{label: label, leave: next, loop: &ir.For{}, next: next, yield: y})
	block := b.capture(s.Body.Pos(), func() {
		if y.state != nil {
			at := ir.At{P: s.Pos()}
			again := &ir.Const{Val: constant.MakeString("range function continued iteration after function for loop body returned false"), Typ: types.Typ[types.String]}
			b.emit(&ir.If{At: at, Cond: y.is(token.NEQ, yieldOn), Then: &ir.Block{At: at, Stmts: []ir.Stmt{&ir.Panic{At: at, X: again}}}})
		}
		b.yieldVars(s, sig, args)
		b.stmts(s.Body.List)
	})
	b.pop()
	y.next, b.frame.yield = was, outer
	b.emitLeaving(block, next)
}

// yieldVars gives the variables of the loop the arguments of yield.
func (b *builder) yieldVars(s *ast.RangeStmt, sig *types.Signature, args *actuals) {
	for i, e := range []ast.Expr{s.Key, s.Value} {
		if e == nil || isBlank(e) {
			continue
		}
		x := args.values[sig.Params().At(i)]
		if x == nil {
			return // refused
		}
		if s.Tok == token.DEFINE {
			b.define(e.Pos(), b.declare(e.(*ast.Ident)), x)
		} else if l := b.place(e); l != nil {
			b.emit(&ir.Assign{At: ir.At{P: e.Pos()}, L: []ir.Expr{l}, R: []ir.Expr{b.convertTo(x, l.Type(), e)}})
		}
	}
}

// is compares the state of the loop.
func (y *yieldBody) is(op token.Token, state int) ir.Expr {
	return &ir.Binary{Op: op, X: &ir.Ref{V: y.state}, Y: ir.Int(state), Typ: types.Typ[types.Bool]}
}

// stopYield leaves the body of the loop, and the loop.
func (b *builder) stopYield(pos token.Pos, y *yieldBody, state int) {
	at := ir.At{P: pos}
	b.emit(&ir.Assign{At: at, L: []ir.Expr{&ir.Ref{V: y.state}}, R: []ir.Expr{ir.Int(state)}})
	b.emit(&ir.Break{At: at, Target: y.next})
}

// exit leaves the loop by s, which names a statement around it.
func (b *builder) exit(s *ast.BranchStmt, y *yieldBody) {
	i := slices.IndexFunc(y.exits, func(e *ast.BranchStmt) bool { return e.Tok == s.Tok && e.Label.Name == s.Label.Name })
	if i < 0 {
		i = len(y.exits)
		y.exits = append(y.exits, s)
	}
	b.stopYield(s.Pos(), y, yieldExit+i)
}

// leavesEarly reports whether something in the body may leave the loop.
func leavesEarly(body *ast.BlockStmt) bool {
	return found(body, func(n ast.Node) bool {
		br, ok := n.(*ast.BranchStmt)
		return ok && (br.Tok == token.BREAK || br.Label != nil)
	}) || returns(body)
}

func returns(body *ast.BlockStmt) bool {
	return found(body, func(n ast.Node) bool { _, ok := n.(*ast.ReturnStmt); return ok })
}

// found looks for a node in body, function literals apart.
func found(body *ast.BlockStmt, is func(ast.Node) bool) bool {
	yes := false
	ast.Inspect(body, func(n ast.Node) bool {
		if _, lit := n.(*ast.FuncLit); lit {
			return false
		}
		yes = yes || n != nil && is(n)
		return !yes
	})
	return yes
}
