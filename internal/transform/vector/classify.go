package vector

import (
	"github.com/cairn-ad/cairn/internal/ir"
)

// facts are what is known of one given function.
type facts struct {
	vec       map[*ir.Var]bool // the variables that have a value for each direction
	scattered map[*ir.Var]bool // pointers to shadows that do not always lead to an array
	addressed map[*ir.Var]bool // variables whose address is taken
	beside    map[*ir.Var]bool // slices whose elements hold the directions side by side
	pointed   map[*ir.Var]bool // parameters and results given by pointer: see point
}

// classify finds the variables that depend on the direction and the form of pointers to
// shadows.
func (t *transform) classify() {
	for _, f := range t.Funcs {
		t.facts[f] = &facts{vec: marked(f), scattered: map[*ir.Var]bool{}, addressed: ir.Addressed(f)}
	}
	for changed := true; changed; {
		changed = false
		for _, f := range t.Funcs {
			changed = t.spread(f) || changed
		}
	}
	for changed := true; changed; {
		changed = false
		for _, f := range t.Funcs {
			changed = t.scatter(f) || changed
		}
	}
	if !t.Plain {
		t.besides()
		t.point()
	}
}

// marked returns the shadows that f has to do with.
func marked(f *ir.Func) map[*ir.Var]bool {
	out := map[*ir.Var]bool{}
	all := ir.Vars(f.Body.Stmts)
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		if d, ok := s.(*ir.Decl); ok {
			all[d.V] = true
		}
	})
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results} {
		for _, v := range vs {
			all[v] = true
		}
	}
	for v := range all {
		if v.Shadow != ir.NoShadow {
			out[v] = true
		}
	}
	return out
}

// spread adds the temporaries that are computed from variables that depend on the
// direction.
func (t *transform) spread(f *ir.Func) bool {
	k, changed := t.facts[f], false
	note := func(l ir.Expr) {
		if r, ok := l.(*ir.Ref); ok && !k.vec[r.V] {
			if !r.V.Made {
				panic("vector: " + f.Name + ": the primal variable " + r.V.Name + " would depend on the direction")
			}
			k.vec[r.V], changed = true, true
		}
	}
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Assign:
			for i, l := range s.L {
				if k.depends(s.R[i]) {
					note(l)
				}
			}
		case *ir.Call:
			if g := t.facts[s.Fn]; s.Fn != nil && g != nil {
				for i, l := range s.L {
					if g.vec[s.Fn.Results[i]] {
						note(l)
					}
				}
				return
			}
			for _, a := range s.Args {
				if s.Rule == nil && k.depends(a) {
					for _, l := range s.L {
						note(l)
					}
				}
			}
		}
	})
	return changed
}

// depends reports whether e mentions a variable that depends on the direction.
func (k *facts) depends(e ir.Expr) bool {
	found := false
	ir.WalkExpr(e, func(e ir.Expr) bool {
		if r, ok := e.(*ir.Ref); ok && k.vec[r.V] {
			found = true
		}
		return !found
	})
	return found
}

// scatter finds parameters of callees that are pointers to the shadow of a value, and
// that some call gives a pointer to a part of other memory, such as an element of a
// slice. Then there is no array of the directions that one pointer could lead to: the
// parameter is an array of pointers, and so is one that is passed on to it.
func (t *transform) scatter(f *ir.Func) bool {
	k, changed := t.facts[f], false
	ir.WalkStmts(f.Body, func(s ir.Stmt) {
		c, ok := s.(*ir.Call)
		if !ok || c.Fn == nil || t.facts[c.Fn] == nil {
			return
		}
		g := t.facts[c.Fn]
		for i, p := range c.Fn.Inputs() {
			if p.Shadow == ir.ShadowPointer && !g.scattered[p] && !k.leadsToArray(c.Args[i]) {
				g.scattered[p], changed = true, true
			}
		}
	})
	return changed
}

// leadsToArray reports whether the pointer e leads to a shadow of which the directions
// stand side by side.
func (k *facts) leadsToArray(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Addr:
		r, ok := e.X.(*ir.Ref)
		return ok && k.vec[r.V]
	case *ir.Ref:
		return e.V.Shadow == ir.ShadowPointer && !k.scattered[e.V]
	}
	return false
}
