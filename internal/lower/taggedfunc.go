package lower

import (
	"go/ast"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// withTags returns the function that obj becomes if its receiver, parameters or results are
// replaced, else obj.
func (l *lowerer) withTags(obj *types.Func) *types.Func {
	if l.tagged == nil || obj.Pkg() == nil || !l.own[obj.Pkg()] || l.roots[obj] || l.instances[obj] != nil {
		return obj
	}
	src := l.sources[obj]
	if src == nil || src.passive() || l.in.Rule != nil && l.in.Rule(obj) != nil || obj.Signature().TypeParams().Len() > 0 {
		return obj
	}
	if !l.tagged.passes(obj.Signature()) {
		return obj
	}
	return l.instance(obj, nil)
}

// iterates reports whether functions of the type are iterators, whose calls loops take the place
// of.
func iterates(sig *types.Signature) bool {
	if sig.Params().Len() != 1 || sig.Results().Len() > 0 {
		return false
	}
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	return ok && yield.Results().Len() == 1 && yield.Results().At(0).Type() == types.Typ[types.Bool]
}

// functionType is the type of the function t, tagged or not.
func (b *builder) functionType(t types.Type) *types.Signature {
	if s := b.sumOf(t); s != nil && s.isFuncs() {
		return s.of.(*types.Signature)
	}
	sig, _ := t.Underlying().(*types.Signature)
	return sig
}

// passes reports whether something that is replaced passes through sig.
func (t *tagged) passes(sig *types.Signature) bool {
	if sig.Recv() != nil && t.touches(sig.Recv().Type()) {
		return true
	}
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range tuple.Variables() {
			if t.touches(v.Type()) {
				return true
			}
		}
	}
	return false
}

// body is what the body of a function, whose signature stays as it is, is lowered with.
func (l *lowerer) body(src *source, obj *types.Func) *instance {
	if in := l.bodies[src]; in != nil {
		return in
	}
	in := &instance{origin: obj, obj: obj, sub: l.tagged.sub, vars: map[*types.Var]*types.Var{}}
	sig := obj.Signature()
	if sig.Recv() != nil {
		in.vars[sig.Recv()] = sig.Recv()
	}
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range tuple.Variables() {
			in.vars[v] = v
		}
	}
	l.bodies[src] = in
	return in
}

// calledNames are the expressions in src that name the function of a call: their types
// stay signatures.
func calledNames(src *source) map[ast.Expr]bool {
	names := map[ast.Expr]bool{}
	ast.Inspect(src.decl, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		fun := ast.Unparen(call.Fun)
		if id := calleeName(fun); id != nil {
			if _, ok := src.pkg.Info.Uses[id].(*types.Func); ok {
				for e := call.Fun; ; {
					names[e] = true
					p, ok := e.(*ast.ParenExpr)
					if !ok {
						break
					}
					e = p.X
				}
				names[id] = true
			}
		}
		return true
	})
	return names
}

// methodOf is the signature of a method of the interface that s stands for.
func (t *tagged) methodOf(s *sum, name string) *types.Signature {
	i := s.of.Underlying().(*types.Interface)
	for m := range i.Methods() {
		if m.Name() == name {
			return t.sub.plain(m.Signature())
		}
	}
	return types.NewSignatureType(nil, nil, nil, nil, nil, false)
}

// holdsTags reports whether t has parts that were made for tagged values.
func (b *builder) holdsTags(t types.Type) bool {
	return b.l.tagged != nil && b.l.tagged.holds(t, map[types.Type]bool{})
}

func (t *tagged) holds(x types.Type, seen map[types.Type]bool) bool {
	if x == nil || seen[x] {
		return false
	}
	seen[x] = true
	switch x := x.(type) {
	case *types.Named:
		for a := range x.TypeArgs().Types() {
			if t.holds(a, seen) {
				return true
			}
		}
		return t.made(x)
	case *types.Alias:
		return t.holds(types.Unalias(x), seen)
	case *types.Pointer:
		return t.holds(x.Elem(), seen)
	case *types.Slice:
		return t.holds(x.Elem(), seen)
	case *types.Array:
		return t.holds(x.Elem(), seen)
	case *types.Map:
		return t.holds(x.Elem(), seen)
	case *types.Struct:
		for f := range x.Fields() {
			if t.holds(f.Type(), seen) {
				return true
			}
		}
	}
	return false
}

// made reports whether generated code has to hold the function that is lowered here, since no
// other code has it for these types.
func (b *builder) made() bool {
	in := b.l.instances[b.obj]
	if b.l.tagged == nil || in == nil {
		return false
	}
	if b.l.own[b.obj.Pkg()] && b.l.tagged.passes(in.origin.Signature()) {
		return true
	}
	for _, a := range in.targs {
		if b.holdsTags(a) {
			return true
		}
	}
	return false
}

// toTagged is x where a tagged value of type t is wanted.
func (b *builder) toTagged(x ir.Expr, t types.Type, at ast.Node) ir.Expr {
	if isNil(x) {
		return &ir.Composite{Typ: t, Elems: make([]ir.Expr, t.Underlying().(*types.Struct).NumFields())}
	}
	return b.tagValue(at, x, t)
}

// keptApart refuses a function that is called as it is and would get, or give, values that
// generated code keeps in another form.
func (b *builder) keptApart(at ast.Node, c *callee, args []ir.Expr) {
	if b.l.tagged == nil || c.ir != nil && c.rule == nil {
		return
	}
	bad := false
	for _, x := range args {
		bad = bad || b.holdsTags(x.Type())
	}
	if b.inst != nil && b.inst.sub.tagged != nil {
		for r := range c.fn.Signature().Results().Variables() {
			bad = bad || b.l.tagged.touches(r.Type())
		}
	}
	if bad {
		b.fail(at, "call of "+funcName(c.fn), "it is called as it is, and functions or values in interfaces, which generated code keeps in another form, pass through it", foreignDo)
	}
}
