// Package tidy shrinks made code. Each pass is optional for correctness except
// Unused, without which Go would refuse the code.
//
// In and out: a made function, changed in place.
package tidy

import "github.com/cairn-ad/cairn/internal/ir"

// Unused removes the variables that made code declares and nothing reads, such
// as shadows of references that the reverse sweep did not come to use. With all
// set, the user's own variables count too: in a part of a function some may have
// lost their readers.
func Unused(f *ir.Func, all bool) {
	keep := map[*ir.Var]bool{}
	for _, vs := range [][]*ir.Var{f.Inputs(), f.Results} {
		for _, v := range vs {
			keep[v] = true
		}
	}
	for {
		read, assigned := map[*ir.Var]bool{}, map[*ir.Var]bool{}
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			switch s := s.(type) {
			case *ir.Decl:
				assigned[s.V] = true
			case *ir.Call:
				if s.On != nil {
					read[s.On] = true
				}
			}
			if l, ok := s.(*ir.For); ok && l.Stop != nil {
				read[l.Stop] = true
			}
			reads, places := ir.Exprs(s)
			note := func(e ir.Expr) bool {
				if r, ok := e.(*ir.Ref); ok {
					read[r.V] = true
				}
				return true
			}
			for _, e := range reads {
				ir.WalkExpr(e, note)
			}
			for _, l := range places {
				if r, plain := l.(*ir.Ref); plain {
					assigned[r.V] = true
				} else {
					ir.WalkExpr(l, note)
				}
			}
		})
		unused := map[*ir.Var]bool{}
		for v := range assigned {
			if (all || v.Kind == ir.Temp) && !read[v] && !keep[v] {
				unused[v] = true
			}
		}
		if !removeAssigns(f.Body, unused) {
			return
		}
	}
}

// removeAssigns deletes declarations of and assignments to the variables; a call
// that gives one a value stays, with a blank.
func removeAssigns(b *ir.Block, unused map[*ir.Var]bool) bool {
	changed := false
	var kept []ir.Stmt
	for _, s := range b.Stmts {
		switch s := s.(type) {
		case *ir.Decl:
			if unused[s.V] {
				changed = true
				continue
			}
		case *ir.Assign:
			var ls, rs []ir.Expr
			for i, l := range s.L {
				if r, ok := l.(*ir.Ref); ok && unused[r.V] {
					changed = true
					continue
				}
				ls, rs = append(ls, l), append(rs, s.R[i])
			}
			if len(ls) == 0 {
				continue
			}
			s.L, s.R = ls, rs
		case *ir.Call:
			blank := 0
			for i, l := range s.L {
				if r, ok := l.(*ir.Ref); ok && unused[r.V] {
					s.L[i] = nil
					changed = true
				}
				if s.L[i] == nil {
					blank++
				}
			}
			if blank == len(s.L) && blank > 0 {
				if s.Name == "ad.ZeroLike" {
					continue
				}
				s.L, s.Define = nil, false
			}
		}
		for _, inner := range ir.Blocks(s) {
			changed = removeAssigns(inner, unused) || changed
		}
		kept = append(kept, s)
	}
	b.Stmts = kept
	return changed
}
