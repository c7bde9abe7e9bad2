package sparse

import "fmt"

// BySymmetry returns the plan for a symmetric pattern and a star coloring of it. Each entry
// is read where it stands alone: in its own row, or, as the entry across the diagonal, in
// the row of that. It is an error if it stands alone in neither.
func BySymmetry(p *Pattern, c *Coloring) (*Plan, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if !p.Symmetric() {
		return nil, fmt.Errorf("%w: it is not symmetric", ErrPattern)
	}
	if err := c.check(p.Rows); err != nil {
		return nil, err
	}
	alone, err := standsAlone(p, c)
	if err != nil {
		return nil, err
	}
	_, mirror := p.transpose()
	type at struct{ color, row int }
	places := make([]at, len(p.Index))
	err = p.entries(func(i, j, value int) error {
		switch {
		case alone[value]:
			places[value] = at{c.Color[j], i}
		case alone[mirror[value]]:
			places[value] = at{c.Color[i], j}
		default:
			return fmt.Errorf("%w: no star coloring: the entries in row %d, column %d and across the diagonal stand alone in no product", ErrPattern, i, j)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return newPlan(p, c, p.Rows, p.Rows, false, func(_, _, value int) (int, int) {
		return places[value].color, places[value].row
	})
}

// standsAlone reports of each entry whether no other in its row is in a column of the same
// color.
func standsAlone(p *Pattern, c *Coloring) ([]bool, error) {
	alone := make([]bool, len(p.Index))
	count := make([]int, c.Count)
	for i := range p.Rows {
		for _, j := range p.Row(i) {
			if c.Color[j] < 0 {
				return nil, fmt.Errorf("%w: column %d has entries and no color", ErrPattern, j)
			}
			count[c.Color[j]]++
		}
		for k := p.Start[i]; k < p.Start[i+1]; k++ {
			alone[k] = count[c.Color[p.Index[k]]] == 1
		}
		for _, j := range p.Row(i) {
			count[c.Color[j]] = 0
		}
	}
	return alone, nil
}
