package flow

// Components returns the strongly connected components of the graph that can be
// reached from the given nodes (Tarjan 1972): nodes that lead to each other stand
// together, and every component stands after those that its edges lead to. The
// order of nodes and edges decides that of the result.
func Components[K comparable](from []K, edges func(K) []K) [][]K {
	t := &tarjan[K]{edges: edges, index: map[K]int{}, low: map[K]int{}, open: map[K]bool{}}
	for _, k := range from {
		if t.index[k] == 0 {
			t.visit(k)
		}
	}
	return t.out
}

type tarjan[K comparable] struct {
	edges func(K) []K
	index map[K]int // in the order of the first visits, from 1
	low   map[K]int // the least index known to be reachable within the component
	open  map[K]bool
	stack []K
	out   [][]K
}

func (t *tarjan[K]) visit(k K) {
	n := len(t.index) + 1
	t.index[k], t.low[k], t.open[k] = n, n, true
	t.stack = append(t.stack, k)
	for _, next := range t.edges(k) {
		switch {
		case t.index[next] == 0:
			t.visit(next)
			t.low[k] = min(t.low[k], t.low[next])
		case t.open[next]:
			t.low[k] = min(t.low[k], t.index[next])
		}
	}
	if t.low[k] != n {
		return
	}
	at := len(t.stack) - 1
	for t.stack[at] != k {
		at--
	}
	found := append([]K{}, t.stack[at:]...)
	t.stack = t.stack[:at]
	for _, m := range found {
		t.open[m] = false
	}
	t.out = append(t.out, found)
}
