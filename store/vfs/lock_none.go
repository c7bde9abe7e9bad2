//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd)

package vfs

import "errors"

// TryLock implements [Locker]; this operating system has no flock(2).
func (o osFS) TryLock(string, []byte) (func() error, []byte, error) {
	return nil, nil, errors.ErrUnsupported
}
