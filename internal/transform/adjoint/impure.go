package adjoint

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
)

// Functions that are called as they are, and that would give something else if they were
// called again, must be called once only. In the body of a loop under a schedule the
// run-time support remembers what they gave in the first run of each iteration. Elsewhere
// where code is run again they are refused.

// Impure returns why running the functions again, or what they call, may give something
// else that matters, or "".
func Impure(act *activity.Info, funcs ...*ir.Func) (why string) {
	j := &judge{act: act, gives: map[*ir.Func]bool{}}
	j.funcs(flow.Reach(funcs, ir.Callees))
	return j.why
}

// givesOther is Impure for one function whose results matter, too.
func (t *transform) givesOther(f *ir.Func) string {
	if !t.impure(f) {
		return ""
	}
	j := &judge{act: t.act, gives: map[*ir.Func]bool{}}
	j.funcs(flow.Reach([]*ir.Func{f}, ir.Callees))
	if j.why == "" && j.gives[f] {
		return "its results are others then"
	}
	return j.why
}

// impure reports whether f, or a function that it calls, makes a call that may give
// something else.
func (t *transform) impure(f *ir.Func) bool {
	if t.impures == nil {
		t.impures = t.spread(func(f *ir.Func) bool {
			found := false
			ir.WalkStmts(f.Body, func(s ir.Stmt) {
				c, ok := s.(*ir.Call)
				found = found || ok && c.Impure != ""
			})
			return found
		})
	}
	return t.impures[f]
}

// checkJoint refuses to run a callee again that would do something else then.
func (t *transform) checkJoint(c *ir.Call) {
	if !t.impure(c.Fn) {
		return
	}
	if why := Impure(t.act, c.Fn); why != "" {
		t.fail(c, "joint call of "+c.Fn.Name+", which is run again", why, "mark the call //cairn:split")
	}
}

// checkScheduled does the same for the body of a loop under a schedule. Calls that stand
// in it themselves are made once.
func (t *transform) checkScheduled(l *ir.For, nested bool) {
	ir.WalkStmts(l.Body, func(s ir.Stmt) {
		c, ok := s.(*ir.Call)
		switch {
		case !ok:
		case c.Fn != nil:
			if why := t.givesOther(c.Fn); why != "" {
				t.fail(c, "call of "+c.Fn.Name+" in a loop under a schedule, which runs it again", why,
					"make that call in the loop itself and pass what it gives, or take scheme=store")
			}
		case c.Impure != "" && !t.drawn(c):
		case c.Impure != "" && nested:
			t.fail(c, "foreign call in a loop under a schedule inside another one", c.Impure, "take scheme=store for the inner loop")
		case c.Impure != "":
			t.checkDrawn(c)
		}
	})
}

// drawn reports whether the call, in a loop under a schedule, must be made once only.
func (t *transform) drawn(c *ir.Call) bool {
	if !repeatable(c.Ext) {
		return true
	}
	f := t.owner(c)
	if f == nil {
		return true
	}
	drawn, known := t.draws[f]
	if !known {
		j := &judge{act: t.act, gives: map[*ir.Func]bool{}}
		j.funcs(map[*ir.Func]bool{f: true})
		drawn = j.why != "" || j.gives[f]
		t.draws[f] = drawn
	}
	return drawn
}

// owner returns the function that the call stands in, or nil.
func (t *transform) owner(c *ir.Call) *ir.Func {
	if t.owners == nil {
		t.owners, t.draws = map[*ir.Call]*ir.Func{}, map[*ir.Func]bool{}
		for _, f := range t.prog.Funcs {
			ir.WalkStmts(f.Body, func(s ir.Stmt) {
				if c, ok := s.(*ir.Call); ok && t.owners[c] == nil {
					t.owners[c] = f
				}
			})
		}
	}
	return t.owners[c]
}

// checkDrawn refuses a call whose effect is more than its results, or whose results may
// change afterwards.
func (t *transform) checkDrawn(c *ir.Call) {
	const do = "take scheme=store"
	for _, a := range c.Args {
		if writable(a.Type(), t.prog.Pkg) {
			t.fail(c, "foreign call in a loop under a schedule that may write to an argument", c.Impure, do)
			return
		}
	}
	for _, l := range c.L {
		if l != nil && !lasting(l.Type()) {
			t.fail(c, "foreign call in a loop under a schedule that gives a "+l.Type().String(), c.Impure, do)
			return
		}
	}
}

// writable reports whether the program can see changes of memory that a value of type t
// leads to: not that of pointers to types of others that hide what they hold.
func writable(t types.Type, pkg *types.Package) bool {
	switch u := t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Signature:
		return true
	case *types.Pointer:
		return !opaque(u.Elem(), pkg)
	case *types.Array:
		return writable(u.Elem(), pkg)
	case *types.Struct:
		if opaque(t, pkg) {
			return false
		}
		for i := range u.NumFields() {
			if writable(u.Field(i).Type(), pkg) {
				return true
			}
		}
	}
	return false
}

// opaque reports whether t is a struct of the standard library without exported fields.
func opaque(t types.Type, pkg *types.Package) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg() == pkg {
		return false
	}
	st, ok := n.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range st.NumFields() {
		if st.Field(i).Exported() {
			return false
		}
	}
	return true
}

// lasting reports whether a value of type t stays as it is when the program goes on.
func lasting(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() != types.UnsafePointer
	case *types.Array:
		return lasting(u.Elem())
	case *types.Struct:
		for i := range u.NumFields() {
			if !lasting(u.Field(i).Type()) {
				return false
			}
		}
		return true
	case *types.Interface:
		return types.Identical(t, types.Universe.Lookup("error").Type())
	}
	return false
}

// drawOnce makes the call in the first run of an iteration, and gives its results again in
// the others.
func (g *generator) drawOnce(c *ir.Call) []ir.Stmt {
	var out []ir.Stmt
	first := *c
	first.Define = false
	then := &ir.Block{Stmts: []ir.Stmt{&first}}
	again := &ir.Block{}
	for i, l := range c.L {
		if l == nil {
			continue
		}
		if c.Define {
			out = append(out, &ir.Decl{At: c.At, V: l.(*ir.Ref).V})
		}
		loop := &ir.Ref{V: g.drawing}
		then.Stmts = append(then.Stmts, &ir.Call{Name: "ad.Note", Args: []ir.Expr{loop, c.L[i]}})
		again.Stmts = append(again.Stmts, &ir.Call{L: []ir.Expr{l}, Name: "ad.Recall", TArgs: []types.Type{l.Type()}, Args: []ir.Expr{loop}})
	}
	fresh := g.sh.Temp("fresh", types.Typ[types.Bool])
	out = append(out, &ir.Call{L: []ir.Expr{&ir.Ref{V: fresh}}, Define: true, Name: "Fresh", On: g.drawing})
	branch := &ir.If{At: c.At, Cond: &ir.Ref{V: fresh}, Then: then}
	if len(again.Stmts) > 0 {
		branch.Else = again
	}
	out = append(out, branch)
	if c.Define {
		out = append(out, g.pointedShadows(c.L)...)
	}
	return out
}
