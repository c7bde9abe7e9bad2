// Package alias tells which memory a place of the IR may denote.
//
// In: a program and its root functions. Out: Info, which maps every place to the
// locations it may be. The analysis is inclusion-based, as Andersen's (1994):
// flow- and context-insensitive, sensitive to fields and allocation sites.
// Swaps of slice headers, the idiom of every time-stepping code, would merge the
// two buffers for ever; Info.Disjoint tells them apart again.
package alias

import (
	"fmt"
	"go/types"
	"slices"
	"sort"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// An Object is a piece of memory: a variable, what a root's parameter refers to,
// or what one allocation site makes. The elements of a slice are one Object of
// the element type, whatever their number.
type Object struct {
	ID   int
	Var  *ir.Var    // the variable it is, or nil
	Root *ir.Func   // for the memory behind a parameter: its function
	Of   *ir.Var    // and the parameter
	Type types.Type // of the variable, pointee or element
	Name string     // for people: "u", "u[]", "s.u[]", "make at 12"

	elements bool // of a slice or map
	entries  bool // of a map
}

// Entries reports whether the object is what the entries of a map hold. Which keys the map has
// belongs to it.
func (o *Object) Entries() bool { return o.entries }

// Heap reports whether the object is memory that several names may reach.
func (o *Object) Heap() bool { return o.Var == nil }

// A Loc is a component of an Object: Path is a chain of ".field" and "[]" (any
// element of an array). A shorter path includes the longer ones.
type Loc struct {
	Obj  *Object
	Path string
}

func (l Loc) String() string { return l.Obj.Name + l.Path }

// A Set is a set of locations.
type Set map[Loc]bool

// Add puts every location of t into s and reports whether s grew.
func (s Set) Add(t Set) bool {
	n := len(s)
	for l := range t {
		s[l] = true
	}
	return len(s) > n
}

// Sorted returns the locations in a fixed order.
func (s Set) Sorted() []Loc {
	out := make([]Loc, 0, len(s))
	for l := range s {
		out = append(out, l)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Obj.ID != out[j].Obj.ID {
			return out[i].Obj.ID < out[j].Obj.ID
		}
		return out[i].Path < out[j].Path
	})
	return out
}

// Info is the result of the analysis.
type Info struct {
	prog    *ir.Program
	objects []*Object
	vars    map[*ir.Var]*Object
	sites   map[ir.Expr]*Object
	results map[foreignResult]*Object
	globals map[*types.Var]*Object
	pts     map[Loc]Set // what a location of reference type may refer to
	groups  map[*ir.Var]*group
	apart   map[pair]bool // formals that are disjoint at every call
	grew    bool
	pointed map[*Object]bool // filled when first asked for
	boxed   Set              // see Boxed; filled when first asked for
	known   func(a, b *ir.Var) bool
	checked func(a, b *Object) bool // see Separate

	settled   *settled // nil while the sets grow
	recursive map[*ir.Func]bool
	owner     map[*ir.Var]*ir.Func
}

// Analyze finds what every reference of the program may point to. The memory
// behind the parameters of the roots is unknown but for its type: two such
// pieces of the same type, of one root, may be the same.
//
// The function apart, if not nil, may know better: it reports that two parameters
// of a root lead to different memory.
func Analyze(prog *ir.Program, roots []*ir.Func, apart func(a, b *ir.Var) bool) *Info {
	in := &Info{
		known:   apart,
		prog:    prog,
		vars:    map[*ir.Var]*Object{},
		sites:   map[ir.Expr]*Object{},
		results: map[foreignResult]*Object{},
		globals: map[*types.Var]*Object{},
		pts:     map[Loc]Set{},
	}
	for _, f := range prog.Funcs {
		for _, vs := range [][]*ir.Var{f.Inputs(), f.Results, f.Locals} {
			for _, v := range vs {
				in.VarObject(v)
			}
		}
	}
	for _, f := range roots {
		for _, v := range f.Inputs() {
			in.paramMemory(f, v, Loc{in.vars[v], ""}, v.Type, v.Name, nil)
		}
	}
	// What flows from callees to callers needs one round in the order of the program,
	// what flows into callees one in the opposite order.
	// In all but the first only what moves references matters.
	moves := make([][]ir.Stmt, len(prog.Funcs))
	for i, f := range prog.Funcs {
		ir.WalkStmts(f.Body, func(s ir.Stmt) {
			in.stmt(s)
			if movesRefs(s) {
				moves[i] = append(moves[i], s)
			}
		})
	}
	for up := false; in.grew; up = !up {
		in.grew = false
		for i := range moves {
			if !up {
				i = len(moves) - 1 - i
			}
			for _, s := range moves[i] {
				in.stmt(s)
			}
		}
	}
	in.settle()
	in.findRecursion()
	in.findGroups(roots)
	return in
}

// movesRefs reports whether s may store a reference.
func movesRefs(s ir.Stmt) bool {
	switch s := s.(type) {
	case *ir.Assign:
		return slices.ContainsFunc(s.R, func(r ir.Expr) bool { return ir.HasRef(r.Type()) }) || slices.ContainsFunc(s.L, inMade)
	case *ir.Copy, *ir.Call:
		return true
	}
	return false
}

// inMade reports whether the place e, or nil, may be in memory that is made where it stands.
func inMade(e ir.Expr) bool {
	found := false
	if e != nil {
		ir.WalkExpr(e, func(x ir.Expr) bool {
			switch x.(type) {
			case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
			default:
				found = found || ir.HasRef(x.Type())
			}
			return !found
		})
	}
	return found
}

func (in *Info) object(o *Object) *Object {
	o.ID = len(in.objects)
	in.objects = append(in.objects, o)
	return o
}

// VarObject returns the object that is the variable v itself.
func (in *Info) VarObject(v *ir.Var) *Object {
	o := in.vars[v]
	if o == nil {
		o = in.object(&Object{Var: v, Type: v.Type, Name: v.Name})
		in.vars[v] = o
	}
	return o
}

// Objects returns every object, in a fixed order.
func (in *Info) Objects() []*Object { return in.objects }

// paramMemory gives the references inside a root's parameter something to refer
// to. A type that contains itself is tied back to its first object.
func (in *Info) paramMemory(root *ir.Func, of *ir.Var, at Loc, t types.Type, name string, outer []*Object) {
	for _, leaf := range Leaves(t) {
		var elem types.Type
		suffix := ""
		switch u := leaf.Type.Underlying().(type) {
		case *types.Slice:
			elem, suffix = u.Elem(), "[]"
		case *types.Map:
			elem, suffix = u.Elem(), "[]"
		case *types.Pointer:
			elem = u.Elem()
		default:
			continue
		}
		entries := ir.IsMap(leaf.Type)
		from := Loc{at.Obj, at.Path + leaf.Path}
		var target *Object
		for _, o := range outer {
			if types.Identical(o.Type, elem) && o.entries == entries {
				target = o
			}
		}
		if target == nil {
			target = in.object(&Object{Root: root, Of: of, Type: elem, Name: name + leaf.Path + suffix, elements: suffix != "", entries: entries})
			in.paramMemory(root, of, Loc{target, ""}, elem, target.Name, append(outer, target))
		}
		in.include(from, Set{Loc{target, ""}: true})
	}
}

func (in *Info) include(at Loc, targets Set) {
	if len(targets) == 0 {
		return
	}
	s := in.pts[at]
	if in.settled != nil && s != nil {
		if s.has(targets) {
			return
		}
		s = s.clone() // others have it, too
		in.pts[at] = s
		clear(in.settled.places)
	}
	if s == nil {
		s = Set{}
		in.pts[at] = s
	}
	if s.Add(targets) {
		in.grew = true
	}
}

// has reports whether all of t is in s.
func (s Set) has(t Set) bool {
	for l := range t {
		if !s[l] {
			return false
		}
	}
	return true
}

// Targets returns what the reference stored at l may refer to.
func (in *Info) Targets(l Loc) Set {
	if s := in.pts[l]; s != nil {
		return s
	}
	return nil
}

// A Leaf is a component of a value that is not a struct or array itself.
type Leaf struct {
	Path string
	Type types.Type
}

// Leaves lists the leaf components of a value of type t.
func Leaves(t types.Type) []Leaf {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		var out []Leaf
		for i := range u.NumFields() {
			f := u.Field(i)
			if f.Name() == "_" { // which nothing can name
				continue
			}
			for _, l := range Leaves(f.Type()) {
				out = append(out, Leaf{"." + f.Name() + l.Path, l.Type})
			}
		}
		return out
	case *types.Array:
		var out []Leaf
		for _, l := range Leaves(u.Elem()) {
			out = append(out, Leaf{"[]" + l.Path, l.Type})
		}
		return out
	}
	return []Leaf{{"", t}}
}

// Places returns the locations that the place e may denote (not their leaves). The set is
// not to be changed, nor are those that the other questions give.
func (in *Info) Places(e ir.Expr) Set {
	switch e := e.(type) {
	case *ir.Ref:
		return in.variable(e.V)
	case *ir.Field, *ir.Index, *ir.Deref:
		if in.settled == nil {
			return in.findPlaces(e)
		}
		s, ok := in.settled.places[e]
		if !ok {
			s = in.settled.one(in.findPlaces(e))
			in.settled.places[e] = s
		}
		return s
	}
	return in.findPlaces(e)
}

func (in *Info) findPlaces(e ir.Expr) Set {
	switch e := e.(type) {
	case *ir.Global:
		if in.Refs(e); isArray(e.Type()) {
			in.global(e.Obj)
		}
		if o := in.globals[e.Obj]; o != nil {
			return Set{Loc{o, ""}: true}
		}
		return nil
	case *ir.Field:
		return in.extend(e.X, "."+e.Var().Name())
	case *ir.Index:
		if _, ok := e.X.Type().Underlying().(*types.Array); ok {
			return in.extend(e.X, "[]")
		}
		return in.PointsTo(e.X)
	case *ir.Deref:
		return in.PointsTo(e.X)
	}
	return nil
}

// global returns the object of a package-level variable.
func (in *Info) global(v *types.Var) *Object {
	o := in.globals[v]
	if o == nil {
		o = in.object(&Object{Type: v.Type(), Name: v.Name()})
		in.globals[v] = o
		in.paramMemory(nil, nil, Loc{o, ""}, o.Type, o.Name, nil)
	}
	return o
}

func isArray(t types.Type) bool {
	_, ok := t.Underlying().(*types.Array)
	return ok
}

func (in *Info) extend(base ir.Expr, path string) Set {
	out := Set{}
	for l := range in.Places(base) {
		out[Loc{l.Obj, l.Path + path}] = true
	}
	return out
}

// Refs returns, for each reference component of the value e, what it may refer
// to; the key is the component's path.
func (in *Info) Refs(e ir.Expr) map[string]Set {
	if !ir.HasRef(e.Type()) {
		return nil
	}
	out := map[string]Set{}
	switch e := e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		places := in.Places(e)
		for _, leaf := range Leaves(e.Type()) {
			if !ir.IsRef(leaf.Type) {
				continue
			}
			out[leaf.Path] = in.behind(places, leaf.Path)
		}
		if x, ok := e.(*ir.Field); ok && len(places) == 0 { // of a value such as a literal
			inner := in.Refs(x.X)
			prefix := "." + x.Var().Name()
			for p, s := range inner {
				if rest, ok := strings.CutPrefix(p, prefix); ok {
					out[rest] = s
				}
			}
		}
	case *ir.Global:
		o := in.global(e.Obj)
		for _, leaf := range Leaves(o.Type) {
			if ir.IsRef(leaf.Type) {
				out[leaf.Path] = in.Targets(Loc{o, leaf.Path})
			}
		}
	case *ir.SliceOf:
		if _, ok := e.X.Type().Underlying().(*types.Array); ok {
			out[""] = in.extend(e.X, "[]")
		} else {
			out[""] = in.Refs(e.X)[""]
		}
	case *ir.Addr:
		if c, ok := e.X.(*ir.Composite); ok {
			o := in.site(e, c.Typ, "")
			in.fill(Loc{o, ""}, c)
			out[""] = Set{Loc{o, ""}: true}
		} else {
			out[""] = in.Places(e.X)
		}
	case *ir.Convert:
		if ir.Makes(e) {
			out[""] = Set{Loc{in.site(e, elemOf(e.Typ), "[]"), ""}: true}
			return out
		}
		return in.Refs(e.X)
	case *ir.Make:
		o := in.site(e, elemOf(e.Typ), "[]")
		o.entries = ir.IsMap(e.Typ)
		out[""] = Set{Loc{o, ""}: true}
	case *ir.Keys:
		out[""] = Set{Loc{in.site(e, elemOf(e.Typ), "[]"), ""}: true}
	case *ir.New:
		o := in.site(e, e.Typ.Underlying().(*types.Pointer).Elem(), "")
		out[""] = Set{Loc{o, ""}: true}
	case *ir.Append:
		elem := e.X.Type().Underlying().(*types.Slice).Elem()
		o := in.site(e, elem, "[]")
		s := Set{Loc{o, ""}: true}
		s.Add(in.Refs(e.X)[""])
		for t := range s {
			for i, x := range e.Elems {
				src := in.Refs(x)
				if e.Spread && i == 0 {
					src = in.elements(src[""], elem)
				}
				for p, set := range src {
					in.include(Loc{t.Obj, t.Path + p}, set)
				}
			}
		}
		out[""] = s
	case *ir.Composite:
		in.composite(e, out)
	}
	return out
}

// elemOf is the type of the elements of a slice or map of type t.
func elemOf(t types.Type) types.Type {
	if m, ok := t.Underlying().(*types.Map); ok {
		return m.Elem()
	}
	return t.Underlying().(*types.Slice).Elem()
}

func (in *Info) composite(e *ir.Composite, out map[string]Set) {
	merge := func(prefix string, x ir.Expr) {
		for p, s := range in.Refs(x) {
			if out[prefix+p] == nil {
				out[prefix+p] = Set{}
			}
			out[prefix+p].Add(s)
		}
	}
	switch t := e.Typ.Underlying().(type) {
	case *types.Struct:
		for i, x := range e.Elems {
			if x != nil {
				merge("."+t.Field(i).Name(), x)
			}
		}
	case *types.Array:
		for _, x := range e.Elems {
			if x != nil {
				merge("[]", x)
			}
		}
	case *types.Slice:
		o := in.site(e, t.Elem(), "[]")
		for _, x := range e.Elems {
			if x != nil {
				for p, s := range in.Refs(x) {
					in.include(Loc{o, p}, s)
				}
			}
		}
		out[""] = Set{Loc{o, ""}: true}
	}
}

// fill stores the references of value v at the location.
func (in *Info) fill(at Loc, v ir.Expr) {
	for p, s := range in.Refs(v) {
		in.include(Loc{at.Obj, at.Path + p}, s)
	}
}

// elements returns the references inside the memory that slice may refer to.
func (in *Info) elements(slice Set, elem types.Type) map[string]Set {
	out := map[string]Set{}
	for _, leaf := range Leaves(elem) {
		if ir.IsRef(leaf.Type) {
			s := Set{}
			for l := range slice {
				s.Add(in.pts[Loc{l.Obj, l.Path + leaf.Path}])
			}
			out[leaf.Path] = s
		}
	}
	return out
}

func (in *Info) site(e ir.Expr, t types.Type, suffix string) *Object {
	o := in.sites[e]
	if o == nil {
		o = in.object(&Object{Type: t, Name: fmt.Sprintf("new%d%s", len(in.sites)+1, suffix), elements: suffix != ""})
		in.sites[e] = o
	}
	return o
}

// Site returns the object that the allocating expression e makes, or nil.
func (in *Info) Site(e ir.Expr) *Object { return in.sites[e] }

// Lasting returns package-level variables and what is kept in maps.
func (in *Info) Lasting() Set {
	out := Set{}
	for _, o := range in.globals {
		out[Loc{o, ""}] = true
	}
	for _, o := range in.objects {
		if o.entries {
			out[Loc{o, ""}] = true
		}
	}
	return out
}

// Shared reports whether memory at o can be reached through a reference: it is not a
// variable, or one whose address was taken.
func (in *Info) Shared(o *Object) bool {
	if o.Heap() {
		return true
	}
	if in.pointed == nil {
		in.pointed = map[*Object]bool{}
		for _, s := range in.pts {
			for l := range s {
				in.pointed[l.Obj] = true
			}
		}
	}
	return in.pointed[o]
}

// PointsTo returns what the reference value e (a slice or pointer) may refer to.
func (in *Info) PointsTo(e ir.Expr) Set {
	switch e.(type) {
	case *ir.Ref, *ir.Field, *ir.Index, *ir.Deref:
		if places := in.Places(e); len(places) > 0 && ir.IsRef(e.Type()) {
			return in.behind(places, "")
		}
	}
	return in.Refs(e)[""]
}

// behind returns what the references at the path in the places may refer to.
func (in *Info) behind(places Set, path string) Set {
	if len(places) == 1 {
		for l := range places {
			return in.pts[Loc{l.Obj, l.Path + path}]
		}
	}
	s := Set{}
	for l := range places {
		s.Add(in.pts[Loc{l.Obj, l.Path + path}])
	}
	return s
}

func (in *Info) stmt(s ir.Stmt) {
	switch s := s.(type) {
	case *ir.Assign:
		for i, l := range s.L {
			if l != nil {
				in.assign(l, s.R[i])
			} else {
				in.Refs(s.R[i])
			}
		}
	case *ir.Copy:
		if t, ok := s.Dst.Type().Underlying().(*types.Slice); ok && ir.HasRef(t.Elem()) {
			for d := range in.PointsTo(s.Dst) {
				for p, set := range in.elements(in.PointsTo(s.Src), t.Elem()) {
					in.include(Loc{d.Obj, d.Path + p}, set)
				}
			}
		}
	case *ir.Call:
		if s.Fn == nil {
			in.foreign(s)
			return
		}
		for i, formal := range s.Fn.Inputs() {
			in.fill(Loc{in.VarObject(formal), ""}, s.Args[i])
		}
		for i, l := range s.L {
			if l != nil {
				in.assign(l, &ir.Ref{V: s.Fn.Results[i]})
			}
		}
	}
}

// foreign handles a call whose source is not known: a reference that it returns
// leads to memory of its own or to memory of the same type among its arguments.
func (in *Info) foreign(s *ir.Call) {
	args := Set{}
	for _, a := range s.Args {
		for _, set := range in.Refs(a) {
			args.Add(set)
		}
	}
	for i, l := range s.L {
		if l == nil || !ir.HasRef(l.Type()) {
			continue
		}
		key := foreignResult{s, i}
		result := in.results[key]
		if result == nil {
			result = in.object(&Object{Type: l.Type(), Name: fmt.Sprintf("result%d", len(in.results)+1)})
			in.results[key] = result
			in.paramMemory(nil, nil, Loc{result, ""}, l.Type(), result.Name, nil)
		}
		for _, leaf := range Leaves(l.Type()) {
			if !ir.IsRef(leaf.Type) {
				continue
			}
			targets := Set{}
			targets.Add(in.pts[Loc{result, leaf.Path}])
			for a := range args {
				for t := range targets.clone() {
					if types.Identical(a.Obj.Type, t.Obj.Type) {
						targets[a] = true
					}
				}
			}
			if s.Name == "ad.As" || s.Name == "ad.Try" { // from an interface, which may lead anywhere
				for t := range targets.clone() {
					for _, o := range in.objects {
						if o.Heap() && types.Identical(o.Type, t.Obj.Type) {
							targets[Loc{o, ""}] = true
						}
					}
				}
			}
			for at := range in.Places(l) {
				in.include(Loc{at.Obj, at.Path + leaf.Path}, targets)
			}
		}
	}
}

// Own returns the memory that the results of a foreign call lead to unless that is other
// memory of the program.
func (in *Info) Own(s *ir.Call) Set {
	out := Set{}
	for i := range s.L {
		result := in.results[foreignResult{s, i}]
		if result == nil {
			continue
		}
		for _, o := range in.objects[result.ID+1:] {
			if o.Root != nil || o.Of != nil || o.Var != nil || !strings.HasPrefix(o.Name, result.Name) {
				break
			}
			out[Loc{o, ""}] = true
		}
	}
	return out
}

type foreignResult struct {
	call *ir.Call
	i    int
}

func (s Set) clone() Set {
	c := Set{}
	c.Add(s)
	return c
}

func (in *Info) assign(l, r ir.Expr) {
	refs := in.Refs(r)
	for at := range in.Places(l) {
		for p, s := range refs {
			in.include(Loc{at.Obj, at.Path + p}, s)
		}
	}
}

// Overlap reports whether a and b may share memory.
func (in *Info) Overlap(a, b Loc) bool {
	return in.Meet(a, b) && !(in.checked != nil && a.Obj != b.Obj && in.checked(a.Obj, b.Obj))
}

// A Class is a number of locations that share no memory with those of another.
type Class any

// Class returns that of l: its object, or for what is behind parameters their function.
func (l Loc) Class() Class {
	if l.Obj.Root != nil {
		return l.Obj.Root
	}
	return l.Obj
}

// Separate takes pieces of the memory behind the parameters of the roots for apart of which
// apart says so, from now on: made code checks it.
func (in *Info) Separate(roots []*ir.Func, apart func(a, b *Object) bool) {
	in.checked = apart
	in.findGroups(roots)
}

// Meet is Overlap without what [Info.Separate] was told.
func (in *Info) Meet(a, b Loc) bool {
	if a.Obj == b.Obj {
		return within(a.Path, b.Path) || within(b.Path, a.Path)
	}
	if a.Obj.Root == nil || a.Obj.Root != b.Obj.Root {
		return false
	}
	if (a.Obj.entries || b.Obj.entries) && !(a.Obj.entries && b.Obj.entries && a.Path == b.Path) {
		return false // nothing else lies in a map
	}
	if in.known != nil && a.Obj.Of != b.Obj.Of && in.known(a.Obj.Of, b.Obj.Of) {
		return false
	}
	// The memory behind two parameters of one root: the same if the types allow.
	if types.Identical(a.Obj.Type, b.Obj.Type) {
		return within(a.Path, b.Path) || within(b.Path, a.Path)
	}
	if outside(a, b) || outside(b, a) {
		return false
	}
	t, u := in.TypeAt(a), in.TypeAt(b)
	return contains(t, u) || contains(u, t)
}

// outside reports whether l cannot be in an element of m: the elements of a slice lie in an
// array, and l is a field that is in none unless all of its struct is.
func outside(l, m Loc) bool {
	return loneField(l) && m.Obj.elements && !contains(m.Obj.Type, l.Obj.Type)
}

// loneField reports whether l is a field that is not inside an array.
func loneField(l Loc) bool {
	return l.Path != "" && !strings.Contains(l.Path, "[]") && !l.Obj.elements
}

// within reports whether path p lies inside path q.
func within(p, q string) bool {
	return strings.HasPrefix(p, q) && (len(p) == len(q) || p[len(q)] == '.' || p[len(q)] == '[')
}

// Within reports whether the component at path p is that at path q, or a part of it.
func Within(p, q string) bool { return within(p, q) }

// contains reports whether a value of type t has a component of type u.
func contains(t, u types.Type) bool {
	if types.Identical(t, u) {
		return true
	}
	switch v := t.Underlying().(type) {
	case *types.Struct:
		for i := range v.NumFields() {
			if contains(v.Field(i).Type(), u) {
				return true
			}
		}
	case *types.Array:
		return contains(v.Elem(), u)
	}
	return false
}

// OverlapAny reports whether any location of a may share memory with one of b.
func (in *Info) OverlapAny(a, b Set) bool {
	if len(a)*len(b) > 64 {
		return in.overlapLarge(a, b)
	}
	for x := range a {
		for y := range b {
			if in.Overlap(x, y) {
				return true
			}
		}
	}
	return false
}

// overlapLarge is OverlapAny in a time that grows with the sum of the lengths: only what is
// behind parameters may be another object.
func (in *Info) overlapLarge(a, b Set) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	for x := range a {
		if b[x] {
			return true
		}
	}
	byObject := make(map[*Object][]Loc, len(a))
	var rooted []Loc
	for x := range a {
		byObject[x.Obj] = append(byObject[x.Obj], x)
		if x.Obj.Root != nil {
			rooted = append(rooted, x)
		}
	}
	for y := range b {
		near := byObject[y.Obj]
		if y.Obj.Root != nil {
			near = rooted
		}
		for _, x := range near {
			if in.Overlap(x, y) {
				return true
			}
		}
	}
	return false
}

// TypeAt returns the type of the component at l.
func (in *Info) TypeAt(l Loc) types.Type {
	t := l.Obj.Type
	for path := l.Path; path != ""; {
		if rest, ok := strings.CutPrefix(path, "[]"); ok {
			t, path = t.Underlying().(*types.Array).Elem(), rest
			continue
		}
		end := 1
		for end < len(path) && path[end] != '.' && path[end] != '[' {
			end++
		}
		st := t.Underlying().(*types.Struct)
		for i := range st.NumFields() {
			if st.Field(i).Name() == path[1:end] {
				t = st.Field(i).Type()
				break
			}
		}
		path = path[end:]
	}
	return t
}
