package schedule

import (
	"fmt"
	"math"
)

// Periodic stores the state every period steps. In the reverse sweep it takes one
// period after the other: restore its first state, record all its steps, reverse them.
// The last period is recorded in the forward sweep; it is the shorter one if period
// does not divide the number of steps, so that the schedule does the same in the
// forward sweep whatever the number of steps. All steps but those of the last period
// run twice.
//
// The zero Periodic is the schedule of no steps.
type Periodic struct {
	end, period int64
	pos         int64 // the state at hand is the one before step pos; -1: none
	pending     int64 // steps recorded and not reversed
	stored      int64 // states held
	last        int64 // where the last period begins
	forward     bool
}

// NewPeriodic returns the schedule of steps steps that stores every period steps, slot
// by slot in level 0: ceil(steps/period)-1 slots, and at least one. It is an error if
// steps is negative or period is less than 1.
func NewPeriodic(steps, period int64) (*Periodic, error) {
	p := new(Periodic)
	if err := p.Reset(steps, period); err != nil {
		return nil, err
	}
	return p, nil
}

// Reset makes p a new schedule. The errors are those of [NewPeriodic]; after an error p
// is as it was.
func (p *Periodic) Reset(steps, period int64) error {
	if err := checkPeriod(steps, period); err != nil {
		return err
	}
	*p = Periodic{end: steps, period: period, last: lastPeriod(steps, period), forward: steps > 0}
	return nil
}

// checkPeriod reports why there is no periodic schedule for these arguments.
func checkPeriod(steps, period int64) error {
	if period < 1 {
		return fmt.Errorf("schedule: a period of %d steps: give at least 1", period)
	}
	if lastPeriod(steps, period)/period > math.MaxInt-1 {
		return fmt.Errorf("schedule: %d steps with a period of %d: more states than an int counts on this machine; give a longer period", steps, period)
	}
	return check(steps, 1)
}

// lastPeriod returns the first step of the last period.
func lastPeriod(steps, period int64) int64 {
	return max(0, steps-1) / period * period
}

// InForwardSweep is as in [Schedule].
func (p *Periodic) InForwardSweep() bool { return p.forward }

// Next is as in [Schedule].
func (p *Periodic) Next() (Action, bool) {
	switch {
	case p.pending > 0 && (p.pos < 0 || p.pos == p.end):
		p.pos = -1
		p.pending--
		p.end--
		return reverse(p.end), true
	case p.end == 0:
		return Action{}, false
	case p.pos < 0:
		p.stored--
		p.pos = p.stored * p.period
		return restore(p.pos, int(p.stored), 0, true), true
	case p.forward && p.pos == p.stored*p.period && (p.pos < p.last || p.pos == 0):
		p.stored++
		return save(p.pos, int(p.stored-1), 0), true
	case p.forward && p.pos < p.last:
		p.pos += p.period
		return advance(p.pos-p.period, p.pos), true
	}
	p.pos++
	p.pending++
	if p.pos == p.end {
		p.forward = false
	}
	return record(p.pos - 1), true
}

// Stop is as in [Cursor.Stop], but a step that a Record was asked for counts as
// recorded, whatever recorded says.
func (p *Periodic) Stop(done int64, _ bool) {
	p.end = min(p.end, max(0, done))
	p.forward = false
	p.pos = -1
	if p.pending > 0 {
		p.pending = max(0, p.end-p.last)
	}
}

// PlanPeriodic returns the counts of [NewPeriodic] without running it. It is an error
// if steps is negative, period is less than 1, or the number of forward steps does not
// fit in an int64.
func PlanPeriodic(steps, period int64) (Counts, error) {
	if err := checkPeriod(steps, period); err != nil || steps == 0 {
		return Counts{}, err
	}
	last := lastPeriod(steps, period)
	forward := steps + last
	if forward < 0 {
		return Counts{}, tooMany(steps, 1)
	}
	reads := last / period
	writes := max(1, reads)
	return Counts{
		ForwardSteps: forward, Advances: last, Writes: writes, Reads: reads, Peak: writes,
		PeakTape: min(period, steps),
		Levels:   [MaxLevels]LevelCounts{{Writes: writes, Reads: reads, Peak: writes}},
	}, nil
}
