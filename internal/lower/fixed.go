package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// fixed reports whether e, a chain of fields and indices, surely keeps its
// value while body runs.
func (b *builder) fixed(e ast.Expr, body *ast.BlockStmt) bool {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		obj, isVar := b.info.Uses[id].(*types.Var)
		return isVar && b.vars[obj] != nil && !b.use.changedIn(obj, body)
	}
	if b.fixedNumber(e, body) {
		return true
	}
	return b.fixedChain(e, body) && b.harmless(body)
}

// fixedNumber is fixed for sums, differences and products of integer variables,
// constants and lengths of slice variables.
func (b *builder) fixedNumber(e ast.Expr, body *ast.BlockStmt) bool {
	if b.info.Types[e].Value != nil {
		return true
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return b.fixed(e, body)
	case *ast.BinaryExpr:
		switch e.Op {
		case token.ADD, token.SUB, token.MUL:
			return b.fixedNumber(e.X, body) && b.fixedNumber(e.Y, body)
		}
	case *ast.CallExpr:
		if b.isBuiltin(e, "len") == nil {
			return false
		}
		id, ok := ast.Unparen(e.Args[0]).(*ast.Ident)
		return ok && !ir.IsMap(b.typeOf(id)) && b.fixed(id, body)
	}
	return false
}

func (b *builder) fixedChain(e ast.Expr, body *ast.BlockStmt) bool {
	if b.info.Types[e].Value != nil {
		return true
	}
	switch e := e.(type) {
	case *ast.Ident:
		obj, ok := b.info.Uses[e].(*types.Var)
		return ok && b.vars[obj] != nil && !b.use.changedIn(obj, body)
	case *ast.ParenExpr:
		return b.fixedChain(e.X, body)
	case *ast.StarExpr:
		return b.fixedChain(e.X, body)
	case *ast.SelectorExpr:
		sel := b.info.Selections[e]
		return sel != nil && sel.Kind() == types.FieldVal && !ir.IsInteger(b.typeOf(e)) && b.fixedChain(e.X, body)
	case *ast.IndexExpr:
		return !ir.IsMap(b.typeOf(e.X)) && !ir.IsInteger(b.typeOf(e)) && b.fixedChain(e.X, body) && b.fixedChain(e.Index, body)
	}
	return false
}

// harmless reports whether body only assigns numbers, bools and strings, so
// that no slice, pointer or struct in memory changes.
func (b *builder) harmless(body *ast.BlockStmt) bool {
	ok := true
	basic := func(e ast.Expr) {
		if e == nil || isBlank(e) {
			return
		}
		if id, isID := e.(*ast.Ident); isID && b.info.Defs[id] != nil {
			return
		}
		if _, isBasic := b.typeOf(e).Underlying().(*types.Basic); !isBasic {
			ok = false
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				basic(l)
			}
		case *ast.RangeStmt:
			basic(n.Key)
			basic(n.Value)
		case *ast.CallExpr:
			ok = ok && b.harmlessCall(n)
		}
		return ok
	})
	return ok
}

// harmlessCall reports whether e is a conversion, a builtin, or a call of a
// function that writes numbers only.
func (b *builder) harmlessCall(e *ast.CallExpr) bool {
	fun := ast.Unparen(e.Fun)
	tv := b.info.Types[fun]
	if tv.IsType() {
		return true
	}
	if tv.IsBuiltin() {
		return b.isBuiltin(e, "copy") == nil || isBasicSlice(b.typeOf(e.Args[0]))
	}
	obj := b.static(fun)
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	if src := b.l.sources[b.l.origin(obj)]; src == nil || src.passive() {
		return elementary(obj.Pkg()) || knownPassive(obj)
	}
	r := b.l.function(obj)
	return !r.outside && r.harmless(map[*lowered]bool{})
}

// harmless reports whether the function, and those that it calls, store numbers,
// bools and strings only in memory that a caller can see. Those in seen have been
// looked at: a cycle of calls stores what its functions store.
func (r *lowered) harmless(seen map[*lowered]bool) bool {
	if seen[r] {
		return true
	}
	seen[r] = true
	if r.busy || len(r.exts) > 0 {
		return false
	}
	ok := true
	ir.WalkStmts(r.fn.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Assign:
			for _, l := range s.L {
				if l != nil && throughRef(l) {
					_, basic := l.Type().Underlying().(*types.Basic)
					ok = ok && basic
				}
			}
		case *ir.Copy:
			ok = ok && isBasicSlice(s.Dst.Type())
		case *ir.Call:
			ok = ok && s.Fn != nil && r.calls[s.Fn].harmless(seen)
		}
	})
	return ok
}

func isBasicSlice(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	_, ok = s.Elem().Underlying().(*types.Basic)
	return ok
}
