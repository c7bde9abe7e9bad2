package ad

import (
	"math"
	"sort"
)

// A strip is the rows of one iteration: those from first to first+held-1 are held back.
type strip struct{ first, end, held int }

// mostHeld is the part of all rows that may be held back at most: one of so many.
const mostHeld = 4

// Apart tells the team that each iteration i runs the rows from rows(i)[0] to rows(i)[1]-1, of which row
// j adds to elements from reach(j)[0] to reach(j)[1] of a slice and to no others; one reach for
// each of several slices. The first number of reach is the least, the second the greatest, of linear
// functions of j. The blocks then add to these slices at the same time, without copies. Rows at the
// start of a block that reach what blocks before it reach are held back until all others are done,
// and then run in their order. If these are many, there are copies instead.
func (t *Team) Apart(rows func(i int) [2]int, reach ...func(j int) [2]int) {
	t.apart(false, rows, reach)
}

// ApartRecorded is [Team.Apart] for rows that take back what they recorded, the last row first: what is
// held back of a block has to be the first that it recorded.
func (t *Team) ApartRecorded(rows func(i int) [2]int, reach ...func(j int) [2]int) {
	t.apart(true, rows, reach)
}

func (t *Team) apart(recorded bool, rows func(i int) [2]int, reach []func(j int) [2]int) {
	if t.blocks <= 1 {
		return
	}
	before, here := make([]int, len(reach)), make([]int, len(reach)) // the greatest elements reached
	for i := range before {
		before[i], here[i] = math.MinInt, math.MinInt
	}
	all, held, fine := 0, 0, true
	for k := range t.blocks {
		from, to := t.share(k)
		for i := from; i < to; i++ {
			r := rows(i)
			s := strip{first: r[0], end: max(r[0], r[1])}
			s.held = heldBack(s, reach, before, here)
			all, held = all+s.end-s.first, held+s.held
			fine = fine && !(recorded && s.held > 0 && i > from)
			t.strips = append(t.strips, s)
		}
		for i := range before {
			before[i] = max(before[i], here[i])
		}
	}
	t.held = held > 0
	if held*mostHeld > all || !fine {
		t.strips, t.held = t.strips[:0], false
	}
}

// heldBack returns how many rows at the start of s are to be held back, so that all others reach
// only elements behind those that the blocks before do; and notes what these others reach. The least
// of linear functions is smallest at an end, and the rows where it is above a bound follow one another.
func heldBack(s strip, reach []func(j int) [2]int, before, here []int) int {
	n := s.end - s.first
	held := 0
	for i, f := range reach {
		above := func(j int) bool { return f(s.first + j)[0] > before[i] }
		if n == 0 || !above(n-1) {
			return n
		}
		held = max(held, sort.Search(n, above))
	}
	for i, f := range reach {
		here[i] = max(here[i], f(s.first + held)[1], f(s.end - 1)[1])
	}
	return held
}

// runHeld runs the rows that were held back.
func (t *Team) runHeld() {
	if !t.held {
		return
	}
	t.holding = true
	for k := range t.blocks {
		t.block(k)
	}
}

// Strips is [Private] for a slice whose rows Apart has been told of: without copies, if most are apart.
func Strips[T any](t *Team, x T) []T {
	if len(t.strips) == 0 {
		return Private(t, x)
	}
	out := make([]T, t.blocks)
	for k := range out {
		out[k] = x
	}
	return out
}

// From returns the first row that iteration i is to run now, of those from first on.
func From(t *Team, i, first int) int {
	if len(t.strips) == 0 || t.holding {
		return first
	}
	return first + t.strips[i-t.lo].held
}

// To returns the end of the rows that iteration i is to run now, of those up to end-1.
func To(t *Team, i, end int) int {
	if len(t.strips) == 0 || !t.holding {
		return end
	}
	s := t.strips[i-t.lo]
	return s.first + s.held
}

// Pops reports whether it is the turn of the rows that are not held back: with them blocks take back
// what they recorded.
func Pops(t *Team) bool { return !t.holding }
