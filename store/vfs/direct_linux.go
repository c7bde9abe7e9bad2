package vfs

import (
	"errors"
	"os"
	"syscall"
)

// setDirect makes writes of a file pass the page cache by, or no longer. It fails on file
// systems that cannot.
func setDirect(f *os.File, on bool) error {
	c, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed syscall.Errno
	err = c.Control(func(fd uintptr) {
		flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_GETFL, 0)
		if errno == 0 {
			flags &^= syscall.O_DIRECT
			if on {
				flags |= syscall.O_DIRECT
			}
			_, _, errno = syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_SETFL, flags)
		}
		failed = errno
	})
	if err == nil && failed != 0 {
		err = os.NewSyscallError("fcntl", failed)
	}
	return err
}

// refusesDirect reports whether an error says that a write cannot pass the cache by.
func refusesDirect(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.EOPNOTSUPP)
}
