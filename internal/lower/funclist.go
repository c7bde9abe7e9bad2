package lower

import (
	"go/ast"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A funcList is a slice or array of functions that is known, element by element: a variable
// that gets a literal where it is declared and is only read. An element chosen by an index
// is a choice, whose tag is the index plus one.
type funcList struct{ elems []*funcValue }

// isFuncList reports whether t is a slice or array of functions.
func isFuncList(t types.Type) bool {
	if t == nil {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return isFunc(u.Elem())
	case *types.Array:
		return isFunc(u.Elem())
	}
	return false
}

// at is the element with the index i.
func (l *funcList) at(i ir.Expr) *choice {
	return &choice{tag: ir.Add(i, ir.Int(1)), alts: l.elems, nilable: true, what: "index out of range"}
}

// listOf returns the list that e stands for, or nil.
func (b *builder) listOf(e ast.Expr) *funcList {
	switch x := plainFunc(b.info, e).(type) {
	case *ast.Ident:
		if l := b.lists[b.info.Uses[x]]; l != nil {
			return l
		}
		return b.globalList(b.namedVar(x))
	case *ast.SelectorExpr:
		return b.globalList(b.namedVar(x))
	case *ast.CompositeLit:
		if isFuncList(b.info.TypeOf(x)) {
			return b.literalList(x)
		}
	}
	return nil
}

// literalList evaluates the functions of a literal.
func (b *builder) literalList(x *ast.CompositeLit) *funcList {
	l := &funcList{}
	for _, e := range x.Elts {
		if _, keyed := e.(*ast.KeyValueExpr); keyed {
			b.fail(e, "index in a literal of functions", "the functions are listed by their order", "list them without indices")
			return nil
		}
		v := b.funcValue(e)
		if v == nil {
			return nil
		}
		if v.isNil {
			b.fail(e, "nil function in a list", "it would panic", "leave it out")
			return nil
		}
		l.elems = append(l.elems, v)
	}
	if a, ok := b.info.TypeOf(x).Underlying().(*types.Array); ok && a.Len() != int64(len(l.elems)) {
		b.fail(x, "nil function in a list", "it would panic", "give every element a function")
		return nil
	}
	return l
}

const (
	listWhy = "which functions it holds must be known when the derivative is made"
	listDo  = "declare it with a literal and only read it"
)

// bindList makes the name on the left side of a declaration mean the list on its right.
func (b *builder) bindList(l, r ast.Expr) {
	id, ok := ast.Unparen(l).(*ast.Ident)
	if !ok || b.info.Defs[id] == nil && !isBlank(id) {
		b.fail(l, "slice of functions", listWhy, listDo)
		return
	}
	list := b.listOf(r)
	if list == nil {
		b.fail(r, "slice of functions", listWhy, listDo)
		return
	}
	obj := b.info.Defs[id]
	if obj != nil && (b.use.changed(obj) || b.use.addr[obj] || b.elementsChange(obj)) {
		b.fail(l, "slice of functions that changes", listWhy, listDo)
		return
	}
	b.lists[obj] = list
}

// elementsChange reports whether something is assigned to elements of the list obj.
func (b *builder) elementsChange(obj types.Object) bool {
	return found(b.src.decl.Body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok {
			return false
		}
		for _, l := range a.Lhs {
			if x, ok := ast.Unparen(l).(*ast.IndexExpr); ok {
				if id, ok := ast.Unparen(x.X).(*ast.Ident); ok && b.info.Uses[id] == obj {
					return true
				}
			}
		}
		return false
	})
}

// listElement is the function list[index].
func (b *builder) listElement(e *ast.IndexExpr, list *funcList, sig *types.Signature) *funcValue {
	i := b.expr(e.Index)
	if c, ok := i.(*ir.Const); ok && c.Val != nil {
		for k, v := range list.elems {
			if ir.IsConst(i, int64(k)) {
				return v
			}
		}
	}
	if !types.Identical(i.Type(), intType) {
		i = &ir.Convert{X: i, Typ: intType}
	}
	c := list.at(i)
	c.tag = b.save(e.Pos(), c.tag)
	return &funcValue{choice: c, sig: sig}
}

// rangeList lowers a loop over a list of functions.
func (b *builder) rangeList(s *ast.RangeStmt, label string, list *funcList) {
	if id, ok := s.Value.(*ast.Ident); ok && !isBlank(id) && (b.info.Defs[id] == nil || b.use.changed(b.info.Defs[id]) || b.use.addr[b.info.Defs[id]]) {
		b.fail(s.Value, "function variable "+id.Name+" with several values", funcValueWhy, funcValueDo)
		return
	}
	b.ranged = list
	b.counted(s, label, intType, ir.Int(len(list.elems)), nil)
}

// bindElement makes the value of a loop over functions mean the element with the index i.
func (b *builder) bindElement(s *ast.RangeStmt, list *funcList, i *ir.Var) {
	id, ok := s.Value.(*ast.Ident)
	if !ok || isBlank(id) {
		return
	}
	c := list.at(&ir.Ref{V: i})
	c.nilable = false
	sig, _ := b.info.Defs[id].Type().Underlying().(*types.Signature)
	if sig == nil && len(list.elems) > 0 {
		sig = list.elems[0].sig
	}
	b.funcs[b.info.Defs[id]] = &funcValue{choice: c, sig: sig}
}
