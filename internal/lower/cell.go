package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A function literal that becomes a tagged value holds copies of the variables that it
// captures. One that may change after the literal was made has a cell instead, new memory to
// which the literal holds a pointer. So has one whose address may be put into an interface.

const (
	cellWhy = "the literal is kept in memory, and shares the variable with the function"
	cellDo  = "copy it to a variable that is declared with var or :="
)

// findCells notes which variables need one.
func (u *usage) findCells(l *lowerer, decl *ast.FuncDecl) {
	u.cells, u.caught = map[types.Object]bool{}, map[types.Object]bool{}
	called := map[ast.Expr]bool{}
	var path []ast.Node
	ast.Inspect(decl, func(n ast.Node) bool {
		if n == nil {
			path = path[:len(path)-1]
			return true
		}
		path = append(path, n)
		switch n := n.(type) {
		case *ast.CallExpr:
			called[ast.Unparen(n.Fun)] = true
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				u.addressKept(n.X)
			}
		case *ast.SelectorExpr:
			if sel := u.info.Selections[n]; sel != nil && sel.Kind() == types.MethodVal && !called[n] && !sel.Indirect() && isPointer(sel.Obj().(*types.Func).Signature().Recv().Type()) {
				u.addressKept(n.X)
			}
		}
		if lit, ok := n.(*ast.FuncLit); ok && !u.onlyCalled(l, decl, path) {
			u.caughtBy(lit, path)
		}
		return true
	})
}

// addressKept notes that the address of e may be kept in memory: that of a variable without a
// cell must not be.
func (u *usage) addressKept(e ast.Expr) {
	if v, ok := u.root(e).(*types.Var); ok && !v.IsField() && packageVar(v) == nil {
		u.cells[v] = true
	}
}

// withoutCell reports whether the variable v, which is declared in a way that makes no cell, can do
// without, and takes the cell from it.
func (u *usage) withoutCell(v types.Object) bool {
	delete(u.cells, v)
	return !u.caught[v]
}

// caughtBy notes the variables that lit captures and that may change after it was made.
func (u *usage) caughtBy(lit *ast.FuncLit, path []ast.Node) {
	ast.Inspect(lit, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := u.info.Uses[id].(*types.Var)
		if ok && !v.IsField() && packageVar(v) == nil && (v.Pos() < lit.Pos() || lit.End() <= v.Pos()) && !u.settledBefore(v, lit, path) {
			u.cells[v], u.caught[v] = true, true
		}
		return true
	})
}

// settledBefore reports whether v does not change after the literal at the end of path was
// made. The third clause of a loop changes the variable of the next iteration, which is
// another one.
func (u *usage) settledBefore(v *types.Var, lit *ast.FuncLit, path []ast.Node) bool {
	if u.addr[v] {
		return false
	}
	for _, w := range u.writes[v] {
		if w >= lit.Pos() && !nextIteration(v, w, path) {
			return false
		}
		for _, n := range path {
			switch n := n.(type) {
			case *ast.AssignStmt: // which the literal is a part of the right side of
				if n.Pos() <= w && w < n.End() {
					return false
				}
			case *ast.ForStmt, *ast.RangeStmt:
				within := n.Pos() <= v.Pos() && v.Pos() < n.End()
				if !within && n.Pos() <= w && w < n.End() {
					return false
				}
			}
		}
	}
	return true
}

// nextIteration reports whether the write at w is in the third clause of the loop on path that
// declares v.
func nextIteration(v *types.Var, w token.Pos, path []ast.Node) bool {
	for _, n := range path {
		f, ok := n.(*ast.ForStmt)
		if ok && f.Init != nil && f.Post != nil && f.Init.Pos() <= v.Pos() && v.Pos() < f.Init.End() && f.Post.Pos() <= w && w < f.Post.End() {
			return true
		}
	}
	return false
}

// onlyCalled reports whether the literal at the end of path is called where it stands, given to
// a function of another module, or the value of a variable that is only called: then its body
// takes the place of its calls.
func (u *usage) onlyCalled(l *lowerer, decl *ast.FuncDecl, path []ast.Node) bool {
	lit := path[len(path)-1]
	i := len(path) - 2
	for ; i >= 0; i-- {
		if _, paren := path[i].(*ast.ParenExpr); !paren {
			break
		}
	}
	switch p := path[i].(type) {
	case *ast.CallExpr:
		if ast.Unparen(p.Fun) == lit {
			return true
		}
		id := calleeName(ast.Unparen(p.Fun))
		if id == nil {
			return false
		}
		f, ok := u.info.Uses[id].(*types.Func)
		return ok && f.Pkg() != nil && !l.own[f.Pkg()]
	case *ast.AssignStmt:
		if p.Tok != token.DEFINE || len(p.Lhs) != len(p.Rhs) {
			return false
		}
		for k, r := range p.Rhs {
			if ast.Unparen(r) == lit {
				return u.onlyCallee(p.Lhs[k], decl)
			}
		}
	case *ast.ValueSpec:
		for k, r := range p.Values {
			if ast.Unparen(r) == lit && len(p.Names) == len(p.Values) {
				return u.onlyCallee(p.Names[k], decl)
			}
		}
	}
	return false
}

// onlyCallee reports whether the variable that e declares never changes and is only called.
func (u *usage) onlyCallee(e ast.Expr, decl *ast.FuncDecl) bool {
	id := identOf(e)
	obj := u.info.Defs[id]
	if obj == nil || u.changed(obj) || u.addr[obj] {
		return false
	}
	called := map[*ast.Ident]bool{}
	only := true
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if f, ok := ast.Unparen(n.Fun).(*ast.Ident); ok {
				called[f] = true
			}
		case *ast.Ident:
			only = only && (u.info.Uses[n] != obj || called[n])
		}
		return only
	})
	return only
}

// cellType is the type of a pointer to a cell for a t.
func (b *builder) cellType(obj types.Object) types.Type {
	f := types.NewField(obj.Pos(), b.l.in.Root.Types, "v", obj.Type(), false)
	return types.NewPointer(types.NewStruct([]*types.Var{f}, nil))
}

// inCell is what is in the cell that v points to.
func inCell(v *ir.Var) ir.Expr { return &ir.Field{X: &ir.Deref{X: &ir.Ref{V: v}}, I: 0} }

// newCell makes a cell for obj, and returns the place.
func (b *builder) newCell(obj types.Object) ir.Expr {
	b.checkType(obj.Pos(), obj.Type())
	t := b.cellType(obj)
	v := b.newVar(obj.Name(), t, ir.Local, obj.Pos())
	b.vars[obj] = v
	b.steady[v] = true
	b.define(obj.Pos(), v, &ir.New{Typ: t})
	return inCell(v)
}

// bindsTagged binds the variable of a declaration to the function literal, or the named
// function, that it gets and keeps, and reports whether it is that.
func (b *builder) bindsTagged(l, r ast.Expr, define bool) bool {
	id := identOf(ast.Unparen(l))
	if b.l.tagged == nil || !define || id == nil {
		return false
	}
	obj := b.info.Defs[id]
	if obj == nil || b.use.changed(obj) || b.use.addr[obj] || b.sumOf(obj.Type()) == nil {
		return false
	}
	switch x := ast.Unparen(r).(type) {
	case *ast.FuncLit:
	case *ast.Ident:
		if _, ok := b.info.Uses[x].(*types.Func); !ok {
			return false
		}
	case *ast.IndexExpr:
		if !isFuncMap(b.tableType(x.X)) && !isFuncList(b.tableType(x.X)) {
			return false
		}
	default:
		return false
	}
	if s := b.sumOf(obj.Type()); !s.isFuncs() {
		return false
	}
	v := b.funcValue(r)
	if v == nil {
		v = &funcValue{isNil: true, sig: types.NewSignatureType(nil, nil, nil, nil, nil, false)} // reported
	}
	b.funcs[obj] = v
	return true
}

// A loopCell is a variable of the head of a three-clause loop that has a cell in each iteration:
// in Go each has its own variable, which begins with what the one before ended with. A named
// result is one of the head of its function.
type loopCell struct {
	obj  types.Object
	head *ir.Var // the variable in the head
}

// loopCells lists those of the loop; until the body begins they are plain variables.
func (b *builder) loopCells(s *ast.ForStmt) (out []*loopCell) {
	init, ok := s.Init.(*ast.AssignStmt)
	if !ok || init.Tok != token.DEFINE {
		return nil
	}
	for _, e := range init.Lhs {
		if obj := b.info.Defs[identOf(e)]; obj != nil && b.use.cells[obj] {
			out = append(out, &loopCell{obj: obj})
			b.inHead[obj] = true
		}
	}
	return out
}

// enterCells makes the cells at the beginning of the body, and returns what copies them back at
// its end.
func (b *builder) enterCells(list []*loopCell) (back []ir.Stmt) {
	for _, c := range list {
		c.head = b.vars[c.obj]
		delete(b.inHead, c.obj)
		at := ir.At{P: c.obj.Pos()}
		place := b.newCell(c.obj)
		b.emit(&ir.Assign{At: at, L: []ir.Expr{place}, R: []ir.Expr{&ir.Ref{V: c.head}}})
		back = append(back, &ir.Assign{At: at, L: []ir.Expr{&ir.Ref{V: c.head}}, R: []ir.Expr{clone(place)}})
	}
	return back
}

// leaveCells goes back to the head.
func (b *builder) leaveCells(list []*loopCell) {
	for _, c := range list {
		b.vars[c.obj] = c.head
		b.inHead[c.obj] = true
	}
}

func (b *builder) headEnds(list []*loopCell) {
	for _, c := range list {
		delete(b.inHead, c.obj)
	}
}

// resultCells gives the named results of the function that literals share cells: what returns
// copies them.
func (b *builder) resultCells(sig *types.Signature) {
	for r := range sig.Results().Variables() {
		if b.use.cells[r] {
			v := b.vars[r]
			b.newCell(r)
			b.frame.shared = append(b.frame.shared, &loopCell{obj: r, head: v})
		}
	}
}

// copyResults is for a return without values.
func (b *builder) copyResults(pos token.Pos) {
	for _, c := range b.frame.shared {
		b.emit(&ir.Assign{At: ir.At{P: pos}, L: []ir.Expr{&ir.Ref{V: c.head}}, R: []ir.Expr{inCell(b.vars[c.obj])}})
	}
}

// defers reports whether the function has a defer statement, literals apart.
func (b *builder) defers() bool {
	return found(b.src.decl.Body, func(n ast.Node) bool { _, ok := n.(*ast.DeferStmt); return ok })
}

// noCell takes the cell from a variable that is declared in a way that makes none, and refuses it
// if it needs one.
func (b *builder) noCell(at ast.Node, obj types.Object, what string) {
	if b.use.cells[obj] && !b.use.withoutCell(obj) {
		b.fail(at, what+" "+obj.Name()+" that a function literal changes", cellWhy, cellDo)
	}
}
