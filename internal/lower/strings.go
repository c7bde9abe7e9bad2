package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// rangeString lowers a loop over a string to one over the positions at which its
// characters begin.
func (b *builder) rangeString(s *ast.RangeStmt, label string) {
	x := b.expr(s.X)
	_, plain := x.(*ir.Ref)
	if t := types.Typ[types.String]; !types.Identical(x.Type(), t) || !plain || !b.fixed(s.X, s.Body) {
		x = b.save(s.X.Pos(), &ir.Convert{X: x, Typ: t})
	}
	integer := types.Typ[types.Int]
	starts := b.save(s.X.Pos(), &ir.Keys{X: clone(x), Typ: types.NewSlice(integer)})
	i := &ir.Var{Name: b.names.made("i"), Type: integer, Kind: ir.Temp, Pos: s.Pos()}
	b.fn.Locals = append(b.fn.Locals, i)
	at := ir.At{P: s.Pos()}
	ref := func() ir.Expr { return &ir.Ref{V: i} }
	loop := &ir.For{At: at, Checkpoint: b.checkpoint(s)}
	loop.Init = &ir.Assign{At: at, L: []ir.Expr{ref()}, R: []ir.Expr{ir.Int(0)}, Define: true}
	loop.Cond = &ir.Binary{Op: token.LSS, X: ref(), Y: &ir.Len{X: clone(starts)}, Typ: types.Typ[types.Bool]}
	loop.Post = step(s.Pos(), ref(), token.ADD)
	b.push(&target{label: label, leave: loop, loop: loop})
	loop.Body = b.capture(s.Body.Pos(), func() {
		k := b.save(s.Pos(), &ir.Index{X: clone(starts), I: ref()})
		a := &ir.Assign{At: at, Define: s.Tok == token.DEFINE}
		b.rangeVar(a, s.Key, clone(k))
		b.rangeVar(a, s.Value, &ir.Math{Fn: "ad.RuneAt", Args: []ir.Expr{clone(x), clone(k)}, Typ: types.Universe.Lookup("rune").Type()})
		if len(a.L) > 0 {
			b.emit(a)
		}
		b.stmts(s.Body.List)
	})
	b.pop()
	b.emit(loop)
}

// textual reports whether a conversion between the types is one between a string and its
// bytes or characters.
func textual(from, to types.Type) bool {
	return isString(from) && isText(to) || isText(from) && isString(to)
}

// isText reports whether t is a slice of bytes or runes.
func isText(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	e, ok := s.Elem().Underlying().(*types.Basic)
	return ok && (e.Kind() == types.Uint8 || e.Kind() == types.Int32)
}
