package arch

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/cairn-ad/cairn/internal/testutil"
)

func TestModuleKeepsTheRules(t *testing.T) {
	pkgs, err := Scan(testutil.Root(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) < len(vocabulary)+len(analyses) {
		t.Fatalf("only %d packages were found below the root", len(pkgs))
	}
	for _, line := range Check(pkgs) {
		t.Error(line)
	}
	found := map[string]bool{}
	for _, p := range pkgs {
		found[p.Dir] = true
	}
	for _, list := range [][]string{public, vocabulary, analyses, stages, shared, tooling, {compiler, generator, generatorRoom}} {
		for _, dir := range list {
			if !found[dir] {
				t.Errorf("rules.go: there is no package %s; remove it from its list", dir)
			}
		}
	}
}

// The generator ends up in the go.mod of its users, so all that it is built from is
// the standard library, this module and golang.org/x.
func TestGeneratorDependencies(t *testing.T) {
	roots, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedImports | packages.NeedDeps | packages.NeedModule,
		Dir:  testutil.Root(t),
	}, "./"+generator)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	packages.Visit(roots, nil, func(p *packages.Package) {
		for _, e := range p.Errors {
			t.Errorf("%s: %v", p.PkgPath, e)
		}
		if p.Module == nil || p.Module.Path == Module {
			return
		}
		seen++
		if !strings.HasPrefix(p.Module.Path, "golang.org/x/") {
			t.Errorf("%s is built from %s of module %s", generator, p.PkgPath, p.Module.Path)
		}
	})
	if seen == 0 {
		t.Error("no dependency on golang.org/x/tools was seen, so this test sees nothing")
	}
}

type goMod struct {
	Require []struct {
		Path     string
		Indirect bool
	}
	Tool []struct{ Path string }
}

func readGoMod(t *testing.T, dir string) goMod {
	t.Helper()
	var m goMod
	out := testutil.Go(t, dir, "mod", "edit", "-json")
	if err := json.Unmarshal([]byte(out), &m); err != nil {
		t.Fatalf("go mod edit -json in %s: %v", dir, err)
	}
	return m
}

// RATIONALE.md gives the reason for every module that this one is built from, for
// every tool, and for what the rules are for; its tables name no others.
func TestRationaleNamesModules(t *testing.T) {
	root := testutil.Root(t)
	text, err := os.ReadFile(filepath.Join(root, "RATIONALE.md"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		listed[m[1]] = true
	}
	used := map[string]bool{}
	for _, r := range readGoMod(t, root).Require {
		used[r.Path] = true
		if !listed[r.Path] {
			t.Errorf("go.mod requires %s; RATIONALE.md must have it in a table, with the reason and the licence", r.Path)
		}
	}
	tools := readGoMod(t, filepath.Join(root, "tools"))
	if len(tools.Tool) == 0 {
		t.Error("tools/go.mod has no tool line")
	}
	for _, tool := range tools.Tool {
		for _, r := range tools.Require {
			if tool.Path == r.Path || strings.HasPrefix(tool.Path, r.Path+"/") {
				used[r.Path] = true
				if !listed[r.Path] {
					t.Errorf("tools/go.mod has the tool %s; RATIONALE.md must have %s in a table", tool.Path, r.Path)
				}
			}
		}
	}
	for _, r := range readGoMod(t, filepath.Join(root, "rules", "gonum")).Require {
		if r.Indirect || r.Path == Module {
			continue
		}
		used[r.Path] = true
		if !listed[r.Path] {
			t.Errorf("rules/gonum/go.mod requires %s; RATIONALE.md must have it in a table, with the reason and the licence", r.Path)
		}
	}
	for path := range listed {
		if !used[path] {
			t.Errorf("RATIONALE.md lists %s, which neither go.mod nor a tool nor a module of rules needs; remove it", path)
		}
	}
}
