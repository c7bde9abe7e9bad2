package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

func (b *builder) assignStmt(s *ast.AssignStmt) {
	switch s.Tok {
	case token.ASSIGN, token.DEFINE:
		b.assign(s.Pos(), s.Lhs, s.Rhs, s.Tok == token.DEFINE)
	default:
		b.opAssign(s)
	}
}

// opAssign lowers x op= y. The operands of x hold no calls any more, so x may
// stand twice.
func (b *builder) opAssign(s *ast.AssignStmt) {
	op := s.Tok - token.ADD_ASSIGN + token.ADD
	l := b.place(s.Lhs[0])
	if l == nil {
		return
	}
	y := b.expr(s.Rhs[0])
	b.emit(&ir.Assign{
		At: ir.At{P: s.Pos()}, L: []ir.Expr{l},
		R: []ir.Expr{&ir.Binary{Op: op, X: clone(l), Y: y, Typ: l.Type()}},
	})
}

func (b *builder) incDec(s *ast.IncDecStmt) {
	op := token.ADD
	if s.Tok == token.DEC {
		op = token.SUB
	}
	l := b.place(s.X)
	if l == nil {
		return
	}
	b.emit(step(s.Pos(), l, op))
}

// step is l = l op 1.
func step(pos token.Pos, l ir.Expr, op token.Token) *ir.Assign {
	return &ir.Assign{
		At: ir.At{P: pos}, L: []ir.Expr{l},
		R: []ir.Expr{&ir.Binary{Op: op, X: clone(l), Y: ir.One(l.Type()), Typ: l.Type()}},
	}
}

// assign lowers lhs = rhs and, with define, lhs := rhs or var lhs = rhs.
func (b *builder) assign(pos token.Pos, lhs, rhs []ast.Expr, define bool) {
	if b.bindFound(lhs, rhs) {
		return
	}
	if lhs, rhs = b.splitFuncs(lhs, rhs, define); len(lhs) == 0 {
		return
	}
	if lhs, rhs = b.splitVariants(lhs, rhs); len(lhs) == 0 {
		return
	}
	before := len(b.diags)
	l, created := b.leftSides(lhs, define)
	after := len(b.diags)
	defer func() { // a refused value explains its variable's type
		if define && len(b.diags) > after {
			b.diags = slices.Delete(b.diags, before, after)
		}
	}()
	if len(rhs) == 1 {
		if call, c := b.functionCall(rhs[0]); call != nil {
			b.callInto(call, c, l, created)
			return
		}
		if b.assertOK(rhs[0], l, created) {
			return
		}
		if xs := b.tupleValues(rhs[0]); len(xs) == len(l) {
			b.assignTuple(pos, l, xs, created, rhs[0])
			return
		}
		if len(l) > 1 {
			b.refuseTuple(rhs[0])
			return
		}
		if call := b.isBuiltin(rhs[0], "copy"); call != nil && l[0] != nil {
			b.declareAll(created)
			b.copyCall(call, l[0])
			return
		}
	}
	if len(rhs) != len(l) {
		b.fail(rhs[0], "assignment", "its sides differ in the number of values", "correct it")
		return
	}
	a := &ir.Assign{At: ir.At{P: pos}, L: l, Define: len(created) == len(l)}
	for i, e := range rhs {
		want := b.known(e)
		if l[i] != nil {
			want = l[i].Type()
		}
		x := b.expr(e)
		if r, ok := l[i].(*ir.Ref); ok && slices.Contains(created, r.V) && b.settles(r.V, x) {
			want = r.V.Type
		}
		x = b.convertTo(x, want, e)
		if !types.Identical(x.Type(), want) || ir.UntypedInGo(x) {
			a.Define = false // x := would give it the type of the value
		}
		a.R = append(a.R, x)
	}
	if !a.Define {
		b.declareAll(created)
	}
	b.emit(a)
}

// leftSides lowers the left sides; created are the variables that := makes.
func (b *builder) leftSides(lhs []ast.Expr, define bool) (l []ir.Expr, created []*ir.Var) {
	for _, e := range lhs {
		if isBlank(e) {
			l = append(l, nil)
			continue
		}
		if id, ok := e.(*ast.Ident); ok && define && b.use.cells[b.info.Defs[id]] && !b.inHead[b.info.Defs[id]] {
			l = append(l, b.newCell(b.info.Defs[id]))
			continue
		}
		if id, ok := e.(*ast.Ident); ok && define && b.info.Defs[id] != nil {
			v := b.declare(id)
			created = append(created, v)
			l = append(l, &ir.Ref{V: v})
			continue
		}
		p := b.place(e)
		if p == nil {
			p = &ir.Ref{V: b.temp(b.typeOf(e), e.Pos())} // refused: anything goes
		}
		l = append(l, p)
	}
	return l, created
}

func (b *builder) declareAll(vars []*ir.Var) {
	for _, v := range vars {
		b.emit(&ir.Decl{At: ir.At{P: v.Pos}, V: v})
	}
}

func (b *builder) refuseTuple(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.IndexExpr, *ast.TypeAssertExpr:
		b.expr(e)
	case *ast.UnaryExpr:
		b.expr(e)
	case *ast.CallExpr:
		if b.callee(e).kind != refusedCall {
			b.expr(e)
		}
	}
}

// callInto emits l = call, where created are those variables in l that the
// statement declares. Places other than variables are assigned from temporaries
// after the call, as gc does.
func (b *builder) callInto(call *ast.CallExpr, c *callee, l []ir.Expr, created []*ir.Var) {
	results := c.fn.Signature().Results()
	if len(l) != results.Len() {
		return // reported by the type checker
	}
	if c.inlined() {
		b.inlinedInto(call, c, l, created)
		return
	}
	direct, same := true, true
	for i, x := range l {
		if x == nil {
			continue
		}
		r, ok := x.(*ir.Ref)
		t := results.At(i).Type()
		direct = direct && ok && (isInterface(t) == isInterface(r.V.Type))
		same = same && ok && types.Identical(r.V.Type, t)
	}
	define := direct && same && len(created) == len(l) && len(l) > 0
	if !define {
		b.declareAll(created)
	}
	if direct {
		b.call(call, c, l, define)
	} else {
		b.viaTemps(call, c, l)
	}
}

// inlinedInto is callInto for a callee that stands in the place of its call.
func (b *builder) inlinedInto(call *ast.CallExpr, c *callee, l []ir.Expr, created []*ir.Var) {
	a := &ir.Assign{At: ir.At{P: call.Pos()}, Define: len(created) == len(l) && len(l) > 0}
	for i, x := range b.callTemps(call, c) {
		if l[i] == nil {
			a.L, a.R = append(a.L, nil), append(a.R, x)
			continue
		}
		if r, ok := l[i].(*ir.Ref); ok && slices.Contains(created, r.V) {
			b.settles(r.V, x)
		}
		t := l[i].Type()
		x = b.convertTo(x, t, call)
		a.Define = a.Define && types.Identical(x.Type(), t) && !ir.UntypedInGo(x) && !isNil(x)
		a.L, a.R = append(a.L, l[i]), append(a.R, x)
	}
	if !a.Define {
		b.declareAll(created)
	}
	b.emit(a)
}

// viaTemps emits t1, t2 := call; l = t1, t2.
func (b *builder) viaTemps(call *ast.CallExpr, c *callee, l []ir.Expr) {
	temps := b.callTemps(call, c)
	a := &ir.Assign{At: ir.At{P: call.Pos()}}
	for i, t := range temps {
		if i < len(l) && l[i] != nil {
			a.L = append(a.L, l[i])
			a.R = append(a.R, b.convertTo(t, l[i].Type(), call))
		}
	}
	b.emit(a)
}

// place lowers the left side of an assignment; nil means that it was refused.
func (b *builder) place(e ast.Expr) ir.Expr {
	if l := b.mapPlace(e); l != nil {
		return l
	}
	l := b.expr(e)
	if _, bad := l.(*ir.Const); bad {
		return nil
	}
	return l
}

// globalOf returns the package-level variable that itself holds the place e.
func globalOf(e ir.Expr) *types.Var {
	for {
		switch x := e.(type) {
		case *ir.Global:
			return x.Obj
		case *ir.Field:
			e = x.X
		case *ir.Deref:
			e = x.X
		case *ir.Index:
			e = x.X
		case *ir.SliceOf:
			e = x.X
		default:
			return nil
		}
	}
}
