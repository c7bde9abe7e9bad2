// Package tidy shrinks made code. Each pass is optional for correctness except
// Unused, without which Go would refuse the code.
//
// In and out: a made function, changed in place; it shares no statement with any
// other.
package tidy

import "github.com/cairn-ad/cairn/internal/ir"

// Unused removes the variables that made code declares and nothing reads, such
// as shadows of references that a sweep did not come to use. One ir.Var may be
// declared in several scopes of a made function, in each sweep say; each of these
// stands for itself. The user's own variables count too: in a part of a function,
// or where a use became a constant, some have lost their readers.
func Unused(f *ir.Func) {
	u := &unused{}
	for u.changed = true; u.changed; {
		u.changed = false
		u.block(f.Body)
	}
}

type unused struct {
	changed bool
}

func (u *unused) block(b *ir.Block) {
	for i := len(b.Stmts) - 1; i >= 0; i-- {
		s := b.Stmts[i]
		for _, inner := range ir.Blocks(s) {
			u.block(inner)
		}
		for _, v := range defines(s) {
			if !readIn(b.Stmts[i+1:], v) {
				u.changed = true
				b.Stmts = append(b.Stmts[:i:i], without(b.Stmts[i:], v)...)
			}
		}
	}
}

// defines returns the variables that the statement declares in its own list.
func defines(s ir.Stmt) []*ir.Var {
	var ls []ir.Expr
	switch s := s.(type) {
	case *ir.Decl:
		return []*ir.Var{s.V}
	case *ir.Closure:
		return []*ir.Var{s.V}
	case *ir.Assign:
		if s.Define {
			ls = s.L
		}
	case *ir.Call:
		if s.Define {
			ls = s.L
		}
	}
	var out []*ir.Var
	for _, l := range ls {
		if l != nil {
			out = append(out, l.(*ir.Ref).V)
		}
	}
	return out
}

// readIn reports whether the list reads v before another declaration of v takes
// its place.
func readIn(stmts []ir.Stmt, v *ir.Var) bool {
	for _, s := range stmts {
		if reads(s, v) {
			return true
		}
		for _, d := range defines(s) {
			if d == v {
				return false
			}
		}
	}
	return false
}

// reads reports whether s, or a statement in it, reads v.
func reads(s ir.Stmt, v *ir.Var) bool {
	if c, ok := s.(*ir.Call); ok && c.On == v {
		return true
	}
	values, places := ir.Exprs(s)
	for _, e := range values {
		if ir.Mentions(e, v) {
			return true
		}
	}
	for _, l := range places {
		if _, plain := l.(*ir.Ref); !plain && ir.Mentions(l, v) {
			return true
		}
	}
	if l, ok := s.(*ir.For); ok {
		if l.Init != nil {
			if reads(l.Init, v) {
				return true
			}
			for _, d := range defines(l.Init) {
				if d == v {
					return false
				}
			}
		}
		if l.Stop == v || l.Post != nil && reads(l.Post, v) {
			return true
		}
	}
	for _, b := range ir.Blocks(s) {
		if readIn(b.Stmts, v) {
			return true
		}
	}
	return false
}

// without drops the declaration of v that the list starts with and every
// assignment to it; calls that give it a value stay, with a blank.
func without(stmts []ir.Stmt, v *ir.Var) []ir.Stmt {
	var out []ir.Stmt
	for i, s := range stmts {
		if i > 0 {
			again := false
			for _, d := range defines(s) {
				again = again || d == v
			}
			if again { // another variable from here on
				return append(out, stmts[i:]...)
			}
		}
		switch s := s.(type) {
		case *ir.Decl:
			if s.V == v {
				continue
			}
		case *ir.Closure:
			if s.V == v {
				continue
			}
		case *ir.Assign:
			if s = assignWithout(s, v); s == nil {
				continue
			}
			out = append(out, s)
			continue
		case *ir.Call:
			if s = callWithout(s, v); s == nil {
				continue
			}
			out = append(out, s)
			continue
		}
		if l, ok := s.(*ir.For); ok {
			if l.Init != nil {
				l.Init = assignWithout(l.Init, v)
			}
			if l.Post != nil {
				l.Post = assignWithout(l.Post, v)
			}
		}
		for _, b := range ir.Blocks(s) {
			b.Stmts = withoutInner(b.Stmts, v)
		}
		out = append(out, s)
	}
	return out
}

// withoutInner is without for an inner list, which does not start with the
// declaration.
func withoutInner(stmts []ir.Stmt, v *ir.Var) []ir.Stmt {
	if len(stmts) > 0 {
		for _, d := range defines(stmts[0]) {
			if d == v {
				return stmts
			}
		}
	}
	return without(stmts, v)
}

func isVar(l ir.Expr, v *ir.Var) bool {
	r, ok := l.(*ir.Ref)
	return ok && r.V == v
}

func assignWithout(s *ir.Assign, v *ir.Var) *ir.Assign {
	c := &ir.Assign{At: s.At, Define: s.Define}
	for i, l := range s.L {
		if !isVar(l, v) {
			c.L, c.R = append(c.L, l), append(c.R, s.R[i])
		}
	}
	if len(c.L) == 0 {
		return nil
	}
	return c
}

func callWithout(s *ir.Call, v *ir.Var) *ir.Call {
	c := *s
	c.L = make([]ir.Expr, len(s.L))
	kept := 0
	for i, l := range s.L {
		if l != nil && !isVar(l, v) {
			c.L[i] = l
			kept++
		}
	}
	if kept == len(s.L) {
		return s
	}
	if kept == 0 {
		if s.Name == "ad.ZeroLike" { // has no other effect
			return nil
		}
		c.L, c.Define, c.Conv = nil, false, nil
	}
	return &c
}
