package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// In Go the calls, && and || of an expression run from left to right. Calls of functions
// become statements before the expression; those of package math and of the built-in
// functions, && and || stay in it. So the value of one that stands to the left of a call of
// a function is kept in a variable: the function may change what it depends on.

// inOrder returns x, the value of e, which stays in its expression, or a variable with
// this value if a call that becomes a statement follows.
func (b *builder) inOrder(e ast.Expr, x ir.Expr) ir.Expr {
	if _, constant := x.(*ir.Const); constant || b.src == nil {
		return x
	}
	early, done := b.l.early[b.src]
	if !done {
		early = earlyParts(b.info, b.src.decl.Body)
		b.l.early[b.src] = early
	}
	if !early[e] {
		return x
	}
	return b.save(e.Pos(), x)
}

// earlyParts returns the parts of expressions in body that stay inside and are followed
// there by a call that does not.
func earlyParts(info *types.Info, body *ast.BlockStmt) map[ast.Expr]bool {
	early := map[ast.Expr]bool{}
	var within func(root ast.Node)
	within = func(root ast.Node) {
		var stay []ast.Expr
		ast.Inspect(root, func(n ast.Node) bool {
			switch n := n.(type) {
			case ast.Stmt, *ast.FuncLit: // evaluated at another time
				if n != root {
					within(n)
					return false
				}
			case *ast.BinaryExpr:
				if n.Op == token.LAND || n.Op == token.LOR { // its right side, perhaps never
					within(n.X)
					within(n.Y)
					stay = append(stay, n)
					return false
				}
			case *ast.CallExpr:
				if staysInside(info, n) {
					stay = append(stay, n)
					break
				}
				for _, s := range stay {
					early[s] = early[s] || s.End() <= n.Pos()
				}
			}
			return true
		})
	}
	within(body)
	return early
}

// staysInside reports whether the call is part of its expression in lowered code.
func staysInside(info *types.Info, e *ast.CallExpr) bool {
	if t := info.Types[e.Fun]; t.IsType() || t.IsBuiltin() {
		return true
	}
	fun := ast.Unparen(e.Fun)
	if s, ok := fun.(*ast.SelectorExpr); ok {
		fun = s.Sel
	}
	id, ok := fun.(*ast.Ident)
	if !ok {
		return false
	}
	f, ok := info.Uses[id].(*types.Func)
	return ok && f.Pkg() != nil && (f.Pkg().Path() == "math" || f.Pkg().Path() == "math/cmplx")
}
