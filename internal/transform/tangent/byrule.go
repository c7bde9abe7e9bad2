package tangent

import (
	"cmp"
	"fmt"
	"path/filepath"

	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// byRule calls the tangent that was written by hand.
func (g *generator) byRule(s *ir.Call) []ir.Stmt {
	rule := s.Fn.Rule
	if g.t.again && !rule.Mirror && !g.differentiableRule(s) {
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
		g.t.diags.Add(g.t.prog.Fset, s.Pos(), "call of "+rule.Of.Name(), g.ruleAt(rule)+" has no tangent", "add tangent=f to it")
		return nil
	}
	out, args := g.dualArgs(s)
	c := &ir.Call{At: s.At, Ext: rule.Tangent, Rule: rule, Args: args, Define: s.Define}
	if g.t.again {
		c = &ir.Call{At: s.At, Fn: s.Fn.Dual, Args: args, Define: s.Define}
	}
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
			after = append(after, g.zeroLike(s, g.sh.Place(l), l, s.Define)...)
		case s.Define:
			after = append(after, &ir.Decl{At: s.At, V: g.sh.Var(l.(*ir.Ref).V)})
		default:
			after = append(after, ir.Set(g.sh.Place(l), shadow.Zero(l.Type())))
		}
	}
	c.Define = s.Define && fresh
	return append(append(out, c), after...)
}

// ruleAt names a rule by its place.
func (g *generator) ruleAt(r *ir.Rule) string {
	at := g.t.prog.Fset.Position(r.Pos)
	return fmt.Sprintf("the rule at %s:%d", filepath.Base(at.Filename), at.Line)
}

// differentiableRule refuses a call whose tangent by hand cannot be differentiated.
func (g *generator) differentiableRule(s *ir.Call) bool {
	rule := s.Fn.Rule
	refuse := func(why, do string) bool {
		g.t.diags.Add(g.t.prog.Fset, s.Pos(), "second derivative of a call of "+rule.Of.Name(), why, do)
		return false
	}
	for i, p := range s.Fn.Inputs() {
		if rule.Vectors != nil && !rule.Vectors[i] && rule.Deep[i] {
			return refuse("the solver changes what "+p.Name+" leads to, besides the solution", "work in local variables, or write the derivatives as a //cairn:rule")
		}
	}
	switch {
	case rule.Tangent == nil:
		return refuse(g.ruleAt(rule)+" has no tangent, from which second derivatives are made", "add tangent=f to it")
	case s.Fn.Dual == nil:
		name := directive.FuncName(rule.Tangent)
		if pkg := rule.Tangent.Pkg(); pkg != g.t.prog.Pkg {
			name = pkg.Name() + "." + name
		}
		return refuse(g.ruleAt(rule)+" has the tangent "+name+", and "+cmp.Or(s.Fn.NoDual, "that is not differentiated so often"), "write a //cairn:rule of="+name+" with an adjoint")
	}
	return true
}

// dualArgs lists the arguments, those with a shadow in the rule followed by it. An
// argument without a tangent gets zeros.
func (g *generator) dualArgs(s *ir.Call) (before []ir.Stmt, args []ir.Expr) {
	for i, p := range s.Fn.Inputs() {
		args = append(args, s.Args[i])
		if s.Fn.Rule.In[i] {
			pre, x := g.dual(s, p, s.Args[i])
			before = append(before, pre...)
			args = append(args, x)
		}
	}
	return before, args
}

// dual is the tangent of an argument.
func (g *generator) dual(s *ir.Call, p *ir.Var, a ir.Expr) (before []ir.Stmt, x ir.Expr) {
	d := &differ{g: g}
	if x := d.value(a); x != nil {
		return d.out, x
	}
	if c, ok := a.(*ir.Const); ok && c.Val == nil || !ir.HasRef(p.Type) {
		return nil, shadow.Zero(p.Type)
	}
	if g.t.again {
		before, x = g.zeros(s, a, p)
		return append(d.out, before...), x
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
	if g.t.again {
		again = &ir.Call{At: s.At, Fn: s.Fn, Define: s.Define}
	}
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
			pre, x = g.dual(s, p, x)
			before = append(before, pre...)
		}
		again.Args = append(again.Args, x)
	}
	return append(append([]ir.Stmt{s}, before...), again)
}
