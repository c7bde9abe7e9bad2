package tiers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"

	"github.com/cairn-ad/cairn/store"
)

var errReadOnly = errors.New("the store was opened to look into it")

// Put implements [store.Store]. It returns when the levels up to the one that was asked for
// have the blob.
func (s *Store) Put(ctx context.Context, name string, write func(w io.Writer) error) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	if s.opts.ReadOnly {
		return fmt.Errorf("store: put %q: %w", name, errReadOnly)
	}
	s.forget(name)
	if err := s.levels[0].Store.Put(ctx, name, write); err != nil {
		return err
	}
	for i, l := range s.levels[1 : s.wait+1] {
		if _, err := copyBlob(ctx, s.levels[i].Store, l.Store, name); err != nil {
			return fmt.Errorf("store: put %q: level %s: %w", name, l.Name, err)
		}
	}
	s.arrived(ctx, name)
	return nil
}

// copyBlob copies a blob from one store to another and returns its size.
func copyBlob(ctx context.Context, from, to store.Store, name string) (int64, error) {
	r, size, err := from.Get(ctx, name)
	if err != nil {
		return 0, err
	}
	err = to.Put(ctx, name, func(w io.Writer) error {
		n, err := io.Copy(w, r)
		if err == nil && n != size {
			err = fmt.Errorf("%d bytes were read of a blob of %d: %w", n, size, io.ErrUnexpectedEOF)
		}
		return err
	})
	return size, errors.Join(err, r.Close())
}

// Get implements [store.Store].
func (s *Store) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	if err := store.CheckName(name); err != nil {
		return nil, 0, err
	}
	s.mu.Lock()
	u, ok := s.units.Of(name)
	_, deleted := s.later[name]
	s.mu.Unlock()
	if deleted {
		return nil, 0, fmt.Errorf("store: get %q: %w", name, store.ErrNotExist)
	}
	first := 0
	if ok {
		first = s.choose(ctx, u, name == u.Last)
	}
	return s.preferring(first, nil).Get(ctx, name)
}

// choose returns the fastest level that has a valid copy of a unit; the fastest one if none
// has. To read the last blob alone it is enough that this one can be read: a program looks at
// those of many units.
func (s *Store) choose(ctx context.Context, u Unit, last bool) int {
	s.mu.Lock()
	level, known := s.found[u.Last]
	units := s.units
	s.mu.Unlock()
	if known {
		return level
	}
	for i, l := range s.levels {
		if !s.has(ctx, l, u.Last) {
			continue
		}
		v := s.preferring(i, nil)
		var err error
		if last {
			_, err = units.Parts(ctx, v, u.Last)
		} else {
			err = units.Verify(ctx, v, u.Last)
		}
		if err == nil {
			if !last {
				s.mu.Lock()
				s.found[u.Last] = i
				s.mu.Unlock()
			}
			return i
		}
		if ctx.Err() != nil {
			return 0
		}
		s.opts.Logger.Warn("store: a copy is not valid; the next level is tried", "unit", u.Last, "level", l.Name, "error", err)
	}
	return 0
}

func exists(ctx context.Context, s store.Store, name string) bool {
	r, _, err := s.Get(ctx, name)
	if err != nil {
		return false
	}
	r.Close()
	return true
}

// view reads from some levels, one of them first. It writes nothing.
type view []*level

// preferring returns the levels with one first and one left out, which may be nil.
func (s *Store) preferring(first int, without *level) view {
	v := view{s.levels[first]}
	for i, l := range s.levels {
		if i != first && l != without {
			v = append(v, l)
		}
	}
	return v
}

// Get reads from the first level that gives the blob.
func (v view) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	var failure, missing error
	for _, l := range v {
		r, size, err := l.Store.Get(ctx, name)
		switch {
		case err == nil:
			return r, size, nil
		case ctx.Err() != nil:
			return nil, 0, err
		case errors.Is(err, store.ErrNotExist):
			missing = err
		default:
			failure = errors.Join(failure, fmt.Errorf("level %s: %w", l.Name, err))
		}
	}
	if failure != nil { // it may be there
		return nil, 0, failure
	}
	return nil, 0, missing
}

func (v view) Put(context.Context, string, func(io.Writer) error) error { return errReadOnly }

func (v view) Delete(context.Context, string) error { return errReadOnly }

func (v view) List(ctx context.Context, prefix string) ([]store.Info, error) {
	return v[0].Store.List(ctx, prefix)
}

// List implements [store.Store].
func (s *Store) List(ctx context.Context, prefix string) ([]store.Info, error) {
	all := map[string]int64{}
	for i := len(s.levels) - 1; i >= 0; i-- {
		infos, err := s.list(ctx, s.levels[i], prefix)
		if err != nil {
			return nil, fmt.Errorf("store: list %q: level %s: %w; bring it back, or leave it out of the store's URL", prefix, s.levels[i].Name, err)
		}
		for _, info := range infos { // the size is that of the fastest level
			all[info.Name] = info.Size
		}
	}
	s.resume(all)
	s.mu.Lock()
	for name := range s.later {
		delete(all, name)
	}
	s.mu.Unlock()
	out := make([]store.Info, 0, len(all))
	for name, size := range all {
		out = append(out, store.Info{Name: name, Size: size})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// Delete implements [store.Store]. A level that keeps units by itself is left alone, and so is
// one that is being filled from the blob, until it has it.
func (s *Store) Delete(ctx context.Context, name string) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	if s.opts.ReadOnly {
		return fmt.Errorf("store: delete %q: %w", name, errReadOnly)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	u, ok := s.units.Of(name)
	if ok && name == u.Last {
		for _, l := range s.levels {
			l.unqueue(u)
		}
	}
	delete(s.found, u.Last)
	if _, goes := s.later[u.Last]; ok && (goes || s.copying(u)) {
		s.later[name] = u
		s.mu.Unlock()
		return nil
	}
	s.mu.Unlock()
	return s.delete(ctx, name, ok)
}

// delete removes a blob from the levels that do not keep it by themselves.
func (s *Store) delete(ctx context.Context, name string, ok bool) error {
	there, errs := false, []error(nil)
	for _, l := range s.levels {
		if ok && l.Keep > 0 {
			there = there || s.has(ctx, l, name)
			continue
		}
		err := s.remove(ctx, l, name)
		there = there || !errors.Is(err, store.ErrNotExist)
		if err != nil && !errors.Is(err, store.ErrNotExist) {
			errs = append(errs, fmt.Errorf("level %s: %w", l.Name, err))
		}
	}
	if !there {
		errs = append(errs, store.ErrNotExist)
	}
	if len(errs) > 0 {
		return fmt.Errorf("store: delete %q: %w", name, errors.Join(errs...))
	}
	return nil
}
