package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// appendCall lowers append(x, …). To elements without floats it stays what it is, unless
// it may overwrite what the reverse sweep reads.
// Elements that hold floats, or lead to some, have a shadow that must move where they
// move, share memory where they share it and grow where they grow. So the append is
// written out: each of its steps, the longer slice or the new memory, the copy and the
// assignments, is one that the transforms have a derivative of, and the shadow goes
// the way that the primal goes.
func (b *builder) appendCall(e *ast.CallExpr) ir.Expr {
	t := b.typeOf(e)
	b.checkType(e.Pos(), t)
	slice, ok := t.Underlying().(*types.Slice)
	if !ok {
		return b.dummy(e) // refused
	}
	out := &ir.Append{X: b.exprTo(e.Args[0], t), Spread: e.Ellipsis.IsValid()}
	for _, a := range e.Args[1:] {
		want := slice.Elem()
		if out.Spread {
			want = t
			if isString(b.typeOf(a)) {
				b.fail(a, "append of a string", "strings are only passed along", "convert it to bytes before the differentiated function")
			}
		}
		out.Elems = append(out.Elems, b.exprTo(a, want))
	}
	if !ir.HasFloat(slice.Elem()) && (b.l.in.WriteOut == nil || !b.l.in.WriteOut(e.Pos())) {
		return out
	}
	return b.writtenOut(e.Pos(), t, out)
}

// writtenOut emits what append does:
//
//	n := len(x)
//	var t []T
//	if n+k <= cap(x) {
//		t = x[:n+k]
//	} else {
//		t = make([]T, n+k, ad.Room(x, n+k))
//		copy(t, x)
//	}
//	t[n] = e
//
// How much more than n+k the new memory holds is not laid down by the language, so append
// is asked.
func (b *builder) writtenOut(pos token.Pos, t types.Type, e *ir.Append) ir.Expr {
	elems := b.appended(pos, e)
	if len(elems) == 0 {
		return e.X
	}
	if c, ok := e.X.(*ir.Const); ok && c.Val == nil {
		return b.appendToNil(pos, t, elems, e.Spread)
	}
	x := b.held(pos, e.X)
	n := b.save(pos, &ir.Len{X: x})
	k := ir.Expr(ir.Int(len(elems)))
	if e.Spread {
		k = &ir.Len{X: elems[0]}
	}
	out := &ir.Ref{V: b.temp(t, pos)}
	b.emit(&ir.Decl{At: ir.At{P: pos}, V: out.V})
	b.emit(b.grow(pos, out, x, ir.Add(n, k)))
	if e.Spread {
		b.copySlice(pos, nil, &ir.SliceOf{X: clone(out), Lo: clone(n)}, clone(elems[0]), false)
		return clone(out)
	}
	b.stored(pos, out, n, elems)
	return clone(out)
}

// appendToNil is writtenOut for x = nil, which leaves only the new memory. A nil slice
// to which nothing is appended stays nil.
func (b *builder) appendToNil(pos token.Pos, t types.Type, elems []ir.Expr, spread bool) ir.Expr {
	at := ir.At{P: pos}
	n := ir.Expr(ir.Int(len(elems)))
	if spread {
		n = &ir.Len{X: elems[0]}
	}
	fresh := &ir.Make{Typ: t, Len: n, Cap: room(&ir.Const{Typ: t}, n)}
	if !spread {
		out := b.save(pos, fresh).(*ir.Ref)
		b.stored(pos, out, ir.Int(0), elems)
		return clone(out)
	}
	out := &ir.Ref{V: b.temp(t, pos)}
	b.emit(&ir.Decl{At: at, V: out.V})
	b.emit(&ir.If{
		At:   at,
		Cond: &ir.Binary{Op: token.GTR, X: clone(n), Y: ir.Int(0), Typ: types.Typ[types.Bool]},
		Then: b.capture(pos, func() {
			b.set(pos, out.V, fresh)
			b.copySlice(pos, nil, clone(out), clone(elems[0]), true)
		}),
	})
	return clone(out)
}

// stored emits the assignments of the elements of x from the index n on.
func (b *builder) stored(pos token.Pos, x *ir.Ref, n ir.Expr, elems []ir.Expr) {
	for i, y := range elems {
		at := &ir.Index{X: clone(x), I: ir.Add(clone(n), ir.Int(i))}
		b.emit(&ir.Assign{At: ir.At{P: pos}, L: []ir.Expr{at}, R: []ir.Expr{y}})
	}
}

// room is the capacity that append gives the new memory for x with the length n.
func room(x, n ir.Expr) ir.Expr {
	return &ir.Math{Fn: "ad.Room", Args: []ir.Expr{clone(x), clone(n)}, Typ: types.Typ[types.Int]}
}

// appended returns the elements, or the slice of them, such that storing one does not
// change the others.
func (b *builder) appended(pos token.Pos, e *ir.Append) []ir.Expr {
	if e.Spread {
		if c, ok := e.Elems[0].(*ir.Const); ok && c.Val == nil {
			return nil
		}
		return []ir.Expr{b.held(pos, e.Elems[0])}
	}
	if len(e.Elems) == 1 {
		return e.Elems
	}
	var out []ir.Expr
	for _, x := range e.Elems {
		if _, ok := x.(*ir.Const); !ok {
			x = b.held(pos, x)
		}
		out = append(out, x)
	}
	return out
}

// held returns x if it is a variable, else a temporary with its value.
func (b *builder) held(pos token.Pos, x ir.Expr) ir.Expr {
	if r, ok := x.(*ir.Ref); ok {
		return r
	}
	return b.save(pos, x)
}

// grow makes out the slice x with the length n, in the memory of x if that is large
// enough.
func (b *builder) grow(pos token.Pos, out *ir.Ref, x, n ir.Expr) ir.Stmt {
	at := ir.At{P: pos}
	return &ir.If{
		At:   at,
		Cond: &ir.Binary{Op: token.LEQ, X: clone(n), Y: &ir.Cap{X: clone(x)}, Typ: types.Typ[types.Bool]},
		Then: b.capture(pos, func() { b.set(pos, out.V, &ir.SliceOf{X: clone(x), Hi: clone(n)}) }),
		Else: b.capture(pos, func() {
			b.set(pos, out.V, &ir.Make{Typ: out.V.Type, Len: clone(n), Cap: room(x, n)})
			b.copySlice(pos, nil, clone(out), clone(x), true)
		}),
	}
}
