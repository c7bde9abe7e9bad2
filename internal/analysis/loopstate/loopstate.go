// Package loopstate finds the checkpoint variables of a loop.
//
// In: a loop and what is known of memory and effects. Out: the variables and
// components, named as the program names them, that an iteration reads and some
// iteration writes — what must be saved so that the loop can go on from there.
package loopstate

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/ir"
)

// A Variable is one item of a state: a place with everything that it leads to.
type Variable struct {
	Place   ir.Expr // x, s.u
	Headers bool    // the slice or pointer itself may change, not only the contents
}

// Info answers for one program.
type Info struct {
	mem  *alias.Info
	eff  *effects.Info
	prog *ir.Program // which tells what places can be named
}

// New prepares the answers for a program.
func New(mem *alias.Info, eff *effects.Info, prog *ir.Program) *Info { return &Info{mem, eff, prog} }

// Written returns what the loop writes that an iteration also reads, or that is
// in also: the locations of its state.
func (in *Info) Written(l *ir.For, also alias.Set) alias.Set {
	reads := alias.Set{}
	for _, s := range l.Body.Stmts {
		reads.Add(in.eff.Reads(s))
	}
	if l.Stop != nil {
		reads[alias.Loc{Obj: in.mem.VarObject(l.Stop)}] = true
	}
	reads.Add(also)
	out := alias.Set{}
	for w := range in.eff.Writes(l) {
		if in.mem.OverlapAny(alias.Set{w: true}, reads) {
			out[w] = true
		}
	}
	return out
}

// State returns the checkpoint variables of l among the variables in scope, in
// their order; also names locations to be kept besides those the loop reads.
func (in *Info) State(l *ir.For, scope []*ir.Var, also alias.Set) []Variable {
	places := make([]ir.Expr, len(scope))
	for i, v := range scope {
		places[i] = &ir.Ref{V: v}
	}
	return in.Covering(places, in.Written(l, also))
}

// Covering returns components of the given places that together hold all of the
// locations in set that can be reached from them.
func (in *Info) Covering(places []ir.Expr, set alias.Set) []Variable {
	var out []Variable
	for _, p := range places {
		out = in.visit(p, set, out, nil)
	}
	return out
}

func (in *Info) visit(p ir.Expr, set alias.Set, out []Variable, outer []types.Type) []Variable {
	at := in.mem.Places(p)
	own := in.mem.OverlapAny(at, set)
	t := p.Type()
	for _, o := range outer {
		if types.Identical(o, t) { // a recursive type: keep all of it
			return append(out, Variable{Place: p, Headers: true})
		}
	}
	outer = append(outer, t)
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if in.prog.Opaque(t) {
			break // all of it
		}
		for i := range u.NumFields() {
			if u.Field(i).Name() == "_" {
				continue
			}
			out = in.visit(&ir.Field{X: p, I: i}, set, out, outer)
		}
		return out
	case *types.Pointer:
		if own || in.behind(p, set) && reaches(u.Elem(), t, nil) {
			return append(out, Variable{Place: p, Headers: true}) // all of it: a list or tree ends in nil
		}
		if in.behind(p, set) {
			return in.visit(&ir.Deref{X: p}, set, out, outer)
		}
		return out
	case *types.Slice:
		if own || in.behind(p, set) {
			return append(out, Variable{Place: p, Headers: own || ir.HasRef(u.Elem())})
		}
		return out
	case *types.Map:
		if own || in.behind(p, set) {
			return append(out, Variable{Place: p, Headers: own || ir.HasRef(u.Elem())})
		}
		return out
	}
	if own || in.inside(p, set) || in.behind(p, set) {
		return append(out, Variable{Place: p, Headers: ir.HasRef(t)})
	}
	return out
}

// inside reports whether a part of the value at p belongs to set.
func (in *Info) inside(p ir.Expr, set alias.Set) bool {
	for at := range in.mem.Places(p) {
		for _, leaf := range alias.Leaves(p.Type()) {
			if in.mem.OverlapAny(alias.Set{alias.Loc{Obj: at.Obj, Path: at.Path + leaf.Path}: true}, set) {
				return true
			}
		}
	}
	return false
}

// reaches reports whether a value of type t may lead to one of type to.
func reaches(t, to types.Type, seen []types.Type) bool {
	for _, s := range seen {
		if types.Identical(s, t) {
			return false
		}
	}
	seen = append(seen, t)
	if types.Identical(t, to) {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return reaches(u.Elem(), to, seen)
	case *types.Array:
		return reaches(u.Elem(), to, seen)
	case *types.Pointer:
		return reaches(u.Elem(), to, seen)
	case *types.Map:
		return reaches(u.Elem(), to, seen)
	case *types.Struct:
		for i := range u.NumFields() {
			if reaches(u.Field(i).Type(), to, seen) {
				return true
			}
		}
	}
	return false
}

// behind reports whether the references in the value at p lead to set.
func (in *Info) behind(p ir.Expr, set alias.Set) bool {
	for _, s := range in.mem.Refs(p) {
		if in.mem.OverlapAny(in.eff.Reach(s), set) {
			return true
		}
	}
	return false
}

// SetFirst reports whether every run through b gives the variable v a value
// before it reads it. A loop inside b may run no iteration, so it sets nothing.
func (in *Info) SetFirst(b *ir.Block, v *ir.Var) bool {
	set, read := in.first(b.Stmts, v)
	return set && !read
}

// first walks a list: whether it surely sets v whole, and whether it may read v
// before that.
func (in *Info) first(stmts []ir.Stmt, v *ir.Var) (set, read bool) {
	at := alias.Set{alias.Loc{Obj: in.mem.VarObject(v)}: true}
	for _, s := range stmts {
		switch s := s.(type) {
		case *ir.If:
			cond := alias.Set{}
			in.eff.Expr(s.Cond, cond)
			if in.mem.OverlapAny(cond, at) {
				return false, true
			}
			set1, read1 := in.first(s.Then.Stmts, v)
			set2, read2 := false, false
			if s.Else != nil {
				set2, read2 = in.first(s.Else.Stmts, v)
			}
			if read1 || read2 {
				return false, true
			}
			if set1 && set2 {
				return true, false
			}
			continue
		case *ir.Block:
			if set, read := in.first(s.Stmts, v); set || read {
				return set, read
			}
			continue
		}
		if in.mem.OverlapAny(in.eff.Reads(s), at) {
			return false, true
		}
		_, places := ir.Exprs(s)
		for _, l := range places {
			if r, ok := l.(*ir.Ref); ok && r.V == v {
				return true, false
			}
		}
	}
	return false, false
}
