// Package selection takes what a loop selects out of the loop, before the program is
// differentiated. A variable that keeps the least value so far, the greatest, or one that a
// condition picks, has in the end the value of one iteration, or the one from before the loop. So
// the loop only notes in which iteration that was, and the derivative is that of this iteration:
//
//	for i := range n {                      m1, at := m, -1
//		x := g(i)                       for i := range n {
//		if x < m {                              x := g(i)
//			m = x                           if x < m1 {
//		}                                               at = i
//	}                                                       m1 = x
//	                                                }
//	                                        }
//	                                        d := m
//	                                        if at >= 0 {
//	                                                x := g(at)
//	                                                d = x
//	                                        }
//	                                        m = ad.WithValue(d, m1)
//
// [ad.WithValue] has the value of its second argument and the derivative of the first one. No
// derivative goes through the loop any more, and nothing is recorded in it: its values are as
// before, bit for bit, and g runs in reverse once.
//
// In: a program that may be changed, in single-exit form, and the facts about it. Out: the same
// program; facts have to be found anew where a loop was changed, and what was selected may have
// loops that select.
//
// [ad.WithValue]: https://pkg.go.dev/github.com/cairn-ad/cairn/ad#WithValue
package selection

import (
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/analysis/recompute"
	"github.com/cairn-ad/cairn/internal/ir"
)

// Facts are what is known of the program.
type Facts struct {
	Mem *alias.Info
	Eff *effects.Info
	Act *activity.Info
}

// Possible reports whether some loop of the program may select; it needs no facts.
func Possible(prog *ir.Program) bool {
	return slices.ContainsFunc(prog.Funcs, func(f *ir.Func) bool {
		found := false
		if differentiated(f) {
			ir.WalkStmts(f.Body, func(s ir.Stmt) {
				l, ok := s.(*ir.For)
				found = found || ok && len(updates(l)) > 0
			})
		}
		return found
	})
}

// Use changes the loops of the program that select, and reports whether there are any. Within a
// loop that was changed it looks no further.
func Use(prog *ir.Program, facts Facts) bool {
	changed := false
	for _, f := range prog.Funcs {
		if !differentiated(f) {
			continue
		}
		p := &pass{
			facts: facts, addressed: ir.Addressed(f), own: map[*alias.Object]bool{},
			made: ir.Maker{F: f, Pkgs: []*types.Package{prog.Pkg, f.Pkg}},
		}
		for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
			for _, v := range vs {
				if !p.addressed[v] {
					p.own[facts.Mem.VarObject(v)] = true
				}
			}
		}
		p.block(f.Body)
		changed = changed || p.changed
	}
	return changed
}

// differentiated reports whether the derivative of f is made from its body.
func differentiated(f *ir.Func) bool {
	return f.Body != nil && f.Rule == nil && f.Derivative == nil && !f.Passive
}

// pass is the work on one function.
type pass struct {
	facts     Facts
	addressed map[*ir.Var]bool
	own       map[*alias.Object]bool // its variables that nothing points to
	made      ir.Maker
	changed   bool
}

// block changes the loops in b.
func (p *pass) block(b *ir.Block) {
	var out []ir.Stmt
	for _, s := range b.Stmts {
		if l, ok := s.(*ir.For); ok {
			if before, after := p.loop(l); len(before) > 0 {
				out = append(append(append(out, before...), l), after...)
				p.changed = true
				continue
			}
		}
		for _, inner := range ir.Blocks(s) {
			p.block(inner)
		}
		out = append(out, s)
	}
	b.Stmts = out
}

// loop takes what l selects out of it and returns what has to stand before and behind l.
func (p *pass) loop(l *ir.For) (before, after []ir.Stmt) {
	updates := updates(l)
	if len(updates) == 0 {
		return nil, nil
	}
	c := &change{pass: p, l: l, counted: recompute.Shape(l), to: map[*ir.Var]*ir.Var{}}
	for _, u := range updates {
		u.selected = slices.DeleteFunc(u.selected, func(s selected) bool {
			return p.addressed[s.v] || !p.facts.Act.ActivePlace(&ir.Ref{V: s.v})
		})
		if len(u.selected) == 0 {
			continue
		}
		if kept, ok := p.again(l, c.counted.Index, u); ok && u.pays(kept) {
			c.update(u, kept)
		}
	}
	if len(c.to) > 0 {
		l.Cond = ir.CopyExpr(l.Cond, c.to)
		l.Body = ir.CopyBlock(l.Body, c.to)
	}
	return c.before, c.after
}
