package lower

import (
	"go/ast"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A package-level variable of another package that generated code cannot name gets a
// copy there, if its package never changes it and its first value can be written down:
// a table of coefficients is the common case.

// copied reports whether generated code can have a copy of obj, and notes its value.
func (l *lowerer) copied(obj *types.Var) bool {
	if _, done := l.tables[obj]; done {
		return true
	}
	pkg := l.packages[obj.Pkg()]
	if pkg == nil || l.notTables[obj] {
		return false
	}
	x, ok := l.initialValue(pkg, obj)
	if !ok || !l.reader(pkg).onlyRead(obj) {
		l.notTables[obj] = true
		return false
	}
	l.tables[obj] = x
	return true
}

// initialValue returns the value that the declaration of obj gives it, nil for zero.
// It is known if it can be evaluated without a statement.
func (l *lowerer) initialValue(pkg *Package, obj *types.Var) (x ir.Expr, known bool) {
	b := l.expressionBuilder(pkg)
	b.checkType(obj.Pos(), obj.Type())
	for _, init := range pkg.Info.InitOrder {
		for i, v := range init.Lhs {
			if v != obj {
				continue
			}
			if i > 0 || len(init.Lhs) > 1 || isFunc(v.Type()) {
				return nil, false
			}
			x = b.exprTo(init.Rhs, v.Type())
		}
	}
	return x, len(b.diags) == 0 && len(b.block.Stmts) == 0
}

// expressionBuilder lowers expressions that stand outside of functions.
func (l *lowerer) expressionBuilder(pkg *Package) *builder {
	src := &source{pkg: pkg, decl: &ast.FuncDecl{Name: ast.NewIdent("_"), Type: &ast.FuncType{}, Body: &ast.BlockStmt{}}}
	b := &builder{
		l: l, calls: map[*ir.Func]*lowered{}, declaredIn: map[types.Object]*ir.Block{},
		steady: map[*ir.Var]bool{}, busy: map[ast.Node]int{},
		fn: &ir.Func{Body: &ir.Block{}}, obj: types.NewFunc(0, pkg.Types, "_", types.NewSignatureType(nil, nil, nil, nil, nil, false)),
		site: site{
			src: src, info: pkg.Info, use: scan(pkg.Info, src.decl),
			vars: map[types.Object]*ir.Var{}, funcs: map[types.Object]*funcValue{}, lists: map[types.Object]*funcList{},
			variants: map[types.Object]*variant{}, valueLists: map[types.Object]*variantList{}, holders: map[types.Object]holder{},
		},
	}
	b.names = newNamer(b)
	b.block = b.fn.Body
	b.frame = &frame{}
	return b
}

// A reader finds out whether a package changes what a variable of it holds or refers to.
type reader struct {
	pkg     *Package
	parents map[ast.Node]ast.Node
	uses    map[types.Object][]*ast.Ident
	seen    map[types.Object]bool // taken to be only read while it is looked at
}

func newReader(pkg *Package) *reader {
	r := &reader{pkg: pkg, parents: map[ast.Node]ast.Node{}, uses: map[types.Object][]*ast.Ident{}}
	for _, file := range pkg.Files {
		var path []ast.Node
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil {
				path = path[:len(path)-1]
				return true
			}
			if len(path) > 0 {
				r.parents[n] = path[len(path)-1]
			}
			path = append(path, n)
			if id, ok := n.(*ast.Ident); ok {
				if obj := pkg.Info.Uses[id]; obj != nil {
					r.uses[obj] = append(r.uses[obj], id)
				}
			}
			return true
		})
	}
	return r
}

// reader returns the reader of a package.
func (l *lowerer) reader(pkg *Package) *reader {
	if l.readers[pkg] == nil {
		l.readers[pkg] = newReader(pkg)
	}
	return l.readers[pkg]
}

// onlyRead reports whether every use of the variable leaves it, and the memory that it
// refers to, as they are.
func (r *reader) onlyRead(obj types.Object) bool {
	r.seen = map[types.Object]bool{}
	return r.leaves(obj)
}

// leaves is onlyRead while another variable is looked at.
func (r *reader) leaves(obj types.Object) bool {
	if obj == nil {
		return false
	}
	if r.seen[obj] {
		return true
	}
	r.seen[obj] = true
	for _, id := range r.uses[obj] {
		if !r.reads(id) {
			return false
		}
	}
	return true
}

// reads reports whether the value of e, a variable or a part of one, is only read where
// it stands.
func (r *reader) reads(e ast.Expr) bool {
	switch p := r.parents[e].(type) {
	case *ast.ParenExpr:
		return r.reads(p)
	case *ast.IndexExpr:
		return p.Index == e || r.reads(p)
	case *ast.SliceExpr:
		return p.X != e || r.reads(p)
	case *ast.StarExpr:
		return r.reads(p)
	case *ast.SelectorExpr:
		return r.selected(e, p)
	case *ast.UnaryExpr:
		return p.Op.String() != "&"
	case *ast.IncDecStmt:
		return false
	case *ast.AssignStmt:
		return r.assigned(e, p)
	case *ast.RangeStmt:
		return p.X == e && r.ranged(e, p)
	case *ast.CallExpr:
		return r.passed(e, p)
	case *ast.KeyValueExpr:
		return p.Key == e || !refersTo(r.pkg.Info.TypeOf(e))
	case *ast.BinaryExpr, *ast.CaseClause, *ast.SwitchStmt, *ast.IfStmt, *ast.ForStmt:
		return true
	}
	return !refersTo(r.pkg.Info.TypeOf(e)) // whatever it is, it gets a copy
}

func (r *reader) selected(e ast.Expr, p *ast.SelectorExpr) bool {
	if p.Sel == e { // the name of the variable behind that of its package
		return r.reads(p)
	}
	sel := r.pkg.Info.Selections[p]
	switch {
	case sel == nil:
		return false
	case sel.Kind() == types.FieldVal:
		return r.reads(p)
	}
	recv := sel.Obj().(*types.Func).Signature().Recv()
	if !isPointer(recv.Type()) && !refersTo(recv.Type()) {
		return true
	}
	return sel.Obj().Pkg() == r.pkg.Types && r.leaves(recv)
}

func (r *reader) assigned(e ast.Expr, p *ast.AssignStmt) bool {
	for i, x := range p.Rhs {
		if x != e {
			continue
		}
		if !refersTo(r.pkg.Info.TypeOf(e)) {
			return true
		}
		id, ok := p.Lhs[min(i, len(p.Lhs)-1)].(*ast.Ident)
		return ok && len(p.Lhs) == len(p.Rhs) && r.pkg.Info.Defs[id] != nil && r.leaves(r.pkg.Info.Defs[id])
	}
	return false
}

// ranged reports whether a loop over e only reads it: its elements refer to nothing, or
// the variable that they are given to is only read.
func (r *reader) ranged(e ast.Expr, p *ast.RangeStmt) bool {
	if p.Value == nil || !refersTo(r.rangeElem(e)) {
		return true
	}
	id, ok := p.Value.(*ast.Ident)
	return ok && (id.Name == "_" || r.leaves(r.pkg.Info.Defs[id]))
}

// rangeElem is the type of the elements of what e, over which a loop ranges, holds.
func (r *reader) rangeElem(e ast.Expr) types.Type {
	t := r.pkg.Info.TypeOf(e)
	if p := pointee(t); p != nil {
		t = p
	}
	if t == nil {
		return nil
	}
	switch t := t.Underlying().(type) {
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	case *types.Map:
		return t.Elem()
	}
	return types.Typ[types.Int]
}

// passed is reads for an argument of a call, or for what is called.
func (r *reader) passed(e ast.Expr, call *ast.CallExpr) bool {
	if call.Fun == e {
		return true
	}
	if !refersTo(r.pkg.Info.TypeOf(e)) {
		return true
	}
	tv := r.pkg.Info.Types[call.Fun]
	if tv.IsBuiltin() {
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		return ok && (id.Name == "len" || id.Name == "cap" || id.Name == "copy" && call.Args[1] == e && !refersTo(r.rangeElem(e)))
	}
	id := calleeName(ast.Unparen(call.Fun))
	if id == nil || tv.IsType() {
		return false
	}
	f, ok := r.pkg.Info.Uses[id].(*types.Func)
	if !ok || f.Pkg() != r.pkg.Types || f.Signature().TypeParams().Len() > 0 {
		return false
	}
	for i, a := range call.Args {
		if a == e {
			params := f.Signature().Params()
			return i < params.Len() && !(f.Signature().Variadic() && i >= params.Len()-1) && r.hasBody(f) && r.leaves(params.At(i))
		}
	}
	return false
}

// hasBody reports whether the package declares f in Go.
func (r *reader) hasBody(f *types.Func) bool {
	for _, file := range r.pkg.Files {
		for _, d := range file.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && r.pkg.Info.Defs[fd.Name] == f {
				return fd.Body != nil
			}
		}
	}
	return false
}

// refersTo reports whether a value of type t leads to memory of others.
func refersTo(t types.Type) bool {
	if t == nil {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Array:
		return refersTo(u.Elem())
	case *types.Struct:
		for i := range u.NumFields() {
			if refersTo(u.Field(i).Type()) {
				return true
			}
		}
		return false
	}
	return true
}
