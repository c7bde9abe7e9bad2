//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package ad

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes the lock of a file, which ends with the process, or fails if another has it.
func lockFile(f *os.File) error {
	for {
		switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case err == syscall.EINTR:
		case errors.Is(err, syscall.EWOULDBLOCK):
			return errInUse
		default:
			return err
		}
	}
}
