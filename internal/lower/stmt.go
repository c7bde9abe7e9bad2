package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

func (b *builder) stmts(list []ast.Stmt) {
	for _, s := range list {
		b.stmt(s)
	}
}

// stmt lowers s, with the call mode that a directive above it asks for.
func (b *builder) stmt(s ast.Stmt) {
	set := b.src.pkg.Directives
	if set != nil && set.Blocks[s] != nil {
		block := b.capture(s.Pos(), func() { b.bareStmt(s) })
		block.Checkpoint = &ir.Checkpoint{Pos: set.Blocks[s].Pos, Scheme: ir.BlockScheme}
		b.emit(block)
		return
	}
	if set == nil || set.Calls[s] == nil {
		b.bareStmt(s)
		return
	}
	c := set.Calls[s]
	b.mode, b.called = c.Mode, false
	b.bareStmt(s)
	b.mode = ir.DefaultMode
	if !b.called && len(b.diags) == 0 {
		b.fail(s, "//cairn:"+c.Mode.String(), "the statement calls no function that is differentiated",
			"remove the directive")
	}
}

func (b *builder) bareStmt(s ast.Stmt) {
	label := b.label
	b.label = ""
	switch s := s.(type) {
	case *ast.EmptyStmt:
	case *ast.BlockStmt:
		b.stmts(s.List)
	case *ast.ExprStmt:
		b.exprStmt(s)
	case *ast.AssignStmt:
		b.assignStmt(s)
	case *ast.IncDecStmt:
		b.incDec(s)
	case *ast.DeclStmt:
		b.declStmt(s)
	case *ast.ReturnStmt:
		b.returnStmt(s)
	case *ast.IfStmt:
		b.ifStmt(s)
	case *ast.ForStmt:
		b.forStmt(s, label)
	case *ast.RangeStmt:
		b.rangeStmt(s, label)
	case *ast.SwitchStmt:
		b.switchStmt(s, label)
	case *ast.TypeSwitchStmt:
		b.typeSwitch(s, label)
	case *ast.LabeledStmt:
		b.label = s.Label.Name
		b.stmt(s.Stmt)
	case *ast.BranchStmt:
		b.branch(s)
	case *ast.GoStmt:
		b.goStmt(s)
	case *ast.DeferStmt:
		if slot := b.frame.slots[s]; slot != nil {
			b.nestedDefer(s, slot)
		} else {
			b.refuse(s)
		}
	default:
		b.refuse(s)
	}
}

// refuse reports a statement that has no place in the IR.
func (b *builder) refuse(s ast.Stmt) {
	switch s.(type) {
	case *ast.DeferStmt:
		b.fail(s, "defer in this place", "how often it is called depends on the run", "put the body of the loop into a function, or defer outside the loop")
	case *ast.SelectStmt:
		b.fail(s, "select", "the reverse sweep cannot follow communication", "pass the values as parameters")
	case *ast.SendStmt:
		b.fail(s, "send on a channel", "the reverse sweep cannot follow communication", "return the value instead")
	default:
		b.fail(s, "statement", "it is not supported", "write it with assignments, if and for")
	}
}

func (b *builder) exprStmt(s *ast.ExprStmt) {
	call, ok := ast.Unparen(s.X).(*ast.CallExpr)
	if !ok {
		if u, isUnary := ast.Unparen(s.X).(*ast.UnaryExpr); isUnary && u.Op == token.ARROW {
			b.expr(u)
		} else {
			b.fail(s, "expression statement", "it has no effect", "remove it")
		}
		return
	}
	if b.idleWait(call) {
		return
	}
	if f := b.waitGroupGo(call); f != nil {
		call = &ast.CallExpr{Fun: f, Lparen: call.Lparen, Rparen: call.Rparen}
	}
	c := b.callee(call)
	b.pending = pendingCall{call, c}
	switch c.kind {
	case builtinCall:
		b.builtinStmt(call, c.name)
	case functionCall:
		b.call(call, c, nil, false)
	case refusedCall:
	case tupleCall:
		b.emit(&ir.Assign{At: ir.At{P: s.Pos()}, L: []ir.Expr{nil}, R: b.tupleValues(call)[:1]})
	default: // a pure function: only a panic inside it can be noticed
		b.emit(&ir.Assign{At: ir.At{P: s.Pos()}, L: []ir.Expr{nil}, R: []ir.Expr{b.expr(call)}})
	}
}

func (b *builder) declStmt(s *ast.DeclStmt) {
	d := s.Decl.(*ast.GenDecl)
	switch d.Tok {
	case token.TYPE:
		if b.generic() {
			b.refuseLocalType(s)
		}
	case token.VAR:
		for _, spec := range d.Specs {
			b.varSpec(spec.(*ast.ValueSpec))
		}
	}
}

func (b *builder) refuseLocalType(s ast.Node) {
	b.fail(s, "local type of a generic function", "it depends on the type arguments, too", localTypeDo)
}

// varSpec lowers var a, b T = x, y. A variable whose type is not that of its
// value is declared first and then assigned to.
func (b *builder) varSpec(s *ast.ValueSpec) {
	if len(s.Values) == 0 {
		for _, id := range s.Names {
			if id.Name == "_" {
				continue
			}
			if b.use.cells[b.info.Defs[id]] {
				b.newCell(b.info.Defs[id])
			} else if isFunc(b.info.TypeOf(id)) {
				b.declareFunc(id)
			} else if b.varies(b.info.Defs[id], nil) {
				b.declareVariant(id, b.info.Defs[id], nil)
			} else if v, ok := b.info.Defs[id].(*types.Var); ok && isWaitGroup(v.Type()) && b.onlyCounts(v) {
				continue
			} else {
				b.emit(&ir.Decl{At: ir.At{P: id.Pos()}, V: b.declare(id)})
			}
		}
		return
	}
	lhs := make([]ast.Expr, len(s.Names))
	for i, id := range s.Names {
		lhs[i] = id
	}
	b.assign(s.Pos(), lhs, s.Values, true)
}

func (b *builder) ifStmt(s *ast.IfStmt) {
	if s.Init != nil {
		b.stmt(s.Init)
	}
	cond := b.expr(s.Cond)
	if c, ok := cond.(*ir.Const); ok && c.Val != nil && b.info.Types[s.Cond].Value == nil { // of a function that is known to be nil, or not
		if constant.BoolVal(c.Val) {
			b.stmt(s.Body)
		} else if s.Else != nil {
			b.stmt(s.Else)
		}
		return
	}
	out := &ir.If{At: ir.At{P: s.Pos()}, Cond: cond}
	out.Then = b.capture(s.Body.Pos(), func() { b.stmts(s.Body.List) })
	if s.Else != nil {
		out.Else = b.capture(s.Else.Pos(), func() { b.stmt(s.Else) })
	}
	b.emit(out)
}

func (b *builder) returnStmt(s *ast.ReturnStmt) {
	defer b.leaveFrame(s.Pos())
	values := b.returnFuncs(s)
	if len(values) == 0 {
		b.copyResults(s.Pos())
		return
	}
	var results, created []*ir.Var
	var l []ir.Expr
	for _, v := range b.frame.results {
		if v != nil {
			results, l = append(results, v), append(l, &ir.Ref{V: v})
		}
	}
	if b.frame.direct {
		created = results
	}
	if len(values) == 1 {
		if call, c := b.functionCall(values[0]); call != nil {
			b.callInto(call, c, l, created)
			return
		}
		if xs := b.tupleValues(values[0]); xs != nil && len(xs) == len(l) {
			b.assignTuple(s.Pos(), l, xs, created, values[0])
			return
		}
	}
	if len(values) != len(l) {
		b.fail(s, "return", "the expression has several values and is no call of a function", "assign them to variables first")
		return
	}
	a := &ir.Assign{At: ir.At{P: s.Pos()}, Define: len(created) > 0}
	for i, e := range values {
		x := b.expr(e)
		if b.frame.direct && methodSet(results[i].Type) && !isInterface(x.Type()) && !isNil(x) {
			results[i].Type = x.Type()
		}
		x = b.convertTo(x, results[i].Type, e)
		if r, ok := x.(*ir.Ref); ok && r.V == results[i] {
			continue
		}
		if !types.Identical(x.Type(), results[i].Type) || ir.UntypedInGo(x) || isNil(x) {
			a.Define = false
		}
		a.L, a.R = append(a.L, l[i]), append(a.R, x)
	}
	if !a.Define {
		b.declareAll(created)
	}
	if len(a.L) > 0 {
		b.emit(a)
	}
}

// functionCall returns e if it is a call that stands alone in the IR.
func (b *builder) functionCall(e ast.Expr) (*ast.CallExpr, *callee) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || b.info.Types[e].Value != nil {
		return nil, nil
	}
	c := b.callee(call)
	if c.kind != functionCall {
		b.pending = pendingCall{call, c}
		return nil, nil
	}
	return call, c
}

// A pendingCall is a call that was looked at and is lowered next: looking again
// could run what finds the function a second time.
type pendingCall struct {
	call *ast.CallExpr
	c    *callee
}

// calleeAgain is callee, for a call that may be pending.
func (b *builder) calleeAgain(e *ast.CallExpr) *callee {
	p := b.pending
	b.pending = pendingCall{}
	if p.call == e {
		return p.c
	}
	return b.callee(e)
}

// target is an enclosing statement that a branch may leave.
type target struct {
	label string
	leave ir.Stmt   // what break leaves
	loop  *ir.For   // nil for a switch
	next  *ir.Block // if set, continue leaves this block
	used  bool      // by a break

	yield *yieldBody // the loop is over a function
}

func (b *builder) branch(s *ast.BranchStmt) {
	at := ir.At{P: s.Pos()}
	switch s.Tok {
	case token.GOTO:
		b.fail(s, "goto", "the reverse sweep needs structured control flow", "use for, break and continue")
		return
	case token.FALLTHROUGH:
		return // cases sees to it
	}
	for i := len(b.targets) - 1; i >= 0; i-- {
		t := b.targets[i]
		if s.Label != nil && t.label != s.Label.Name {
			if t.yield != nil {
				b.exit(s, t.yield)
				return
			}
			continue
		}
		if s.Tok == token.BREAK && t.yield != nil {
			b.stopYield(s.Pos(), t.yield, yieldBreak)
			return
		}
		if s.Tok == token.BREAK {
			t.used = true
			b.emit(&ir.Break{At: at, Target: t.leave})
			return
		}
		if t.loop == nil {
			continue
		}
		if t.next != nil {
			t.used = true
			b.emit(&ir.Break{At: at, Target: t.next})
		} else {
			b.emit(&ir.Continue{At: at, Target: t.loop})
		}
		return
	}
}

func (b *builder) push(t *target) { b.targets = append(b.targets, t) }
func (b *builder) pop()           { b.targets = b.targets[:len(b.targets)-1] }

func isBlank(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && id.Name == "_"
}

func isInterface(t types.Type) bool {
	_, ok := t.Underlying().(*types.Interface)
	return ok
}
