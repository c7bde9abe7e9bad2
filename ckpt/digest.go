package ckpt

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
)

var le = binary.LittleEndian

// piece is how many bytes are hashed while the next or the same are transferred.
const piece = 1 << 20

// digestWriter passes bytes on and computes the SHA-256 of all of them and a crc32c
// that can be restarted. Large pieces are hashed while they are written.
type digestWriter struct {
	w   io.Writer
	sha hash.Hash
	crc uint32
	n   int64
}

func newDigestWriter(w io.Writer) *digestWriter { return &digestWriter{w: w, sha: sha256.New()} }

func (d *digestWriter) Write(b []byte) (done int, err error) {
	for len(b) > 0 && err == nil {
		part := b[:min(len(b), piece)]
		b = b[len(part):]
		var n int
		if len(part) < piece/16 {
			d.hash(part)
			n, err = d.w.Write(part)
		} else {
			hashed := make(chan struct{})
			go func() { d.hash(part); close(hashed) }()
			n, err = d.w.Write(part)
			<-hashed
		}
		done += n
	}
	d.n += int64(done)
	return done, err
}

func (d *digestWriter) hash(b []byte) {
	d.crc = crc32.Update(d.crc, castagnoli, b)
	d.sha.Write(b)
}

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

// full fills b. A file that ends before is corrupt.
func (d *digestReader) full(b []byte) error {
	for len(b) > 0 {
		part := b[:min(len(b), piece)]
		if _, err := io.ReadFull(d.r, part); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return fmt.Errorf("%w: it ends too early", ErrCorrupt)
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
