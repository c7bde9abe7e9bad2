package ad

import (
	"iter"
	"slices"
	"sort"
)

// A Sorter runs a function of the standard library that sorts, a step at a time: the
// comparisons, and the swaps if there are any, are made by generated code, which
// differentiates them. So elements end up where that function puts them, those that compare
// as equal included.
type Sorter struct {
	next  func() (sortStep, bool)
	less  bool // the answer to the last comparison
	order []int
	rank  *ranker // nil where next tells the steps
}

// A sortStep is a comparison or an exchange of the elements i and j.
type sortStep struct {
	swaps bool
	i, j  int
}

// newSorter starts a sort of n elements on its way to the first step.
func newSorter(n int, sorts func(s *Sorter, ask func(i, j int) bool, swap func(i, j int))) *Sorter {
	s := &Sorter{order: places(n)}
	s.start(sorts)
	return s
}

func (s *Sorter) start(sorts func(s *Sorter, ask func(i, j int) bool, swap func(i, j int))) {
	s.next, _ = iter.Pull(func(yield func(sortStep) bool) {
		sorts(s, func(i, j int) bool {
			yield(sortStep{i: i, j: j})
			return s.less
		}, func(i, j int) {
			yield(sortStep{swaps: true, i: i, j: j})
		})
	})
}

func places(n int) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	return p
}

// An orderFunc is a function of the standard library that sorts, here the places p, by a
// comparison of places.
type orderFunc func(p []int, less func(i, j int) bool)

func orderSlice(p []int, less func(i, j int) bool) {
	sort.Slice(p, func(a, b int) bool { return less(p[a], p[b]) })
}

func orderSliceStable(p []int, less func(i, j int) bool) {
	sort.SliceStable(p, func(a, b int) bool { return less(p[a], p[b]) })
}

func orderFuncs(p []int, less func(i, j int) bool) {
	slices.SortFunc(p, func(i, j int) int { return sign(less(i, j)) })
}

func orderStableFunc(p []int, less func(i, j int) bool) {
	slices.SortStableFunc(p, func(i, j int) int { return sign(less(i, j)) })
}

func orderSort(p []int, less func(i, j int) bool) { sort.Sort(placesBy(p, less)) }

func orderStable(p []int, less func(i, j int) bool) { sort.Stable(placesBy(p, less)) }

func placesBy(p []int, less func(i, j int) bool) *sorting {
	return &sorting{len(p), func(a, b int) bool { return less(p[a], p[b]) }, func(a, b int) { p[a], p[b] = p[b], p[a] }}
}

// newOrder starts a sort in which the elements stay where they are.
func newOrder(n int, sorts orderFunc) *Sorter { return newSorter(n, sorts.asked) }

// asked sorts the places of s by what is asked for.
func (f orderFunc) asked(s *Sorter, ask func(i, j int) bool, _ func(i, j int)) { f(s.order, ask) }

// OrderSlice is for [sort.Slice] of n elements. The elements stay where they are: i and j of
// each comparison are their places before the sort.
func OrderSlice(n int) *Sorter { return newOrder(n, orderSlice) }

// OrderSliceStable is OrderSlice for [sort.SliceStable].
func OrderSliceStable(n int) *Sorter { return newOrder(n, orderSliceStable) }

// OrderFunc is OrderSlice for [slices.SortFunc]. The sort asks for no more of a comparison
// than whether it is negative.
func OrderFunc(n int) *Sorter { return newOrder(n, orderFuncs) }

// OrderStableFunc is OrderFunc for [slices.SortStableFunc].
func OrderStableFunc(n int) *Sorter { return newOrder(n, orderStableFunc) }

// OrderSort is OrderSlice for [sort.Sort].
func OrderSort(n int) *Sorter { return newOrder(n, orderSort) }

// OrderStable is OrderSlice for [sort.Stable].
func OrderStable(n int) *Sorter { return newOrder(n, orderStable) }

// SwapSort is for [sort.Sort], and all that sort as it does, of n elements that are
// exchanged on the way.
func SwapSort(n int) *Sorter {
	return newSorter(n, func(_ *Sorter, ask func(i, j int) bool, swap func(i, j int)) {
		sort.Sort(&sorting{n, ask, swap})
	})
}

// SwapStable is SwapSort for [sort.Stable].
func SwapStable(n int) *Sorter {
	return newSorter(n, func(_ *Sorter, ask func(i, j int) bool, swap func(i, j int)) {
		sort.Stable(&sorting{n, ask, swap})
	})
}

// Compare goes on to the next comparison, of the elements i and j. less is what the last one
// has given. At the end, more is false.
func (s *Sorter) Compare(less bool) (i, j int, more bool) {
	if s.rank != nil {
		return s.rank.compare(s, less)
	}
	s.less = less
	at, more := s.next()
	return at.i, at.j, more
}

// Step goes on to the next step of SwapSort and SwapStable: step is 1 for a comparison of
// the elements i and j, 2 for an exchange of them, and 0 at the end.
func (s *Sorter) Step(less bool) (step, i, j int) {
	s.less = less
	at, more := s.next()
	switch {
	case !more:
		return 0, 0, 0
	case at.swaps:
		return 2, at.i, at.j
	}
	return 1, at.i, at.j
}

// Order lists the places before the sort of the elements in their order after it.
func (s *Sorter) Order() []int { return s.order }

func sign(less bool) int {
	if less {
		return -1
	}
	return 1
}

// sorting is a [sort.Interface] made of functions.
type sorting struct {
	n    int
	less func(i, j int) bool
	swap func(i, j int)
}

func (s *sorting) Len() int           { return s.n }
func (s *sorting) Less(i, j int) bool { return s.less(i, j) }
func (s *sorting) Swap(i, j int)      { s.swap(i, j) }
