package vfs

import (
	"os"
	"syscall"
	"unsafe"
)

const sysCachestat = 451 // on mips, where it is another one, there is no call of this number

// cached reports whether half of a file or more is in the page cache, as far as that can be
// told (Linux 6.5 and later).
func cached(f *os.File) bool {
	info, err := f.Stat()
	if err != nil {
		return false
	}
	c, err := f.SyscallConn()
	if err != nil {
		return false
	}
	whole := [2]uint64{0, uint64(info.Size())}
	var pages [5]uint64 // of struct cachestat: in the cache, dirty, being written, evicted, evicted lately
	var failed syscall.Errno
	err = c.Control(func(fd uintptr) {
		_, _, failed = syscall.Syscall6(sysCachestat, fd, uintptr(unsafe.Pointer(&whole)), uintptr(unsafe.Pointer(&pages)), 0, 0, 0)
	})
	return err == nil && failed == 0 && pages[0]*uint64(os.Getpagesize()) >= whole[1]/2
}
