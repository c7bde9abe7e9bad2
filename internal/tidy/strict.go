package tidy

import (
	"go/token"

	"github.com/cairn-ad/cairn/internal/ir"
)

// StrictFP makes every product that is an operand of a sum explicit by a
// conversion, which forbids the compiler to fuse the two (Go specification,
// "Floating-point operators"). On amd64 v1 nothing is ever fused.
func StrictFP(f *ir.Func) {
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Assign:
			for i := range s.R {
				s.R[i] = strict(s.R[i])
			}
		case *ir.Call:
			for i := range s.Args {
				s.Args[i] = strict(s.Args[i])
			}
		case *ir.If:
			s.Cond = strict(s.Cond)
		case *ir.For:
			s.Cond = strict(s.Cond)
		}
	})
}

func strict(e ir.Expr) ir.Expr {
	return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		b, ok := e.(*ir.Binary)
		if !ok || !ir.IsFloat(b.Typ) || b.Op != token.ADD && b.Op != token.SUB {
			return nil
		}
		return &ir.Binary{Op: b.Op, X: rounded(strict(b.X)), Y: rounded(strict(b.Y)), Typ: b.Typ}
	})
}

func rounded(e ir.Expr) ir.Expr {
	if b, ok := e.(*ir.Binary); ok && b.Op == token.MUL {
		return &ir.Convert{X: b, Typ: b.Typ}
	}
	return e
}
