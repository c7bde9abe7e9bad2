package schedule

import (
	"fmt"
	"iter"
)

// maxOnlineSaves bounds what PlanOnline counts one by one, which takes a minute then.
const maxOnlineSaves = 1 << 26

// PlanOnline returns the counts of [Online] with slots slots for a loop that turns out to
// have steps steps. foreseen says that the end is known before the last step is run. It
// is worked out from the formulas of [PlanBinomial] for what the forward sweep leaves, in
// time proportional to the saves of that sweep; no more than some 10⁸ are counted. The
// other errors are those of [NewOnline] and [PlanBinomial].
func PlanOnline(steps int64, slots int, foreseen bool) (Counts, error) {
	if err := checkOnline(steps, slots); err != nil || steps == 0 {
		return Counts{}, err
	}
	if _, err := PlanBinomial(steps, slots); err != nil {
		return Counts{}, err
	}
	if saves := onlineSaves(steps, slots); saves > maxOnlineSaves {
		return Counts{}, fmt.Errorf("schedule: an online schedule of %d steps in %d slots saves up to %d states in its forward sweep, too many to count them; for a known number of steps, PlanBinomial (scheme binomial) tells what differs by a few percent", steps, slots, saves)
	}
	advanced := steps // steps that the forward sweep does not record
	if foreseen {
		advanced--
	}
	var o onlineRule
	o.reset(slots)
	c := Counts{Advances: advanced, Reads: advanced, PeakTape: 1}
	for o.next < max(advanced, 1) {
		o.save(o.next)
		c.Writes++
	}
	c.Peak = int64(len(o.marks))
	for i, end := len(o.marks)-1, advanced; i >= 0; i-- {
		gap, s := end-o.marks[i].pos, slots-i
		end = o.marks[i].pos
		if gap > 0 {
			c.Advances += Advances(gap, s)
			c.Writes += writes(gap, int64(s)) - 1
			c.Peak = max(c.Peak, int64(i)+max(1, min(int64(s), gap-1)))
		}
	}
	c.ForwardSteps = c.Advances + steps
	c.Levels[0] = LevelCounts{Writes: c.Writes, Reads: c.Reads, Peak: c.Peak}
	return c, nil
}

// onlineSaves returns a number that the saves of the forward sweep stay below or at, in every
// case that was tried, and are no less than a tenth of: Beta(slots-1, R) for the repetition
// number R, or the number of steps.
func onlineSaves(steps int64, slots int) int64 {
	b, _ := Beta(int64(slots)-1, Repetition(steps, int64(slots)))
	return int64(min(uint64(steps), b))
}

// Ending returns the actions that a driver executes if s drives a loop that ends by
// itself after steps steps: an Advance is cut off where the loop ends, and Stop is called.
// foreseen says that the end is known before the last step is run, which is then
// recorded when it is reached; otherwise the end is noticed after the last step. It
// can be ranged over once.
func Ending(s Schedule, steps int64, foreseen bool) iter.Seq[Action] {
	return func(yield func(Action) bool) {
		if forwardTo(s, steps, foreseen, yield) {
			drain(s, yield)
		}
	}
}

// forwardTo yields the forward sweep of [Ending] and reports whether to go on.
func forwardTo(s Schedule, steps int64, foreseen bool, yield func(Action) bool) bool {
	reach := steps
	if foreseen {
		reach--
	}
	for at, begun := int64(0), false; s.InForwardSweep(); begun = true {
		switch {
		case steps <= 0 || at == steps:
			s.Stop(steps, false)
			return true
		case at == reach && begun: // and foreseen
			s.Stop(steps, true)
			return yield(record(at))
		}
		a, _ := s.Next()
		if a.Kind == Advance {
			a.To = min(a.To, reach)
		}
		if a.Kind == Advance || a.Kind == Record {
			at = a.To
		}
		if !yield(a) {
			return false
		}
	}
	return true
}
