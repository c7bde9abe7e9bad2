package ckpt

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"io"
)

var le = binary.LittleEndian

// piece is how many bytes are hashed while the next or the same are transferred.
const piece = 1 << 20

// digestReader reads and computes the SHA-256 in the background. Buffers given to
// full must not change before digest or stop has returned.
type digestReader struct {
	r    io.Reader
	sha  hash.Hash
	work chan []byte
	done chan struct{}
}

func newDigestReader(r io.Reader) *digestReader {
	work := make(chan []byte, 64)
	d := &digestReader{r, sha256.New(), work, make(chan struct{})}
	go func() {
		defer close(d.done)
		for b := range work {
			d.sha.Write(b)
		}
	}()
	return d
}

// sum counts bytes that were read by others.
func (d *digestReader) sum(b []byte) { d.work <- b }

// full fills b. A file that ends before is corrupt.
func (d *digestReader) full(b []byte) error {
	for len(b) > 0 {
		part := b[:min(len(b), piece)]
		if _, err := io.ReadFull(d.r, part); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return errShort
			}
			return err
		}
		b = b[len(part):]
		if d.work != nil {
			d.work <- part
		}
	}
	return nil
}

// digest returns the SHA-256 of what was read so far; later reads do not count.
func (d *digestReader) digest() []byte {
	d.stop()
	return d.sha.Sum(nil)
}

// stop ends the background work.
func (d *digestReader) stop() {
	if d.work != nil {
		close(d.work)
		d.work = nil
		<-d.done
	}
}
