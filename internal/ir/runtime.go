package ir

import "go/types"

// RunTime is package ad, which made code calls, as it stands in types.
var RunTime = types.NewPackage("github.com/cairn-ad/cairn/ad", "ad")

// RunTimeType is a pointer to a new type that is printed as the one of package ad with that name.
func RunTimeType(name string) types.Type {
	return types.NewPointer(types.NewNamed(types.NewTypeName(0, RunTime, name, nil), types.NewStruct(nil, nil), nil))
}
