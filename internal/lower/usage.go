package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// usage tells which variables of a function are written and where.
type usage struct {
	info   *types.Info
	writes map[types.Object][]token.Pos // of the variable or a part of its value
	addr   map[types.Object]bool        // its address, or that of a part, is taken, or a function literal writes it
	used   map[types.Object]bool        // mentioned
	lits   []*ast.FuncLit               // in which the scan is

	loopVar map[types.Object]bool // declared in the head of a three-clause for
	stepped map[types.Object]bool // those that its third clause writes

	cells  map[types.Object]bool // see findCells; nil unless there are tagged values
	caught map[types.Object]bool // those of them that must have one
}

// scan collects the usage in decl. A := counts for the variables that it only
// assigns to.
func scan(info *types.Info, decl *ast.FuncDecl) *usage {
	u := &usage{info: info, writes: map[types.Object][]token.Pos{}, addr: map[types.Object]bool{}, used: map[types.Object]bool{}, loopVar: map[types.Object]bool{}, stepped: map[types.Object]bool{}}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				u.write(l)
			}
		case *ast.IncDecStmt:
			u.write(n.X)
		case *ast.ForStmt:
			if init, ok := n.Init.(*ast.AssignStmt); ok && init.Tok == token.DEFINE {
				for _, l := range init.Lhs {
					if id, ok := l.(*ast.Ident); ok {
						u.loopVar[info.Defs[id]] = true
						u.stepped[info.Defs[id]] = steps(info, n.Post, info.Defs[id])
					}
				}
			}
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				u.write(n.Key)
				u.write(n.Value)
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				u.takeAddr(n.X)
			}
		case *ast.SliceExpr:
			if isArray(info.TypeOf(n.X)) {
				u.takeAddr(n.X)
			}
		case *ast.CallExpr:
			u.receiver(n)
		case *ast.Ident:
			u.used[info.Uses[n]] = true
		case *ast.FuncLit:
			u.lits = append(u.lits, n)
		}
		return true
	})
	return u
}

// steps reports whether post, the third clause of a loop, writes obj.
func steps(info *types.Info, post ast.Stmt, obj types.Object) bool {
	var places []ast.Expr
	switch s := post.(type) {
	case *ast.IncDecStmt:
		places = []ast.Expr{s.X}
	case *ast.AssignStmt:
		places = s.Lhs
	}
	for _, e := range places {
		if id, ok := e.(*ast.Ident); ok && info.Uses[id] == obj {
			return true
		}
	}
	return false
}

// receiver notes the address that a call of a pointer method takes.
func (u *usage) receiver(call *ast.CallExpr) {
	fun, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return
	}
	sel := u.info.Selections[fun]
	if sel == nil || sel.Kind() != types.MethodVal || sel.Indirect() {
		return
	}
	if r := sel.Obj().(*types.Func).Signature().Recv(); r != nil && isPointer(r.Type()) {
		u.takeAddr(fun.X)
	}
}

func (u *usage) write(e ast.Expr) {
	if obj := u.root(e); obj != nil {
		u.writes[obj] = append(u.writes[obj], e.Pos())
		for _, l := range u.lits {
			if l.Pos() <= e.Pos() && e.Pos() < l.End() && (obj.Pos() < l.Pos() || l.End() <= obj.Pos()) {
				u.addr[obj] = true // the literal may run anywhere
			}
		}
	}
}

func (u *usage) takeAddr(e ast.Expr) {
	if obj := u.root(e); obj != nil {
		u.addr[obj] = true
	}
}

// root returns the variable that itself holds the place e; nil for memory that
// a slice or pointer refers to, and for a variable that e declares.
func (u *usage) root(e ast.Expr) types.Object {
	switch e := e.(type) {
	case *ast.Ident:
		if v, ok := u.info.Uses[e].(*types.Var); ok {
			return v
		}
	case *ast.ParenExpr:
		return u.root(e.X)
	case *ast.SelectorExpr:
		if sel := u.info.Selections[e]; sel != nil && sel.Kind() == types.FieldVal && !sel.Indirect() {
			return u.root(e.X)
		}
	case *ast.IndexExpr:
		if isArray(u.info.TypeOf(e.X)) {
			return u.root(e.X)
		}
	}
	return nil
}

// changed reports whether v is written anywhere.
func (u *usage) changed(v types.Object) bool { return len(u.writes[v]) > 0 }

// changedIn reports whether v is or may be written inside n.
func (u *usage) changedIn(v types.Object, n ast.Node) bool {
	if u.addr[v] {
		return true
	}
	for _, p := range u.writes[v] {
		if n.Pos() <= p && p < n.End() {
			return true
		}
	}
	return false
}

func isArray(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Array)
	return ok
}

func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

func isPointer(t types.Type) bool { return pointee(t) != nil }

// pointee returns what t points to, nil if it is no pointer.
func pointee(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	p, ok := t.Underlying().(*types.Pointer)
	if !ok {
		return nil
	}
	return p.Elem()
}
