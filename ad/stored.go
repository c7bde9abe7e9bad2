package ad

import (
	"runtime"
	"time"
)

// This file is what a loop does with snapshots whose numbers go to a storage. What is
// left of them in memory are references: slice headers, pointers, the keys of maps.

// open opens the storages of level k.
func (l *Loop) open(k int) {
	v := l.levels[k]
	for _, spec := range l.places[min(k, len(l.places)-1)] {
		t := &tier{limit: spec.limit}
		if spec.open != nil {
			store, err := spec.open()
			if err != nil {
				panic(&StorageError{"open", spec.name, -1, err})
			}
			t.spool = newSpool(spec.name, store)
			l.spools = append(l.spools, t.spool)
			l.guard()
		}
		v.tiers = append(v.tiers, t)
	}
}

// guard lets the storages be closed when nobody can reach the loop any more: code
// between its sweeps may panic.
func (l *Loop) guard() {
	l.cleanup.Stop()
	l.cleanup = runtime.AddCleanup(l, closeAll, l.spools)
}

// closeAll closes storages that nobody will read from.
func closeAll(spools []*spool) {
	for _, s := range spools {
		s.close(true)
	}
}

// store is save into s, whose numbers then go to the first tier of its level with room.
func (l *Loop) store(s *slot, save func(s *Snapshot)) {
	v := l.levels[s.level]
	if v.tiers == nil {
		l.open(s.level)
	}
	k := v.tierFor(0, v.large)
	var room int
	if in := v.tiers[k].spool; in != nil {
		s.snap.data.raw = in.buffer()
		room = cap(s.snap.data.raw)
	}
	save(&s.snap)
	v.large = int64(len(s.snap.data.raw))
	if fits := v.tierFor(k, v.large); fits != k {
		room = v.move(s, k, fits)
		k = fits
	}
	s.tier, s.in, s.bytes = v.tiers[k], v.tiers[k].spool, s.snap.Bytes()
	if s.in == nil {
		s.tier.held += v.large
		return
	}
	if l.dur != nil {
		s.snap.data.raw = l.dur.pack(&s.snap, s.step)
	}
	s.key = s.in.write(s.step, s.snap.data.raw, room)
	s.snap.data.raw = nil
	v.refs += s.snap.Bytes()
	l.memory(s.level)
}

// tierFor returns the first tier from k on with room for n bytes; the last one has room.
func (v *level) tierFor(k int, n int64) int {
	for k < len(v.tiers)-1 && !v.tiers[k].room(n) {
		k++
	}
	return k
}

// move moves the numbers in s from a buffer of tier k to one of tier fits, which is later,
// and returns the capacity that this had.
func (v *level) move(s *slot, k, fits int) (room int) {
	raw := s.snap.data.raw
	to := v.tiers[fits].spool
	if to == nil {
		s.snap.data.raw = append([]byte(nil), raw...)
	} else {
		b := to.buffer()
		room = cap(b)
		s.snap.data.raw = append(b, raw...)
	}
	if from := v.tiers[k].spool; from != nil {
		from.giveBack(raw)
	}
	return room
}

// memory notes what the stored snapshots of level k take of the memory.
func (l *Loop) memory(k int) {
	v := l.levels[k]
	sum := v.refs
	for _, t := range v.tiers {
		if t.spool != nil {
			sum += t.spool.buffers
		}
	}
	of := &l.stats.Levels[k]
	of.PeakMemory = max(of.PeakMemory, sum)
}

// load restores what s holds.
func (l *Loop) load(s *slot, restore func(s *Snapshot)) {
	if s.in != nil {
		s.snap.data.raw = s.in.take(s.key, s.step)
		l.memory(s.level)
	}
	s.snap.rewind()
	restore(&s.snap)
	if s.in != nil {
		s.snap.data.raw = nil
		s.in.taken()
	}
}

// discard gives up what the storage has of s.
func (l *Loop) discard(s *slot) {
	if s.in != nil {
		l.levels[s.level].refs -= s.snap.Bytes()
		s.in.free(s.key)
	} else {
		s.tier.held -= int64(len(s.snap.data.raw))
	}
	s.tier, s.in = nil, nil
}

// afterSweep closes the storages if the sweep has panicked: there will be no other one.
func (l *Loop) afterSweep() {
	if l.running {
		l.running = false
		l.closeStorages(true)
		if l.dur != nil {
			l.dur.end()
		}
	}
}

// closeStorages closes the storages and adds up what they have counted.
func (l *Loop) closeStorages(quit bool) error {
	if l.spools == nil {
		return nil
	}
	l.cleanup.Stop()
	var all *StorageError
	for _, s := range l.spools {
		if err := s.close(quit); err != nil {
			all = &StorageError{"close", s.name, -1, err}
		}
	}
	l.storageStats(&l.stats)
	l.spools = nil
	if all == nil {
		return nil
	}
	return all
}

// storageStats adds what the storages have counted so far to st.
func (l *Loop) storageStats(st *Stats) {
	for k, v := range l.levels {
		of := &st.Levels[k]
		for _, t := range v.tiers {
			if s := t.spool; s != nil {
				of.BytesWritten += s.written.Load()
				of.BytesRead += s.read.Load()
				of.Busy += time.Duration(s.busy.Load())
				of.Stalled += s.stalled
			}
		}
	}
}
