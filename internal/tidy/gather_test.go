package tidy

import (
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
			shadows := slices.DeleteFunc(slices.Clone(f.Inputs()), func(v *ir.Var) bool { return !strings.HasSuffix(v.Name, "b") })
			for _, v := range shadows {
				v.Shadow = ir.ShadowValue
				if _, pointer := v.Type.(*types.Pointer); pointer {
					v.Shadow = ir.ShadowPointer
				}
			}
			ir.WalkStmts(f.Body, func(s ir.Stmt) {
				if l, ok := s.(*ir.For); ok {
					l.Additive = shadows
				}
			})
			Gather(f, true)
			got := printed(t, after)
			compareAfter(t, file, ar, got)
			compareOutcomes(t, ar, before, parse(t, got)) // what is printed is what counts
		})
	}
}
