package vfs

import "unsafe"

// buffer holds one part at an address that suits direct transfers.
type buffer struct {
	b      []byte
	mapped []byte // the memory that the system gave, if it is not of Go's heap
}

// kept is how many buffers stay for the next file.
const kept = writers + 2

var buffers = make(chan *buffer, kept)

// newBuffer returns a buffer, one that was used before if there is one.
func newBuffer() *buffer {
	select {
	case b := <-buffers:
		return b
	default:
	}
	if b := mapBuffer(); b != nil {
		return b
	}
	b := make([]byte, part+alignment)
	return &buffer{b: aligned(b, alignment)}
}

// aligned returns one part of b that begins at a multiple of n.
func aligned(b []byte, n uintptr) []byte {
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (n - 1)
	return b[skip:][:part:part]
}

// release gives a buffer back.
func (b *buffer) release() {
	select {
	case buffers <- b:
	default:
		b.unmap()
	}
}
