package rule_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/lower"
	"github.com/cairn-ad/cairn/internal/rule"
)

var (
	fset   = token.NewFileSet()
	stdlib = importer.ForCompiler(fset, "source", nil)
)

func mathPackage(t *testing.T) *types.Package {
	t.Helper()
	pkg, err := stdlib.Import("math")
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

func isFloat(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsFloat != 0
}

// takesFloats reports whether a function has a float among its parameters.
func takesFloats(sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		if isFloat(p.Type()) {
			return true
		}
	}
	return false
}

// lowerCall lowers a function whose body calls math.name.
func lowerCall(t *testing.T, name string, sig *types.Signature) []string {
	t.Helper()
	var src strings.Builder
	src.WriteString("package a\n\nimport \"math\"\n\n//cairn:adjoint wrt=x of=return\nfunc F(x float64, f float32, n int, u uint64, v uint32) float64 {\n\t")
	var left, args []string
	for range sig.Results().Len() {
		left = append(left, "_")
	}
	for p := range sig.Params().Variables() {
		switch p.Type().String() {
		case "float64":
			args = append(args, "x")
		case "float32":
			args = append(args, "f")
		case "int":
			args = append(args, "n")
		case "uint64":
			args = append(args, "u")
		case "uint32":
			args = append(args, "v")
		default:
			t.Fatalf("math.%s has a parameter of type %s", name, p.Type())
		}
	}
	src.WriteString(strings.Join(left, ", ") + " = math." + name + "(" + strings.Join(args, ", ") + ")\n\treturn x\n}\n")
	file, err := parser.ParseFile(fset, name+".go", src.String(), parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{}, Implicits: map[ast.Node]types.Object{},
	}
	pkg, err := (&types.Config{Importer: stdlib}).Check("a", fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	set, diags := directive.Parse(fset, []*ast.File{file})
	diags = append(diags, set.Resolve(fset, info)...)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	_, diags = lower.Lower(lower.Input{Fset: fset, Root: &lower.Package{Types: pkg, Info: info, Files: []*ast.File{file}, Directives: set}})
	var out []string
	for _, d := range diags {
		if d.What == "" || d.Why == "" || d.Do == "" || d.Pos.Line == 0 {
			t.Errorf("math.%s: the diagnostic %q lacks a part", name, d)
		}
		out = append(out, d.String())
	}
	return out
}

// results names what stands for the results of the functions with two.
var results = map[string][2]string{
	"Frexp": {"ad.FrexpFrac", "ad.FrexpExp"}, "Lgamma": {"ad.Lgamma", "ad.LgammaSign"},
	"Modf": {"ad.ModfInt", "ad.ModfFrac"}, "Sincos": {"ad.SincosSin", "ad.SincosCos"},
}

// TestEveryMathFunctionIsDecided: a function of package math with a float among
// its parameters either has a rule or is refused with a diagnostic; nothing
// falls between.
func TestEveryMathFunctionIsDecided(t *testing.T) {
	pkg := mathPackage(t)
	known, refused := 0, 0
	for _, name := range pkg.Scope().Names() {
		fn, ok := pkg.Scope().Lookup(name).(*types.Func)
		if !ok || !fn.Exported() || !takesFloats(fn.Signature()) {
			continue
		}
		r := rule.Lookup("math." + name)
		if fn.Signature().Results().Len() > 1 { // one rule for each result, in the name of package ad
			r = rule.Lookup(results[name][0])
			if rule.Lookup(results[name][1]) == nil {
				r = nil
			}
		}
		diags := lowerCall(t, name, fn.Signature())
		switch {
		case r == nil && len(diags) == 0:
			t.Errorf("math.%s has no rule and is not refused", name)
		case r != nil && len(diags) > 0:
			t.Errorf("math.%s has a rule and is refused: %s", name, diags)
		case r == nil:
			refused++
			if !strings.Contains(diags[0], "math."+name) {
				t.Errorf("the diagnostic for math.%s does not name it: %s", name, diags[0])
			}
		default:
			known++
		}
	}
	if known < 55 || refused < 2 {
		t.Errorf("%d functions have a rule, %d are refused: the list of package math is not what was expected", known, refused)
	}
}

// TestFloatsFromBitsAreRefused: the way back from bits would lose a derivative.
func TestFloatsFromBitsAreRefused(t *testing.T) {
	pkg := mathPackage(t)
	for _, name := range []string{"Float64frombits", "Float32frombits"} {
		fn := pkg.Scope().Lookup(name).(*types.Func)
		if diags := lowerCall(t, name, fn.Signature()); len(diags) != 1 {
			t.Errorf("math.%s: %v", name, diags)
		}
	}
}

// TestTableFitsPackageMath: every entry names a function that exists and has a
// partial for each of its parameters.
func TestTableFitsPackageMath(t *testing.T) {
	pkg := mathPackage(t)
	seen := map[string]bool{}
	for _, r := range realRules() {
		if seen[r.Fn] {
			t.Errorf("%s stands twice in the table", r.Fn)
		}
		seen[r.Fn] = true
		if got := rule.Lookup(r.Fn); got == nil || got.Fn != r.Fn {
			t.Errorf("Lookup(%q) is %v", r.Fn, got)
		}
		if r.Fn == "max" || r.Fn == "min" {
			continue
		}
		if strings.HasPrefix(r.Fn, "ad.") {
			known := false
			for _, fns := range results {
				known = known || r.Fn == fns[0] || r.Fn == fns[1]
			}
			if !known || len(r.Partials) != 1 {
				t.Errorf("%s is no result of a function of package math of one argument", r.Fn)
			}
			continue
		}
		fn, ok := pkg.Scope().Lookup(strings.TrimPrefix(r.Fn, "math.")).(*types.Func)
		if !ok {
			t.Errorf("package math has no %s", r.Fn)
			continue
		}
		params := fn.Signature().Params().Len()
		if r.Select != "" && params != 2 || r.Select == "" && len(r.Partials) != params {
			t.Errorf("%s takes %d arguments, its rule has %d partials", r.Fn, params, len(r.Partials))
		}
	}
	if rule.Lookup("math.Lgamma") != nil || rule.Lookup("Sin") != nil {
		t.Error("Lookup invents rules")
	}
}

// TestZero: the rules without any derivative are those of piecewise constant
// functions and of questions about a float.
func TestZero(t *testing.T) {
	want := map[string]bool{
		"math.Ceil": true, "math.Floor": true, "math.Inf": true, "math.Logb": true, "math.NaN": true, "math.Round": true,
		"math.RoundToEven": true, "math.Trunc": true, "math.IsNaN": true, "math.IsInf": true, "math.Signbit": true,
		"math.Ilogb": true, "math.Float64bits": true, "math.Float32bits": true, "math.Float64frombits": true,
		"math.Float32frombits": true, "math.Pow10": true, "ad.FrexpExp": true, "ad.LgammaSign": true, "ad.ModfInt": true,
	}
	for _, r := range realRules() {
		if got := r.Zero(); got != want[r.Fn] {
			t.Errorf("%s: Zero is %v", r.Fn, got)
		}
	}
}

func TestUsesResult(t *testing.T) {
	for _, c := range []struct {
		fn   string
		arg  int
		want bool
	}{
		{"math.Exp", 0, true},
		{"math.Sqrt", 0, true},
		{"math.Sin", 0, false},
		{"math.Pow", 0, false},
		{"math.Pow", 1, true},
		{"math.Hypot", 0, true},
		{"math.Atan2", 0, false},
		{"max", 0, false},
		{"math.Round", 0, false},
	} {
		if got := rule.Lookup(c.fn).UsesResult(c.arg); got != c.want {
			t.Errorf("%s, argument %d: %v", c.fn, c.arg, got)
		}
	}
}

// TestAllIsACopy: nobody can change the table.
func TestAllIsACopy(t *testing.T) {
	rule.All()[0].Fn = "changed"
	if rule.All()[0].Fn == "changed" {
		t.Error("All gives the table away")
	}
}
