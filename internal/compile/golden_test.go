package compile_test

import (
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/optim"
	"github.com/cairn-ad/cairn/internal/testutil"
)

// TestGolden compiles the sources of testdata/golden and compares with the
// generated files that stand beside them: they show what made code looks like.
// With -update they are written anew.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/golden/*.txtar")
	if err != nil || len(names) < 8 {
		t.Fatalf("%d cases: %v", len(names), err)
	}
	archives := map[string]*txtar.Archive{}
	files := map[string]string{}
	for _, name := range names {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		pkg := strings.TrimSuffix(filepath.Base(name), ".txtar")
		archives[pkg] = ar
		for _, f := range ar.Files {
			if !strings.HasSuffix(f.Name, "_cairn.go") {
				files[pkg+"/"+f.Name] = string(f.Data)
			}
		}
	}
	dir := testutil.Module(t, files)
	made := goldenFiles(t, dir, compile.Options{})
	testutil.Go(t, dir, "build", "./...")
	for pkg, ar := range archives {
		t.Run(pkg, func(t *testing.T) {
			if *update {
				updateGolden(t, "testdata/golden/"+pkg+".txtar", ar, made[pkg])
				return
			}
			checkGolden(t, ar, made[pkg])
		})
	}
	if t.Failed() {
		return
	}
	// Longer code must build too.
	long := goldenFiles(t, dir, compile.Options{Without: optim.All, Strict: true})
	testutil.Go(t, dir, "build", "./...")
	for pkg := range made {
		for name := range made[pkg] {
			if long[pkg][name] == "" {
				t.Errorf("%s/%s is not made without tidying", pkg, name)
			}
		}
	}
}

// goldenFiles compiles all packages, writes the generated files and returns
// their texts by package and base name.
func goldenFiles(t *testing.T, dir string, opts compile.Options) map[string]map[string]string {
	t.Helper()
	results, err := compile.Packages(dir, []string{"./..."}, opts)
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]map[string]string{}
	for _, r := range results {
		texts := map[string]string{}
		for _, f := range r.Files {
			texts[filepath.Base(f.Name)] = string(f.Text)
			if err := os.WriteFile(f.Name, f.Text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		made[filepath.Base(r.Package.Dir)] = texts
	}
	return made
}

func updateGolden(t *testing.T, name string, ar *txtar.Archive, made map[string]string) {
	t.Helper()
	var keep []txtar.File
	for _, f := range ar.Files {
		if !strings.HasSuffix(f.Name, "_cairn.go") {
			keep = append(keep, f)
			if text := made[strings.TrimSuffix(f.Name, ".go")+"_cairn.go"]; text != "" {
				keep = append(keep, txtar.File{Name: strings.TrimSuffix(f.Name, ".go") + "_cairn.go", Data: []byte(text)})
			}
		}
	}
	ar.Files = keep
	if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
		t.Fatal(err)
	}
}

func checkGolden(t *testing.T, ar *txtar.Archive, made map[string]string) {
	t.Helper()
	wanted := 0
	for _, f := range ar.Files {
		if strings.HasSuffix(f.Name, "_cairn.go") {
			wanted++
			if d := cmp.Diff(string(f.Data), made[f.Name]); d != "" {
				t.Errorf("%s -want +got:\n%s", f.Name, d)
			}
		}
	}
	if wanted != len(made) || wanted == 0 {
		t.Errorf("%d generated files, %d wanted", len(made), wanted)
	}
	for name, text := range made {
		checkLooks(t, name, text)
	}
}

var emptyBlock = regexp.MustCompile(`(?m)^\s*(if|for) .*\{\n\s*\}$|else \{\n\s*\}`)

// checkLooks holds what is promised of all generated code.
func checkLooks(t *testing.T, name, text string) {
	t.Helper()
	if again, err := format.Source([]byte(text)); err != nil || string(again) != text {
		t.Errorf("%s is not as gofmt has it (%v)", name, err)
	}
	if !strings.HasPrefix(text, compile.Header+"\n") {
		t.Errorf("%s has no header", name)
	}
	for _, fn := range regexp.MustCompile(`(?m)^func (?:\([^)]*\) )?(\w+)`).FindAllStringSubmatchIndex(text, -1) {
		doc := strings.Contains(text[max(0, fn[0]-400):fn[0]], "// "+text[fn[2]:fn[3]]+" ")
		if !doc {
			t.Errorf("%s: %s has no doc comment", name, text[fn[2]:fn[3]])
		}
	}
	for _, bad := range []string{"float64(0)", "+ 0.0", "* 1.0\n", "+= 0\n", "--1"} {
		if strings.Contains(text, bad) {
			t.Errorf("%s holds %q", name, bad)
		}
	}
	if e := emptyBlock.FindString(text); e != "" {
		t.Errorf("%s holds an empty block: %s", name, e)
	}
}
