package vfs

import (
	"io"
	"os"
	"sync"
	"sync/atomic"
)

// blockFile is a file of the operating system that is read, from its begin to its end or in
// blocks.
type blockFile struct {
	*os.File
	once   sync.Once
	direct atomic.Bool
}

// ReadBlock fills b with what the file has from an offset on. Several goroutines may do that at
// once; when it was used, Read must not be. If the address of b and the offset are multiples of 4096 the page
// cache is passed by, where the file system can and the file is not in it: that is faster, and
// leaves in the cache what the program reads. Then b may be overwritten up to the next multiple of
// 4096 after its end, if it has the capacity.
func (f *blockFile) ReadBlock(b []byte, off int64) error {
	f.once.Do(func() {
		if !cached(f.File) {
			f.direct.Store(setDirect(f.File, true) == nil)
		}
	})
	whole := b
	if n := (len(b) + alignment - 1) &^ (alignment - 1); n <= cap(b) {
		whole = b[:n]
	}
	if f.direct.Load() {
		if n, err, ok := readAsync(f.File, whole, off); ok && err == nil && n >= len(b) {
			return nil
		}
	}
	n, err := f.ReadAt(whole, off)
	if refusesDirect(err) {
		f.direct.Store(false)
		if err = setDirect(f.File, false); err == nil {
			n, err = f.ReadAt(b, off)
		}
	}
	if n >= len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}
