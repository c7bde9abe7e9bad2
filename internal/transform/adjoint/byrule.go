package adjoint

import (
	"fmt"
	"path/filepath"

	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// This file makes calls of functions that have a rule. They are joint calls: the
// function itself runs in the forward sweep, and its adjoint by hand in the reverse
// sweep, in the state before the call.

// checkRule refuses a call whose rule has no adjoint.
func (t *transform) checkRule(c *ir.Call) {
	if !t.funcActive(c.Fn) || c.Fn.Rule.Adjoints() {
		return
	}
	t.fail(c, "call of "+last(c.Fn.Name), "the rule at "+t.where(c.Fn.Rule)+" has no adjoint", "add adjoint=g to it")
}

// where is the place of a rule, without directories.
func (t *transform) where(r *ir.Rule) string {
	at := t.prog.Fset.Position(r.Pos)
	return fmt.Sprintf("%s:%d", filepath.Base(at.Filename), at.Line)
}

// keepsSome reports whether the forward sweep puts something on the stack for the
// reverse half of a rule.
func (t *transform) keepsSome(c *ir.Call) bool {
	return c.Fn != nil && c.Fn.Rule != nil && c.Fn.Rule.Forward != nil && t.funcActive(c.Fn)
}

// forwardByRule makes the call in the forward sweep.
func (g *generator) forwardByRule(c *ir.Call, record bool) []ir.Stmt {
	rule := c.Fn.Rule
	out := append(g.snapshotBefore(c, record), g.headsBefore(c, record)...)
	out = append(out, g.savesBefore(c, c.L, record)...)
	if rule.Mirror {
		return append(out, g.mirrored(c)...)
	}
	before, was := g.headsOf(c)
	out = append(out, before...)
	if record && g.t.keepsSome(c) {
		out = append(out, g.forwardHalf(c)...)
	} else {
		out = append(out, plainCall(c))
	}
	out = append(out, g.shapes(c, was)...)
	for i, l := range c.L {
		switch {
		case l == nil || !g.act.ShadowedRefs(l):
		case rule.Same[i] < 0: // references to new memory
			out = append(out, zeroLike(g.sh.Place(l), l, c.Define))
		default:
			set := ir.Set(g.sh.Place(l), g.refValue(c.Args[rule.Same[i]]))
			set.Define = c.Define
			out = append(out, set)
		}
	}
	return out
}

// forwardHalf calls the rule's forward function and pushes what it leaves.
func (g *generator) forwardHalf(c *ir.Call) []ir.Stmt {
	rule := c.Fn.Rule
	kept := g.sh.Temp("kept", rule.Kept())
	call := &ir.Call{At: c.At, Ext: rule.Forward, Args: c.Args, Define: true}
	set := &ir.Assign{At: c.At, Define: c.Define}
	for i, r := range c.Fn.Results {
		if i >= len(c.L) || c.L[i] == nil {
			call.L = append(call.L, nil)
			continue
		}
		v := c.L[i]
		if !c.Define {
			v = &ir.Ref{V: g.sh.Temp("t", r.Type)}
			set.L, set.R = append(set.L, c.L[i]), append(set.R, v)
		}
		call.L = append(call.L, v)
	}
	call.L = append(call.L, &ir.Ref{V: kept})
	out := []ir.Stmt{call}
	if len(set.L) > 0 {
		out = append(out, set)
	}
	return append(out, g.pushOne(&ir.Ref{V: kept}))
}

// popKept pops what forwardHalf has pushed.
func (g *generator) popKept(c *ir.Call) []ir.Stmt {
	if !g.t.keepsSome(c) {
		return nil
	}
	v := g.sh.Temp("kept", c.Fn.Rule.Kept())
	if g.kept == nil {
		g.kept = map[*ir.Call]*ir.Var{}
	}
	g.kept[c] = v
	return []ir.Stmt{g.popOne(&ir.Ref{V: v}, true)}
}

// takeSeeds keeps the shadows of results that are or hold references, where they are given
// to variables that had a value before: these are about to get it back.
func (g *generator) takeSeeds(c *ir.Call) []ir.Stmt {
	if c.Fn == nil || c.Fn.Rule == nil || c.Define || !g.t.funcActive(c.Fn) {
		return nil
	}
	var out []ir.Stmt
	for i, l := range c.L {
		if l == nil || !c.Fn.Rule.Out[i] || !ir.HasRef(l.Type()) || !g.hasShadow(l) {
			continue
		}
		v := g.sh.Temp("tb", l.Type())
		if g.ruleSeeds == nil {
			g.ruleSeeds = map[ir.Expr]*ir.Var{}
		}
		g.ruleSeeds[l] = v
		out = append(out, ir.Define(v, g.sh.Place(l)))
	}
	return out
}

// mirrored makes the call, and once more with the shadows of its arguments.
func (g *generator) mirrored(c *ir.Call) []ir.Stmt {
	again := &ir.Call{At: c.At, Ext: c.Fn.Rule.Of, Rule: c.Fn.Rule, Define: c.Define, TArgs: c.Fn.TArgs, Spread: c.Fn.Variadic}
	wanted := false
	for _, l := range c.L {
		if l == nil || !g.act.ShadowedRefs(l) {
			again.L = append(again.L, nil)
			continue
		}
		wanted = true
		again.L = append(again.L, g.sh.Place(l))
	}
	out := []ir.Stmt{plainCall(c)}
	if !wanted {
		return out
	}
	var before []ir.Stmt
	sig := g.t.signatureOf(c.Fn)
	for i, p := range c.Fn.Inputs() {
		x := c.Args[i]
		if sig.shadowed(p) {
			var pre []ir.Stmt
			x, pre, _ = g.shadowArg(p, x)
			before = append(before, pre...)
		}
		again.Args = append(again.Args, x)
	}
	return append(append(out, before...), again)
}

// reverseByRule calls the adjoint by hand: the arguments with their shadows, then the
// seeds.
func (g *generator) reverseByRule(c *ir.Call, args, seeds []ir.Expr) []ir.Stmt {
	rule := c.Fn.Rule
	if rule.Mirror {
		return nil
	}
	call := &ir.Call{At: c.At, Ext: rule.Adjoint, Rule: rule, Args: args}
	if rule.Reverse != nil {
		call.Ext = rule.Reverse
		call.Args = append([]ir.Expr{&ir.Ref{V: g.kept[c]}}, args...)
	}
	for i, r := range c.Fn.Results {
		if !rule.Out[i] {
			continue
		}
		seed := seeds[0]
		seeds = seeds[1:]
		if ir.HasRef(r.Type) { // the shadow that was made when the function ran
			seed = shadow.Zero(r.Type)
			if i < len(c.L) && c.L[i] != nil && g.hasShadow(c.L[i]) {
				seed = g.sh.Place(c.L[i])
				if v := g.ruleSeeds[c.L[i]]; v != nil {
					seed = &ir.Ref{V: v}
				}
			}
		}
		call.Args = append(call.Args, seed)
	}
	return []ir.Stmt{call}
}

// byRule says how the reverse of a call under a rule is made.
func (d *Decisions) byRule(c *ir.Call) string {
	t, rule := d.t, c.Fn.Rule
	at := "rule at " + t.where(rule)
	if t.tbr.Snapshots(c) {
		at += "; snapshot of what it overwrites"
	}
	switch {
	case rule.Adjoint == nil && rule.Reverse == nil || !t.funcActive(c.Fn):
		return "restored; " + at
	case rule.Reverse != nil:
		return "by hand: " + rule.Forward.Name() + " and " + rule.Reverse.Name() + ", " + at
	}
	return "by hand: " + rule.Adjoint.Name() + ", " + at
}
