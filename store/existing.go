package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
)

// Mover is implemented by stores that can give a blob another name.
type Mover interface {
	// Move gives a blob another name, durably. It is an error if that name is taken. The
	// content is not read, so a blob that cannot be read can be moved.
	Move(ctx context.Context, from, to string) error
}

// Move implements [Mover].
func (d *Dir) Move(ctx context.Context, from, to string) error {
	if err := errors.Join(CheckName(from), CheckName(to)); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := d.move(from, to); err != nil {
		return fmt.Errorf("store: move %q to %q: %w", from, to, err)
	}
	return nil
}

func (d *Dir) move(from, to string) error {
	if err := d.mkdirAll(path.Dir(to)); err != nil {
		return err
	}
	if f, err := d.fs.Open(to); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			f.Close()
		}
		return errors.Join(fs.ErrExist, err)
	}
	if err := d.fs.Rename(from, to); err != nil {
		return err
	}
	// First where the blob is now, so that a power cut leaves it in one of the two.
	if err := d.fs.SyncDir(path.Dir(to)); err != nil {
		return err
	}
	return d.fs.SyncDir(path.Dir(from))
}
