package flow

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestComponents compares with mutual reachability, and checks the order.
func TestComponents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(t, "nodes")
		graph := make([][]int, n)
		for i := range graph {
			graph[i] = rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 3).Draw(t, "edges")
		}
		edges := func(k int) []int { return graph[k] }
		start := rapid.SliceOfN(rapid.IntRange(0, n-1), 1, 3).Draw(t, "from")
		place := map[int]int{}
		for at, c := range Components(start, edges) {
			for _, k := range c {
				if _, twice := place[k]; twice {
					t.Fatalf("%d is in two components", k)
				}
				place[k] = at
			}
		}
		reached := Reach(start, edges)
		if len(place) != len(reached) {
			t.Fatalf("%d nodes in components, %d reachable", len(place), len(reached))
		}
		for a := range reached {
			from := Reach([]int{a}, edges)
			for b := range reached {
				mutual := from[b] && Reach([]int{b}, edges)[a]
				if mutual != (place[a] == place[b]) {
					t.Errorf("%d and %d in one component: %t, lead to each other: %t", a, b, place[a] == place[b], mutual)
				}
				if slices.Contains(graph[a], b) && place[b] > place[a] {
					t.Errorf("%d stands before %d, to which it leads", a, b)
				}
			}
		}
	})
}
