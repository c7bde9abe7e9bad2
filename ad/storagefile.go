package ad

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// randomAccess is what is asked of a file.
type randomAccess interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
}

// fileStorage keeps snapshots in one file, each in an extent of its own that is
// reserved when it is first needed and found in constant time. What is read is compared
// with the checksum, CRC-32C, of what was written, which is in memory.
type fileStorage struct {
	file    randomAccess
	path    string // of a file that is still to be removed
	extents []extentOf
	free    []extentOf // given up by snapshots that have grown out of them
	end     int64      // of the last extent
}

// extentOf is a stretch of the file and what it holds.
type extentOf struct {
	off, room, size int64
	sum             uint32
	held            bool
}

// openTempFile opens a storage in a new file in dir, which must be there; "" is the
// directory for temporary files. Where the system allows it the file has no name, so
// that nothing is left whatever becomes of the program.
func openTempFile(dir string) (Storage, error) {
	f, err := os.CreateTemp(dir, "cairn-*.snapshots")
	if err != nil {
		return nil, err
	}
	s := &fileStorage{file: f}
	if os.Remove(f.Name()) != nil {
		s.path = f.Name()
	}
	return s, nil
}

const page = 4096 // extents begin at multiples of it

func (s *fileStorage) Write(key int, b []byte) (int64, error) {
	for len(s.extents) <= key {
		s.extents = append(s.extents, extentOf{})
	}
	x := &s.extents[key]
	x.held = false
	if x.room < int64(len(b)) {
		if err := s.enlarge(x, int64(len(b))); err != nil {
			return 0, err
		}
	}
	if _, err := s.file.WriteAt(b, x.off); err != nil {
		return 0, err
	}
	x.size, x.sum, x.held = int64(len(b)), crc32.Checksum(b, castagnoli), true
	return x.size, nil
}

// enlarge gives x room for size bytes, in another place.
func (s *fileStorage) enlarge(x *extentOf, size int64) error {
	if x.room > 0 {
		s.free = append(s.free, extentOf{off: x.off, room: x.room})
	}
	*x = extentOf{}
	for i, f := range s.free {
		if f.room >= size {
			*x = f
			s.free = append(s.free[:i], s.free[i+1:]...)
			return nil
		}
	}
	room := (size + page - 1) / page * page
	if f, ok := s.file.(*os.File); ok {
		if err := reserve(f, s.end, room); err != nil {
			return err
		}
	}
	*x = extentOf{off: s.end, room: room}
	s.end += room
	return nil
}

func (s *fileStorage) Read(key int, dst []byte) ([]byte, error) {
	if key >= len(s.extents) || !s.extents[key].held {
		return nil, fmt.Errorf("nothing is kept under key %d", key)
	}
	x := s.extents[key]
	if int64(cap(dst)) < x.size {
		dst = make([]byte, x.size)
	}
	dst = dst[:x.size]
	if n, err := s.file.ReadAt(dst, x.off); n < len(dst) {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	if sum := crc32.Checksum(dst, castagnoli); sum != x.sum {
		return nil, fmt.Errorf("%d bytes at offset %d have the checksum %08x, and had %08x when they were written: the file was changed, or the disk is failing", x.size, x.off, sum, x.sum)
	}
	return dst, nil
}

// Free keeps the extent: the next snapshot with the key will need one.
func (s *fileStorage) Free(key int) {
	if key < len(s.extents) {
		s.extents[key].held = false
	}
}

func (s *fileStorage) Close() error {
	err := s.file.Close()
	if s.path != "" {
		if rm := os.Remove(s.path); !errors.Is(rm, fs.ErrNotExist) {
			err = errors.Join(err, rm)
		}
	}
	return err
}
