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
}

// A sortStep is a comparison or an exchange of the elements i and j.
type sortStep struct {
	swaps bool
	i, j  int
}

// newSorter starts a sort of n elements on its way to the first step.
func newSorter(n int, sorts func(s *Sorter, ask func(i, j int) bool, swap func(i, j int))) *Sorter {
	s := &Sorter{order: make([]int, n)}
	for i := range s.order {
		s.order[i] = i
	}
	s.next, _ = iter.Pull(func(yield func(sortStep) bool) {
		sorts(s, func(i, j int) bool {
			yield(sortStep{i: i, j: j})
			return s.less
		}, func(i, j int) {
			yield(sortStep{swaps: true, i: i, j: j})
		})
	})
	return s
}

// OrderSlice is for [sort.Slice] of n elements. The elements stay where they are: i and j of
// each comparison are their places before the sort.
func OrderSlice(n int) *Sorter {
	return newSorter(n, func(s *Sorter, ask func(i, j int) bool, _ func(i, j int)) {
		p := s.order
		sort.Slice(p, func(a, b int) bool { return ask(p[a], p[b]) })
	})
}

// OrderSliceStable is OrderSlice for [sort.SliceStable].
func OrderSliceStable(n int) *Sorter {
	return newSorter(n, func(s *Sorter, ask func(i, j int) bool, _ func(i, j int)) {
		p := s.order
		sort.SliceStable(p, func(a, b int) bool { return ask(p[a], p[b]) })
	})
}

// OrderFunc is OrderSlice for [slices.SortFunc]. The sort asks for no more of a comparison
// than whether it is negative.
func OrderFunc(n int) *Sorter {
	return newSorter(n, func(s *Sorter, ask func(i, j int) bool, _ func(i, j int)) {
		slices.SortFunc(s.order, func(i, j int) int { return sign(ask(i, j)) })
	})
}

// OrderStableFunc is OrderFunc for [slices.SortStableFunc].
func OrderStableFunc(n int) *Sorter {
	return newSorter(n, func(s *Sorter, ask func(i, j int) bool, _ func(i, j int)) {
		slices.SortStableFunc(s.order, func(i, j int) int { return sign(ask(i, j)) })
	})
}

// OrderSort is OrderSlice for [sort.Sort].
func OrderSort(n int) *Sorter {
	return newSorter(n, func(s *Sorter, ask func(i, j int) bool, _ func(i, j int)) {
		sort.Sort(&sorting{n, func(a, b int) bool { return ask(s.order[a], s.order[b]) }, s.exchange})
	})
}

// OrderStable is OrderSlice for [sort.Stable].
func OrderStable(n int) *Sorter {
	return newSorter(n, func(s *Sorter, ask func(i, j int) bool, _ func(i, j int)) {
		sort.Stable(&sorting{n, func(a, b int) bool { return ask(s.order[a], s.order[b]) }, s.exchange})
	})
}

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

func (s *Sorter) exchange(i, j int) { s.order[i], s.order[j] = s.order[j], s.order[i] }

// Compare goes on to the next comparison, of the elements i and j. less is what the last one
// has given. At the end, more is false.
func (s *Sorter) Compare(less bool) (i, j int, more bool) {
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
