package redundant

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/cairn-ad/cairn/store"
)

// List implements [store.Store]. A blob of which too few shards are left is listed, too: that
// it cannot be read shall be seen.
func (s *Store) List(ctx context.Context, prefix string) ([]store.Info, error) {
	found, err := s.survey(ctx, prefix)
	if err != nil {
		return nil, fmt.Errorf("store: list %q: %w", prefix, err)
	}
	var out []store.Info
	for name, gens := range found {
		if g := newest(gens); g != nil && strings.HasPrefix(name, prefix) && store.CheckName(name) == nil {
			out = append(out, store.Info{Name: name, Size: g.size})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// Delete implements [store.Store]. So many members as there are parity shards may fail; what
// they have of the blob is not enough to make it whole, unless they are all that is left.
func (s *Store) Delete(ctx context.Context, name string) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	if err := s.delete(ctx, name); err != nil {
		return fmt.Errorf("store: delete %q: %w", name, err)
	}
	return nil
}

func (s *Store) delete(ctx context.Context, name string) error {
	release, err := s.busy.Take(ctx, name)
	if err != nil {
		return err
	}
	defer release()
	found, err := s.survey(ctx, name)
	if err != nil {
		return err
	}
	if newest(found[name]) == nil {
		return store.ErrNotExist
	}
	failing := map[int]error{}
	for _, heads := range []bool{true, false} {
		for i, err := range s.each(func(_ int, m Member) error { return removeParts(ctx, m.Store, name, heads) }) {
			if err != nil {
				failing[i] = err
			}
		}
	}
	var errs []error
	for i, err := range failing {
		s.opts.Logger.Warn("store: a member has not deleted its part", "blob", name, "member", label(i, s.members[i]), "error", err)
		errs = append(errs, err)
	}
	if len(errs) > s.m || s.opts.Strict && len(errs) > 0 {
		return errors.Join(errs...)
	}
	return ctx.Err()
}

// removeParts removes the heads of a blob from a member, or its shards.
func removeParts(ctx context.Context, from store.Store, name string, heads bool) error {
	infos, err := from.List(ctx, within(name))
	for _, info := range infos {
		if p, ok := parsePart(info.Name); ok && p.name == name && p.head == heads {
			if e := from.Delete(ctx, info.Name); !errors.Is(e, store.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}
	return err
}

// Move gives a blob another name. The members must be able to, as directories are. It is an
// error if that name is taken.
func (s *Store) Move(ctx context.Context, from, to string) error {
	if err := errors.Join(store.CheckName(from), store.CheckName(to)); err != nil {
		return err
	}
	if err := s.move(ctx, from, to); err != nil {
		return fmt.Errorf("store: move %q to %q: %w", from, to, err)
	}
	return nil
}

func (s *Store) move(ctx context.Context, from, to string) error {
	release, err := s.busy.Take(ctx, from)
	if err != nil {
		return err
	}
	defer release()
	taken, err := s.survey(ctx, to)
	if err != nil {
		return err
	}
	if newest(taken[to]) != nil {
		return errors.New("that name is taken")
	}
	errs := s.each(func(_ int, m Member) error {
		mover, ok := m.Store.(interface {
			Move(ctx context.Context, from, to string) error
		})
		if !ok {
			return errors.New("it cannot move blobs")
		}
		infos, err := m.Store.List(ctx, within(from))
		for _, info := range infos {
			if p, ok := parsePart(info.Name); ok && p.name == from {
				if p.head {
					err = errors.Join(err, mover.Move(ctx, info.Name, headName(to, p.gen, p.k, p.size)))
				} else {
					err = errors.Join(err, mover.Move(ctx, info.Name, shardName(to, p.gen, p.index)))
				}
			}
		}
		return err
	})
	if failed(errs) > s.m {
		return errors.Join(errs...)
	}
	return ctx.Err()
}
