package ad

import (
	"cmp"
	"slices"
)

// Ascending lists the places of the elements of x in the order in which [slices.Sort],
// which makes the same comparisons, puts them: a NaN comes before all else.
func Ascending[S ~[]E, E ~float32 | ~float64](x S) []int {
	p := make([]int, len(x))
	for i := range p {
		p[i] = i
	}
	slices.SortFunc(p, func(i, j int) int { return cmp.Compare(x[i], x[j]) })
	return p
}
