package compile_test

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/directive"
	"github.com/cairn-ad/cairn/internal/load"
	"github.com/cairn-ad/cairn/internal/lower"
	"github.com/cairn-ad/cairn/internal/mutate"
	"github.com/cairn-ad/cairn/internal/optim"
	"github.com/cairn-ad/cairn/internal/progen"
)

var (
	mutants     = flag.Int("mutants", 0, "number of mutants of TestMutants; 0: 2000, with -short 300")
	mutantSeed  = flag.Uint64("mutantseed", 0, "seed of the mutants")
	mutantDir   = flag.String("mutantdir", "", "directory in which TestMutants leaves what fails; \"\": a new one below that for temporary files")
	mutantLimit = flag.Duration("mutantlimit", time.Minute, "time after which the compiler counts as hanging")
)

// TestMutants changes programs that compile, those of the test cases and random ones, and
// gives them to the compiler: it must refuse them with a diagnostic, or write code that
// compiles, and never panic or hang. What fails is left as a file, whose name has the
// number by which -mutantseed makes it again.
func TestMutants(t *testing.T) {
	n := *mutants
	switch {
	case n > 0:
	case testing.Short():
		n = 300
	default:
		n = 2000
	}
	dir := *mutantDir
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "cairn-mutants"); err != nil {
			t.Fatal(err)
		}
		defer os.Remove(dir) // if nothing was left
	}
	imports := newImports(t)
	sources := mutantSources(t, imports)
	debug.SetMaxStack(256 << 20)
	m := &mutantRun{t: t, dir: dir, imports: imports, count: map[string]int{}}
	var wg sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				r := rand.New(rand.NewPCG(*mutantSeed, uint64(i)))
				src := sources[r.IntN(len(sources))]
				m.examine(i, src, src.Mutant(r))
				if done := i + 1; done%5000 == 0 && n > 5000 {
					fmt.Printf("mutants: %d of %d, %s\n", done, n, m.summary())
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d mutants of %d programs: %s", n, len(sources), m.summary())
	if m.count["compiled"] < n/50 || m.count["refused"] < n/50 {
		t.Errorf("too few mutants reach the end or a diagnostic of the compiler")
	}
}

// TestKnownMutants gives the compiler the mutants that it once failed on.
func TestKnownMutants(t *testing.T) {
	names, err := filepath.Glob("testdata/mutants/*.txt")
	if err != nil || len(names) < 8 {
		t.Fatalf("%d mutants: %v", len(names), err)
	}
	m := &mutantRun{t: t, imports: newImports(t), count: map[string]int{}}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, opts := range []compile.Options{{}, {Without: optim.All}} {
			if _, err := m.compile(strings.TrimSuffix(name, ".txt")+".go", text, opts); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// mutantSources are the programs of the test cases that consist of one file, and random
// ones.
func mutantSources(t *testing.T, imp types.Importer) []*mutate.Source {
	t.Helper()
	var out []*mutate.Source
	add := func(name string, text []byte) {
		if s, err := mutate.New(name, text, imp); err == nil {
			out = append(out, s)
		}
	}
	for _, pattern := range []string{"testdata/*.txtar", "testdata/golden/*.txtar", "../lower/testdata/*.txtar"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var files []txtar.File
			for _, f := range ar.Files {
				if strings.HasSuffix(f.Name, ".go") && !strings.HasSuffix(f.Name, "_cairn.go") {
					files = append(files, f)
				}
			}
			if len(files) == 1 {
				add(strings.TrimSuffix(filepath.Base(name), ".txtar"), files[0].Data)
			}
		}
	}
	for seed := range uint64(100) {
		c, err := progen.Generate(*mutantSeed+seed, "F", progen.Options{Statements: 4 + int(seed%12)})
		if err != nil {
			t.Fatal(err)
		}
		add(fmt.Sprint("random", seed), []byte(progen.File("user", c)))
	}
	if len(out) < 300 {
		t.Fatalf("only %d sources", len(out))
	}
	return out
}

// imports has the packages that the sources and generated code import.
type imports map[string]*types.Package

func (im imports) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := im[path]; p != nil {
		return p, nil
	}
	return nil, errors.New("not known here")
}

func newImports(t *testing.T) imports {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps},
		"math", "math/cmplx", "math/rand", "math/rand/v2", "math/bits", "sort", "slices", "maps", "cmp", "fmt", "errors", "time", "io", "os", "sync", "sync/atomic",
		"strings", "strconv", "iter", "bufio", "bytes", "context", "github.com/cairn-ad/cairn/ad", "github.com/cairn-ad/cairn/schedule")
	if err != nil {
		t.Fatal(err)
	}
	out := imports{}
	for _, p := range pkgs {
		if len(p.Errors) > 0 {
			t.Fatal(p.Errors)
		}
		out[p.PkgPath] = p.Types
	}
	return out
}

// mutantRun is the state of TestMutants.
type mutantRun struct {
	t       *testing.T
	dir     string
	imports imports

	mu    sync.Mutex
	count map[string]int
}

func (m *mutantRun) note(outcome string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count[outcome]++
}

func (m *mutantRun) summary() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var parts []string
	for _, k := range []string{"no Go", "type errors", "refused", "nothing asked for", "compiled", "failed"} {
		parts = append(parts, fmt.Sprintf("%d %s", m.count[k], k))
	}
	return strings.Join(parts, ", ")
}

// examine compiles one mutant. Its text stands in a file meanwhile, so that it is there
// if the process dies.
func (m *mutantRun) examine(i int, src *mutate.Source, text []byte) {
	name := filepath.Join(m.dir, fmt.Sprintf("%s_%d_%d.go", src.Name, *mutantSeed, i))
	if err := os.WriteFile(name, text, 0o644); err != nil {
		m.t.Error(err)
		return
	}
	type result struct {
		outcome string
		err     error
	}
	done := make(chan result, 1)
	go func() {
		outcome, err := m.compile(name, text, compile.Options{Without: []optim.Set{0, optim.All, 0, leftOut(uint64(i))}[i%4], Strict: i%4 == 2})
		done <- result{outcome, err}
	}()
	var r result
	select {
	case r = <-done:
	case <-time.After(*mutantLimit):
		r = result{"failed", fmt.Errorf("the compiler does not end within %v", *mutantLimit)}
	}
	m.note(r.outcome)
	if r.err != nil {
		m.t.Errorf("mutant %d of %s, left in %s: %v", i, src.Name, name, r.err)
		return
	}
	os.Remove(name)
}

// compile gives the outcome; an error is a fault of the compiler.
func (m *mutantRun) compile(name string, text []byte, opts compile.Options) (outcome string, err error) {
	defer func() {
		if p := recover(); p != nil {
			outcome, err = "failed", fmt.Errorf("the compiler panics: %v\n%s", p, ownFrames(debug.Stack()))
		}
	}()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
	if err != nil {
		return "no Go", nil
	}
	files := []*ast.File{file}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
	wrong, missing := false, true
	conf := types.Config{Importer: m.imports, GoVersion: "go1.26", Error: func(err error) {
		wrong = true
		missing = missing && strings.Contains(err.Error(), "undefined")
	}}
	pkg, _ := conf.Check("user", fset, files, info)
	set, diags := directive.Parse(fset, files)
	diags = append(diags, set.Resolve(fset, info)...)
	if wrong { // the loader stops here, but for names that are still to be made
		if missing && len(diags) == 0 {
			lower.Lower(lower.Input{Fset: fset, Root: &lower.Package{Types: pkg, Info: info, Files: files, Directives: set}})
		}
		return "type errors", nil
	}
	if len(diags) > 0 {
		return "refused", nil
	}
	made, diags, err := compile.Pipeline(load.Checked(fset, files, pkg, info, set), opts)
	switch {
	case err != nil:
		return "failed", fmt.Errorf("the compiler fails: %w", err)
	case len(diags) > 0:
		return "refused", nil
	case len(made) == 0:
		return "nothing asked for", nil
	}
	return "compiled", m.check(fset, file, made)
}

// check type-checks generated files together with their source.
func (m *mutantRun) check(fset *token.FileSet, source *ast.File, made []compile.File) error {
	files := []*ast.File{source}
	for _, f := range made {
		file, err := parser.ParseFile(fset, f.Name, f.Text, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("the generated code is no Go: %w\n%s", err, f.Text)
		}
		files = append(files, file)
	}
	var errs []error
	conf := types.Config{Importer: m.imports, GoVersion: "go1.26", Error: func(err error) { errs = append(errs, err) }}
	_, _ = conf.Check("user", fset, files, nil)
	if len(errs) > 0 {
		return fmt.Errorf("the generated code does not compile: %w", errors.Join(errs[:min(3, len(errs))]...))
	}
	return nil
}

// ownFrames keeps of a stack the lines of this module, up to ten.
func ownFrames(stack []byte) string {
	lines := strings.Split(string(stack), "\n")
	lines = slices.DeleteFunc(lines, func(l string) bool { return !strings.Contains(l, ".go:") || !strings.Contains(l, "/internal/") })
	return strings.Join(lines[:min(10, len(lines))], "\n")
}
