package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/cairn-ad/cairn/store/vfs"
)

// lockPrefix is what the names of lock files begin with.
const lockPrefix = ".cairn-lock-"

// A process that was killed may hold its lock for a moment more: the kernel closes its files
// one after the other, and a forked image of it may be told of its death only then.
const (
	lockPatience = 2 * time.Second
	lockRetry    = 20 * time.Millisecond
)

// Lock implements [Locker] with a lock on a file beside the blobs, which the operating system
// gives back when the process dies. When it is taken, the temporary files beside it of the
// blobs that it is for are removed, which only dead writers can have left, and those of
// others that were not touched for a day. On operating systems without flock(2) nobody is kept out.
func (d *Dir) Lock(ctx context.Context, name string, owns func(blob string) bool) (Lock, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	unlock, err := d.lock(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("store: lock of %q: %w", name, err)
	}
	if err := d.sweep(name, owns); err != nil {
		return nil, errors.Join(fmt.Errorf("store: lock of %q: %w", name, err), unlock())
	}
	return dirLock(unlock), nil
}

func (d *Dir) lock(ctx context.Context, name string) (func() error, error) {
	locker, ok := d.fs.(vfs.Locker)
	if !ok {
		return func() error { return nil }, nil
	}
	dir, base := path.Split(name)
	if err := d.mkdirAll(path.Clean(dir)); err != nil {
		return nil, err
	}
	note, err := json.Marshal(thisHolder())
	if err != nil {
		return nil, err
	}
	for start := time.Now(); ; {
		unlock, held, err := locker.TryLock(dir+lockPrefix+base, note)
		switch {
		case err == nil:
			return unlock, nil
		case errors.Is(err, errors.ErrUnsupported):
			return func() error { return nil }, nil
		case !errors.Is(err, vfs.ErrLocked):
			return nil, err
		case time.Since(start) > lockPatience:
			return nil, &LockedError{name, parseHolder(held)}
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(lockRetry):
		}
	}
}

// dirLock gives a lock back. It cannot be lost.
type dirLock func() error

func (dirLock) Check(context.Context) error { return nil }
func (l dirLock) Release() error            { return l() }
