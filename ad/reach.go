package ad

import "github.com/cairn-ad/cairn/schedule"

// reach makes the state before iteration step, from the nearest one that is held. The
// state at hand is that before iteration at, if that is not negative.
func (l *Loop) reach(step, at int64, advance func(i int) bool, restore func(s *Snapshot)) {
	var from *slot
	for _, v := range l.levels {
		for _, s := range v.slots[:v.used] {
			if s.held && s.step <= step && (from == nil || s.step > from.step) {
				from = s
			}
		}
	}
	if from != nil && from.step > at {
		l.load(from, restore)
		at = from.step
	}
	l.advance(at, step, advance)
}

// fit gives up the snapshot in s if the budget has no room for it.
func (l *Loop) fit(s *slot) {
	if l.plan.Budget == 0 || s.level != 0 {
		return
	}
	fits := true
	if b := l.made.bytes; l.acts == schedule.Schedule(b) {
		fits = b.Saved(s.kept())
	} else if s != l.start {
		fits = l.withinBudget()
	}
	if !fits {
		l.lose(s)
	}
}

// withinBudget reports whether the first level holds no more bytes than the budget.
func (l *Loop) withinBudget() bool {
	v := l.levels[0]
	if l.places == nil {
		return v.bytes <= l.plan.Budget
	}
	if v.kept() <= l.plan.Budget {
		return true
	}
	for _, t := range v.tiers {
		if t.spool != nil {
			t.spool.settle() // what is not written yet counts with its full size
		}
	}
	return v.kept() <= l.plan.Budget
}

// kept returns the bytes that the snapshots of a level take where they are.
func (v *level) kept() int64 {
	var sum int64
	for _, t := range v.tiers {
		if t.spool != nil {
			sum += t.spool.held.Load()
		} else {
			sum += t.held
		}
	}
	return sum
}

// lose gives up a snapshot for which there is no room. If the schedule asks for it all the
// same, it is computed again.
func (l *Loop) lose(s *slot) {
	l.drop(s)
	s.snap.data.raw = nil
	s.snap.Reset()
	l.stats.Lost++
}
