package ad

// level holds the snapshots of one level of a schedule.
type level struct {
	slots []*slot
	used  int   // so many of them, from the first, this run has used
	held  int64 // so many hold something
	bytes int64 // and their size
	tiers []*tier
	large int64 // size of the last snapshot
	refs  int64 // what those in a storage still take of the memory
}

// tier is one place for the snapshots of a level.
type tier struct {
	spool *spool // nil: the memory of the loop
	limit int64  // bytes; 0: no limit
	held  int64  // bytes held, for the memory of the loop
}

// room reports whether n more bytes are within the limit.
func (t *tier) room(n int64) bool {
	held := t.held
	if t.spool != nil {
		held = t.spool.held.Load()
	}
	return t.limit == 0 || held+n <= t.limit
}

// slot holds one snapshot of a loop.
type slot struct {
	snap  Snapshot
	level int
	held  bool
	bytes int64  // size of what is held, 0 while nothing is
	tier  *tier  // where its numbers are; nil: in a loop that has no other memory
	in    *spool // that of tier
	key   int    // in it
	step  int64  // the state is that before this iteration
}

// slotFor returns the slot of a level for a Save. The state before iteration 0 is
// never overwritten: the slot that holds it gives its place to another one.
func (l *Loop) slotFor(level, number int) *slot {
	v := l.levelFor(level)
	for len(v.slots) <= number {
		v.slots = append(v.slots, new(slot))
	}
	v.used = max(v.used, number+1)
	if s := v.slots[number]; l.start == nil || s != l.start {
		return s
	}
	return l.exchange(level, number)
}

// exchange puts the slot that is kept aside in the place of that of a level.
func (l *Loop) exchange(level, number int) *slot {
	at := &l.levels[level].slots[number]
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
	l.take(0, 0, l.kept, save)
}

// take makes a snapshot of the state before the iteration step in slot s of level k.
func (l *Loop) take(k int, step int64, s *slot, save func(s *Snapshot)) {
	if l.start == nil {
		l.start = s
	}
	s.level, s.step = k, step
	s.snap.Reset()
	if l.places != nil {
		l.store(s, save)
	} else {
		save(&s.snap)
	}
	l.hold(s)
}

// hold counts what slot s has got.
func (l *Loop) hold(s *slot) {
	v, of, st := l.levels[s.level], &l.stats.Levels[s.level], &l.stats
	s.held = true
	if s.in == nil {
		s.bytes = s.snap.Bytes()
	}
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
	if s.tier != nil {
		l.discard(s)
	}
}

// empty drops what all slots hold, and keeps their memory.
func (l *Loop) empty() {
	for _, v := range l.levels {
		for _, s := range v.slots[:v.used] {
			s.reset()
		}
		*v = level{slots: v.slots}
	}
	if l.kept != nil {
		l.kept.reset()
	}
}

func (s *slot) reset() {
	s.snap.Reset()
	s.held, s.bytes, s.tier, s.in = false, 0, nil, nil
}

// kept returns the bytes that the snapshot takes where it is kept.
func (s *slot) kept() int64 {
	if s.in == nil {
		return s.bytes
	}
	s.in.settle() // then nobody else uses the sizes
	return s.in.size(s.key)
}
