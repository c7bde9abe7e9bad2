package schedule

import (
	"fmt"
	"iter"
)

// Limits is what a schedule may use. The zero Limits allows no snapshot and any number
// of recorded steps.
type Limits struct {
	// Slots is the number of slots of each level, -1 for as many as are wanted. A level
	// that is not listed has none.
	Slots []int
	// Tape is the largest number of steps that may be recorded and not reversed at one
	// time; 0 is no limit.
	Tape int64
	// Shared, if not nil, bounds the memory that snapshots of level 0 and recorded
	// steps take up together.
	Shared *Shared
	// Online says that the schedule was made without knowledge of the number of steps:
	// in the forward sweep a Save may take the place of what a slot holds, and the
	// states before and after the last step may be saved and never used: they are garbage
	// from then on.
	Online bool
}

// Shared is memory that holds restart data (snapshots of level 0) and adjoint data
// (steps recorded and not reversed). The step recorded last needs no room as long as
// nothing but its Reverse comes after it.
type Shared struct {
	Budget  int64 // units there are
	Restart int64 // units that a snapshot takes
	Adjoint int64 // units that the record of a step takes
	// State, if not nil, gives the units that the state before a step takes, in place
	// of Restart.
	State func(step int64) int64
}

// Validate is [Simulate] with slots slots in level 0 and no other limit (0 for a
// schedule that takes no snapshot).
func Validate(seq iter.Seq[Action], steps int64, slots int) (Counts, error) {
	return Simulate(seq, steps, Limits{Slots: []int{slots}})
}

// Simulate executes a sequence of actions on paper and counts what it costs. steps is
// the number of steps to be reversed.
//
// It returns an error, with the number of the action, if an action is impossible (the
// state it needs is not at hand, its slot is empty, taken or out of range, its step is
// not the one recorded last), if a limit is exceeded, if steps are not reversed exactly
// once from the last to the first, if recorded steps are not reversed in the opposite
// order (they share one stack), or if a slot is still in use when its state has become
// useless. A state may be held in several levels at once, in one slot of each. The
// state before step 0 is exempt from the rule on useless states: a caller may want it
// after the reversal.
func Simulate(seq iter.Seq[Action], steps int64, l Limits) (Counts, error) {
	v := simulator{end: steps, limits: l}
	if len(l.Slots) > MaxLevels {
		return v.counts, fmt.Errorf("schedule: %d storage levels, there can be %d", len(l.Slots), MaxLevels)
	}
	for range l.Slots {
		v.levels = append(v.levels, shelf{held: map[int]int64{}, slotOf: map[int64]int{}})
	}
	n := 0
	for a := range seq {
		err := v.do(a)
		if err == nil {
			err = v.account()
		}
		if err != nil {
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

// simulator is the machine that the actions run on.
type simulator struct {
	pos, end int64 // state at hand (-1: none), steps not reversed yet
	reversed bool  // the reverse sweep has begun
	limits   Limits
	levels   []shelf
	recorded []int64
	loose    bool  // the step recorded last has not been kept: no action came after it
	used     int64 // units of the snapshots of level 0
	counts   Counts
}

// shelf is the storage of one level.
type shelf struct {
	held   map[int]int64 // slot to the step before which its state is
	slotOf map[int64]int // the other way round
}

func (v *simulator) do(a Action) error {
	if err := shape(a); err != nil {
		return err
	}
	v.loose = a.Kind == Record
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
	if a.Kind != Save && a.Kind != Restore && (a.Slot != 0 || a.Level != 0) {
		return fmt.Errorf("a slot has no meaning for %v", a.Kind)
	}
	return nil
}

func (v *simulator) at(step int64) error {
	if v.pos != step {
		return fmt.Errorf("needs the state before step %d, but %s", step, v.state())
	}
	return nil
}

func (v *simulator) state() string {
	if v.pos < 0 {
		return "no state is at hand after a reverse"
	}
	return fmt.Sprintf("the state at hand is the one before step %d", v.pos)
}

func (v *simulator) advance(a Action) error {
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

// shelf returns the level of a.
func (v *simulator) shelf(a Action) (*shelf, error) {
	if int(a.Level) >= len(v.levels) {
		return nil, fmt.Errorf("level %d does not exist, there are %d", a.Level, len(v.levels))
	}
	return &v.levels[a.Level], nil
}

func (v *simulator) save(a Action) error {
	if err := v.at(a.From); err != nil {
		return err
	}
	l, err := v.shelf(a)
	if err != nil {
		return err
	}
	if slots := v.limits.Slots[a.Level]; a.Slot < 0 || slots >= 0 && a.Slot >= slots {
		return fmt.Errorf("slot %d does not exist, there are %d", a.Slot, slots)
	}
	if s, ok := l.slotOf[a.From]; ok {
		return fmt.Errorf("slot %d holds this state already", s)
	}
	if p, ok := l.held[a.Slot]; ok {
		if !v.limits.Online || v.reversed && p < v.end {
			return fmt.Errorf("slot %d still holds the state before step %d", a.Slot, p)
		}
		v.drop(l, a)
	}
	if a.From >= v.end && (!v.limits.Online || v.reversed) {
		return fmt.Errorf("the state is useless, steps from %d on are reversed", v.end)
	}
	l.held[a.Slot] = a.From
	l.slotOf[a.From] = a.Slot
	if a.Level == 0 {
		v.used += v.size(a.From)
	}
	v.counts.Writes++
	v.counts.Levels[a.Level].Writes++
	return nil
}

// drop frees the slot of a.
func (v *simulator) drop(l *shelf, a Action) {
	p := l.held[a.Slot]
	delete(l.held, a.Slot)
	delete(l.slotOf, p)
	if a.Level == 0 {
		v.used -= v.size(p)
	}
}

func (v *simulator) restore(a Action) error {
	l, err := v.shelf(a)
	if err != nil {
		return err
	}
	p, ok := l.held[a.Slot]
	if !ok {
		return fmt.Errorf("slot %d holds nothing", a.Slot)
	}
	if p != a.From {
		return fmt.Errorf("slot %d holds the state before step %d", a.Slot, p)
	}
	if p >= v.end {
		return fmt.Errorf("the state is useless, steps from %d on are reversed", v.end)
	}
	if a.Last {
		v.drop(l, a)
	}
	v.pos = p
	v.counts.Reads++
	v.counts.Levels[a.Level].Reads++
	return nil
}

func (v *simulator) record(a Action) error {
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

func (v *simulator) reverse(a Action) error {
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
	v.reversed = true
	// Only now has the state before this step become useless: later ones have been
	// looked at when their own step was reversed.
	for k := range v.levels {
		slot, ok := v.levels[k].slotOf[v.end]
		if !ok || v.end == 0 {
			continue
		}
		where := Action{Op: Op{Level: uint8(k)}, Slot: slot}
		if v.limits.Online && v.counts.Reads == 0 {
			v.drop(&v.levels[k], where)
			continue
		}
		return fmt.Errorf("%s still holds the state before step %d: mark its last restore", where.place(), v.end)
	}
	return nil
}

// account brings the peaks up to date and checks the limits.
func (v *simulator) account() error {
	c, disk := &v.counts, int64(0)
	for k := range v.levels {
		n := int64(len(v.levels[k].held))
		c.Levels[k].Peak = max(c.Levels[k].Peak, n)
		if k > 0 {
			disk += n
		}
	}
	c.PeakDisk = max(c.PeakDisk, disk)
	if len(v.levels) > 0 {
		c.Peak = max(c.Peak, disk+int64(len(v.levels[0].held)))
	}
	tape := int64(len(v.recorded))
	c.PeakTape = max(c.PeakTape, tape)
	if v.limits.Tape > 0 && tape > v.limits.Tape {
		return fmt.Errorf("%d steps are recorded, there may be %d", tape, v.limits.Tape)
	}
	s := v.limits.Shared
	if s == nil {
		return nil
	}
	if v.loose {
		tape--
	}
	units := v.used + tape*s.Adjoint
	c.PeakUnits = max(c.PeakUnits, units)
	if units > s.Budget {
		return fmt.Errorf("snapshots and records take %d units, there are %d", units, s.Budget)
	}
	return nil
}

// size returns the units that the state before a step takes.
func (v *simulator) size(step int64) int64 {
	switch s := v.limits.Shared; {
	case s == nil:
		return 0
	case s.State != nil:
		return s.State(step)
	default:
		return s.Restart
	}
}
