package vfs

import "syscall"

const (
	hugePage     = 2 << 20
	madvHugepage = 14
)

// mapBuffer returns a buffer on huge pages, where they can be had, or nil. A part that lies in two
// pieces of memory goes to the device in one request, and one in a thousand pieces in many.
func mapBuffer() *buffer {
	m, err := syscall.Mmap(-1, 0, part+hugePage, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil
	}
	b := aligned(m, hugePage)
	_ = syscall.Madvise(b, madvHugepage) // best effort
	return &buffer{b, m}
}

// unmap gives the memory back to the system.
func (b *buffer) unmap() {
	if b.mapped != nil {
		_ = syscall.Munmap(b.mapped) // it cannot fail for what Mmap returned
	}
	b.b, b.mapped = nil, nil
}
