package sparse

import "fmt"

// ColorStar colors the vertices of a symmetric pattern so that neighbors differ and every
// path of four vertices has three colors: a star coloring. Then each entry of the
// symmetric matrix, or the one across the diagonal, stands alone in a product with the sum
// of the unit vectors of a color (Coleman & Moré 1984). The algorithm is 4.1 of
// Gebremedhin, Tarafdar, Manne & Pothen, New Acyclic and Star Coloring Algorithms with
// Application to Computing Hessians, SIAM J. Sci. Comput. 29 (2007): it is greedy, and
// knows for every edge the star, a tree of two colors, that the edge belongs to. Time
// grows with the sum of the squares of the numbers of entries of the rows.
func ColorStar(p *Pattern, o Order) (*Coloring, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if !p.Symmetric() {
		return nil, fmt.Errorf("%w: it is not symmetric", ErrPattern)
	}
	s := newStars(p)
	for _, v := range sorted(adjacency{p}, o) {
		if len(p.Row(v)) > 0 {
			s.color(v)
		}
	}
	return s.c, nil
}

// adjacency is the graph of a symmetric pattern; the diagonal does not count.
type adjacency struct{ p *Pattern }

func (g adjacency) vertices() int { return g.p.Rows }

func (g adjacency) neighbors(v int, visit func(w int)) {
	for _, w := range g.p.Row(v) {
		if w != v {
			visit(w)
		}
	}
}

// stars is a star coloring in the making. An edge is a position in the pattern's Index;
// both directions of it belong to one star.
type stars struct {
	p       *Pattern
	c       *Coloring
	mirror  []int // the other direction of each edge
	star    []int // of each edge between colored vertices
	hub     []int // of each star, -1 while it is a single edge
	taken   *marks
	treated *marks
	// first has, for each color, the first neighbor of that color that the vertex at work
	// has been found to have, and the edge to it.
	first     []edge
	firstSeen *marks
}

// edge is an edge from the vertex at work.
type edge struct{ to, at int }

func newStars(p *Pattern) *stars {
	_, from := p.transpose() // of a symmetric pattern: the mirror of each entry
	return &stars{
		p: p, c: uncolored(p.Rows), mirror: from,
		star: make([]int, len(p.Index)), taken: newMarks(p.Rows + 1), treated: newMarks(p.Rows),
		first: make([]edge, p.Rows), firstSeen: newMarks(p.Rows),
	}
}

// colored calls visit for the colored neighbors of v.
func (s *stars) colored(v int, visit func(w edge)) {
	for at := s.p.Start[v]; at < s.p.Start[v+1]; at++ {
		if w := s.p.Index[at]; w != v && s.c.Color[w] >= 0 {
			visit(edge{w, at})
		}
	}
}

func (s *stars) color(v int) {
	s.taken.reset()
	s.treated.reset()
	s.firstSeen.reset()
	s.colored(v, func(w edge) {
		k := s.c.Color[w.to]
		s.taken.set(k)
		if !s.firstSeen.has(k) {
			s.first[k] = w
			s.firstSeen.set(k)
			// Where w is a leaf, v in the hub's color would make a path v, w, hub, other leaf
			// of two colors.
			s.colored(w.to, func(x edge) {
				if x.to != v && s.hub[s.star[x.at]] == x.to {
					s.taken.set(s.c.Color[x.to])
				}
			})
			return
		}
		// v has two neighbors of color k: it must be the hub between them.
		if q := s.first[k]; !s.treated.has(q.to) {
			s.treat(v, q.to)
		}
		s.treat(v, w.to)
	})
	s.c.give(v, s.taken)
	s.update(v)
}

// treat forbids v the colors of the neighbors of w.
func (s *stars) treat(v, w int) {
	s.colored(w, func(x edge) {
		if x.to != v {
			s.taken.set(s.c.Color[x.to])
		}
	})
	s.treated.set(w)
}

// update puts the edges of v, which has its color now, into stars.
func (s *stars) update(v int) {
	s.colored(v, func(w edge) {
		joined := -1
		s.colored(w.to, func(x edge) {
			if x.to != v && s.c.Color[x.to] == s.c.Color[v] {
				joined = s.star[x.at]
			}
		})
		switch {
		case joined >= 0: // w has another neighbor of v's color: w is the hub
			s.hub[joined] = w.to
		case s.first[s.c.Color[w.to]].to != w.to: // v has another neighbor of w's color
			joined = s.star[s.first[s.c.Color[w.to]].at]
			s.hub[joined] = v
		default:
			joined = len(s.hub)
			s.hub = append(s.hub, -1)
		}
		s.star[w.at], s.star[s.mirror[w.at]] = joined, joined
	})
}
