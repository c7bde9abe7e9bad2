package ad

import (
	"fmt"
	"sync"

	"github.com/cairn-ad/cairn/schedule"
)

// Loop drives one checkpointed loop: its forward sweep, which is the primal run with
// snapshots taken on the way, and its reverse sweep, which runs stretches of it again.
// Loops nest: the body of one may hold another.
//
// The loop body comes as functions of the iteration number i = 0, 1, …: advance runs
// iteration i and records nothing, record runs it and pushes its intermediates on the
// stack, reverse takes them back. advance and record return true if the loop goes on
// and false if a break has ended it. save and restore copy the loop's state into and
// out of a snapshot.
type Loop struct {
	cursor   schedule.Cursor
	storeAll bool
	block    bool        // see NewBlock
	snaps    []*Snapshot // by slot; slot 0 holds the start state until Release
	held     []int64     // bytes per slot, 0 for a free one
	stats    Stats
	bytes    int64 // sum of held
	drawn    drawn
}

// Stats is what one run of a checkpointed loop has cost.
type Stats struct {
	Steps         int64 `json:"steps"`          // iterations reversed, as far as they got
	ForwardSteps  int64 `json:"forward_steps"`  // iterations executed, recorded ones included
	Advances      int64 `json:"advances"`       // iterations executed without recording
	Saves         int64 `json:"saves"`          // snapshots taken
	Restores      int64 `json:"restores"`       // snapshots read back by the schedule
	PeakSnapshots int64 `json:"peak_snapshots"` // most snapshots held at one time
	PeakBytes     int64 `json:"peak_bytes"`     // most bytes in snapshots at one time
}

var loops = sync.Pool{New: func() any { return new(Loop) }}

// NewBinomialLoop returns a loop of at most steps iterations (negative counts as 0)
// under the binomial schedule with at most slots snapshots at a time. It panics if
// slots is less than 1. Loops come from a pool and keep their snapshots' memory.
func NewBinomialLoop(steps, slots int) *Loop {
	if slots < 1 {
		panic(fmt.Sprintf("ad: a checkpointed loop with %d snapshots: the start state needs one; set snaps to 1 or more", slots))
	}
	l := loops.Get().(*Loop)
	l.storeAll, l.block = false, false
	must(l.cursor.Reset(int64(max(0, steps)), slots))
	return l
}

// NewStoreAllLoop returns a loop of at most steps iterations (negative counts as 0)
// that records every iteration in the forward sweep. It takes one snapshot, of the
// start, for [Loop.RestoreStart].
func NewStoreAllLoop(steps int) *Loop {
	l := loops.Get().(*Loop)
	l.storeAll, l.block = true, false
	must(l.cursor.ResetStoreAll(int64(max(0, steps))))
	return l
}

// NewBlock returns a loop of one iteration, which Forward runs without recording and
// Reverse restores, runs again, recording, and reverses: a checkpointed block.
func NewBlock() *Loop {
	l := loops.Get().(*Loop)
	l.storeAll, l.block = false, true
	return l
}

// must is for errors that the arguments given rule out.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// blockRun is the one iteration of a block.
var blockRun = schedule.Action{From: 0, To: 1}

// Forward runs the loop forwards, once. It returns when the loop has ended, by count
// or by a break.
func (l *Loop) Forward(advance, record func(i int) bool, save func(s *Snapshot)) {
	if l.block {
		l.save(0, save)
		l.advance(blockRun, advance)
		return
	}
	if l.storeAll && l.cursor.InForwardSweep() {
		l.save(0, save)
	}
	for l.cursor.InForwardSweep() {
		a, _ := l.cursor.Next()
		switch a.Kind {
		case schedule.Save:
			l.save(a.Slot, save)
		case schedule.Advance:
			if i := l.advance(a, advance); i < a.To {
				l.cursor.Stop(i+1, false)
			}
		case schedule.Record:
			if !l.record(a, record) {
				l.cursor.Stop(a.From+1, true)
			}
		}
	}
}

// Reverse runs the loop backwards: every iteration that Forward has run is reversed
// once, the last one first. The values returned by advance and record no longer matter,
// since Forward knows where the loop ended.
func (l *Loop) Reverse(advance, record func(i int) bool, reverse func(i int), save, restore func(s *Snapshot)) {
	if l.block {
		l.restore(blockRun, restore)
		l.record(blockRun, record)
		l.stats.Steps++
		reverse(0)
		return
	}
	for {
		a, ok := l.cursor.Next()
		if !ok {
			return
		}
		switch a.Kind {
		case schedule.Save:
			l.save(a.Slot, save)
		case schedule.Restore:
			l.restore(a, restore)
		case schedule.Advance:
			l.advance(a, advance)
		case schedule.Record:
			l.record(a, record)
		case schedule.Reverse:
			l.stats.Steps++
			reverse(int(a.From))
		}
	}
}

// RestoreStart restores the state before iteration 0 once more, after Reverse. It does
// nothing if the loop had no iterations.
func (l *Loop) RestoreStart(restore func(s *Snapshot)) {
	if len(l.snaps) > 0 && l.stats.Saves > 0 {
		l.snaps[0].rewind()
		restore(l.snaps[0])
	}
}

// Stats returns what the loop has cost so far.
func (l *Loop) Stats() Stats { return l.stats }

// Release gives the loop back to the pool, after telling the observers of [Observe].
// The caller must not use it again.
func (l *Loop) Release() {
	notify(l.stats)
	for i := range l.held {
		l.snaps[i].Reset()
	}
	l.held = l.held[:0]
	l.stats, l.bytes = Stats{}, 0
	l.drawn.forget()
	loops.Put(l)
}

// advance runs the iterations of a and returns the one that broke off, or a.To.
func (l *Loop) advance(a schedule.Action, advance func(i int) bool) int64 {
	for i := a.From; i < a.To; i++ {
		l.drawn.start(i)
		l.stats.ForwardSteps++
		l.stats.Advances++
		if !advance(int(i)) {
			return i
		}
	}
	return a.To
}

func (l *Loop) record(a schedule.Action, record func(i int) bool) bool {
	l.drawn.start(a.From)
	l.stats.ForwardSteps++
	return record(int(a.From))
}

func (l *Loop) save(slot int, save func(s *Snapshot)) {
	for len(l.snaps) <= slot {
		l.snaps = append(l.snaps, new(Snapshot))
	}
	for len(l.held) <= slot {
		l.held = append(l.held, 0)
	}
	s := l.snaps[slot]
	s.Reset()
	save(s)
	l.held[slot] = s.Bytes()
	l.bytes += l.held[slot]
	l.stats.Saves++
	l.stats.PeakSnapshots = max(l.stats.PeakSnapshots, int64(slot)+1)
	l.stats.PeakBytes = max(l.stats.PeakBytes, l.bytes)
}

func (l *Loop) restore(a schedule.Action, restore func(s *Snapshot)) {
	s := l.snaps[a.Slot]
	s.rewind()
	restore(s)
	l.stats.Restores++
	if a.Last && a.Slot > 0 {
		l.bytes -= l.held[a.Slot]
		l.held[a.Slot] = 0
	}
}
