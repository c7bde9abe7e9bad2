package tidy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/cairn-ad/cairn/internal/ir"
)

// TestGather gathers in the loops of each case, which only add to what has a name that ends
// in b, and compares with the part after. The inputs are whole numbers, so that the order of
// the terms of a sum has no influence.
func TestGather(t *testing.T) {
	files, err := filepath.Glob("testdata/gather/*.txtar")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d cases: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			before, after := parse(t, part(ar, "before")), parse(t, part(ar, "before"))
			f := last(after)
			ir.WalkStmts(f.Body, func(s ir.Stmt) {
				if l, ok := s.(*ir.For); ok {
					l.Additive = slices.DeleteFunc(slices.Clone(f.Inputs()), func(v *ir.Var) bool { return !strings.HasSuffix(v.Name, "b") })
				}
			})
			Gather(f)
			got := printed(t, after)
			if *update {
				ar.Files = slices.DeleteFunc(ar.Files, func(f txtar.File) bool { return f.Name == "after" })
				ar.Files = append(ar.Files, txtar.File{Name: "after", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if d := cmp.Diff(part(ar, "after"), got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			after = parse(t, got) // what is printed is what counts
			for _, in := range strings.Split(strings.TrimSpace(part(ar, "inputs")), "\n") {
				lits := strings.Split(in, "; ")
				want, got := outcome(t, before, last(before), lits, 0), outcome(t, after, last(after), lits, 0)
				if got != want {
					t.Errorf("F%s\n\tgives %s\n\twants %s", lits, got, want)
				}
			}
		})
	}
}
