package ir

import (
	"go/constant"
	"go/token"
	"go/types"
)

// Number returns the constant v of type t.
func Number(v int64, t types.Type) *Const {
	val := constant.MakeInt64(v)
	if IsFloat(t) {
		val = constant.ToFloat(val) // of a complex type too: the number is real
	}
	return &Const{Val: val, Typ: t}
}

// One returns 1 of type t.
func One(t types.Type) *Const { return Number(1, t) }

// Int returns an int constant.
func Int(v int) *Const { return Number(int64(v), intType) }

// IsConst reports whether e is the number v.
func IsConst(e Expr, v int64) bool {
	c, ok := e.(*Const)
	if !ok || c.Val == nil || c.Val.Kind() == constant.Bool || c.Val.Kind() == constant.String {
		return false
	}
	return constant.Compare(constant.ToFloat(c.Val), token.EQL, constant.ToFloat(constant.MakeInt64(v)))
}

// Add returns x + y, simplified where that changes no derivative.
func Add(x, y Expr) Expr {
	switch {
	case IsConst(x, 0):
		return y
	case IsConst(y, 0):
		return x
	}
	if u, ok := y.(*Unary); ok && u.Op == token.SUB {
		return Sub(x, u.X)
	}
	if c := fold(token.ADD, x, y); c != nil {
		return c
	}
	if c := sumOfParts(x, y); c != nil {
		return c
	}
	return &Binary{Op: token.ADD, X: x, Y: y, Typ: x.Type()}
}

// Sub returns x - y.
func Sub(x, y Expr) Expr {
	switch {
	case IsConst(y, 0):
		return x
	case IsConst(x, 0):
		return Neg(y)
	}
	if u, ok := y.(*Unary); ok && u.Op == token.SUB {
		return Add(x, u.X)
	}
	if c := fold(token.SUB, x, y); c != nil {
		return c
	}
	// (a - 1) - 1 and (a + 1) - 1, which reversed loop bounds are full of
	if b, ok := x.(*Binary); ok && IsInteger(x.Type()) && (b.Op == token.ADD || b.Op == token.SUB) {
		if c := fold(token.ADD, b.Y, y); c != nil && b.Op == token.SUB {
			return Sub(b.X, c)
		}
		if c := fold(token.SUB, b.Y, y); c != nil && b.Op == token.ADD {
			return Add(b.X, c)
		}
	}
	return &Binary{Op: token.SUB, X: x, Y: y, Typ: x.Type()}
}

func fold(op token.Token, x, y Expr) *Const {
	a, ok1 := x.(*Const)
	b, ok2 := y.(*Const)
	if !ok1 || !ok2 || a.Val == nil || b.Val == nil || !IsInteger(a.Typ) || !types.Identical(a.Typ, b.Typ) { // nil: it was refused
		return nil
	}
	c := &Const{Val: constant.BinaryOp(a.Val, op, b.Val), Typ: a.Typ}
	if a.Text != "" && b.Text == "" { // keep the name: steps - 1
		c.Text = a.Text + " " + op.String() + " " + Format(b)
	}
	return c
}

// Mul returns x * y.
func Mul(x, y Expr) Expr {
	switch {
	case IsConst(x, 1):
		return y
	case IsConst(y, 1):
		return x
	case IsConst(x, -1):
		return Neg(y)
	case IsConst(y, -1):
		return Neg(x)
	}
	if u, ok := x.(*Unary); ok && u.Op == token.SUB {
		return Neg(Mul(u.X, y))
	}
	if u, ok := y.(*Unary); ok && u.Op == token.SUB {
		return Neg(Mul(x, u.X))
	}
	if b, ok := y.(*Binary); ok && b.Op == token.QUO && IsConst(b.X, 1) {
		return Quo(x, b.Y)
	}
	if b, ok := x.(*Binary); ok && b.Op == token.QUO && IsConst(b.X, 1) {
		return Quo(y, b.Y)
	}
	return &Binary{Op: token.MUL, X: x, Y: y, Typ: x.Type()}
}

// Quo returns x / y.
func Quo(x, y Expr) Expr {
	if IsConst(y, 1) {
		return x
	}
	if u, ok := x.(*Unary); ok && u.Op == token.SUB {
		return Neg(Quo(u.X, y))
	}
	return &Binary{Op: token.QUO, X: x, Y: y, Typ: x.Type()}
}

// Neg returns -x.
func Neg(x Expr) Expr {
	switch x := x.(type) {
	case *Unary:
		if x.Op == token.SUB {
			return x.X
		}
	case *Const:
		if x.Text == "" && x.Val != nil {
			return &Const{Val: constant.UnaryOp(token.SUB, x.Val, 0), Typ: x.Typ}
		}
	case *Binary:
		if x.Op == token.SUB && IsFloat(x.Typ) {
			return &Binary{Op: token.SUB, X: x.Y, Y: x.X, Typ: x.Typ}
		}
	}
	return &Unary{Op: token.SUB, X: x}
}

// Set returns the statement l = r.
func Set(l, r Expr) *Assign { return &Assign{L: []Expr{l}, R: []Expr{r}} }

// Define returns the statement v := r.
func Define(v *Var, r Expr) *Assign {
	return &Assign{L: []Expr{&Ref{V: v}}, R: []Expr{r}, Define: true}
}

// Substitute returns e with every Ref of v replaced by x.
func Substitute(e Expr, v *Var, x Expr) Expr {
	return Rewrite(e, func(e Expr) Expr {
		if r, ok := e.(*Ref); ok && r.V == v {
			return x
		}
		return nil
	})
}

// Rewrite returns a copy of e in which every subexpression for which f returns
// an expression is replaced by it.
func Rewrite(e Expr, f func(Expr) Expr) Expr {
	if e == nil {
		return nil
	}
	if x := f(e); x != nil {
		return x
	}
	list := func(es []Expr) []Expr {
		out := make([]Expr, len(es))
		for i, e := range es {
			out[i] = Rewrite(e, f)
		}
		return out
	}
	switch e := e.(type) {
	case *Unary:
		return &Unary{e.Op, Rewrite(e.X, f)}
	case *Binary:
		return &Binary{e.Op, Rewrite(e.X, f), Rewrite(e.Y, f), e.Typ}
	case *Index:
		return &Index{Rewrite(e.X, f), Rewrite(e.I, f)}
	case *Field:
		return &Field{Rewrite(e.X, f), e.I}
	case *Deref:
		return &Deref{Rewrite(e.X, f)}
	case *SliceOf:
		return &SliceOf{Rewrite(e.X, f), Rewrite(e.Lo, f), Rewrite(e.Hi, f), Rewrite(e.Max, f)}
	case *Addr:
		return &Addr{Rewrite(e.X, f)}
	case *Convert:
		return &Convert{Rewrite(e.X, f), e.Typ}
	case *Len:
		return &Len{Rewrite(e.X, f)}
	case *Cap:
		return &Cap{Rewrite(e.X, f)}
	case *Math:
		return &Math{e.Fn, list(e.Args), e.Typ}
	case *Composite:
		return &Composite{e.Typ, list(e.Elems)}
	case *Make:
		return &Make{e.Typ, Rewrite(e.Len, f), Rewrite(e.Cap, f), Rewrite(e.In, f)}
	case *Append:
		return &Append{Rewrite(e.X, f), list(e.Elems), e.Spread}
	case *Has:
		return &Has{Rewrite(e.X, f), Rewrite(e.I, f)}
	case *Keys:
		return &Keys{Rewrite(e.X, f), e.Typ}
	}
	return e
}

// Not returns the opposite of a condition. Comparisons of floats keep their
// operator, since NaN compares false both ways.
func Not(e Expr) Expr {
	switch x := e.(type) {
	case *Unary:
		if x.Op == token.NOT {
			return x.X
		}
	case *Binary:
		if op, ok := opposite[x.Op]; ok && !IsFloat(x.X.Type()) {
			return &Binary{Op: op, X: x.X, Y: x.Y, Typ: x.Typ}
		}
	}
	return &Unary{Op: token.NOT, X: e}
}

var opposite = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LSS: token.GEQ, token.GEQ: token.LSS,
	token.GTR: token.LEQ, token.LEQ: token.GTR,
}
