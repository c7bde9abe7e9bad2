// Package activity finds which values carry derivatives.
//
// In: a program, its alias analysis and, for each root, the independent inputs
// (wrt) and the dependent outputs (of). Out: the locations that are active —
// varied, that is depending on an independent, and useful, that is influencing a
// dependent (Hascoët, Naumann & Pascual 2005) — and the objects that need a
// shadow. The flow of values is collected once as a graph; varied and useful are
// its forward and backward reach.
package activity

import (
	"go/types"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/rule"
)

// A Seed is a variable, or the component of it at Path (".Zeta"), with the
// memory that it leads to.
type Seed struct {
	Var  *ir.Var
	Path string
}

// A Root is a function whose derivative is asked for.
type Root struct {
	Fn  *ir.Func
	Wrt []Seed // inputs
	Of  []Seed // inputs that refer to outputs, and results
	// Same reports whether two pieces of the memory behind the parameters may be the
	// same. Nil says that they may if they belong to one parameter and Fn writes to
	// one of them: derivatives are made for parameters that are apart, but the parts
	// of one are its caller's business.
	Same func(mem *alias.Info, a, b *alias.Object) bool
}

// Info is the result.
type Info struct {
	mem    *alias.Info
	eff    *effects.Info
	next   map[alias.Loc]alias.Set
	prev   map[alias.Loc]alias.Set
	varied alias.Set
	useful alias.Set
	shadow map[*alias.Object]bool
}

// Analyze finds the active locations of prog for all roots together.
func Analyze(prog *ir.Program, mem *alias.Info, eff *effects.Info, roots []Root) *Info {
	in := &Info{
		mem: mem, eff: eff, next: map[alias.Loc]alias.Set{}, prev: map[alias.Loc]alias.Set{},
		shadow: map[*alias.Object]bool{},
	}
	for _, f := range prog.Funcs {
		ir.WalkStmts(f.Body, in.stmt)
	}
	wrt, of := alias.Set{}, alias.Set{}
	for _, r := range roots {
		in.same(r)
		for _, s := range r.Wrt {
			wrt.Add(in.seedLocs(s))
		}
		for _, s := range r.Of {
			of.Add(in.seedLocs(s))
		}
	}
	in.varied = reach(wrt, in.next)
	in.useful = reach(of, in.prev)
	in.findShadows(prog, wrt, of)
	return in
}

// same lets values flow between pieces of memory that may be the same.
func (in *Info) same(r Root) {
	meet := r.Same
	if meet == nil {
		meet = in.withinOne(r.Fn)
	}
	var pieces []*alias.Object
	for _, o := range in.mem.Objects() {
		if o.Root == r.Fn && ir.HasFloat(o.Type) {
			pieces = append(pieces, o)
		}
	}
	for i, a := range pieces {
		for _, b := range pieces[:i] {
			if !meet(in.mem, a, b) {
				continue
			}
			for x := range in.floats(a) {
				for y := range in.floats(b) {
					if in.mem.Overlap(x, y) {
						in.edge(x, y)
						in.edge(y, x)
					}
				}
			}
		}
	}
}

// withinOne is what Root.Same says if it is nil.
func (in *Info) withinOne(f *ir.Func) func(_ *alias.Info, a, b *alias.Object) bool {
	written := map[*alias.Object]bool{}
	for w := range in.eff.FuncWrites(f) {
		written[w.Obj] = true
	}
	return func(_ *alias.Info, a, b *alias.Object) bool { return a.Of == b.Of && (written[a] || written[b]) }
}

// floats are the float leaves of an object.
func (in *Info) floats(o *alias.Object) alias.Set {
	out := alias.Set{}
	for _, leaf := range alias.Leaves(o.Type) {
		if ir.IsFloat(leaf.Type) {
			out[alias.Loc{Obj: o, Path: leaf.Path}] = true
		}
	}
	return out
}

func reach(from alias.Set, edges map[alias.Loc]alias.Set) alias.Set {
	out := alias.Set{}
	work := from.Sorted()
	for len(work) > 0 {
		l := work[len(work)-1]
		work = work[:len(work)-1]
		if !out[l] {
			out[l] = true
			for n := range edges[l] {
				work = append(work, n)
			}
		}
	}
	return out
}

// seedLocs returns the float leaves of s and of the memory that it leads to.
func (in *Info) seedLocs(s Seed) alias.Set {
	out := alias.Set{}
	start := alias.Loc{Obj: in.mem.VarObject(s.Var), Path: s.Path}
	for l := range in.eff.Reach(alias.Set{start: true}) {
		if ir.IsFloat(in.mem.TypeAt(l)) {
			out[l] = true
		}
	}
	return out
}

func (in *Info) edge(from, to alias.Loc) {
	if in.next[from] == nil {
		in.next[from] = alias.Set{}
	}
	in.next[from][to] = true
	if in.prev[to] == nil {
		in.prev[to] = alias.Set{}
	}
	in.prev[to][from] = true
}

// flow records that the value r goes to the places at.
func (in *Info) flow(at alias.Set, r ir.Expr) {
	for path, deps := range in.deps(r) {
		for l := range at {
			to := alias.Loc{Obj: l.Obj, Path: l.Path + path}
			for d := range deps {
				in.edge(d, to)
			}
		}
	}
}

// deps returns, for each float component of e, the locations that its value
// depends on differentiably.
func (in *Info) deps(e ir.Expr) map[string]alias.Set {
	out := map[string]alias.Set{}
	scalar := func(xs ...ir.Expr) map[string]alias.Set {
		s := alias.Set{}
		for _, x := range xs {
			if x != nil {
				s.Add(in.deps(x)[""])
			}
		}
		out[""] = s
		return out
	}
	switch e := e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		places := in.mem.Places(e)
		for _, leaf := range alias.Leaves(e.Type()) {
			if ir.IsFloat(leaf.Type) {
				s := alias.Set{}
				for l := range places {
					s[alias.Loc{Obj: l.Obj, Path: l.Path + leaf.Path}] = true
				}
				out[leaf.Path] = s
			}
		}
		if f, ok := e.(*ir.Field); ok && len(places) == 0 {
			for p, s := range in.deps(f.X) {
				if rest, ok := strings.CutPrefix(p, "."+f.Var().Name()); ok {
					out[rest] = s
				}
			}
		}
	case *ir.Unary:
		if ir.IsFloat(e.Type()) {
			return scalar(e.X)
		}
	case *ir.Binary:
		if ir.IsFloat(e.Typ) {
			return scalar(e.X, e.Y)
		}
	case *ir.Convert:
		if !ir.IsFloat(e.Typ) {
			if ir.IsFloat(e.X.Type()) {
				return out
			}
			return in.deps(e.X)
		}
		if ir.IsFloat(e.X.Type()) {
			return scalar(e.X)
		}
	case *ir.Math:
		r := rule.Lookup(e.Fn)
		if r == nil || r.Zero() || !ir.IsFloat(e.Typ) {
			return out
		}
		var used []ir.Expr
		for i, a := range e.Args {
			if r.Select != "" || r.Partials[i] != "0" {
				used = append(used, a)
			}
		}
		return scalar(used...)
	case *ir.Composite:
		in.composite(e, out)
	case *ir.Addr:
		if c, ok := e.X.(*ir.Composite); ok {
			in.flow(in.mem.PointsTo(e), c)
		}
	}
	return out
}

func (in *Info) composite(e *ir.Composite, out map[string]alias.Set) {
	put := func(prefix string, x ir.Expr) {
		for p, s := range in.deps(x) {
			if out[prefix+p] == nil {
				out[prefix+p] = alias.Set{}
			}
			out[prefix+p].Add(s)
		}
	}
	for i, x := range e.Elems {
		if x == nil {
			continue
		}
		switch t := e.Typ.Underlying().(type) {
		case *types.Struct:
			put("."+t.Field(i).Name(), x)
		case *types.Array:
			put("[]", x)
		case *types.Slice:
			in.flow(in.mem.PointsTo(e), x)
		}
	}
}

func (in *Info) stmt(s ir.Stmt) {
	switch s := s.(type) {
	case *ir.Assign:
		for i, l := range s.L {
			if l == nil {
				in.deps(s.R[i])
			} else {
				in.flow(in.mem.Places(l), s.R[i])
			}
		}
	case *ir.Copy:
		elem := s.Dst.Type().Underlying().(*types.Slice).Elem()
		for _, leaf := range alias.Leaves(elem) {
			if !ir.IsFloat(leaf.Type) {
				continue
			}
			for d := range in.mem.PointsTo(s.Dst) {
				for f := range in.mem.PointsTo(s.Src) {
					in.edge(alias.Loc{Obj: f.Obj, Path: f.Path + leaf.Path}, alias.Loc{Obj: d.Obj, Path: d.Path + leaf.Path})
				}
			}
		}
	case *ir.Call:
		if s.Fn == nil {
			return
		}
		for i, formal := range s.Fn.Inputs() {
			in.flow(alias.Set{alias.Loc{Obj: in.mem.VarObject(formal)}: true}, s.Args[i])
		}
		for i, l := range s.L {
			if l != nil {
				in.flow(in.mem.Places(l), &ir.Ref{V: s.Fn.Results[i]})
			}
		}
	}
}

// Active reports whether the float at l carries a derivative.
func (in *Info) Active(l alias.Loc) bool { return in.varied[l] && in.useful[l] }

// Varied reports whether the float at l depends on an independent.
func (in *Info) Varied(l alias.Loc) bool { return in.varied[l] }

// Useful reports whether the float at l influences a dependent.
func (in *Info) Useful(l alias.Loc) bool { return in.useful[l] }

// ActivePlace reports whether any float component of the place e, the memory
// behind its references apart, carries a derivative.
func (in *Info) ActivePlace(e ir.Expr) bool { return in.anyLeaf(e, in.Active) }

// VariedPlace is like ActivePlace for varied components.
func (in *Info) VariedPlace(e ir.Expr) bool { return in.anyLeaf(e, in.Varied) }

func (in *Info) anyLeaf(e ir.Expr, is func(alias.Loc) bool) bool {
	leaves := alias.Leaves(e.Type())
	for l := range in.mem.Places(e) {
		for _, leaf := range leaves {
			if ir.IsFloat(leaf.Type) && is(alias.Loc{Obj: l.Obj, Path: l.Path + leaf.Path}) {
				return true
			}
		}
	}
	return false
}

// Shadowed reports whether the references in the value of variable v lead to
// memory with a shadow.
func (in *Info) Shadowed(v *ir.Var) bool {
	return ir.HasRef(v.Type) && in.ShadowedRefs(&ir.Ref{V: v})
}

// ShadowedRefs is Shadowed for the references in any value.
func (in *Info) ShadowedRefs(e ir.Expr) bool {
	for _, s := range in.mem.Refs(e) {
		for t := range s {
			if in.shadow[t.Obj] {
				return true
			}
		}
	}
	return false
}

// AddressShadowed reports whether v, which holds floats, is itself memory with a
// shadow: its address goes where that of an active variable may go too.
func (in *Info) AddressShadowed(v *ir.Var) bool {
	o := in.mem.VarObject(v)
	return ir.HasFloat(v.Type) && in.shadow[o] && in.mem.Shared(o)
}

// ShadowedObject reports whether o has a shadow.
func (in *Info) ShadowedObject(o *alias.Object) bool { return in.shadow[o] }
