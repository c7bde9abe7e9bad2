package tangent

import (
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// derivative makes the tangent of a call of an adjoint: a call of the tangent of that.
// What it takes along the independents it needs in any case; other arguments that do not
// change are passed without a tangent.
func (g *generator) derivative(s *ir.Call) []ir.Stmt {
	if g.t.algebra != Numbers {
		g.t.diags.Add(g.t.prog.Fset, s.Pos(), "pattern of a call of "+s.Fn.Name, "what a derivative depends on is not known element by element",
			"ask for the pattern of a function without derivatives")
		return nil
	}
	d := &differ{g: g, at: s}
	inputs := s.Fn.Inputs()
	values := map[*ir.Var]ir.Expr{}
	for i, p := range inputs {
		if ir.HasFloat(p.Type) {
			if x := d.value(s.Args[i]); x != nil && !isNil(x) {
				values[p] = x
			}
		}
	}
	next, same, dot := s.Fn.Derivative.Next(func(p *ir.Var) bool { return values[p] != nil })
	at := map[*ir.Var]ir.Expr{}
	out := d.out
	for i, p := range inputs {
		at[same[p]] = s.Args[i]
		if dot[p] == nil {
			continue
		}
		x := values[p]
		if x == nil {
			var before []ir.Stmt
			before, x = g.zeros(s, s.Args[i], p)
			out = append(out, before...)
		}
		at[dot[p]] = x
	}
	c := &ir.Call{At: s.At, Fn: next, Define: s.Define}
	for _, p := range next.Inputs() {
		c.Args = append(c.Args, at[p])
	}
	left := map[*ir.Var]ir.Expr{}
	var after []ir.Stmt
	fresh := false
	for i, l := range s.L {
		r := s.Fn.Results[i]
		left[same[r]] = l
		fresh = fresh || l != nil
		if l == nil || !g.activePlace(l) {
			continue
		}
		switch {
		case dot[r] != nil:
			left[dot[r]] = g.sh.Place(l)
		case s.Define:
			after = append(after, &ir.Decl{At: s.At, V: g.sh.Var(l.(*ir.Ref).V)})
		default:
			after = append(after, ir.Set(g.sh.Place(l), shadow.Zero(l.Type())))
		}
	}
	if len(s.L) > 0 {
		for _, r := range next.Results {
			c.L = append(c.L, left[r])
		}
	}
	c.Define = s.Define && fresh
	return append(append(out, c), after...)
}

func isNil(e ir.Expr) bool {
	c, ok := e.(*ir.Const)
	return ok && c.Val == nil
}

// zeros returns the tangent of an argument that does not change, and what makes it.
func (g *generator) zeros(s ir.Stmt, arg ir.Expr, p *ir.Var) ([]ir.Stmt, ir.Expr) {
	if !ir.HasRef(p.Type) || isNil(arg) {
		return nil, shadow.Zero(p.Type)
	}
	v := g.sh.Temp("td", p.Type)
	ref := &ir.Ref{V: v}
	if a, ok := arg.(*ir.Addr); ok && ir.IsRef(p.Type) && !ir.HasRef(a.X.Type()) {
		return []ir.Stmt{ir.Define(v, &ir.New{Typ: p.Type})}, ref
	}
	return g.zeroLike(s, ref, arg, true), ref
}

// ZeroLike gives the variable b, a tangent that is to be differentiated, zeros in the
// shape of x; ok is false if that can only be done at run time.
func ZeroLike(b, x *ir.Var) (code []ir.Stmt, ok bool) {
	t := &transform{again: true, prog: &ir.Program{}}
	g := &generator{t: t}
	code = g.zeroLike(&ir.Decl{}, &ir.Ref{V: b}, &ir.Ref{V: x}, true)
	return code, len(t.diags) == 0
}
