package ad

import (
	"cmp"
	"math"
	"math/rand"
	"slices"
	"sort"
	"testing"
)

type keyed struct{ key, id int }

// byKey lets a Sorter sort x by key, in the way in which generated code does.
func byKey(s *Sorter, x []keyed) []keyed {
	less := false
	for i, j, more := s.Compare(less); more; i, j, more = s.Compare(less) {
		less = x[i].key < x[j].key
	}
	out := make([]keyed, len(x))
	for k, i := range s.Order() {
		out[k] = x[i]
	}
	return out
}

// bySwaps is byKey for a Sorter that exchanges.
func bySwaps(s *Sorter, x []keyed) []keyed {
	out := slices.Clone(x)
	less := false
	for step, i, j := s.Step(less); step != 0; step, i, j = s.Step(less) {
		if step == 1 {
			less = out[i].key < out[j].key
		} else {
			out[i], out[j] = out[j], out[i]
		}
	}
	return out
}

type keyedList []keyed

func (l keyedList) Len() int           { return len(l) }
func (l keyedList) Less(i, j int) bool { return l[i].key < l[j].key }
func (l keyedList) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }

// TestSorter compares with the functions themselves, of whose order of equal elements
// nothing is promised.
func TestSorter(t *testing.T) {
	compare := func(a, b keyed) int { return cmp.Compare(a.key, b.key) }
	less := func(x []keyed) func(i, j int) bool { return func(i, j int) bool { return x[i].key < x[j].key } }
	cases := []struct {
		name string
		want func(x []keyed)
		got  func(x []keyed) []keyed
	}{
		{"OrderSlice", func(x []keyed) { sort.Slice(x, less(x)) }, func(x []keyed) []keyed { return byKey(OrderSlice(len(x)), x) }},
		{"OrderSliceStable", func(x []keyed) { sort.SliceStable(x, less(x)) }, func(x []keyed) []keyed { return byKey(OrderSliceStable(len(x)), x) }},
		{"OrderSort", func(x []keyed) { sort.Sort(keyedList(x)) }, func(x []keyed) []keyed { return byKey(OrderSort(len(x)), x) }},
		{"OrderStable", func(x []keyed) { sort.Stable(keyedList(x)) }, func(x []keyed) []keyed { return byKey(OrderStable(len(x)), x) }},
		{"OrderFunc", func(x []keyed) { slices.SortFunc(x, compare) }, func(x []keyed) []keyed { return byKey(OrderFunc(len(x)), x) }},
		{"OrderStableFunc", func(x []keyed) { slices.SortStableFunc(x, compare) }, func(x []keyed) []keyed { return byKey(OrderStableFunc(len(x)), x) }},
		{"RankSlice", func(x []keyed) { sort.Slice(x, less(x)) }, func(x []keyed) []keyed { return byKey(RankSlice(len(x)), x) }},
		{"RankSliceStable", func(x []keyed) { sort.SliceStable(x, less(x)) }, func(x []keyed) []keyed { return byKey(RankSliceStable(len(x)), x) }},
		{"RankSort", func(x []keyed) { sort.Sort(keyedList(x)) }, func(x []keyed) []keyed { return byKey(RankSort(len(x)), x) }},
		{"RankStable", func(x []keyed) { sort.Stable(keyedList(x)) }, func(x []keyed) []keyed { return byKey(RankStable(len(x)), x) }},
		{"RankFunc", func(x []keyed) { slices.SortFunc(x, compare) }, func(x []keyed) []keyed { return byKey(RankFunc(len(x)), x) }},
		{"RankStableFunc", func(x []keyed) { slices.SortStableFunc(x, compare) }, func(x []keyed) []keyed { return byKey(RankStableFunc(len(x)), x) }},
		{"SwapSort for sort.Slice", func(x []keyed) { sort.Slice(x, less(x)) }, func(x []keyed) []keyed { return bySwaps(SwapSort(len(x)), x) }},
		{"SwapSort for slices.SortFunc", func(x []keyed) { slices.SortFunc(x, compare) }, func(x []keyed) []keyed { return bySwaps(SwapSort(len(x)), x) }},
		{"SwapStable for sort.SliceStable", func(x []keyed) { sort.SliceStable(x, less(x)) }, func(x []keyed) []keyed { return bySwaps(SwapStable(len(x)), x) }},
		{"SwapStable for slices.SortStableFunc", func(x []keyed) { slices.SortStableFunc(x, compare) }, func(x []keyed) []keyed { return bySwaps(SwapStable(len(x)), x) }},
	}
	rng := rand.New(rand.NewSource(1))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, n := range []int{0, 1, 2, 5, 12, 13, 50, 51, 400, 3000} {
				for _, keys := range []int{1, 3, n/4 + 1, 4*n + 1} {
					x := make([]keyed, n)
					for i := range x {
						x[i] = keyed{rng.Intn(keys), i}
					}
					if n > 20 && keys%2 == 0 { // patterns that the sort looks for
						slices.SortStableFunc(x[:n-n/8], compare)
					}
					got, want := c.got(x), slices.Clone(x)
					c.want(want)
					if !slices.Equal(got, want) {
						t.Errorf("n = %d with %d keys: other than by the function itself", n, keys)
					}
				}
			}
		})
	}
}

// TestRankNoOrder: comparisons that are no order sort as the function of the library does.
func TestRankNoOrder(t *testing.T) {
	rng := rand.New(rand.NewSource(2))
	for _, n := range []int{2, 3, 12, 13, 100, 1000} {
		for round := range 20 {
			x := make([]float64, n)
			for i := range x {
				x[i] = float64(rng.Intn(n))
				if rng.Intn(7) == 0 {
					x[i] = math.NaN()
				}
			}
			less := func(i, j int) bool { return x[i] < x[j] }
			if round%3 == 1 {
				less = func(i, j int) bool { return math.Mod(3*x[i]+5*x[j], 7) < 3 }
			}
			got, want := RankSlice(n), OrderSlice(n)
			for _, s := range []*Sorter{got, want} {
				is := false
				for i, j, more := s.Compare(is); more; i, j, more = s.Compare(is) {
					is = less(i, j)
				}
			}
			if !slices.Equal(got.Order(), want.Order()) {
				t.Fatalf("n = %d: %v, the function itself %v", n, got.Order(), want.Order())
			}
		}
	}
}

// BenchmarkSorter sorts 10 000 numbers with the function itself, and as generated code does for
// comparisons that change nothing and for others.
func BenchmarkSorter(b *testing.B) {
	x := make([]float64, 10000)
	rng := rand.New(rand.NewSource(3))
	for i := range x {
		x[i] = rng.Float64()
	}
	b.Run("sort.Slice", func(b *testing.B) {
		for b.Loop() {
			y := slices.Clone(x)
			sort.Slice(y, func(i, j int) bool { return y[i] < y[j] })
		}
	})
	for name, start := range map[string]func(n int) *Sorter{"rank": RankSlice, "order": OrderSlice} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s, less := start(len(x)), false
				for i, j, more := s.Compare(less); more; i, j, more = s.Compare(less) {
					less = x[i] < x[j]
				}
			}
		})
	}
}
