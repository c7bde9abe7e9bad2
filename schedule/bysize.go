package schedule

import (
	"fmt"
	"math"
)

// BySize is the schedule with the fewest forward steps for states of unequal sizes that
// are known, from an earlier run for example. With w_m the size of the state before step
// m, the least number V(i, j, u) of forward steps, the recorded ones included, that
// reverse steps i..j-1 from the stored state before step i in u free units is
//
//	V(i, i+1, u) = 1
//	V(i, j, u)   = min over i<m<j of m-i + W(m, j, u) + V(i, m, u)
//	W(m, j, u)   = 1 if m = j-1, V(m, j, u-w_m) if u >= w_m; otherwise there is no schedule.
//
// That is the least number for schedules that keep a state until its step is reversed.
//
// The zero BySize is the schedule of no steps.
type BySize struct {
	table   sizeTable
	free    int64   // units
	end     int64   // steps not reversed yet
	pos     int64   // the state at hand is the one before step pos; -1: none
	held    []int64 // stored states, the earliest first; the index is the slot
	pending bool    // step end-1 is recorded
	forward bool
}

// NewBySize returns the schedule of len(sizes) steps in budget units, where the state
// before step i takes sizes[i] units. It keeps sizes. It is an error if a size is less
// than 1, if the state before step 0 is larger than the budget, or if the table of the
// recursion, len(sizes)^2/2 times budget entries, would have more than 2^26 of them: choose
// coarser units.
func NewBySize(sizes []int64, budget int64) (*BySize, error) {
	b := new(BySize)
	if err := b.Reset(sizes, budget); err != nil {
		return nil, err
	}
	return b, nil
}

// Reset makes b a new schedule. The errors are those of [NewBySize]; after an error b is
// as it was.
func (b *BySize) Reset(sizes []int64, budget int64) error {
	var t sizeTable
	if err := t.build(sizes, budget); err != nil {
		return err
	}
	n := int64(len(sizes))
	*b = BySize{table: t, free: budget, end: n, forward: n > 0, held: b.held[:0]}
	return nil
}

// ForwardSteps returns the number of forward steps of the whole schedule.
func (b *BySize) ForwardSteps() int64 {
	t := &b.table
	if t.n == 0 {
		return 0
	}
	return t.v[t.at(0, t.n, t.units)]
}

// InForwardSweep is as in [Schedule].
func (b *BySize) InForwardSweep() bool { return b.forward }

// Next is as in [Schedule].
func (b *BySize) Next() (Action, bool) {
	top := len(b.held) - 1
	switch {
	case b.pending && !b.forward:
		b.pending = false
		b.end--
		b.pos = -1
		return reverse(b.end), true
	case b.end == 0:
		return Action{}, false
	case b.pos < 0:
		b.pos = b.held[top]
		last := b.pos == b.end-1
		if last {
			b.held = b.held[:top]
			b.free += b.table.sizes[b.pos]
		}
		return restore(b.pos, top, 0, last), true
	case b.pos == b.end-1 && (top >= 0 || !b.forward):
		b.pos++
		b.pending, b.forward = true, false
		return record(b.pos - 1), true
	case top < 0 || b.held[top] != b.pos:
		b.held = append(b.held, b.pos)
		b.free -= b.table.sizes[b.pos]
		return save(b.pos, top+1, 0), true
	}
	from := b.pos
	b.pos += int64(b.table.ahead[b.table.at(from, b.end, min(b.free, b.table.units))])
	return advance(from, b.pos), true
}

// Stop is as in [Cursor.Stop].
func (b *BySize) Stop(done int64, recorded bool) {
	b.end = min(b.end, max(0, done))
	b.forward = false
	b.pending = recorded && b.end > 0
	b.pos = -1
}

// sizeTable holds V and its best m-i, see [BySize].
type sizeTable struct {
	sizes    []int64
	n, units int64 // units that are free beside the state before step 0
	v        []int64
	ahead    []uint16
}

const maxSizeTable = 1 << 26

// at is the place of V(i, j, u): by j-i, then by i, then by u.
func (t *sizeTable) at(i, j, u int64) int64 {
	l := j - i - 1 // lengths up to l take n + n-1 + … + n-l+1 rows
	return (l*t.n-l*(l-1)/2+i)*(t.units+1) + u
}

func (t *sizeTable) build(sizes []int64, budget int64) error {
	n := int64(len(sizes))
	*t = sizeTable{sizes: sizes, n: n}
	for i, w := range sizes {
		if w < 1 {
			return fmt.Errorf("schedule: the state before step %d takes %d units: give at least 1", i, w)
		}
	}
	if n == 0 {
		return nil
	}
	if t.units = budget - sizes[0]; t.units < 0 {
		return fmt.Errorf("schedule: the state before step 0 takes %d units, the budget is %d", sizes[0], budget)
	}
	sum := int64(0) // no more is of use; it ends above the budget before it overflows
	for _, w := range sizes[1:] {
		if sum += w; sum >= t.units {
			sum = t.units
			break
		}
	}
	t.units = sum
	if n > math.MaxUint16 || n*(n+1)/2 > maxSizeTable/(t.units+1) {
		return fmt.Errorf("schedule: %d states in %d units: the table would have more than %d entries; choose coarser units", n, budget, maxSizeTable)
	}
	t.v = make([]int64, n*(n+1)/2*(t.units+1))
	t.ahead = make([]uint16, len(t.v))
	for l := int64(1); l <= n; l++ {
		for i := int64(0); i+l <= n; i++ {
			for u := int64(0); u <= t.units; u++ {
				t.fill(i, i+l, u)
			}
		}
	}
	return nil
}

// fill works out V(i, j, u) from those of shorter stretches.
func (t *sizeTable) fill(i, j, u int64) {
	at := t.at(i, j, u)
	if j == i+1 {
		t.v[at] = 1
		return
	}
	best, ahead := j-1-i+1+t.v[t.at(i, j-1, u)], j-1-i
	for m := i + 1; m < j-1; m++ {
		if u < t.sizes[m] {
			continue
		}
		if c := m - i + t.v[t.at(m, j, u-t.sizes[m])] + t.v[t.at(i, m, u)]; c < best {
			best, ahead = c, m-i
		}
	}
	t.v[at], t.ahead[at] = best, uint16(ahead)
}
