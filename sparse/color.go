package sparse

// A Coloring puts columns, rows or vertices into groups.
type Coloring struct {
	Color []int // of each one, from 0; -1 where there is no nonzero, which needs no sweep
	Count int   // number of colors
}

// Group returns the members of color c, ascending.
func (c *Coloring) Group(color int) []int {
	var out []int
	for v, k := range c.Color {
		if k == color {
			out = append(out, v)
		}
	}
	return out
}

// ColorColumns gives two columns different colors where they have a nonzero in the same
// row, so that one product with the sum of the unit vectors of a color tells the entries
// of all its columns (Curtis, Powell & Reid 1974; as a partial distance-2 coloring,
// Gebremedhin, Manne & Pothen 2005, algorithm 3.2). It is greedy, in the given order. Time
// grows with the sum of the squares of the numbers of entries of the rows.
func ColorColumns(p *Pattern, o Order) (*Coloring, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	return distance2(p, p.Transpose(), o), nil
}

// ColorRows is [ColorColumns] for rows, for products with the transpose.
func ColorRows(p *Pattern, o Order) (*Coloring, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	return distance2(p.Transpose(), p, o), nil
}

// distance2 colors the columns of p, whose transpose is t.
func distance2(p, t *Pattern, o Order) *Coloring {
	c := uncolored(p.Cols)
	if full(p, t) {
		for j := range t.Rows { // each column needs a color of its own
			if len(t.Row(j)) > 0 {
				c.Color[j] = c.Count
				c.Count++
			}
		}
		return c
	}
	taken := newMarks(p.Cols + 1)
	for _, j := range sorted(&columnGraph{p: p, t: t, seen: newMarks(p.Cols)}, o) {
		if len(t.Row(j)) == 0 {
			continue
		}
		taken.reset()
		for _, i := range t.Row(j) {
			for _, k := range p.Row(i) {
				if c.Color[k] >= 0 {
					taken.set(c.Color[k])
				}
			}
		}
		c.give(j, taken)
	}
	return c
}

func uncolored(n int) *Coloring {
	c := &Coloring{Color: make([]int, n)}
	for v := range c.Color {
		c.Color[v] = -1
	}
	return c
}

// give colors v with the first color that is not taken.
func (c *Coloring) give(v int, taken *marks) {
	k := 0
	for taken.has(k) {
		k++
	}
	c.Color[v] = k
	c.Count = max(c.Count, k+1)
}

// full reports whether some row of p has entries in all columns that have any.
func full(p, t *Pattern) bool {
	used, longest := 0, 0
	for j := range t.Rows {
		if len(t.Row(j)) > 0 {
			used++
		}
	}
	for i := range p.Rows {
		longest = max(longest, len(p.Row(i)))
	}
	return used > 0 && longest == used
}

// columnGraph joins columns with a nonzero in the same row.
type columnGraph struct {
	p, t *Pattern
	seen *marks
}

func (g *columnGraph) vertices() int { return g.p.Cols }

func (g *columnGraph) neighbors(v int, visit func(w int)) {
	g.seen.reset()
	g.seen.set(v)
	for _, i := range g.t.Row(v) {
		for _, w := range g.p.Row(i) {
			if !g.seen.has(w) {
				g.seen.set(w)
				visit(w)
			}
		}
	}
}

// marks is a set of small numbers that is emptied in no time.
type marks struct {
	at  []int
	now int
}

func newMarks(n int) *marks { return &marks{make([]int, n), 1} }

func (m *marks) reset()         { m.now++ }
func (m *marks) set(i int)      { m.at[i] = m.now }
func (m *marks) has(i int) bool { return m.at[i] == m.now }
