package ad

import "github.com/cairn-ad/cairn/schedule"

// lookahead is a window on the actions of the reverse sweep that are still to come, in
// which the next restores are found: the sweep does not depend on what it computes.
type lookahead struct {
	coming [window]schedule.Action // a ring
	first  int
	n      int
	seen   int // of the coming ones so many were looked at
}

const window = 64

func (q *lookahead) at(k int) *schedule.Action { return &q.coming[(q.first+k)%window] }

// nextAhead returns the next action of the reverse sweep of a loop with storages, after a
// look at what comes after it.
func (l *Loop) nextAhead() (schedule.Action, bool) {
	l.readAhead()
	q := l.ahead
	if q.n == 0 {
		return schedule.Action{}, false
	}
	a := *q.at(0)
	q.first = (q.first + 1) % window
	q.n--
	q.seen = max(0, q.seen-1)
	return a, true
}

// readAhead begins to read what the next restores need, as far as there are buffers. All
// actions so far are done.
func (l *Loop) readAhead() {
	q := l.ahead
	for q.seen < window && !l.everything {
		if q.seen == q.n {
			a, ok := l.acts.Next()
			if !ok {
				return
			}
			q.n++
			*q.at(q.n - 1) = a
		}
		if a := q.at(q.seen); a.Kind == schedule.Restore && !l.beginRead(a) {
			return
		}
		q.seen++
	}
}

// beginRead begins to read what a restores, and reports whether it could, or need not.
func (l *Loop) beginRead(a *schedule.Action) bool {
	q := l.ahead
	for k := range q.seen {
		if s := q.at(k); s.Kind == schedule.Save && s.Level == a.Level && s.Slot == a.Slot {
			return false // what is to be read is not there yet
		}
	}
	s := l.levels[a.Level].slots[a.Slot]
	switch {
	case s.in == nil: // in memory, or lost
		return true
	case !s.in.canRead():
		return false
	}
	s.in.readAhead(s.key, a.From)
	return true
}
