package ad

import "github.com/cairn-ad/cairn/schedule"

// level holds the snapshots of one level of a schedule.
type level struct {
	slots []*slot
	used  int   // so many of them, from the first, this run has used
	held  int64 // so many hold something
	bytes int64 // and their size
}

// slot holds one snapshot of a loop.
type slot struct {
	snap  Snapshot
	level int
	bytes int64 // size of what is held, 0 while nothing is
	held  bool
}

// slotFor returns the slot for the action a, a Save. The state before iteration 0 is
// never overwritten: the slot that holds it gives its place to another one.
func (l *Loop) slotFor(a schedule.Action) *slot {
	v := l.levelFor(int(a.Level))
	for len(v.slots) <= a.Slot {
		v.slots = append(v.slots, new(slot))
	}
	v.used = max(v.used, a.Slot+1)
	if s := v.slots[a.Slot]; l.start == nil || s != l.start {
		return s
	}
	return l.exchange(a)
}

// exchange puts the slot that is kept aside in the place of that of a.
func (l *Loop) exchange(a schedule.Action) *slot {
	at := &l.levels[int(a.Level)].slots[a.Slot]
	if l.kept == nil {
		l.kept = new(slot)
	}
	*at, l.kept = l.kept, *at
	return *at
}

// levelFor returns level k, which it makes if it is not there yet.
func (l *Loop) levelFor(k int) *level {
	for len(l.levels) <= k {
		l.levels = append(l.levels, new(level))
	}
	return l.levels[k]
}

// keepStart takes a snapshot of the start aside.
func (l *Loop) keepStart(save func(s *Snapshot)) {
	l.levelFor(0)
	if l.kept == nil {
		l.kept = new(slot)
	}
	l.take(0, l.kept, save)
}

// take makes a snapshot in slot s of level k.
func (l *Loop) take(k int, s *slot, save func(s *Snapshot)) {
	if l.start == nil {
		l.start = s
	}
	s.level = k
	s.snap.Reset()
	save(&s.snap)
	l.hold(s)
}

// hold counts what slot s has got.
func (l *Loop) hold(s *slot) {
	v, of, st := l.levels[s.level], &l.stats.Levels[s.level], &l.stats
	s.held, s.bytes = true, s.snap.Bytes()
	v.held++
	v.bytes += s.bytes
	l.held++
	l.bytes += s.bytes
	st.Saves++
	st.PeakSnapshots = max(st.PeakSnapshots, l.held)
	st.PeakBytes = max(st.PeakBytes, l.bytes)
	of.Saves++
	of.PeakSnapshots = max(of.PeakSnapshots, v.held)
	of.PeakBytes = max(of.PeakBytes, v.bytes)
}

// drop counts that slot s has become free.
func (l *Loop) drop(s *slot) {
	v := l.levels[s.level]
	v.held--
	v.bytes -= s.bytes
	l.held--
	l.bytes -= s.bytes
	s.held, s.bytes = false, 0
}

// empty drops what all slots hold, and keeps their memory.
func (l *Loop) empty() {
	for _, v := range l.levels {
		for _, s := range v.slots[:v.used] {
			s.reset()
		}
		v.used, v.held, v.bytes = 0, 0, 0
	}
	if l.kept != nil {
		l.kept.reset()
	}
}

func (s *slot) reset() {
	s.snap.Reset()
	s.held, s.bytes = false, 0
}
