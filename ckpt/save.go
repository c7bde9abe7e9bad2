package ckpt

import (
	"context"
	"fmt"
)

// Save stores the protected variables as the state before the given step. When it
// returns nil the checkpoint is as durable as the store makes it, and checkpoints
// beyond Options.Keep are removed, the oldest first. When it returns an error the
// older checkpoints are untouched. It is an error if variables have come to share
// memory: the checkpoint would not hold that, and a run resumed from it would go
// another way. Loops made by [Run.Steps] save by themselves.
func (r *Run) Save(ctx context.Context, step int) error {
	_, err := r.saveAndTell(ctx, step)
	return err
}

// saveAndTell saves and calls the hooks. It reports whether there is a new checkpoint,
// which there may be in spite of an error.
func (r *Run) saveAndTell(ctx context.Context, step int) (saved bool, err error) {
	if err := r.enter("Save"); err != nil {
		return false, err
	}
	defer r.leave()
	if before := r.opts.Hooks.BeforeSave; before != nil {
		err = hooked("BeforeSave", before(ctx, step))
	}
	if err == nil {
		err = r.save(ctx, step)
	}
	if err != nil {
		return false, fmt.Errorf("ckpt: save of step %d: %w", step, err)
	}
	r.prune(ctx)
	if after := r.opts.Hooks.AfterSave; after != nil {
		if err := hooked("AfterSave", after(ctx, r.Saved())); err != nil {
			return true, fmt.Errorf("ckpt: step %d was saved, and then: %w", step, err)
		}
	}
	return true, nil
}

func (r *Run) save(ctx context.Context, step int) error {
	defer r.dog.returned(r.dog.watch(saving, step))
	if r.protected != nil {
		return fmt.Errorf("a variable could not be protected: %w", r.protected)
	}
	if err := r.sharing.check(r.vars); err != nil {
		return err
	}
	if r.nextSeq == 0 {
		if _, err := r.list(ctx); err != nil {
			return err
		}
	}
	im, err := r.capture()
	if err != nil {
		return err
	}
	return r.commit(ctx, step, im)
}
