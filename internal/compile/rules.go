package compile

import (
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/analysis/effects"
	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/load"
	"github.com/cairn-ad/cairn/internal/lower"
)

// rules are the rules by hand that one package sees: its own, those of the packages
// of the module that it imports, directly or not, and those of the packages of other
// modules that one of these imports.
type rules struct {
	u     *unit
	of    map[*types.Func]*directive.Rule
	from  map[*types.Package]*load.Package // of the module
	diags diag.List

	checked map[*directive.Rule]bool
	readers map[*types.Func]*ir.Rule // see reader
	touched map[*types.TypeName]bool // types of what functions with rules take
}

func collectRules(u *unit) *rules {
	r := &rules{
		u: u, of: map[*types.Func]*directive.Rule{}, from: map[*types.Package]*load.Package{}, checked: map[*directive.Rule]bool{},
		readers: map[*types.Func]*ir.Rule{}, touched: map[*types.TypeName]bool{},
	}
	seen := map[*load.Package]bool{}
	take := func(p *load.Package) {
		if seen[p] {
			return
		}
		seen[p] = true
		for _, rule := range p.Directives.Rules {
			r.add(rule)
		}
	}
	var visit func(p *load.Package)
	visit = func(p *load.Package) {
		if seen[p] {
			return
		}
		for _, q := range p.Imports {
			visit(q)
		}
		for _, q := range p.Others() {
			take(q)
		}
		take(p)
		r.from[p.Types] = p
	}
	visit(u.pkg)
	return r
}

func (r *rules) add(rule *directive.Rule) {
	of := rule.How.Of
	if old := r.of[of]; old != nil {
		r.diags.Add(r.u.pkg.Fset, rule.Pos, "//cairn:rule of "+ruleName(of), "package "+r.u.pkg.Types.Name()+
			" sees another rule for it, at "+r.u.pkg.Fset.Position(old.Pos).String(), "keep one, or do not import both")
		return
	}
	r.of[of] = rule
	for _, v := range directive.Inputs(of) {
		if obj := behind(v.Type()); obj != nil {
			r.touched[obj] = true
		}
	}
}

// takes reports whether a function with a rule takes values of the type, or pointers to them.
func (r *rules) takes(obj *types.TypeName) bool { return r.touched[obj] }

// behind is the name of t, or of what the pointer t leads to; nil if it has none.
func behind(t types.Type) *types.TypeName {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj()
	}
	return nil
}

// ruleName is f as a reader calls it.
func ruleName(f *types.Func) string { return f.Pkg().Name() + "." + directive.FuncName(f) }

// find returns the rule for f, a function as it is declared, or nil.
func (r *rules) find(f *types.Func) *ir.Rule {
	rule := r.of[f]
	if rule == nil {
		return r.reader(f)
	}
	r.learn(rule)
	r.check(rule)
	return rule.How
}

// reader returns the rule for a function that has none and gets by with none: it takes
// values that functions with rules take and code in this package cannot look into, and by
// its source it only reads and returns no floats.
func (r *rules) reader(f *types.Func) *ir.Rule {
	if rule, known := r.readers[f]; known {
		return rule
	}
	r.readers[f] = nil
	hidden := false
	inputs := directive.Inputs(f)
	for _, v := range inputs {
		t := v.Type()
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		hidden = hidden || r.touched[behind(t)] && ir.Opaque(r.u.pkg.Types, t) && ir.HasFloat(t)
	}
	sig := f.Signature()
	if !hidden || sig.TypeParams().Len()+sig.RecvTypeParams().Len() > 0 || sig.Results().Len() == 0 {
		return nil
	}
	h := &ir.Rule{
		Pos: f.Pos(), Of: f, Passive: true, In: make([]bool, len(inputs)),
		Writes: make([]bool, len(inputs)), Moves: make([]bool, len(inputs)),
	}
	for v := range sig.Results().Variables() {
		if _, basic := v.Type().Underlying().(*types.Basic); !basic || ir.IsFloat(v.Type()) {
			return nil
		}
		h.Out, h.Same = append(h.Out, false), append(h.Same, -1)
	}
	if changed := r.fromSource(f); changed != nil && !slices.Contains(changed.written, true) {
		r.readers[f] = h
	}
	return r.readers[f]
}

// checkOwn looks at the rules of the package itself, whether they are used or not.
func (r *rules) checkOwn() {
	for _, rule := range r.u.pkg.Directives.Rules {
		r.learn(rule)
		r.check(rule)
	}
}

// learn finds out which inputs a function writes through, unless the rule tells it:
// by its source, and if that cannot be read it is taken to write through all.
func (r *rules) learn(rule *directive.Rule) {
	if rule.Learnt {
		return
	}
	rule.Learnt = true
	told := rule.Known
	h := rule.How
	inputs := directive.Inputs(h.Of)
	leads := false
	for i, v := range inputs {
		if !told {
			h.Writes[i] = ir.HasRef(v.Type()) || types.IsInterface(v.Type())
		}
		h.Moves[i] = h.Writes[i] && (types.IsInterface(v.Type()) || refersToRefs(v.Type()))
		leads = leads || h.Moves[i] || h.Writes[i] && !told
	}
	h.Deep = slices.Clone(h.Writes)
	if !leads {
		return
	}
	if changed := r.fromSource(h.Of); changed != nil {
		if !told {
			copy(h.Writes, changed.written)
		}
		copy(h.Moves, changed.moved)
		copy(h.Deep, changed.deep)
	} else {
		rule.Guessed = !told
	}
}

// refersToRefs reports whether references in a value of type t lead to others.
func refersToRefs(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return ir.HasRef(u.Elem())
	case *types.Pointer:
		return ir.HasRef(u.Elem())
	case *types.Array:
		return refersToRefs(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if refersToRefs(f.Type()) {
				return true
			}
		}
	}
	return false
}

// changes tells for each input of a function whether the function writes to the memory that it
// leads to, whether it writes references there, and whether it writes to more of it than what
// a pointer itself points to.
type changes struct{ written, moved, deep []bool }

// fromSource returns the changes that f makes; nil if the source does not tell.
func (r *rules) fromSource(f *types.Func) *changes {
	root := r.from[f.Pkg()]
	if root == nil {
		if standard(f.Pkg()) {
			return nil
		}
		if root = r.u.pkg.Outside(f.Pkg()); root == nil {
			return nil
		}
	}
	in := lower.Input{Fset: root.Fset, Root: lowerPackage(root), Outside: r.u.outside, Rule: r.find}
	for _, p := range r.from {
		if p != root {
			in.Deps = append(in.Deps, lowerPackage(p))
		}
	}
	prog, diags := lower.LowerFuncs(in, []*types.Func{f})
	if len(diags) > 0 {
		return nil
	}
	fn := funcOf(prog, f)
	if fn == nil || fn.Rule != nil {
		return nil
	}
	mem := alias.Analyze(prog, []*ir.Func{fn}, always)
	eff := effects.Analyze(mem)
	writes := eff.FuncWrites(fn)
	out := &changes{}
	for _, p := range fn.Inputs() {
		w, m, d := false, false, false
		_, pointer := p.Type.Underlying().(*types.Pointer)
		for _, s := range mem.Refs(&ir.Ref{V: p}) {
			for l := range eff.Reach(s) {
				if !mem.OverlapAny(alias.Set{l: true}, writes) {
					continue
				}
				w, m = true, m || ir.IsRef(mem.TypeAt(l))
				d = d || !pointer || !within(l, s)
			}
		}
		out.written, out.moved, out.deep = append(out.written, w), append(out.moved, m), append(out.deep, d)
	}
	return out
}

// within reports whether l is one of the locations in s, or a part of one.
func within(l alias.Loc, s alias.Set) bool {
	for at := range s {
		if l.Obj == at.Obj && strings.HasPrefix(l.Path, at.Path) {
			return true
		}
	}
	return false
}

// standard reports whether p belongs to the standard library: no other path begins
// with a name without a dot, those of the module apart.
func standard(p *types.Package) bool {
	first, _, _ := strings.Cut(p.Path(), "/")
	return !strings.Contains(first, ".")
}

// check refuses a rule that loses what a function writes.
func (r *rules) check(rule *directive.Rule) {
	h := rule.How
	if r.checked[rule] {
		return
	}
	r.checked[rule] = true
	for i, v := range directive.Inputs(h.Of) {
		if h.Mirror || h.Passive || h.In[i] || !h.Writes[i] || !ir.HasFloat(v.Type()) {
			continue
		}
		what := "parameter " + v.Name() + " of " + ruleName(h.Of) + " without a shadow"
		if rule.Guessed {
			r.diags.Add(r.u.pkg.Fset, rule.Pos, what, "whether the function writes to the memory behind it is not known",
				"follow it by its shadow, or list with writes= the parameters that are written, writes=none if there are none")
			continue
		}
		r.diags.Add(r.u.pkg.Fset, rule.Pos, what, "the function writes to the memory behind it, and what that means for its adjoint is not said", "follow it by its shadow")
	}
}
