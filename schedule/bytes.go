package schedule

import "fmt"

// Bytes is the binomial schedule under a budget in bytes when the size of a state is only
// known once it is saved, as with compressed snapshots. After each Save the driver tells
// the size by [Bytes.Saved]. Wherever the binomial schedule asks for the number of free
// slots, this one asks how many states of the size of the last ones fit into what is left.
// If none does, but the smallest so far would, it tries one; a state that turns out not to
// fit costs the attempt and no step.
// With states of one size, known beforehand, it is [NewBinomial] with budget/size slots.
//
// The zero Bytes is the schedule of no steps.
type Bytes struct {
	budget   int64
	estimate int64 // size of the states to come
	least    int64 // the smallest size that has been told; 0: none
	used     int64
	end      int64   // steps not reversed yet
	pos      int64   // the state at hand is the one before step pos; -1: none
	levels   []sized // states held, the earliest first; the index is the slot
	pending  bool    // step end-1 is recorded
	untold   bool    // the size of the last state held has not been told
	refused  bool    // the state at hand did not fit
	forward  bool
}

// sized is a state that is held.
type sized struct{ pos, size int64 }

// NewBytes returns the schedule of steps steps in budget bytes. estimate is a guess of the
// size of a state, for as long as none has been saved. It is an error if steps is
// negative or if one of the others is less than 1.
func NewBytes(steps, budget, estimate int64) (*Bytes, error) {
	b := new(Bytes)
	if err := b.Reset(steps, budget, estimate); err != nil {
		return nil, err
	}
	return b, nil
}

// Reset makes b a new schedule and keeps its memory. The errors are those of [NewBytes];
// after an error b is as it was.
func (b *Bytes) Reset(steps, budget, estimate int64) error {
	if err := check(steps, 1); err != nil {
		return err
	}
	if budget < 1 || estimate < 1 {
		return fmt.Errorf("schedule: a budget of %d bytes for states of about %d: give at least 1", budget, estimate)
	}
	*b = Bytes{budget: budget, estimate: estimate, end: steps, forward: steps > 0, levels: b.levels[:0]}
	return nil
}

// InForwardSweep is as in [Schedule].
func (b *Bytes) InForwardSweep() bool { return b.forward }

// Next is as in [Schedule]. After a Save that is not followed by a call of Saved the state
// counts as one of the estimated size.
func (b *Bytes) Next() (Action, bool) {
	if b.untold {
		b.Saved(b.estimate)
	}
	top := len(b.levels) - 1
	switch {
	case b.pending && !b.forward:
		b.pending = false
		b.end--
		b.pos = -1
		return reverse(b.end), true
	case b.end == 0:
		return Action{}, false
	case b.pos < 0:
		return b.restore(), true
	case b.pos == b.end-1 && (top >= 0 || !b.forward):
		b.pos++
		b.pending = true
		b.forward = false
		return record(b.pos - 1), true
	case (top < 0 || b.levels[top].pos != b.pos) && !b.refused:
		b.levels = append(b.levels, sized{pos: b.pos})
		b.untold = true
		return save(b.pos, top+1, 0), true
	}
	from := b.pos
	b.pos += b.stride()
	b.refused = false
	return advance(from, b.pos), true
}

// Saved tells how many bytes the state takes that the last Save has saved. It reports
// whether the state stays: if it is false, the state is over the budget, and the driver
// throws it away; the schedule goes on without it. The state before step 0 always stays.
func (b *Bytes) Saved(size int64) bool {
	if !b.untold {
		return true
	}
	b.untold = false
	size = max(1, size)
	if b.least == 0 {
		b.least, b.estimate = size, size
	}
	b.least = min(b.least, size)
	b.estimate += (size - b.estimate) / 4 // the last ones count most
	top := len(b.levels) - 1
	if top > 0 && size > b.budget-b.used {
		b.levels = b.levels[:top]
		b.refused = true
		return false
	}
	b.levels[top].size = size
	b.used += size
	return true
}

func (b *Bytes) restore() Action {
	slot := len(b.levels) - 1
	b.pos = b.levels[slot].pos
	last := b.pos == b.end-1
	if last {
		b.used -= b.levels[slot].size
		b.levels = b.levels[:slot]
	}
	return restore(b.pos, slot, 0, last)
}

// stride returns how far to advance from the state at hand.
func (b *Bytes) stride() int64 {
	m, room := b.end-b.pos, max(0, b.budget-b.used)
	more := room / b.estimate
	if more == 0 && b.least <= room {
		more = 1
	}
	if more == 0 || m < 2 {
		return max(1, m-1)
	}
	s := min(more, m) + 1 // its own slot is taken already, or was wanted
	var l level
	l.t, l.below = repetition(m, s)
	return l.stride(uint64(m), uint64(s))
}

// Stop is as in [Cursor.Stop].
func (b *Bytes) Stop(done int64, recorded bool) {
	b.end = min(b.end, max(0, done))
	b.forward = false
	b.pending = recorded && b.end > 0
	b.pos = -1
	b.refused = false
}
