package sparse

import (
	"errors"
	"fmt"
	"slices"
)

// ErrPattern is wrapped by the errors about patterns and colorings that contradict
// themselves or each other.
var ErrPattern = errors.New("sparse: no valid pattern")

// A Pattern says where a matrix may have nonzeros, in compressed rows.
type Pattern struct {
	Rows, Cols int
	Start      []int // Rows+1 of them: row i is Index[Start[i]:Start[i+1]]
	Index      []int // columns, ascending in each row
}

// FromRows returns the pattern whose row i has nonzeros in the columns rows[i], which may
// be in any order and repeated.
func FromRows(cols int, rows [][]int) (*Pattern, error) {
	p := &Pattern{Rows: len(rows), Cols: cols, Start: make([]int, 1, len(rows)+1)}
	for _, r := range rows {
		r = slices.Clone(r)
		slices.Sort(r)
		p.Index = append(p.Index, slices.Compact(r)...)
		p.Start = append(p.Start, len(p.Index))
	}
	if err := p.Check(); err != nil {
		return nil, err
	}
	return p, nil
}

// Check returns an error if the fields of p do not fit together.
func (p *Pattern) Check() error {
	switch {
	case p == nil:
		return fmt.Errorf("%w: it is nil", ErrPattern)
	case p.Rows < 0 || p.Cols < 0:
		return fmt.Errorf("%w: it has %d rows and %d columns", ErrPattern, p.Rows, p.Cols)
	case len(p.Start) != p.Rows+1:
		return fmt.Errorf("%w: Start has %d entries where %d rows need %d", ErrPattern, len(p.Start), p.Rows, p.Rows+1)
	case p.Start[0] != 0 || p.Start[p.Rows] != len(p.Index):
		return fmt.Errorf("%w: Start goes from %d to %d where Index has %d entries", ErrPattern, p.Start[0], p.Start[p.Rows], len(p.Index))
	}
	for i := range p.Rows {
		if p.Start[i] > p.Start[i+1] || p.Start[i+1] > len(p.Index) {
			return fmt.Errorf("%w: row %d goes from %d to %d", ErrPattern, i, p.Start[i], p.Start[i+1])
		}
		last := -1
		for _, j := range p.Row(i) {
			if j <= last || j >= p.Cols {
				return fmt.Errorf("%w: row %d has column %d after %d, of %d columns", ErrPattern, i, j, last, p.Cols)
			}
			last = j
		}
	}
	return nil
}

// Row returns the columns of row i. It is part of Index.
func (p *Pattern) Row(i int) []int { return p.Index[p.Start[i]:p.Start[i+1]] }

// Nonzeros returns the number of entries.
func (p *Pattern) Nonzeros() int { return len(p.Index) }

// Has reports whether row i may have a nonzero in column j.
func (p *Pattern) Has(i, j int) bool {
	_, ok := p.find(i, j)
	return ok
}

// find returns the position of an entry in Index.
func (p *Pattern) find(i, j int) (int, bool) {
	if i < 0 || i >= p.Rows {
		return 0, false
	}
	k, ok := slices.BinarySearch(p.Row(i), j)
	return p.Start[i] + k, ok
}

// Transpose returns the pattern of the transposed matrix.
func (p *Pattern) Transpose() *Pattern {
	t, _ := p.transpose()
	return t
}

// transpose returns the transposed pattern and where in p.Index its entries come from.
func (p *Pattern) transpose() (t *Pattern, from []int) {
	t = &Pattern{Rows: p.Cols, Cols: p.Rows, Start: make([]int, p.Cols+1), Index: make([]int, len(p.Index))}
	from = make([]int, len(p.Index))
	for _, j := range p.Index {
		t.Start[j+1]++
	}
	for j := range p.Cols {
		t.Start[j+1] += t.Start[j]
	}
	next := slices.Clone(t.Start)
	for i := range p.Rows {
		for k := p.Start[i]; k < p.Start[i+1]; k++ {
			j := p.Index[k]
			t.Index[next[j]], from[next[j]] = i, k
			next[j]++
		}
	}
	return t, from
}

// Symmetric reports whether the pattern equals its transpose.
func (p *Pattern) Symmetric() bool {
	if p.Rows != p.Cols {
		return false
	}
	t := p.Transpose()
	return slices.Equal(p.Start, t.Start) && slices.Equal(p.Index, t.Index)
}

// A Matrix is a sparse matrix: Values[k] stands where Index[k] of the pattern does.
type Matrix struct {
	*Pattern
	Values []float64
}

// NewMatrix returns a matrix of zeros.
func NewMatrix(p *Pattern) *Matrix { return &Matrix{p, make([]float64, len(p.Index))} }

// At returns the entry in row i and column j, 0 outside of the pattern.
func (m *Matrix) At(i, j int) float64 {
	if k, ok := m.find(i, j); ok {
		return m.Values[k]
	}
	return 0
}
