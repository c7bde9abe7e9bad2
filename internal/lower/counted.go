package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// counts reports whether s looks like a loop whose iterations can be counted before the first:
// for i := lo; i < hi; i += c with a constant c, and nothing in its body, as it is written,
// assigns to i or to what the head reads. Whether it surely counts is for a later stage to
// find; a scheme that does with and without the number need not ask.
func (b *builder) counts(s *ast.ForStmt) bool {
	init, defines := s.Init.(*ast.AssignStmt)
	cond, compares := s.Cond.(*ast.BinaryExpr)
	if !defines || !compares || init.Tok != token.DEFINE || len(init.Lhs) != 1 {
		return false
	}
	index := b.info.Defs[init.Lhs[0].(*ast.Ident)]
	up := cond.Op == token.LSS || cond.Op == token.LEQ
	down := cond.Op == token.GTR || cond.Op == token.GEQ
	switch {
	case b.isVar(cond.X, index):
	case b.isVar(cond.Y, index):
		up, down = down, up
	default:
		return false
	}
	if index == nil || !b.steps(s.Post, index, up, down) {
		return false
	}
	strict := cond.Op == token.LSS || cond.Op == token.GTR
	if _, one := s.Post.(*ast.IncDecStmt); !wide(index.Type()) && !(strict && one) {
		return false // it may run over the end of its type
	}
	head := &headReads{info: b.info, vars: map[types.Object]bool{index: true}}
	ast.Inspect(cond, head.read)
	for _, x := range init.Rhs {
		ast.Inspect(x, head.read)
	}
	ast.Inspect(s.Body, head.write)
	return !head.changed
}

// steps reports whether post moves the index by a constant, up or down.
func (b *builder) steps(post ast.Stmt, index types.Object, up, down bool) bool {
	switch p := post.(type) {
	case *ast.IncDecStmt:
		return b.isVar(p.X, index) && (p.Tok == token.INC && up || p.Tok == token.DEC && down)
	case *ast.AssignStmt:
		if len(p.Lhs) != 1 || !b.isVar(p.Lhs[0], index) {
			return false
		}
		by, op := p.Rhs[0], p.Tok
		if sum, ok := by.(*ast.BinaryExpr); ok && op == token.ASSIGN && b.isVar(sum.X, index) {
			by = sum.Y
			op = map[token.Token]token.Token{token.ADD: token.ADD_ASSIGN, token.SUB: token.SUB_ASSIGN}[sum.Op]
		}
		return b.info.Types[by].Value != nil && (op == token.ADD_ASSIGN && up || op == token.SUB_ASSIGN && down)
	}
	return false
}

func wide(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && (b.Kind() == types.Int || b.Kind() == types.Int64)
}

func (b *builder) isVar(e ast.Expr, v types.Object) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && b.info.ObjectOf(id) == v
}

// headReads is what the head of a loop reads.
type headReads struct {
	info    *types.Info
	vars    map[types.Object]bool // variables and fields
	memory  bool                  // it reads elements, or through pointers
	changed bool                  // the body writes some of that
}

func (h *headReads) read(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Ident:
		if v, ok := h.info.Uses[n].(*types.Var); ok {
			h.vars[v] = true
		}
	case *ast.IndexExpr, *ast.StarExpr:
		h.memory = true
	case *ast.CallExpr:
		if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok {
			if _, builtin := h.info.Uses[id].(*types.Builtin); builtin {
				break
			}
		}
		if !h.info.Types[n.Fun].IsType() {
			h.changed = true // another value at each call
		}
	}
	return true
}

func (h *headReads) write(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, l := range n.Lhs {
			h.writeTo(l)
		}
	case *ast.IncDecStmt:
		h.writeTo(n.X)
	case *ast.RangeStmt:
		h.writeTo(n.Key)
		h.writeTo(n.Value)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			h.writeTo(n.X)
		}
	}
	return true
}

func (h *headReads) writeTo(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		h.changed = h.changed || h.vars[h.info.Uses[e]]
	case *ast.SelectorExpr:
		h.changed = h.changed || h.vars[h.info.Uses[e.Sel]]
	case *ast.IndexExpr, *ast.StarExpr:
		h.changed = h.changed || h.memory
	}
}
