package ckpt

import (
	"context"
	"errors"
	"fmt"
)

// Tick is for iterations that the program does not write as a loop of its own: an
// optimizer, a solver or an event loop that calls back. It is called after every iteration,
// when the protected variables hold the state from which the next one could begin; step is
// how many iterations were done, in all lives. It saves when Options make a save due, as
// the loops of [Run.Steps] do.
//
// An error means that the iteration should end: ctx has ended, or Options.Deadline is near
// ([ErrDeadline]). The state has then been saved, or [Run.Err] says why not; a save that
// fails at another time ends nothing and is told by Run.Err, too.
//
// Before the first iteration call [Run.Restore], after the last one [Run.Save] and
// [Run.Close]:
//
//	step, _, err := run.Restore(ctx)
//	…
//	err = solver.Iterate(x, func() error {
//		step++
//		return run.Tick(ctx, step)
//	})
//	…
//	err = errors.Join(err, run.Save(ctx, step), run.Err(), run.Close())
func (r *Run) Tick(ctx context.Context, step int) error {
	switch {
	case r.busy.Load():
		return fmt.Errorf("ckpt: Tick: %w", errBusy)
	case r.used:
		return errors.New("ckpt: Tick: this Run drives a loop, which saves by itself; open another one, with another Name")
	case r.protected != nil:
		return fmt.Errorf("ckpt: Tick: a variable could not be protected: %w", r.protected)
	case !r.restored:
		return errors.New("ckpt: Tick: call Restore before the first iteration: what was saved would not be looked at")
	}
	r.poll()
	if !r.ticking {
		r.ticking = true
		if err := r.startTuner(); err != nil {
			r.attempt(ctx, step, true)
			return r.ended(err)
		}
	} else {
		r.tuner.stepEnds()
	}
	if err := ctx.Err(); err != nil {
		return r.stopped(ctx, step, err)
	}
	if r.due(step) {
		r.attempt(ctx, step, r.tuner.ends())
	}
	if r.over(step) {
		return r.ended(fmt.Errorf("ckpt: stopped after step %d: %w", step, ErrDeadline))
	}
	r.tuner.stepBegins()
	return nil
}

// ended notes why a loop ends early.
func (r *Run) ended(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.loop = err
	return err
}

// begun notes that the store was looked at, and the step at which the variables are.
func (r *Run) begun(step int) {
	r.restored, r.lastStep, r.lastTime = true, step, r.opts.now()
}
