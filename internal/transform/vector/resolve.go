package vector

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// resolve gives the variables that depend on the direction their final form. Those that
// live in the body of one loop over the directions stay as they are; the others become
// arrays, of which the loops use elements.
func (b *builder) resolve(block *ir.Block) {
	var out []ir.Stmt
	for i, s := range block.Stmts {
		l, _ := s.(*ir.For)
		if b.loops[l] == nil {
			out = append(out, b.once(s))
			continue
		}
		out = append(out, b.across(l, block.Stmts[i+1:])...)
	}
	block.Stmts = out
}

// once resolves a statement outside of the loops over the directions.
func (b *builder) once(s ir.Stmt) ir.Stmt {
	inner := ir.Blocks(s)
	if len(inner) == 0 {
		return rewriteStmt(s, b.all)
	}
	for _, block := range inner {
		b.resolve(block)
	}
	return s
}

// all is for ir.Rewrite: variables stand for all directions.
func (b *builder) all(e ir.Expr) ir.Expr {
	if a, ok := e.(*ir.Addr); ok {
		if r, ok := a.X.(*ir.Ref); ok && b.vec[r.V] && b.pointed[r.V] {
			return &ir.Ref{V: b.array(r.V)}
		}
	}
	if r, ok := e.(*ir.Ref); ok && b.vec[r.V] {
		return b.directionsOf(r.V)
	}
	return nil
}

// directionsOf is the array of the directions of v.
func (b *builder) directionsOf(v *ir.Var) ir.Expr {
	if b.pointed[v] {
		return &ir.Deref{X: &ir.Ref{V: b.array(v)}}
	}
	return &ir.Ref{V: b.array(v)}
}

// across resolves a loop over the directions; rest is what follows it in its list.
func (b *builder) across(l *ir.For, rest []ir.Stmt) []ir.Stmt {
	plain := map[*ir.Var]bool{}
	ir.WalkStmts(l.Body, func(s ir.Stmt) {
		for _, v := range ir.Defined(s) {
			plain[v] = true
		}
	})
	var out, body []ir.Stmt
	if whole := b.wholes(l, plain, rest); whole != nil {
		return whole
	}
	for _, s := range l.Body.Stmts {
		wide := false
		for _, v := range ir.Defined(s) {
			wide = wide || mentionedBefore(rest, v)
		}
		if !wide {
			body = append(body, s)
			continue
		}
		for _, v := range ir.Defined(s) {
			plain[v] = false
			out = append(out, &ir.Decl{At: ir.At{P: s.Pos()}, V: b.array(v)})
		}
		switch s := s.(type) {
		case *ir.Assign:
			if len(s.R) == 1 && isZero(s.R[0]) { // it is
				continue
			}
			body = append(body, &ir.Assign{At: s.At, L: s.L, R: s.R})
		case *ir.Call:
			c := *s
			c.Define = false
			body = append(body, &c)
		}
	}
	end := len(body)
	for end > 0 && onStatement(body[end-1]) { // on what follows
		end--
	}
	after := body[end:]
	l.Body.Stmts = body[:end]
	rewriteStmts(l.Body, func(e ir.Expr) ir.Expr { return b.one(e, plain) })
	if end > 0 {
		out = append(out, l)
	}
	return append(out, after...)
}

// wholes returns assignments of arrays for a loop over the directions that does no more
// than to assign whole variables to each other; nil for another loop.
func (b *builder) wholes(l *ir.For, plain map[*ir.Var]bool, rest []ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	for _, s := range l.Body.Stmts {
		switch s := s.(type) {
		case *ir.Comment:
			out = append(out, s)
			continue
		case *ir.Decl:
			if mentionedBefore(rest, s.V) {
				out = append(out, &ir.Decl{At: s.At, V: b.array(s.V)})
				continue
			}
		case *ir.Assign:
			if b.assignsWholes(s, plain, rest) {
				out = append(out, b.assignmentOfWholes(s))
				continue
			}
		}
		return nil
	}
	return out
}

func (b *builder) assignsWholes(s *ir.Assign, plain map[*ir.Var]bool, rest []ir.Stmt) bool {
	for i, l := range s.L {
		if b.element(l) != nil {
			if !isZero(s.R[i]) && !b.isWholeOf(s.R[i], l.Type(), plain) {
				return false
			}
			continue
		}
		to, ok := l.(*ir.Ref)
		if !ok || b.behind(to.V) || s.Define != plain[to.V] || s.Define && !mentionedBefore(rest, to.V) {
			return false
		}
		if isZero(s.R[i]) {
			continue
		}
		if !b.isWholeOf(s.R[i], to.V.Type, plain) {
			return false
		}
	}
	return true
}

// isWholeOf reports whether e is a variable, or an element of a slice with the directions
// side by side, whose values of type t for all directions are one array.
func (b *builder) isWholeOf(e ir.Expr, t types.Type, plain map[*ir.Var]bool) bool {
	if !types.Identical(e.Type(), t) {
		return false
	}
	from, ok := e.(*ir.Ref)
	return ok && b.vec[from.V] && !b.behind(from.V) && !plain[from.V] || b.element(e) != nil
}

func (b *builder) assignmentOfWholes(s *ir.Assign) ir.Stmt {
	if s.Define && len(s.L) == 1 && isZero(s.R[0]) {
		return &ir.Decl{At: s.At, V: b.array(s.L[0].(*ir.Ref).V)}
	}
	out := &ir.Assign{At: s.At, Define: s.Define}
	for i, l := range s.L {
		to := ir.Rewrite(l, b.all)
		out.L = append(out.L, to)
		if isZero(s.R[i]) {
			out.R = append(out.R, &ir.Composite{Typ: to.Type()})
		} else {
			out.R = append(out.R, ir.Rewrite(s.R[i], b.all))
		}
	}
	return out
}

// mentionedBefore reports whether the list mentions v before it declares it anew.
func mentionedBefore(stmts []ir.Stmt, v *ir.Var) bool {
	for _, s := range stmts {
		for _, d := range ir.Defined(s) {
			if d == v {
				return false
			}
		}
		if l, ok := s.(*ir.For); ok && l.Init != nil {
			for _, d := range ir.Defined(l.Init) {
				if d == v {
					return false
				}
			}
		}
		if ir.Vars([]ir.Stmt{s})[v] {
			return true
		}
	}
	return false
}

// one is for ir.Rewrite in the body of a loop over the directions.
func (b *builder) one(e ir.Expr, plain map[*ir.Var]bool) ir.Expr {
	k := &ir.Ref{V: b.k}
	is := func(e ir.Expr) *ir.Var {
		if r, ok := e.(*ir.Ref); ok && b.vec[r.V] && !plain[r.V] {
			return r.V
		}
		return nil
	}
	if d, ok := e.(*ir.Deref); ok {
		if v := is(d.X); v != nil && b.behind(v) {
			return &ir.Index{X: &ir.Deref{X: &ir.Ref{V: b.array(v)}}, I: k}
		}
		return nil
	}
	if at := b.element(e); at != nil {
		return &ir.Index{X: at, I: k}
	}
	v := is(e)
	switch {
	case v == nil:
		return nil
	case b.behind(v):
		return &ir.Addr{X: &ir.Index{X: &ir.Deref{X: &ir.Ref{V: b.array(v)}}, I: k}}
	}
	return &ir.Index{X: b.directionsOf(v), I: k}
}
