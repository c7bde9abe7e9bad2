package ckpt

import (
	"context"
	"errors"
	"fmt"
	"sync"

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
// Damaged checkpoints newer than the one restored are told by [Run.Warnings] and moved to
// the folder [Quarantine] of the store, if it can move. So are told, and stay, those that
// were restored Options.Tries times without a later save. If another process saves under the
// run's name the error matches store.ErrLocked.
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
	if err := r.holdToRead(ctx); err != nil {
		return 0, false, fmt.Errorf("ckpt: restore: %w", err)
	}
	entries, err := r.list(ctx)
	if err != nil {
		return 0, false, fmt.Errorf("ckpt: restore: %w", err)
	}
	past := r.readTries(ctx)
	var reasons []error
	var invalid []entry
	unread := false
	for _, e := range entries {
		err := r.inVain(past, e)
		var got loaded
		if err == nil {
			got, err = r.load(ctx, e, accept)
		}
		switch {
		case err == nil:
			var counted sync.WaitGroup
			counted.Go(func() { r.count(ctx, past, e, entries) })
			err := got.write()
			counted.Wait() // before the program goes on
			if err != nil {
				return 0, false, fmt.Errorf("ckpt: restore of %s: %w", e.name, err)
			}
			r.safe, r.safeStep, r.costs = true, e.step, got.costs
			r.setAside(ctx, invalid, entries)
			r.restoreUncritical(ctx, e)
			return e.step, true, r.afterRestore(ctx, e)
		case ctx.Err() != nil, errors.Is(err, ErrMismatch), errors.Is(err, ErrVersion), errors.Is(err, ErrCodec):
			return 0, false, fmt.Errorf("ckpt: restore of %s: %w", e.name, err)
		case errors.Is(err, store.ErrNotExist): // removed since it was listed
			continue
		case errors.Is(err, ErrCorrupt):
			invalid = append(invalid, e)
			r.damaged[e.name] = true
		case !errors.Is(err, errInVain): // it cannot be read now
			r.damaged[e.name] = true
			unread = true
		}
		r.warn("%s was passed over: %v", e.name, err)
		reasons = append(reasons, fmt.Errorf("%s: %w", e.name, err))
	}
	if unread {
		return 0, false, fmt.Errorf("ckpt: restore: %w: %w; one that cannot be read now may be sound, so try again when the store works", ErrNoValid, errors.Join(reasons...))
	}
	return 0, false, r.none(ctx, reasons, invalid, entries)
}

// none returns the error of a restore that has found no valid checkpoint, or nil if nothing
// was ever saved or Options.StartAnew asks for it.
func (r *Run) none(ctx context.Context, reasons []error, invalid, entries []entry) error {
	if len(reasons) == 0 {
		aside, err := r.quarantined(ctx)
		if err != nil {
			return fmt.Errorf("ckpt: restore: %w", err)
		}
		if !aside {
			return nil
		}
		reasons = []error{fmt.Errorf("all that were saved under the name %q are in the folder %s", r.opts.Name, Quarantine)}
	}
	if r.opts.StartAnew {
		r.warn("the run starts from its beginning: there are checkpoints, and none is valid")
		r.setAside(ctx, invalid, entries)
		return nil
	}
	return fmt.Errorf("ckpt: restore: %w: %w; bring the files back from a copy, or begin anew: with Options.StartAnew, another name or an empty store", ErrNoValid, errors.Join(reasons...))
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

// loaded is a verified checkpoint that fits the variables.
type loaded struct {
	file  *file
	fills []*filler
	costs *interval.State
}

// write changes the variables, and gives the memory back.
func (l *loaded) write() (err error) {
	for _, f := range l.fills {
		if err = f.write(); err != nil {
			break
		}
	}
	l.fills = nil
	return errors.Join(err, l.file.release())
}

// load reads and verifies one checkpoint and pairs it with the variables. It is to be written.
func (r *Run) load(ctx context.Context, e entry, accept func(step int) error) (loaded, error) {
	in, size, err := r.store.Get(ctx, e.name)
	if err != nil {
		return loaded{}, err
	}
	into := &placing{vars: r.vars}
	f, err := decodeInto(ctx, r.store, e.name, in, size, 0, into)
	if err := errors.Join(err, in.Close()); err != nil {
		into.undo() // nothing, unless it is the end of the reading that has failed
		return loaded{}, r.gone(ctx, e.name, errors.Join(err, f.release()))
	}
	fills, err := r.pair(f, e, accept)
	if err != nil {
		into.undo()
		return loaded{}, errors.Join(err, f.release())
	}
	return loaded{f, fills, f.costs}, nil
}

// pair pairs a checkpoint with the variables.
func (r *Run) pair(f *file, e entry, accept func(step int) error) ([]*filler, error) {
	if f.seq != e.seq || f.step != e.step {
		return nil, fmt.Errorf("%w: it was saved as number %d of step %d; its name was changed", ErrCorrupt, f.seq, f.step)
	}
	if err := accept(f.step); err != nil {
		return nil, err
	}
	if f.schema > r.opts.Schema {
		return nil, fmt.Errorf("%w: it was saved with schema %d, the program has Options.Schema %d; restore with a program as new as the one that saved it", ErrMismatch, f.schema, r.opts.Schema)
	}
	return match(f, r.vars, r.opts.Dropped)
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
