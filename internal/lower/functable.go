package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A table of functions is a map, slice or array of functions that is declared with a literal
// and whose elements nothing changes, or a package-level variable with a function. A map is
// asked for a key by comparing it with those of the literal; the element is a choice.

// isFuncMap reports whether t is a map with functions as elements.
func isFuncMap(t types.Type) bool {
	if t == nil {
		return false
	}
	m, ok := t.Underlying().(*types.Map)
	return ok && isFunc(m.Elem())
}

// namedVar returns the variable that x names, or nil.
func (b *builder) namedVar(x ast.Expr) *types.Var {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		v, _ := b.info.Uses[x].(*types.Var)
		return v
	case *ast.SelectorExpr:
		if b.info.Selections[x] == nil {
			v, _ := b.info.Uses[x.Sel].(*types.Var)
			return v
		}
	}
	return nil
}

// declaredAs returns the value that v, whose value and elements nothing changes, is declared
// with, and the site for it; nil if it is none or not of this module.
func (b *builder) declaredAs(v *types.Var) (ast.Expr, *site) {
	pkg := b.l.packages[v.Pkg()]
	if pkg == nil || !b.l.own[v.Pkg()] {
		return nil, nil
	}
	for p := range b.l.own {
		if q := b.l.packages[p]; q != nil && !b.l.reader(q).keepsFuncs(v) {
			return nil, nil
		}
	}
	if packageVar(v) == nil {
		return localValue(b.src.decl.Body, b.info, v), &b.site
	}
	for _, file := range pkg.Files {
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range g.Specs {
				if x := valueOf(spec, pkg.Info, v); x != nil {
					return x, b.l.siteOf(pkg, x)
				}
			}
		}
	}
	return nil, nil
}

// siteOf is the site of an expression outside functions.
func (l *lowerer) siteOf(pkg *Package, x ast.Expr) *site {
	decl := &ast.FuncDecl{Name: ast.NewIdent("_"), Type: &ast.FuncType{}, Body: &ast.BlockStmt{Lbrace: x.Pos(), List: []ast.Stmt{&ast.ExprStmt{X: x}}, Rbrace: x.End()}}
	return &site{
		src: &source{pkg: pkg, decl: decl}, info: pkg.Info, use: scan(pkg.Info, decl),
		vars: map[types.Object]*ir.Var{}, funcs: map[types.Object]*funcValue{}, lists: map[types.Object]*funcList{},
		variants: map[types.Object]*variant{}, valueLists: map[types.Object]*variantList{}, holders: map[types.Object]holder{},
	}
}

// valueOf is what v gets in the declaration spec, or nil.
func valueOf(spec ast.Spec, info *types.Info, v *types.Var) ast.Expr {
	s, ok := spec.(*ast.ValueSpec)
	if !ok || len(s.Names) != len(s.Values) {
		return nil
	}
	for i, id := range s.Names {
		if info.Defs[id] == v {
			return s.Values[i]
		}
	}
	return nil
}

// localValue is what the variable v gets where it is declared in body, or nil.
func localValue(body *ast.BlockStmt, info *types.Info, v *types.Var) (value ast.Expr) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if id, ok := l.(*ast.Ident); ok && info.Defs[id] == v && len(n.Lhs) == len(n.Rhs) {
					value = n.Rhs[i]
				}
			}
		case *ast.ValueSpec:
			if x := valueOf(n, info, v); x != nil {
				value = x
			}
		}
		return value == nil
	})
	return value
}

// keepsFuncs reports whether every use of the variable only calls or reads what it holds.
func (r *reader) keepsFuncs(v *types.Var) bool {
	for _, id := range r.uses[v] {
		e := ast.Node(id)
		if sel, ok := r.parents[e].(*ast.SelectorExpr); ok && sel.Sel == id {
			e = sel
		}
		if !isFunc(v.Type()) {
			switch p := r.parents[e].(type) {
			case *ast.IndexExpr:
				if p.X != e {
					return false
				}
				e = p
			case *ast.RangeStmt:
				if p.X != e {
					return false
				}
				continue
			case *ast.CallExpr:
				if name, ok := ast.Unparen(p.Fun).(*ast.Ident); ok && name.Name == "len" {
					continue
				}
				return false
			default:
				return false
			}
		}
		switch p := r.parents[e].(type) {
		case *ast.AssignStmt:
			for _, l := range p.Lhs {
				if ast.Node(l) == e {
					return false
				}
			}
		case *ast.UnaryExpr:
			return false
		case *ast.RangeStmt:
			if p.X != e {
				return false
			}
		}
	}
	return true
}

// inSite evaluates with the names of another place.
func (b *builder) inSite(s *site, f func()) {
	back := b.site
	b.site = *s
	b.site.frame = back.frame
	f()
	b.site = back
}

// globalFunc is the function that a package-level variable holds, or nil.
func (b *builder) globalFunc(v *types.Var) (out *funcValue) {
	if v == nil || packageVar(v) == nil || !isFunc(v.Type()) {
		return nil
	}
	if x, at := b.declaredAs(v); x != nil {
		out = b.fixedFunc(x, at)
	}
	return out
}

// fixedFunc is the function x, a literal or the name of a function, of the given site; nil for
// anything else.
func (b *builder) fixedFunc(x ast.Expr, at *site) (out *funcValue) {
	switch e := ast.Unparen(x).(type) {
	case *ast.FuncLit, *ast.Ident:
	case *ast.SelectorExpr:
		if at.info.Selections[e] != nil {
			return nil
		}
	default:
		return nil
	}
	b.inSite(at, func() { out = b.knownFunc(x) })
	return out
}

// globalList is the list that a package-level variable holds, or nil.
func (b *builder) globalList(v *types.Var) (out *funcList) {
	if v == nil || packageVar(v) == nil {
		return nil
	}
	if x, at := b.declaredAs(v); x != nil {
		lit, ok := plainFunc(at.info, x).(*ast.CompositeLit)
		if !ok {
			return nil
		}
		for _, e := range lit.Elts {
			if b.fixedFunc(e, at) == nil {
				return nil
			}
		}
		b.inSite(at, func() { out = b.listOf(x) })
	}
	return out
}

// mapElement is the function m[k] for a table m: the choice among its elements.
func (b *builder) mapElement(e *ast.IndexExpr) *funcValue {
	v := b.namedVar(e.X)
	if v == nil {
		return nil
	}
	x, at := b.declaredAs(v)
	lit, ok := x.(*ast.CompositeLit)
	if !ok || packageVar(v) == nil && !b.closed(lit) {
		return nil
	}
	sig := v.Type().Underlying().(*types.Map).Elem().Underlying().(*types.Signature)
	c := &choice{nilable: true, what: "call of a nil function"}
	var keys []ir.Expr
	for _, el := range lit.Elts {
		kv, ok := el.(*ast.KeyValueExpr)
		if !ok || at.info.Types[kv.Key].Value == nil {
			return nil
		}
		tv := at.info.Types[kv.Key]
		keys = append(keys, &ir.Const{Val: tv.Value, Typ: v.Type().Underlying().(*types.Map).Key()})
		f := b.fixedFunc(kv.Value, at)
		if f == nil || f.isNil {
			return nil
		}
		c.alts = append(c.alts, f)
	}
	key := b.save(e.Pos(), b.exprTo(e.Index, v.Type().Underlying().(*types.Map).Key()))
	tag := b.tagVar("funcTag", e.Pos())
	for i, k := range keys {
		b.emit(&ir.If{
			At:   ir.At{P: e.Pos()},
			Cond: &ir.Binary{Op: token.EQL, X: clone(key), Y: k, Typ: types.Typ[types.Bool]},
			Then: b.capture(e.Pos(), func() { b.set(e.Pos(), tag, ir.Int(i+1)) }),
		})
	}
	c.tag = &ir.Ref{V: tag}
	return &funcValue{choice: c, sig: sig}
}

// closed reports whether the functions in a literal use nothing of the function around it.
func (b *builder) closed(lit *ast.CompositeLit) bool {
	closed := true
	ast.Inspect(lit, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			v, ok := b.info.Uses[id].(*types.Var)
			inside := ok && lit.Pos() <= v.Pos() && v.Pos() < lit.End()
			closed = closed && (!ok || v.IsField() || packageVar(v) != nil || inside)
		}
		return closed
	})
	return closed
}

// bindMap is for the declaration of a table that is a map: nothing is left of it.
func (b *builder) bindMap(l, r ast.Expr) {
	id, ok := ast.Unparen(l).(*ast.Ident)
	lit, literal := ast.Unparen(r).(*ast.CompositeLit)
	if !ok || !literal || b.info.Defs[id] == nil || !b.closed(lit) {
		b.fail(l, "map of functions", listWhy, "declare it with a literal of functions that use no variables of the function, and only read it")
		return
	}
	if v, ok := b.info.Defs[id].(*types.Var); ok && !b.l.reader(b.src.pkg).keepsFuncs(v) {
		b.fail(l, "map of functions that changes", listWhy, listDo)
	}
}

// bindFound lowers f, ok := m[k] for a table m, and reports whether it is that.
func (b *builder) bindFound(lhs, rhs []ast.Expr) bool {
	if len(lhs) != 2 || len(rhs) != 1 {
		return false
	}
	e, ok := ast.Unparen(rhs[0]).(*ast.IndexExpr)
	if !ok || !isFuncMap(b.tableType(e.X)) {
		return false
	}
	id, ok := ast.Unparen(lhs[0]).(*ast.Ident)
	obj := b.info.Defs[id]
	if !ok || !isBlank(id) && (obj == nil || b.use.changed(obj) || b.use.addr[obj]) {
		b.fail(lhs[0], "function variable with several values", funcValueWhy, funcValueDo)
		return true
	}
	f := b.mapElement(e)
	if f == nil {
		b.fail(e, "map of functions", listWhy, listDo)
		return true
	}
	if obj != nil {
		b.funcs[obj] = f
	}
	if isBlank(lhs[1]) {
		return true
	}
	l, created := b.leftSides(lhs[1:], true)
	b.declareAll(created)
	b.emit(&ir.Assign{At: ir.At{P: e.Pos()}, L: l, R: []ir.Expr{
		&ir.Binary{Op: token.NEQ, X: clone(f.choice.tag), Y: ir.Int(0), Typ: types.Typ[types.Bool]},
	}})
	return true
}
