package lower

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An instance is a generic function, or a method of a generic type, for given
// type arguments. It is lowered as a function of its own: the builder sees the
// declaration with the types that the arguments make of it.
type instance struct {
	origin *types.Func
	targs  []types.Type
	obj    *types.Func // with the signature for the type arguments
	sub    *substitution
	vars   map[*types.Var]*types.Var // those of the declaration whose types change
	made   *types.Info               // see info, of a function that is not generic
}

// instance returns the function that origin becomes for the type arguments: one
// object for identical arguments.
func (l *lowerer) instance(origin *types.Func, targs []types.Type) *types.Func {
	for _, in := range l.ofOrigin[origin] {
		if identicalLists(in.targs, targs) {
			return in.obj
		}
	}
	sig := origin.Signature()
	params := sig.TypeParams()
	if sig.Recv() != nil {
		params = sig.RecvTypeParams()
	}
	if params.Len() != len(targs) {
		return origin // reported by the type checker
	}
	in := &instance{
		origin: origin, targs: targs,
		sub:  &substitution{ctx: l.ctx, args: map[*types.TypeParam]types.Type{}},
		vars: map[*types.Var]*types.Var{},
	}
	if l.own[origin.Pkg()] {
		in.sub.tagged = l.tagged
	}
	for i, a := range targs {
		in.sub.args[params.At(i)] = a
	}
	in.obj = types.NewFunc(origin.Pos(), origin.Pkg(), origin.Name(), in.signature(sig))
	l.instances[in.obj] = in
	l.ofOrigin[origin] = append(l.ofOrigin[origin], in)
	return in.obj
}

func identicalLists(a, b []types.Type) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !types.Identical(a[i], b[i]) {
			return false
		}
	}
	return true
}

// origin returns the function as it is declared.
func (l *lowerer) origin(f *types.Func) *types.Func {
	if in := l.instances[f]; in != nil {
		return in.origin
	}
	return f.Origin()
}

// tooDeep reports whether instances of one function have called each other up to
// f in a way that seems to have no end. Go forbids such programs, but they reach
// the compiler where the type checker had to give up on something else.
func (l *lowerer) tooDeep(f *types.Func) bool {
	const most = 32
	n := 0
	for _, in := range l.ofOrigin[l.origin(f)] {
		if r := l.results[in.obj]; r != nil && r.busy {
			n++
		}
	}
	return n > most
}

// signature makes the signature of the variables that info gives the body.
func (in *instance) signature(sig *types.Signature) *types.Signature {
	tuple := func(t *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for i := range t.Len() {
			vars = append(vars, in.variable(t.At(i)))
		}
		return types.NewTuple(vars...)
	}
	var recv *types.Var
	if sig.Recv() != nil {
		recv = in.variable(sig.Recv())
	}
	return types.NewSignatureType(recv, nil, nil, tuple(sig.Params()), tuple(sig.Results()), sig.Variadic())
}

// variable returns v, or what stands for it if its type depends on the arguments.
func (in *instance) variable(v *types.Var) *types.Var {
	if v.IsField() || packageVar(v) != nil && in.sub.tagged != nil {
		return v
	}
	t := in.sub.typ(v.Type())
	if t == v.Type() {
		return v
	}
	if in.vars[v] == nil {
		in.vars[v] = types.NewVar(v.Pos(), v.Pkg(), v.Name(), t)
	}
	return in.vars[v]
}

// info returns what the type checker would say of the declaration if the type
// arguments stood in it. Selections, where fields keep their index, and Instances
// stay as they are, since package types has no way to make them.
func (in *instance) info(src *source) *types.Info {
	if in.made != nil {
		return in.made
	}
	from := src.pkg.Info
	out := &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Implicits:  map[ast.Node]types.Object{},
		Instances:  from.Instances,
		Selections: from.Selections,
		Scopes:     from.Scopes,
	}
	names := map[ast.Expr]bool{}
	if in.sub.tagged != nil {
		names = calledNames(src)
	}
	ast.Inspect(src.decl, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && !names[e] {
			if tv, ok := from.Types[e]; ok {
				tv.Type = in.sub.typ(tv.Type)
				out.Types[e] = tv
			}
		} else if ok {
			out.Types[e] = from.Types[e]
		}
		if id, ok := n.(*ast.Ident); ok {
			if obj, ok := from.Defs[id]; ok {
				out.Defs[id] = in.object(obj)
			}
			if obj, ok := from.Uses[id]; ok {
				out.Uses[id] = in.object(obj)
			}
		}
		if obj := from.Implicits[n]; n != nil && obj != nil {
			out.Implicits[n] = in.object(obj)
		}
		return true
	})
	out.Defs[src.decl.Name] = in.obj
	if in.sub.tagged != nil {
		in.made = out
	}
	return out
}

func (in *instance) object(obj types.Object) types.Object {
	if v, ok := obj.(*types.Var); ok {
		return in.variable(v)
	}
	return obj
}

// instanceName returns a name that no function of the root package has.
func (l *lowerer) instanceName(in *instance) string {
	var parts [3]string // before, between and after what tells instances apart
	parts[0], parts[1] = in.origin.Name(), mangled(in.targs)
	if len(in.targs) == 0 {
		parts[1] = "Tagged"
	}
	if t := receiverType(in.origin); t != nil {
		parts[0], parts[2] = t.Obj().Name(), word(in.origin.Name())
	}
	taken := func(name string) bool {
		return l.names[name] || l.in.Root.Types.Scope().Lookup(name) != nil
	}
	name := strings.Join(parts[:], "")
	if taken(name) {
		parts[1] = "Of" + parts[1]
		name = strings.Join(parts[:], "")
	}
	base := name
	for i := 2; taken(name); i++ {
		name = base + strconv.Itoa(i)
	}
	return name
}

// mangled is the type arguments as part of a name: "Float64".
func mangled(targs []types.Type) string {
	var parts []string
	for i, t := range targs {
		if !impliedBy(t, targs, i) {
			parts = append(parts, typeWord(t))
		}
	}
	return strings.Join(parts, "")
}

// impliedBy reports whether the i-th type argument is what another one is made
// of, as float64 in Sum[[]float64, float64].
func impliedBy(t types.Type, targs []types.Type, i int) bool {
	for j, u := range targs {
		if i != j && madeOf(u, t) {
			return true
		}
	}
	return false
}

// madeOf reports whether u is a type of several words of which t is one.
func madeOf(u, t types.Type) bool {
	part := func(e types.Type) bool { return types.Identical(e, t) || madeOf(e, t) }
	switch u := types.Unalias(u).(type) {
	case *types.Slice:
		return part(u.Elem())
	case *types.Array:
		return part(u.Elem())
	case *types.Pointer:
		return part(u.Elem())
	case *types.Named:
		for a := range u.TypeArgs().Types() {
			if part(a) {
				return true
			}
		}
	}
	return false
}

// typeWord is a type as a word inside a name.
func typeWord(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return word(t.Name())
	case *types.Named:
		var args []types.Type
		for a := range t.TypeArgs().Types() {
			args = append(args, a)
		}
		return word(t.Obj().Name()) + mangled(args)
	case *types.Slice:
		return typeWord(t.Elem()) + "s"
	case *types.Array:
		return typeWord(t.Elem()) + "x" + strconv.FormatInt(t.Len(), 10)
	case *types.Pointer:
		return typeWord(t.Elem()) + "Ptr"
	case *types.Struct:
		return "Struct"
	case *types.Interface:
		return "Any"
	case *types.Map:
		return "Map"
	case *types.Signature:
		return "Func"
	}
	return "Type"
}

// word is the letters and digits of s, the first one upper case.
func word(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
