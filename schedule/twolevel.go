package schedule

// TwoLevel is periodic on the outside and binomial inside. The forward sweep stores the
// state every period steps in level 1, and those of the last period's own schedule in
// level 0. The reverse sweep takes one period after the other: it restores its first
// state for the last time and reverses the period under the binomial schedule in
// level 0, which stores that state there as its own start (unless the whole period is
// recorded in one go).
//
// The zero TwoLevel is the schedule of no steps.
type TwoLevel struct {
	inner  Taped // of the period that begins at base
	period int64
	slots  int
	tape   int64
	base   int64
	last   int64 // where the last period begins
	left   int64 // steps of the period to be restored
	phase  phase
}

// phase says what a TwoLevel does next.
type phase uint8

const (
	within    phase = iota // the inner schedule
	storing                // save the state at base, in the forward sweep
	passing                // run the period that begins at base without recording
	restoring              // restore the state at base, with left steps to be reversed from there
)

// NewTwoLevel returns the schedule of steps steps that stores every period steps in
// level 1 and reverses each period in slots slots of level 0 with at most tape steps
// recorded at one time. It is an error if steps is negative or one of the others less
// than 1.
func NewTwoLevel(steps, period int64, slots int, tape int64) (*TwoLevel, error) {
	t := new(TwoLevel)
	if err := t.Reset(steps, period, slots, tape); err != nil {
		return nil, err
	}
	return t, nil
}

// Reset makes t a new schedule and keeps its memory. The errors are those of
// [NewTwoLevel]; after an error t is as it was.
func (t *TwoLevel) Reset(steps, period int64, slots int, tape int64) error {
	if err := checkPeriod(steps, period); err != nil {
		return err
	}
	last := lastPeriod(steps, period)
	if err := t.inner.Reset(steps-last, slots, tape); err != nil {
		return err
	}
	*t = TwoLevel{inner: t.inner, period: period, slots: slots, tape: tape, last: last}
	if last > 0 {
		t.phase = storing
		t.skipSave(steps - last)
	}
	return nil
}

// skipSave leaves out the first action of the inner schedule of n steps, which is to
// save the state it begins with, if that is not needed again.
func (t *TwoLevel) skipSave(n int64) {
	if n <= t.tape {
		_, _ = t.inner.Next()
	}
}

// InForwardSweep is as in [Schedule].
func (t *TwoLevel) InForwardSweep() bool {
	if t.phase == within {
		return t.base == t.last && t.inner.InForwardSweep()
	}
	return t.phase != restoring
}

// Next is as in [Schedule].
func (t *TwoLevel) Next() (Action, bool) {
	switch t.phase {
	case storing:
		t.phase = passing
		return save(t.base, t.slot(), 1), true
	case passing:
		t.base += t.period
		t.phase = storing
		if t.base == t.last {
			t.phase = within
		}
		return advance(t.base-t.period, t.base), true
	}
	if t.phase == within {
		a, ok := t.inner.Next()
		if ok || t.base == 0 {
			a.From += t.base
			a.To += t.base
			return a, ok
		}
		t.base -= t.period
		t.left = t.period
	}
	t.phase = within
	t.last = -1 // no period is part of the forward sweep any more
	_ = t.inner.Reset(t.left, t.slots, t.tape)
	t.skipSave(t.left)
	return restore(t.base, t.slot(), 1, true), true
}

// slot returns the slot of level 1 that the state at base has.
func (t *TwoLevel) slot() int { return int(t.base / t.period) }

// Stop is as in [Taped.Stop].
func (t *TwoLevel) Stop(done int64, recorded bool) {
	if done > t.base || done <= 0 {
		t.phase = within
		t.base = min(t.base, max(0, done))
		t.inner.Stop(done-t.base, recorded)
		return
	}
	t.base = (done - 1) / t.period * t.period
	t.left = done - t.base
	t.phase = restoring
}

// PlanTwoLevel returns the counts of [NewTwoLevel] from the formulas, without running
// it. The errors are those of [NewTwoLevel], and that the number of forward steps does
// not fit in an int64.
func PlanTwoLevel(steps, period int64, slots int, tape int64) (Counts, error) {
	if err := checkPeriod(steps, period); err != nil {
		return Counts{}, err
	}
	last := lastPeriod(steps, period)
	c, err := PlanTaped(steps-last, slots, tape)
	if err != nil || last == 0 {
		return c, err
	}
	each, err := PlanTaped(period, slots, tape)
	if err != nil {
		return Counts{}, err
	}
	if steps-last <= tape {
		c.Peak, c.Levels[0] = 0, LevelCounts{}
	}
	if period <= tape {
		each.Peak, each.Levels[0] = 0, LevelCounts{}
	}
	n := last / period
	var sum total
	sum.add(c.Advances, 1)
	sum.add(each.Advances, n)
	sum.add(last, 1)
	c.Advances = sum.value()
	sum.add(steps, 1)
	c.ForwardSteps = sum.value()
	if sum.over {
		return Counts{}, tooMany(steps, slots)
	}
	// A period has at most one save and one restore for each of its steps, so that
	// the counts of these fit.
	c.Levels[0].Writes += n * each.Levels[0].Writes
	c.Levels[0].Reads += n * each.Levels[0].Reads
	c.Levels[0].Peak = max(c.Peak, each.Peak)
	c.Levels[1] = LevelCounts{Writes: n, Reads: n, Peak: n}
	c.Writes, c.Reads = c.Levels[0].Writes+n, c.Levels[0].Reads+n
	c.PeakDisk = n
	// The last period is reversed with all the others stored, one more has its state
	// restored for the last time.
	c.Peak = max(c.Peak+n, each.Peak+n-1)
	c.PeakTape = max(c.PeakTape, each.PeakTape)
	return c, nil
}
