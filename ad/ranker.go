package ad

import (
	"math"
	"math/bits"
)

// A ranker finds out how a function of the standard library would sort, without running it
// beside the generated code, which takes two switches of coroutines for each comparison. It
// asks for comparisons three times:
//
//   - a merge sort, and a comparison of neighbours in its result, rank the elements: those that
//     compare as equal have one rank;
//   - the function of the library sorts by the ranks, which calls nothing of the user's;
//   - each comparison that it has made is made again by the generated code. If all come out as
//     the ranks have it, the function would have done the same with them.
//
// Else, as with NaNs or a comparison that is no order, the function is run after all.
type ranker struct {
	sorts orderFunc
	phase uint8

	from, to    []int // places in runs of width that are sorted, and where pairs of them are merged
	width       int
	lo, mid, hi int // the pair of runs
	a, b, k     int // where its merge is in the runs and the result

	rank  []int32  // of each place
	asked []answer // by the ranks
}

// An answer is whether the element i comes before j.
type answer struct {
	i, j int32
	less bool
}

const (
	rankStart   uint8 = iota
	rankProbe         // whether the second run goes on from the first
	rankMerge         // which run has the next element
	rankCompare       // whether neighbours differ
	rankProve         // whether the comparisons are as predicted
)

// newRank starts a sort of n elements whose comparisons change nothing, so that others than
// those of the function, and more, may be made.
func newRank(n int, sorts orderFunc) *Sorter {
	if n < 2 || n > math.MaxInt32 {
		return newOrder(n, sorts)
	}
	return &Sorter{rank: &ranker{sorts: sorts, from: places(n), to: make([]int, n), width: 1}}
}

// RankSlice is [OrderSlice] for a comparison that changes nothing: it need not be made as
// often, and of the elements, as the function of the library makes it.
func RankSlice(n int) *Sorter { return newRank(n, orderSlice) }

// RankSliceStable is RankSlice for [sort.SliceStable].
func RankSliceStable(n int) *Sorter { return newRank(n, orderSliceStable) }

// RankFunc is RankSlice for [slices.SortFunc].
func RankFunc(n int) *Sorter { return newRank(n, orderFuncs) }

// RankStableFunc is RankSlice for [slices.SortStableFunc].
func RankStableFunc(n int) *Sorter { return newRank(n, orderStableFunc) }

// RankSort is RankSlice for [sort.Sort].
func RankSort(n int) *Sorter { return newRank(n, orderSort) }

// RankStable is RankSlice for [sort.Stable].
func RankStable(n int) *Sorter { return newRank(n, orderStable) }

// compare takes the answer to the last comparison and goes on to the next.
func (r *ranker) compare(s *Sorter, less bool) (i, j int, more bool) {
	switch r.phase {
	case rankStart:
		return r.pair()
	case rankProbe:
		if !less {
			copy(r.to[r.lo:r.hi], r.from[r.lo:r.hi])
			return r.nextPair()
		}
		r.phase, r.a, r.b, r.k = rankMerge, r.lo, r.mid, r.lo
		if r.mid-r.lo == 1 { // this was the first comparison of the merge
			return r.merge(true)
		}
		return r.from[r.b], r.from[r.a], true
	case rankMerge:
		return r.merge(less)
	case rankCompare:
		next := r.rank[r.from[r.k]]
		if less {
			next++
		}
		r.k++
		r.rank[r.from[r.k]] = next
		if r.k < len(r.from)-1 {
			return r.from[r.k], r.from[r.k+1], true
		}
		return r.predict(s)
	}
	if less != r.asked[r.k].less { // no order: let the function do what it does
		s.rank, s.order = nil, places(len(r.from))
		s.start(r.sorts.asked)
		return s.Compare(false)
	}
	r.k++
	return r.prove(s)
}

// merge moves on the next element of the runs, by the comparison of their first ones.
func (r *ranker) merge(second bool) (i, j int, more bool) {
	a, b := r.a, r.b
	at, one := a, 0 // without branches: which way they go nobody can foretell
	if second {
		at = b
	}
	if second {
		one = 1
	}
	r.to[r.k] = r.from[at]
	a, b = a+1-one, b+one
	r.a, r.b, r.k = a, b, r.k+1
	switch {
	case b == r.hi:
		copy(r.to[r.k:r.hi], r.from[a:r.mid])
	case a == r.mid:
		copy(r.to[r.k:r.hi], r.from[b:r.hi])
	default:
		return r.from[b], r.from[a], true
	}
	return r.nextPair()
}

func (r *ranker) nextPair() (i, j int, more bool) {
	r.lo = r.hi
	return r.pair()
}

// pair begins with the pair of runs at lo, or those of twice the width.
func (r *ranker) pair() (i, j int, more bool) {
	n := len(r.from)
	if r.lo+r.width >= n { // at most one run is left
		copy(r.to[r.lo:], r.from[r.lo:])
		r.from, r.to = r.to, r.from
		r.width *= 2
		r.lo = 0
	}
	if r.width >= n {
		r.phase, r.k, r.rank = rankCompare, 0, make([]int32, n)
		return r.from[0], r.from[1], true
	}
	r.phase, r.mid, r.hi = rankProbe, r.lo+r.width, min(r.lo+2*r.width, n)
	return r.from[r.mid], r.from[r.mid-1], true
}

// predict sorts by the ranks.
func (r *ranker) predict(s *Sorter) (i, j int, more bool) {
	n := len(r.from)
	s.order = places(n)
	r.asked = make([]answer, 0, n+n*bits.Len(uint(n)))
	r.sorts(s.order, func(i, j int) bool {
		less := r.rank[i] < r.rank[j]
		r.asked = append(r.asked, answer{int32(i), int32(j), less})
		return less
	})
	r.phase, r.k = rankProve, 0
	return r.prove(s)
}

// prove asks for the next comparison that was predicted.
func (r *ranker) prove(s *Sorter) (i, j int, more bool) {
	if r.k == len(r.asked) {
		s.rank = nil // no more is to be asked
		s.next = func() (sortStep, bool) { return sortStep{}, false }
		return 0, 0, false
	}
	at := &r.asked[r.k]
	return int(at.i), int(at.j), true
}
