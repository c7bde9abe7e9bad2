package ad

import (
	"cmp"
	"slices"

	"github.com/cairn-ad/cairn/schedule"
)

// forwardDurable is Forward for a loop that can be resumed, or is.
func (l *Loop) forwardDurable(advance, record func(i int) bool) {
	d := l.dur
	if d.save == nil {
		refuse("resume=%s without a call of Durable before Forward", d.name)
	}
	run, err := openRun(d.dir, d.name)
	d.fail(err)
	d.run = run
	d.begin(l)
	if l.acts == nil {
		l.measure(d.save)
	}
	if d.found {
		if l.slots != d.journal.Slots {
			d.fail(errDamaged)
		}
		l.takeUp(advance, record)
		if d.journal.Phase != inForward {
			return
		}
	}
	d.journal.Slots = l.slots
	l.forward(advance, record, d.save)
	d.writeDrawn(l)
	d.fail(d.run.put("end", d.journal.Run, d.packed(d.save)))
	d.write(l, between, nil)
}

// beginReverse brings the adjoints to where the journal is that was found, if that is in
// the reverse sweep.
func (d *durable) beginReverse() {
	if d.found && d.journal.Phase == inReverse {
		d.fail(d.unpack(&d.now, &d.adjoints, d.blob, -1))
		d.restoreAdjoints(&d.now)
		d.now.data.raw = nil
	}
	d.blob = nil
}

// afterAction counts an action of the reverse sweep and writes a journal after it, if it is
// time.
func (d *durable) afterAction(l *Loop, a schedule.Action) {
	l.count++
	if a.Kind == schedule.Reverse && d.due() {
		d.write(l, inReverse, d.saveAdjoints)
	}
}

// end gives up the run; one that has come to its end is removed.
func (d *durable) end() error {
	if d.run == nil {
		return nil
	}
	end := d.run.close
	if d.done {
		end = d.run.remove
	}
	if err := end(); err != nil {
		return &StorageError{"close", d.run.path, -1, err}
	}
	return nil
}

// takeUp brings the loop to where the journal is that was found. In the forward sweep the
// state is then that after the last Save, otherwise that after the loop.
func (l *Loop) takeUp(advance, record func(i int) bool) {
	d := l.dur
	d.readDrawn(l)
	at, recorded := l.replay()
	l.takeSlots(advance)
	switch {
	case d.journal.Phase == inForward:
		l.reach(at, -1, advance, d.restore)
		return
	case recorded >= 0:
		l.reach(recorded, -1, advance, d.restore)
		l.atEnd(schedule.Record, recorded)
		l.record(recorded, record)
	}
	var id uint64
	b, ok, err := d.run.get("end", &id)
	d.fail(err)
	if !ok || id != d.journal.Run {
		d.fail(errDamaged)
	}
	d.fail(d.unpack(&d.now, &d.state, b, -1))
	d.restore(&d.now)
	d.now.data.raw = nil
}

// replay takes from the schedule the actions that are done. It returns the step before
// which the last one has stored the state, and the one that is recorded and not
// reversed, or -1.
func (l *Loop) replay() (at, recorded int64) {
	j := &l.dur.journal
	recorded = -1
	held, used := map[[2]int]int64{}, map[[2]int]bool{}
	for l.count < j.Actions {
		a, ok := l.acts.Next()
		if !ok {
			l.dur.fail(errDamaged)
		}
		l.count++
		switch a.Kind {
		case schedule.Save:
			held[[2]int{int(a.Level), a.Slot}] = a.From
			used[[2]int{int(a.Level), a.Slot}] = true
		case schedule.Restore:
			if a.Last {
				delete(held, [2]int{int(a.Level), a.Slot})
			}
		case schedule.Record:
			recorded = a.From
		case schedule.Reverse:
			recorded = -1
		}
		at = a.To
		if j.Stopped && l.count == j.StopAt {
			l.acts.Stop(j.Done, j.Recorded)
			recorded = -1
			if j.Recorded {
				recorded = j.Done - 1
			}
		}
	}
	for at := range held { // some may have been lost to a budget
		l.slotFor(at[0], at[1])
	}
	l.dur.fail(j.checkLive(held, used))
	return at, recorded
}

// checkLive returns an error unless the slots of the journal are such as the schedule has used,
// and hold what it has put there; the start stays where it was after its last use. A key is
// the number of one of the snapshots that were stored at one time.
func (j *journal) checkLive(held map[[2]int]int64, used map[[2]int]bool) error {
	for _, s := range j.Live {
		at := [2]int{s.Level, s.Slot}
		step, ok := held[at]
		if !used[at] || s.Step != 0 && (!ok || step != s.Step) || s.Key < 0 || s.Key > len(used) {
			return errDamaged
		}
	}
	return nil
}

// takeSlots brings back what the slots held. What is there no more, or not as a whole,
// is computed again: nothing depends on it but time.
func (l *Loop) takeSlots(advance func(i int) bool) {
	d := l.dur
	live := slices.Clone(d.journal.Live)
	slices.SortFunc(live, func(a, b liveSlot) int { return cmp.Compare(a.Step, b.Step) })
	l.keepKeys(live)
	at := int64(0) // the state at hand; -1: unknown
	for _, s := range live {
		if s.Step == 0 {
			l.save(s.save(), d.save)
		}
	}
	for _, s := range live {
		if s.Step == 0 || l.adopt(s) {
			continue
		}
		l.reach(s.Step, at, advance, d.restore)
		l.save(s.save(), d.save)
		at = s.Step
	}
}

// keepKeys keeps the keys of live slots for them.
func (l *Loop) keepKeys(live []liveSlot) {
	taken := map[*spool]map[int]bool{}
	for _, s := range live {
		v := l.levelFor(s.Level)
		if v.tiers == nil {
			l.open(s.Level)
		}
		in := v.tiers[0].spool
		if in == nil || s.Step == 0 {
			continue
		}
		if taken[in] == nil {
			taken[in] = map[int]bool{}
		}
		if taken[in][s.Key] {
			l.dur.fail(errDamaged)
		}
		taken[in][s.Key] = true
	}
	for in, keys := range taken {
		for k := range keys {
			for in.keys <= k {
				if !keys[in.keys] {
					in.unused = append(in.unused, in.keys)
				}
				in.keys++
			}
		}
	}
}

// adopt gives a slot what is stored of it, and reports whether that is there.
func (l *Loop) adopt(from liveSlot) bool {
	d, v := l.dur, l.levels[from.Level]
	in := v.tiers[0].spool
	if in == nil {
		return false
	}
	s := l.slotFor(from.Level, from.Slot)
	in.settle() // then nobody else uses the storage
	b, err := in.store.Read(from.Key, nil)
	if err == nil {
		err = d.unpack(&s.snap, &d.state, b, from.Step)
	}
	if err != nil {
		s.snap.Reset()
		s.snap.data.raw = nil
		in.unused = append(in.unused, from.Key)
		return false
	}
	s.level, s.step, s.key, s.tier, s.in = from.Level, from.Step, from.Key, v.tiers[0], in
	s.bytes = s.snap.Bytes()
	s.snap.data.raw = nil
	v.refs += s.snap.Bytes()
	in.resize(s.key, int64(len(b)))
	l.hold(s)
	l.stats.Saves--
	l.stats.Levels[from.Level].Saves--
	return true
}
