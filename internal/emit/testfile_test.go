package emit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/ir"
)

// TestUnknown: which types have values that a test can invent, and why others have not.
func TestUnknown(t *testing.T) {
	const source = `package p

type Vec struct{ x, Y float64 }
type Shape struct {
	Name string
	Rows [][]float64
}
type Node struct {
	V    float64
	Next *Node
}

var (
	a float32
	b []float64
	c [][3]*Vec
	d int
	e *Shape
	f Node
	g map[string]float64
	h func(float64) float64
	i []complex128
	j interface{ F() }
	k bool
)
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := new(types.Config).Check("p", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	own := types.RelativeTo(pkg)
	for name, want := range map[string]struct{ why, example string }{
		"a": {"", ""},
		"b": {"", "make([]float64, 3)"},
		"c": {"", "make([][3]*Vec, 3)"},
		"d": {"is of type int", "3"},
		"e": {"has Name, which is of type string", "&Shape{}"},
		"f": {"has Next, which leads to values of its own type Node, as a list does", "Node{}"},
		"g": {"is of type map[string]float64", "map[string]float64{}"},
		"h": {"is of type func(float64) float64", ""},
		"i": {"has [], which is of type complex128", "make([]complex128, 3)"},
		"j": {"is of type interface{F()}", ""},
		"k": {"is of type bool", "true"},
	} {
		typ := pkg.Scope().Lookup(name).Type()
		if why := unknown(typ, pkg, own); why != want.why {
			t.Errorf("%s: %q, want %q", typ, why, want.why)
		}
		if got := example(typ, own); got != want.example {
			t.Errorf("%s: example %q, want %q", typ, got, want.example)
		}
	}
	other := types.NewPackage("q", "q")
	if why := unknown(pkg.Scope().Lookup("Vec").Type(), other, types.RelativeTo(other)); why != "is of type p.Vec, which has unexported fields" {
		t.Errorf("the type of another package: %q", why)
	}
}

// TestTestFileRefuses: a made function that does not fit its root is an error, not a
// test that does not compile.
func TestTestFileRefuses(t *testing.T) {
	pkg := types.NewPackage("p", "p")
	x := &ir.Var{Name: "x", Type: f64, Kind: ir.Param}
	root := function(pkg, "F", []*ir.Var{x})
	strange := &ir.Func{Name: "FTangent", Params: []*ir.Var{{Name: "z", Type: f64}}, Results: root.Results}
	for want, g := range map[string]Group{
		"z of FTangent has no place":         {Tangent: strange},
		"FAdjoint has no room for its seeds": {Adjoint: &ir.Func{Name: "FAdjoint"}, Of: []Place{{Var: root.Results[0]}}},
	} {
		_, err := TestFile(pkg, "a.go", "", []*Test{{Root: root, Groups: []Group{g}}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}
