package lower

import "go/types"

// A substitution replaces type parameters by types.
type substitution struct {
	ctx  *types.Context
	args map[*types.TypeParam]types.Type

	tagged *tagged // nil if functions and interfaces stay what they are
}

// typ returns t with its type parameters replaced, and t itself if it has none.
func (s *substitution) typ(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.TypeParam:
		if a := s.args[t]; a != nil {
			return a
		}
	case *types.Named:
		u := s.named(t)
		if n, ok := u.(*types.Named); ok && s.tagged != nil {
			return s.tagged.named(n)
		}
		return u
	case *types.Alias:
		if u := s.typ(types.Unalias(t)); u != types.Unalias(t) {
			return u
		}
	case *types.Pointer:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewPointer(e)
		}
	case *types.Slice:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewSlice(e)
		}
	case *types.Array:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewArray(e, t.Len())
		}
	case *types.Chan:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewChan(t.Dir(), e)
		}
	case *types.Map:
		if k, e := s.typ(t.Key()), s.element(t.Elem()); k != t.Key() || e != t.Elem() {
			return types.NewMap(k, e)
		}
	case *types.Struct:
		return s.structure(t)
	case *types.Tuple:
		if vars, changed := s.tuple(t); changed {
			return types.NewTuple(vars...)
		}
	case *types.Signature:
		if s.tagged != nil && t.TypeParams().Len() == 0 && !iterates(t) {
			return s.tagged.sumFor(s.plain(t), "Func").typ
		}
		return s.signature(t)
	case *types.Interface:
		if s.tagged != nil && t.NumMethods() > 0 {
			return s.tagged.sumFor(s.iface(t), "Value").typ
		}
		return s.iface(t)
	}
	return t
}

// element is the type of elements of maps. Structs with references stand in no map: of a tagged
// value it holds a pointer, see taggedmap.go.
func (s *substitution) element(t types.Type) types.Type {
	e := s.typ(t)
	if s.tagged != nil && s.tagged.sumOf(e) != nil {
		return types.NewPointer(e)
	}
	return e
}

func (s *substitution) named(t *types.Named) types.Type {
	args, changed := s.list(t.TypeArgs())
	if !changed {
		return t
	}
	u, err := types.Instantiate(s.ctx, t.Origin(), args, false)
	if err != nil { // a wrong number of arguments, which the type checker has reported
		return t
	}
	return u
}

func (s *substitution) list(l *types.TypeList) (out []types.Type, changed bool) {
	for i := range l.Len() {
		a := s.typ(l.At(i))
		changed = changed || a != l.At(i)
		out = append(out, a)
	}
	return out, changed
}

func (s *substitution) structure(t *types.Struct) types.Type {
	var fields []*types.Var
	var tags []string
	changed := false
	for i := range t.NumFields() {
		f := t.Field(i)
		if u := s.typ(f.Type()); u != f.Type() {
			f = types.NewField(f.Pos(), f.Pkg(), f.Name(), u, f.Embedded())
			changed = true
		}
		fields = append(fields, f)
		tags = append(tags, t.Tag(i))
	}
	if !changed {
		return t
	}
	return types.NewStruct(fields, tags)
}

func (s *substitution) tuple(t *types.Tuple) (out []*types.Var, changed bool) {
	for i := range t.Len() {
		v := t.At(i)
		if u := s.typ(v.Type()); u != v.Type() {
			v = types.NewParam(v.Pos(), v.Pkg(), v.Name(), u)
			changed = true
		}
		out = append(out, v)
	}
	return out, changed
}

// signature leaves the type of a generic function, which has parameters of its
// own, as it is.
func (s *substitution) signature(t *types.Signature) types.Type {
	if t.TypeParams().Len() > 0 {
		return t
	}
	params, changedParams := s.tuple(t.Params())
	results, changedResults := s.tuple(t.Results())
	if !changedParams && !changedResults {
		return t
	}
	return types.NewSignatureType(t.Recv(), nil, nil, types.NewTuple(params...), types.NewTuple(results...), t.Variadic())
}

// plain is sig without its receiver, its types replaced, with variables of its own.
func (s *substitution) plain(sig *types.Signature) *types.Signature {
	tuple := func(of *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range of.Variables() {
			vars = append(vars, types.NewParam(v.Pos(), v.Pkg(), v.Name(), s.typ(v.Type())))
		}
		return types.NewTuple(vars...)
	}
	return types.NewSignatureType(nil, nil, nil, tuple(sig.Params()), tuple(sig.Results()), sig.Variadic())
}

func (s *substitution) iface(t *types.Interface) types.Type {
	var methods []*types.Func
	var embedded []types.Type
	changed := false
	for i := range t.NumExplicitMethods() {
		m := t.ExplicitMethod(i)
		if u := s.signature(m.Signature()); u != types.Type(m.Signature()) {
			m = types.NewFunc(m.Pos(), m.Pkg(), m.Name(), u.(*types.Signature))
			changed = true
		}
		methods = append(methods, m)
	}
	for i := range t.NumEmbeddeds() {
		e := s.typ(t.EmbeddedType(i))
		changed = changed || e != t.EmbeddedType(i)
		embedded = append(embedded, e)
	}
	if !changed {
		return t
	}
	return types.NewInterfaceType(methods, embedded).Complete()
}
