package ad_test

import (
	"math"
	"slices"
	"sort"
	"testing"

	"pgregory.net/rapid"

	"github.com/cairn-ad/cairn/ad"
)

// TestAscending compares with the functions themselves, zeros of both signs and NaNs that
// differ included.
func TestAscending(t *testing.T) {
	values := []float64{0, 1, 2, -3, 4.5, math.Inf(1), math.NaN(), math.Float64frombits(math.Float64bits(math.NaN()) + 1), math.Copysign(0, -1)}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.SampledFrom(values), 0, 90).Draw(t, "x")
		order := ad.Ascending(x)
		for name, f := range map[string]func([]float64){
			"slices.Sort": slices.Sort[[]float64], "sort.Float64s": sort.Float64s,
			"sort.Float64Slice.Sort": func(x []float64) { sort.Float64Slice(x).Sort() },
		} {
			want := slices.Clone(x)
			f(want)
			for k, i := range order {
				if math.Float64bits(x[i]) != math.Float64bits(want[k]) {
					t.Fatalf("%s of %v gives %v, and not x[%d] at %d", name, x, want, i, k)
				}
			}
		}
	})
}
