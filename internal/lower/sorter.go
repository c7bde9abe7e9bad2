package lower

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

// sorterType is *ad.Sorter. It has a hidden field, so that its calls are seen to depend on
// each other.
var sorterType = func() types.Type {
	hidden := types.NewField(token.NoPos, ir.RunTime, "state", intType, false)
	named := types.NewNamed(types.NewTypeName(token.NoPos, ir.RunTime, "Sorter", nil), types.NewStruct([]*types.Var{hidden}, nil), nil)
	return types.NewPointer(named)
}()

// sorterFunc is the function of package ad with that name, which makes a Sorter.
func sorterFunc(name string) *types.Func {
	return types.NewFunc(token.NoPos, ir.RunTime, name, signatureOf(nil, []types.Type{intType}, []types.Type{sorterType}))
}

// sorterMethods are the methods of ad.Sorter.
var sorterMethods = func() map[string]*types.Func {
	recv := types.NewVar(token.NoPos, ir.RunTime, "s", sorterType)
	boolean, ints := types.Type(types.Typ[types.Bool]), types.NewSlice(intType)
	out := map[string]*types.Func{}
	for name, sig := range map[string]*types.Signature{
		"Compare": signatureOf(recv, []types.Type{boolean}, []types.Type{intType, intType, boolean}),
		"Step":    signatureOf(recv, []types.Type{boolean}, []types.Type{intType, intType, intType}),
		"Order":   signatureOf(recv, nil, []types.Type{ints}),
	} {
		out[name] = types.NewFunc(token.NoPos, ir.RunTime, name, sig)
	}
	return out
}()

func signatureOf(recv *types.Var, params, results []types.Type) *types.Signature {
	tuple := func(list []types.Type) *types.Tuple {
		var vars []*types.Var
		for _, t := range list {
			vars = append(vars, types.NewParam(token.NoPos, ir.RunTime, "", t))
		}
		return types.NewTuple(vars...)
	}
	return types.NewSignatureType(recv, nil, nil, tuple(params), tuple(results), false)
}
