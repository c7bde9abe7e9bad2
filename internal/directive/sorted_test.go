package directive

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

// TestSortedByFile parses the files in another order than they are given in, as
// concurrent loading may.
func TestSortedByFile(t *testing.T) {
	fset := token.NewFileSet()
	parse := func(name, fn string) *ast.File {
		f, err := parser.ParseFile(fset, name, "package p\n\n//cairn:adjoint wrt=x of=return\nfunc "+fn+"(x float64) float64 { return x }\n\n"+
			"//cairn:adjoint wrt=x of=return\nfunc "+fn+"2(x float64) float64 { return x }\n", parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	c, a, b := parse("c.go", "C"), parse("a.go", "A"), parse("b.go", "B")
	set, diags := Parse(fset, []*ast.File{a, b, c})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	got := ""
	for _, f := range set.Sorted() {
		got += f.Decl.Name.Name + " "
	}
	if want := "A A2 B B2 C C2 "; got != want {
		t.Errorf("the order is %s, want %s", got, want)
	}
}
