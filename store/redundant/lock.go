package redundant

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/cairn-ad/cairn/store"
)

// Lock implements [store.Locker] with the locks of all members. Up to m of them may fail; that
// another process holds one of them is never passed over.
func (s *Store) Lock(ctx context.Context, name string, owns func(blob string) bool) (store.Lock, error) {
	of := func(text string) bool {
		p, ok := parsePart(text)
		return ok && owns(p.name)
	}
	held := locks{s: s}
	var errs []error
	for _, m := range s.members { // in their order, so that of two the first one to come has all
		l, err := store.Acquire(ctx, m.Store, name, of)
		if err == nil {
			held.of = append(held.of, l)
			continue
		}
		errs = append(errs, err)
		if ctx.Err() != nil || errors.Is(err, store.ErrLocked) || len(errs) > s.m {
			return nil, errors.Join(errors.Join(errs...), held.Release())
		}
	}
	for _, err := range errs {
		s.opts.Logger.Warn("store: a member cannot be locked", "name", name, "error", err)
	}
	return held, nil
}

// Locking implements [store.Gathering].
func (s *Store) Locking() iter.Seq2[string, store.Store] {
	return func(yield func(string, store.Store) bool) {
		for _, m := range s.members {
			if !yield(m.Name, m.Store) {
				return
			}
		}
	}
}

// locks are those of the members.
type locks struct {
	s  *Store
	of []store.Lock
}

// Check implements [store.Lock].
func (l locks) Check(ctx context.Context) error {
	var errs []error
	for _, one := range l.of {
		if err := one.Check(ctx); errors.Is(err, store.ErrLocked) {
			return err
		} else if err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > l.s.m {
		return errors.Join(errs...)
	}
	return nil
}

// Inherited implements [store.Heir].
func (l locks) Inherited() bool {
	return slices.ContainsFunc(l.of, func(one store.Lock) bool {
		h, ok := one.(store.Heir)
		return ok && h.Inherited()
	})
}

// Release implements [store.Lock].
func (l locks) Release() error {
	var errs []error
	for _, one := range l.of {
		errs = append(errs, one.Release())
	}
	if failed(errs) > l.s.m {
		return errors.Join(errs...)
	}
	return nil
}
