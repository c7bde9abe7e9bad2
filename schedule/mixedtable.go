package schedule

import (
	"fmt"
	"math"
	"slices"
)

// mixedTable holds the best i of the recursion for V, see [Mixed], with 0 for its first
// line.
type mixedTable struct {
	steps, budget, restart, adjoint int64

	rows map[int64][]uint32 // by free units, then by steps
}

// Limits of the table. With these, products of a number of steps and a number of forward
// steps fit in an int64.
const (
	maxMixedSteps = 1 << 20
	maxMixedTable = 1 << 27
)

// choice returns the best i for m steps in u units.
func (t *mixedTable) choice(m, u int64) int64 {
	if t.fits(m, u) {
		return 0
	}
	return int64(t.rows[u][m])
}

// fits reports that m steps can all be recorded in u units, which no schedule beats. The
// last of them needs none.
func (t *mixedTable) fits(m, u int64) bool { return m <= 1 || u/t.adjoint >= m-1 }

// build makes the table, or keeps it if it will do.
func (t *mixedTable) build(steps, budget, restart, adjoint int64) error {
	if err := check(steps, 1); err != nil {
		return err
	}
	if budget < 0 || restart < 1 || adjoint < 1 {
		return fmt.Errorf("schedule: %d units, of which a state takes %d and the record of a step %d: the budget may not be negative, and the others are at least 1", budget, restart, adjoint)
	}
	if t.rows != nil && steps <= t.steps && budget == t.budget && restart == t.restart && adjoint == t.adjoint {
		return nil
	}
	*t = mixedTable{steps: steps, budget: budget, restart: restart, adjoint: adjoint, rows: map[int64][]uint32{}}
	if t.fits(steps, budget) {
		return nil
	}
	if budget < restart {
		return fmt.Errorf("schedule: %d steps in %d units, of which a state takes %d: there is room neither for a state nor for the records of all steps; give more", steps, budget, restart)
	}
	if steps > maxMixedSteps {
		return fmt.Errorf("schedule: a mixed schedule of %d steps: the table goes up to %d; take the binomial one, or make a step of several steps", steps, maxMixedSteps)
	}
	units, err := t.reachable()
	if err != nil {
		return err
	}
	t.fill(units)
	return nil
}

// reachable returns the numbers of units that can be free, ascending, other than those in
// which all steps fit.
func (t *mixedTable) reachable() ([]int64, error) {
	seen := map[int64]bool{t.budget: true}
	units := []int64{t.budget}
	for i := 0; i < len(units); i++ {
		if int64(len(units))*(t.steps+1) > maxMixedTable {
			return nil, fmt.Errorf("schedule: a mixed schedule of %d steps in %d units, of which a state takes %d and the record of a step %d: the table would have more than %d entries; round the sizes to coarser units", t.steps, t.budget, t.restart, t.adjoint, maxMixedTable)
		}
		for _, u := range [2]int64{units[i] - t.restart, units[i] - t.adjoint} {
			if u >= 0 && !seen[u] && !t.fits(t.steps, u) {
				seen[u] = true
				units = append(units, u)
			}
		}
	}
	slices.Sort(units)
	return units, nil
}

// fill computes the rows. The values of V are kept as long as a row to come needs them.
func (t *mixedTable) fill(units []int64) {
	values := map[int64][]int64{}
	var all []int64 // V where all steps fit
	row := func(u int64) []int64 {
		if u < 0 {
			return []int64{0, 1} // a step at hand needs no room
		}
		if v := values[u]; v != nil {
			return v
		}
		for n := int64(len(all)); n <= t.steps; n++ {
			all = append(all, n)
		}
		return all
	}
	oldest := 0
	for _, u := range units {
		for units[oldest] < u-max(t.restart, t.adjoint) {
			delete(values, units[oldest])
			oldest++
		}
		if u < t.restart {
			values[u] = t.onlyRecords(u)
			continue
		}
		values[u] = t.fillRow(u, row(u-t.restart), row(u-t.adjoint))
	}
}

// onlyRecords is V in u units that take no state, up to the last number of steps for
// which there is a schedule.
func (t *mixedTable) onlyRecords(u int64) []int64 {
	v := make([]int64, min(t.steps, u/t.adjoint+1)+1)
	for n := range v {
		v[n] = int64(n)
	}
	t.rows[u] = make([]uint32, len(v))
	return v
}

// fillRow computes the row of u >= restart units from those of u-restart and u-adjoint
// units, which end where there is no schedule any more.
func (t *mixedTable) fillRow(u int64, behind, next []int64) []int64 {
	v := make([]int64, t.steps+1)
	choice := make([]uint32, t.steps+1)
	v[1] = 1
	s := splitter{v: v, g: behind}
	for k := 1; k < len(behind); k++ {
		s.gHull.add(int64(k), behind[k])
	}
	guess := int64(1)
	for n := int64(2); n <= t.steps; n++ {
		s.fHull.add(n-1, n-1+v[n-1])
		best := int64(math.MaxInt64)
		if u >= t.adjoint && n-1 < int64(len(next)) {
			best = 1 + next[n-1]
		}
		if t.fits(n, u) {
			v[n] = best
			continue
		}
		i, value := s.split(n, guess, best)
		v[n] = value
		if i > 0 {
			choice[n] = uint32(i)
			guess = i
		}
	}
	t.rows[u] = choice
	return v
}
