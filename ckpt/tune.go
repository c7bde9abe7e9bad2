package ckpt

import (
	"fmt"
	"time"

	"github.com/cairn-ad/cairn/ckpt/interval"
)

// defaultSlack is Options.Slack if zero.
const defaultSlack = time.Second

// tuned reports whether the time of saves follows from measured costs.
func (o *Options) tuned() bool {
	return o.Overhead > 0 || o.MTBF > 0 || o.RPO > 0 || o.StoragePerHour > 0
}

// tuning returns what a tuner is to keep to; the deadline is still to be set.
func (o *Options) tuning() interval.Options {
	slack := o.Slack
	if slack == 0 {
		slack = defaultSlack
	}
	return interval.Options{Slack: slack, Levels: []interval.Level{{
		Overhead: o.Overhead, MTBF: o.MTBF, Recovery: o.Recovery, RPO: o.RPO, BytesPerHour: o.StoragePerHour,
		InFlight: o.InFlight,
	}}}
}

// checkTuning refuses options that make no sense.
func (o *Options) checkTuning() error {
	switch {
	case !(o.Overhead >= 0 && o.Overhead <= 1):
		return fmt.Errorf("ckpt: Overhead is %v: it is a share of the time, from 0 (no limit) to 1", o.Overhead)
	case o.MTBF < 0, o.Recovery < 0, o.RPO < 0, o.Slack < 0, o.StoragePerHour < 0:
		return fmt.Errorf("ckpt: MTBF %v, Recovery %v, RPO %v, Slack %v and StoragePerHour %d must not be negative",
			o.MTBF, o.Recovery, o.RPO, o.Slack, o.StoragePerHour)
	case o.Recovery > 0 && o.MTBF == 0:
		return fmt.Errorf("ckpt: Recovery is %v, but MTBF is not given: it matters only together with it", o.Recovery)
	case o.Slack > 0 && o.Deadline.IsZero():
		return fmt.Errorf("ckpt: Slack is %v, but there is no Deadline", o.Slack)
	}
	return nil
}

// tuner measures a loop and knows when to save it.
type tuner struct {
	*interval.Tuner
	now   func() time.Time
	began time.Time
	step  time.Time // begin of the step in hand
	limit interval.Limit
	until time.Duration // when the last save must be durable; 0 without a deadline
}

// startTuner makes the tuner of a loop, if Options ask for one. What an earlier life has
// measured is taken over. A deadline is fixed on the monotonic clock here, so that a
// clock that is set later moves nothing.
func (r *Run) startTuner() error {
	if !r.opts.tuned() && r.opts.Deadline.IsZero() {
		return nil
	}
	o, now := r.opts.tuning(), r.opts.now()
	if !r.opts.Deadline.IsZero() {
		if o.Deadline = r.opts.Deadline.Sub(now); o.Deadline <= 0 {
			return fmt.Errorf("ckpt: %w: Options.Deadline was %v ago when the loop was to begin", ErrDeadline, -o.Deadline)
		}
	}
	t, err := interval.New(o)
	if err != nil {
		return fmt.Errorf("ckpt: Options: %w", err)
	}
	if r.costs != nil {
		t.Resume(*r.costs)
	}
	r.tuner = &tuner{Tuner: t, now: r.opts.now, began: now, step: now}
	if o.Deadline > 0 {
		r.tuner.until = max(o.Deadline-o.Slack, 1)
	}
	return nil
}

// running is how long the loop has been running.
func (t *tuner) running() time.Duration { return t.now().Sub(t.began) }

// stepBegins and stepEnds measure a step.
func (t *tuner) stepBegins() {
	if t != nil {
		t.step = t.now()
	}
}

func (t *tuner) stepEnds() {
	if t != nil {
		t.Step(t.now().Sub(t.step))
	}
}

// due reports whether a save is due by the measured costs or the deadline.
func (t *tuner) due(tuned bool) bool {
	if t == nil {
		return false
	}
	d, ok := t.Due(t.running())
	if !ok || !tuned && d.Limit != interval.LimitDeadline && d.Limit != interval.LimitMeasuring {
		return false
	}
	t.limit = d.Limit
	return true
}

// snapshot, persisted, failed and abandoned tell of a save: for how long the loop stood still
// for it, after which time it was durable, that it failed while the loop stood still, that it
// failed later.
func (t *tuner) snapshot(stall time.Duration) {
	if t != nil {
		t.Snapshot(0, stall)
	}
}

func (t *tuner) persisted(took time.Duration, bytes int64) {
	if t != nil {
		t.Persisted(0, took, bytes)
	}
}

func (t *tuner) failed(stall time.Duration) {
	if t != nil {
		t.Failed(0, stall)
	}
}

func (t *tuner) abandoned() {
	if t != nil {
		t.Abandoned(0)
	}
}

// ends reports whether the save that is due is the last one before the deadline, or would
// still be in flight when that must begin.
func (t *tuner) ends() bool {
	if t == nil || t.until == 0 {
		return false
	}
	tail := time.Duration(t.Report(0).Tail * float64(time.Second))
	return t.limit == interval.LimitDeadline || t.running()+3*tail > t.until
}

// over reports whether the last save before the deadline was taken.
func (r *Run) over(step int) bool {
	t := r.tuner
	if t == nil || !t.Ending(t.running()) {
		return false
	}
	r.wait()
	return r.safe && r.safeStep == step
}

// Tuning is what is known of the costs of a loop and the interval that follows from them.
type Tuning struct {
	interval.Report
	// Last is the limit that the last save followed from, if it was not due by Every or
	// Interval.
	Last interval.Limit
}

// Tuning reports what the loop's tuner knows: the number of steps between saves, the
// active limit, and the estimates that it follows from. ok is false if Options do not ask
// for tuning, or before the loop has begun.
func (r *Run) Tuning() (t Tuning, ok bool) {
	if r.tuner == nil || !r.opts.tuned() {
		return Tuning{}, false
	}
	return Tuning{r.tuner.Report(0), r.tuner.limit}, true
}
