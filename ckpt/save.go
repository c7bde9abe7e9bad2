package ckpt

import (
	"context"
	"fmt"
)

// Save stores the protected variables as the state before the given step. When it
// returns nil the checkpoint is as durable as the store makes it, and checkpoints that
// Options do not have kept are removed, the oldest first. When it returns an error the
// older checkpoints are untouched. If another process saves under the run's name the error
// matches store.ErrLocked and tells which; the first save or restore takes that right until
// [Run.Close] or the end of the process. It is an error if variables have come to share
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
	r.wait()
	if err = r.before(ctx, step); err == nil {
		_, err = r.capture(&r.image)
	}
	if err != nil {
		return false, fmt.Errorf("ckpt: save of step %d: %w", step, err)
	}
	r.look(&r.image)
	if err := r.put(ctx, step, &r.image); err != nil {
		return false, err
	}
	r.saveUncritical(ctx, step)
	return true, r.after(ctx, r.Saved())
}

// before calls the hook before a save.
func (r *Run) before(ctx context.Context, step int) error {
	if before := r.opts.Hooks.BeforeSave; before != nil {
		return hooked("BeforeSave", before(ctx, step))
	}
	return nil
}

// after calls the hook after a save.
func (r *Run) after(ctx context.Context, saved Saved) error {
	if after := r.opts.Hooks.AfterSave; after != nil {
		if err := hooked("AfterSave", after(ctx, saved)); err != nil {
			return fmt.Errorf("ckpt: step %d was saved, and then: %w", saved.Step, err)
		}
	}
	return nil
}
