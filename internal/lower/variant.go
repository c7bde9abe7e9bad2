package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A variant is a value in an interface that has one of several concrete types, all of which
// are known: a variable for each type, and a tag that tells which of them holds the value. A
// call of a method is a branch for each.
type variant struct {
	tag     ir.Expr // 0 for nil, k for the k-th value
	vals    []ir.Expr
	nilable bool
	what    string               // a call panics with it if it is nil
	given   map[ast.Expr]variety // of a variable: what assignments do, by their right sides
	own     *ir.Var              // the tag of a variable that is assigned to
}

// variety is the number of a type, and the variable for its values.
type variety struct {
	k int
	v *ir.Var
}

// A variantList is a slice or array of values in interfaces, known element by element.
type variantList struct{ vals []ir.Expr }

// plainValue leaves out parentheses and conversions to interfaces.
func plainValue(info *types.Info, e ast.Expr) ast.Expr {
	for {
		e = ast.Unparen(e)
		call, ok := e.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 || !info.Types[call.Fun].IsType() || !isInterface(info.TypeOf(call.Fun)) {
			return e
		}
		e = call.Args[0]
	}
}

// varies reports whether obj is a variable of an interface type that gets values with
// floats, and several of them.
func (b *builder) varies(obj types.Object, initial ast.Expr) bool {
	if obj == nil || !methodSet(obj.Type()) || !b.use.changed(obj) || b.use.addr[obj] {
		return false
	}
	rights, ok := b.assignedTo(obj)
	if initial != nil {
		rights = append(rights, plainValue(b.info, initial))
	}
	floats := false
	for _, e := range rights {
		t := b.concrete(e)
		if _, null := b.info.Uses[identOf(e)].(*types.Nil); null {
			continue
		}
		ok = ok && !isInterface(t)
		floats = floats || ir.HasFloat(t)
	}
	return ok && floats
}

func identOf(e ast.Expr) *ast.Ident {
	id, _ := e.(*ast.Ident)
	return id
}

func (b *builder) assignedTo(obj types.Object) (rights []ast.Expr, ok bool) {
	rights, ok = b.assigned(obj)
	for i, e := range rights {
		rights[i] = plainValue(b.info, e)
	}
	return rights, ok
}

// declareVariant makes the variables for obj.
func (b *builder) declareVariant(id *ast.Ident, obj types.Object, initial ast.Expr) {
	rights, _ := b.assignedTo(obj)
	out := &variant{own: b.tagVar(id.Name+"Tag", id.Pos()), given: map[ast.Expr]variety{}, nilable: initial == nil, what: "method call on nil"}
	out.tag = &ir.Ref{V: out.own}
	if initial != nil {
		rights = append([]ast.Expr{plainValue(b.info, initial)}, rights...)
	}
	for _, e := range rights {
		if _, null := b.info.Uses[identOf(e)].(*types.Nil); null {
			out.nilable = true
			out.given[e] = variety{}
			continue
		}
		out.given[e] = b.variety(out, id, b.concrete(e))
	}
	b.variants[obj] = out
	if initial != nil {
		b.setVariant(id.Pos(), out, plainValue(b.info, initial))
	}
}

// variety returns the variable for values of type t.
func (b *builder) variety(out *variant, id *ast.Ident, t types.Type) variety {
	for k, x := range out.vals {
		if types.Identical(x.Type(), t) {
			return variety{k + 1, x.(*ir.Ref).V}
		}
	}
	b.checkType(id.Pos(), t)
	v := b.newVar(id.Name, t, ir.Local, id.Pos())
	b.emit(&ir.Decl{At: ir.At{P: id.Pos()}, V: v})
	out.vals = append(out.vals, &ir.Ref{V: v})
	return variety{len(out.vals), v}
}

// setVariant emits an assignment of e.
func (b *builder) setVariant(pos token.Pos, to *variant, e ast.Expr) {
	g, ok := to.given[e]
	if !ok {
		b.fail(e, "value in an interface", "its type must be known when the derivative is made", "use a concrete type")
		return
	}
	if g.v != nil {
		b.set(pos, g.v, b.exprTo(e, g.v.Type))
	}
	b.set(pos, to.own, ir.Int(g.k))
}

// splitVariants takes the assignments to variables with values of several types, and the
// declarations of lists of values in interfaces, out of an assignment.
func (b *builder) splitVariants(lhs, rhs []ast.Expr) (l, r []ast.Expr) {
	if len(lhs) != len(rhs) {
		return lhs, rhs
	}
	for i, e := range rhs {
		if id, ok := ast.Unparen(lhs[i]).(*ast.Ident); !ok || !b.takesVariant(id, e) {
			l, r = append(l, lhs[i]), append(r, e)
		}
	}
	return l, r
}

func (b *builder) takesVariant(id *ast.Ident, e ast.Expr) bool {
	if b.takesHolder(id, e) {
		return true
	}
	def := b.info.Defs[id]
	switch {
	case def == nil:
		v := b.variants[b.info.Uses[id]]
		if v == nil || v.own == nil {
			return false
		}
		b.setVariant(id.Pos(), v, plainValue(b.info, e))
	case b.varies(def, e):
		b.declareVariant(id, def, e)
	case methodSet(def.Type()) && !b.use.changed(def) && b.variantOf(plainValue(b.info, e)) != nil:
		b.variants[def] = b.stays(e.Pos(), b.variantOf(plainValue(b.info, e)))
	case isVariantList(def.Type()) && !b.use.changed(def) && !b.use.addr[def] && !b.elementsChange(def):
		list := b.variantList(e)
		if list == nil {
			return false
		}
		b.valueLists[def] = list
	default:
		return false
	}
	return true
}

// variantOf returns the values that e may be, or nil if its type is known or no concern.
func (b *builder) variantOf(e ast.Expr) *variant {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		return b.variants[b.info.Uses[x]]
	case *ast.IndexExpr:
		if list := b.variantList(x.X); list != nil {
			i := b.expr(x.Index)
			if !types.Identical(i.Type(), intType) {
				i = &ir.Convert{X: i, Typ: intType}
			}
			return &variant{tag: b.save(e.Pos(), ir.Add(i, ir.Int(1))), vals: list.vals, nilable: true, what: "index out of range"}
		}
	}
	return nil
}

// stays is the value that a variable has now.
func (b *builder) stays(pos token.Pos, v *variant) *variant {
	if v.own == nil {
		return v
	}
	now := &variant{tag: b.save(pos, v.tag), nilable: v.nilable, what: v.what}
	for _, x := range v.vals {
		now.vals = append(now.vals, b.save(pos, x))
	}
	return now
}

func isVariantList(t types.Type) bool {
	if t == nil {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return methodSet(u.Elem())
	case *types.Array:
		return methodSet(u.Elem())
	}
	return false
}

// variantList returns the values of a list, or nil: it is a variable that holds one, or a
// literal of values with floats, each of which has a type that is known.
func (b *builder) variantList(e ast.Expr) *variantList {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		return b.valueLists[b.info.Uses[x]]
	case *ast.CompositeLit:
		if !isVariantList(b.info.TypeOf(x)) {
			return nil
		}
		floats := false
		for _, elem := range x.Elts {
			t := b.concrete(plainValue(b.info, elem))
			if _, keyed := elem.(*ast.KeyValueExpr); keyed || isInterface(t) || ir.IsBox(t) {
				return nil
			}
			floats = floats || ir.HasFloat(t)
		}
		if a, ok := b.info.TypeOf(x).Underlying().(*types.Array); !floats || ok && a.Len() != int64(len(x.Elts)) {
			return nil
		}
		list := &variantList{}
		for _, elem := range x.Elts {
			list.vals = append(list.vals, b.save(elem.Pos(), b.expr(plainValue(b.info, elem))))
		}
		return list
	}
	return nil
}

// bindValue makes the value of a loop over a list mean the element with the index i.
func (b *builder) bindValue(s *ast.RangeStmt, list *variantList, i *ir.Var) {
	if id, ok := s.Value.(*ast.Ident); ok && !isBlank(id) {
		tag := b.save(s.Pos(), ir.Add(&ir.Ref{V: i}, ir.Int(1)))
		b.variants[b.info.Defs[id]] = &variant{tag: tag, vals: list.vals}
	}
}

// methodOfVariant is the call, or value, of a method of one of several types.
func (b *builder) methodOfVariant(f *ast.SelectorExpr, v *variant, m *types.Func, recv ast.Expr) *callee {
	sig := m.Signature()
	sig = types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	c := &choice{tag: v.tag, nilable: v.nilable, what: v.what}
	for _, x := range v.vals {
		obj, index, _ := types.LookupFieldOrMethod(x.Type(), true, b.src.pkg.Types, m.Name())
		fn, ok := obj.(*types.Func)
		if !ok {
			return &callee{}
		}
		alt := &callee{kind: functionCall, fn: b.methodOf(fn), path: index[:len(index)-1]}
		c.alts = append(c.alts, &funcValue{call: alt, recv: b.receiver(x, alt, recv), sig: sig})
	}
	fn := types.NewFunc(f.Pos(), b.l.in.Root.Types, m.Name(), sig)
	return &callee{kind: functionCall, fn: fn, origin: fn, value: &funcValue{choice: c, sig: sig}}
}

// givesVariant reports whether the argument a, for a parameter of type t, is a value of one
// of several types, or a list of such values.
func (b *builder) givesVariant(t types.Type, a ast.Expr) bool {
	a = plainValue(b.info, a)
	switch x := a.(type) {
	case *ast.Ident:
		return methodSet(t) && b.variants[b.info.Uses[x]] != nil || isVariantList(t) && b.valueLists[b.info.Uses[x]] != nil
	case *ast.IndexExpr:
		id := identOf(ast.Unparen(x.X))
		return methodSet(t) && id != nil && b.valueLists[b.info.Uses[id]] != nil
	case *ast.CompositeLit:
		if !isVariantList(t) {
			return false
		}
		floats := false
		for _, elem := range x.Elts {
			floats = floats || ir.HasFloat(b.concrete(plainValue(b.info, elem)))
		}
		return floats
	}
	return false
}

// passVariant gives the parameter p such an argument; it reports whether a is one.
func (b *builder) passVariant(out *actuals, p *types.Var, t types.Type, a ast.Expr) bool {
	if !b.givesVariant(t, a) {
		return false
	}
	a = plainValue(b.info, a)
	if methodSet(t) {
		v := b.variantOf(a)
		if v != nil {
			out.variants[p] = b.stays(a.Pos(), v)
		}
		return v != nil
	}
	list := b.variantList(a)
	if list != nil {
		out.valueLists[p] = list
	}
	return list != nil
}
