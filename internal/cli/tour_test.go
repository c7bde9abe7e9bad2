package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/internal/cli/tour"
	"github.com/cairn-ad/cairn/internal/testutil"
	"github.com/cairn-ad/cairn/scrutiny"
)

func TestTour(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "out")
	status, out, errs := cairn("tour", "--quick", "--json", "--dir", dir)
	if status != 0 || errs != "" {
		t.Fatalf("status %d, errors %s\n%s", status, errs, out)
	}
	var r struct {
		Passed bool
		Checks []tour.Check
		CG     struct {
			Scrutiny  *scrutiny.Report
			Interrupt tour.Interrupt
		}
		Files []string
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if !r.Passed || len(r.Checks) != 14 {
		t.Errorf("passed %t with %d checks, want 14", r.Passed, len(r.Checks))
	}
	if m := r.CG.Scrutiny.Variable("x"); m == nil || m.RunLength() != "1400C1Z1D" {
		t.Errorf("mask of x: %v", m)
	}
	// Five vectors of 1402 elements, zeta and the residual; of the vectors 1400 elements
	// of x are critical.
	i := r.CG.Interrupt
	if i.Elements != 5*1402+2 || i.Stored != 1402 || i.LeftOut != i.Elements-i.Stored {
		t.Errorf("elements %d, stored %d, left out %d", i.Elements, i.Stored, i.LeftOut)
	}
	if !i.Killed || i.ResumedAt < i.KillAt || i.ResumedAt > 14 {
		t.Errorf("the interruption: %+v", i)
	}
	if len(r.Files) != 7 {
		t.Errorf("%d files, want 5 maps, the masks and the record: %v", len(r.Files), r.Files)
	}
	for _, name := range r.Files {
		if s, err := os.Stat(name); err != nil || s.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "checkpoints-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestTourCannotWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	status, _, errs := cairn("tour", "--dir", filepath.Join(file, "out"))
	if status != 1 || !strings.Contains(errs, "name another with --dir") {
		t.Errorf("status %d, errors %s", status, errs)
	}
}

// The tour names the loop of CG by a constant, since sources need not be there when it
// runs. This is the line of the source.
func TestTourKnowsTheLoop(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(testutil.Root(t), "npb", "cg", "cg.go"))
	if err != nil {
		t.Fatal(err)
	}
	before, _, ok := strings.Cut(string(text), "//cairn:checkpoint")
	if !ok {
		t.Fatal("no checkpointed loop in npb/cg/cg.go")
	}
	want := "npb/cg/cg.go:" + strconv.Itoa(strings.Count(before, "\n")+2)
	if tour.Loop != want {
		t.Errorf("the tour says %s, the loop is at %s: correct the constant", tour.Loop, want)
	}
}
