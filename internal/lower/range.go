package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// rangeStmt lowers a range loop over an integer, a slice, an array or a pointer
// to an array to a counted loop.
func (b *builder) rangeStmt(s *ast.RangeStmt, label string) {
	if isFuncList(b.tableType(s.X)) {
		list := b.listOf(s.X)
		if list == nil {
			b.fail(s.X, "slice of functions", listWhy, listDo)
			return
		}
		b.rangeList(s, label, list)
		return
	}
	if isVariantList(b.info.TypeOf(s.X)) {
		if list := b.variantList(s.X); list != nil {
			b.rangedValues = list
			b.counted(s, label, intType, ir.Int(len(list.vals)), nil)
			return
		}
	}
	t := b.typeOf(s.X)
	elem := t.Underlying()
	if p, ok := elem.(*types.Pointer); ok {
		elem = p.Elem().Underlying()
	}
	switch u := elem.(type) {
	case *types.Slice:
		x := b.rangeSlice(s)
		b.counted(s, label, types.Typ[types.Int], &ir.Len{X: x}, x)
	case *types.Array:
		b.counted(s, label, types.Typ[types.Int], ir.Int(int(u.Len())), b.rangeArray(s))
	case *types.Basic:
		if u.Info()&types.IsInteger != 0 {
			b.rangeInt(s, label)
			return
		}
		b.rangeString(s, label)
	case *types.Map:
		b.rangeMap(s, label)
	case *types.Chan:
		b.refuseRange(s, "a channel", "the reverse sweep cannot follow communication", "loop over a slice")
	default:
		b.rangeFunc(s, label)
	}
}

// refuseRange reports the loop and still looks for more in its body.
func (b *builder) refuseRange(s *ast.RangeStmt, over, why, do string) {
	b.fail(s, "range over "+over, why, do)
	if s.Tok == token.DEFINE {
		for _, e := range []ast.Expr{s.Key, s.Value} {
			if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
				b.declare(id)
			}
		}
	}
	t := &target{leave: &ir.Block{}, loop: &ir.For{}}
	if l, ok := b.labelOf(s); ok {
		t.label = l
	}
	b.push(t)
	b.capture(s.Body.Pos(), func() { b.stmts(s.Body.List) })
	b.pop()
}

// labelOf finds the label of s.
func (b *builder) labelOf(s ast.Stmt) (label string, ok bool) {
	ast.Inspect(b.src.decl.Body, func(n ast.Node) bool {
		if l, isLabel := n.(*ast.LabeledStmt); isLabel && l.Stmt == s {
			label, ok = l.Label.Name, true
		}
		return !ok
	})
	return label, ok
}

func (b *builder) rangeInt(s *ast.RangeStmt, label string) {
	n := b.expr(s.X)
	t := n.Type()
	if c, ok := n.(*ir.Const); ok {
		if s.Key != nil && !isBlank(s.Key) {
			t = b.typeOf(s.Key)
		}
		n = &ir.Const{Val: c.Val, Typ: t, Text: c.Text}
	} else if !b.fixed(s.X, s.Body) {
		n = b.save(s.X.Pos(), n)
	}
	b.counted(s, label, t, n, nil)
}

// rangeSlice returns the slice that s goes through: evaluated once before the
// loop unless the body cannot change it.
func (b *builder) rangeSlice(s *ast.RangeStmt) ir.Expr {
	x := b.expr(s.X)
	if r, ok := x.(*ir.Ref); ok && r.V.Kind == ir.Temp || b.fixed(s.X, s.Body) {
		return x
	}
	return b.save(s.X.Pos(), x)
}

// rangeArray returns the array or, for an index alone, nil. With a value Go
// loops over a copy of the array.
func (b *builder) rangeArray(s *ast.RangeStmt) ir.Expr {
	if s.Value == nil || isBlank(s.Value) {
		return nil
	}
	if isPointer(b.typeOf(s.X)) {
		return &ir.Deref{X: b.rangeSlice(s)}
	}
	x := b.expr(s.X)
	if obj := b.use.root(s.X); obj != nil && !b.use.changedIn(obj, s.Body) && globalOf(x) == nil {
		return x
	}
	return b.save(s.X.Pos(), x)
}

// counted emits for i := 0; i < n; i++ with the key and, from x, the value of
// the range loop s.
func (b *builder) counted(s *ast.RangeStmt, label string, t types.Type, n, x ir.Expr) {
	loop := &ir.For{At: ir.At{P: s.Pos()}, Checkpoint: b.checkpoint(s)}
	i, own := b.counter(s, t)
	ref := func() ir.Expr { return &ir.Ref{V: i} }
	zero := &ir.Const{Val: constant.MakeInt64(0), Typ: t}
	loop.Init = &ir.Assign{At: ir.At{P: s.Pos()}, L: []ir.Expr{ref()}, R: []ir.Expr{zero}, Define: true}
	loop.Cond = &ir.Binary{Op: token.LSS, X: ref(), Y: n, Typ: types.Typ[types.Bool]}
	loop.Post = step(s.Pos(), ref(), token.ADD)
	list, values := b.ranged, b.rangedValues
	b.ranged, b.rangedValues = nil, nil
	b.push(&target{label: label, leave: loop, loop: loop})
	loop.Body = b.capture(s.Body.Pos(), func() {
		b.rangeVars(s, i, own, x)
		if list != nil {
			b.bindElement(s, list, i)
		}
		if values != nil {
			b.bindValue(s, values, i)
		}
		b.loopBody(loop, s.Body)
	})
	b.pop()
	b.emitLoop(s, loop)
}

// counter makes the loop's counter; it is the key itself (own) if that is
// declared here and never assigned in the body.
func (b *builder) counter(s *ast.RangeStmt, t types.Type) (i *ir.Var, own bool) {
	id, ok := s.Key.(*ast.Ident)
	if ok && id.Name != "_" && s.Tok == token.DEFINE && !b.use.changedIn(b.info.Defs[id], s.Body) {
		return b.declare(id), true
	}
	v := &ir.Var{Name: b.names.made("i"), Type: t, Kind: ir.Temp, Pos: s.Pos()}
	b.fn.Locals = append(b.fn.Locals, v)
	return v, false
}

// rangeVars emits the assignments to key and value at the start of the body.
func (b *builder) rangeVars(s *ast.RangeStmt, i *ir.Var, own bool, x ir.Expr) {
	a := &ir.Assign{At: ir.At{P: s.Pos()}, Define: s.Tok == token.DEFINE}
	if !own {
		b.rangeVar(a, s.Key, &ir.Ref{V: i})
	}
	if x != nil && s.Value != nil && !isBlank(s.Value) {
		b.rangeVar(a, s.Value, &ir.Index{X: clone(x), I: &ir.Ref{V: i}})
	}
	if len(a.L) > 0 {
		b.emit(a)
	}
}

// rangeVar adds to a, the assignment at the start of a loop's body, that of val to the
// key or value e.
func (b *builder) rangeVar(a *ir.Assign, e ast.Expr, val ir.Expr) {
	if e == nil || isBlank(e) {
		return
	}
	if id := identOf(e); a.Define && b.use.cells[b.info.Defs[id]] {
		b.emit(&ir.Assign{At: a.At, L: []ir.Expr{b.newCell(b.info.Defs[id])}, R: []ir.Expr{val}})
		return
	}
	if a.Define {
		a.L = append(a.L, &ir.Ref{V: b.declare(e.(*ast.Ident))})
	} else if l := b.place(e); l != nil {
		a.L = append(a.L, l)
		val = b.convertTo(val, l.Type(), e)
	} else {
		return
	}
	a.R = append(a.R, val)
}
