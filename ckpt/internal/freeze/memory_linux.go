package freeze

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

var pageSize = os.Getpagesize()

const (
	madvHugepage      = 14
	madvPopulateWrite = 23
)

// Map returns n bytes of zeros outside of Go's heap that are in memory already, on huge pages
// where they can be had, so that the first write to them costs no page faults. Give them back with
// [Unmap].
func Map(n int) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	b, err := reserve(n)
	if err != nil {
		return nil, err
	}
	_ = syscall.Madvise(b, madvHugepage) // best effort
	populate(b)
	return b, nil
}

// Reserve is Map without the memory: pages of zeros come when they are first touched.
func Reserve(n int) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	b, err := reserve(n)
	if err == nil {
		_ = syscall.Madvise(b, madvHugepage) // best effort
	}
	return b, err
}

// Unmap gives back what [Map] or [Reserve] returned. The bytes must not be used any more.
func Unmap(b []byte) error {
	if cap(b) == 0 {
		return nil
	}
	b = b[:cap(b)]
	return os.NewSyscallError("munmap", syscall.Munmap(b))
}

// reserve returns n bytes of address space that become memory when they are touched.
func reserve(n int) ([]byte, error) {
	b, err := syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_PRIVATE|syscall.MAP_ANON|syscall.MAP_NORESERVE)
	if err != nil {
		return nil, fmt.Errorf("%d bytes of memory: %w", n, os.NewSyscallError("mmap", err))
	}
	return b, nil
}

// populate makes all pages present, for writing.
func populate(b []byte) {
	if syscall.Madvise(b, madvPopulateWrite) == nil {
		return
	}
	for i := 0; i < len(b); i += pageSize { // before Linux 5.14
		b[i] = 0
	}
}

// address returns where b begins.
func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }
