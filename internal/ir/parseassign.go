package ir

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

func intConst(n int64) *Const { return &Const{Val: constant.MakeInt64(n), Typ: intType} }

func one(t types.Type) *Const {
	if IsFloat(t) {
		return &Const{Val: constant.ToFloat(constant.MakeInt64(1)), Typ: t}
	}
	return &Const{Val: constant.MakeInt64(1), Typ: t}
}

// opOf gives the operator of an op-assignment.
var opOf = map[token.Token]token.Token{
	token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL,
	token.QUO_ASSIGN: token.QUO, token.REM_ASSIGN: token.REM, token.AND_ASSIGN: token.AND,
	token.OR_ASSIGN: token.OR, token.XOR_ASSIGN: token.XOR, token.SHL_ASSIGN: token.SHL,
	token.SHR_ASSIGN: token.SHR, token.AND_NOT_ASSIGN: token.AND_NOT,
}

func (b *builder) assignment(s *ast.AssignStmt, directives []*ast.Comment) Stmt {
	at := At{s.Pos()}
	if len(s.Rhs) == 1 {
		if c, ok := ast.Unparen(s.Rhs[0]).(*ast.CallExpr); ok {
			if out := b.callOrCopy(c, s, directives); out != nil {
				return out
			}
		}
	}
	b.none(directives)
	if op, ok := opOf[s.Tok]; ok {
		l, x := b.expr(s.Lhs[0], nil, false), b.expr(s.Lhs[0], nil, false)
		y := b.expr(s.Rhs[0], l.Type(), false)
		return &Assign{At: at, L: []Expr{l}, R: []Expr{&Binary{Op: op, X: x, Y: y, Typ: l.Type()}}}
	}
	out := &Assign{At: at, Define: s.Tok == token.DEFINE}
	if len(s.Lhs) != len(s.Rhs) {
		b.fail(s, "a value for each variable is wanted")
	}
	if !out.Define {
		out.L = b.places(s.Lhs, false)
	}
	for i, r := range s.Rhs {
		var want types.Type
		blank := false
		if !out.Define {
			if blank = out.L[i] == nil; !blank {
				want = out.L[i].Type()
			}
		}
		out.R = append(out.R, b.expr(r, want, out.Define || blank))
	}
	if out.Define {
		out.L = b.places(s.Lhs, true)
	}
	return out
}

// places reads left sides; the blank identifier becomes nil.
func (b *builder) places(lhs []ast.Expr, define bool) []Expr {
	var out []Expr
	for _, l := range lhs {
		id, isIdent := l.(*ast.Ident)
		switch {
		case isIdent && id.Name == "_" && define:
			b.fail(id, "a := declares every variable on its left")
		case isIdent && id.Name == "_":
			out = append(out, nil)
		case define && isIdent:
			out = append(out, &Ref{b.local(id)})
		default:
			out = append(out, b.expr(l, nil, false))
		}
	}
	return out
}

// callOrCopy reads a call of a function of the program or of copy; s is the
// assignment that it is the right side of, or nil. Other calls give nil.
func (b *builder) callOrCopy(c *ast.CallExpr, s *ast.AssignStmt, directives []*ast.Comment) Stmt {
	at := At{c.Pos()}
	if s != nil {
		at.P = s.Pos()
	}
	if b.builtin(c) == "copy" {
		b.none(directives)
		out := &Copy{At: at}
		if s != nil {
			if s.Tok != token.ASSIGN {
				b.fail(s, "the result of copy goes to a variable declared before")
			}
			out.N = b.places(s.Lhs, false)[0]
		}
		out.Dst, out.Src = b.expr(c.Args[0], nil, false), b.expr(c.Args[1], nil, false)
		return out
	}
	obj, recv := b.callee(c)
	if obj == nil {
		return nil
	}
	fn := b.funs[obj]
	if fn == nil {
		return nil
	}
	out := &Call{At: at, Fn: fn, Mode: b.modeOf(directives)}
	if recv != nil {
		out.Args = append(out.Args, b.receiver(recv, obj.Signature().Recv().Type()))
	}
	params := obj.Signature().Params()
	none := fn.Variadic && len(c.Args) == params.Len()-1
	if fn.Variadic && !none && !c.Ellipsis.IsValid() {
		b.fail(c, "the last argument of %s is one slice, written with ...", obj.Name())
	}
	if len(c.Args) != params.Len() && !none {
		b.fail(c, "%s takes %d arguments, not %d", obj.Name(), params.Len(), len(c.Args))
	}
	for i, a := range c.Args {
		out.Args = append(out.Args, b.expr(a, params.At(i).Type(), false))
	}
	if none {
		out.Args = append(out.Args, &Const{Typ: params.At(params.Len() - 1).Type()})
	}
	if s != nil {
		if _, isOp := opOf[s.Tok]; isOp {
			b.fail(s, "a call stands alone, not in an op-assignment")
		}
		out.Define = s.Tok == token.DEFINE
		out.L = b.places(s.Lhs, out.Define)
	}
	return out
}

// callee returns the function that c calls, if it is a declared one, and the
// receiver expression of a method.
func (b *builder) callee(c *ast.CallExpr) (*types.Func, ast.Expr) {
	switch f := ast.Unparen(c.Fun).(type) {
	case *ast.Ident:
		obj, _ := b.info.Uses[f].(*types.Func)
		return obj, nil
	case *ast.SelectorExpr:
		obj, _ := b.info.Uses[f.Sel].(*types.Func)
		if sel := b.info.Selections[f]; sel != nil {
			if sel.Kind() != types.MethodVal || len(sel.Index()) != 1 {
				b.fail(f, "a method is called on the value or pointer that has it")
			}
			return obj, f.X
		}
		return obj, nil
	}
	return nil, nil
}

// receiver reads x for a parameter of type want, making & and * explicit.
func (b *builder) receiver(x ast.Expr, want types.Type) Expr {
	e := b.expr(x, nil, false)
	_, wantPtr := want.(*types.Pointer)
	_, havePtr := e.Type().Underlying().(*types.Pointer)
	switch {
	case wantPtr && !havePtr:
		return &Addr{e}
	case !wantPtr && havePtr:
		return &Deref{e}
	}
	return e
}

// builtin returns the name of the builtin that c calls, or "".
func (b *builder) builtin(c *ast.CallExpr) string {
	if id, ok := ast.Unparen(c.Fun).(*ast.Ident); ok {
		if _, ok := b.info.Uses[id].(*types.Builtin); ok {
			return id.Name
		}
	}
	return ""
}

func (b *builder) exprStmt(s *ast.ExprStmt, directives []*ast.Comment) Stmt {
	c, ok := ast.Unparen(s.X).(*ast.CallExpr)
	if !ok {
		b.fail(s, "an expression is no statement")
	}
	if out := b.callOrCopy(c, nil, directives); out != nil {
		return out
	}
	b.none(directives)
	if b.builtin(c) != "panic" {
		b.fail(s, "a call of something that is no function of the program")
	}
	return &Panic{At{s.Pos()}, b.expr(c.Args[0], nil, true)}
}
