package lower

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// Goroutines that a sync.WaitGroup waits for are run one after the other, each
// where it is started: the results of a program without data races do not depend on
// when its goroutines run.

// goStmt lowers go f(x) to a call.
func (b *builder) goStmt(s *ast.GoStmt) {
	if !b.waits(s) {
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

// waits reports whether a function around the statement calls Wait of a sync.WaitGroup: the
// declared one, or a literal in it.
func (b *builder) waits(s *ast.GoStmt) bool {
	bodies := []*ast.BlockStmt{b.src.decl.Body}
	ast.Inspect(b.src.decl.Body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok && lit.Pos() <= s.Pos() && s.Pos() < lit.End() {
			bodies = append(bodies, lit.Body)
		}
		return true
	})
	return slices.ContainsFunc(bodies, func(body *ast.BlockStmt) bool {
		return found(body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			return ok && b.isWaitGroup(call, "Wait")
		})
	})
}

// idleWait reports whether the call only counts goroutines or waits for them: Add, Done or Wait
// of a variable of type sync.WaitGroup that is used for nothing else, and so by nothing that
// really runs at the same time. There is nothing to wait for, and code that runs again must
// not count.
func (b *builder) idleWait(e *ast.CallExpr) bool {
	if !b.isWaitGroup(e, "Done") && !b.isWaitGroup(e, "Wait") && !(b.isWaitGroup(e, "Add") && plainCount(e)) {
		return false
	}
	id, ok := ast.Unparen(ast.Unparen(e.Fun).(*ast.SelectorExpr).X).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := b.info.Uses[id].(*types.Var)
	return ok && b.onlyCounts(v)
}

// plainCount reports whether the argument of Add is evaluated without effects.
func plainCount(e *ast.CallExpr) bool {
	for _, a := range e.Args {
		for n := range ast.Preorder(a) {
			if call, ok := n.(*ast.CallExpr); ok {
				if id, ok := ast.Unparen(call.Fun).(*ast.Ident); !ok || id.Name != "len" {
					return false
				}
			}
		}
	}
	return true
}

// onlyCounts reports whether v is declared as var v sync.WaitGroup in the function, and every
// use of it is a call of one of its methods. It has no place in the program then.
func (b *builder) onlyCounts(v *types.Var) bool {
	if known, ok := b.l.counters[v]; ok {
		return known
	}
	calls, uses, declared := 0, 0, false
	ast.Inspect(b.src.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr)
			if !ok {
				break
			}
			id, ok := ast.Unparen(sel.X).(*ast.Ident)
			if f, method := b.info.Uses[sel.Sel].(*types.Func); ok && method && b.info.Uses[id] == v && strings.HasPrefix(f.FullName(), "(*sync.WaitGroup).") {
				calls++
			}
		case *ast.ValueSpec:
			declared = declared || len(n.Values) == 0 && slices.ContainsFunc(n.Names, func(id *ast.Ident) bool { return b.info.Defs[id] == v })
		case *ast.Ident:
			if b.info.Uses[n] == v {
				uses++
			}
		}
		return true
	})
	only := declared && calls == uses && isWaitGroup(v.Type())
	b.l.counters[v] = only
	return only
}

func isWaitGroup(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "sync" && named.Obj().Name() == "WaitGroup"
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
