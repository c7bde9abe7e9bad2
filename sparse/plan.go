package sparse

import (
	"errors"
	"fmt"
	"sync"
)

// A Plan tells which products, of a matrix or its transpose with vectors, give all entries
// of the matrix, and where in the products they stand.
type Plan struct {
	Pattern  *Pattern
	Coloring *Coloring
	ByRows   bool // the products are those of the transpose: adjoints

	seedLen, outLen int
	start           []int // of the reads of each color
	reads           []read
	rooms           *sync.Pool // of *room
}

// room is what a run of [Plan.Compute] works in.
type room struct{ seeds, outs [][]float64 }

// room returns one with room for that many products.
func (p *Plan) room(width int) *room {
	if r, ok := p.rooms.Get().(*room); ok && len(r.seeds) >= width {
		return r
	}
	return &room{vectors(width, p.seedLen), vectors(width, p.outLen)}
}

// read says that entry value of the matrix is out[at].
type read struct{ at, value int }

// JacobianPlan colors both columns and rows in the given order and returns the plan with
// fewer products; for equal numbers that by columns, since a tangent costs less than an
// adjoint. See Plan.ByRows for what it has become.
func JacobianPlan(p *Pattern, o Order) (*Plan, error) {
	columns, err := ColorColumns(p, o)
	if err != nil {
		return nil, err
	}
	rows, err := ColorRows(p, o)
	if err != nil {
		return nil, err
	}
	if rows.Count < columns.Count {
		return ByRows(p, rows)
	}
	return ByColumns(p, columns)
}

// HessianPlan returns the plan for a symmetric matrix by a star coloring. The products are
// those with the matrix: derivatives of the gradient in a direction.
func HessianPlan(p *Pattern, o Order) (*Plan, error) {
	c, err := ColorStar(p, o)
	if err != nil {
		return nil, err
	}
	return BySymmetry(p, c)
}

// ByColumns returns the plan for a coloring of the columns. It is an error if two columns
// of a color have an entry in one row.
func ByColumns(p *Pattern, c *Coloring) (*Plan, error) {
	return apart(newPlan(p, c, p.cols(), p.rows(), false, func(i, j, _ int) (int, int) { return c.Color[j], i }))
}

// ByRows returns the plan for a coloring of the rows, with products of the transpose.
func ByRows(p *Pattern, c *Coloring) (*Plan, error) {
	return apart(newPlan(p, c, p.rows(), p.cols(), true, func(i, j, _ int) (int, int) { return c.Color[i], j }))
}

func (p *Pattern) rows() int {
	if p == nil {
		return 0
	}
	return p.Rows
}

func (p *Pattern) cols() int {
	if p == nil {
		return 0
	}
	return p.Cols
}

// newPlan makes a plan for seeds of length n and products of length out. The function
// place tells which color's product has the entry in row i and column j, and where.
func newPlan(p *Pattern, c *Coloring, n, out int, byRows bool, place func(i, j, value int) (color, at int)) (*Plan, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := c.check(n); err != nil {
		return nil, err
	}
	plan := &Plan{Pattern: p, Coloring: c, ByRows: byRows, seedLen: n, outLen: out, start: make([]int, c.Count+1), reads: make([]read, len(p.Index)), rooms: new(sync.Pool)}
	err := p.entries(func(i, j, value int) error {
		k, _ := place(i, j, value)
		if k < 0 {
			return fmt.Errorf("%w: the entry in row %d, column %d has no color", ErrPattern, i, j)
		}
		plan.start[k+1]++
		return nil
	})
	if err != nil {
		return nil, err
	}
	for k := range c.Count {
		plan.start[k+1] += plan.start[k]
	}
	next := append([]int{}, plan.start...)
	return plan, p.entries(func(i, j, value int) error {
		k, at := place(i, j, value)
		plan.reads[next[k]] = read{at, value}
		next[k]++
		return nil
	})
}

// check returns an error if c is no coloring of n things.
func (c *Coloring) check(n int) error {
	if c == nil || len(c.Color) != n || c.Count < 0 || c.Count > n {
		return fmt.Errorf("%w: the coloring is not one of %d vertices", ErrPattern, n)
	}
	for v, k := range c.Color {
		if k < -1 || k >= c.Count {
			return fmt.Errorf("%w: vertex %d has color %d of %d", ErrPattern, v, k, c.Count)
		}
	}
	return nil
}

// entries calls visit for all entries until it returns an error.
func (p *Pattern) entries(visit func(i, j, value int) error) error {
	for i := range p.Rows {
		for k := p.Start[i]; k < p.Start[i+1]; k++ {
			if err := visit(i, p.Index[k], k); err != nil {
				return err
			}
		}
	}
	return nil
}

// apart checks that no two entries are read at one place of one product.
func apart(p *Plan, err error) (*Plan, error) {
	if err != nil {
		return nil, err
	}
	seen := make([]int, p.outLen)
	for k := range p.Coloring.Count {
		for _, r := range p.reads[p.start[k]:p.start[k+1]] {
			if seen[r.at] == k+1 {
				return nil, fmt.Errorf("%w: two entries of color %d stand at %d of the product", ErrPattern, k, r.at)
			}
			seen[r.at] = k + 1
		}
	}
	return p, nil
}

// Products returns how many products the plan takes.
func (p *Plan) Products() int { return p.Coloring.Count }

// Seed sets seed to the vector of color c: 1 for its members, else 0.
func (p *Plan) Seed(c int, seed []float64) {
	for v := range seed {
		seed[v] = 0
		if p.Coloring.Color[v] == c {
			seed[v] = 1
		}
	}
}

// Seeds returns the vectors of all colors, for who computes the matrix again and again.
func (p *Plan) Seeds() [][]float64 {
	seeds := vectors(p.Products(), p.seedLen)
	for c, seed := range seeds {
		p.Seed(c, seed)
	}
	return seeds
}

// Read copies into dst the entries that the product with the seed of color c tells.
func (p *Plan) Read(c int, product []float64, dst *Matrix) {
	for _, r := range p.reads[p.start[c]:p.start[c+1]] {
		dst.Values[r.value] = product[r.at]
	}
}

// ReadVector is [Plan.Read] for the products with the seeds of color c and of those after
// it, as many as there are: further products are not looked at.
func (p *Plan) ReadVector(c int, products [][]float64, dst *Matrix) {
	for k := range min(len(products), p.Products()-c) {
		p.Read(c+k, products[k], dst)
	}
}

// Compute works out the matrix: into dst, whose pattern must be the plan's, or into a new
// one if dst is nil. The function product multiplies by seed into out, which is zero
// before; it may change seed, and both serve again when it has returned. By columns it is a tangent, by rows (see ByRows) an adjoint:
//
//	func(seed, out []float64) { FTangent(x, seed, y, out) }
//	func(seed, out []float64) { FAdjoint(x, out, y, seed) }
func (p *Plan) Compute(dst *Matrix, product func(seed, out []float64)) (*Matrix, error) {
	if product == nil {
		return nil, errors.New("sparse: no function for the products")
	}
	return p.ComputeVector(dst, 1, func(seeds, outs [][]float64) { product(seeds[0], outs[0]) })
}

// ComputeVector is [Plan.Compute] with a function that works out up to width products in
// one sweep: that with seeds[k] into outs[k]. The last sweep may have fewer.
func (p *Plan) ComputeVector(dst *Matrix, width int, product func(seeds, outs [][]float64)) (*Matrix, error) {
	if dst == nil {
		dst = NewMatrix(p.Pattern)
	}
	switch {
	case dst.Pattern != p.Pattern || len(dst.Values) != len(p.Pattern.Index):
		return nil, fmt.Errorf("%w: the matrix is not one of the plan's pattern", ErrPattern)
	case width < 1:
		return nil, fmt.Errorf("sparse: %d products in one sweep", width)
	case product == nil:
		return nil, errors.New("sparse: no function for the products")
	}
	width = min(width, p.Products())
	w := p.room(width)
	defer p.rooms.Put(w)
	seeds, outs := w.seeds, w.outs
	for from := 0; from < p.Products(); from += width {
		n := min(width, p.Products()-from)
		for k := range n {
			p.Seed(from+k, seeds[k])
			clear(outs[k])
		}
		product(seeds[:n], outs[:n])
		for k := range n {
			p.Read(from+k, outs[k], dst)
		}
	}
	return dst, nil
}

func vectors(count, n int) [][]float64 {
	out := make([][]float64, count)
	for k := range out {
		out[k] = make([]float64, n)
	}
	return out
}
