package interval

import "time"

// Before a snapshot has been measured, the first one comes after so many steps or so
// much time of work, whatever is first.
const (
	firstSteps   = 5
	firstSeconds = 60.0
)

// How the allowed overhead is kept although stalls vary. What they were longer than
// allowed is a debt, and what they were shorter a credit; the next intervals make up a part
// of it each, so that they stay of similar length. Both are bounded, in stalls: an
// exceptional stall must not keep away checkpoints for long.
const (
	overheadMargin = 0.97 // of the allowed overhead is aimed at
	repayment      = 0.15
	mostDebt       = 8
	mostCredit     = 2
)

// Tuner decides when checkpoints are due. It allocates nothing after [New]. It must not be
// used by two goroutines at once.
type Tuner struct {
	opts    Options
	steps   window
	zeros   int // steps of no measurable time since the last sample
	levels  []level
	now     time.Duration
	ignored int
	ending  bool // the last moment before the deadline was seen by Due
	last    bool // the snapshot of the last moment was taken
}

// level is what is known of one level.
type level struct {
	Level
	stall, persist, bytes window
	tail                  window  // of persist
	since                 int     // steps since the last snapshot that covers this level
	work                  float64 // their time
	paid                  float64 // time of the steps since the last snapshot of this very level
	debt                  float64 // by how much stalls have exceeded the allowed overhead
	pending               int     // snapshots that are not durable yet
	k, changes            int
	by                    Limit
	plan                  plan
	rest                  int // steps that the limits but the overhead ask for
}

// New returns a tuner. It is an error if an option makes no sense.
func New(o Options) (*Tuner, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	t := &Tuner{opts: o, steps: newWindow(medianWindow)}
	for _, l := range o.Levels {
		l.InFlight = max(l.InFlight, 1)
		t.levels = append(t.levels, level{
			Level: l, k: firstSteps,
			stall: newWindow(medianWindow), persist: newWindow(medianWindow), bytes: newWindow(medianWindow),
			tail: newWindow(tailWindow),
		})
	}
	return t, nil
}

// Step tells that a step was done and how long it took. The time of a step that is too
// short for the clock, 0, is counted with the next one's; a negative time is ignored (see
// [Tuner.Ignored]), but the step counts.
func (t *Tuner) Step(d time.Duration) {
	s := d.Seconds()
	switch {
	case d < 0:
		t.ignored++
		s = t.steps.median()
	case d == 0:
		t.zeros++
	default:
		t.steps.add(s / float64(t.zeros+1))
		t.zeros = 0
	}
	for i := range t.levels {
		l := &t.levels[i]
		l.since++
		l.work += s
		l.paid += s
		l.replan(t.steps.median())
	}
}

// Snapshot tells that a snapshot of a level was taken and for how long it stalled the
// steps. It is pending until [Tuner.Persisted] or [Tuner.Abandoned]. It stands for the
// levels below too.
func (t *Tuner) Snapshot(lev int, stall time.Duration) {
	l := t.attempt(lev, stall)
	if stall >= 0 {
		l.stall.add(stall.Seconds())
		l.bound()
	}
	l.pending++
	t.last = t.last || t.ending
	l.replan(t.steps.median())
}

// Failed tells that no snapshot came of an attempt, and for how long it stalled the steps.
// The next one is due after as many steps as if it had been taken.
func (t *Tuner) Failed(lev int, stall time.Duration) { t.attempt(lev, stall) }

// attempt begins to count steps anew, and charges the stall.
func (t *Tuner) attempt(lev int, stall time.Duration) *level {
	for i := range t.levels[:lev+1] {
		t.levels[i].since, t.levels[i].work = 0, 0
	}
	l := &t.levels[lev]
	if stall < 0 {
		t.ignored++
		stall = 0
	}
	l.debt += stall.Seconds() - l.allowed()
	l.bound()
	l.paid = 0
	return l
}

// bound keeps the debt and the credit within their bounds.
func (l *level) bound() {
	if usual := l.stall.median(); usual > 0 {
		l.debt = min(max(l.debt, -mostCredit*usual), mostDebt*usual)
	}
}

// Persisted tells that the oldest pending snapshot is durable, the time that it took from
// the begin of the snapshot, and how many bytes were written.
func (t *Tuner) Persisted(lev int, took time.Duration, bytes int64) {
	l := &t.levels[lev]
	l.pending = max(l.pending-1, 0)
	if took < 0 || bytes < 0 {
		t.ignored++
		return
	}
	l.persist.add(took.Seconds())
	l.tail.add(took.Seconds())
	l.bytes.add(float64(bytes))
	l.replan(t.steps.median())
}

// Abandoned tells that a pending snapshot will not become durable.
func (t *Tuner) Abandoned(lev int) {
	l := &t.levels[lev]
	l.pending = max(l.pending-1, 0)
	t.last = false
}

// Decision is a checkpoint that is due.
type Decision struct {
	Level int   // the highest that is due
	Limit Limit // why it is due now and not earlier or later
}

// Due reports whether a checkpoint is due. It is asked between two steps; now is the time
// on the clock of the deadline. A now that lies before that of the last call is ignored:
// for the deadline the clock stands still until it has caught up.
func (t *Tuner) Due(now time.Duration) (Decision, bool) {
	ending := t.Ending(now)
	if t.last {
		return Decision{}, false
	}
	top := len(t.levels) - 1
	if t.ending = ending; ending && t.levels[top].since > 0 {
		return Decision{top, LimitDeadline}, true
	}
	for i := top; i >= 0; i-- {
		if by, ok := t.levels[i].due(t.steps.median()); ok {
			return Decision{i, by}, true
		}
	}
	return Decision{}, false
}

// Ending reports whether the last moment has come at which a checkpoint still becomes
// durable before the deadline: if one were begun a step later it would be later than
//
//	deadline − 1.5 q99(Tf) − slack
//
// What is done after it is lost, unless it is the end.
func (t *Tuner) Ending(now time.Duration) bool {
	if now < t.now {
		t.ignored++
		now = t.now
	}
	t.now = now
	if t.opts.Deadline == 0 {
		return false
	}
	return now.Seconds()+t.steps.max()+1.5*t.tail() > t.opts.Deadline.Seconds()-t.opts.Slack.Seconds()
}

// tail returns the 0.99 quantile of the time until a checkpoint of the highest level is
// durable.
func (t *Tuner) tail() float64 { return t.levels[len(t.levels)-1].tail.quantile(99, 100) }

// costs returns the estimates, and whether they suffice for a plan.
func (l *level) costs(step float64) (costs, bool) {
	c := costs{step, l.stall.median(), l.persist.median(), l.bytes.median()}
	c.persist = max(c.persist, c.stall)
	return c, step > 0 && l.stall.known()
}

// replan adapts the number of steps to the estimates.
func (l *level) replan(step float64) {
	c, ok := l.costs(step)
	if !ok {
		return
	}
	l.plan = l.Level.plan(c)
	k, x, by := l.plan.steps()
	others := l.plan
	others.overhead = 0
	l.rest, _, _ = others.steps()
	if l.by == LimitMeasuring || !settled(l.k, k, x, by) {
		if l.by != LimitMeasuring {
			l.changes++
		}
		l.k = k
	}
	l.by = by
}

// due reports whether the level wants a checkpoint, and why.
func (l *level) due(step float64) (Limit, bool) {
	c, ok := l.costs(step)
	switch {
	case l.since == 0 || l.pending >= l.InFlight:
		return l.by, false
	case !ok:
		return LimitMeasuring, l.since >= firstSteps || l.work >= firstSeconds
	case !l.affordable(c):
		return LimitOverhead, false
	case l.since >= l.k, l.by == LimitOverhead && l.since >= l.rest:
		return l.by, true
	case l.RPO == 0:
		return l.by, false
	}
	// The steps may have become longer than the median knows.
	low, _ := l.plan.lower()
	return LimitRPO, float64(l.since) >= low && l.work+step+c.persist > l.RPO.Seconds()
}

// affordable reports whether another stall keeps the overhead within its limit.
func (l *level) affordable(c costs) bool {
	if l.Overhead == 0 {
		return true
	}
	return c.stall+repayment*l.debt <= l.allowed()
}

// allowed returns for how long a stall may be at the end of the steps since the last one.
func (l *level) allowed() float64 { return overheadMargin * l.Overhead * l.paid }
