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

// TestReslice does in testdata/reslice what TestCases does for the other passes.
func TestReslice(t *testing.T) { passCases(t, "reslice", Reslice) }

// TestShare does in testdata/share what TestCases does for the other passes. Variables with
// names that end in b hold derivatives.
func TestShare(t *testing.T) {
	passCases(t, "share", func(f *ir.Func) {
		shadows(f)
		Share(f)
	})
}

// shadows lets variables with names that end in b hold derivatives.
func shadows(f *ir.Func) {
	for _, v := range append(f.Inputs(), f.Locals...) {
		if strings.HasSuffix(v.Name, "b") {
			v.Made, v.Shadow = true, ir.ShadowValue
		}
	}
}

// passCases applies a pass to the part before of each case and compares with the part after;
// for each line of inputs both compute the same, or both panic.
func passCases(t *testing.T, dir string, pass func(*ir.Func)) {
	files, err := filepath.Glob("testdata/" + dir + "/*.txtar")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d cases: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			before, after := parse(t, part(ar, "before")), parse(t, part(ar, "before"))
			for _, f := range after.Funcs {
				pass(f)
			}
			got := printed(t, after)
			if err := ir.Verify(after); err != nil {
				t.Errorf("%v\n%s", err, got)
			}
			if *update {
				ar.Files = slices.DeleteFunc(ar.Files, func(f txtar.File) bool { return f.Name == "after" })
				ar.Files = append(ar.Files, txtar.File{Name: "after", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if d := cmp.Diff(part(ar, "after"), got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			panics := 0
			for in := range strings.Lines(part(ar, "inputs")) {
				lits := strings.Split(strings.TrimSpace(in), "; ")
				want, wantErr := tried(t, before, last(before), lits, 0)
				got, gotErr := tried(t, after, last(after), lits, 0)
				if (gotErr != nil) != (wantErr != nil) || got != want {
					t.Errorf("F%s\n\tgives %s, %v\n\twants %s, %v", lits, got, gotErr, want, wantErr)
				}
				if wantErr != nil {
					panics++
				}
			}
			if wants := strings.Contains(string(ar.Comment), "panic"); wants != (panics > 0) {
				t.Errorf("%d inputs panic", panics)
			}
		})
	}
}
