package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/cairn-ad/cairn/store/vfs"
)

// OpenExisting opens a store as [Open] does, to look into it: a directory must be
// there, and nothing is made or swept. The error matches fs.ErrNotExist if there is
// none.
func OpenExisting(url string) (Store, error) {
	dir, err := DirOf(url)
	if err != nil {
		return nil, err
	}
	if dir == "" {
		return nil, fmt.Errorf("store: %q is always empty when it is opened; write file:DIR", url)
	}
	f, err := vfs.Existing(dir)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	return &Dir{fs: f}, nil
}

// Move gives a blob another name, durably. It is an error if that name is taken. The
// content is not read, so a blob that cannot be read can be moved.
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
