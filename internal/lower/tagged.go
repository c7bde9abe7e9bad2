package lower

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/internal/ir"
)

// Functions and values in interfaces are followed statically where that is possible. Where it
// is not, in fields, slices and maps that change, in variables with many values, the program
// is lowered again with other types: a function type, and an interface with methods that the
// module declares, becomes a struct with a tag, which tells which of the functions or types
// that the program puts there it is, and a pointer for each of them to what belongs to it: the
// variables that a function literal captures, the receiver of a method value, the value in the
// interface. A call is that of a made function, which branches over the tag. This is
// defunctionalization (Reynolds, Definitional interpreters, 1972), for all types at once. The
// analyses and transforms see structs, pointers and calls.
//
// Which functions a type has to tell apart is known when the program is lowered; so it is
// lowered as often as that finds new ones.

// tagged is what is known of such types. It outlives the attempts.
type tagged struct {
	l      *lowerer // the present attempt
	ctx    *types.Context
	sub    *substitution
	pinned map[*types.TypeName]bool // types that stay as they are, of arguments and results of roots
	sums   []*sum
	clones []*twin
	names  map[string]bool
	docs   map[*types.TypeName]string
	grown  bool // the present attempt has found something new
}

// A sum stands for a type of functions, or an interface.
type sum struct {
	of    types.Type     // the interface, or the signature, in which other types are replaced already
	typ   *types.Named   // the struct
	more  []*types.Named // structs of the same form, for function types with a name
	alts  []*alternative // tag k is that of alts[k-1]; 0 is nil
	whose map[string]*alternative
}

// A twin is a named type in which others are replaced.
type twin struct{ of, typ *types.Named }

// An alternative is one function, or one type of values.
type alternative struct {
	k      int
	field  int          // of the struct, that holds the pointer; 0 for none
	value  *funcValue   // a function; for a literal without what it captures
	fn     *types.Func  // a declared function, as it is declared
	targs  []types.Type // of fn
	caught []*caught    // what a literal captures, in the order of the fields
	of     types.Type   // of an interface: the type of the value, as the source has it
	typ    types.Type   // what of has become; nil for a function
	boxed  bool         // the pointer leads to the value, or receiver, which is no pointer itself
}

func newTagged(pinned []*types.Func) *tagged {
	t := &tagged{ctx: types.NewContext(), pinned: map[*types.TypeName]bool{}, names: map[string]bool{}, docs: map[*types.TypeName]string{}}
	t.sub = &substitution{ctx: t.ctx, args: map[*types.TypeParam]types.Type{}, tagged: t}
	for _, f := range pinned {
		t.pin(f.Signature(), map[types.Type]bool{})
	}
	return t
}

// pin leaves the named types in x as they are.
func (t *tagged) pin(x types.Type, seen map[types.Type]bool) {
	if x == nil || seen[x] {
		return
	}
	seen[x] = true
	switch x := x.(type) {
	case *types.Named:
		t.pinned[x.Origin().Obj()] = true
		t.pin(x.Underlying(), seen)
		for a := range x.TypeArgs().Types() {
			t.pin(a, seen)
		}
	case *types.Alias:
		t.pin(types.Unalias(x), seen)
	case *types.Pointer:
		t.pin(x.Elem(), seen)
	case *types.Slice:
		t.pin(x.Elem(), seen)
	case *types.Array:
		t.pin(x.Elem(), seen)
	case *types.Map:
		t.pin(x.Key(), seen)
		t.pin(x.Elem(), seen)
	case *types.Struct:
		for f := range x.Fields() {
			t.pin(f.Type(), seen)
		}
	case *types.Signature:
		if x.Recv() != nil {
			t.pin(x.Recv().Type(), seen)
		}
		for _, tuple := range []*types.Tuple{x.Params(), x.Results()} {
			for v := range tuple.Variables() {
				t.pin(v.Type(), seen)
			}
		}
	}
}

// touches reports whether x has parts that are replaced.
func (t *tagged) touches(x types.Type) bool { return t.has(x, map[types.Type]bool{}) }

func (t *tagged) has(x types.Type, seen map[types.Type]bool) bool {
	if x == nil || seen[x] {
		return false
	}
	seen[x] = true
	switch x := x.(type) {
	case *types.Named:
		for a := range x.TypeArgs().Types() {
			if t.has(a, seen) {
				return true
			}
		}
		return t.mine(x) && t.has(x.Underlying(), seen)
	case *types.Alias:
		return t.has(types.Unalias(x), seen)
	case *types.Pointer:
		return t.has(x.Elem(), seen)
	case *types.Slice:
		return t.has(x.Elem(), seen)
	case *types.Array:
		return t.has(x.Elem(), seen)
	case *types.Chan:
		return t.has(x.Elem(), seen)
	case *types.Map:
		return t.has(x.Elem(), seen)
	case *types.Struct:
		for f := range x.Fields() {
			if t.has(f.Type(), seen) {
				return true
			}
		}
	case *types.Signature:
		return x.TypeParams().Len() == 0 && !iterates(x)
	case *types.Interface:
		return x.NumMethods() > 0
	}
	return false
}

// mine reports whether the named type is one whose parts may be replaced.
func (t *tagged) mine(n *types.Named) bool {
	obj := n.Origin().Obj()
	return obj.Pkg() != nil && t.l.own[obj.Pkg()] && !t.pinned[obj]
}

// named is what becomes of a type with a name, whose type arguments are replaced already.
func (t *tagged) named(n *types.Named) types.Type {
	if !t.mine(n) || !t.touches(n) || t.made(n) {
		return n
	}
	if _, ok := n.Underlying().(*types.Interface); ok {
		return t.sumFor(n, n.Obj().Name()).typ
	}
	for _, c := range t.clones {
		if types.Identical(c.of, n) {
			return c.typ
		}
	}
	under := n.Underlying()
	if !t.touches(under) { // only the type arguments are others
		return n
	}
	obj := t.declare("tagged"+word(n.Obj().Name())+mangledList(n.TypeArgs()), n.Obj().Pos(),
		fmt.Sprintf("is %s with tagged values for functions and values in interfaces.", n.Obj().Name()))
	c := &twin{of: n, typ: types.NewNamed(obj, nil, nil)}
	t.clones = append(t.clones, c)
	switch u := under.(type) {
	case *types.Signature:
		s := t.signature(u)
		s.more = append(s.more, c.typ)
		c.typ.SetUnderlying(s.typ.Underlying())
	case *types.Struct:
		var fields []*types.Var
		for f := range u.Fields() {
			fields = append(fields, types.NewField(f.Pos(), t.root(), f.Name(), t.sub.typ(f.Type()), f.Embedded()))
		}
		c.typ.SetUnderlying(types.NewStruct(fields, nil))
	default:
		c.typ.SetUnderlying(t.sub.typ(u))
	}
	return c.typ
}

func mangledList(list *types.TypeList) string {
	var args []types.Type
	for a := range list.Types() {
		args = append(args, a)
	}
	return mangled(args)
}

func (t *tagged) root() *types.Package { return t.l.in.Root.Types }

// made reports whether n was made here.
func (t *tagged) made(n *types.Named) bool { return t.docs[n.Obj()] != "" }

// declare makes the name of a type.
func (t *tagged) declare(want string, pos token.Pos, doc string) *types.TypeName {
	obj := types.NewTypeName(pos, t.root(), t.free(want), nil)
	t.docs[obj] = doc
	return obj
}

// free returns a name that the package does not have, if possible the wanted one.
func (t *tagged) free(want string) string {
	name := want
	for i := 2; t.names[name] || t.root().Scope().Lookup(name) != nil; i++ {
		name = fmt.Sprint(want, i)
	}
	t.names[name] = true
	return name
}

// signature returns the sum for functions of a type, in which others are not replaced yet.
func (t *tagged) signature(sig *types.Signature) *sum {
	return t.sumFor(t.sub.plain(sig), "Func")
}

func (t *tagged) sumFor(of types.Type, name string) *sum {
	for _, s := range t.sums {
		if types.Identical(s.of, of) {
			return s
		}
	}
	doc := "is a function of one of the kinds that the program keeps: " + types.TypeString(of, types.RelativeTo(t.root())) + "."
	if types.IsInterface(of) {
		doc = "is a " + name + " of one of the types that the program keeps."
	}
	s := &sum{of: of, whose: map[string]*alternative{}}
	s.typ = types.NewNamed(t.declare("tagged"+word(name), token.NoPos, doc), nil, nil)
	t.sums = append(t.sums, s)
	t.build(s, nil)
	return s
}

// build gives the struct of s, besides the fields that it has, one of the given type.
func (t *tagged) build(s *sum, more *types.Var) {
	fields := []*types.Var{types.NewField(token.NoPos, t.root(), "tag", intType, false)}
	if st, ok := s.typ.Underlying().(*types.Struct); ok {
		fields = slices.Collect(st.Fields())
	}
	if more != nil {
		fields = append(fields, more)
	}
	st := types.NewStruct(fields, nil)
	s.typ.SetUnderlying(st)
	for _, n := range s.more {
		n.SetUnderlying(st)
	}
}

// alternative returns that with the key, after adding it if it is new: held is the type of
// the pointer that it needs, nil for none.
func (t *tagged) alternative(s *sum, key, name string, held types.Type) (a *alternative, fresh bool) {
	if a := s.whose[key]; a != nil {
		return a, false
	}
	t.grown = true
	a = &alternative{k: len(s.alts) + 1}
	s.alts = append(s.alts, a)
	s.whose[key] = a
	if held != nil {
		st := s.typ.Underlying().(*types.Struct)
		a.field = st.NumFields()
		t.build(s, types.NewField(token.NoPos, t.root(), fmt.Sprintf("%s%d", name, a.k), held, false))
	}
	return a, true
}

// sumOf returns the sum that the type t stands for, or nil.
func (t *tagged) sumOf(x types.Type) *sum {
	n, ok := types.Unalias(x).(*types.Named)
	if t == nil || !ok {
		return nil
	}
	for _, s := range t.sums {
		if s.typ == n || slices.Contains(s.more, n) {
			return s
		}
	}
	return nil
}

// inSource is the type that x was made of, with the methods.
func (t *tagged) inSource(x types.Type) types.Type {
	switch u := types.Unalias(x).(type) {
	case *types.Pointer:
		if e := t.inSource(u.Elem()); e != u.Elem() {
			return types.NewPointer(e)
		}
	case *types.Named:
		for _, c := range t.clones {
			if c.typ == u {
				return c.of
			}
		}
		for _, s := range t.sums {
			if s.typ == u {
				return s.of
			}
		}
	}
	return x
}

// isFuncs reports whether s stands for functions.
func (s *sum) isFuncs() bool { return !types.IsInterface(s.of) }

// madeTypes lists the types that were made, with what they are for, in an order that does not
// change.
func (t *tagged) madeTypes() []*ir.MadeType {
	var out []*ir.MadeType
	add := func(n *types.Named) { out = append(out, &ir.MadeType{Type: n, Doc: t.docs[n.Obj()]}) }
	for _, s := range t.sums {
		add(s.typ)
		for _, a := range s.alts {
			if p, ok := pointee(s.typ.Underlying().(*types.Struct).Field(a.field).Type()).(*types.Named); ok && len(a.caught) > 0 {
				add(p)
			}
		}
	}
	for _, c := range t.clones {
		add(c.typ)
	}
	slices.SortStableFunc(out, func(a, b *ir.MadeType) int { return strings.Compare(a.Type.Obj().Name(), b.Type.Obj().Name()) })
	return out
}
