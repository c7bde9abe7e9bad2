package ckpt

import (
	"context"
	"errors"
	"fmt"
	"path"
	"syscall"

	"github.com/cairn-ad/cairn/store"
)

// removal is the removal of data files that no checkpoint needs. A file system may take for that
// as long as for writing a good part of them, so it goes on beside the next save if that is
// waiting already.
type removal struct {
	done  chan struct{} // closed at its end
	freed int           // files
	errs  []error
}

// discard removes data files, whose checkpoints are none any more.
func (r *Run) discard(ctx context.Context, names []string) {
	if len(names) == 0 {
		return
	}
	d := &removal{done: make(chan struct{})}
	r.keeping.removal = d
	if len(r.flight.queue) > 0 {
		go d.run(ctx, r.store, names)
		return
	}
	d.run(ctx, r.store, names)
	r.removed()
}

func (d *removal) run(ctx context.Context, s store.Store, names []string) {
	defer close(d.done)
	for _, name := range names {
		switch err := s.Delete(ctx, name); {
		case err == nil:
			d.freed++
		case !errors.Is(err, store.ErrNotExist):
			d.errs = append(d.errs, fmt.Errorf("%s: %w", path.Base(name), err))
		}
	}
}

// removed waits until what prune has left behind is removed, and reports whether that has made room.
func (r *Run) removed() bool {
	d := r.keeping.removal
	if d == nil {
		return false
	}
	defer r.dog.returned(r.dog.watch(pruning, 0))
	<-d.done
	r.keeping.removal = nil
	for _, err := range d.errs {
		r.warn("data that no checkpoint needs was not removed: %v", err)
	}
	return d.freed > 0
}

// noRoom reports whether a save has failed because the store is full.
func noRoom(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
