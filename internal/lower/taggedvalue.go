package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

const (
	tagWhy = "which one it is must be known when the derivative is made, and other code has made it"
	tagDo  = "make it in a function of the module that is differentiated"
)

// sumOf returns the sum that t stands for in this attempt, or nil.
func (b *builder) sumOf(t types.Type) *sum {
	if b.l.tagged == nil || t == nil {
		return nil
	}
	return b.l.tagged.sumOf(t)
}

// taggedFunc lowers e if it is a function that is known and wanted as a tagged value, else
// it returns nil.
func (b *builder) taggedFunc(e ast.Expr) ir.Expr {
	t := b.info.TypeOf(e)
	s := b.sumOf(t)
	if s == nil || !s.isFuncs() {
		return nil
	}
	switch x := e.(type) {
	case *ast.FuncLit:
	case *ast.Ident:
		switch obj := b.info.Uses[x].(type) {
		case *types.Func:
		case *types.Var:
			if b.funcs[obj] == nil && (packageVar(obj) == nil || !isFunc(obj.Type())) {
				return nil
			}
		default:
			return nil
		}
	case *ast.SelectorExpr:
		if sel := b.info.Selections[x]; sel != nil && sel.Kind() == types.FieldVal {
			return nil
		}
	case *ast.IndexExpr, *ast.IndexListExpr:
		if x, ok := x.(*ast.IndexExpr); ok && !isFuncMap(b.tableType(x.X)) && !isFuncList(b.tableType(x.X)) && b.declaredFunc(calleeName(x)) == nil {
			return nil
		}
	default:
		return nil
	}
	v := b.funcValue(e)
	if v == nil {
		return b.dummy(e)
	}
	return b.asTagged(e, v, t)
}

// taggedValue returns the function e if it is a tagged value, and none that is known.
func (b *builder) taggedValue(e ast.Expr, sig *types.Signature) *funcValue {
	if b.l.tagged == nil || sig == nil {
		return nil
	}
	var x ir.Expr
	switch e := e.(type) {
	case *ast.Ident:
		obj, ok := b.info.Uses[e].(*types.Var)
		if !ok || b.vars[obj] == nil || b.funcs[obj] != nil {
			return nil
		}
		x = b.variable(e, obj)
	case *ast.CallExpr:
		if b.info.Types[e.Fun].IsType() {
			return nil
		}
		call, c := b.functionCall(e)
		if call == nil {
			return nil
		}
		if c.inlined() {
			if fs := b.inline(call, c).funcs; len(fs) == 1 {
				return fs[0]
			}
			b.fail(e, "function value", funcValueWhy, funcValueDo)
			return &funcValue{isNil: true, sig: sig}
		}
		if c.fn.Signature().Results().Len() != 1 {
			return nil
		}
		x = b.callTemps(call, c)[0]
	case *ast.SelectorExpr:
		if sel := b.info.Selections[e]; sel == nil || sel.Kind() != types.FieldVal {
			return nil
		}
		x = b.expr(e)
	case *ast.IndexExpr:
		if isFuncMap(b.tableType(e.X)) || isFuncList(b.tableType(e.X)) || b.info.Types[e.Index].IsType() || b.declaredFunc(calleeName(e)) != nil {
			return nil
		}
		x = b.expr(e)
	case *ast.StarExpr, *ast.TypeAssertExpr:
		x = b.expr(e)
	}
	if x == nil || b.sumOf(x.Type()) == nil || !b.sumOf(x.Type()).isFuncs() {
		return nil
	}
	return &funcValue{dyn: x, sig: b.dispatchTo(b.sumOf(x.Type()), nil).fn.Obj.Signature()}
}

// tableType is the type of a table of functions: that of a package-level variable is never
// replaced.
func (b *builder) tableType(e ast.Expr) types.Type {
	if v := b.namedVar(e); v != nil && packageVar(v) != nil {
		return v.Type()
	}
	return b.info.TypeOf(e)
}

// asTagged makes a tagged value of type t of a function.
func (b *builder) asTagged(at ast.Node, v *funcValue, t types.Type) ir.Expr {
	s := b.sumOf(t)
	switch {
	case s == nil || !s.isFuncs():
		b.fail(at, "function kept in memory", funcValueWhy, funcValueDo)
		return &ir.Const{Typ: t}
	case v.isNil:
		return &ir.Composite{Typ: t, Elems: make([]ir.Expr, 1)}
	case v.dyn != nil:
		return b.retyped(v.dyn, t)
	case v.lit != nil:
		return b.tagLiteral(at, s, v, t)
	case v.choice != nil:
		return b.tagChoice(at, v, t)
	case v.call != nil:
		return b.tagDeclared(at, s, v, t)
	}
	b.fail(at, "function kept in memory", "it is the body of a loop over a function", "call it where it is")
	return &ir.Composite{Typ: t, Elems: make([]ir.Expr, 1)}
}

// retyped is the tagged value x as one of type t, which has the same form.
func (b *builder) retyped(x ir.Expr, t types.Type) ir.Expr {
	if types.Identical(x.Type(), t) {
		return x
	}
	return &ir.Convert{X: x, Typ: t}
}

// composed is the value of type t with the tag of a and the pointer p, nil if there is none.
func composed(t types.Type, a *alternative, p ir.Expr) ir.Expr {
	out := &ir.Composite{Typ: t, Elems: make([]ir.Expr, t.Underlying().(*types.Struct).NumFields())}
	out.Elems[0] = ir.Int(a.k)
	if a.field > 0 {
		out.Elems[a.field] = p
	}
	return out
}

// tagDeclared is asTagged for a declared function, method value or method expression.
func (b *builder) tagDeclared(at ast.Node, s *sum, v *funcValue, t types.Type) ir.Expr {
	fn, targs := v.call.fn, []types.Type(nil)
	if in := b.l.instances[fn]; in != nil {
		fn, targs = in.origin, in.targs
	}
	key := fmt.Sprint(fn.FullName(), " of ", targs)
	if v.call.expr != nil {
		key += " as of " + types.TypeString(v.call.expr, nil)
	}
	if v.recv == nil {
		a, fresh := b.l.tagged.alternative(s, key, "", nil)
		if fresh {
			a.value, a.fn, a.targs = &funcValue{call: v.call, sig: v.sig}, fn, targs
		}
		return composed(t, a, nil)
	}
	p, boxed := b.pointerTo(at.Pos(), v.recv)
	key += " with " + types.TypeString(v.recv.Type(), nil)
	a, fresh := b.l.tagged.alternative(s, "value "+key, v.call.fn.Name(), p.Type())
	if fresh {
		a.value, a.fn, a.targs, a.boxed = &funcValue{call: v.call, sig: v.sig}, fn, targs, boxed
	}
	return composed(t, a, p)
}

// pointerTo returns x itself if it is a pointer, else one to new memory with its value.
func (b *builder) pointerTo(pos token.Pos, x ir.Expr) (p ir.Expr, boxed bool) {
	if isPointer(x.Type()) {
		return b.held(pos, x), false
	}
	p = b.save(pos, &ir.New{Typ: types.NewPointer(x.Type())})
	b.emit(&ir.Assign{At: ir.At{P: pos}, L: []ir.Expr{&ir.Deref{X: clone(p)}}, R: []ir.Expr{x}})
	return p, true
}

// A caught is a variable that a function literal captures.
type caught struct {
	obj  types.Object
	typ  types.Type // of the field
	cell bool       // the field is a pointer to a cell
}

// captures lists what the literal captures.
func (b *builder) captures(l *closure) []*caught {
	var out []*caught
	for obj, v := range l.vars {
		c := &caught{obj: obj, typ: obj.Type()}
		if l.use.cells[obj] {
			c.cell, c.typ = true, v.Type
		}
		out = append(out, c)
	}
	for obj := range l.funcs {
		if l.vars[obj] == nil {
			out = append(out, &caught{obj: obj, typ: obj.Type()})
		}
	}
	slices.SortFunc(out, func(x, y *caught) int { return int(x.obj.Pos()) - int(y.obj.Pos()) })
	return out
}

// tagLiteral is asTagged for a function literal.
func (b *builder) tagLiteral(at ast.Node, s *sum, v *funcValue, t types.Type) ir.Expr {
	tg := b.l.tagged
	list := b.captures(v.lit)
	key := fmt.Sprint("literal at ", v.lit.lit.Pos())
	for _, c := range list {
		key += " " + types.TypeString(c.typ, nil)
	}
	var held types.Type
	if known := s.whose[key]; known != nil && known.field > 0 {
		held = t.Underlying().(*types.Struct).Field(known.field).Type()
	} else if known == nil && len(list) > 0 {
		held = types.NewPointer(b.captureType(v.lit, list))
	}
	a, fresh := tg.alternative(s, key, "lit", held)
	if fresh {
		a.value, a.caught = v, list
	}
	if a.field == 0 {
		return composed(t, a, nil)
	}
	env := pointee(held)
	made := &ir.Composite{Typ: env}
	for _, c := range list {
		made.Elems = append(made.Elems, b.caughtValue(at, v.lit, c))
	}
	return composed(t, a, b.save(at.Pos(), &ir.Addr{X: made}))
}

// captureType makes the struct for what a literal captures.
func (b *builder) captureType(l *closure, list []*caught) types.Type {
	tg := b.l.tagged
	p := b.l.in.Fset.Position(l.lit.Pos())
	var fields []*types.Var
	names := map[string]bool{}
	for _, c := range list {
		name := c.obj.Name()
		for names[name] || name == "_" {
			name += "_"
		}
		names[name] = true
		fields = append(fields, types.NewField(c.obj.Pos(), tg.root(), name, c.typ, false))
	}
	obj := tg.declare("captured", l.lit.Pos(), fmt.Sprintf("is what the function literal in line %d captures.", p.Line))
	return types.NewNamed(obj, types.NewStruct(fields, nil), nil)
}

// caughtValue is what the literal captures of a variable.
func (b *builder) caughtValue(at ast.Node, l *closure, c *caught) ir.Expr {
	v := l.vars[c.obj]
	switch {
	case v == nil:
		return b.asTagged(at, l.funcs[c.obj], c.typ)
	case c.cell:
		return &ir.Ref{V: v}
	}
	return b.convertTo(&ir.Ref{V: v}, c.typ, at)
}

// tagChoice is asTagged for a function that is one of several.
func (b *builder) tagChoice(at ast.Node, v *funcValue, t types.Type) ir.Expr {
	out := b.temp(t, at.Pos())
	b.emit(&ir.Decl{At: ir.At{P: at.Pos()}, V: out})
	for i, alt := range v.choice.alts {
		b.emit(&ir.If{
			At:   ir.At{P: at.Pos()},
			Cond: &ir.Binary{Op: token.EQL, X: clone(v.choice.tag), Y: ir.Int(i + 1), Typ: types.Typ[types.Bool]},
			Then: b.capture(at.Pos(), func() { b.set(at.Pos(), out, b.asTagged(at, alt, t)) }),
		})
	}
	return &ir.Ref{V: out}
}

// tagValue makes a tagged value of type t of the value x, which is put into an interface.
func (b *builder) tagValue(at ast.Node, x ir.Expr, t types.Type) ir.Expr {
	s := b.sumOf(t)
	if from := b.sumOf(x.Type()); from != nil && (s.isFuncs() || !from.isFuncs()) {
		return b.between(at, x, from, t)
	}
	iface, _ := s.of.Underlying().(*types.Interface)
	of := b.l.tagged.inSource(x.Type())
	if iface == nil {
		b.fail(at, "function value", tagWhy, tagDo)
		return &ir.Composite{Typ: t, Elems: make([]ir.Expr, 1)}
	}
	if isInterface(of) || !types.Implements(of, iface) {
		b.fail(at, "value of type "+x.Type().String()+" in an interface", tagWhy, tagDo)
		return &ir.Composite{Typ: t, Elems: make([]ir.Expr, 1)}
	}
	return b.tagOf(at, x, of, t)
}

// tagOf is tagValue for a value whose type in the source is of.
func (b *builder) tagOf(at ast.Node, x ir.Expr, of, t types.Type) ir.Expr {
	s := b.sumOf(t)
	key := types.TypeString(of, nil)
	if st, ok := x.Type().Underlying().(*types.Struct); ok && st.NumFields() == 0 {
		a, _ := b.l.tagged.alternative(s, key, "", nil)
		a.of, a.typ = of, x.Type()
		b.emit(&ir.Assign{At: ir.At{P: at.Pos()}, L: []ir.Expr{nil}, R: []ir.Expr{x}})
		return composed(t, a, nil)
	}
	p, boxed := b.pointerTo(at.Pos(), x)
	name := "v"
	if n, ok := types.Unalias(of).(*types.Named); ok {
		name = lowerFirst(n.Obj().Name())
	} else if n, ok := types.Unalias(pointee(of)).(*types.Named); ok {
		name = lowerFirst(n.Obj().Name())
	}
	a, _ := b.l.tagged.alternative(s, key, name, p.Type())
	a.of, a.typ, a.boxed = of, x.Type(), boxed
	return composed(t, a, p)
}

func lowerFirst(s string) string {
	w := []rune(word(s))
	for i := range w {
		if i > 0 && i+1 < len(w) && 'a' <= w[i+1] && w[i+1] <= 'z' {
			break
		}
		if 'A' <= w[i] && w[i] <= 'Z' {
			w[i] += 'a' - 'A'
		}
	}
	return string(w)
}

// unpacked is the value that x, a tagged value of which a is the alternative, holds.
func (b *builder) unpacked(pos token.Pos, x ir.Expr, a *alternative) ir.Expr {
	if a.field == 0 {
		return &ir.Composite{Typ: a.typ, Elems: make([]ir.Expr, a.typ.Underlying().(*types.Struct).NumFields())}
	}
	p := b.save(pos, &ir.Field{X: clone(x), I: a.field})
	if a.boxed {
		return &ir.Deref{X: p}
	}
	return p
}

// between makes a tagged value of type t of one of another interface.
func (b *builder) between(at ast.Node, x ir.Expr, from *sum, t types.Type) ir.Expr {
	to := b.sumOf(t)
	if from == to {
		return b.retyped(x, t)
	}
	iface, ok := to.of.Underlying().(*types.Interface)
	if !ok || from.isFuncs() {
		b.fail(at, "conversion of a tagged value", tagWhy, tagDo)
		return &ir.Composite{Typ: t, Elems: make([]ir.Expr, 1)}
	}
	x = b.held(at.Pos(), x)
	out := b.temp(t, at.Pos())
	b.emit(&ir.Decl{At: ir.At{P: at.Pos()}, V: out})
	for _, a := range from.alts {
		if !types.Implements(a.of, iface) {
			continue
		}
		b.emit(&ir.If{At: ir.At{P: at.Pos()}, Cond: b.hasTag(x, a.k), Then: b.capture(at.Pos(), func() {
			b.set(at.Pos(), out, b.moved(at, x, a, t))
		})})
	}
	return &ir.Ref{V: out}
}

// moved is the tagged value of type t for the same memory that x, of the alternative a of
// another sum, leads to.
func (b *builder) moved(at ast.Node, x ir.Expr, a *alternative, t types.Type) ir.Expr {
	s := b.sumOf(t)
	key := types.TypeString(a.of, nil)
	var held types.Type
	var p ir.Expr
	if a.field > 0 {
		p = &ir.Field{X: clone(x), I: a.field}
		held = p.Type()
	}
	c, _ := b.l.tagged.alternative(s, key, "v", held)
	c.of, c.typ, c.boxed = a.of, a.typ, a.boxed
	return composed(t, c, p)
}

// hasTag asks whether x has the tag k.
func (b *builder) hasTag(x ir.Expr, k int) ir.Expr {
	return &ir.Binary{Op: token.EQL, X: &ir.Field{X: clone(x), I: 0}, Y: ir.Int(k), Typ: types.Typ[types.Bool]}
}
