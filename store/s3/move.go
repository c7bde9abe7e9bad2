package s3

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/cairn-ad/cairn/store"
)

// Move gives a blob another name: it is copied, read back, and then removed under the old one.
// It is an error if the new name is taken.
func (s *Store) Move(ctx context.Context, from, to string) error {
	if err := errors.Join(store.CheckName(from), store.CheckName(to)); err != nil {
		return err
	}
	return s.told(ctx, "move", from, s.move(ctx, from, to))
}

func (s *Store) move(ctx context.Context, from, to string) error {
	if there, err := s.open(ctx, s.prefix+to); err == nil {
		return errors.Join(fs.ErrExist, there.Close())
	} else if !missing(err) {
		return err
	}
	r, err := s.open(ctx, s.prefix+from)
	if err != nil {
		return err
	}
	err = s.put(ctx, to, false, func(w io.Writer) error {
		_, err := io.Copy(w, r)
		return err
	})
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	return s.remove(ctx, s.prefix+from)
}
