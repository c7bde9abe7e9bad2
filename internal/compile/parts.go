package compile

import (
	"go/types"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/cairn-ad/cairn/internal/analysis/activity"
	"github.com/cairn-ad/cairn/internal/analysis/alias"
	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
	"github.com/cairn-ad/cairn/internal/transform/adjoint"
	"github.com/cairn-ad/cairn/internal/transform/shadow"
)

// A directive may name fields of a struct, as in wrt=s.U. Then the fields of s are treated
// like parameters: each is taken for memory of its own, which made code checks, and those
// that are not named are passive on entry.

// request is what a directive asks for: of f, with the fields.
type request struct {
	fn      *ir.Func
	wrt, of []activity.Seed
}

func requested(f *ir.Func, d *directive.Derivative) request {
	return request{f, seeds(f, d.Wrt), seeds(f, d.Of)}
}

// root is where the analyses start from. An output that is a parameter counts as an input,
// too: its shadow brings the derivative of the value on entry, or takes the adjoint of that.
func (r request) root() activity.Root {
	out := activity.Root{Fn: r.fn, Wrt: slices.Clone(r.wrt), Of: r.of}
	inputs := r.fn.Inputs()
	for _, s := range r.of {
		if slices.Contains(inputs, s.Var) && !slices.Contains(r.wrt, activity.Seed{Var: s.Var}) {
			out.Wrt = append(out.Wrt, s)
		}
	}
	owners := map[*ir.Var]map[*alias.Object]*field{}
	out.Apart = func(mem *alias.Info, a, b *alias.Object) bool {
		p := a.Of
		if p != b.Of || !r.partial(p) {
			return false
		}
		if owners[p] == nil {
			owners[p] = fieldsOf(mem, r.fn, p).owner
		}
		return owners[p][a] != owners[p][b]
	}
	return out
}

// separate returns what tells of memory that is behind different fields of parameters of which
// the directive names fields, so that [request.apart] has it checked; nil if there is none.
func (r request) separate(mem *alias.Info) func(a, b *alias.Object) bool {
	owner := map[*alias.Object]*field{}
	for _, p := range r.fn.Inputs() {
		if !r.partial(p) {
			continue
		}
		if fs := fieldsOf(mem, r.fn, p); !fs.moved { // else it is refused
			maps.Copy(owner, fs.owner)
		}
	}
	if len(owner) == 0 {
		return nil
	}
	return func(a, b *alias.Object) bool {
		return owner[a] != nil && owner[b] != nil && owner[a] != owner[b]
	}
}

// partial reports whether the directive names fields of p.
func (r request) partial(p *ir.Var) bool {
	of := func(s activity.Seed) bool { return s.Var == p && s.Path != "" }
	return slices.ContainsFunc(r.wrt, of) || slices.ContainsFunc(r.of, of)
}

// A field is a part of a struct parameter, or of a struct that its pointers lead to, that is
// no struct itself.
type field struct {
	path   string // ".Flow.U"
	typ    types.Type
	at     alias.Loc
	memory alias.Set // its floats, and those it leads to
	held   bool      // by the variable itself: nothing else can lead there
}

// name is the path without the first dot.
func (f *field) name() string { return f.path[1:] }

// fields are those of one parameter.
type fields struct {
	mem   *alias.Info
	fn    *ir.Func
	param *ir.Var
	list  []*field
	owner map[*alias.Object]*field // of what a field leads to
	moved bool                     // some may lead to memory that was another's on entry
}

// fieldsOf lists the fields with floats of the parameter p of f.
func fieldsOf(mem *alias.Info, f *ir.Func, p *ir.Var) *fields {
	fs := &fields{mem: mem, fn: f, param: p, owner: map[*alias.Object]*field{}}
	fs.visit(alias.Loc{Obj: mem.VarObject(p)}, p.Type, "", true)
	return fs
}

func (fs *fields) visit(at alias.Loc, t types.Type, path string, held bool) {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for v := range u.Fields() {
			if ir.HasFloat(v.Type()) {
				fs.visit(alias.Loc{Obj: at.Obj, Path: at.Path + "." + v.Name()}, v.Type(), path+"."+v.Name(), held)
			}
		}
		return
	case *types.Pointer:
		if _, ok := u.Elem().Underlying().(*types.Struct); ok {
			to := fs.mem.Targets(at)
			for target := range to {
				if len(to) > 1 || !fs.claim(target.Obj, &field{path: path}) {
					fs.moved = true
					return
				}
				fs.visit(target, u.Elem(), path, false)
			}
			return
		}
	}
	f := &field{path: path, typ: t, at: at, memory: alias.Set{}, held: held}
	fs.list = append(fs.list, f)
	fs.follow(f, at, t)
}

// follow adds the floats of a value of type t at a place, and what its references lead to.
func (fs *fields) follow(f *field, at alias.Loc, t types.Type) {
	for _, leaf := range alias.Leaves(t) {
		l := alias.Loc{Obj: at.Obj, Path: at.Path + leaf.Path}
		switch {
		case ir.IsFloat(leaf.Type):
			f.memory[l] = true
		case ir.IsRef(leaf.Type) && ir.HasFloat(leaf.Type):
			to := fs.mem.Targets(l)
			for target := range to {
				if fs.owner[target.Obj] == f && len(to) == 1 {
					continue // a type that refers to itself
				}
				if len(to) > 1 || !fs.claim(target.Obj, f) {
					fs.moved = true
					return
				}
				fs.follow(f, target, target.Obj.Type)
			}
		}
	}
}

// claim notes that f leads to o. It reports false if that is not sure to have been the
// memory behind this field, and no other, when the function was entered.
func (fs *fields) claim(o *alias.Object, f *field) bool {
	if o.Root != fs.fn || o.Of != fs.param || fs.owner[o] != nil {
		return false
	}
	fs.owner[o] = f
	return true
}

// parts tells what becomes of fields that are not named, and refuses what cannot be taken
// apart.
func (r request) parts(facts adjoint.Facts) ([]*shadow.Parts, diag.List) {
	var out []*shadow.Parts
	var diags diag.List
	used := sync.OnceValue(func() map[*alias.Object]alias.Set { return shadowsUsed(facts) })
	for _, p := range r.fn.Inputs() {
		if !r.partial(p) {
			continue
		}
		refuse := func(why string) {
			diags.Add(facts.Prog.Fset, r.fn.Pos, "wrt= or of= with fields of "+p.Name, why, "name "+p.Name+" as a whole")
		}
		fs := fieldsOf(facts.Mem, r.fn, p)
		if fs.moved {
			refuse(base(r.fn.Name) + " moves slices or pointers in it, or its type refers to itself, so that the floats of one field are not told from those of another")
			continue
		}
		s := &shadow.Parts{Param: p, Apart: r.apart(facts, fs)}
		for _, f := range fs.list {
			wrt, of := names(r.wrt, p, f), names(r.of, p, f)
			list := &s.Work
			if wrt {
				list = &s.Add
			}
			if of || wrt && !f.written(facts, r.fn) || !f.touched(used()) {
				continue
			}
			if leadsToMap(f.typ, nil) {
				refuse(base(r.fn.Name) + " writes to the map or interface in " + p.Name + f.path)
			}
			*list = append(*list, f.name())
		}
		out = append(out, s)
	}
	for _, v := range r.fn.Results {
		if r.partial(v) {
			out = append(out, &shadow.Parts{Param: v, Unseeded: r.unseeded(&ir.Ref{V: v}, "")})
		}
	}
	return out, diags
}

// unseeded lists the floats in a result, without what it leads to, that are not named.
func (r request) unseeded(place ir.Expr, path string) []ir.Expr {
	st, ok := place.Type().Underlying().(*types.Struct)
	switch {
	case path != "" && names(r.of, ir.Root(place), &field{path: path}):
		return nil
	case !ok && (ir.HasRef(place.Type()) || !ir.HasFloat(place.Type())):
		return nil
	case !ok:
		return []ir.Expr{place}
	}
	var out []ir.Expr
	for i := range st.NumFields() {
		out = append(out, r.unseeded(&ir.Field{X: place, I: i}, path+"."+st.Field(i).Name())...)
	}
	return out
}

// names reports whether one of the seeds means the field f of p.
func names(seeds []activity.Seed, p *ir.Var, f *field) bool {
	return slices.ContainsFunc(seeds, func(s activity.Seed) bool {
		return s.Var == p && (s.Path == "" || f.path == s.Path || strings.HasPrefix(f.path, s.Path+"."))
	})
}

// touched reports whether derivatives use the shadow of the field.
func (f *field) touched(used map[*alias.Object]alias.Set) bool {
	for l := range f.memory {
		for m := range used[l.Obj] {
			if l.Path == m.Path || strings.HasPrefix(l.Path, m.Path) && strings.ContainsAny(l.Path[len(m.Path):][:1], ".[") {
				return true
			}
		}
	}
	return false
}

// shadowsUsed lists, by object, the places whose shadows derivatives use: those that carry a
// derivative; those that a reference may lead to which may as well lead to one that does; and
// structs with one that does, which are read or assigned as a whole. A derivative by hand uses
// all that it gets.
func shadowsUsed(facts adjoint.Facts) map[*alias.Object]alias.Set {
	out := map[*alias.Object]alias.Set{}
	add := func(s alias.Set) {
		for l := range s {
			if out[l.Obj] == nil {
				out[l.Obj] = alias.Set{}
			}
			out[l.Obj][l] = true
		}
	}
	for _, f := range facts.Prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) { shadowsUsedIn(facts, s, add) })
	}
	return out
}

func shadowsUsedIn(facts adjoint.Facts, s ir.Stmt, add func(alias.Set)) {
	reads, places := ir.Exprs(s)
	var whole []ir.Expr
	for _, e := range append(reads, places...) {
		usedPlaces(e, func(e ir.Expr) {
			if ir.IsFloat(e.Type()) {
				if facts.Act.ActivePlace(e) {
					add(facts.Mem.Places(e))
				}
			} else {
				whole = append(whole, e)
			}
		}, func(slice ir.Expr) { add(facts.Mem.PointsTo(slice)) })
	}
	into := slices.Concat(whole, places) // if there is a derivative for one, there is for all
	switch s := s.(type) {
	case *ir.Copy:
		for _, x := range []ir.Expr{s.Dst, s.Src} {
			add(facts.Mem.PointsTo(x))
		}
	case *ir.Call:
		if s.Fn == nil || s.Fn.Rule != nil {
			for _, a := range s.Args {
				for _, to := range facts.Mem.Refs(a) {
					add(facts.Eff.Reach(to))
				}
			}
		} else {
			for _, v := range slices.Concat(s.Fn.Inputs(), s.Fn.Results) {
				into = append(into, &ir.Ref{V: v})
			}
		}
	}
	if slices.ContainsFunc(into, facts.Act.ActivePlace) {
		for _, e := range whole {
			add(facts.Mem.Places(e))
		}
	}
}

// usedPlaces calls place for the floats in e, and the structs and arrays that are used as a
// whole, and slice for slices whose elements are.
func usedPlaces(e ir.Expr, place, slice func(ir.Expr)) {
	inside := map[ir.Expr]bool{}
	ir.WalkExpr(e, func(e ir.Expr) bool {
		switch x := e.(type) {
		case *ir.Field:
			inside[x.X] = true
		case *ir.Index:
			inside[x.X] = true
		case *ir.Addr:
			inside[x.X] = true
		case *ir.SliceOf:
			inside[x.X] = true
		case *ir.Append:
			slice(x)
			ir.WalkExpr(x, func(e ir.Expr) bool {
				if _, ok := e.Type().Underlying().(*types.Slice); ok {
					slice(e)
				}
				return true
			})
		}
		switch e.(type) {
		case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		default:
			return true
		}
		switch e.Type().Underlying().(type) {
		case *types.Struct, *types.Array:
			if !inside[e] && ir.HasFloat(e.Type()) {
				place(e)
			}
		default:
			if ir.IsFloat(e.Type()) {
				place(e)
			}
		}
		return true
	})
}

// written reports whether fn writes to memory of the field, other than a variable.
func (f *field) written(facts adjoint.Facts, fn *ir.Func) bool {
	return f.among(facts, facts.Eff.FuncWrites(fn))
}

// among reports whether some of the places are in the memory behind the field; that it may be
// the memory of another field, too, does not count: see [request.apart].
func (f *field) among(facts adjoint.Facts, places alias.Set) bool {
	behind := f.behind()
	for l := range places {
		for m := range behind {
			if l.Obj == m.Obj && facts.Mem.Overlap(l, m) {
				return true
			}
		}
	}
	return false
}

// behind is the memory of the field that others may lead to.
func (f *field) behind() alias.Set {
	out := alias.Set{}
	for l := range f.memory {
		if !f.held || l.Obj != f.at.Obj {
			out[l] = true
		}
	}
	return out
}

// apart lists the fields that must not share memory, each with others: where one of the two is
// written, and where one is named and the other is not. What the function does not look at
// may be the memory of any.
func (r request) apart(facts adjoint.Facts, fs *fields) [][]string {
	var out [][]string
	used := facts.Eff.FuncReads(r.fn)
	looked := map[*field]bool{}
	for _, f := range fs.list {
		looked[f] = f.among(facts, used) || f.written(facts, r.fn)
	}
	for i, a := range fs.list {
		list := []string{a.name()}
		for _, b := range fs.list[i+1:] {
			named := [2]bool{}
			for k, f := range []*field{a, b} {
				named[k] = names(r.wrt, fs.param, f) || names(r.of, fs.param, f)
			}
			if looked[a] && looked[b] && (named[0] != named[1] || a.written(facts, r.fn) || b.written(facts, r.fn)) &&
				mayMeet(facts.Mem, a.behind(), b.behind()) {
				list = append(list, b.name())
			}
		}
		if len(list) > 1 {
			out = append(out, list)
		}
	}
	return out
}

// leadsToMap reports whether floats are reached from a value of type t by a map, or may be by
// an interface.
func leadsToMap(t types.Type, seen []types.Type) bool {
	if slices.ContainsFunc(seen, func(u types.Type) bool { return types.Identical(t, u) }) {
		return false
	}
	seen = append(seen, t)
	switch u := t.Underlying().(type) {
	case *types.Map, *types.Interface, *types.Signature:
		return true
	case *types.Slice:
		return leadsToMap(u.Elem(), seen)
	case *types.Array:
		return leadsToMap(u.Elem(), seen)
	case *types.Pointer:
		return leadsToMap(u.Elem(), seen)
	case *types.Struct:
		for v := range u.Fields() {
			if leadsToMap(v.Type(), seen) {
				return true
			}
		}
	}
	return false
}

// mayMeet reports whether the two sets may have memory in common if nothing is checked.
func mayMeet(mem *alias.Info, a, b alias.Set) bool {
	for x := range a {
		for y := range b {
			if mem.Meet(x, y) {
				return true
			}
		}
	}
	return false
}
