//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package vfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// TryLock implements [Locker] with flock(2), which the kernel gives back when the process is
// dead.
func (o osFS) TryLock(name string, note []byte) (func() error, []byte, error) {
	for range 100 {
		f, err := o.root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
		if err != nil {
			return nil, nil, err
		}
		err = flock(f)
		if err != nil {
			held, _ := io.ReadAll(io.LimitReader(f, 4096))
			return nil, held, errors.Join(err, f.Close())
		}
		if o.names(name, f) {
			// The lock holds without the note, too, for example on a full disk.
			_ = f.Truncate(0)
			_, _ = f.WriteAt(note, 0)
			return func() error { return errors.Join(o.root.Remove(name), f.Close()) }, nil, nil
		}
		_ = f.Close() // its holder has just removed it
	}
	return nil, nil, fmt.Errorf("%s: %w and given back all the time", name, ErrLocked)
}

// flock returns [ErrLocked] if another one has the lock.
func flock(f *os.File) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var flockErr error
	err = raw.Control(func(fd uintptr) {
		for {
			flockErr = syscall.Flock(int(fd), syscall.LOCK_EX|syscall.LOCK_NB)
			if !errors.Is(flockErr, syscall.EINTR) {
				return
			}
		}
	})
	switch {
	case err != nil:
		return err
	case errors.Is(flockErr, syscall.EWOULDBLOCK):
		return &fs.PathError{Op: "lock", Path: f.Name(), Err: ErrLocked}
	case errors.Is(flockErr, syscall.ENOSYS), errors.Is(flockErr, syscall.ENOTSUP), errors.Is(flockErr, syscall.ENOLCK):
		return &fs.PathError{Op: "lock", Path: f.Name(), Err: errors.ErrUnsupported}
	case flockErr != nil:
		return &fs.PathError{Op: "lock", Path: f.Name(), Err: flockErr}
	}
	return nil
}

// names reports whether name is still that of an open file.
func (o osFS) names(name string, f *os.File) bool {
	here, err1 := f.Stat()
	there, err2 := o.root.Stat(name)
	return err1 == nil && err2 == nil && os.SameFile(here, there)
}
