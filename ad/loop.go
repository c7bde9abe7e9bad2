package ad

import (
	"fmt"
	"runtime"
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
	made   made
	acts   schedule.Schedule // what the loop follows; nil while the size of a snapshot is to be known first
	plan   Plan
	scheme *scheme
	steps  int64
	slots  int  // snapshots of the first level
	block  bool // see NewBlock

	everything bool // the schedule records all iterations in the forward sweep

	levels []*level
	start  *slot // holds the state before iteration 0, until Release
	kept   *slot // one that belongs to no level, to hold the start if the schedule does not
	held   int64 // snapshots held now
	bytes  int64 // and their size
	stats  Stats
	drawn  drawn

	places  [][]tierSpec // by level of the schedule; nil: the memory
	spools  []*spool     // of all levels that have storages
	ahead   *lookahead   // in the reverse sweep of a loop with storages
	dur     *durable     // what a loop has that can be resumed
	count   int64        // actions done, of such a loop
	running bool         // a sweep of such a loop
	cleanup runtime.Cleanup

	ends ends
}

var loops = sync.Pool{New: func() any { return new(Loop) }}

// NewBinomialLoop returns a loop of at most steps iterations (negative counts as 0)
// under the binomial schedule with at most slots snapshots at a time. It panics if
// slots is less than 1. Loops come from a pool and keep their snapshots' memory.
func NewBinomialLoop(steps, slots int) *Loop {
	if slots < 1 {
		panic(fmt.Sprintf("ad: a checkpointed loop with %d snapshots: the start state needs one; set snaps to 1 or more", slots))
	}
	l := newLoop(max(0, steps))
	l.slots = slots
	must(makeBinomial(l))
	return l
}

// NewStoreAllLoop returns a loop of at most steps iterations (negative counts as 0)
// that records every iteration in the forward sweep. It takes one snapshot, of the
// start, for [Loop.RestoreStart].
func NewStoreAllLoop(steps int) *Loop {
	l := newLoop(max(0, steps))
	must(makeStore(l))
	return l
}

// NewBlock returns a loop of one iteration, which Forward runs without recording and
// Reverse restores, runs again, recording, and reverses: a checkpointed block.
func NewBlock() *Loop {
	l := newLoop(1)
	l.block = true
	return l
}

func newLoop(steps int) *Loop {
	l := loops.Get().(*Loop)
	l.steps = int64(steps)
	return l
}

// must is for errors that the arguments given rule out.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// A block is a loop of one iteration with these actions besides the iteration itself.
var (
	blockSave    = schedule.Action{Op: schedule.Op{Kind: schedule.Save}}
	blockRestore = schedule.Action{Op: schedule.Op{Kind: schedule.Restore}}
)

// Forward runs the loop forwards, once. It returns when the loop has ended, by count
// or by a break.
func (l *Loop) Forward(advance, record func(i int) bool, save func(s *Snapshot)) {
	switch {
	case l.block:
		l.save(blockSave, save)
		l.advance(0, 1, advance)
	case l.places != nil:
		l.running = true
		defer l.afterSweep()
		if l.dur != nil {
			l.forwardDurable(advance, record)
		} else {
			l.forward(advance, record, save)
		}
		l.readAhead()
		l.running = false
	default:
		l.forward(advance, record, save)
	}
}

func (l *Loop) forward(advance, record func(i int) bool, save func(s *Snapshot)) {
	if l.everything = l.everything && l.ends.keep == nil; l.everything {
		if l.steps > 0 {
			l.keepStart(save)
		}
		for i := int64(0); i < l.steps; i++ {
			if !l.record(i, record) {
				l.steps = i + 1
			}
		}
		return
	}
	if l.acts == nil {
		l.measure(save)
	}
	for l.acts.InForwardSweep() {
		a, _ := l.acts.Next()
		l.count++
		if l.start == nil && a.Kind != schedule.Save {
			l.keepStart(save) // the schedule does not
		}
		if l.ends.keep != nil {
			l.atEnd(a.Kind, a.From)
		}
		switch a.Kind {
		case schedule.Save:
			l.save(a, save)
			if l.dur != nil {
				l.dur.afterSave(l)
			}
		case schedule.Advance:
			l.advanceOn(a, advance, record)
		case schedule.Record:
			if !l.record(a.From, record) {
				l.stop(a.From+1, true)
			}
		default:
			panic(fmt.Sprintf("ad: %v in the forward sweep of a checkpointed loop: please report the schedule", a))
		}
	}
}

// advanceOn is an Advance of the forward sweep. A schedule that does not know where the
// loop ends is told so: the last iteration is recorded.
func (l *Loop) advanceOn(a schedule.Action, advance, record func(i int) bool) {
	last := l.steps - 1
	ends := l.scheme != nil && l.scheme.unplanned && a.To > last
	if ends {
		a.To = last
	}
	switch i := l.advance(a.From, a.To, advance); {
	case i < a.To:
		l.stop(i+1, false)
	case ends:
		l.atEnd(schedule.Record, last)
		l.record(last, record)
		l.stop(last+1, true)
	}
}

// stop tells the schedule that the loop has ended early.
func (l *Loop) stop(done int64, recorded bool) {
	l.acts.Stop(done, recorded)
	if l.dur != nil {
		j := &l.dur.journal
		j.Stopped, j.StopAt, j.Done, j.Recorded = true, l.count, done, recorded
	}
}

// Reverse runs the loop backwards: every iteration that Forward has run is reversed
// once, the last one first. The values returned by advance and record no longer matter,
// since Forward knows where the loop ended.
func (l *Loop) Reverse(advance, record func(i int) bool, reverse func(i int), save, restore func(s *Snapshot)) {
	b := body{advance, record, reverse, save, restore}
	switch {
	case l.block:
		l.restore(blockRestore, advance, restore)
		l.record(0, record)
		l.stats.Steps++
		reverse(0)
	case l.places != nil:
		l.running = true
		defer l.afterSweep()
		if d := l.dur; d != nil {
			d.beginReverse()
			b.save, b.restore = d.save, d.restore
		}
		l.back(&b)
		if l.dur != nil {
			l.dur.done = true
		}
		l.running = false
	default:
		l.back(&b)
	}
}

// back does the actions of the reverse sweep.
func (l *Loop) back(b *body) {
	if l.everything {
		for i := l.steps - 1; i >= 0; i-- {
			l.stats.Steps++
			b.reverse(int(i))
		}
		return
	}
	if l.places != nil {
		for a, ok := l.nextAhead(); ok; a, ok = l.nextAhead() {
			l.do(a, b)
			if l.dur != nil {
				l.dur.afterAction(l, a)
			}
		}
		return
	}
	for a, ok := l.acts.Next(); ok; a, ok = l.acts.Next() {
		switch { // the cheap ones here, without a call
		case l.ends.keep != nil:
			l.do(a, b)
		case a.Kind == schedule.Reverse:
			l.stats.Steps++
			b.reverse(int(a.From))
		case a.Kind == schedule.Record:
			l.record(a.From, b.record)
		case a.Kind == schedule.Advance:
			l.advance(a.From, a.To, b.advance)
		default:
			l.do(a, b)
		}
	}
}

// body is what a loop does, for its reverse sweep.
type body struct {
	advance, record func(i int) bool
	reverse         func(i int)
	save, restore   func(s *Snapshot)
}

// do does one action of the reverse sweep.
func (l *Loop) do(a schedule.Action, b *body) {
	if l.ends.keep != nil {
		l.atEnd(a.Kind, a.From)
	}
	switch a.Kind {
	case schedule.Save:
		l.save(a, b.save)
	case schedule.Restore:
		l.restore(a, b.advance, b.restore)
	case schedule.Advance:
		l.advance(a.From, a.To, b.advance)
	case schedule.Record:
		l.record(a.From, b.record)
	case schedule.Reverse:
		l.stats.Steps++
		b.reverse(int(a.From))
	}
}

// RestoreStart restores the state before iteration 0 once more, after Reverse. It does
// nothing if the loop had no iterations.
func (l *Loop) RestoreStart(restore func(s *Snapshot)) {
	if l.start == nil {
		return
	}
	if l.places != nil {
		l.running = true
		defer l.afterSweep()
	}
	if l.dur != nil {
		restore = l.dur.restore
	}
	l.load(l.start, restore)
	l.running = false
}

// Stats returns what the loop has cost so far.
func (l *Loop) Stats() Stats {
	st := l.stats
	if l.spools != nil {
		l.storageStats(&st)
	}
	return st
}

// Release gives the loop back to the pool, after telling the observers of [Observe].
// The caller must not use it again.
func (l *Loop) Release() {
	err := l.closeStorages(false)
	if l.dur != nil && err == nil {
		err = l.dur.end()
	}
	observers.notify(l.stats)
	l.empty()
	l.drawn.forget()
	l.forgetEnds()
	*l = Loop{made: l.made, levels: l.levels, kept: l.kept, ahead: l.ahead, drawn: l.drawn, ends: l.ends}
	loops.Put(l)
	if err != nil {
		panic(err)
	}
}

// advance runs the iterations from..to-1 and returns the one that broke off, or to.
func (l *Loop) advance(from, to int64, advance func(i int) bool) int64 {
	i := from
	for ; i < to; i++ {
		l.drawn.start(i)
		if !advance(int(i)) {
			break
		}
	}
	begun := min(i+1, to) - from
	l.stats.ForwardSteps += begun
	l.stats.Advances += begun
	return i
}

func (l *Loop) record(i int64, record func(i int) bool) bool {
	l.drawn.start(i)
	l.stats.ForwardSteps++
	return record(int(i))
}

func (l *Loop) save(a schedule.Action, save func(s *Snapshot)) {
	s := l.slotFor(int(a.Level), a.Slot)
	if s.held {
		l.drop(s)
	}
	if l.start != nil && l.start == l.kept && a.From == 0 { // taken before, for its size
		if a.Level == 0 {
			l.fit(l.exchange(0, a.Slot))
			return
		}
		l.drop(l.kept)
		l.start = nil
	}
	l.take(int(a.Level), a.From, s, save)
	l.fit(s)
}

func (l *Loop) restore(a schedule.Action, advance func(i int) bool, restore func(s *Snapshot)) {
	l.stats.Restores++
	l.stats.Levels[a.Level].Restores++
	s := l.levels[a.Level].slots[a.Slot]
	if !s.held {
		l.reach(a.From, -1, advance, restore)
		return
	}
	l.load(s, restore)
	if a.Last && s != l.start {
		l.drop(s)
	}
}
