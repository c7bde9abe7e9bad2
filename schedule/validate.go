package schedule

import (
	"fmt"
	"iter"
)

// Validate executes a sequence of actions on paper and counts what it costs. steps is
// the number of steps to be reversed, slots the number of slots the sequence may use
// (0 for one that takes no snapshot).
//
// It returns an error, with the number of the action, if an action is impossible (the
// state it needs is not at hand, its slot is empty, taken or out of range, its step is
// not the recorded one), if steps are not reversed exactly once from the last to the
// first, if recorded steps are not reversed in the opposite order (they share one
// stack), or if a slot is still in use when its state has become useless. The state
// before step 0 is exempt from the last rule: a caller may want it after the reversal.
func Validate(seq iter.Seq[Action], steps int64, slots int) (Counts, error) {
	v := validator{end: steps, slots: slots, held: map[int]int64{}, slotOf: map[int64]int{}}
	var err error
	n := 0
	for a := range seq {
		if err = v.do(a); err != nil {
			return v.counts, fmt.Errorf("schedule: action %d (%v): %w", n, a, err)
		}
		n++
	}
	if v.end > 0 {
		return v.counts, fmt.Errorf("schedule: the sequence ends after %d actions with steps 0..%d not reversed", n, v.end-1)
	}
	v.counts.ForwardSteps += v.counts.Advances
	return v.counts, nil
}

// validator is the machine that the actions run on.
type validator struct {
	pos, end int64         // state at hand (-1: none), steps not reversed yet
	slots    int           // limit
	held     map[int]int64 // slot to the step before which its state is
	slotOf   map[int64]int // the other way round
	recorded []int64
	counts   Counts
}

func (v *validator) do(a Action) error {
	if err := shape(a); err != nil {
		return err
	}
	switch a.Kind {
	case Advance:
		return v.advance(a)
	case Save:
		return v.save(a)
	case Restore:
		return v.restore(a)
	case Record:
		return v.record(a)
	}
	return v.reverse(a)
}

// shape checks what can be seen on the action alone.
func shape(a Action) error {
	switch a.Kind {
	case Advance:
		if a.To <= a.From {
			return fmt.Errorf("an advance must run at least one step")
		}
	case Save, Restore:
		if a.To != a.From {
			return fmt.Errorf("To is %d; a %v must have To equal to From", a.To, a.Kind)
		}
	case Record, Reverse:
		if a.To != a.From+1 {
			return fmt.Errorf("To is %d; a %v must have To equal to From+1", a.To, a.Kind)
		}
	default:
		return fmt.Errorf("no such kind of action")
	}
	if a.Last && a.Kind != Restore {
		return fmt.Errorf("only a restore may be marked as the last use")
	}
	return nil
}

func (v *validator) at(step int64) error {
	if v.pos != step {
		return fmt.Errorf("needs the state before step %d, but %s", step, v.state())
	}
	return nil
}

func (v *validator) state() string {
	if v.pos < 0 {
		return "no state is at hand after a reverse"
	}
	return fmt.Sprintf("the state at hand is the one before step %d", v.pos)
}

func (v *validator) advance(a Action) error {
	if err := v.at(a.From); err != nil {
		return err
	}
	if a.To > v.end {
		return fmt.Errorf("runs past step %d, the last one not reversed yet", v.end-1)
	}
	v.pos = a.To
	v.counts.Advances += a.To - a.From
	return nil
}

func (v *validator) save(a Action) error {
	if err := v.at(a.From); err != nil {
		return err
	}
	if a.Slot < 0 || a.Slot >= v.slots {
		return fmt.Errorf("slot %d does not exist, there are %d", a.Slot, v.slots)
	}
	if p, ok := v.held[a.Slot]; ok {
		return fmt.Errorf("slot %d still holds the state before step %d", a.Slot, p)
	}
	if s, ok := v.slotOf[a.From]; ok {
		return fmt.Errorf("slot %d holds this state already", s)
	}
	if a.From >= v.end {
		return fmt.Errorf("the state is useless, steps from %d on are reversed", v.end)
	}
	v.held[a.Slot] = a.From
	v.slotOf[a.From] = a.Slot
	v.counts.Writes++
	v.counts.Peak = max(v.counts.Peak, int64(len(v.held)))
	return nil
}

func (v *validator) restore(a Action) error {
	p, ok := v.held[a.Slot]
	if !ok {
		return fmt.Errorf("slot %d holds nothing", a.Slot)
	}
	if p != a.From {
		return fmt.Errorf("slot %d holds the state before step %d", a.Slot, p)
	}
	if a.Last {
		delete(v.held, a.Slot)
		delete(v.slotOf, p)
	}
	v.pos = p
	v.counts.Reads++
	return nil
}

func (v *validator) record(a Action) error {
	if err := v.at(a.From); err != nil {
		return err
	}
	if a.From >= v.end {
		return fmt.Errorf("step %d is past step %d, the last one not reversed yet", a.From, v.end-1)
	}
	if n := len(v.recorded); n > 0 && v.recorded[n-1] >= a.From {
		return fmt.Errorf("step %d is recorded and not reversed: the recorded steps must ascend", v.recorded[n-1])
	}
	v.recorded = append(v.recorded, a.From)
	v.pos = a.To
	v.counts.ForwardSteps++
	return nil
}

func (v *validator) reverse(a Action) error {
	if a.From != v.end-1 {
		return fmt.Errorf("step %d is the next to be reversed", v.end-1)
	}
	n := len(v.recorded)
	if n == 0 || v.recorded[n-1] != a.From {
		return fmt.Errorf("step %d is not the one recorded last", a.From)
	}
	v.recorded = v.recorded[:n-1]
	v.end--
	v.pos = -1
	// Only now has the state before this step become useless: later ones have been
	// looked at when their own step was reversed.
	if slot, ok := v.slotOf[v.end]; ok && v.end > 0 {
		return fmt.Errorf("slot %d still holds the state before step %d: mark its last restore", slot, v.end)
	}
	return nil
}
