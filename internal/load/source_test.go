package load

import (
	"path/filepath"
	"slices"
	"testing"
)

// TestOutside: a package of the standard library has its source once its bodies are
// asked for, and its types are those that the importer sees.
func TestOutside(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), []byte("module m\n\ngo 1.26\n"))
	write(t, filepath.Join(dir, "a.go"), []byte("package a\n\nimport \"sort\"\n\nvar V sort.IntSlice\n"))
	pkgs, err := Load(dir, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := pkgs[0]
	if len(p.Missing()) > 0 {
		t.Errorf("missing before anything was asked for: %v", p.Missing())
	}
	if q := p.Outside(p.Types.Imports()[0]); q != nil {
		t.Errorf("%s has a source that was not read", q.Path)
	}
	if !slices.Equal(p.Missing(), []string{"sort"}) {
		t.Fatalf("missing: %v", p.Missing())
	}
	pkgs, err = Load(dir, nil, Options{Bodies: p.Missing()})
	if err != nil {
		t.Fatal(err)
	}
	p = pkgs[0]
	q := p.Outside(p.Types.Imports()[0])
	if q == nil || len(q.Files) == 0 || len(q.Files) != len(q.FileNames) || len(p.Missing()) > 0 {
		t.Fatalf("no source: %v, missing %v", q, p.Missing())
	}
	if v, own := p.Types.Scope().Lookup("V").Type(), q.Types.Scope().Lookup("IntSlice").Type(); v != own {
		t.Errorf("%v and %v are different types", v, own)
	}
	if again := p.Outside(q.Types); again != q {
		t.Error("the second answer is another one")
	}
}
