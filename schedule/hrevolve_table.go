package schedule

import (
	"fmt"
	"math"
	"slices"
)

// tier is one level of storage above the free one, with what to do in it. Segments of n
// steps come in two forms: one whose start state is at hand and not stored (A), and one
// whose start state is at hand and stored in this tier (B).
type tier struct {
	level       uint8 // as in Action
	slots       int   // slots that are of use, -1 for no limit
	write, read int64

	// later[m-1][n] says what to do in form B with m slots, that of the start state
	// included: with j > 0 advance j steps and go on in form A with m-1 slots; with 0
	// use this tier no more, so that its slot is free. A negative -j means j, and that
	// in form A with m slots the state is not worth storing here.
	later [][]int32
	// first[n] is the advance after the state has been stored, or 0 if that does not
	// pay. Only with slots = -1; later then has one row, or none if a state is read once.
	first  []int32
	period int64 // if > 0: the advance after each save, in place of the tables
}

// save returns the advance after a save of the start of n steps with m slots left to
// this tier, or 0 if the state is not to be stored here.
func (t *tier) save(m int, n int64) int64 {
	switch {
	case t.period > 0:
		if n > t.period {
			return t.period
		}
		return 0
	case t.slots < 0:
		return int64(t.first[n])
	case m > 0:
		return int64(max(0, t.later[min(m, len(t.later))-1][n]))
	}
	return 0
}

// again returns the advance after a restore of the start of n steps with m slots left to
// this tier, that of the start state included, or 0 if this is the last restore.
func (t *tier) again(m int, n int64) int64 {
	if len(t.later) == 0 {
		return 0
	}
	j := int64(t.later[min(max(m, 1), len(t.later))-1][n])
	return max(j, -j)
}

// filler fills the tables of one tier after the other.
type filler struct {
	forward int64
	room    int64 // bytes left for tables
	search  minplus
	lower   []int64 // A(n) with the tiers done so far and the levels below them
	values  []int64 // work space
}

// maxTables bounds the memory that the tables of one schedule take while they are made, in
// bytes, of which workBytes a step are not kept.
const (
	maxTables = 1 << 30
	workBytes = 64
)

// base sets lower to the costs with nothing but slots free slots: P(n, slots)*forward.
func (f *filler) base(n int64, slots int) error {
	if err := f.take(n, workBytes); err != nil {
		return err
	}
	f.lower = make([]int64, n+1)
	for i := int64(2); i <= n; i++ {
		f.lower[i] = infinite
		if slots == 0 || f.lower[i-1] == infinite {
			continue
		}
		if p := Advances(i, slots); f.forward == 0 || p <= largest/f.forward {
			f.lower[i] = f.forward * p
		}
	}
	return nil
}

// take takes bytes for each of n steps out of the room left.
func (f *filler) take(n, bytes int64) error {
	if f.room -= (n + 1) * bytes; f.room < 0 {
		return fmt.Errorf("schedule: the tables for %d steps do not fit in %d MiB; give fewer slots, or unlimited ones (-1), for which they are small, or use the periodic form", n, maxTables>>20)
	}
	return nil
}

// row makes a table of int32 with an entry for each number of steps.
func (f *filler) row() ([]int32, error) {
	n := len(f.lower)
	if err := f.take(int64(n)-1, 4); err != nil {
		return nil, err
	}
	return make([]int32, n), nil
}

// plus returns the sum of costs that are not negative, infinite if it is above largest.
// Of several, all but the first are at most largest.
func plus(a int64, b ...int64) int64 {
	for _, x := range b {
		if a > largest || x > largest || a+x > largest {
			return infinite
		}
		a += x
	}
	return a
}

// fill makes the tables of t, which has slots, and adds t to what lower is about.
func (f *filler) fill(t *tier, slots int, readOnce bool) error {
	if slots < 0 {
		return f.unlimited(t, readOnce)
	}
	// With slots enough for the tables without a limit, those are smaller.
	before, room := f.lower, f.room
	if err := f.unlimited(t, readOnce); err != nil {
		return err
	}
	if t.most() <= slots {
		return nil
	}
	f.lower, f.room = before, room
	t.slots, t.first, t.later = 0, nil, nil
	return f.limited(t, slots)
}

// limited makes the tables by
//
//	B(n,m) = min( lower(n), min_{1<=j<n} j*forward + A(n-j,m-1) + read + B(j,m) )
//	A(n,m) = min( lower(n), write + B(n,m) ),   A(n,0) = lower(n)
//
// Herrmann and Pallez 2020, where j = n-1 is left out: it is never better than j = n-2
// if lower(2) <= forward, that is, if there is a free slot.
func (f *filler) limited(t *tier, slots int) error {
	a := f.lower
	if err := f.take(int64(len(a))-1, 4*int64(slots)); err != nil {
		return err
	}
	for len(t.later) < slots {
		row := make([]int32, len(a))
		next := f.limitedRow(t, a, row)
		if slices.Equal(next, a) {
			break // all rows to come are the same again
		}
		t.later = append(t.later, row)
		a = next
	}
	t.slots = len(t.later)
	f.lower = a
	return nil
}

// limitedRow fills row for m slots from a = A(·,m-1) and returns A(·,m).
func (f *filler) limitedRow(t *tier, a []int64, row []int32) []int64 {
	s := &f.search
	s.reset(a)
	next := make([]int64, len(a))
	s.push(plus(f.forward, t.read))
	for n := 2; n < len(a); n++ {
		b, j := s.min(n, f.lower[n])
		s.push(plus(b, int64(n)*f.forward, t.read))
		next[n] = f.lower[n]
		if stored := plus(b, t.write); stored < next[n] {
			next[n] = stored
		} else {
			j = -j
		}
		row[n] = int32(j)
	}
	return next
}

// unlimited makes the tables for any number of slots by
//
//	B(n) = min( lower(n), min_{1<=j<n} j*forward + lower(n-j) + read + B(j) )
//	A(n) = min( lower(n), min_{1<=j<n} write + j*forward + A(n-j) + read + B(j) )
//
// Aupy, Herrmann, Hovland and Robert 2016. It is the recurrence of [filler.limited] with
// enough slots, where a state is only worth storing in the first sweep over it: if it is
// stored in a later one, after the start of the segment has been loaded for it, then
// storing it in the first sweep saves the steps that lead to it. With readOnce, B(n) is
// lower(n).
func (f *filler) unlimited(t *tier, readOnce bool) error {
	t.slots = -1
	n := len(f.lower)
	h := append(f.values[:0], 0, plus(f.forward, t.read)) // j*forward + read + B(j)
	if readOnce {
		for j := 2; j < n; j++ {
			h = append(h, plus(f.lower[j], int64(j)*f.forward, t.read))
		}
	} else {
		row, err := f.row()
		if err != nil {
			return err
		}
		t.later = [][]int32{row}
		s := &f.search
		s.reset(f.lower)
		s.push(h[1])
		for j := 2; j < n; j++ {
			b, at := s.min(j, f.lower[j])
			row[j] = int32(at)
			h = append(h, plus(b, int64(j)*f.forward, t.read))
			s.push(h[j])
		}
	}
	row, err := f.row()
	if err != nil {
		return err
	}
	t.first = row
	f.values = h
	f.lower = f.unlimitedFirst(t, h)
	return nil
}

// unlimitedFirst fills t.first and returns A. The minimum is over x = n-j, with the known
// function h and the unknown A exchanged.
func (f *filler) unlimitedFirst(t *tier, h []int64) []int64 {
	n := len(f.lower)
	s := &f.search
	s.reset(h[:n])
	a := make([]int64, n)
	if n > 1 {
		s.push(0)
	}
	for i := 2; i < n; i++ {
		a[i] = f.lower[i]
		bound := a[i]
		if bound < infinite {
			bound = max(0, bound-t.write)
		}
		if v, x := s.min(i, bound); x > 0 {
			if v = plus(v, t.write); v < a[i] {
				a[i] = v
				t.first[i] = int32(i - x)
			}
		}
		s.push(a[i])
	}
	return a
}

// most returns the largest number of states that the tables without a limit store.
func (t *tier) most() int {
	count := make([]int32, len(t.first))
	most := int32(0)
	for n, j := range t.first {
		if j > 0 {
			count[n] = count[n-int(j)] + 1
			most = max(most, count[n])
		}
	}
	return int(most)
}

// checkCosts refuses costs that would not fit in the tables.
func checkCosts(steps int64, costs *Costs, levels int) error {
	if err := costs.check(); err != nil {
		return err
	}
	top := int64(0)
	for k := range levels {
		top = max(top, costs.Write[k], costs.Read[k])
	}
	if steps > math.MaxInt32-1 {
		return fmt.Errorf("schedule: %d steps: the tables end at %d; use the periodic form for longer loops", steps, math.MaxInt32-1)
	}
	if top > largest || steps > 0 && costs.Forward > largest/steps {
		return fmt.Errorf("schedule: costs of up to %d a step and %d a transfer are too large for %d steps; choose a larger unit of time", costs.Forward, top, steps)
	}
	return nil
}
