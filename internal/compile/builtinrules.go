package compile

import (
	"go/token"
	"go/types"

	"github.com/cairn-ad/cairn/internal/ir"
)

var adPackage = types.NewPackage("github.com/cairn-ad/cairn/ad", "ad")

// sorts are functions of the standard library that sort the floats of their only
// argument, receivers included.
var sorts = map[string]bool{
	"sort.Float64s":            true,
	"(sort.Float64Slice).Sort": true,
	"slices.Sort":              true,
}

// builtinRule returns the rule that the compiler has itself for f, or nil.
func builtinRule(f *types.Func) *ir.Rule {
	if !sorts[f.FullName()] {
		return nil
	}
	return &ir.Rule{
		Of: f, Tangent: adFunc("SortTangent"), Adjoint: adFunc("SortAdjoint"),
		Permutes: true,
		In:       []bool{true}, Out: []bool{}, Same: []int{}, Writes: []bool{true}, Moves: []bool{false}, Duals: []bool{},
	}
}

// adFunc is the function of package ad with that name, as far as made code calls it.
func adFunc(name string) *types.Func {
	return types.NewFunc(token.NoPos, adPackage, name, types.NewSignatureType(nil, nil, nil, nil, nil, false))
}
