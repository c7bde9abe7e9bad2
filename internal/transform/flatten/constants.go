package flatten

import (
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// constants returns the parameters of the leaf that a call gives constants which cannot stand
// in their place. An expression of constants only is worked out by the compiler of Go,
// exactly: b*b of 0.1 is another number than the product of floats, -b of 0 has no sign, and
// conversions, products of integers, indices and divisors that are out of range do not compile.
func (x *expansion) constants() map[*ir.Var]bool {
	given := map[*ir.Var]*ir.Const{}
	for i, p := range x.l.f.Inputs() {
		if c, ok := x.c.Args[i].(*ir.Const); ok {
			given[p] = c
		}
	}
	out := map[*ir.Var]bool{}
	if len(given) == 0 {
		return out
	}
	drop := func(e ir.Expr) {
		ir.WalkExpr(e, func(e ir.Expr) bool {
			if r, ok := e.(*ir.Ref); ok && given[r.V] != nil {
				out[r.V] = true
			}
			return true
		})
	}
	check := func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Unary, *ir.Binary, *ir.Convert, *ir.Math:
			if folds(e, given) || dividesByZero(e, given) {
				drop(e)
			}
		case *ir.Index:
			if c := constantOf(e.I, given); c != nil && !within(c, e.X.Type()) {
				drop(e.I)
			}
		case *ir.SliceOf:
			for _, bound := range []ir.Expr{e.Lo, e.Hi, e.Max} {
				drop(bound)
			}
		}
		return true
	}
	ir.WalkStmts(x.l.f.Body, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		for _, es := range [][]ir.Expr{reads, places} {
			for _, e := range es {
				ir.WalkExpr(e, check)
			}
		}
	})
	return out
}

// folds reports whether e is an expression of constants if parameters are what is given.
func folds(e ir.Expr, given map[*ir.Var]*ir.Const) bool {
	switch e := e.(type) {
	case *ir.Const:
		return true
	case *ir.Ref:
		return given[e.V] != nil
	case *ir.Unary:
		return folds(e.X, given)
	case *ir.Binary:
		return folds(e.X, given) && folds(e.Y, given)
	case *ir.Convert:
		return folds(e.X, given)
	case *ir.Math:
		for _, a := range e.Args {
			if !folds(a, given) {
				return false
			}
		}
		return true
	}
	return false
}

// dividesByZero reports whether e divides integers by a parameter that is 0, or shifts by
// one that is negative.
func dividesByZero(e ir.Expr, given map[*ir.Var]*ir.Const) bool {
	b, ok := e.(*ir.Binary)
	if !ok {
		return false
	}
	c := constantOf(b.Y, given)
	if c == nil {
		return false
	}
	switch b.Op {
	case token.QUO, token.REM:
		return constant.Sign(c.Val) == 0
	case token.SHL, token.SHR:
		return constant.Sign(c.Val) < 0
	}
	return false
}

// constantOf is the constant that e is as the only thing, else nil.
func constantOf(e ir.Expr, given map[*ir.Var]*ir.Const) *ir.Const {
	if r, ok := e.(*ir.Ref); ok {
		return given[r.V]
	}
	return nil
}

// within reports whether c is an index of an array of type t, or is not negative and t is
// no array.
func within(c *ir.Const, t types.Type) bool {
	n, exact := constant.Int64Val(constant.ToInt(c.Val))
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	a, array := t.Underlying().(*types.Array)
	return exact && n >= 0 && (!array || n < a.Len())
}
