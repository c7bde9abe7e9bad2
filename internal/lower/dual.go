package lower

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// The second derivatives of a call under a rule are the first ones of its tangent by hand. So
// that tangent becomes a function of the program where they are wanted, and is differentiated
// from its source, or by a rule of its own.

// duals gives the functions with rules their tangents where these are to be differentiated:
// where roots with a Hessian need them, and functions whose derivatives are called.
func (l *lowerer) duals(roots []*types.Func) {
	seen, above := map[*ir.Func]int{}, map[*ir.Func]bool{}
	var visit func(f *ir.Func, tangents int) // of that order is the tangent which is differentiated
	visit = func(f *ir.Func, tangents int) {
		if f == nil || seen[f] > tangents {
			return
		}
		if seen[f] = tangents + 1; tangents > 0 && f.Rule != nil {
			l.dual(f)
			visit(f.Dual, tangents-1)
		}
		if d := f.Derivative; d != nil && !above[f] { // one of itself is refused later
			above[f] = true
			defer delete(above, f)
			more := 1
			if d.Kind == ir.HessianOf {
				more = 2
			}
			visit(d.Fn, tangents+more)
		}
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			if c, ok := s.(*ir.Call); ok {
				visit(c.Fn, tangents)
			}
		})
	}
	for _, obj := range roots {
		if r := l.results[obj]; r != nil {
			n := 0
			if src := l.sources[obj]; src.dir != nil && src.dir.Hessian != nil {
				n = 1
			}
			visit(r.fn, n)
		}
	}
}

// dual lowers the tangent in the rule of f, if it has one, or says why that is not possible.
func (l *lowerer) dual(f *ir.Func) {
	t := f.Rule.Tangent
	if f.Dual != nil || t == nil {
		return
	}
	if l.in.Rule != nil && l.in.Rule(l.origin(t)) != nil {
		rule := l.in.Rule(l.origin(t))
		if g := l.nameless(rule); g != nil {
			f.NoDual = l.cannotName(g)
			return
		}
		f.Dual = l.dualByRule(f, t, rule)
		return
	}
	for i, p := range f.Inputs() {
		if t := inputType(f.Obj, i); isInterface(t) && (f.Rule.In[i] || !types.Identical(t, p.Type)) {
			f.NoDual = "the type of what comes in the interface " + p.Name + " is not known there"
			return
		}
	}
	f.Dual, f.NoDual = l.dualFromSource(t)
}

// dualFromSource lowers the tangent t, or says why that is not possible.
func (l *lowerer) dualFromSource(t *types.Func) (f *ir.Func, why string) {
	if l.foreign(t) {
		l.outside(t)
	}
	src := l.sources[l.origin(t)]
	switch {
	case src == nil:
		return nil, "that has no source at hand"
	case src.passive():
		return nil, "that is marked //cairn:passive"
	case src.dir != nil && src.dir.Source != nil && src.dir.Source.Fn != nil:
		t = src.dir.Source.Fn
	}
	r := l.function(t)
	if list := r.broken(map[*lowered]bool{}); len(list) > 0 {
		return nil, sourceRefused + cause(list[0])
	}
	if r.outside || r.busy {
		return nil, "that is part of what is differentiated, or outside of it"
	}
	return r.fn, ""
}

// dualByRule makes the function that stands for the effects of t, the tangent of f, which has a
// rule.
func (l *lowerer) dualByRule(f *ir.Func, t *types.Func, rule *ir.Rule) *ir.Func {
	out := l.underRule(t, rule)
	m := &effectBody{l: l, f: out, rule: rule, names: map[string]bool{}}
	var args []ir.Expr
	for i, p := range f.Inputs() {
		args = append(args, &ir.Ref{V: p})
		if f.Rule.In[i] {
			args = append(args, &ir.Ref{V: p})
		}
	}
	m.signature(args)
	m.make()
	l.order = append(l.order, &lowered{fn: out})
	return out
}
