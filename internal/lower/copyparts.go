package lower

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Elements that hold both floats and references are copied one by one: each assignment
// moves the references of their shadows, too.

// mixed reports whether values of type t are or hold both floats, or what leads to some, and
// references, and are no references themselves.
func mixed(t types.Type) bool { return ir.HasFloat(t) && ir.HasRef(t) && !ir.IsRef(t) }

// copySlice emits n = copy(dst, src). The two may overlap unless dst is fresh memory.
func (b *builder) copySlice(pos token.Pos, n, dst, src ir.Expr, fresh bool) {
	at := ir.At{P: pos}
	slice, ok := dst.Type().Underlying().(*types.Slice)
	if !ok || !mixed(slice.Elem()) { // anything goes for what was refused
		b.emit(&ir.Copy{At: at, N: n, Dst: dst, Src: src})
		return
	}
	dst, src = b.held(pos, dst), b.held(pos, src)
	count := b.save(pos, &ir.Math{Fn: "min", Args: []ir.Expr{&ir.Len{X: clone(dst)}, &ir.Len{X: clone(src)}}, Typ: intType})
	if !fresh {
		was := b.save(pos, &ir.Make{Typ: src.Type(), Len: clone(count)})
		b.copyEach(pos, was, src, count)
		src = was
	}
	b.copyEach(pos, dst, src, count)
	if n != nil {
		b.emit(&ir.Assign{At: at, L: []ir.Expr{n}, R: []ir.Expr{clone(count)}})
	}
}

// copyEach emits a loop over the first n elements.
func (b *builder) copyEach(pos token.Pos, dst, src, n ir.Expr) {
	at := ir.At{P: pos}
	k := b.newVar("k", intType, ir.Local, pos)
	b.emit(&ir.For{
		At:   at,
		Init: &ir.Assign{At: at, L: refs(k), R: []ir.Expr{ir.Int(0)}, Define: true},
		Cond: &ir.Binary{Op: token.LSS, X: &ir.Ref{V: k}, Y: clone(n), Typ: types.Typ[types.Bool]},
		Post: step(pos, &ir.Ref{V: k}, token.ADD),
		Body: &ir.Block{At: at, Stmts: []ir.Stmt{&ir.Assign{At: at, L: []ir.Expr{element(dst, k)}, R: []ir.Expr{element(src, k)}}}},
	})
}
