package sparse

import "fmt"

// An Order is the order in which a greedy coloring goes through the columns, rows or
// vertices. It changes the number of colors, not what is computed.
type Order int

// The orders. SmallestLast (Matula, Marble & Isaacson 1972; for columns Coleman & Moré
// 1983) takes last the vertex with the fewest neighbors, then that with the fewest among
// the others, and so on; it is the default. LargestFirst (Welsh & Powell 1967) sorts by
// the number of neighbors.
const (
	SmallestLast Order = iota
	LargestFirst
	Natural // as they are numbered
)

func (o Order) String() string {
	switch o {
	case SmallestLast:
		return "smallest last"
	case LargestFirst:
		return "largest first"
	case Natural:
		return "natural"
	}
	return fmt.Sprintf("Order(%d)", int(o))
}

func (o Order) check() error {
	if o < SmallestLast || o > Natural {
		return fmt.Errorf("sparse: there is no order %d", int(o))
	}
	return nil
}

// A graph lists the neighbors of vertices.
type graph interface {
	vertices() int
	neighbors(v int, visit func(w int)) // each once, without v
}

// sorted returns the vertices in the given order.
func sorted(g graph, o Order) []int {
	n := g.vertices()
	if o == Natural {
		order := make([]int, n)
		for v := range order {
			order[v] = v
		}
		return order
	}
	degree := make([]int, n)
	for v := range degree {
		g.neighbors(v, func(int) { degree[v]++ })
	}
	if o == LargestFirst {
		return largestFirst(degree)
	}
	return smallestLast(g, degree)
}

// largestFirst sorts by counting; equal ones stay in the order of their numbers.
func largestFirst(degree []int) []int {
	n := len(degree)
	start := make([]int, n+1)
	for _, d := range degree {
		start[n-1-d+1]++ // a degree is at most n-1
	}
	for d := range n {
		start[d+1] += start[d]
	}
	order := make([]int, n)
	for v, d := range degree {
		order[start[n-1-d]] = v
		start[n-1-d]++
	}
	return order
}

// smallestLast takes away, again and again, a vertex with the fewest neighbors among those
// left. The vertices of each degree are a list, linked both ways.
func smallestLast(g graph, degree []int) []int {
	n := len(degree)
	q := newBuckets(degree)
	order := make([]int, n)
	for at, least := n-1, 0; at >= 0; at-- {
		for q.first[least] < 0 {
			least++
		}
		v := q.first[least]
		q.remove(v)
		order[at] = v
		g.neighbors(v, func(w int) {
			if q.gone[w] {
				return
			}
			q.lower(w)
			least = min(least, q.degree[w])
		})
	}
	return order
}

// buckets are vertices by degree.
type buckets struct {
	degree     []int
	first      []int // of each degree, -1 for none
	prev, next []int
	gone       []bool
}

func newBuckets(degree []int) *buckets {
	n := len(degree)
	q := &buckets{degree: degree, first: make([]int, n), prev: make([]int, n), next: make([]int, n), gone: make([]bool, n)}
	for d := range q.first {
		q.first[d] = -1
	}
	for v := n - 1; v >= 0; v-- {
		q.insert(v)
	}
	return q
}

func (q *buckets) insert(v int) {
	d := q.degree[v]
	q.prev[v], q.next[v] = -1, q.first[d]
	if w := q.first[d]; w >= 0 {
		q.prev[w] = v
	}
	q.first[d] = v
}

func (q *buckets) unlink(v int) {
	if p := q.prev[v]; p >= 0 {
		q.next[p] = q.next[v]
	} else {
		q.first[q.degree[v]] = q.next[v]
	}
	if w := q.next[v]; w >= 0 {
		q.prev[w] = q.prev[v]
	}
}

func (q *buckets) remove(v int) {
	q.unlink(v)
	q.gone[v] = true
}

// lower takes one off the degree of v.
func (q *buckets) lower(v int) {
	q.unlink(v)
	q.degree[v]--
	q.insert(v)
}
