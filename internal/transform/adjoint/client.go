package adjoint

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// client tells the to-be-recorded analysis what reverse code reads, by making
// that code and looking at it.
type client struct {
	t     *transform
	cache map[ir.Stmt]*uses
	gens  map[*ir.Func]*generator
	owner map[ir.Stmt]*ir.Func
}

type uses struct{ before, after []ir.Expr }

func (c *client) generatorFor(s ir.Stmt) *generator {
	if c.owner == nil {
		c.owner = map[ir.Stmt]*ir.Func{}
		for _, f := range c.t.prog.Funcs {
			ir.WalkStmts(f.Body, func(s ir.Stmt) { c.owner[s] = f })
		}
	}
	f := c.owner[s]
	if c.gens[f] == nil {
		c.gens[f] = c.t.generator(f)
	}
	return c.gens[f]
}

// Active implements tbr.Client.
func (c *client) Active(s ir.Stmt) bool {
	g := c.generatorFor(s)
	switch s := s.(type) {
	case *ir.Assign:
		for i, l := range s.L {
			if l != nil && (g.activeValue(l) || alias.IsSwap(s) && g.hasShadow(l) || g.activeLiteral(s.R[i])) {
				return true
			}
		}
	case *ir.Copy:
		return ir.HasFloat(s.Dst.Type()) && g.activeElems(s.Dst)
	case *ir.Call:
		if c.t.funcActiveCall(s) {
			return true
		}
		for _, l := range s.L {
			if l != nil && g.activeValue(l) {
				return true
			}
		}
	}
	return false
}

func (t *transform) funcActiveCall(s *ir.Call) bool { return s.Fn != nil && t.funcActive(s.Fn) }

// Joint implements tbr.Client.
func (c *client) Joint(s *ir.Call) bool { return c.t.joint(s) }

// Undone implements tbr.Client. Where slices or pointers may be replaced, those of the
// shadows are kept together with the primal ones.
func (c *client) Undone(s *ir.Call) bool {
	return c.t.keepsSome(s) && s.Fn.Rule.Undo && !slices.Contains(s.Fn.Rule.Moves, true)
}

// Before implements tbr.Client.
func (c *client) Before(s ir.Stmt) []ir.Expr { return c.uses(s).before }

// After implements tbr.Client.
func (c *client) After(s ir.Stmt) []ir.Expr { return c.uses(s).after }

func (c *client) uses(s ir.Stmt) *uses {
	if u := c.cache[s]; u != nil {
		return u
	}
	g := c.generatorFor(s)
	u := &uses{}
	switch s := s.(type) {
	case *ir.Assign:
		code, self := g.assignAdjoint(s)
		if alias.IsSwap(s) {
			code = nil // permuting back reads nothing that must be kept
		}
		u.before = g.readsOf(code, self)
		if self != nil {
			u.after = []ir.Expr{&ir.Ref{V: self}}
		}
		for i, l := range s.L { // the reverse looks into the memory that a literal made
			if l != nil && g.activeLiteral(s.R[i]) {
				u.after = append(u.after, l)
			}
		}
	case *ir.Copy:
		u.before = g.readsOf(g.copyAdjoint(s), nil)
	case *ir.Call:
		if s.Fn != nil {
			u.before = append(g.readsOf(g.callAdjoint(s), nil), s.Args...)
			u.after = g.jointSeeds(s)
		}
	case *ir.If:
		if g.rec.Again(s) {
			u.before = []ir.Expr{s.Cond}
		}
	case *ir.For:
		if k := g.rec.Counted(s); k != nil {
			u.before = []ir.Expr{k.Lo, k.Hi}
		}
	}
	c.cache[s] = u
	return u
}

// readsOf returns the primal values that made code reads, self left out.
func (g *generator) readsOf(code []ir.Stmt, self *ir.Var) []ir.Expr {
	var out []ir.Expr
	var value func(e ir.Expr)
	value = func(e ir.Expr) {
		switch x := e.(type) {
		case nil:
			return
		case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
			if v := ir.Root(e); v != nil {
				_, whole := e.(*ir.Ref)
				switch {
				case v == self && whole:
				case g.sh.IsShadow(e):
					p := g.sh.PrimalOf(e)
					if ir.IsRef(e.Type()) && isPlace(p) {
						out = append(out, p)
					} else if isPlace(p) {
						out = append(out, &ir.Addr{X: p})
					}
				case v.Kind == ir.Temp && g.sh.Made(v):
					for _, c := range ir.Children(e) {
						value(c)
					}
				default:
					out = append(out, e)
				}
				return
			}
		case *ir.Has:
			out = append(out, x)
			return
		case *ir.Addr:
			if _, lit := x.X.(*ir.Composite); !lit {
				if g.sh.IsShadow(x.X) {
					if p := g.sh.PrimalOf(x.X); isPlace(p) {
						out = append(out, &ir.Addr{X: p})
					}
				} else if v := ir.Root(x.X); v == nil || !g.sh.Made(v) {
					out = append(out, x)
				}
				return
			}
		}
		for _, c := range ir.Children(e) {
			value(c)
		}
	}
	for _, s := range code {
		ir.WalkStmt(s, func(s ir.Stmt) {
			reads, places := ir.Exprs(s)
			for _, e := range append(reads, places...) {
				value(e)
			}
		})
	}
	return out
}
