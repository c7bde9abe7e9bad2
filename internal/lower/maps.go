package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// refusedMap returns what is wrong with maps of type t, what their elements are made of
// apart, or "". Keys carry no derivative, and a loop must come upon them in the same order
// each time it is run. Values are read and written as a whole.
func refusedMap(t *types.Map) (what, why, do string) {
	if !orderedKey(t.Key()) {
		return "map with keys of type " + t.Key().String(), "keys have no derivative, and two runs must go through them in one order",
			"use keys that are made of integers, strings and bools"
	}
	if e := t.Elem(); ir.HasFloat(e) && ir.HasRef(e) && !ir.IsRef(e) {
		return "map with elements of type " + e.String(), "they hold references, too, and their shadows could not follow",
			"use pointers to them"
	}
	return "", "", ""
}

// orderedKey reports whether keys of type t can be put in order.
func orderedKey(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&(types.IsInteger|types.IsString|types.IsBoolean) != 0
	case *types.Array:
		return orderedKey(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if !orderedKey(f.Type()) {
				return false
			}
		}
		return true
	}
	return false
}

// entry lowers m[k].
func (b *builder) entry(e *ast.IndexExpr, t *types.Map) *ir.Index {
	x := b.settled(b.expr(e.X), e.X)
	return &ir.Index{X: x, I: b.exprTo(e.Index, t.Key())}
}

// entryOK returns m[k] and whether the key is there, if e is that and two values are
// wanted, else nil.
func (b *builder) entryOK(e ast.Expr) []ir.Expr {
	x, ok := ast.Unparen(e).(*ast.IndexExpr)
	if !ok {
		return nil
	}
	if _, two := b.info.Types[x].Type.(*types.Tuple); !two {
		return nil
	}
	t, isMap := b.typeOf(x.X).Underlying().(*types.Map)
	if !isMap {
		return nil
	}
	b.checkType(x.Pos(), b.typeOf(x.X))
	at := b.entry(x, t)
	return []ir.Expr{b.mapped(x.Pos(), at), &ir.Has{X: clone(at.X), I: clone(at.I)}}
}

// mapLiteral lowers a literal of a map to one assignment for each element.
func (b *builder) mapLiteral(e *ast.CompositeLit, t types.Type) ir.Expr {
	b.checkType(e.Pos(), t)
	u := t.Underlying().(*types.Map)
	m := b.save(e.Pos(), &ir.Make{Typ: t})
	for _, x := range e.Elts {
		kv, ok := x.(*ast.KeyValueExpr)
		if !ok {
			continue // reported by the type checker
		}
		k := b.inner(kv.Key, u.Key())
		v := b.inner(kv.Value, u.Elem())
		b.emit(&ir.Assign{At: ir.At{P: kv.Pos()}, L: []ir.Expr{&ir.Index{X: clone(m), I: k}}, R: []ir.Expr{v}})
	}
	return m
}

// inner lowers a key or element of a literal, whose type may be left out in it.
func (b *builder) inner(e ast.Expr, t types.Type) ir.Expr {
	if lit, ok := e.(*ast.CompositeLit); ok {
		return b.convertTo(b.composite(lit), t, e)
	}
	return b.exprTo(e, t)
}

// deleteCall lowers delete(m, k).
func (b *builder) deleteCall(e *ast.CallExpr) {
	t, ok := b.typeOf(e.Args[0]).Underlying().(*types.Map)
	if !ok {
		return
	}
	b.checkType(e.Pos(), t)
	x := b.expr(e.Args[0])
	k := b.exprTo(e.Args[1], t.Key())
	b.emit(deleted(e.Pos(), x, k))
}

func deleted(pos token.Pos, m, k ir.Expr) ir.Stmt {
	at := &ir.Index{X: m, I: k}
	return &ir.Assign{At: ir.At{P: pos}, L: []ir.Expr{at}, R: []ir.Expr{&ir.Absent{Typ: at.Type()}}}
}

// clearMap lowers clear(m): the keys are deleted one by one.
func (b *builder) clearMap(e *ast.CallExpr, t types.Type) {
	b.checkType(e.Pos(), t)
	x := b.expr(e.Args[0])
	x = b.held(e.Pos(), x)
	b.overKeys(e.Pos(), x, &target{}, nil, func(k ir.Expr) {
		b.emit(deleted(e.Pos(), clone(x), k))
	})
}

// rangeMap lowers a loop over a map to one over its keys, in ascending order, that leaves
// out those that are deleted before their turn. Keys that come up in the loop are left out,
// too, as Go allows.
func (b *builder) rangeMap(s *ast.RangeStmt, label string) {
	b.checkType(s.X.Pos(), b.typeOf(s.X))
	x := b.expr(s.X)
	if _, plain := x.(*ir.Ref); !plain || !b.fixed(s.X, s.Body) {
		x = b.save(s.X.Pos(), x)
	}
	t := &target{label: label}
	check := b.mayDelete(s.Body)
	b.overKeys(s.Pos(), x, t, b.checkpoint(s), func(k ir.Expr) {
		if check {
			b.emit(&ir.If{At: ir.At{P: s.Pos()}, Cond: not(&ir.Has{X: clone(x), I: clone(k)}), Then: &ir.Block{Stmts: []ir.Stmt{
				&ir.Continue{At: ir.At{P: s.Pos()}, Target: t.loop},
			}}})
		}
		a := &ir.Assign{At: ir.At{P: s.Pos()}, Define: s.Tok == token.DEFINE}
		b.rangeVar(a, s.Key, clone(k))
		if s.Value != nil && !isBlank(s.Value) {
			b.rangeVar(a, s.Value, b.mapped(s.Pos(), &ir.Index{X: clone(x), I: clone(k)}))
		}
		if len(a.L) > 0 {
			b.emit(a)
		}
		b.push(t)
		b.stmts(s.Body.List)
		b.pop()
	})
}

// overKeys emits a loop over the keys of x with the body, which t stands for.
func (b *builder) overKeys(pos token.Pos, x ir.Expr, t *target, c *ir.Checkpoint, body func(k ir.Expr)) {
	key := x.Type().Underlying().(*types.Map).Key()
	keys := b.save(pos, &ir.Keys{X: clone(x), Typ: types.NewSlice(key)})
	i := &ir.Var{Name: b.names.made("i"), Type: types.Typ[types.Int], Kind: ir.Temp, Pos: pos}
	b.fn.Locals = append(b.fn.Locals, i)
	ref := func() ir.Expr { return &ir.Ref{V: i} }
	loop := &ir.For{At: ir.At{P: pos}, Checkpoint: c}
	t.leave, t.loop = loop, loop
	loop.Init = &ir.Assign{At: ir.At{P: pos}, L: []ir.Expr{ref()}, R: []ir.Expr{ir.Int(0)}, Define: true}
	loop.Cond = &ir.Binary{Op: token.LSS, X: ref(), Y: &ir.Len{X: clone(keys)}, Typ: types.Typ[types.Bool]}
	loop.Post = step(pos, ref(), token.ADD)
	loop.Body = b.capture(pos, func() {
		body(b.save(pos, &ir.Index{X: clone(keys), I: ref()}))
	})
	b.emit(loop)
}

// mayDelete reports whether the statements may take keys from a map: they call delete,
// clear, or a function.
func (b *builder) mayDelete(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return !found
		}
		fun := ast.Unparen(call.Fun)
		switch tv := b.info.Types[fun]; {
		case tv.IsType():
		case tv.IsBuiltin():
			id, plain := fun.(*ast.Ident)
			found = found || !plain || id.Name == "delete" || id.Name == "clear"
		default:
			id := calleeName(fun)
			if id == nil {
				found = true
				break
			}
			f, isFunc := b.info.Uses[id].(*types.Func)
			found = found || !isFunc || f.Pkg() == nil || !elementary(f.Pkg())
		}
		return !found
	})
	return found
}

// apart returns s after what it needs so that elements of maps that hold floats stand
// alone: read by v := m[k], and written by m[k] = x.
func (b *builder) apart(s ir.Stmt) []ir.Stmt {
	h := &hoist{b: b, pos: s.Pos()}
	switch s := s.(type) {
	case *ir.Assign:
		if len(s.L) > 1 {
			return h.oneByOne(s)
		}
		if r, ok := s.R[0].(*ir.Index); ok && ir.IsEntry(r) && plainOrBlank(s.L[0]) {
			s.R[0] = &ir.Index{X: h.expr(r.X), I: h.expr(r.I)}
		} else {
			s.R[0] = h.expr(s.R[0])
		}
		s.L[0] = h.place(s.L[0])
	case *ir.Call:
		for i, a := range s.Args {
			s.Args[i] = h.expr(a)
		}
		for i, l := range s.L {
			s.L[i] = h.place(l)
		}
	case *ir.Copy:
		s.Dst, s.Src, s.N = h.expr(s.Dst), h.expr(s.Src), h.place(s.N)
	}
	return append(h.before, s)
}

func plainOrBlank(l ir.Expr) bool {
	_, plain := l.(*ir.Ref)
	return l == nil || plain
}

// hoist gathers the statements that read elements of maps.
type hoist struct {
	b      *builder
	pos    token.Pos
	before []ir.Stmt
}

func (h *hoist) save(x ir.Expr) ir.Expr {
	if _, constant := x.(*ir.Const); constant {
		return x
	}
	v := h.b.temp(x.Type(), h.pos)
	h.before = append(h.before, &ir.Assign{At: ir.At{P: h.pos}, L: []ir.Expr{&ir.Ref{V: v}}, R: []ir.Expr{x}, Define: true})
	return &ir.Ref{V: v}
}

// expr returns e with variables in the place of the elements of maps with floats.
func (h *hoist) expr(e ir.Expr) ir.Expr {
	if !readsEntry(e) {
		return e
	}
	return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		if at, ok := e.(*ir.Index); ok && ir.IsEntry(at) && ir.HasFloat(at.Type()) {
			return h.save(&ir.Index{X: h.expr(at.X), I: h.expr(at.I)})
		}
		return nil
	})
}

// place is expr for a left side, which itself may be an element.
func (h *hoist) place(l ir.Expr) ir.Expr {
	if at, ok := l.(*ir.Index); ok && ir.IsEntry(at) {
		return &ir.Index{X: h.expr(at.X), I: h.expr(at.I)}
	}
	if l == nil {
		return nil
	}
	return h.expr(l)
}

func readsEntry(e ir.Expr) bool {
	found := false
	ir.WalkExpr(e, func(e ir.Expr) bool {
		found = found || ir.IsEntry(e) && ir.HasFloat(e.Type())
		return !found
	})
	return found
}

// oneByOne takes an assignment of several values apart if elements of maps are among its
// left sides: all operands are evaluated first, then the assignments are made in order.
func (h *hoist) oneByOne(s *ir.Assign) []ir.Stmt {
	entries := false
	for i, r := range s.R {
		s.R[i] = h.expr(r)
		s.L[i] = h.place(s.L[i])
		entries = entries || s.L[i] != nil && ir.IsEntry(s.L[i])
	}
	if !entries {
		return append(h.before, s)
	}
	for i, l := range s.L {
		s.L[i] = h.steady(l)
		s.R[i] = h.save(s.R[i])
	}
	out := h.before
	for i, l := range s.L {
		if l != nil {
			out = append(out, &ir.Assign{At: s.At, L: []ir.Expr{l}, R: []ir.Expr{s.R[i]}})
		}
	}
	return out
}

// steady saves what the address of the place l is made of.
func (h *hoist) steady(l ir.Expr) ir.Expr {
	switch l := l.(type) {
	case *ir.Index:
		if ir.IsRef(l.X.Type()) {
			return &ir.Index{X: h.save(l.X), I: h.save(l.I)}
		}
		return &ir.Index{X: h.steady(l.X), I: h.save(l.I)}
	case *ir.Field:
		return &ir.Field{X: h.steady(l.X), I: l.I}
	case *ir.Deref:
		return &ir.Deref{X: h.save(l.X)}
	}
	return l
}
