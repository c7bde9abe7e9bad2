package tidy

import (
	"go/token"

	"github.com/cairn-ad/cairn/internal/ir"
)

// StrictFP makes every product explicit by a conversion, which forbids the
// compiler to fuse it with a sum, in the same statement or a later one (Go
// specification, "Floating-point operators"). Products inside products and
// quotients need none. Products of complex numbers stay as they are: what the compiler
// makes of one cannot be told from outside. On amd64 v1 nothing is ever fused.
func StrictFP(f *ir.Func) {
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Assign:
			for i := range s.R {
				s.R[i] = rounded(s.R[i])
			}
		case *ir.Call:
			for i := range s.Args {
				s.Args[i] = rounded(s.Args[i])
			}
		case *ir.If:
			s.Cond = rounded(s.Cond)
		case *ir.For:
			s.Cond = rounded(s.Cond)
		case *ir.Yield:
			s.X = rounded(s.X)
		}
	})
}

// rounded returns e with its products rounded, e itself included.
func rounded(e ir.Expr) ir.Expr {
	return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		b, ok := e.(*ir.Binary)
		if !ok || !ir.IsReal(b.Typ) {
			return nil
		}
		switch b.Op {
		case token.MUL:
			return &ir.Convert{X: &ir.Binary{Op: b.Op, X: factor(b.X), Y: factor(b.Y), Typ: b.Typ}, Typ: b.Typ}
		case token.QUO:
			return &ir.Binary{Op: b.Op, X: factor(b.X), Y: factor(b.Y), Typ: b.Typ}
		}
		return nil
	})
}

// factor is rounded for an operand of * or /, where a product cannot be fused.
func factor(e ir.Expr) ir.Expr {
	if b, ok := e.(*ir.Binary); ok && ir.IsReal(b.Typ) && (b.Op == token.MUL || b.Op == token.QUO) {
		return &ir.Binary{Op: b.Op, X: factor(b.X), Y: factor(b.Y), Typ: b.Typ}
	}
	return rounded(e)
}
