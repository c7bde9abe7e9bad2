package directive

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// generic reports a directive on a function that has no types of its own, and says
// how a function that has them looks.
func (r *resolver) generic(obj *types.Func, id *ast.Ident) {
	do := "put the directive above a function that calls it with the types that you want"
	if w := wrapper(obj); w != "" {
		do = "put the directive above a function for the type that you want: " + w
	}
	r.errorf(id.Pos(), "directive on generic function "+id.Name, do,
		"a derivative is made for given types, and the type arguments are not known here")
}

// wrapper is a function that calls obj for float64, or "" where that is not as
// simple as one line.
func wrapper(obj *types.Func) string {
	sig, recv := forFloat64(obj)
	if sig == nil || sig.Variadic() {
		return ""
	}
	qualify := types.RelativeTo(obj.Pkg())
	call := obj.Name()
	var params []*types.Var
	if recv != nil {
		call = recv.Name() + "." + call
		params = append(params, recv)
	}
	var args []string
	for p := range sig.Params().Variables() {
		args = append(args, p.Name())
		params = append(params, p)
	}
	var decls []string
	for i, p := range params {
		if blank(p.Name()) {
			return ""
		}
		text := p.Name()
		if i+1 == len(params) || !types.Identical(p.Type(), params[i+1].Type()) {
			text += " " + types.TypeString(p.Type(), qualify)
		}
		decls = append(decls, text)
	}
	var results []string
	for v := range sig.Results().Variables() {
		results = append(results, types.TypeString(v.Type(), qualify))
	}
	result, ret := strings.Join(results, ", "), "return "
	switch len(results) {
	case 0:
		ret = ""
	case 1:
		result += " "
	default:
		result = "(" + result + ") "
	}
	return fmt.Sprintf("func %sF64(%s) %s{ %s%s(%s) }", obj.Name(), strings.Join(decls, ", "), result, ret, call, strings.Join(args, ", "))
}

// forFloat64 returns the signature and receiver that obj has where each type
// parameter is float64; nil if the constraints forbid that.
func forFloat64(obj *types.Func) (sig *types.Signature, recv *types.Var) {
	sig = obj.Signature()
	if sig.Recv() == nil {
		t, err := types.Instantiate(nil, sig, float64s(sig.TypeParams().Len()), true)
		if err != nil {
			return nil, nil
		}
		return t.(*types.Signature), nil
	}
	t := sig.Recv().Type()
	p, isPointer := t.(*types.Pointer)
	if isPointer {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return nil, nil
	}
	inst, err := types.Instantiate(nil, n.Origin(), float64s(n.TypeArgs().Len()), true)
	if err != nil {
		return nil, nil
	}
	if isPointer {
		inst = types.NewPointer(inst)
	}
	m, _, _ := types.LookupFieldOrMethod(inst, true, obj.Pkg(), obj.Name())
	f, ok := m.(*types.Func)
	if !ok {
		return nil, nil
	}
	return f.Signature(), types.NewVar(sig.Recv().Pos(), obj.Pkg(), sig.Recv().Name(), inst)
}

func float64s(n int) []types.Type {
	out := make([]types.Type, n)
	for i := range out {
		out[i] = types.Typ[types.Float64]
	}
	return out
}
