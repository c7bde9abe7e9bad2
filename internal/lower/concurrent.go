package lower

import (
	"go/ast"
	"go/types"
)

// Goroutines that a sync.WaitGroup waits for are run one after the other, each
// where it is started: the results of a program without data races do not depend on
// when its goroutines run.

// goStmt lowers go f(x) to a call.
func (b *builder) goStmt(s *ast.GoStmt) {
	if !b.waits() {
		b.fail(s, "go statement", "nothing in the function waits for the goroutine", "wait for it with a sync.WaitGroup, or call the function directly")
		return
	}
	c := b.callee(s.Call)
	switch c.kind {
	case functionCall:
		b.call(s.Call, c, nil, false)
	case refusedCall:
	default:
		b.fail(s, "go statement", "it calls no function with a body", "call the function directly")
	}
}

// waits reports whether the function in which the lowering is calls Wait of a
// sync.WaitGroup.
func (b *builder) waits() bool {
	return found(b.src.decl.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		return ok && b.isWaitGroup(call, "Wait")
	})
}

// waitGroupGo returns f of the call wg.Go(f) for a sync.WaitGroup.
func (b *builder) waitGroupGo(e *ast.CallExpr) ast.Expr {
	if !b.isWaitGroup(e, "Go") || len(e.Args) != 1 {
		return nil
	}
	return e.Args[0]
}

func (b *builder) isWaitGroup(e *ast.CallExpr, method string) bool {
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	f, ok := b.info.Uses[sel.Sel].(*types.Func)
	return ok && f.FullName() == "(*sync.WaitGroup)."+method
}
