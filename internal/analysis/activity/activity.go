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

// A Seed is a variable, or the component of it at Path (".Zeta", with pointers followed),
// with the memory that it leads to.
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
	// Apart, if not nil, knows better than a nil Same: it reports that two pieces of the
	// memory behind one parameter are not the same.
	Apart func(mem *alias.Info, a, b *alias.Object) bool
}

// Info is the result.
type Info struct {
	mem    *alias.Info
	eff    *effects.Info
	graph  *graph // nil once varied and useful are known
	varied alias.Set
	useful alias.Set
	shadow map[*alias.Object]bool

	anyActive, anyVaried map[setAt]bool // see anyLeaf
}

// Analyze finds the active locations of prog for all roots together.
func Analyze(prog *ir.Program, mem *alias.Info, eff *effects.Info, roots []Root) *Info {
	in := &Info{
		mem: mem, eff: eff, graph: newGraph(),
		shadow: map[*alias.Object]bool{}, anyActive: map[setAt]bool{}, anyVaried: map[setAt]bool{},
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
	in.varied = in.graph.reach(wrt, in.graph.next)
	in.useful = in.graph.reach(of, in.graph.before)
	in.graph = nil
	in.findShadows(prog, wrt, of)
	return in
}

// same lets values flow between pieces of memory that may be the same.
func (in *Info) same(r Root) {
	meet := r.Same
	if meet == nil {
		meet = in.withinOne(r)
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
						a, b := in.graph.node(x), in.graph.node(y)
						in.graph.edge(a, b)
						in.graph.edge(b, a)
					}
				}
			}
		}
	}
}

// withinOne is what Root.Same says if it is nil.
func (in *Info) withinOne(r Root) func(_ *alias.Info, a, b *alias.Object) bool {
	written := map[*alias.Object]bool{}
	for w := range in.eff.FuncWrites(r.Fn) {
		written[w.Obj] = true
	}
	return func(mem *alias.Info, a, b *alias.Object) bool {
		return a.Of == b.Of && (written[a] || written[b]) && !(r.Apart != nil && r.Apart(mem, a, b))
	}
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

// seedLocs returns the float leaves of s and of the memory that it leads to.
func (in *Info) seedLocs(s Seed) alias.Set {
	out := alias.Set{}
	for l := range in.eff.Reach(in.component(s)) {
		if ir.IsFloat(in.mem.TypeAt(l)) {
			out[l] = true
		}
	}
	return out
}

// component is where s is: behind the pointers on its Path.
func (in *Info) component(s Seed) alias.Set {
	at := alias.Set{alias.Loc{Obj: in.mem.VarObject(s.Var)}: true}
	for name := range strings.SplitSeq(strings.TrimPrefix(s.Path, "."), ".") {
		if s.Path == "" {
			break
		}
		next := alias.Set{}
		for l := range at {
			if _, ok := in.mem.TypeAt(l).Underlying().(*types.Pointer); !ok {
				next[alias.Loc{Obj: l.Obj, Path: l.Path + "." + name}] = true
				continue
			}
			for target := range in.mem.Targets(l) {
				next[alias.Loc{Obj: target.Obj, Path: target.Path + "." + name}] = true
			}
		}
		at = next
	}
	return at
}

// flow records that the value r goes to the places at.
func (in *Info) flow(at alias.Set, r ir.Expr) {
	if ir.IsFloat(r.Type()) {
		in.graph.flow(in.value(r, nil), source{at, ""})
		return
	}
	for path, deps := range in.deps(r) {
		in.graph.flow(deps, source{at, path})
	}
}

// value adds what the float e depends on differentiably.
func (in *Info) value(e ir.Expr, out []source) []source {
	switch e := e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		if places := in.mem.Places(e); ir.IsFloat(e.Type()) && len(places) > 0 {
			return append(out, source{places, ""})
		}
	case *ir.Unary:
		if ir.IsFloat(e.Type()) {
			return in.value(e.X, out)
		}
	case *ir.Binary:
		if ir.IsFloat(e.Typ) {
			return in.value(e.Y, in.value(e.X, out))
		}
	case *ir.Convert:
		if ir.IsFloat(e.Typ) {
			if !ir.IsFloat(e.X.Type()) {
				return out
			}
			return in.value(e.X, out)
		}
	case *ir.Math:
		r := rule.Lookup(e.Fn)
		if r == nil || r.Zero() || !ir.IsFloat(e.Typ) {
			return out
		}
		for i, a := range e.Args {
			if a != nil && (r.Select != "" || r.Partials[i] != "0") {
				out = in.value(a, out)
			}
		}
		return out
	}
	return append(out, in.deps(e)[""]...)
}

// deps returns, for each float component of e, what its value depends on
// differentiably.
func (in *Info) deps(e ir.Expr) map[string][]source {
	out := map[string][]source{}
	switch e := e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		places := in.mem.Places(e)
		for _, leaf := range alias.Leaves(e.Type()) {
			if ir.IsFloat(leaf.Type) {
				out[leaf.Path] = []source{{places, leaf.Path}}
			}
		}
		if f, ok := e.(*ir.Field); ok && len(places) == 0 {
			for p, s := range in.deps(f.X) {
				if rest, ok := strings.CutPrefix(p, "."+f.Var().Name()); ok {
					out[rest] = s
				}
			}
		}
	case *ir.Unary, *ir.Binary, *ir.Math:
		if ir.IsFloat(e.Type()) {
			out[""] = in.value(e, nil)
		}
	case *ir.Convert:
		if ir.IsFloat(e.Typ) {
			out[""] = in.value(e, nil)
		} else if !ir.IsFloat(e.X.Type()) {
			return in.deps(e.X)
		}
	case *ir.Composite:
		in.composite(e, out)
	case *ir.Addr:
		if c, ok := e.X.(*ir.Composite); ok {
			in.flow(in.mem.PointsTo(e), c)
		}
	}
	return out
}

func (in *Info) composite(e *ir.Composite, out map[string][]source) {
	put := func(prefix string, x ir.Expr) {
		for p, s := range in.deps(x) {
			out[prefix+p] = append(out[prefix+p], s...)
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
			in.graph.flow([]source{{in.mem.PointsTo(s.Src), leaf.Path}}, source{in.mem.PointsTo(s.Dst), leaf.Path})
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
func (in *Info) ActivePlace(e ir.Expr) bool { return in.anyLeaf(e, in.Active, in.anyActive) }

// VariedPlace is like ActivePlace for varied components.
func (in *Info) VariedPlace(e ir.Expr) bool { return in.anyLeaf(e, in.Varied, in.anyVaried) }

// Varies reports whether a float in the value of e, or in the memory that it leads to, may
// depend on an independent.
func (in *Info) Varies(e ir.Expr) bool {
	for _, targets := range in.mem.Refs(e) {
		for l := range in.eff.Reach(targets) {
			if in.varied[l] {
				return true
			}
		}
	}
	switch e := e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref, *ir.Global:
		return in.VariedPlace(e)
	}
	found := false
	ir.WalkExpr(e, func(x ir.Expr) bool {
		if x != e && !found {
			found = in.Varies(x)
		}
		return x == e
	})
	return found
}

// anyLeaf asks of the float components of the place e; answers are kept in known.
func (in *Info) anyLeaf(e ir.Expr, is func(alias.Loc) bool, known map[setAt]bool) bool {
	places := in.mem.Places(e)
	for _, leaf := range alias.Leaves(e.Type()) {
		if ir.IsFloat(leaf.Type) && anyOf(places, leaf.Path, is, known) {
			return true
		}
	}
	return false
}

func anyOf(places alias.Set, path string, is func(alias.Loc) bool, known map[setAt]bool) bool {
	key := setAt{places.Identity(), path}
	if len(places) > 1 {
		if answer, ok := known[key]; ok {
			return answer
		}
	}
	found := false
	for l := range places {
		if is(alias.Loc{Obj: l.Obj, Path: l.Path + path}) {
			found = true
			break
		}
	}
	if len(places) > 1 {
		known[key] = found
	}
	return found
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
