package ir

import (
	"go/types"
	"sync"
)

// RunTime is package ad, which made code calls, as it stands in types.
var RunTime = types.NewPackage("github.com/cairn-ad/cairn/ad", "ad")

var runTimeTypes sync.Map // name to types.Type

// RunTimeType is a pointer to the type of package ad with that name.
func RunTimeType(name string) types.Type {
	if t, ok := runTimeTypes.Load(name); ok {
		return t.(types.Type)
	}
	t := types.NewPointer(types.NewNamed(types.NewTypeName(0, RunTime, name, nil), types.NewStruct(nil, nil), nil))
	first, _ := runTimeTypes.LoadOrStore(name, t)
	return first.(types.Type)
}
