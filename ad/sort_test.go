package ad_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cairn-ad/cairn/ad"
)

// TestSort compares the derivatives of sorting with each other and with where the
// elements go.
func TestSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.SampledFrom([]float64{0, 1, 2, -3, 4.5, math.Inf(1), math.NaN(), math.Copysign(0, -1)}), 0, 9).Draw(t, "x")
		xd, yb := make([]float64, len(x)), make([]float64, len(x))
		for i := range x {
			xd[i], yb[i] = float64(i+1), float64(10+i)
		}
		sorted, yd, xb := slices.Clone(x), slices.Clone(xd), slices.Clone(yb)
		slices.Sort(sorted)
		ad.SortAdjoint(x, xb)
		y := slices.Clone(x)
		ad.SortTangent(y, yd)
		for i := range y {
			if math.Float64bits(y[i]) != math.Float64bits(sorted[i]) {
				t.Errorf("sorted to %v, not to %v", y, sorted)
			}
			j := int(yd[i]) - 1
			if x[j] != y[i] && !(math.IsNaN(x[j]) && math.IsNaN(y[i])) {
				t.Errorf("the tangent of x[%d] = %v goes to %v", j, x[j], y[i])
			}
			if xb[j] != yb[i] {
				t.Errorf("x[%d] gets the adjoint %v, not %v", j, xb[j], yb[i])
			}
		}
	})
}
