package ckpt

import (
	"context"
	"errors"

	"github.com/cairn-ad/cairn/store"
)

// keeping is what a Run knows of its blobs in the store.
type keeping struct {
	lock  store.Lock       // of the run; nil if it was not taken
	late  uint64           // numbers to be left out
	tried bool             // there are counts of restores to clear
	known map[string]facts // of manifests that were read or written, by their names
	// failed are the data files of saves that have failed, which may be there without manifest.
	failed map[string]bool
	// removal goes on beside the save in hand; nil if none does.
	removal *removal
}

// fails notes the data file of a save that has failed.
func (k *keeping) fails(data string) {
	if k.failed == nil {
		k.failed = make(map[string]bool)
	}
	k.failed[data] = true
}

// hold takes the lock of the run in its store, unless this Run has it already.
func (r *Run) hold(ctx context.Context) error {
	if r.keeping.lock != nil {
		return nil
	}
	l, err := store.Acquire(ctx, r.store, r.opts.Name, r.owns)
	if err != nil {
		return err
	}
	r.keeping.lock = l
	if h, ok := l.(store.Heir); ok && h.Inherited() {
		r.keeping.late = lateSaves
		r.nextSeq = 0 // the store is to be listed anew
	}
	return nil
}

// lateSaves is how many numbers of saves are left out when a dead writer was succeeded in a
// store that is reached over a network: what it had sent may still arrive, and must not meet a
// blob of its successor under the same name.
const lateSaves = 100

// holdToRead takes the lock for a restore. Where it cannot be had although nobody has it, as
// on a read-only or full disk, the restore goes on without, and leaves the store as it is.
func (r *Run) holdToRead(ctx context.Context) error {
	err := r.hold(ctx)
	if err == nil || errors.Is(err, store.ErrLocked) || ctx.Err() != nil {
		return err
	}
	r.warn("another process that saves under the name %q is not kept out: %v", r.opts.Name, err)
	return nil
}

// holds returns an error if the lock was taken and is lost.
func (r *Run) holds(ctx context.Context) error {
	if r.keeping.lock == nil {
		return nil
	}
	return r.keeping.lock.Check(ctx)
}

// unlock gives the lock up.
func (r *Run) unlock() error {
	if r.keeping.lock == nil {
		return nil
	}
	err := r.keeping.lock.Release()
	r.keeping.lock = nil
	return err
}

// owns reports whether a blob is one of this run.
func (r *Run) owns(blob string) bool {
	if name, _, ok := splitDataName(blob); ok {
		blob = name
	}
	_, ok := r.parse(blob)
	return ok || blob == r.triesName()
}
