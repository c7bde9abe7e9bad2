package schedule

import "fmt"

// Online hands out the actions for a loop of unknown length. Its forward sweep goes on
// for as long as the loop does: it saves states, replaces those that have become less
// useful, and always holds at most the given number of them; the reverse sweep works
// with those it finds. It holds O(slots) memory and, with up to 1024 slots, allocates nothing
// but in NewOnline and Reset. A Save of the forward sweep takes O(slots) time at worst.
//
// In the forward sweep an Advance reaches up to the next state to be saved, which the
// loop may not reach, and a Save into a slot in use replaces what the slot holds. The
// driver calls [Online.Stop] when the loop has ended; until then Next always returns an
// action. The end may become known in two ways:
//
//   - Before the last step is run, as the literature has it. The driver runs step n-1 in
//     a Record in place of the next action and calls Stop(n, true).
//   - Afterwards, as for a loop with a condition. The driver calls Stop(n, false), and step
//     n-1 is run again, from the nearest state held. That takes as many steps without
//     recording as a loop of n+1 steps under the first convention, for which the least
//     number is greater by Repetition(n+1, slots).
//
// # The rule
//
// Let s be the number of slots. With R = Repetition(n, s), a loop of n steps is in phase R.
// The i-th state held (i = 0, 1, …, in order of their steps) has s-i slots for the reversal of
// its gap, the steps up to the next state held: its own slot and those of later states,
// which are free by then. With gaps g_i a stop before step n-1 costs
//
//	n-1 + sum over i of P(g_i, s-i)
//
// steps without recording, P = [Advances], where the last gap ends at step n-1. P(g, s-i) is
// convex in g, with slope R-1 for low_i <= g <= high_i, low_i = Beta(s-i, R-2), high_i =
// Beta(s-i, R-1). Hence the sum is minimal, and the total equals Advances(n, s), if all gaps are
// within these bounds. Phase R ends at n = Beta(s, R), where the only such choice is g_i =
// high_i; these positions are the targets of the phase: T_0 = 0 and T_(i+1) = T_i + high_i.
//
//   - A state is saved when it is a target, and when the gap behind the state held last
//     has R steps. Up to n = s all states are saved.
//   - The state given up for it is one that is not a target of the phase and that leaves
//     a gap g_i <= high_i behind; among these the one with which the sum comes out
//     least, the earliest one if there are several.
//
// # What is proved
//
// There is always a state to give up, and all gaps always satisfy g_i <= high_i. Let j be
// the least index such that a state that is no target is held between T_j and T_(j+1).
// Then T_j has index j, and to give up the first state after it leaves a gap of at most
// T_(j+1)-T_j = high_j. If there is no such j, then all s states held are targets, and
// the one to be saved now begins the next phase, whose targets they are not but for T_0; the
// argument holds for that phase. States after one that is given up lose one from their
// index, which only relaxes their bound. It follows that
//
//   - the repetition number is minimal for every n: no step is run more often without
//     recording than in the best schedule that knows n, Repetition(n, s) times (the property
//     of Wang, Moin and Iaccarino 2009);
//   - the number of steps is the least possible for every n <= Beta(s, 2) = (s+1)(s+2)/2 (the
//     range of algorithm I of Stumm and Walther 2010): in phases 1 and 2 low_i is 0 or 1, so
//     that all gaps are within their bounds;
//   - it is the least possible at n = Beta(s, R) for every R.
//
// # What is measured
//
// At every n up to Beta(s, 3), for s = 1 to 100: at most 2 steps more than the least number
// for a known n. Beyond, the excess is largest shortly after a phase has begun with s < R.
// The largest ratio to the least number, for n up to 10^6, is in docs/reference/schedules.md:
// 1.12 for s = 2, 1.09 for s = 3, less than 1.03 from s = 8 and 1.004 from s = 16 on. For s =
// 3 no rule of minimal repetition number can do better than 1.0907 for all n up to 120, as
// a search through all of them shows.
//
// The reverse sweep is binomial within each gap. That is the best choice for the states
// held if the gaps are within their bounds; otherwise moving one of them may save a step
// now and then (one step in one of 184 cases examined in full).
//
// The zero Online is the schedule of no steps.
type Online struct{ reversal }

var _ Schedule = (*Online)(nil)

// NewOnline returns the online schedule with at most slots states held at a time, the
// one before step 0 among them. It is an error if slots is less than 1 or more than 2^31-1.
func NewOnline(slots int) (*Online, error) {
	o := new(Online)
	if err := o.Reset(slots); err != nil {
		return nil, err
	}
	return o, nil
}

// reserved is the number of slots that memory is made for in advance; for more it grows as
// they come into use.
const reserved = 1 << 10

// Reset makes o a new schedule and keeps its memory. The error is that of [NewOnline];
// after an error o is as it was.
func (o *Online) Reset(slots int) error {
	if err := checkOnline(0, slots); err != nil {
		return err
	}
	rule, staged := o.ahead, o.staged
	if rule == nil {
		rule, staged = new(onlineRule), new(stages)
	}
	rule.reset(slots)
	if room := min(slots, reserved); cap(o.levels) < room {
		o.levels, staged.places = make([]level, 0, room), make([]place, 0, room)
	}
	o.reversal = reversal{slots: slots, forward: true, levels: o.levels[:0], staged: staged, ahead: rule}
	return nil
}

// checkOnline reports why there is no online schedule for these arguments.
func checkOnline(steps int64, slots int) error {
	if slots > maxPlaces {
		return fmt.Errorf("schedule: %d slots: an online schedule keeps track of each; give at most %d", slots, maxPlaces)
	}
	return check(steps, slots)
}

// goAhead returns the next action of the forward sweep.
func (c *reversal) goAhead() Action {
	from := c.pos
	if from == c.ahead.next {
		return save(from, c.ahead.save(from), 0)
	}
	c.pos = c.ahead.next
	return advance(from, c.pos)
}

// Stop tells that the loop has ended: done steps have begun, counted from step 0, and step
// done-1 (which may have run only in part) was the last. It is called in place of the
// rest of the action in hand, or of the next one. recorded says that step done-1 ran in a
// Record of the driver's own, so that it can be reversed as it is; otherwise it is recorded
// again, from a state held. The schedule goes on with the reversal of steps done-1..0. In
// the reverse sweep a further Stop changes nothing.
func (o *Online) Stop(done int64, recorded bool) {
	if o.forward {
		o.begin(done, recorded)
		o.reversal.Stop(done, recorded)
	}
}

// begin makes ready for the reversal of steps done-1..0 from the states held.
func (o *Online) begin(done int64, recorded bool) {
	useful, end := stopAt(o.pos, done, recorded)
	o.end = end
	o.levels = o.levels[:0]
	places := o.staged.places[:0]
	for _, m := range o.ahead.marks {
		places = append(places, place{slot: int32(m.slot)})
		if m.pos < useful {
			o.levels = append(o.levels, level{pos: m.pos})
		}
	}
	for i := len(places); int64(i) < min(int64(o.slots), end); i++ {
		places = append(places, place{slot: int32(i)})
	}
	o.staged.places = places
	o.measure()
}

// stopAt returns how many steps are to be reversed after a Stop in the forward sweep with
// the state before step pos at hand, and before which of them states are still useful: not
// before those that have not begun, nor before a recorded one.
func stopAt(pos, done int64, recorded bool) (useful, end int64) {
	if recorded && done > 0 {
		useful = min(done-1, pos)
		return useful, useful + 1
	}
	useful = max(0, min(done, pos))
	return useful, useful
}

// measure works out the repetition numbers of the states held.
func (c *reversal) measure() {
	for i, end := len(c.levels)-1, c.end; i >= 0; i-- {
		lv := &c.levels[i]
		lv.t, lv.below = repetition(end-lv.pos, int64(c.slots-i))
		end = lv.pos
	}
}

// saveFirst saves the state at hand, from which all steps up to end are to be reversed.
func (c *reversal) saveFirst() Action {
	i := len(c.levels)
	c.levels = append(c.levels, level{pos: c.pos})
	c.levels[i].t, c.levels[i].below = repetition(c.end-c.pos, int64(c.slots-i))
	slot, disk := c.staged.place(i)
	return save(c.pos, slot, disk)
}

// flush frees the slot of the last state held, which can only be done by a Restore.
func (c *reversal) flush() Action {
	i := len(c.levels) - 1
	slot, disk := c.staged.place(i)
	pos := c.levels[i].pos
	c.levels = c.levels[:i]
	return restore(pos, slot, disk, true)
}
