package npbtest

import (
	"testing"

	"github.com/cairn-ad/cairn/ad"
)

// CheckScrutiny compares how many elements of each variable are critical, dead, and such that
// only the derivative is zero.
func CheckScrutiny(t *testing.T, found *ad.Scrutiny, want map[string][3]int) {
	t.Helper()
	met := 0
	for _, v := range found.Variables() {
		var got [3]int
		for _, influence := range found.Elements(v.Name) {
			got[influence]++
		}
		if got != want[v.Name] {
			t.Errorf("%s: %v, want %v", v.Name, got, want[v.Name])
		}
		if _, ok := want[v.Name]; ok {
			met++
		}
	}
	if met != len(want) {
		t.Errorf("%d of the variables of %v are in the state", met, want)
	}
}
