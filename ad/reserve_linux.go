package ad

import (
	"errors"
	"os"
	"syscall"
)

// reserve takes room on the disk, so that later writes do not find it full. A file
// system that cannot is left to take it when it is written to.
func reserve(f *os.File, off, size int64) error {
	for {
		err := syscall.Fallocate(int(f.Fd()), 0, off, size)
		switch {
		case err == syscall.EINTR:
			continue
		case err == nil, errors.Is(err, syscall.EOPNOTSUPP), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.EINVAL):
			return nil
		}
		return &os.PathError{Op: "fallocate", Path: f.Name(), Err: err}
	}
}
