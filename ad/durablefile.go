package ad

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"strconv"
)

// slotFiles is a [Storage] that another process can read: a file for each key, written in
// place. A file begins with the size and the checksum of what follows, so that one that a
// dying process has written in part is known as such.
type slotFiles struct {
	prefix string // of the names
	head   [slotHead]byte
}

const slotHead = 16

func (s *slotFiles) name(key int) string { return s.prefix + strconv.Itoa(key) }

func (s *slotFiles) Write(key int, b []byte) (int64, error) {
	f, err := os.OpenFile(s.name(key), os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return 0, err
	}
	binary.LittleEndian.PutUint64(s.head[:], uint64(len(b)))
	binary.LittleEndian.PutUint32(s.head[8:], crc32.Checksum(b, castagnoli))
	binary.LittleEndian.PutUint32(s.head[12:], crc32.Checksum(s.head[:12], castagnoli))
	_, err = f.WriteAt(s.head[:], 0)
	if err == nil {
		_, err = f.WriteAt(b, slotHead)
	}
	return int64(len(b)), errors.Join(err, f.Close())
}

func (s *slotFiles) Read(key int, dst []byte) ([]byte, error) {
	f, err := os.Open(s.name(key))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := f.ReadAt(s.head[:], 0); err != nil {
		return nil, err
	}
	if crc32.Checksum(s.head[:12], castagnoli) != binary.LittleEndian.Uint32(s.head[12:]) {
		return nil, fmt.Errorf("%s begins with what no snapshot begins with", f.Name())
	}
	size := int64(binary.LittleEndian.Uint64(s.head[:]))
	if info, err := f.Stat(); err != nil || size < 0 || info.Size()-slotHead < size {
		return nil, errors.Join(err, fmt.Errorf("%s is shorter than the %d bytes of the snapshot", f.Name(), size))
	}
	if int64(cap(dst)) < size {
		dst = make([]byte, size)
	}
	dst = dst[:size]
	if _, err := f.ReadAt(dst, slotHead); err != nil {
		return nil, err
	}
	if crc32.Checksum(dst, castagnoli) != binary.LittleEndian.Uint32(s.head[8:]) {
		return nil, fmt.Errorf("the checksum of %s is not that of what was written: the file was changed or written in part, or the disk is failing", f.Name())
	}
	return dst, nil
}

func (s *slotFiles) Free(int) {}

// Close leaves the files: they are for the process that resumes the run.
func (s *slotFiles) Close() error { return nil }
