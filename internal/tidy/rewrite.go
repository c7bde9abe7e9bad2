package tidy

import "github.com/cairn-ad/cairn/internal/ir"

// rewriteAll applies [ir.Rewrite] to all expressions in the block, places included.
func rewriteAll(b *ir.Block, f func(ir.Expr) ir.Expr) {
	for i, s := range b.Stmts {
		b.Stmts[i] = rewriteHere(s, f)
		for _, inner := range ir.Blocks(b.Stmts[i]) {
			rewriteAll(inner, f)
		}
	}
}

// rewriteHere is rewriteAll for what stands directly in s: another statement, or s itself
// if others refer to it.
func rewriteHere(s ir.Stmt, f func(ir.Expr) ir.Expr) ir.Stmt {
	list := func(es []ir.Expr) []ir.Expr {
		out := make([]ir.Expr, len(es))
		for i, e := range es {
			out[i] = ir.Rewrite(e, f)
		}
		return out
	}
	assign := func(s *ir.Assign) *ir.Assign {
		if s == nil {
			return nil
		}
		return &ir.Assign{At: s.At, L: list(s.L), R: list(s.R), Define: s.Define, Guard: s.Guard}
	}
	switch s := s.(type) {
	case *ir.Assign:
		return assign(s)
	case *ir.Call:
		c := *s
		c.L, c.Args = list(s.L), list(s.Args)
		return &c
	case *ir.Copy:
		return &ir.Copy{At: s.At, N: ir.Rewrite(s.N, f), Dst: ir.Rewrite(s.Dst, f), Src: ir.Rewrite(s.Src, f)}
	case *ir.If:
		s.Cond = ir.Rewrite(s.Cond, f)
	case *ir.For:
		s.Init, s.Cond, s.Post = assign(s.Init), ir.Rewrite(s.Cond, f), assign(s.Post)
	case *ir.Panic:
		return &ir.Panic{At: s.At, X: ir.Rewrite(s.X, f)}
	case *ir.Yield:
		return &ir.Yield{At: s.At, X: ir.Rewrite(s.X, f)}
	}
	return s
}
