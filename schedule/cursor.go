package schedule

import "iter"

// Cursor hands out the actions of one reversal, one by one. It decides on the fly,
// holds O(slots) memory and allocates nothing per action, so that a loop whose number
// of steps turns out smaller than planned can be stopped at any step.
//
// The zero Cursor is the schedule of no steps.
type Cursor struct{ reversal }

// reversal is what a [Cursor] and an [Online] have in common.
type reversal struct {
	end      int64   // steps not reversed yet; the next to be reversed is end-1
	pos      int64   // the state at hand is the one before step pos; -1: none
	pending  int64   // steps recorded and not reversed yet
	slots    int     // 0 for store-all
	forward  bool    // the next action belongs to the forward sweep
	storeAll bool    // record every step, hold no state
	levels   []level // slots in use, the earliest state first; the index is the slot
	staged   *stages // where the slots are; nil: slot by slot in level 0

	// ahead, if not nil, is the forward sweep of a loop whose end is not known yet. end
	// is 0 until it is.
	ahead *onlineRule
}

// level is one stored state. With s = slots - index slots at its disposal (its own
// included) and m steps up to the end, t is the smallest number with Beta(s, t) >= m
// and below is Beta(s, t-1) < m; both are brought up to date when they are needed.
type level struct {
	pos, t int64
	below  uint64
}

// NewBinomial returns a cursor over the binomial schedule: the fewest forward steps
// for this number of slots, and among those schedules the fewest Save actions. The
// forward sweep starts with Save of the state before step 0 and ends with Record of
// the last step, so it is the primal run itself and not a run in addition. It is an
// error if steps is negative or slots is less than 1.
func NewBinomial(steps int64, slots int) (*Cursor, error) {
	c := new(Cursor)
	if err := c.Reset(steps, slots); err != nil {
		return nil, err
	}
	return c, nil
}

// NewStoreAll returns a cursor that records all steps and then reverses them, without
// a snapshot. It is an error if steps is negative.
func NewStoreAll(steps int64) (*Cursor, error) {
	c := new(Cursor)
	if err := c.ResetStoreAll(steps); err != nil {
		return nil, err
	}
	return c, nil
}

// Reset makes c a new cursor over the binomial schedule and keeps its memory. The
// errors are those of [NewBinomial]; after an error c is as it was.
func (c *Cursor) Reset(steps int64, slots int) error {
	if err := check(steps, slots); err != nil {
		return err
	}
	c.reversal = reversal{end: steps, slots: slots, forward: steps > 0, levels: c.levels[:0]}
	return nil
}

// ResetStoreAll makes c a new cursor over the store-all schedule and keeps its
// memory. It is an error if steps is negative; after an error c is as it was.
func (c *Cursor) ResetStoreAll(steps int64) error {
	if err := check(steps, 1); err != nil {
		return err
	}
	c.reversal = reversal{end: steps, storeAll: true, forward: steps > 0, levels: c.levels[:0]}
	return nil
}

// InForwardSweep reports whether the next action belongs to the forward sweep. It is
// false from the moment the last step has been handed out to be recorded, or after
// [Cursor.Stop]: the next action, if any, then belongs to the reverse sweep. When it
// is false at the start (no steps) there is no action at all.
func (c *reversal) InForwardSweep() bool { return c.forward }

// Next returns the next action, or false when all steps are reversed.
func (c *reversal) Next() (Action, bool) {
	if c.pending > 0 && !c.forward {
		return c.reverse(), true
	}
	if c.end == 0 {
		if c.ahead != nil && c.forward {
			return c.goAhead(), true
		}
		return Action{}, false
	}
	if c.pos < 0 {
		return c.restore(), true
	}
	if c.storeAll || c.pos == c.end-1 && (len(c.levels) > 0 || !c.forward) {
		return c.record(), true
	}
	top := len(c.levels) - 1
	if top < 0 || c.levels[top].pos != c.pos {
		return c.save(), true
	}
	from := c.pos
	c.pos += c.levels[top].stride(uint64(c.end-c.pos), uint64(c.slots-top))
	return advance(from, c.pos), true
}

func (c *reversal) reverse() Action {
	c.pending--
	c.end--
	c.pos = -1
	return reverse(c.end)
}

func (c *reversal) restore() Action {
	slot := len(c.levels) - 1
	c.pos = c.levels[slot].pos
	last := c.pos == c.end-1
	if last {
		c.levels = c.levels[:slot]
	}
	var disk uint8
	if c.staged != nil {
		slot, disk = c.staged.place(slot)
	}
	return restore(c.pos, slot, disk, last)
}

func (c *reversal) record() Action {
	a := record(c.pos)
	c.pos++
	c.pending++
	if c.pos == c.end {
		c.forward = false
	}
	return a
}

func (c *reversal) save() Action {
	slot := len(c.levels)
	lv := level{pos: c.pos}
	if slot == 0 {
		lv.t, lv.below = repetition(c.end-c.pos, int64(c.slots))
	} else {
		// The steps from here are at most Beta(s-1, t) for the level before with
		// its s and t, and Beta(s-1, t-1) = Beta(s, t-1) * s/(s+t-1).
		p := c.levels[slot-1]
		s, t := uint64(c.slots-slot+1), uint64(p.t)
		lv.t, lv.below = p.t, mulDiv(p.below, s, s+t-1)
	}
	c.levels = append(c.levels, lv)
	var disk uint8
	if c.staged != nil {
		slot, disk = c.staged.place(slot)
	}
	return save(c.pos, slot, disk)
}

// stride returns how far to advance from this stored state, with m >= 2 steps to the
// end and s slots. It is the choice of Griewank and Walther 2000, section 4, that
// needs the fewest writes among the step-optimal ones.
func (l *level) stride(m, s uint64) int64 {
	if s == 1 {
		return int64(m - 1)
	}
	t, b1 := uint64(l.t), l.below
	for b1 >= m {
		t--
		b1 = mulDiv(b1, t, s+t)
	}
	l.t, l.below = int64(t), b1
	if t == 1 {
		return 1
	}
	b2 := mulDiv(b1, s, s+t-1)   // Beta(s-1, t-1)
	b3 := mulDiv(b2, s-1, s+t-2) // Beta(s-2, t-1)
	switch rest := m - b1; {
	case rest <= b3:
		return int64(mulDiv(b1, t-1, s+t-1)) // Beta(s, t-2)
	case rest >= b2+b3:
		return int64(b1)
	}
	return int64(m - b2 - b3)
}

// Stop tells the cursor that the loop has ended early: done steps have begun, counted
// from step 0, and step done-1 (which may have run only in part) was the last. It is
// called in place of the rest of the action in hand and of the forward sweep. The
// cursor goes on with the reversal of steps done-1..0. recorded says that step done-1
// ran inside a Record, so that it can be reversed as it is; otherwise the cursor will
// have it recorded again, from a snapshot. Under store-all every step is recorded.
// A stop with done = 0 leaves nothing to do.
func (c *reversal) Stop(done int64, recorded bool) {
	c.end = min(c.end, max(0, done))
	c.forward = false
	if c.storeAll {
		c.pending = c.end
		return
	}
	c.pending = 0
	c.pos = -1
	if recorded && c.end > 0 {
		c.pending = 1
	}
}

// Binomial returns the actions of [NewBinomial], or none if the arguments are wrong.
func Binomial(steps int64, slots int) iter.Seq[Action] {
	return func(yield func(Action) bool) {
		var c Cursor
		if c.Reset(steps, slots) == nil {
			drain(&c, yield)
		}
	}
}

// StoreAll returns the actions of [NewStoreAll], or none if steps is negative.
func StoreAll(steps int64) iter.Seq[Action] {
	return func(yield func(Action) bool) {
		var c Cursor
		if c.ResetStoreAll(steps) == nil {
			drain(&c, yield)
		}
	}
}
