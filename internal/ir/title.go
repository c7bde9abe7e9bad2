package ir

import (
	"go/types"
	"strings"
)

// Title is how a reader of package pkg calls the function, without its own
// package: "Step", "Dot[float64]", "Vec[float64].Norm".
func (f *Func) Title(pkg *types.Package) string {
	if len(f.TArgs) == 0 || f.Obj == nil {
		return f.Name[strings.LastIndex(f.Name, ".")+1:]
	}
	targs := (&Printer{Qualify: Within(pkg)}).typeArgs(f.TArgs)
	r := f.Obj.Signature().Recv()
	if r == nil {
		return f.Obj.Name() + targs
	}
	t := types.Unalias(r.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	return t.(*types.Named).Obj().Name() + targs + "." + f.Obj.Name()
}
