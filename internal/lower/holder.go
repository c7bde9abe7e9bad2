package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A holder is what is known of the functions in the fields of a struct: a variable that gets
// a literal where it is declared, or the address of one, whose fields with functions nobody
// changes. In the IR these fields are empty: functions that get such a struct stand in the
// place of their calls.
type holder map[*types.Var]*funcValue

// holdsFuncs returns the struct that t is or points to, if it has fields of function type.
func holdsFuncs(t types.Type) *types.Struct {
	if t == nil {
		return nil
	}
	if p := pointee(t); p != nil {
		t = p
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for i := range st.NumFields() {
		if isFunc(st.Field(i).Type()) {
			return st
		}
	}
	return nil
}

// holderOf returns what is known of the functions in the value of e, or nil.
func (b *builder) holderOf(e ast.Expr) holder {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		return b.holders[b.info.Uses[x]]
	case *ast.StarExpr:
		return b.holderOf(x.X)
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return b.holderOf(x.X)
		}
	}
	return nil
}

// heldFunc is the function x.F for a field F.
func (b *builder) heldFunc(e *ast.SelectorExpr, sel *types.Selection, sig *types.Signature) *funcValue {
	h := b.holderOf(e.X)
	if h == nil || len(sel.Index()) != 1 {
		return nil
	}
	if v := h[sel.Obj().(*types.Var)]; v != nil {
		return v
	}
	return &funcValue{isNil: true, sig: sig}
}

// takesHolder handles the declaration of a variable of a struct with functions, and reports
// whether it did.
func (b *builder) takesHolder(id *ast.Ident, e ast.Expr) bool {
	def := b.info.Defs[id]
	if def == nil || holdsFuncs(def.Type()) == nil {
		return false
	}
	if rights, ok := b.assigned(def); !ok || len(rights) > 0 || !b.l.fieldsStay(def.Type()) {
		return false
	}
	lit := ast.Unparen(e)
	if u, ok := lit.(*ast.UnaryExpr); ok && u.Op == token.AND {
		lit = ast.Unparen(u.X)
	}
	h := b.holderOf(e)
	if _, ok := lit.(*ast.CompositeLit); ok {
		h = holder{}
		b.literalFuncs = h
	}
	if h == nil {
		return false
	}
	x := b.expr(e)
	b.literalFuncs = nil
	b.holders[def] = h
	b.define(id.Pos(), b.declare(id), x)
	return true
}

// fieldsStay reports whether no package of the module changes the functions in structs of
// type t, or overwrites such structs.
func (l *lowerer) fieldsStay(t types.Type) bool {
	if p := pointee(t); p != nil {
		t = p
	}
	st := holdsFuncs(t)
	for _, pkg := range l.packages {
		if !l.own[pkg.Types] {
			continue
		}
		for i := range st.NumFields() {
			if f := st.Field(i); isFunc(f.Type()) && !l.reader(pkg).onlyRead(f) {
				return false
			}
		}
		for _, file := range pkg.Files {
			bad := false
			ast.Inspect(file, func(n ast.Node) bool {
				bad = bad || overwrites(pkg.Info, n, t)
				return !bad
			})
			if bad {
				return false
			}
		}
	}
	return true
}

// overwrites reports whether n assigns a value of type t to something that is there already.
func overwrites(info *types.Info, n ast.Node, t types.Type) bool {
	var places []ast.Expr
	switch n := n.(type) {
	case *ast.AssignStmt:
		places = n.Lhs
	case *ast.RangeStmt:
		places = []ast.Expr{n.Key, n.Value}
	case *ast.CallExpr:
		id := identOf(ast.Unparen(n.Fun))
		if id == nil || id.Name != "copy" && id.Name != "clear" || len(n.Args) == 0 {
			return false
		}
		at := info.TypeOf(n.Args[0])
		if at == nil {
			return false
		}
		s, ok := at.Underlying().(*types.Slice)
		return ok && types.Identical(s.Elem(), t)
	}
	for _, l := range places {
		if l == nil {
			continue
		}
		if id := identOf(ast.Unparen(l)); id != nil && (id.Name == "_" || info.Defs[id] != nil) {
			continue
		}
		if at := info.TypeOf(l); at != nil && types.Identical(at, t) {
			return true
		}
	}
	return false
}

// holdsKnown reports whether the call passes a struct with known functions, as an argument
// or as the receiver.
func (b *builder) holdsKnown(call *ast.CallExpr, recv ast.Expr) bool {
	for _, a := range call.Args {
		if len(b.holderOf(a)) > 0 {
			return true
		}
	}
	return recv != nil && len(b.holderOf(recv)) > 0
}
