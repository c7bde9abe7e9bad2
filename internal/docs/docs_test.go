package docs

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/compile"
	"github.com/cairn-ad/cairn/internal/testutil"
)

// TestPages proves every code block of the documentation; the comment of the
// package says how.
func TestPages(t *testing.T) {
	root := testutil.Root(t)
	pages := findPages(t, root)
	if len(pages) == 0 {
		t.Fatal("there is no page below the root")
	}
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(page, func(t *testing.T) {
			for _, err := range provePage(t, root, page, string(text)) {
				t.Error(err)
			}
		})
	}
}

// findPages returns the Markdown files of the root, of docs and of the examples.
func findPages(t *testing.T, root string) []string {
	pages, err := filepath.Glob(filepath.Join(root, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tree := range []string{"docs", "examples"} {
		err := filepath.WalkDir(filepath.Join(root, tree), func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && filepath.Ext(name) == ".md" {
				pages = append(pages, name)
			}
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	for i, name := range pages {
		if pages[i], err = filepath.Rel(root, name); err != nil {
			t.Fatal(err)
		}
	}
	return pages
}

// A prover collects what is wrong with the blocks of one page.
type prover struct {
	t    *testing.T
	root string
	errs []error
}

func (p *prover) errorf(format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf(format, args...))
}

func provePage(t *testing.T, root, page, text string) []error {
	p := &prover{t: t, root: root}
	blocks, errs := Parse(page, text)
	p.errs = errs
	together := map[string]string{}
	for _, b := range blocks {
		switch b.Lang {
		case "go":
			if !isFile(b) {
				p.excerpt(b)
			} else if name, ok := b.Args["name"]; ok {
				together[name] += b.Text
			} else {
				p.module(b.Pos(), map[string]string{"main.go": b.Text})
			}
		case "sh":
			p.shell(b)
		case "console":
			p.console(b)
		case "json":
			if !json.Valid([]byte(b.Text)) {
				p.errorf("%s: this is not valid JSON", b.Pos())
			}
		case "text":
			if lang := LooksLike(b.Text); lang != "" {
				p.errorf("%s: a block marked text is not proved, but this looks like %s; mark it so", b.Pos(), lang)
			}
		}
	}
	if len(together) > 0 {
		p.module(page, together)
	}
	return p.errs
}

func isFile(b Block) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", b.Text, parser.PackageClauseOnly)
	return err == nil && !b.Has("file")
}

func (p *prover) excerpt(b Block) {
	file, ok := b.Args["file"]
	if !ok {
		p.errorf("%s: a Go block needs a package clause, or file=PATH if it is an excerpt of a file", b.Pos())
		return
	}
	text, err := os.ReadFile(filepath.Join(p.root, filepath.FromSlash(file)))
	if err != nil {
		p.errorf("%s: %v", b.Pos(), err)
		return
	}
	if err := Excerpt(b.Text, string(text)); err != nil {
		p.errorf("%s: excerpt of %s: %v", b.Pos(), file, err)
	}
}

// requireAll gives a module what go mod tidy would, so that it can import all packages of
// this one: all that this one requires.
func (p *prover) requireAll(dir string) {
	read := func(root, name string) string {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			p.t.Fatal(err)
		}
		return string(text)
	}
	_, requires, ok := strings.Cut(read(p.root, "go.mod"), "\nrequire (")
	if !ok {
		p.t.Fatal("go.mod has no block of requirements")
	}
	testutil.Write(p.t, dir, "go.mod", read(dir, "go.mod")+"\nrequire ("+requires)
	testutil.Write(p.t, dir, "go.sum", read(p.root, "go.sum"))
}

// module compiles files as a user would: generator first, then go vet.
func (p *prover) module(pos string, files map[string]string) {
	dir := testutil.Module(p.t, files)
	p.requireAll(dir)
	for _, text := range files {
		if !strings.Contains(text, "//cairn:") {
			continue
		}
		results, err := compile.Packages(dir, []string{"./..."}, compile.Options{})
		if err != nil {
			p.errorf("%s: the generator refuses this code:\n%v", pos, err)
			return
		}
		for _, r := range results {
			tests, err := r.Tests()
			if err != nil {
				p.errorf("%s: no tests are written for this code: %v", pos, err)
			}
			for _, f := range append(tests, r.Files...) {
				if err := os.WriteFile(f.Name, f.Text, 0o644); err != nil {
					p.t.Fatal(err)
				}
			}
		}
		break
	}
	if out, err := testutil.TryGo(dir, "vet", "./..."); err != nil {
		p.errorf("%s: this code does not compile:\n%s", pos, out)
	}
}

func (p *prover) shell(b Block) {
	if out, err := exec.Command("bash", "-n", "-c", b.Text).CombinedOutput(); err != nil {
		p.errorf("%s: %v\n%s", b.Pos(), err, out)
		return
	}
	if !b.Has("test") {
		return
	}
	if out, err := shell(p.t, p.root, "set -euo pipefail\n"+b.Text); err != nil {
		p.errorf("%s: %v\n%s", b.Pos(), err, out)
	}
}

func (p *prover) console(b Block) {
	commands, err := Transcript(b.Text)
	if err != nil {
		p.errorf("%s: %v", b.Pos(), err)
		return
	}
	for _, c := range commands {
		out, err := shell(p.t, p.root, c.Line)
		if err == nil {
			err = Printed(c.Want, out)
		}
		if err != nil {
			p.errorf("%s: %s: %v; it printed:\n%s", b.Pos(), c.Line, err, out)
		}
	}
}

// shell runs a script in the root, with $OUT as the place for what it writes and
// with cairn and cairngen from this source first in its path.
func shell(t *testing.T, root, script string) (string, error) {
	cmd := exec.Command("bash", "-c", script)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "OUT="+t.TempDir(), "PATH="+commands(t, root)+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

var bin string // built once, by the first block that is run

func commands(t *testing.T, root string) string {
	if bin == "" {
		dir, err := os.MkdirTemp("", "cairn-docs-")
		if err != nil {
			t.Fatal(err)
		}
		bin = dir
		testutil.Go(t, root, "build", "-o", bin, "./cmd/...")
	}
	return bin
}

func TestMain(m *testing.M) {
	code := m.Run()
	if bin != "" {
		os.RemoveAll(bin)
	}
	os.Exit(code)
}
