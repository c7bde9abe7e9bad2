package compile

import (
	"fmt"
	"go/types"
	"unicode"
	"unicode/utf8"

	"github.com/cairn-ad/cairn/internal/ir"
)

// mirrors are the types that the generated code of a package has in the place of those that
// it cannot name: see package ir.
type mirrors struct {
	root  *types.Package
	ctx   *types.Context
	known map[string]bool        // names of made variables, types and functions
	taken func(name string) bool // whether a made function has the name
	types []*ir.Mirror           // of types that cannot be named
	views []*ir.Mirror           // of structs that can, with fields that cannot
	vars  map[*types.Var]*ir.Mirror
	order []*ir.Mirror // all that is to be declared, in the order of its first use
}

func newMirrors(root *types.Package, known map[string]bool) *mirrors {
	return &mirrors{
		root: root, ctx: types.NewContext(), known: known, taken: func(string) bool { return false },
		vars: map[*types.Var]*ir.Mirror{},
	}
}

// typ returns the type that generated code has for values of type t: t itself if it can name
// it. A type without a mirror, which lower has refused, is left as it is.
func (m *mirrors) typ(t types.Type) types.Type {
	if t == nil || !ir.Mirrored(m.root, t) {
		return t
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if ir.Nameable(m.root, t.Obj()) {
			return m.instance(t)
		}
		return m.named(m.instance(t)).Type
	case *types.Slice:
		return types.NewSlice(m.typ(t.Elem()))
	case *types.Array:
		return types.NewArray(m.typ(t.Elem()), t.Len())
	case *types.Pointer:
		return types.NewPointer(m.typ(t.Elem()))
	case *types.Map:
		return types.NewMap(m.typ(t.Key()), m.typ(t.Elem()))
	case *types.Struct:
		return m.structure(t, false)
	}
	return t
}

// instance is t, of a generic type with mirrors for type arguments.
func (m *mirrors) instance(t *types.Named) *types.Named {
	if t.TypeArgs().Len() == 0 {
		return t
	}
	var args []types.Type
	for a := range t.TypeArgs().Types() {
		args = append(args, m.typ(a))
	}
	out, err := types.Instantiate(m.ctx, t.Origin(), args, false)
	if err != nil { // a wrong number of arguments
		return t
	}
	return out.(*types.Named)
}

// named returns the mirror of a type that cannot be named.
func (m *mirrors) named(t *types.Named) *ir.Mirror {
	if known := find(m.types, t); known != nil {
		return known
	}
	out := m.declare(t, false)
	m.types = append(m.types, out)
	if st, ok := t.Underlying().(*types.Struct); ok {
		out.Type.SetUnderlying(m.structure(st, ir.IsLocal(t.Obj())))
	} else {
		out.Type.SetUnderlying(m.typ(t.Underlying()))
	}
	return out
}

// view returns the mirror of the struct type t, whose values keep their type.
func (m *mirrors) view(t types.Type) *ir.Mirror {
	if known := find(m.views, t); known != nil {
		return known
	}
	out := m.declare(types.Unalias(t).(*types.Named), true)
	m.views = append(m.views, out)
	out.Type.SetUnderlying(m.structure(t.Underlying().(*types.Struct), false))
	return out
}

func find(list []*ir.Mirror, of types.Type) *ir.Mirror {
	for _, known := range list {
		if types.Identical(known.Of, of) {
			return known
		}
	}
	return nil
}

// declare names a mirror of t, or of its fields only.
func (m *mirrors) declare(t *types.Named, view bool) *ir.Mirror {
	obj := t.Obj()
	before, what := obj.Pkg().Name(), "which this package cannot name"
	if view {
		what = "whose fields this package cannot name"
	}
	out := &ir.Mirror{Of: t, View: view, Doc: fmt.Sprintf("has the layout of %s of package %s, %s.", obj.Name(), obj.Pkg().Name(), what)}
	if ir.IsLocal(obj) {
		before = "local"
		out.Doc = fmt.Sprintf("stands for the type %s that a function of package %s declares.", obj.Name(), obj.Pkg().Name())
	}
	name := m.free(before + upper(obj.Name()) + words(t.TypeArgs()))
	out.Type = types.NewNamed(types.NewTypeName(obj.Pos(), m.root, name, nil), nil, nil)
	m.order = append(m.order, out)
	return out
}

// words are the type arguments as part of a name.
func words(list *types.TypeList) string {
	out := ""
	for a := range list.Types() {
		switch a := types.Unalias(a).(type) {
		case *types.Named:
			out += upper(a.Obj().Name()) + words(a.TypeArgs())
		case *types.Basic:
			out += upper(a.Name())
		}
	}
	return out
}

// free returns a name that the package does not have, if possible the wanted one.
func (m *mirrors) free(want string) string {
	name := want
	for i := 2; m.known[name] || m.taken(name) || m.root.Scope().Lookup(name) != nil; i++ {
		name = fmt.Sprint(want, i)
	}
	m.known[name] = true
	return name
}

// upper is s with an upper case letter first.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// structure is a struct of the layout of t with fields of this package.
func (m *mirrors) structure(t *types.Struct, local bool) *types.Struct {
	var fields []*types.Var
	for f := range t.Fields() {
		ft := f.Type()
		if ir.Faithful(m.root, ft) || local && ir.HasMirror(m.root, ft) {
			ft = m.typ(ft)
		} else {
			ft = opaque(ft)
		}
		fields = append(fields, types.NewField(f.Pos(), m.root, f.Name(), ft, false))
	}
	return types.NewStruct(fields, nil)
}

// opaque is a type of the layout of t, and with pointers where t has them, for a field that
// nobody looks at.
func opaque(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return types.NewArray(types.Typ[types.UnsafePointer], 2)
	case *types.Slice:
		return types.NewSlice(types.NewStruct(nil, nil))
	case *types.Array:
		return types.NewArray(opaque(u.Elem()), u.Len())
	}
	return types.Typ[types.UnsafePointer] // a pointer, map, channel or function
}

// variable returns what leads to the variable g of another package, whose type cannot be
// named.
func (m *mirrors) variable(g *types.Var) *ir.Mirror {
	if m.vars[g] == nil {
		m.vars[g] = &ir.Mirror{Var: g, VarType: m.typ(g.Type()), Reach: m.free("at" + upper(g.Pkg().Name()) + upper(g.Name()))}
		m.order = append(m.order, m.vars[g])
	}
	return m.vars[g]
}

// reach is the name of the function that gives a pointer to a struct the type of its mirror.
func (m *mirrors) reach(v *ir.Mirror) string { return m.function(&v.Reach, "in", v) }

// valueOf is the name of the function that gives the value of a struct that type.
func (m *mirrors) valueOf(v *ir.Mirror) string { return m.function(&v.Value, "as", v) }

// back is the name of the inverse of the function reach.
func (m *mirrors) back(v *ir.Mirror) string { return m.function(&v.Back, "of", v) }

func (m *mirrors) function(name *string, prefix string, v *ir.Mirror) string {
	if *name == "" {
		*name = m.free(prefix + upper(v.Type.Obj().Name()))
	}
	return *name
}
