package suite

import (
	"slices"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
)

// TestKernels: every kernel has the small classes, runs class S and reports under its own name.
func TestKernels(t *testing.T) {
	var names []string
	for _, k := range Kernels() {
		names = append(names, k.Name)
		if k.Title == "" || k.Name != strings.ToLower(k.Name) {
			t.Errorf("kernel %q has the title %q", k.Name, k.Title)
		}
		if classes := k.Classes(); len(classes) < 4 || !slices.Equal(classes[:4], []common.Class{"S", "W", "A", "B"}) {
			t.Errorf("%s: classes %v", k.Name, classes)
		}
		if k.Name == "ep" && testing.Short() {
			continue
		}
		r := k.Run(common.ClassS)
		if r.Kernel != k.Name || r.Class != common.ClassS || !r.Verified || !(r.Mops > 0) || len(r.References) == 0 {
			t.Errorf("%s: %+v", k.Name, r)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(names)) != len(Kernels()) {
		t.Errorf("kernels %v are not in order, each once", names)
	}
}
