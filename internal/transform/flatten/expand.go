package flatten

import (
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// expansion puts one body in the place of one call.
type expansion struct {
	in     *inliner
	c      *ir.Call
	l      *leaf
	vars   map[*ir.Var]*ir.Var // of the callee, and what they are in the caller
	args   map[*ir.Var]ir.Expr // parameters that are replaced by what is passed
	points map[*ir.Var]ir.Expr // parameters that are pointers to these places, and only read from
	made   []*ir.Var
	before []ir.Stmt // sets the parameters that have variables
	direct []bool    // the result is assigned straight to its left side
	wanted []*ir.Var // variables of the results, declared by the expansion
}

// fresh makes a variable of the caller for one of the callee.
func (x *expansion) fresh(v *ir.Var) *ir.Var {
	w := *v
	if v.Kind == ir.Temp && x.in.names.Taken(v.Name) { // of made names the number changes
		w.Name = strings.TrimRight(v.Name, "0123456789")
	}
	w.Name = x.in.names.Take(w.Name)
	if w.Name != v.Name {
		w.Bar = ""
	}
	w.Kind = ir.Temp
	x.vars[v] = &w
	x.made = append(x.made, &w)
	return &w
}

// arguments decides what stands for the parameters. What is passed takes their place
// where it is the same all the time: a constant, or a variable or a part of one that the
// body does not change.
func (x *expansion) arguments() bool {
	own := x.constants()
	for i, p := range x.l.f.Inputs() {
		arg := x.c.Args[i]
		if !types.Identical(arg.Type(), p.Type) {
			return false
		}
		if a, ok := arg.(*ir.Addr); ok {
			if !x.l.derefs[p] || !x.lasts(a.X) {
				return false
			}
			x.points[p] = a.X
			continue
		}
		if !x.l.changed[p] && !own[p] && x.lasts(arg) {
			x.args[p] = arg
			continue
		}
		if ir.HasRef(p.Type) || makes(arg) {
			return false
		}
		x.before = append(x.before, &ir.Assign{At: x.c.At, L: []ir.Expr{&ir.Ref{V: x.fresh(p)}}, R: []ir.Expr{arg}, Define: true})
	}
	return true
}

// lasts reports whether e is the same throughout the body: it writes to its own variables
// and to its results only.
func (x *expansion) lasts(e ir.Expr) bool {
	for {
		switch y := e.(type) {
		case *ir.Const:
			return true
		case *ir.Ref:
			return true
		case *ir.Field:
			e = y.X
		case *ir.Index:
			_, array := y.X.Type().Underlying().(*types.Array)
			if _, constant := y.I.(*ir.Const); !array || !constant {
				return false
			}
			e = y.X
		default:
			return false
		}
	}
}

// results decides where the results go: straight to variables that nothing in the call
// reads, or to variables of their own.
func (x *expansion) results() bool {
	x.direct = make([]bool, len(x.l.f.Results))
	for i, r := range x.l.f.Results {
		if i < len(x.c.L) && x.c.L[i] != nil {
			to, ok := x.c.L[i].(*ir.Ref)
			if !types.Identical(x.c.L[i].Type(), r.Type) {
				return false
			}
			if x.c.Define {
				x.direct[i] = true
				x.vars[r] = to.V
				x.wanted = append(x.wanted, to.V)
				continue
			}
			if ok && !x.mentioned(to.V) && !x.in.addressed()[to.V] && first(x.l.f.Body.Stmts, r) {
				x.direct[i] = true
				x.vars[r] = to.V
				continue
			}
		}
		x.wanted = append(x.wanted, x.fresh(r))
	}
	return true
}

func (x *expansion) mentioned(v *ir.Var) bool {
	return slices.ContainsFunc(x.c.Args, func(a ir.Expr) bool { return ir.Mentions(a, v) })
}

// first reports whether the list sets all of v before it reads it, whatever way it takes.
func first(stmts []ir.Stmt, v *ir.Var) bool {
	for _, s := range stmts {
		switch s := s.(type) {
		case *ir.Assign:
			for _, e := range s.R {
				if ir.Mentions(e, v) {
					return false
				}
			}
			for _, l := range s.L {
				if r, ok := l.(*ir.Ref); ok && r.V == v {
					return true
				}
				if l != nil && ir.Mentions(l, v) {
					return false
				}
			}
		case *ir.If:
			if ir.Mentions(s.Cond, v) {
				return false
			}
			if s.Else != nil && first(s.Then.Stmts, v) && first(s.Else.Stmts, v) {
				return true
			}
			if ir.Vars([]ir.Stmt{s})[v] {
				return false
			}
		}
	}
	return false
}

// rewrite is for ir.Rewrite in the body.
func (x *expansion) rewrite(e ir.Expr) ir.Expr {
	switch e := e.(type) {
	case *ir.Deref:
		if r, ok := e.X.(*ir.Ref); ok && x.points[r.V] != nil {
			return x.points[r.V]
		}
	case *ir.Ref:
		if a := x.args[e.V]; a != nil {
			return a
		}
		if w := x.vars[e.V]; w != nil {
			return &ir.Ref{V: w}
		}
	}
	return nil
}

// declare declares the variables of the results: where they are first set if the body
// begins with that, else before it.
func (x *expansion) declare(body []ir.Stmt) []ir.Stmt {
	left := slices.Clone(x.wanted)
	for i, s := range body {
		if len(left) == 0 {
			break
		}
		if a, ok := s.(*ir.Assign); ok && !a.Define && definesAll(a, left) {
			body[i] = &ir.Assign{At: a.At, L: a.L, R: a.R, Define: true, Guard: a.Guard}
			for _, l := range a.L {
				left = slices.DeleteFunc(left, func(v *ir.Var) bool { return v == l.(*ir.Ref).V })
			}
			continue
		}
		mentioned := ir.Vars([]ir.Stmt{s})
		var decls []ir.Stmt
		left = slices.DeleteFunc(left, func(v *ir.Var) bool {
			if mentioned[v] {
				decls = append(decls, &ir.Decl{At: x.c.At, V: v})
			}
			return mentioned[v]
		})
		if len(decls) > 0 {
			return append(append(slices.Clone(body[:i]), decls...), x.declareRest(body[i:], left)...)
		}
	}
	return x.declareRest(body, left)
}

// declareRest declares what is left before the statements.
func (x *expansion) declareRest(body []ir.Stmt, left []*ir.Var) []ir.Stmt {
	var out []ir.Stmt
	for _, v := range left {
		out = append(out, &ir.Decl{At: x.c.At, V: v})
	}
	return append(out, body...)
}

// definesAll reports whether a sets variables of the list, and nothing else, and reads none
// of them.
func definesAll(a *ir.Assign, list []*ir.Var) bool {
	for _, l := range a.L {
		if r, ok := l.(*ir.Ref); !ok || !slices.Contains(list, r.V) {
			return false
		}
	}
	for _, v := range list {
		if slices.ContainsFunc(a.R, func(e ir.Expr) bool { return ir.Mentions(e, v) }) {
			return false
		}
	}
	return len(a.L) > 0
}

// after assigns the results that have variables of their own.
func (x *expansion) after() []ir.Stmt {
	set := &ir.Assign{At: x.c.At}
	for i, l := range x.c.L {
		if l != nil && !x.direct[i] {
			set.L, set.R = append(set.L, l), append(set.R, &ir.Ref{V: x.vars[x.l.f.Results[i]]})
		}
	}
	if len(set.L) == 0 {
		return nil
	}
	return []ir.Stmt{set}
}
