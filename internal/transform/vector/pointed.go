package vector

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// leastPointed is the size in bytes from which on the derivatives of a parameter or result
// are not copied from function to function.
const leastPointed = 128

// large reports whether the directions of v take so much room that copies cost more than
// the arithmetic, as for a matrix.
func (t *transform) large(v *ir.Var) bool {
	if ir.HasRef(v.Type) || v.Shadow == ir.ShadowPointer {
		return false
	}
	sizes := types.StdSizes{WordSize: 8, MaxAlign: 8}
	return sizes.Sizeof(v.Type)*int64(t.Directions) >= leastPointed
}

// point finds the parameters and results of which made code gives a pointer to the array of
// the directions: parameters that the function does not change, and results. A result is zero
// when the function is called.
func (t *transform) point() {
	for _, f := range t.Funcs {
		k := t.facts[f]
		k.pointed = map[*ir.Var]bool{}
		changed := map[*ir.Var]bool{}
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			_, places := ir.Exprs(s)
			for _, p := range places {
				if p != nil {
					changed[ir.Root(p)] = true
				}
			}
		})
		for _, p := range f.Params {
			k.pointed[p] = k.vec[p] && t.large(p) && !changed[p] && !k.addressed[p]
		}
		for _, r := range f.Results {
			k.pointed[r] = k.vec[r] && t.large(r)
		}
	}
}

// forUsers reports whether calls of f in made code call what a user calls.
func (t *transform) forUsers(f *ir.Func) bool {
	return len(t.facts[f].scattered) == 0 && t.Roots[f.Name]
}

// givesPointer reports whether calls of f in made code give a pointer for the parameter or
// result v of f.
func (b *builder) givesPointer(v *ir.Var, g *facts, f *ir.Func) bool {
	return g.pointed[v] && !b.t.forUsers(f)
}

// apart reports whether f cannot reach derivatives but through its own parameters and
// results that are numbers.
func (k *facts) apart(f *ir.Func) bool {
	for _, p := range f.Inputs() {
		if k.vec[p] && (ir.HasRef(p.Type) || p.Shadow == ir.ShadowPointer) {
			return false
		}
	}
	return true
}

// argument returns what a pointed parameter p of c.Fn gets for the argument a, and what has
// to be done before. A copy is made of what the function might change through another
// parameter.
func (b *builder) argument(p *ir.Var, a ir.Expr, c *ir.Call) (before []ir.Stmt, arg ir.Expr) {
	if isZero(a) {
		return nil, &ir.Addr{X: &ir.Composite{Typ: types.NewArray(p.Type, int64(b.t.Directions))}}
	}
	if types.Identical(a.Type(), p.Type) {
		r, variable := a.(*ir.Ref)
		if variable && b.vec[r.V] && !b.behind(r.V) && !b.beside[r.V] && !b.addressed[r.V] {
			return nil, &ir.Addr{X: a}
		}
		if b.element(a) != nil && b.t.facts[c.Fn].apart(c.Fn) {
			return nil, &ir.Addr{X: a}
		}
	}
	v := b.perDirection(p.Type)
	return b.directions(ir.Define(v, a)), &ir.Addr{X: &ir.Ref{V: v}}
}

// inPlace lets a result of which the function has a pointer take the place of the variable
// that it gets its value from at the end, so that it is not copied.
func (b *builder) inPlace(f *ir.Func, body *ir.Block) *ir.Block {
	for _, r := range f.Results {
		if b.pointed[r] {
			if v, at := b.becomes(body, r); v != nil {
				stmts := append(append([]ir.Stmt{}, body.Stmts[:at]...), body.Stmts[at+1:]...)
				body = ir.CopyBlock(&ir.Block{At: body.At, Stmts: withoutDecl(stmts, v)}, map[*ir.Var]*ir.Var{v: r})
			}
		}
	}
	return body
}

// becomes returns the variable that the result r gets the value of, and the index of the
// statement; nil if it cannot stand for it from the start.
func (b *builder) becomes(body *ir.Block, r *ir.Var) (v *ir.Var, at int) {
	declared, returns, mentions := map[*ir.Var]int{}, 0, 0
	ir.WalkStmts(body, func(s ir.Stmt) {
		if _, ok := s.(*ir.Return); ok {
			returns++
		}
		for _, d := range ir.Defined(s) {
			declared[d]++
		}
		reads, places := ir.Exprs(s)
		for _, e := range append(append([]ir.Expr{}, reads...), places...) {
			if e != nil && ir.Mentions(e, r) {
				mentions++
			}
		}
	})
	for i, s := range body.Stmts {
		a, ok := s.(*ir.Assign)
		if !ok || a.Define || len(a.L) != 1 {
			continue
		}
		to, ok := a.L[0].(*ir.Ref)
		from, plain := a.R[0].(*ir.Ref)
		if !ok || to.V != r || !plain || !types.Identical(from.V.Type, r.Type) || !b.vec[from.V] || b.addressed[from.V] {
			continue
		}
		rest := body.Stmts[i+1:]
		if ir.Vars(rest)[from.V] || mentions != 1 || declared[from.V] != 1 || !declaredAsZero(body.Stmts[:i], from.V) {
			return nil, 0
		}
		if n := len(body.Stmts); returns > 1 || returns == 1 && !isReturn(body.Stmts[n-1]) {
			return nil, 0
		}
		return from.V, i
	}
	return nil, 0
}

func isReturn(s ir.Stmt) bool {
	_, ok := s.(*ir.Return)
	return ok
}

// declaredAsZero reports whether v begins as zero in the list, before it is used.
func declaredAsZero(stmts []ir.Stmt, v *ir.Var) bool {
	for _, s := range stmts {
		if d, ok := s.(*ir.Decl); ok && d.V == v {
			return true
		}
	}
	return false
}

func withoutDecl(stmts []ir.Stmt, v *ir.Var) []ir.Stmt {
	var out []ir.Stmt
	for _, s := range stmts {
		if d, ok := s.(*ir.Decl); !ok || d.V != v {
			out = append(out, s)
		}
	}
	return out
}
