package directive

import (
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/ir"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of testdata")

// TestCases compares what is read from a.go with the part "want", and the
// diagnostics with the part "errors".
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, errs := read(t, ar.Files[0].Data)
			got := []txtar.File{ar.Files[0]}
			if want != "" {
				got = append(got, txtar.File{Name: "want", Data: []byte(want)})
			}
			if errs != "" {
				got = append(got, txtar.File{Name: "errors", Data: []byte(errs)})
			}
			ar.Files, got = got, ar.Files
			if *update {
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(txtar.Format(&txtar.Archive{Files: got})), string(txtar.Format(&txtar.Archive{Files: ar.Files}))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func read(t *testing.T, src []byte) (want, errs string) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "a.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Scopes: map[ast.Node]*types.Scope{},
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	if _, err := conf.Check("a", fset, []*ast.File{f}, info); err != nil {
		t.Fatal(err)
	}
	set, diags := Parse(fset, []*ast.File{f})
	diags = append(diags, set.Resolve(fset, info)...)
	diags.Sort()
	for _, d := range diags {
		if d.What == "" || d.Why == "" || d.Do == "" || d.Pos.Line == 0 {
			t.Errorf("unhelpful: %s", d)
		}
		if !strings.HasPrefix(string(src[d.Pos.Offset:]), d.Replaces) {
			t.Errorf("%q, which a suggestion replaces, does not stand at %v", d.Replaces, d.Pos)
		}
		d.Pos.Filename = ""
		errs += d.String() + "\n"
		if d.Suggestion != "" {
			errs += fmt.Sprintf("\tinstead of %s: %s\n", d.Replaces, d.Suggestion)
		}
	}
	return show(fset, set), errs
}

// show lists a set, one line for each entry, by line number.
func show(fset *token.FileSet, s *Set) string {
	var lines []string
	put := func(pos token.Pos, format string, args ...any) {
		lines = append(lines, fmt.Sprintf("%3d: ", fset.Position(pos).Line)+fmt.Sprintf(format, args...))
	}
	for _, f := range s.Sorted() {
		head := f.Decl.Name.Name
		if f.Passive {
			head += " passive"
		}
		if f.Mode != ir.DefaultMode {
			head += " " + f.Mode.String()
		}
		put(f.Decl.Pos(), "%s makes %v", head, f.Generated())
		for kind, d := range map[string]*Derivative{"adjoint": f.Adjoint, "tangent": f.Tangent, "scrutinize": f.Scrutinize} {
			if d != nil {
				put(d.Pos, "%s wrt=%s of=%s", kind, showNames(d.Wrt), showNames(d.Of))
			}
		}
	}
	for stmt, c := range s.Loops {
		levels := ""
		if c.Levels != "" {
			levels = " levels=" + c.Levels
		}
		put(stmt.Pos(), "%T scheme=%s%s%s storage=%q", stmt, c.Scheme, schemeText(c.Args), levels, c.Storage)
	}
	for stmt, c := range s.Blocks {
		put(c.Pos, "checkpoint of %T in line %d", stmt, fset.Position(stmt.Pos()).Line)
	}
	for stmt, c := range s.Fixed {
		put(c.Pos, "fixed point of %T in line %d tol=%g max=%d", stmt, fset.Position(stmt.Pos()).Line, c.Tol, c.Max)
	}
	for stmt, c := range s.Calls {
		put(stmt.Pos(), "%T %s", stmt, c.Mode)
	}
	for _, r := range s.Rules {
		h := r.How
		named := func(f *types.Func) string {
			if f == nil {
				return "none"
			}
			return f.Name()
		}
		put(r.Pos, "rule of %s: %s %s %s %s mirror=%v in=%v out=%v same=%v reads=%v writes=%v", h.Of.FullName(),
			named(h.Tangent), named(h.Adjoint), named(h.Forward), named(h.Reverse), h.Mirror, h.In, h.Out, h.Same, h.Reads, h.Writes)
	}
	sort.Strings(lines)
	return strings.Join(append(lines, ""), "\n")
}

func showNames(names []Name) string {
	var out []string
	for _, n := range names {
		role := []string{"receiver", "param", "result"}[n.Role]
		out = append(out, fmt.Sprintf("%s(%s %d %v %v)", n.Text, role, n.Index, n.Path, n.Type))
	}
	return strings.Join(out, ",")
}

func TestClosest(t *testing.T) {
	for word, want := range map[string]string{
		"adjiont": "adjoint", "ajoint": "adjoint", "tangnet": "tangent", "checkpiont": "checkpoint",
		"jiont": "joint", "rule": "rule", "rles": "", "x": "", "passiv": "passive",
	} {
		if got := closest(word, names()); got != want {
			t.Errorf("closest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "abc", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "bc", 1}, {"abc", "xbcd", 2}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := distance(c.b, c.a); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

// schemeText is the keys with integers.
func schemeText(args []SchemeArg) string {
	text := ""
	for _, a := range args {
		text += fmt.Sprintf(" %s=%s|%d", a.Key, a.Name, a.Count)
	}
	return text
}
