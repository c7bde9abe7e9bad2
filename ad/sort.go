package ad

import (
	"cmp"
	"slices"
)

// SortTangent sorts x, and its tangent xd in the same way. Of equal elements the first one
// comes first.
func SortTangent[S ~[]E, E ~float32 | ~float64](x, xd S) {
	y := slices.Clone(xd)
	for i, j := range order(x) {
		xd[i] = y[j]
	}
	slices.Sort(x)
}

// SortAdjoint is the adjoint of sorting x, which is not sorted yet: xb holds the adjoints of
// the sorted elements on entry, and those of the elements of x on return.
func SortAdjoint[S ~[]E, E ~float32 | ~float64](x, xb S) {
	y := slices.Clone(xb)
	for i, j := range order(x) {
		xb[j] = y[i]
	}
}

// order lists the places of the elements of x in the order of their values, as
// [slices.Sort] has it: a NaN comes before all else.
func order[S ~[]E, E ~float32 | ~float64](x S) []int {
	p := make([]int, len(x))
	for i := range p {
		p[i] = i
	}
	slices.SortStableFunc(p, func(i, j int) int { return cmp.Compare(x[i], x[j]) })
	return p
}
