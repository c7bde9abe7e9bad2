package adjoint

import (
	"slices"

	"github.com/cairn-ad/cairn/internal/flow"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/optim"
)

// A joint function leaves a stack as it finds it. So one that made code calls, and no user, needs
// none of its own: it works on that of its caller, which saves the way to the pool and lets the slices
// of all lie in the same memory. Goroutines have a stack each.

// shareStacks gives joint functions the stacks of their callers.
func (t *transform) shareStacks() {
	if t.without(optim.Workspace) {
		return
	}
	s := &stackSharer{byFn: map[*ir.Func]*variant{}, shares: map[*variant]bool{}}
	for _, v := range t.order {
		s.byFn[v.fn] = v
		s.shares[v] = v.kind == jointKind && !v.wanted && v.sig.fn.Derivative == nil
	}
	for _, v := range t.order {
		s.calls(v, v.fn.Body, v.kind == jointKind || takesStack(v))
	}
	needs := map[*variant]bool{}
	flow.Stable(func() (changed bool) {
		for _, v := range t.order {
			if s.shares[v] && !needs[v] && (hasStack(v.fn.Body) || s.callsOne(v, needs)) {
				needs[v], changed = true, true
			}
		}
		return changed
	})
	for _, v := range t.order {
		s.pass(v, needs)
	}
}

type stackSharer struct {
	byFn   map[*ir.Func]*variant
	shares map[*variant]bool
}

// takesStack reports whether the last parameter of v is its stack.
func takesStack(v *variant) bool {
	n := len(v.fn.Params)
	return n > 0 && v.fn.Params[n-1] == v.st
}

// calls finds functions that cannot share a stack, since v calls them in b where it has none to give.
func (s *stackSharer) calls(v *variant, b *ir.Block, gives bool) {
	for _, stmt := range b.Stmts {
		switch stmt := stmt.(type) {
		case *ir.Call:
			if callee := s.byFn[stmt.Fn]; callee != nil && !gives {
				s.shares[callee] = false
			}
		case *ir.For:
			s.calls(v, stmt.Body, gives && stmt.Spawn == nil)
			continue
		}
		for _, inner := range ir.Blocks(stmt) {
			s.calls(v, inner, gives)
		}
	}
}

// callsOne reports whether v calls one of those that share a stack and need one.
func (s *stackSharer) callsOne(v *variant, needs map[*variant]bool) bool {
	return slices.ContainsFunc(ir.Callees(v.fn), func(f *ir.Func) bool { w := s.byFn[f]; return s.shares[w] && needs[w] })
}

// pass makes the code of v that has to do with shared stacks.
func (s *stackSharer) pass(v *variant, needs map[*variant]bool) {
	gives := s.callsOne(v, needs)
	gets := s.shares[v] && needs[v]
	if !gives && !gets {
		return
	}
	body := ir.CopyBlock(v.fn.Body, nil) // statements are shared with other functions
	v.fn.Body = body
	if gives {
		ir.WalkStmts(body, func(stmt ir.Stmt) {
			if c, ok := stmt.(*ir.Call); ok {
				if w := s.byFn[c.Fn]; s.shares[w] && needs[w] {
					c.Args = append(slices.Clone(c.Args), &ir.Ref{V: v.st})
				}
			}
		})
	}
	switch {
	case gets:
		v.fn.Params = append(slices.Clone(v.fn.Params), v.st)
		v.enter()
	case v.kind == jointKind && !hasStack(body):
		v.ownStack()
	}
}

// enter replaces the stack that v makes by a mark on that of its caller, if v makes slices on it.
func (v *variant) enter() {
	marks := false
	ir.WalkStmts(v.fn.Body, func(s ir.Stmt) {
		if a, ok := s.(*ir.Assign); ok {
			marks = marks || slices.ContainsFunc(a.R, func(e ir.Expr) bool { m, ok := e.(*ir.Make); return ok && m.In != nil })
		}
	})
	var out []ir.Stmt
	for _, s := range v.fn.Body.Stmts {
		c, ok := s.(*ir.Call)
		switch {
		case ok && c.Name == newStack:
			s = &ir.Call{Name: "Enter", On: v.st}
		case ok && c.Name == "Release" && c.On == v.st:
			s = &ir.Call{Name: "Leave", On: v.st}
		default:
			out = append(out, s)
			continue
		}
		if marks {
			out = append(out, s)
		}
	}
	v.fn.Body.Stmts = out
}
