package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// isTagged reports whether e is a tagged value of an interface.
func (b *builder) isTagged(e ast.Expr) bool {
	s := b.sumOf(b.info.TypeOf(e))
	return s != nil && !s.isFuncs()
}

// isOf asks whether x, of the sum s, is of the type t of the source, or implements it; alts
// are the alternatives that are.
func (b *builder) isOf(s *sum, x ir.Expr, t types.Type) (is ir.Expr, alts []*alternative) {
	for _, a := range s.alts {
		if !holds(a.of, t) {
			continue
		}
		alts = append(alts, a)
		tag := b.hasTag(x, a.k)
		if is != nil {
			tag = &ir.Binary{Op: token.LOR, X: is, Y: tag, Typ: types.Typ[types.Bool]}
		}
		is = tag
	}
	if is == nil {
		is = &ir.Const{Val: boolVal(false), Typ: types.Typ[types.Bool]}
	}
	return is, alts
}

// taggedAs is x as a value of type t, one of the types of alts.
func (b *builder) taggedAs(at ast.Node, x ir.Expr, t types.Type, alts []*alternative) ir.Expr {
	if s := b.sumOf(t); s != nil && !s.isFuncs() {
		return b.tagValue(at, x, t)
	}
	if len(alts) == 1 {
		return b.unpacked(at.Pos(), x, alts[0])
	}
	return nil
}

// taggedAssertion is x.(T), and with ok what v, ok := x.(T) gives.
func (b *builder) taggedAssertion(e *ast.TypeAssertExpr, ok bool) []ir.Expr {
	t := b.typeOf(e.Type)
	b.checkType(e.Pos(), t)
	x := b.held(e.Pos(), b.expr(e.X))
	if b.sumOf(x.Type()) == nil {
		b.fail(e, "type assertion", tagWhy, tagDo)
		return []ir.Expr{&ir.Const{Typ: t}, &ir.Const{Val: boolVal(false), Typ: types.Typ[types.Bool]}}
	}
	is, alts := b.isOf(b.sumOf(x.Type()), x, b.l.tagged.inSource(t))
	is = b.save(e.Pos(), is)
	out := b.temp(t, e.Pos())
	b.emit(&ir.Decl{At: ir.At{P: e.Pos()}, V: out})
	s := &ir.If{At: ir.At{P: e.Pos()}, Cond: is, Then: b.capture(e.Pos(), func() {
		if v := b.taggedAs(e, x, t, alts); v != nil {
			b.set(e.Pos(), out, v)
		}
	})}
	if !ok {
		s.Else = b.capture(e.Pos(), func() {
			text := &ir.Const{Val: constant.MakeString("interface conversion: the value is no " + types.TypeString(b.l.tagged.inSource(t), types.RelativeTo(b.src.pkg.Types))), Typ: types.Typ[types.String]}
			b.emit(&ir.Panic{At: ir.At{P: e.Pos()}, X: &ir.Convert{X: text, Typ: types.NewInterfaceType(nil, nil)}})
		})
	}
	b.emit(s)
	return []ir.Expr{&ir.Ref{V: out}, clone(is)}
}

// taggedSwitch lowers a switch over the type of a tagged value.
func (b *builder) taggedSwitch(s *ast.TypeSwitchStmt, x ast.Expr, label string) {
	block := &ir.Block{At: ir.At{P: s.Pos()}}
	inner := b.capture(s.Pos(), func() {
		if s.Init != nil {
			b.stmt(s.Init)
		}
		v := b.save(x.Pos(), b.expr(x))
		if b.sumOf(v.Type()) == nil {
			b.fail(s, "type switch", tagWhy, tagDo)
			return
		}
		clauses, def := clausesOf(s.Body)
		b.push(&target{label: label, leave: block})
		b.taggedCases(clauses, def, v)
		b.pop()
	})
	b.emitLeaving(inner, block)
}

func (b *builder) taggedCases(clauses []*ast.CaseClause, def *ast.CaseClause, x ir.Expr) {
	if len(clauses) == 0 {
		if def != nil {
			b.taggedBody(def, x, nil)
		}
		return
	}
	c := clauses[0]
	var cond ir.Expr
	var only []*alternative
	for _, e := range c.List {
		is, alts := b.isOf(b.sumOf(x.Type()), x, b.l.tagged.inSource(b.known(e)))
		if b.info.Types[e].IsNil() {
			is = b.hasTag(x, 0)
		}
		only = append(only, alts...)
		if cond != nil {
			is = &ir.Binary{Op: token.LOR, X: cond, Y: is, Typ: types.Typ[types.Bool]}
		}
		cond = is
	}
	out := &ir.If{At: ir.At{P: c.Pos()}, Cond: cond}
	out.Then = b.capture(c.Pos(), func() { b.taggedBody(c, x, only) })
	if rest := b.capture(c.Pos(), func() { b.taggedCases(clauses[1:], def, x) }); len(rest.Stmts) > 0 {
		out.Else = rest
	}
	b.emit(out)
}

// taggedBody lowers the body of a clause.
func (b *builder) taggedBody(c *ast.CaseClause, x ir.Expr, alts []*alternative) {
	if obj, ok := b.info.Implicits[c].(*types.Var); ok && b.use.used[obj] {
		t := obj.Type()
		b.checkType(c.Pos(), t)
		v := b.newVar(obj.Name(), t, ir.Local, c.Pos())
		b.vars[obj] = v
		b.steady[v] = !b.use.changed(obj) && !b.use.addr[obj]
		b.noCell(c, obj, "variable of a type switch")
		if y := b.taggedAs(c, x, t, alts); y != nil {
			b.define(c.Pos(), v, y)
		} else {
			b.emit(&ir.Decl{At: ir.At{P: c.Pos()}, V: v})
		}
	}
	b.stmts(c.Body)
}

// comparedTagged is x == nil or x != nil for a tagged value; nil for another comparison.
func (b *builder) comparedTagged(e *ast.BinaryExpr) ir.Expr {
	if b.l.tagged == nil {
		return nil
	}
	null := func(e ast.Expr) bool { return b.info.Types[ast.Unparen(e)].IsNil() }
	x, y := e.X, e.Y
	if null(x) {
		x, y = y, x
	}
	if b.sumOf(b.info.TypeOf(x)) == nil && b.sumOf(b.info.TypeOf(y)) == nil {
		return nil
	}
	if !null(y) {
		b.fail(e, "comparison of values in interfaces", "they are compared with nil only", "compare what tells them apart")
		return b.dummy(e)
	}
	v := b.held(e.Pos(), b.expr(x))
	if b.sumOf(v.Type()) == nil {
		b.fail(e, "comparison of values in interfaces", tagWhy, tagDo)
		return b.dummy(e)
	}
	return &ir.Binary{Op: e.Op, X: &ir.Field{X: v, I: 0}, Y: ir.Int(0), Typ: b.typeOf(e)}
}
