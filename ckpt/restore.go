package ckpt

import (
	"context"
	"errors"
	"fmt"

	"github.com/cairn-ad/cairn/ckpt/interval"
	"github.com/cairn-ad/cairn/store"
)

// Restore puts the newest valid checkpoint into the protected variables and returns
// its step. If nothing was ever saved, ok is false and err nil. If err is not nil, no
// variable was changed, unless it is a hook's ([ErrHook], ok is true):
//
//   - [ErrNoValid]: there are checkpoints, but all are damaged or unreadable;
//   - [ErrMismatch], [ErrVersion], [ErrCodec]: the newest sound checkpoint does not fit;
//   - the variables have come to share memory since they were protected;
//   - an error of the store or of ctx.
//
// Damaged checkpoints newer than the one restored are told by [Run.Warnings].
// Slices that are empty in the program are made as long as they were when saved;
// others must have their length already. Loops made by [Run.Steps] restore by
// themselves.
func (r *Run) Restore(ctx context.Context) (step int, ok bool, err error) {
	if err := r.enter("Restore"); err != nil {
		return 0, false, err
	}
	defer r.leave()
	step, ok, err = r.newest(ctx, func(int) error { return nil })
	if err == nil {
		r.begun(step)
	}
	return step, ok, err
}

// newest restores the newest valid checkpoint whose step accept does not refuse.
func (r *Run) newest(ctx context.Context, accept func(step int) error) (int, bool, error) {
	r.wait()
	defer r.dog.returned(r.dog.watch(restoring, 0))
	if r.protected != nil {
		return 0, false, fmt.Errorf("ckpt: restore: a variable could not be protected: %w", r.protected)
	}
	if err := r.sharing.check(r.vars); err != nil {
		return 0, false, fmt.Errorf("ckpt: restore: %w", err)
	}
	entries, err := r.list(ctx)
	if err != nil {
		return 0, false, fmt.Errorf("ckpt: restore: %w", err)
	}
	var reasons []error
	for _, e := range entries {
		fills, costs, err := r.load(ctx, e, accept)
		switch {
		case err == nil:
			for _, f := range fills {
				if err := f.write(); err != nil {
					return 0, false, fmt.Errorf("ckpt: restore of %s: %w", e.name, err)
				}
			}
			r.safe, r.safeStep, r.costs = true, e.step, costs
			r.restoreUncritical(ctx, e)
			return e.step, true, r.afterRestore(ctx, e)
		case ctx.Err() != nil, errors.Is(err, ErrMismatch), errors.Is(err, ErrVersion), errors.Is(err, ErrCodec):
			return 0, false, fmt.Errorf("ckpt: restore of %s: %w", e.name, err)
		case errors.Is(err, store.ErrNotExist): // removed since it was listed
			continue
		}
		r.damaged[e.name] = true
		r.warn("%s was passed over: %v", e.name, err)
		reasons = append(reasons, fmt.Errorf("%s: %w", e.name, err))
	}
	if len(reasons) > 0 {
		return 0, false, fmt.Errorf("ckpt: restore: %w: %w; look at the store, or start with another name or an empty store", ErrNoValid, errors.Join(reasons...))
	}
	return 0, false, nil
}

func (r *Run) afterRestore(ctx context.Context, e entry) error {
	after := r.opts.Hooks.AfterRestore
	if after == nil {
		return nil
	}
	if err := hooked("AfterRestore", after(ctx, e.step)); err != nil {
		return fmt.Errorf("ckpt: %s was restored, and then: %w", e.name, err)
	}
	return nil
}

// load reads and verifies one checkpoint and pairs it with the variables.
func (r *Run) load(ctx context.Context, e entry, accept func(step int) error) ([]*filler, *interval.State, error) {
	in, size, err := r.store.Get(ctx, e.name)
	if err != nil {
		return nil, nil, err
	}
	f, err := decode(ctx, r.store, e.name, in, size, 0)
	if err := errors.Join(err, in.Close()); err != nil {
		return nil, nil, r.gone(ctx, e.name, err)
	}
	if f.seq != e.seq || f.step != e.step {
		return nil, nil, fmt.Errorf("%w: it was saved as number %d of step %d; its name was changed", ErrCorrupt, f.seq, f.step)
	}
	if err := accept(f.step); err != nil {
		return nil, nil, err
	}
	fills, err := match(f, r.vars)
	return fills, f.costs, err
}

// gone returns the error about a damaged checkpoint, or one that matches store.ErrNotExist if
// it was removed while it was read.
func (r *Run) gone(ctx context.Context, name string, err error) error {
	if !errors.Is(err, ErrCorrupt) {
		return err
	}
	in, _, again := r.store.Get(ctx, name)
	if errors.Is(again, store.ErrNotExist) {
		return again
	}
	if again == nil {
		in.Close()
	}
	return err
}
