package ir

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
)

// Args are the arguments of ad.NewFixedPoint for the loop l of f: its place, for messages,
// the tolerance and the number of iterations.
func (x *Fixed) Args(f *Func, l *For, prog *Program) []Expr {
	at := prog.Fset.Position(l.Pos())
	place := fmt.Sprintf("%s, %s:%d", f.Title(prog.Pkg), filepath.Base(at.Filename), at.Line)
	return []Expr{
		&Const{Val: constant.MakeString(place), Typ: types.Typ[types.String]},
		&Const{Val: constant.MakeFloat64(x.Tol), Typ: types.Typ[types.Float64]},
		Int(x.Max),
	}
}

// Given evaluates the condition e as far as the variables of known value decide it. It
// returns what is left of e, or the value.
func Given(e Expr, known map[*Var]bool) (rest Expr, value, decided bool) {
	switch e := e.(type) {
	case *Ref:
		if v, ok := known[e.V]; ok {
			return e, v, true
		}
	case *Unary:
		if e.Op == token.NOT {
			if _, v, decided := Given(e.X, known); decided {
				return e, !v, true
			}
		}
	case *Binary:
		if e.Op == token.LAND || e.Op == token.LOR {
			return givenEither(e, known)
		}
	}
	return e, false, false
}

func givenEither(e *Binary, known map[*Var]bool) (rest Expr, value, decided bool) {
	decides := e.Op == token.LOR // this value of one side decides
	x, v, decided := Given(e.X, known)
	if decided && v == decides {
		return e, v, true
	}
	if decided {
		return Given(e.Y, known)
	}
	y, w, decided := Given(e.Y, known)
	switch {
	case decided && w != decides:
		return x, false, false
	case !decided && (x != e.X || y != e.Y):
		return &Binary{Op: e.Op, X: x, Y: y, Typ: e.Typ}, false, false
	}
	return e, false, false
}

// Decide simplifies, in place, the if statements in b whose conditions the variables of
// known value decide.
func Decide(b *Block, known map[*Var]bool) {
	var out []Stmt
	for _, s := range b.Stmts {
		for _, inner := range Blocks(s) {
			Decide(inner, known)
		}
		c, ok := s.(*If)
		if !ok {
			out = append(out, s)
			continue
		}
		rest, value, decided := Given(c.Cond, known)
		switch {
		case !decided:
			c.Cond = rest
			out = append(out, c)
		case value:
			out = append(out, c.Then.Stmts...)
		case c.Else != nil:
			out = append(out, c.Else.Stmts...)
		}
	}
	b.Stmts = out
}
