package tangent

import (
	"fmt"
	"path/filepath"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// byRule calls the tangent that was written by hand.
func (g *generator) byRule(s *ir.Call) []ir.Stmt {
	rule := s.Fn.Rule
	if g.t.again {
		g.t.diags.Add(g.t.prog.Fset, s.Pos(), "second derivative of a call of "+rule.Of.Name(), "the function has a rule, whose derivatives are not differentiated again",
			"write what it does in this module, without a rule")
		return nil
	}
	if rule.Mirror {
		return g.mirrored(s)
	}
	if g.t.algebra != Numbers {
		g.t.diags.Add(g.t.prog.Fset, s.Pos(), "pattern of a call of "+rule.Of.Name(), "the function has a rule, which tells the derivative, but not what depends on what",
			"write what it does in this module, without a rule")
		return nil
	}
	if rule.Tangent == nil {
		at := g.t.prog.Fset.Position(rule.Pos)
		g.t.diags.Add(g.t.prog.Fset, s.Pos(), "call of "+rule.Of.Name(),
			fmt.Sprintf("the rule at %s:%d has no tangent", filepath.Base(at.Filename), at.Line), "add tangent=f to it")
		return nil
	}
	out, args := g.dualArgs(s)
	c := &ir.Call{At: s.At, Ext: rule.Tangent, Rule: rule, Args: args, Define: s.Define}
	var after []ir.Stmt
	fresh := false
	for i, l := range s.L {
		c.L = append(c.L, l)
		fresh = fresh || l != nil
		shadowed := l != nil && g.activePlace(l)
		switch {
		case rule.Duals[i] && shadowed:
			c.L = append(c.L, g.sh.Place(l))
		case rule.Duals[i]:
			c.L = append(c.L, nil)
		case !shadowed:
		case rule.Same[i] >= 0:
			d := &differ{g: g}
			set := ir.Set(g.sh.Place(l), d.value(s.Args[rule.Same[i]]))
			set.Define = s.Define
			after = append(append(after, d.out...), set)
		case ir.HasRef(l.Type()):
			after = append(after, &ir.Call{L: []ir.Expr{g.sh.Place(l)}, Define: s.Define, Name: "ad.ZeroLike", Args: []ir.Expr{l}})
		case s.Define:
			after = append(after, &ir.Decl{At: s.At, V: g.sh.Var(l.(*ir.Ref).V)})
		default:
			after = append(after, ir.Set(g.sh.Place(l), shadow.Zero(l.Type())))
		}
	}
	c.Define = s.Define && fresh
	return append(append(out, c), after...)
}

// dualArgs lists the arguments, those with a shadow in the rule followed by it. An
// argument without a tangent gets zeros.
func (g *generator) dualArgs(s *ir.Call) (before []ir.Stmt, args []ir.Expr) {
	for i, p := range s.Fn.Inputs() {
		args = append(args, s.Args[i])
		if s.Fn.Rule.In[i] {
			pre, x := g.dual(p, s.Args[i])
			before = append(before, pre...)
			args = append(args, x)
		}
	}
	return before, args
}

// dual is the tangent of an argument.
func (g *generator) dual(p *ir.Var, a ir.Expr) (before []ir.Stmt, x ir.Expr) {
	d := &differ{g: g}
	if x := d.value(a); x != nil {
		return d.out, x
	}
	if c, ok := a.(*ir.Const); ok && c.Val == nil || !ir.HasRef(p.Type) {
		return nil, shadow.Zero(p.Type)
	}
	v := g.sh.ShadowTemp("td", p.Type)
	zero := &ir.Call{L: []ir.Expr{&ir.Ref{V: v}}, Define: true, Name: "ad.ZeroLike", Args: []ir.Expr{a}}
	if ir.IsBox(p.Type) {
		zero.Name = "ad.ZeroBoxed"
	}
	return []ir.Stmt{zero}, &ir.Ref{V: v}
}

// mirrored makes the call, and once more with the shadows of its arguments.
func (g *generator) mirrored(s *ir.Call) []ir.Stmt {
	again := &ir.Call{At: s.At, Ext: s.Fn.Rule.Of, Rule: s.Fn.Rule, Define: s.Define, TArgs: s.Fn.TArgs, Spread: s.Fn.Variadic}
	wanted := false
	for _, l := range s.L {
		if l == nil || !g.activePlace(l) {
			again.L = append(again.L, nil)
			continue
		}
		wanted = true
		again.L = append(again.L, g.sh.Place(l))
	}
	if !wanted {
		return []ir.Stmt{s}
	}
	var before []ir.Stmt
	for i, p := range s.Fn.Inputs() {
		x := s.Args[i]
		if s.Fn.Rule.In[i] {
			var pre []ir.Stmt
			pre, x = g.dual(p, x)
			before = append(before, pre...)
		}
		again.Args = append(again.Args, x)
	}
	return append(append([]ir.Stmt{s}, before...), again)
}
