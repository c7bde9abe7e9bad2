package ad

import (
	"fmt"

	"github.com/cairn-ad/cairn/schedule"
)

// Iterations that a schedule records ahead, to reverse them after others have been run,
// need the state in which their recording ended: what an iteration writes and the next does
// not read is no checkpoint variable, and is overwritten by then.

// ends holds such states of the iterations that are recorded and not reversed.
type ends struct {
	keep, bring func(s *Snapshot) // nil for a loop that does without: see Ahead
	kept        []end
	recorded    bool  // the memory is in the state at the end of
	last        int64 // this iteration
}

// end is the state after one iteration.
type end struct {
	iteration int64
	state     *Snapshot
}

// Ahead tells the loop how to keep and bring back all that an iteration changes. Without it
// the stack must hold all that the reverse of an iteration needs, as when every iteration is
// recorded in one go. It is called before Forward, and once more before Reverse where the
// functions of the reverse sweep are others.
func (l *Loop) Ahead(keep, bring func(s *Snapshot)) { l.ends.keep, l.ends.bring = keep, bring }

// atEnd makes sure before an action, with the iteration i, that the state after the iteration
// recorded last is kept, or that it is at hand if the action reverses an iteration.
func (l *Loop) atEnd(kind schedule.Kind, i int64) {
	e := &l.ends
	switch {
	case e.keep == nil:
	case kind == schedule.Reverse:
		l.bringEnd(i)
	case e.recorded:
		l.keepEnd(e.last)
	}
	e.recorded, e.last = kind == schedule.Record, i
}

func (l *Loop) keepEnd(i int64) {
	s := NewSnapshot()
	l.ends.keep(s)
	l.ends.kept = append(l.ends.kept, end{i, s})
	l.bytes += s.Bytes()
	l.stats.PeakBytes = max(l.stats.PeakBytes, l.bytes)
}

func (l *Loop) bringEnd(i int64) {
	e := &l.ends
	if e.recorded && e.last == i {
		return
	}
	top := len(e.kept) - 1
	if top < 0 || e.kept[top].iteration != i {
		panic(fmt.Sprintf("ad: iteration %d of a checkpointed loop is reversed without having been recorded last: please report the schedule", i))
	}
	s := e.kept[top].state
	e.kept = e.kept[:top]
	e.bring(s)
	l.bytes -= s.Bytes()
	s.Release()
}

// forgetEnds gives back what is kept.
func (l *Loop) forgetEnds() {
	for _, k := range l.ends.kept {
		k.state.Release()
	}
	l.ends = ends{kept: l.ends.kept[:0]}
}
