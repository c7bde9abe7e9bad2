package lower

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/ir"
)

//go:embed testdata/same/compare.go.txt
var comparer string

// TestSameResults compiles every accepted case twice, as written and with its
// functions replaced by the printed IR, and compares results, memory behind the
// arguments and panics bit for bit on generated inputs.
func TestSameResults(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program with all cases")
	}
	dir := t.TempDir()
	var imports, calls bytes.Buffer
	n := 0
	for _, file := range cases(t) {
		ar := readCase(t, file)
		in, diags := load(t, file, ar)
		if len(diags) > 0 || len(in.Deps) > 0 {
			continue
		}
		prog, diags := Lower(in)
		src := mainSource(t, ar)
		if len(diags) > 0 || usesVariables(prog) || strings.Contains(src, "\ttype ") { // which the printed form leaves out
			continue
		}
		if !strings.Contains(src, "\t\"math\"") && strings.Contains(src, "\"math\"") && !strings.Contains(src, "import \"math\"") {
			continue // imports it under another name than the printed form has
		}
		n++
		write(t, filepath.Join(dir, fmt.Sprintf("o%d", n), "a.go"), src+entries(in))
		write(t, filepath.Join(dir, fmt.Sprintf("l%d", n), "a.go"), replaceFuncs(in, src, prog)+entries(in))
		fmt.Fprintf(&imports, "\to%d \"m/o%d\"\n\tl%d \"m/l%d\"\n", n, n, n, n)
		fmt.Fprintf(&calls, "\tcompare(%q, o%d.Entries, l%d.Entries)\n", strings.TrimSuffix(filepath.Base(file), ".txtar"), n, n)
	}
	if n < 50 {
		t.Fatalf("only %d accepted cases", n)
	}
	for _, name := range []string{"mathtuple.go", "room.go", "keys.go", "dynamic.go", "text.go"} {
		text, err := os.ReadFile("../../ad/" + name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "ad", name), string(text))
	}
	write(t, filepath.Join(dir, "go.mod"), "module m\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nimport (\n"+imports.String()+")\n\nfunc main() {\n"+calls.String()+"\tfinish()\n}\n")
	write(t, filepath.Join(dir, "compare.go"), comparer)
	cmd := exec.Command("go", "run", "-gcflags=-e", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%d programs: %s", n, out)
}

// usesVariables reports whether functions have parameters for package-level variables: then
// they have other inputs than those of the source.
func usesVariables(prog *ir.Program) bool {
	for _, f := range prog.Funcs {
		for _, p := range f.Params {
			if p.Global != nil {
				return true
			}
		}
	}
	return false
}

func mainSource(t *testing.T, ar *txtar.Archive) string {
	for _, f := range ar.Files {
		if f.Name == "a.go" {
			return string(f.Data)
		}
	}
	t.Fatal("no a.go")
	return ""
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// entries declares a map of the functions with directives.
func entries(in Input) string {
	var b strings.Builder
	b.WriteString("\nvar Entries = map[string]any{\n")
	for _, f := range in.Root.Directives.Sorted() {
		if !f.Differentiated() {
			continue
		}
		name := f.Decl.Name.Name
		if f.Decl.Recv != nil {
			name = "(" + types.ExprString(f.Decl.Recv.List[0].Type) + ")." + name
		}
		fmt.Fprintf(&b, "\t%q: %s,\n", name, name)
	}
	b.WriteString("}\n")
	return b.String()
}

// replaceFuncs returns src with each function of prog in its printed form.
func replaceFuncs(in Input, src string, prog *ir.Program) string {
	byObj := map[types.Object]*ir.Func{}
	for _, f := range prog.Funcs {
		byObj[f.Obj] = f
	}
	var b strings.Builder
	at := 0
	for _, d := range in.Root.Files[0].Decls {
		fd, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		f := byObj[in.Root.Info.Defs[fd.Name]]
		if f == nil {
			continue
		}
		b.WriteString(src[at:in.Fset.Position(fd.Pos()).Offset])
		b.WriteString(ir.FormatFunc(f))
		at = in.Fset.Position(fd.End()).Offset
	}
	b.WriteString(src[at:])
	for _, f := range prog.Funcs {
		if len(f.TArgs) > 0 { // the instances stand beside what they are made of
			b.WriteString("\n" + ir.FormatFunc(f))
		}
	}
	// The calls of a sync.WaitGroup go.
	text := strings.Replace(b.String(), "import \"sync\"\n", "import \"sync\"\n\nvar _ sync.Mutex\n", 1)
	if strings.Contains(text, "ad.") && !strings.Contains(src, "ad.") {
		text = strings.Replace(text, "package a\n", "package a\n\nimport \"m/ad\"\n", 1)
		return strings.Replace(text, "import \"math\"\n", "import \"math\"\n\nvar _ = math.Pi\n", 1)
	}
	return text
}
