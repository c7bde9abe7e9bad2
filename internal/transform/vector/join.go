package vector

import (
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// join makes one of loops over the directions that follow each other, or that have
// between them only what the first can be moved past. As a direction has nothing to do
// with another, the order in which their statements run does not matter.
func (b *builder) join(stmts []ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	open := -1 // the loop in out to which the next one can be joined
	for _, s := range stmts {
		l, _ := s.(*ir.For)
		how := b.loops[l]
		switch {
		case how == nil:
			out = append(out, s)
			if open >= 0 && !b.passes(out[open].(*ir.For), s) {
				open = -1
			}
		case how.alone:
			out, open = append(out, s), -1
		case open < 0:
			out = append(out, s)
			open = len(out) - 1
		default:
			out = b.joined(out, open, l)
			open = len(out) - 1
		}
	}
	return out
}

// joined moves the loop at the index open to the end of the list and appends the body of
// l. Comments on the statements of the two go with them.
func (b *builder) joined(out []ir.Stmt, open int, l *ir.For) []ir.Stmt {
	first := out[open].(*ir.For)
	from := open
	if !b.loops[first].told {
		for from > 0 && onStatement(out[from-1]) {
			from--
		}
	}
	body := append(append([]ir.Stmt{}, out[from:open]...), first.Body.Stmts...)
	between := out[open+1:]
	end := len(between)
	for end > 0 && onStatement(between[end-1]) {
		end--
	}
	body = append(append(body, between[end:]...), l.Body.Stmts...)
	first.Body = &ir.Block{Stmts: body}
	how := b.loops[first]
	how.told, how.pure = true, how.pure && b.loops[l].pure
	return append(append(out[:from:from], between[:end]...), first)
}

// onStatement reports whether s is a comment that belongs to what follows it.
func onStatement(s ir.Stmt) bool {
	c, ok := s.(*ir.Comment)
	return ok && !section(c)
}

// section reports whether the comment divides a function.
func section(c *ir.Comment) bool { return c.Text == "" || strings.HasSuffix(c.Text, "sweep.") }

// passes reports whether the loop over the directions can be run after s, a statement of
// the primal, instead of before it. As the loop only changes derivatives, s does not
// depend on it.
func (b *builder) passes(l *ir.For, s ir.Stmt) bool {
	mentions := ir.Vars(l.Body.Stmts)
	pure := b.loops[l].pure
	may := func(places []ir.Expr) bool { // assign to these
		for _, p := range places {
			if p == nil {
				continue
			}
			if memory(p) {
				if !pure {
					return false
				}
				continue
			}
			if v := ir.Root(p); v == nil || mentions[v] || b.vec[v] || b.addressed[v] && !pure {
				return false
			}
		}
		return true
	}
	if _, comment := s.(*ir.Comment); !comment && b.concerned(s) {
		return false
	}
	switch s := s.(type) {
	case *ir.Comment:
		return !section(s)
	case *ir.Decl:
		return !mentions[s.V]
	case *ir.Assign:
		return (pure || !ir.Appends(s.R)) && may(s.L)
	case *ir.Copy:
		return pure && may([]ir.Expr{s.N})
	case *ir.Call:
		name := strings.TrimPrefix(s.Name, "ad.")
		if strings.HasPrefix(name, "Push") || strings.HasPrefix(name, "Pop") {
			return may(s.L) && (pure || !strings.HasPrefix(name, "Pop") || len(s.L) > 0)
		}
		if s.Name != "" || !pure {
			return false
		}
		for _, a := range s.Args {
			if x, ok := a.(*ir.Addr); ok && mentions[ir.Root(x.X)] {
				return false
			}
		}
		return may(s.L)
	}
	return false
}

// withoutRepeats leaves out what was taken out of an earlier loop over the directions and
// has still the same value.
func (b *builder) withoutRepeats(stmts []ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	known := map[string]*ir.Var{}
	values := map[*ir.Var]ir.Expr{}
	to := map[*ir.Var]*ir.Var{}
	forget := func(lost func(e ir.Expr) bool) {
		for key, v := range known {
			if lost(values[v]) {
				delete(known, key)
			}
		}
	}
	for _, s := range stmts {
		s = renamed(s, to)
		if a, ok := s.(*ir.Assign); ok && a.Define && len(a.L) == 1 && b.hoisted[a.L[0].(*ir.Ref).V] {
			v := a.L[0].(*ir.Ref).V
			key := ir.Format(a.R[0])
			if old := known[key]; old != nil {
				to[v] = old
				continue
			}
			out = append(out, ir.Define(v, ir.Rewrite(a.R[0], func(e ir.Expr) ir.Expr {
				if old := known[ir.Format(e)]; old != nil {
					return &ir.Ref{V: old}
				}
				return nil
			})))
			known[key], values[v] = v, a.R[0]
			continue
		}
		out = append(out, s)
		switch s := s.(type) {
		case *ir.Comment, *ir.Decl:
		case *ir.Assign:
			for _, l := range s.L {
				if l == nil {
					continue
				}
				forget(func(e ir.Expr) bool { return memory(l) && b.readsMemory(e) || ir.Mentions(e, ir.Root(l)) })
				if v := ir.Root(l); v != nil && b.addressed[v] {
					forget(b.readsMemory)
				}
			}
		case *ir.For:
			if how := b.loops[s]; how == nil || how.alone {
				clear(known)
			}
		default:
			clear(known)
		}
	}
	return out
}

// readsMemory reports whether e reads what may change without being named: what is behind a slice or
// pointer, or in a variable that one may lead to.
func (b *builder) readsMemory(e ir.Expr) bool {
	reads := false
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Ref:
			reads = reads || b.addressed[e.V]
		case *ir.Index, *ir.Deref, *ir.Global:
			reads = true
		}
		return !reads
	})
	return reads
}

// renamed replaces variables in s.
func renamed(s ir.Stmt, to map[*ir.Var]*ir.Var) ir.Stmt {
	if len(to) == 0 {
		return s
	}
	return rewriteStmt(s, func(e ir.Expr) ir.Expr {
		if r, ok := e.(*ir.Ref); ok && to[r.V] != nil {
			return &ir.Ref{V: to[r.V]}
		}
		return nil
	})
}
