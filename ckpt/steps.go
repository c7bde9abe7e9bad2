package ckpt

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// Steps yields the steps 0 ≤ t < n that are still to be done; see [Run.Range].
func (r *Run) Steps(ctx context.Context, n int) iter.Seq[int] { return r.Range(ctx, 0, n) }

// Range yields the steps lo ≤ t < hi that are still to be done. It first restores
// the newest valid checkpoint, if there is one, and begins at its step; then it saves
// whenever Options make a save due, and after the last step. A run that is complete
// yields nothing and leaves the final state in the variables.
//
// When ctx ends, the step being executed is finished, its state is saved, and the
// loop stops with the context's error in [Run.Err]. With Options.Deadline the same happens
// before it, with [ErrDeadline]. When the body leaves the loop by
// break or return nothing is saved, since its step may be half done; a later life
// repeats from the last checkpoint. A failed save does not stop the loop. A failed
// restore does: no step is yielded.
//
// A Run drives one loop. For a second loop open a second Run with another name.
func (r *Run) Range(ctx context.Context, lo, hi int) iter.Seq[int] {
	return func(yield func(int) bool) {
		first, err := r.begin(ctx, lo, hi)
		if err != nil {
			_ = r.ended(err)
			return
		}
		defer r.closes()
		for t := first; t < hi; t++ {
			if err := ctx.Err(); err != nil {
				_ = r.stopped(ctx, t, err)
				return
			}
			r.poll()
			r.tuner.stepBegins()
			if !yield(t) {
				return
			}
			r.tuner.stepEnds()
			if t+1 == hi || r.due(t+1) {
				r.attempt(ctx, t+1, t+1 == hi || r.tuner.ends())
			}
			if t+1 < hi && r.over(t+1) {
				_ = r.ended(fmt.Errorf("ckpt: stopped before step %d: %w", t+1, ErrDeadline))
				return
			}
		}
		r.mu.Lock()
		r.finished = true
		r.mu.Unlock()
		r.worked(context.WithoutCancel(ctx))
	}
}

// Finished reports whether a loop of this run was carried to its last step.
func (r *Run) Finished() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.finished
}

// begin restores and returns the first step to do.
func (r *Run) begin(ctx context.Context, lo, hi int) (first int, err error) {
	if r.protected != nil {
		return 0, errors.New("ckpt: the loop was not started, because a variable could not be protected")
	}
	if r.used || r.ticking {
		return 0, errors.New("ckpt: this Run has driven a loop already; open another one, with another Name, for the next loop")
	}
	if err := r.enter("the loop"); err != nil {
		return 0, err
	}
	defer r.leave()
	r.used = true
	defer func() {
		if err != nil {
			err = errors.Join(err, r.release())
		}
	}()
	first, ok, err := r.newest(ctx, func(step int) error {
		if step < lo || step > max(lo, hi) {
			return fmt.Errorf("%w: it is of step %d, the loop runs from %d to %d; give the loop the range it had, or start with another name or an empty store",
				ErrMismatch, step, lo, hi)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if !ok {
		first = lo
	}
	r.begun(first)
	if first < hi {
		return first, r.startTuner()
	}
	return first, nil
}

// due reports whether the state before step should be saved.
func (r *Run) due(step int) bool {
	if r.tuner.due(r.opts.tuned()) {
		return true
	}
	if r.opts.Every > 0 && step-r.lastStep >= r.opts.Every {
		return true
	}
	return r.opts.Interval > 0 && r.opts.since(r.lastTime) >= r.opts.Interval
}

// stopped ends a loop before step because its context has ended.
func (r *Run) stopped(ctx context.Context, step int, err error) error {
	r.wait()
	if !r.safe || r.safeStep != step {
		r.attempt(ctx, step, true)
	} else {
		r.worked(context.WithoutCancel(ctx)) // it ended in an orderly way
	}
	if cause := context.Cause(ctx); !errors.Is(err, cause) {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	return r.ended(fmt.Errorf("ckpt: stopped before step %d: %w", step, err))
}
