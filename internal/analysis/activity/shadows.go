package activity

import (
	"fmt"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
)

// findShadows closes the set of objects that need a shadow: whatever a reference
// to one of them may also refer to needs one as well.
func (in *Info) findShadows(prog *ir.Program, seeds ...alias.Set) {
	for _, s := range append(seeds, in.varied) {
		for l := range s {
			if in.Active(l) || seeds[0][l] || seeds[1][l] {
				in.shadow[l.Obj] = true
			}
		}
	}
	together := in.together(prog)
	for grew := true; grew; {
		grew = false
		mark := func(o *alias.Object) {
			if !in.shadow[o] && ir.HasFloat(o.Type) {
				in.shadow[o] = true
				grew = true
			}
		}
		for _, objects := range together {
			if in.anyShadow(objects) {
				for _, o := range objects {
					mark(o)
				}
			}
		}
		for _, o := range in.mem.Objects() {
			for _, leaf := range alias.Leaves(o.Type) {
				if !ir.IsRef(leaf.Type) {
					continue
				}
				targets := in.mem.Targets(alias.Loc{Obj: o, Path: leaf.Path})
				need := false
				for t := range targets {
					need = need || in.shadow[t.Obj]
				}
				if !need {
					continue
				}
				if !in.shadow[o] {
					in.shadow[o] = true
					grew = true
				}
				for t := range targets {
					mark(t.Obj)
				}
			}
		}
	}
}

func (in *Info) anyShadow(objects []*alias.Object) bool {
	for _, o := range objects {
		if in.shadow[o] {
			return true
		}
	}
	return false
}

// together lists groups of objects of which a place in prog, reached through a
// field of what a pointer points to, may be in any: code for the shadow of such a
// place cannot tell them apart. A float counts if it is active in one of them.
func (in *Info) together(prog *ir.Program) [][]*alias.Object {
	var out [][]*alias.Object
	seen, looked := map[string]bool{}, map[alias.Identity]alias.Set{}
	add := func(places alias.Set) {
		if len(places) < 2 || looked[places.Identity()] != nil {
			return
		}
		looked[places.Identity()] = places
		var objects []*alias.Object
		var key strings.Builder
		for _, l := range places.Sorted() {
			if len(objects) == 0 || objects[len(objects)-1] != l.Obj {
				objects = append(objects, l.Obj)
				fmt.Fprint(&key, l.Obj.ID, ";")
			}
		}
		if len(objects) > 1 && !seen[key.String()] {
			seen[key.String()] = true
			out = append(out, objects)
		}
	}
	visit := func(e ir.Expr) bool {
		switch e.(type) {
		case *ir.Field, *ir.Index, *ir.Deref:
		default:
			return true
		}
		switch {
		case ir.HasRef(e.Type()) && ir.HasFloat(e.Type()):
			for _, targets := range in.mem.Refs(e) {
				add(targets)
			}
		case ir.HasFloat(e.Type()):
			if places := in.mem.Places(e); len(places) > 1 && in.ActivePlace(e) {
				add(places)
			}
		}
		return true
	}
	for _, f := range prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			reads, places := ir.Exprs(s)
			for _, e := range append(reads, places...) {
				ir.WalkExpr(e, visit)
			}
		})
	}
	return out
}
