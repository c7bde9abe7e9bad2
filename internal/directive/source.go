package directive

import (
	"go/ast"
	"go/types"
)

// A Source names the function from whose source the derivatives of another one are made:
// one that computes the same in a way that the compiler can follow.
type Source struct {
	Name Name
	Fn   *types.Func // of the same package, with the same receiver and signature; set by Resolve
}

func (p *reader) source(f *Func, a *args) {
	switch names := a.names["of"]; {
	case f.Source != nil:
		p.repeated(a)
	case len(names) != 1:
		p.errorf(a.pos, a.what(), "write //cairn:source of=F with the name of a function", "it names %d functions", len(names))
	default:
		f.Source = &Source{Name: names[0]}
	}
}

// sources finds the functions that //cairn:source directives name.
func (r *resolver) sources(s *Set, info *types.Info) {
	declared := map[*types.Func]*ast.FuncDecl{}
	for _, file := range s.files {
		for _, d := range file.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && info.Defs[fd.Name] != nil {
				declared[info.Defs[fd.Name].(*types.Func)] = fd
			}
		}
	}
	for _, f := range s.Sorted() {
		obj, ok := info.Defs[f.Decl.Name].(*types.Func)
		if f.Source == nil || !ok {
			continue
		}
		name := f.Source.Name
		fail := func(do, why string, args ...any) {
			r.errorf(name.Pos, "//cairn:source of="+name.Text, do, why, args...)
		}
		g := sibling(obj, name.Text)
		switch {
		case g == nil:
			fail("correct the name", "there is no such %s", kindOf(obj))
		case g == obj:
			fail("name another function", "it is the function itself")
		case declared[g] == nil || declared[g].Body == nil:
			fail("name a function that is written in Go", "it has no body here")
		case s.Funcs[declared[g]] != nil && s.Funcs[declared[g]].Source != nil:
			fail("name "+s.Funcs[declared[g]].Source.Name.Text+" itself", "another function stands for it in derivatives")
		case !types.Identical(plainSignature(obj), plainSignature(g)):
			fail("give both the same parameters and results", "its signature differs from that of %s", obj.Name())
		default:
			f.Source.Fn = g
		}
	}
}

// sibling returns the function of the name in the package of obj or, if that is a method, the
// method of the same type.
func sibling(obj *types.Func, name string) *types.Func {
	recv := obj.Signature().Recv()
	if recv == nil {
		g, _ := obj.Pkg().Scope().Lookup(name).(*types.Func)
		return g
	}
	named := receiverType(recv.Type())
	if named == nil {
		return nil
	}
	for i := range named.NumMethods() {
		if m := named.Method(i); m.Name() == name {
			return m
		}
	}
	return nil
}

// receiverType returns the type whose method has a receiver of type t, nil if there is no such type.
func receiverType(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Origin()
	}
	return nil
}

func kindOf(obj *types.Func) string {
	if obj.Signature().Recv() != nil {
		return "method of the type"
	}
	return "function in the package"
}

// plainSignature is the signature with the receiver as the first parameter. That of a method of a
// generic type speaks of the type parameters of the type instead of its own, so that two
// methods can be compared.
func plainSignature(f *types.Func) *types.Signature {
	sig := f.Signature()
	if sig.Recv() == nil {
		return sig
	}
	if sig.RecvTypeParams().Len() > 0 {
		named := receiverType(sig.Recv().Type())
		var args []types.Type
		for p := range named.TypeParams().TypeParams() {
			args = append(args, p)
		}
		of, err := types.Instantiate(nil, named, args, false)
		if err != nil {
			return sig
		}
		m, _, _ := types.LookupFieldOrMethod(types.NewPointer(of), true, f.Pkg(), f.Name())
		sig = m.(*types.Func).Signature()
	}
	params := []*types.Var{sig.Recv()}
	for v := range sig.Params().Variables() {
		params = append(params, v)
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
}
