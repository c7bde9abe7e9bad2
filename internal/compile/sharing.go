package compile

import (
	"go/types"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/adjoint"
	"github.com/cairn-ad/cairn/internal/transform/rest"
)

// leadsTo is the memory that references in v lead to.
func leadsTo(facts adjoint.Facts, v *ir.Var) alias.Set {
	out := alias.Set{}
	for _, s := range facts.Mem.Refs(&ir.Ref{V: v}) {
		out.Add(facts.Eff.Reach(s))
	}
	return out
}

// sharing tells which variables lead to memory that the rest of the run writes to under
// another name too. Of memory without floats only the variables themselves matter: it
// has no shadow.
func sharing(facts adjoint.Facts, cut *rest.Cut) rest.Sharing {
	writes := alias.Set{}
	for _, s := range append([]ir.Stmt{cut.Loop}, cut.After...) {
		writes.Add(facts.Eff.Writes(s))
	}
	written := func(a alias.Set, floats bool) alias.Set {
		out := alias.Set{}
		for w := range writes {
			if (!floats || ir.HasFloat(w.Obj.Type)) && facts.Mem.OverlapAny(alias.Set{w: true}, a) {
				out[w] = true
			}
		}
		return out
	}
	return rest.Sharing{
		Meet: func(a, b *ir.Var) bool {
			if plainSlice(a.Type) && plainSlice(b.Type) && facts.Mem.Disjoint(a, b) {
				return false
			}
			return facts.Mem.OverlapAny(written(leadsTo(facts, a), true), leadsTo(facts, b))
		},
		Held: func(v, by *ir.Var) bool {
			own := alias.Set{alias.Loc{Obj: facts.Mem.VarObject(v)}: true}
			return facts.Mem.OverlapAny(written(own, false), leadsTo(facts, by))
		},
	}
}

// plainSlice reports whether t is a slice whose elements lead nowhere.
func plainSlice(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	return ok && !ir.HasRef(s.Elem())
}

// same tells, for the rest of the run, which pieces of memory behind its parameters are
// one piece in the whole function.
func same(facts adjoint.Facts, cut *rest.Cut) func(mem *alias.Info, a, b *alias.Object) bool {
	var c *counterparts
	return func(mem *alias.Info, a, b *alias.Object) bool {
		if c == nil {
			c = &counterparts{whole: facts.Mem, rest: mem, of: map[*alias.Object]alias.Set{}}
			for i, g := range cut.Given {
				c.given(cut.Rest.Params[i+1], g)
			}
		}
		return facts.Mem.OverlapAny(c.of[a], c.of[b])
	}
}

// counterparts tells what memory of the whole function a piece of memory behind the
// parameters of the rest is.
type counterparts struct {
	whole, rest *alias.Info
	of          map[*alias.Object]alias.Set
}

func (c *counterparts) given(p *ir.Var, g *rest.Given) {
	at := alias.Loc{Obj: c.rest.VarObject(p)}
	if !g.Joined() {
		c.visit(at, alias.Set{alias.Loc{Obj: c.whole.VarObject(g.Vars[0])}: true}, p.Type)
		return
	}
	for target := range c.rest.Targets(at) { // the struct
		for i, v := range g.Vars {
			field := alias.Loc{Obj: target.Obj, Path: target.Path + "." + v.Name}
			own := alias.Set{alias.Loc{Obj: c.whole.VarObject(v)}: true}
			if g.ByAddress(i) {
				c.pair(field, own)
			} else {
				c.visit(field, own, v.Type)
			}
		}
	}
}

// visit pairs what the references in a value of type t lead to, which is at a place of
// the rest and at places of the whole function.
func (c *counterparts) visit(at alias.Loc, places alias.Set, t types.Type) {
	for _, leaf := range alias.Leaves(t) {
		if !ir.IsRef(leaf.Type) {
			continue
		}
		to := alias.Set{}
		for l := range places {
			to.Add(c.whole.Targets(alias.Loc{Obj: l.Obj, Path: l.Path + leaf.Path}))
		}
		c.pair(alias.Loc{Obj: at.Obj, Path: at.Path + leaf.Path}, to)
	}
}

// pair says that the reference at a place of the rest leads to locations of the whole.
func (c *counterparts) pair(at alias.Loc, to alias.Set) {
	for target := range c.rest.Targets(at) {
		if target.Obj.Root == nil {
			continue // memory of the rest's own
		}
		known := c.of[target.Obj]
		if known == nil {
			known = alias.Set{}
			c.of[target.Obj] = known
		}
		if known.Add(to) {
			c.visit(target, known, target.Obj.Type)
		}
	}
}
