package lower

import (
	"bytes"
	"flag"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/diag"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/ir"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of testdata")

// fset and stdlib are shared, so that each imported package is read once.
var (
	fset   = token.NewFileSet()
	stdlib = importer.ForCompiler(fset, "source", nil)
)

// module imports the packages of one test case, else the standard library.
type module map[string]*types.Package

func (m module) Import(path string) (*types.Package, error) {
	if p := m[path]; p != nil {
		return p, nil
	}
	return stdlib.Import(path)
}

// load type-checks a case: files without a directory are the root package, a
// file d/x.go belongs to the package m/d. Dependencies stand before users.
func load(t *testing.T, name string, ar *txtar.Archive) (Input, diag.List) {
	t.Helper()
	in := Input{Fset: fset}
	var diags diag.List
	mod := module{}
	dirs := map[string][]*ast.File{}
	var order []string
	for _, f := range ar.Files {
		if path.Ext(f.Name) != ".go" {
			continue
		}
		file, err := parser.ParseFile(fset, name+"/"+f.Name, f.Data, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		dir := path.Dir(f.Name)
		if dirs[dir] == nil {
			order = append(order, dir)
		}
		dirs[dir] = append(dirs[dir], file)
	}
	for _, dir := range order {
		info := newInfo()
		var errs []error
		conf := types.Config{Importer: mod, Error: func(err error) { errs = append(errs, err) }}
		pkg, _ := conf.Check(path.Join("m", dir), fset, dirs[dir], info)
		for _, err := range errs {
			if text := err.Error(); !strings.Contains(text, "undefined: fAdjoint") && !strings.Contains(text, "declared and not used") {
				t.Fatal(err)
			}
		}
		mod[path.Join("m", dir)] = pkg
		set, list := directive.Parse(fset, dirs[dir])
		diags = append(diags, list...)
		p := &Package{Types: pkg, Info: info, Files: dirs[dir], Directives: set}
		if dir == "." {
			in.Root = p
			diags = append(diags, set.Resolve(fset, info)...)
		} else {
			in.Deps = append(in.Deps, p)
		}
	}
	return in, diags
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances: map[*ast.Ident]types.Instance{}, Scopes: map[ast.Node]*types.Scope{},
		Implicits: map[ast.Node]types.Object{},
	}
}

func cases(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	return files
}

func readCase(t *testing.T, file string) *txtar.Archive {
	t.Helper()
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return ar
}

// TestCases compares the printed IR with the part "want" of each case, or the
// diagnostics, as line:col: text, with the part "errors".
func TestCases(t *testing.T) {
	for _, file := range cases(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar := readCase(t, file)
			part, got := outcome(t, file, ar)
			if *update {
				rewrite(t, file, ar, part, got)
				return
			}
			for _, f := range ar.Files {
				if f.Name == part {
					if diff := cmp.Diff(string(f.Data), got); diff != "" {
						t.Errorf("-want +got:\n%s", diff)
					}
					return
				}
			}
			t.Errorf("no part %q; got:\n%s", part, got)
		})
	}
}

func outcome(t *testing.T, file string, ar *txtar.Archive) (part, text string) {
	in, diags := load(t, file, ar)
	var prog *ir.Program
	if len(diags) == 0 {
		prog, diags = Lower(in)
	}
	if len(diags) > 0 {
		if prog != nil {
			t.Error("a program and diagnostics")
		}
		diags.Sort()
		return "errors", short(diags)
	}
	if err := ir.Verify(prog); err != nil {
		t.Error(err)
	}
	var buf bytes.Buffer
	if err := ir.Print(&buf, prog); err != nil {
		t.Fatal(err)
	}
	return "want", buf.String()
}

// short drops the file names.
func short(l diag.List) string {
	var b strings.Builder
	for _, d := range l {
		name := path.Base(d.Pos.Filename)
		d.Pos.Filename = ""
		prefix := ""
		if name != "a.go" {
			prefix = name + ":"
		}
		b.WriteString(prefix + d.String() + "\n")
	}
	return b.String()
}

func rewrite(t *testing.T, file string, ar *txtar.Archive, part, got string) {
	var keep []txtar.File
	for _, f := range ar.Files {
		if f.Name != "want" && f.Name != "errors" {
			keep = append(keep, f)
		}
	}
	ar.Files = append(keep, txtar.File{Name: part, Data: []byte(got)})
	if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestEveryDiagnosticHelps checks that all of them give the cause, a way out
// and a position.
func TestEveryDiagnosticHelps(t *testing.T) {
	for _, file := range cases(t) {
		in, diags := load(t, file, readCase(t, file))
		if len(diags) == 0 {
			_, diags = Lower(in)
		}
		for _, d := range diags {
			if d.What == "" || d.Why == "" || d.Do == "" || d.Pos.Line == 0 {
				t.Errorf("%s: %s", file, d)
			}
		}
	}
}

// TestDeterministic lowers each case twice.
func TestDeterministic(t *testing.T) {
	for _, file := range cases(t) {
		ar := readCase(t, file)
		_, first := outcome(t, file, ar)
		_, second := outcome(t, file, ar)
		if first != second {
			t.Errorf("%s: two outcomes: %s", file, cmp.Diff(first, second))
		}
	}
}
