package lu

import (
	"testing"

	"github.com/cairn-ad/cairn/npb/common"
	"github.com/cairn-ad/cairn/npb/common/npbtest"
)

// TestProcs: with any number of goroutines a run verifies, and to the last bit: no sum is divided
// among them.
func TestProcs(t *testing.T) {
	for _, class := range npbtest.Classes(t, Classes()) {
		want := Run(class)
		for _, procs := range []int{2, 3, 7} {
			old := common.SetProcs(procs)
			got := Run(class)
			common.SetProcs(old)
			t.Logf("class %s, %d goroutines: %.3f s, 1: %.3f s", class, procs, got.Seconds, want.Seconds)
			if !got.Verified || got.Residual != want.Residual || got.Error != want.Error || got.Surface != want.Surface {
				t.Errorf("class %s with %d goroutines: %+v, with one: %+v", class, procs, got, want)
			}
		}
	}
}
