package load

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/diag"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of testdata")

// TestCases loads the module in each case with the arguments in the part "args"
// and compares the packages, or the diagnostics, with the part "want".
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
			dir := t.TempDir()
			var args []string
			var opts Options
			want := ""
			var keep []txtar.File
			for _, f := range ar.Files {
				switch f.Name {
				case "args":
					for _, a := range strings.Fields(string(f.Data)) {
						switch {
						case a == "-tests":
							opts.Tests = true
						case strings.HasPrefix(a, "-"):
							opts.BuildFlags = append(opts.BuildFlags, a)
						default:
							args = append(args, a)
						}
					}
				case "want":
					want = string(f.Data)
					continue
				default:
					write(t, filepath.Join(dir, f.Name), f.Data)
				}
				keep = append(keep, f)
			}
			write(t, filepath.Join(dir, "go.mod"), []byte("module m\n\ngo 1.26\n"))
			opts.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off")
			got := result(t, dir, args, opts)
			if *update {
				ar.Files = append(keep, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func result(t *testing.T, dir string, args []string, opts Options) string {
	pkgs, err := Load(dir, args, opts)
	var b strings.Builder
	if err != nil {
		var e *diag.Error
		if !errors.As(err, &e) {
			t.Errorf("no list of diagnostics: %v", err)
		}
		fmt.Fprintln(&b, err)
	} else {
		for _, p := range pkgs {
			show(t, &b, dir, p)
		}
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(b.String(), real, "DIR")
	return strings.ReplaceAll(text, dir, "DIR")
}

func show(t *testing.T, b *strings.Builder, dir string, p *Package) {
	fmt.Fprintf(b, "%s (%s)", p.Path, p.Name)
	if p.Matched {
		b.WriteString(" matched")
	}
	for _, i := range p.Imports {
		fmt.Fprintf(b, " imports %s", i.Path)
	}
	b.WriteString("\n")
	if len(p.Files) != len(p.FileNames) || p.Types == nil || p.Info == nil || p.Fset == nil {
		t.Errorf("%s is incomplete", p.Path)
	}
	for i, name := range p.FileNames {
		if filepath.Dir(name) != p.Dir {
			t.Errorf("%s is not in %s", name, p.Dir)
		}
		fmt.Fprintf(b, "  %s: %d declarations\n", filepath.Base(name), len(p.Files[i].Decls))
	}
	for _, f := range p.Directives.Sorted() {
		fmt.Fprintf(b, "  %s makes %v\n", f.Decl.Name.Name, f.Generated())
	}
}

// TestSharedTypes checks that a type seen through an import is the one that its
// own package declares, as lowering across packages needs.
func TestSharedTypes(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), []byte("module m\n\ngo 1.26\n"))
	write(t, filepath.Join(dir, "a", "a.go"), []byte("package a\n\nimport \"m/b\"\n\nvar V b.T\n"))
	write(t, filepath.Join(dir, "b", "b.go"), []byte("package b\n\ntype T struct{}\n"))
	pkgs, err := Load(dir, []string{"./..."}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) != 2 || pkgs[0].Path != "m/b" {
		t.Fatalf("packages %v", pkgs)
	}
	if v, own := pkgs[1].Types.Scope().Lookup("V").Type(), pkgs[0].Types.Scope().Lookup("T").Type(); v != own {
		t.Errorf("%v and %v are different types", v, own)
	}
}

func TestNoModule(t *testing.T) {
	_, err := Load(t.TempDir(), []string{"."}, Options{Env: append(os.Environ(), "GO111MODULE=on", "GOWORK=off", "GOFLAGS=")})
	if err == nil {
		t.Error("a directory outside any module was accepted")
	}
}

func TestNoDirectory(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "absent"), nil, Options{}); err == nil {
		t.Error("a directory that does not exist was accepted")
	}
}

func TestPosition(t *testing.T) {
	for in, want := range map[string]string{
		"/a/b.go:3:4": "/a/b.go:3:4", "/a/b.go:3": "/a/b.go:3", "-": "-", "": "-", "b.go": "b.go", "c:/x.go:1:2": "c:/x.go:1:2",
	} {
		if got := position(in).String(); got != want {
			t.Errorf("position(%q) = %q, want %q", in, got, want)
		}
	}
}
