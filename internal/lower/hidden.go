package lower

import (
	"cmp"
	"fmt"
	"go/types"
	"slices"

	"github.com/cairn-ad/cairn/internal/ir"
)

// A package-level variable that the program writes becomes a parameter of each function
// that uses it, or that calls one that does: a pointer to it, or the slice or pointer that it
// holds if nothing assigns to the variable itself. The analyses and transforms then treat it
// like any other memory. Where a function of the user is called as it is, the argument is
// left out, and so is the parameter of the derivatives that directives ask for, in which the
// variable stands for itself.

// hider makes the parameters.
type hider struct {
	l       *lowerer
	prog    *ir.Program
	hidden  map[*types.Var]bool
	pointer map[*types.Var]bool // passed by its address
	params  map[*ir.Func]map[*types.Var]*ir.Var
}

// hide turns the variables into parameters.
func (l *lowerer) hide(prog *ir.Program, hidden, assigned map[*types.Var]bool) {
	if len(hidden) == 0 {
		return
	}
	h := &hider{l: l, prog: prog, hidden: hidden, pointer: map[*types.Var]bool{}, params: map[*ir.Func]map[*types.Var]*ir.Var{}}
	for g := range hidden {
		h.pointer[g] = assigned[g] || !ir.IsRef(g.Type())
	}
	uses := h.uses()
	for _, f := range prog.Funcs {
		h.extend(f, sortedVars(uses[f]))
	}
	for _, f := range prog.Funcs {
		h.rewrite(f)
	}
}

func sortedVars(set map[*types.Var]bool) []*types.Var {
	var list []*types.Var
	for g := range set {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b *types.Var) int {
		return cmp.Or(cmp.Compare(a.Pkg().Path(), b.Pkg().Path()), cmp.Compare(a.Name(), b.Name()))
	})
	return list
}

// uses returns the variables that each function needs, for itself and for its callees.
func (h *hider) uses() map[*ir.Func]map[*types.Var]bool {
	out := map[*ir.Func]map[*types.Var]bool{}
	for _, f := range h.prog.Funcs {
		set := map[*types.Var]bool{}
		walkExprs(f.Body, func(e ir.Expr) {
			if g, ok := e.(*ir.Global); ok && h.hidden[g.Obj] {
				set[g.Obj] = true
			}
		})
		for g := range h.named(f) {
			set[g] = true
		}
		out[f] = set
	}
	for changed := true; changed; {
		changed = false
		for _, f := range h.prog.Funcs {
			for _, c := range ir.Callees(f) {
				for g := range out[c] {
					if !out[f][g] {
						out[f][g], changed = true, true
					}
				}
			}
		}
	}
	return out
}

// named returns the variables that the directives of f name.
func (h *hider) named(f *ir.Func) map[*types.Var]bool {
	out := map[*types.Var]bool{}
	if src := h.l.sources[f.Obj]; src != nil && src.dir != nil {
		for _, g := range namedGlobals(src.dir) {
			out[g] = true
		}
	}
	return out
}

// walkExprs calls do for every expression of the block.
func walkExprs(b *ir.Block, do func(ir.Expr)) {
	ir.WalkStmts(b, func(s ir.Stmt) {
		reads, places := ir.Exprs(s)
		for _, e := range append(reads, places...) {
			ir.WalkExpr(e, func(e ir.Expr) bool {
				do(e)
				return true
			})
		}
	})
}

// extend gives f its parameters.
func (h *hider) extend(f *ir.Func, list []*types.Var) {
	h.params[f] = map[*types.Var]*ir.Var{}
	for _, g := range list {
		t := g.Type()
		if h.pointer[g] {
			t = types.NewPointer(t)
		}
		taken := namesOf(f)
		if g.Pkg() == h.prog.Pkg {
			makeWay(f, g.Name(), taken)
		} else {
			makeWay(f, g.Pkg().Name(), taken)
		}
		name := g.Name()
		for i := 2; taken[name] || slices.Contains(runtimeNames, name) || g.Pkg() != h.prog.Pkg && h.prog.Pkg.Scope().Lookup(name) != nil; i++ {
			name = fmt.Sprint(g.Name(), i)
		}
		p := &ir.Var{Name: name, Type: t, Kind: ir.Param, Pos: f.Pos, Global: g}
		f.Params = append(f.Params, p)
		f.Variadic = false
		h.params[f][g] = p
	}
}

func namesOf(f *ir.Func) map[string]bool {
	taken := map[string]bool{}
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			taken[v.Name] = true
		}
	}
	return taken
}

// makeWay gives the variable of f that has the name another one: a derivative of f may name
// what it would hide.
func makeWay(f *ir.Func, name string, taken map[string]bool) {
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
		for _, v := range vs {
			if v.Name != name {
				continue
			}
			for i := 2; taken[v.Name]; i++ {
				v.Name = fmt.Sprint(name, i)
			}
			delete(taken, name)
			taken[v.Name] = true
		}
	}
}

// rewrite replaces the variables in the body of f, and passes them on.
func (h *hider) rewrite(f *ir.Func) {
	params := h.params[f]
	f.Body = ir.CopyBlockWith(f.Body, func(e ir.Expr) ir.Expr {
		switch e := e.(type) {
		case *ir.Global:
			return h.value(params, e)
		case *ir.Addr:
			if g, ok := e.X.(*ir.Global); ok && h.pointer[g.Obj] && params[g.Obj] != nil {
				return &ir.Ref{V: params[g.Obj]}
			}
		}
		return nil
	})
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		c, ok := s.(*ir.Call)
		if !ok || c.Fn == nil {
			return
		}
		for _, p := range c.Fn.Params {
			if p.Global != nil {
				c.Args = append(c.Args[:len(c.Args):len(c.Args)], &ir.Ref{V: params[p.Global]})
			}
		}
	})
}

func (h *hider) value(params map[*types.Var]*ir.Var, g *ir.Global) ir.Expr {
	p := params[g.Obj]
	switch {
	case p == nil:
		return nil
	case h.pointer[g.Obj]:
		return &ir.Deref{X: &ir.Ref{V: p}}
	}
	return &ir.Ref{V: p}
}
