package lower

import (
	"go/ast"
	"go/types"
)

// malformed reports whether the call e has a number of arguments that cannot be. The type
// checker says so, but not where an argument is wrong for another reason, such as the name
// of a function that is still to be made, with which a package may come here.
func (b *builder) malformed(e *ast.CallExpr) bool {
	fun := ast.Unparen(e.Fun)
	tv := b.info.Types[fun]
	switch {
	case tv.IsType():
		return len(e.Args) != 1
	case tv.IsBuiltin():
		id, ok := fun.(*ast.Ident)
		return ok && b.malformedBuiltin(id.Name, e)
	}
	if tv.Type == nil {
		return false
	}
	sig := b.signatureOf(fun)
	if sig == nil {
		return false
	}
	given, want := len(e.Args), sig.Params().Len()
	if given == 1 { // f(g()) for a g with several results
		if t, ok := b.info.TypeOf(e.Args[0]).(*types.Tuple); ok {
			given = t.Len()
		}
	}
	if sig.Variadic() {
		return given < want-1
	}
	return given != want
}

func (b *builder) malformedBuiltin(name string, e *ast.CallExpr) bool {
	least, most := 1, 1
	switch name {
	case "append", "max", "min":
		most = len(e.Args)
	case "complex", "copy", "delete":
		least, most = 2, 2
	case "make":
		most = 3
		if t := b.info.TypeOf(e); t != nil {
			if _, ok := t.Underlying().(*types.Slice); ok {
				least = 2
			}
		}
	case "print", "println":
		least, most = 0, len(e.Args)
	case "recover":
		least, most = 0, 0
	}
	if name == "complex" && len(e.Args) == 1 { // complex(f()), which is refused for itself
		_, least1 := b.info.TypeOf(e.Args[0]).(*types.Tuple)
		return !least1
	}
	return len(e.Args) < least || len(e.Args) > most
}
