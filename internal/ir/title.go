package ir

import (
	"go/types"
	"strings"
)

// Title is how a reader of the source calls the function, without its package:
// "Step", "Dot[float64]", "Vec[float64].Norm".
func (f *Func) Title() string {
	if len(f.TArgs) == 0 || f.Obj == nil {
		return f.Name[strings.LastIndex(f.Name, ".")+1:]
	}
	p := &Printer{Qualify: func(pkg *types.Package) string {
		if pkg == f.Obj.Pkg() {
			return ""
		}
		return pkg.Name()
	}}
	if r := f.Obj.Signature().Recv(); r != nil {
		return strings.TrimPrefix(p.TypeString(r.Type()), "*") + "." + f.Obj.Name()
	}
	return f.Obj.Name() + p.typeArgs(f.TArgs)
}
