package irinterp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/cairn-ad/cairn/internal/ir"
)

func sliceOfPointers(fn *ir.Func) types.Type { return types.NewSlice(fn.Params[5].Type) }

// closeBodies adds the final return that the sources in a table leave out.
func closeBodies(t testing.TB, src string) string {
	t.Helper()
	const head = "package p\n"
	file, err := parser.ParseFile(token.NewFileSet(), "", head+src, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(file.Decls) - 1; i >= 0; i-- {
		if d, ok := file.Decls[i].(*ast.FuncDecl); ok && d.Type.Results != nil {
			at := int(d.Body.Rbrace) - 1 - len(head)
			src = src[:at] + "\nreturn\n" + src[at:]
		}
	}
	return src
}

const plus = token.ADD

// globals is an Interp.Global that looks values up by name.
func globals(vals map[string]Value) func(*types.Var) (Value, error) {
	return func(v *types.Var) (Value, error) { return vals[v.Name()], nil }
}
