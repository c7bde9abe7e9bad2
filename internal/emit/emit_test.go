package emit

import (
	"go/ast"
	"go/constant"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/ir"
)

var f64 = types.Typ[types.Float64]

// named makes an exported struct type of another package.
func named(path, pkg, name string) types.Type {
	p := types.NewPackage(path, pkg)
	st := types.NewStruct([]*types.Var{types.NewField(token.NoPos, p, "A", f64, false)}, nil)
	return types.NewNamed(types.NewTypeName(token.NoPos, p, name, nil), st, nil)
}

// function makes a function with the parameters, whose body is r = e.
func function(pkg *types.Package, name string, params []*ir.Var, body ...ir.Stmt) *ir.Func {
	return &ir.Func{
		Name: name, Pkg: pkg, Params: params, Results: []*ir.Var{{Name: "r", Type: f64, Kind: ir.Result}},
		Body: &ir.Block{Stmts: append(body, &ir.Return{})},
	}
}

func param(name string, t types.Type) *ir.Var { return &ir.Var{Name: name, Type: t, Kind: ir.Param} }

func ref(v *ir.Var) ir.Expr { return &ir.Ref{V: v} }

func text(t *testing.T, pkg *types.Package, funcs ...*ir.Func) (string, *ast.File) {
	t.Helper()
	src, err := File(Input{Pkg: pkg, Source: "source.go", Funcs: funcs})
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ParseComments)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	if again, err := format.Source(src); err != nil || string(again) != string(src) {
		t.Errorf("gofmt would change the text (%v):\n%s", err, src)
	}
	return string(src), file
}

// imports lists the imports as "path" or "name path".
func imports(file *ast.File) []string {
	var out []string
	for _, i := range file.Imports {
		s := i.Path.Value
		if i.Name != nil {
			s = i.Name.Name + " " + s
		}
		out = append(out, s)
	}
	return out
}

func TestHeader(t *testing.T) {
	pkg := types.NewPackage("example.com/user", "user")
	x := param("x", f64)
	src, file := text(t, pkg, function(pkg, "FTangent", []*ir.Var{x}, ir.Set(ref(x), ref(x))))
	if !strings.HasPrefix(src, Header+"\n// Source: source.go\n\npackage user\n") {
		t.Errorf("the text begins with\n%.120s", src)
	}
	if !ast.IsGenerated(file) {
		t.Error("the header is not what Go takes for generated code")
	}
	if len(file.Imports) != 0 || strings.Contains(src, "import") {
		t.Errorf("imports %v without a need", imports(file))
	}
	if file.Doc != nil {
		t.Error("the header became the package's documentation")
	}
}

// TestImports: what the code names is imported, nothing else; the standard
// library stands first.
func TestImports(t *testing.T) {
	pkg := types.NewPackage("example.com/user", "user")
	stack := &ir.Var{Name: "st", Type: types.NewPointer(named(adPath, "ad", "Stack")), Kind: ir.Param}
	x := param("x", f64)
	for _, c := range []struct {
		name string
		fn   *ir.Func
		want []string
	}{
		{"nothing", function(pkg, "F", []*ir.Var{x}), nil},
		{"math by a function", function(pkg, "F", []*ir.Var{x}, ir.Set(ref(x), &ir.Math{Fn: "math.Sin", Args: []ir.Expr{ref(x)}, Typ: f64})), []string{`"math"`}},
		{"a builtin", function(pkg, "F", []*ir.Var{x}, ir.Set(ref(x), &ir.Math{Fn: "max", Args: []ir.Expr{ref(x), ref(x)}, Typ: f64})), nil},
		{"math by a constant", function(pkg, "F", []*ir.Var{x}, ir.Set(ref(x), &ir.Const{Val: constant.MakeFloat64(3), Typ: f64, Text: "math.Pi"})), []string{`"math"`}},
		{"a constant of this package", function(pkg, "F", []*ir.Var{x}, ir.Set(ref(x), &ir.Const{Val: constant.MakeFloat64(3), Typ: f64, Text: "dt"})), nil},
		{"ad by a function", function(pkg, "F", []*ir.Var{x}, ir.Set(ref(x), &ir.Math{Fn: "ad.Sign", Args: []ir.Expr{ref(x)}, Typ: f64})), []string{`"` + adPath + `"`}},
		{"ad by a call", function(pkg, "F", []*ir.Var{x}, &ir.Call{Name: "ad.Note", Args: []ir.Expr{ref(x)}}), []string{`"` + adPath + `"`}},
		{"ad by a type", function(pkg, "F", []*ir.Var{stack}, &ir.Call{Name: "PushFloat", On: stack, Args: []ir.Expr{ref(stack)}}), []string{`"` + adPath + `"`}},
		{"a method that looks like a package", function(pkg, "F", []*ir.Var{stack, x}, &ir.Call{Name: "math.Sin", On: x}), []string{`"` + adPath + `"`}},
		{"another package of the module", function(pkg, "F", []*ir.Var{param("g", named("example.com/user/grid", "grid", "T"))}), []string{`"example.com/user/grid"`}},
		{"its own package", function(pkg, "F", []*ir.Var{param("g", types.NewNamed(types.NewTypeName(token.NoPos, pkg, "T", nil), f64, nil))}), nil},
		{"in a nested type", function(pkg, "F", []*ir.Var{param("g", types.NewSlice(types.NewPointer(named("example.com/user/grid", "grid", "T"))))}), []string{`"example.com/user/grid"`}},
		{"a name unlike its path", function(pkg, "F", []*ir.Var{param("g", named("example.com/user/go-grid", "grid", "T"))}), []string{`grid "example.com/user/go-grid"`}},
		{"a version suffix", function(pkg, "F", []*ir.Var{param("g", named("example.com/grid/v2", "grid", "T"))}), []string{`grid "example.com/grid/v2"`}},
		{
			"sorted, the standard library first", function(pkg, "F", []*ir.Var{param("g", named("example.com/z", "z", "T")), param("h", named("example.com/a", "a", "T")), x},
				ir.Set(ref(x), &ir.Math{Fn: "math.Sin", Args: []ir.Expr{&ir.Math{Fn: "ad.Sign", Args: []ir.Expr{ref(x)}, Typ: f64}}, Typ: f64})),
			[]string{`"math"`, `"example.com/a"`, `"example.com/z"`, `"` + adPath + `"`},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			src, file := text(t, pkg, c.fn)
			if got := imports(file); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q\n%s", got, c.want, src)
			}
		})
	}
}

// TestClashes: two packages of one name, and packages named like a variable, are
// imported under other names; ad and math keep theirs.
func TestClashes(t *testing.T) {
	pkg := types.NewPackage("example.com/user", "user")
	x := param("x", f64)
	sign := ir.Set(ref(x), &ir.Math{Fn: "ad.Sign", Args: []ir.Expr{&ir.Math{Fn: "math.Sin", Args: []ir.Expr{ref(x)}, Typ: f64}}, Typ: f64})
	for _, c := range []struct {
		name   string
		params []*ir.Var
		want   []string // imports
		types  []string // as the parameters name them
	}{
		{
			"the user's ad and math",
			[]*ir.Var{param("a", named("example.com/ad", "ad", "T")), param("m", named("example.com/math", "math", "T"))},
			[]string{`"math"`, `ad2 "example.com/ad"`, `math2 "example.com/math"`, `"` + adPath + `"`},
			[]string{"ad2.T", "math2.T"},
		},
		{
			"packages called ad2 and math2",
			[]*ir.Var{param("a", named("example.com/ad2", "ad2", "T")), param("m", named("example.com/math2", "math2", "T"))},
			[]string{`"math"`, `"example.com/ad2"`, `"example.com/math2"`, `"` + adPath + `"`},
			[]string{"ad2.T", "math2.T"},
		},
		{
			"ad2 and a second ad",
			[]*ir.Var{param("a", named("example.com/ad2", "ad2", "T")), param("b", named("example.com/ad", "ad", "T"))},
			[]string{`"math"`, `ad3 "example.com/ad"`, `"example.com/ad2"`, `"` + adPath + `"`},
			[]string{"ad2.T", "ad3.T"},
		},
		{
			"two packages called grid",
			[]*ir.Var{param("a", named("example.com/a/grid", "grid", "T")), param("b", named("example.com/b/grid", "grid", "T"))},
			[]string{`"math"`, `"example.com/a/grid"`, `grid2 "example.com/b/grid"`, `"` + adPath + `"`},
			[]string{"grid.T", "grid2.T"},
		},
		{
			"a package called like a parameter",
			[]*ir.Var{param("grid", named("example.com/grid", "grid", "T"))},
			[]string{`"math"`, `grid2 "example.com/grid"`, `"` + adPath + `"`},
			[]string{"grid2.T"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			src, file := text(t, pkg, function(pkg, "F", append(c.params, x), sign))
			got := imports(file)
			slices.Sort(got)
			want := slices.Clone(c.want)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("imports %q, want %q\n%s", got, want, src)
			}
			for i, v := range c.params {
				if !strings.Contains(src, v.Name+" "+c.types[i]) {
					t.Errorf("%s is not declared as %s\n%s", v.Name, c.types[i], src)
				}
			}
			if !strings.Contains(src, "ad.Sign(math.Sin(x))") {
				t.Errorf("the call is not ad.Sign(math.Sin(x))\n%s", src)
			}
		})
	}
}

// TestOneNameForAllFunctions: a package has one name in a file.
func TestOneNameForAllFunctions(t *testing.T) {
	pkg := types.NewPackage("example.com/user", "user")
	grid := named("example.com/grid", "grid", "T")
	src, file := text(t, pkg,
		function(pkg, "F", []*ir.Var{param("a", grid)}),
		function(pkg, "G", []*ir.Var{param("grid", grid)}))
	if got := imports(file); !slices.Equal(got, []string{`grid2 "example.com/grid"`}) {
		t.Errorf("imports %q\n%s", got, src)
	}
	if strings.Count(src, "grid2.T") != 2 {
		t.Errorf("the type has two names:\n%s", src)
	}
}

// TestNamesOfThePackage: what the user's package declares keeps its name, so no
// import may take it.
func TestNamesOfThePackage(t *testing.T) {
	pkg := types.NewPackage("example.com/user", "user")
	pkg.Scope().Insert(types.NewVar(token.NoPos, pkg, "grid", f64))
	src, file := text(t, pkg, function(pkg, "F", []*ir.Var{param("a", named("example.com/grid", "grid", "T"))}))
	if got := imports(file); !slices.Equal(got, []string{`grid2 "example.com/grid"`}) {
		t.Errorf("imports %q, but the package declares grid itself\n%s", got, src)
	}
}

// TestDoc: the doc comment of a made function.
func TestDoc(t *testing.T) {
	pkg := types.NewPackage("example.com/user", "user")
	f := function(pkg, "FTangent", nil)
	f.Doc = "FTangent runs F\nand more."
	_, file := text(t, pkg, f)
	if got := file.Decls[0].(*ast.FuncDecl).Doc.Text(); got != "FTangent runs F\nand more.\n" {
		t.Errorf("got %q", got)
	}
}

// TestWhatDoesNotParse: an error shows the text with line numbers.
func TestWhatDoesNotParse(t *testing.T) {
	pkg := types.NewPackage("example.com/user", "user")
	_, err := File(Input{Pkg: pkg, Source: "source.go", Funcs: []*ir.Func{function(pkg, "not a name", nil)}})
	if err == nil || !strings.Contains(err.Error(), "source.go") || !strings.Contains(err.Error(), "   6 func not a name(") {
		t.Errorf("got %v", err)
	}
}
