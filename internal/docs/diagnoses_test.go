package docs

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/testutil"
)

var update = flag.Bool("update", false, "write docs/reference/diagnostics.md anew")

// compilerRooms are where diagnostics come from.
var compilerRooms = []string{
	"./internal/directive", "./internal/load", "./internal/lower", "./internal/analysis/...",
	"./internal/transform/...", "./internal/tidy", "./internal/emit", "./internal/compile",
}

func compilerDiagnoses(t *testing.T) []Diagnosis {
	t.Helper()
	conf := &packages.Config{
		Dir:  testutil.Root(t),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports,
	}
	pkgs, err := packages.Load(conf, compilerRooms...)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pkgs {
		for _, e := range p.Errors {
			t.Fatal(e)
		}
	}
	return Diagnoses(pkgs)
}

const (
	begin           = "<!-- What follows is made from the source: go test ./internal/docs -run Diagnostics -update -->\n\n"
	diagnosticsPage = "docs/reference/diagnostics.md"
)

// TestDiagnosticsPage: the page lists what the source can report, all of it and nothing
// else.
func TestDiagnosticsPage(t *testing.T) {
	name := filepath.Join(testutil.Root(t), filepath.FromSlash(diagnosticsPage))
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	head, have, ok := strings.Cut(string(text), begin)
	if !ok {
		t.Fatalf("%s has no line %s", diagnosticsPage, begin)
	}
	want := strings.TrimSuffix(Page(compilerDiagnoses(t)), "\n")
	if *update {
		if err := os.WriteFile(name, []byte(head+begin+want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have == want {
		return
	}
	missing := func(a, b string) (out []string) {
		for l := range strings.Lines(a) {
			if !slices.Contains(strings.SplitAfter(b, "\n"), l) {
				out = append(out, l)
			}
		}
		return out
	}
	t.Errorf("%s does not say what the compiler says; run go test ./internal/docs -run Diagnostics -update and read the change.\nNot in the page:\n%sNot in the source:\n%s",
		diagnosticsPage, strings.Join(missing(want, have), ""), strings.Join(missing(have, want), ""))
}

// TestDiagnosticsOfCases: whatever the test cases of the compiler report is in the page.
func TestDiagnosticsOfCases(t *testing.T) {
	list := compilerDiagnoses(t)
	for _, d := range list {
		if d.What == unknown && d.Why == unknown || d.Why == "" && d.What == "" {
			t.Errorf("%s reports something of which the source does not tell the text: %+v", d.Package, d)
		}
	}
	lines := 0
	for _, c := range []struct{ files, section string }{
		{"internal/compile/testdata/*.txtar", "want"},
		{"internal/lower/testdata/no_*.txtar", "errors"},
		{"internal/directive/testdata/*.txtar", "errors"},
	} {
		names, err := filepath.Glob(filepath.Join(testutil.Root(t), filepath.FromSlash(c.files)))
		if err != nil || len(names) == 0 {
			t.Fatalf("no cases %s: %v", c.files, err)
		}
		for _, name := range names {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range a.Files {
				if f.Name != c.section {
					continue
				}
				for l := range strings.Lines(string(f.Data)) {
					m := positioned.FindStringSubmatch(strings.TrimSuffix(l, "\n"))
					if m == nil {
						continue
					}
					lines++
					if !slices.ContainsFunc(list, func(d Diagnosis) bool { return d.Matches(m[1]) }) {
						t.Errorf("%s: the page has nothing like %s", filepath.Base(name), m[1])
					}
				}
			}
		}
	}
	if lines < 100 {
		t.Errorf("only %d diagnostics were found in the cases", lines)
	}
}

// positioned is a diagnostic behind its position; a repeated or indented line is none.
var positioned = regexp.MustCompile(`^(?:[\w./]*:)?\d+:\d+: (.*)$`)

// TestDiagnoses finds the texts in a small source with all forms of reports.
func TestDiagnoses(t *testing.T) {
	const source = `package lower

import "fmt"

type List struct{}

type Diagnostic struct {
	Pos           int
	What, Why, Do string
}

type builder struct{ diags diagList }

type diagList []Diagnostic

func (l *diagList) Add(pos int, what, why, do string) {
	*l = append(*l, Diagnostic{Pos: pos, What: what, Why: why, Do: do})
}

func (b *builder) fail(what, why, do string) { b.diags.Add(1, what, why, do) }

const whyConst = "a constant"

func (b *builder) forms(n int, name string) {
	b.fail("direct "+name, whyConst, fmt.Sprintf("do %d", n))
	why := "first"
	if n > 1 {
		why = "second"
	}
	b.fail("local", why, "do")
	bad := func(why, do string) { b.diags.Add(n, "closure", why, do) }
	bad("one", "two")
	what, because, out := judge(n)
	b.fail(what+" there", because, out)
	do := table[name]
	b.fail("map", "table", do)
	if do, ok := table[name]; ok {
		b.fail("entry", "table", do)
	}
	b.over("x", kind(n))
	_ = Diagnostic{1, "literal", "by place", "do"}
	d := Diagnostic{What: "handed", Why: "on", Do: "by fields"}
	b.fail(d.What, d.Why, d.Do)
}

func (b *builder) over(over, why string) { b.fail("over "+over, why, "do") }

func kind(n int) string {
	if n > 0 {
		return "kind one"
	}
	return "kind two"
}

func judge(n int) (what, why, do string) {
	switch n {
	case 1:
		return "judged", "because", "out"
	case 2:
		return "other", "since", "in"
	}
	return "", "", ""
}

var table = map[string]string{"a": "A", "b": "B"}
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "a.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: fakeFmt{}}
	pkg, err := conf.Check("m/cairn/lower", fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range Diagnoses([]*packages.Package{{PkgPath: "m/cairn/lower", Syntax: []*ast.File{file}, Types: pkg, TypesInfo: info}}) {
		got = append(got, strings.Join([]string{d.Package, d.What, d.Why, d.Do}, "|"))
	}
	want := []string{
		"lower|closure|one|two",
		"lower|direct …|a constant|do …",
		"lower|entry|table|A", "lower|entry|table|B",
		"lower|handed|on|by fields",
		"lower|judged there|because|out",
		"lower|literal|by place|do",
		"lower|local|first|do", "lower|local|second|do",
		"lower|map|table|…",
		"lower|other there|since|in",
		"lower|over x|kind one|do", "lower|over x|kind two|do",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	d := Diagnosis{What: "call of …", Why: "x", Do: "y (…)"}
	if !d.Matches("call of f: x; y (z)") || d.Matches("call of f: z; y (z)") || d.Matches("a call of f: x; y (z)") {
		t.Error("Matches is wrong")
	}
}

// fakeFmt imports a fmt with Sprintf alone.
type fakeFmt struct{}

func (fakeFmt) Import(path string) (*types.Package, error) {
	p := types.NewPackage(path, path)
	str := types.Typ[types.String]
	sig := types.NewSignatureType(nil, nil, nil,
		types.NewTuple(types.NewVar(0, p, "format", str), types.NewVar(0, p, "a", types.NewSlice(types.Universe.Lookup("any").Type()))),
		types.NewTuple(types.NewVar(0, p, "", str)), true)
	p.Scope().Insert(types.NewFunc(0, p, "Sprintf", sig))
	p.MarkComplete()
	return p, nil
}
