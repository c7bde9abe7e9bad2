package tidy

import (
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Of the parts of a slice and of its shadow,
//
//	rest := x[j+1:]
//	restb := xb[j+1:]
//	for i := 0; i < len(rest); i++ {
//		sum += restb[i]
//	}
//
// the reverse sweep often needs the first for its length only. Then restb := xb[j+1:len(x):len(xb)]
// has that length, and fails where either of them or the request in front of the loop would.

// lengths leaves out such parts in b.
func (r *reslicer) lengths(b *ir.Block) {
	for at := 0; at < len(b.Stmts); at++ {
		rest, part := r.partFrom(b.Stmts[at])
		if rest == nil || !r.forLength(rest) {
			continue
		}
		if behind, shadow := r.partAlike(b.Stmts[at+1:], rest, part); shadow != nil {
			r.takeLength(b, at, at+1+behind, rest, shadow)
			at--
		}
	}
}

// partFrom returns the variable and the expression of v := x[lo:], with a variable x.
func (r *reslicer) partFrom(s ir.Stmt) (*ir.Var, *ir.SliceOf) {
	a, ok := s.(*ir.Assign)
	if !ok || !a.Define || len(a.L) != 1 || a.L[0] == nil {
		return nil, nil
	}
	part, ok := a.R[0].(*ir.SliceOf)
	if !ok || part.Lo == nil || part.Hi != nil || part.Max != nil {
		return nil, nil
	}
	if _, ok := part.X.(*ir.Ref); !ok {
		return nil, nil
	}
	if _, ok := part.X.Type().Underlying().(*types.Slice); !ok {
		return nil, nil
	}
	v := a.L[0].(*ir.Ref).V
	if r.once[v] == nil {
		return nil, nil
	}
	return v, part
}

// forLength reports whether the function has v for len(v) only.
func (r *reslicer) forLength(v *ir.Var) bool {
	return uses(r.F.Body, v) == 1+count(r.F.Body, func(e ir.Expr) bool {
		n, ok := e.(*ir.Len)
		return ok && isVar(n.X, v)
	})
}

// partAlike finds, in statements behind that of rest, the same part of another slice, of which a loop
// behind it is certain to reach as much as rest has. Between them are definitions only.
func (r *reslicer) partAlike(stmts []ir.Stmt, rest *ir.Var, part *ir.SliceOf) (int, *ir.Var) {
	found, shadow := 0, (*ir.Var)(nil)
	for i, s := range stmts {
		if loop, ok := s.(*ir.For); ok {
			if shadow != nil && r.reaches(loop, shadow, rest) {
				return found, shadow
			}
			return 0, nil
		}
		a, ok := s.(*ir.Assign)
		if !ok || !a.Define {
			return 0, nil
		}
		if shadow != nil {
			continue
		}
		if ir.Vars([]ir.Stmt{a})[rest] {
			return 0, nil
		}
		if v, like := r.partFrom(s); v != nil && ir.Equal(like.Lo, part.Lo) {
			found, shadow = i, v
		}
	}
	return 0, nil
}

// reaches reports whether the loop is certain to reach the first len(rest) elements of x, stays as it is if
// there are none, and is all that has to do with x.
func (r *reslicer) reaches(loop *ir.For, x, rest *ir.Var) bool {
	c := r.counted(loop)
	if c == nil || c.outer || !r.empty(c) || !ir.Equal(c.end, &ir.Len{X: &ir.Ref{V: rest}}) {
		return false
	}
	certain := slices.ContainsFunc(r.groups(c), func(g *reached) bool {
		return isVar(g.slice, x) && !g.window && g.below == 0
	})
	return certain && uses(r.F.Body, x) == 1+count(loop.Body, func(e ir.Expr) bool {
		at, ok := e.(*ir.Index)
		return ok && isVar(at.X, x) && isVar(at.I, c.i)
	})
}

// uses counts where the statements have v.
func uses(b *ir.Block, v *ir.Var) int {
	n := 0
	for _, s := range b.Stmts {
		ir.EachVar(s, func(w *ir.Var) {
			if w == v {
				n++
			}
		})
	}
	return n
}

// count counts the expressions in the statements for which is is true.
func count(b *ir.Block, is func(ir.Expr) bool) int {
	n := 0
	look := func(e ir.Expr) bool {
		if is(e) {
			n++
		}
		return true
	}
	ir.WalkStmts(b, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		for _, list := range [][]ir.Expr{reads, places} {
			for _, e := range list {
				ir.WalkExpr(e, look)
			}
		}
	})
	return n
}

// takeLength leaves out the statement of rest, at a position in b, and gives its length to shadow, which is
// made at another.
func (r *reslicer) takeLength(b *ir.Block, at, behind int, rest, shadow *ir.Var) {
	from := b.Stmts[at].(*ir.Assign).R[0].(*ir.SliceOf)
	made := b.Stmts[behind].(*ir.Assign)
	like := made.R[0].(*ir.SliceOf)
	part := &ir.SliceOf{X: like.X, Lo: like.Lo, Hi: &ir.Len{X: from.X}, Max: &ir.Len{X: like.X}}
	b.Stmts[behind] = &ir.Assign{At: made.At, L: made.L, R: []ir.Expr{part}, Define: true}
	b.Stmts = slices.Delete(slices.Clone(b.Stmts), at, at+1)
	rewriteAll(b, func(e ir.Expr) ir.Expr {
		if n, ok := e.(*ir.Len); ok && isVar(n.X, rest) {
			return &ir.Len{X: &ir.Ref{V: shadow}}
		}
		return nil
	})
	r.once = singleValues(r.F)
}
