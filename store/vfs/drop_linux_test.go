//go:build !386 && !arm && !mips && !mipsle

package vfs

import (
	"os"
	"syscall"
)

// drop takes a file out of the page cache, as far as that can be done.
func drop(name string) {
	const dontNeed = 4 // POSIX_FADV_DONTNEED
	f, err := os.Open(name)
	if err != nil {
		return
	}
	defer f.Close()
	_ = f.Sync()
	_, _, _ = syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, dontNeed, 0, 0)
}
