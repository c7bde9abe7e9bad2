package ckpt

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/cairn-ad/cairn/store"
)

// removal is the removal of data files that no checkpoint needs.
type removal struct {
	watch *watched      // of one that goes on beside a save; prune has the others watched
	done  chan struct{} // closed at its end
	errs  []error
}

// discard removes data files, whose checkpoints are none any more. A file system may take for that
// as long as for writing a good part of them; so in a directory it goes on beside the next save, if
// that is waiting already. Other stores may lack room in one part and not tell, or tell it in ways
// of their own, and have it removed at once.
func (r *Run) discard(ctx context.Context, names []string) {
	if len(names) == 0 {
		return
	}
	d := &removal{done: make(chan struct{})}
	r.keeping.removal = d
	if _, plain := r.store.(*store.Dir); plain && len(r.flight.queue) > 0 {
		d.watch = r.dog.watch(pruning, 0)
		go d.run(ctx, r.store, names)
		return
	}
	d.run(ctx, r.store, names)
	r.removed()
}

func (d *removal) run(ctx context.Context, s store.Store, names []string) {
	defer close(d.done)
	for _, name := range names {
		if err := s.Delete(ctx, name); err != nil && !errors.Is(err, store.ErrNotExist) {
			d.errs = append(d.errs, fmt.Errorf("%s: %w", path.Base(name), err))
		}
	}
}

// removed waits until the removal that goes on has ended, and reports whether there was one.
func (r *Run) removed() bool {
	d := r.keeping.removal
	if d == nil {
		return false
	}
	<-d.done
	r.dog.returned(d.watch)
	r.keeping.removal = nil
	for _, err := range d.errs {
		r.warn("data that no checkpoint needs was not removed: %v", err)
	}
	return true
}

// saveBeside is save while a removal may go on. If it fails then, it may have wanted the room, and
// is tried again.
func (r *Run) saveBeside(ctx context.Context, step int, im *image) error {
	err := r.save(ctx, step, im)
	if r.removed() && err != nil && !errors.Is(err, store.ErrLocked) && !errors.Is(err, errChanged) {
		err = r.save(ctx, step, im)
	}
	return err
}
