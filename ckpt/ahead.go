package ckpt

import (
	"context"
	"fmt"
	"hash/crc32"
	"runtime"

	"github.com/cairn-ad/cairn/ckpt/internal/sha256x"
	"github.com/cairn-ad/cairn/store"
)

// chunk is a chunk that was read and is being verified and decoded.
type chunk struct {
	frame  frame
	head   [frameLen]byte // of the frame in the file that has the body
	sum    digest         // that it must have
	raw    int
	stored []byte // the body
	out    []byte // the bytes of the chunk
	enc    storage
	codec  Codec
	form   Form
	from   string // the older file that has the body, if any
	err    error
}

// decode makes the chunk of the body. Its SHA-256 is still to be compared. That tells all damage
// of a body that is not encoded, and the digest of the file that of its frame, so that the crc32c is
// for decoders, which do not see what is damaged, and for frames of older files.
func (c *chunk) decode(keep bool) {
	if c.enc == encoded || c.from != "" {
		crc := crc32.Update(crc32.Checksum(c.head[:60], castagnoli), castagnoli, c.stored)
		if crc != le.Uint32(c.head[60:]) {
			c.err = c.corrupt("its checksum is wrong")
			return
		}
	}
	if c.enc == encoded {
		if keep {
			c.out = nil
		}
		out, err := c.codec.Decode(c.out[:0], c.stored, c.raw, c.form)
		if err != nil {
			c.err = c.corrupt("it cannot be decoded: %v", err)
			return
		}
		c.out = out
	} else {
		c.out, c.stored = c.stored, c.out
	}
	if len(c.out) != c.raw {
		c.err = c.differs()
	}
}

func (c *chunk) differs() error {
	return c.corrupt("its SHA-256 is not the one it was written with")
}

func (c *chunk) corrupt(format string, args ...any) error {
	where := ""
	if c.from != "" {
		where = ", which is in the older file " + c.from
	}
	return fmt.Errorf("%w: chunk %d of variable %d%s: %s", ErrCorrupt, c.frame.chunk, c.frame.variable, where, fmt.Sprintf(format, args...))
}

// readBatch is chunks that are hashed together, in the order of the file.
type readBatch struct {
	chunks [sha256x.Lanes]chunk
	n      int // of chunks that are in use
	bytes  int // that they have
	last   bool

	hasher sha256x.Hasher
	bodies [sha256x.Lanes][]byte
	sums   [sha256x.Lanes]sha256x.Digest
	async  bool
	done   chan struct{}
}

// verify checks and decodes the chunks that could be read.
func (b *readBatch) verify(keep bool) {
	list := b.chunks[:b.n]
	for i := range list {
		c := &list[i]
		if c.err == nil {
			c.decode(keep)
		}
		b.bodies[i] = nil
		if c.err == nil {
			b.bodies[i] = c.out
		}
	}
	b.hasher.Sums(b.sums[:], b.bodies[:b.n])
	for i := range list {
		if c := &list[i]; c.err == nil && c.sum != digest(b.sums[i]) {
			c.err = c.differs()
		}
		b.bodies[i] = nil
	}
}

// chunkReader reads a data file ahead: one goroutine reads, others verify and decode.
type chunkReader struct {
	*frames
	store  store.Store
	name   string // of the file, in the store
	keep   bool   // every chunk has memory of its own
	serial bool   // it is read and verified when it is asked for
	bases  []*baseReader
	queue  chan *readBatch // in order; closed at the end
	work   chan *readBatch
	free   chan *readBatch
	quit   chan struct{}
	ended  chan struct{}
	digest digest     // after the end
	batch  *readBatch // of the chunk shown by nextChunk
	shown  int        // chunks of it that were shown
	rest   []byte     // what full has not used of the chunk
}

// openChunks begins to read a data file. Each chunk's memory is the caller's if keep is set,
// or the file's if that is staged, else it is used again for a later one.
func openChunks(ctx context.Context, s store.Store, d *dataFile, keep bool) (*chunkReader, error) {
	f, err := openFrames(ctx, d)
	if err != nil {
		return nil, err
	}
	workers := min(runtime.GOMAXPROCS(0), 4)
	depth := workers
	if d.staged != nil {
		depth *= 4 // it takes no memory
	}
	r := &chunkReader{
		frames: f, store: s, name: d.name, keep: keep, bases: make([]*baseReader, len(f.header.Bases)),
		queue: make(chan *readBatch, depth), work: make(chan *readBatch, depth), free: make(chan *readBatch, depth+4),
		quit: make(chan struct{}), ended: make(chan struct{}),
	}
	if d.size > serialSize {
		go r.run(workers)
	} else {
		r.serial = true
		close(r.queue)
		close(r.ended)
	}
	return r, nil
}

// serialSize is the size of files that are read without goroutines.
const serialSize = 256 << 10

// verifyAll is a goroutine that verifies batches.
func (r *chunkReader) verifyAll() {
	for b := range r.work {
		b.verify(r.keep)
		b.done <- struct{}{}
	}
}

// run reads the file and hands its chunks out.
func (r *chunkReader) run(workers int) {
	defer close(r.ended)
	defer close(r.queue)
	defer close(r.work)
	for {
		b := r.read()
		if b.async = b.bytes >= inline; b.async {
			if workers > 0 {
				workers--
				go r.verifyAll()
			}
			r.work <- b
		} else {
			b.verify(r.keep)
		}
		select {
		case r.queue <- b:
		case <-r.quit:
			if b.async {
				<-b.done
			}
			return
		}
		if b.last {
			return
		}
	}
}

// read reads a batch. The last one ends with the file or with a chunk that has an error.
func (r *chunkReader) read() *readBatch {
	var b *readBatch
	select {
	case b = <-r.free:
	default:
		b = &readBatch{done: make(chan struct{}, 1)}
	}
	b.n, b.bytes, b.last = 0, 0, false
	for b.n < len(b.chunks) && b.bytes < batchLen && !b.last {
		c := &b.chunks[b.n]
		ok, err := r.readChunk(c)
		if c.err = err; ok || err != nil {
			b.n++
			b.bytes += len(c.stored)
		}
		b.last = !ok || err != nil
	}
	return b
}

// readChunk reads one chunk; ok is false at the end of a sound file.
func (r *chunkReader) readChunk(c *chunk) (ok bool, err error) {
	if r.keep {
		c.out = nil // the caller's
	}
	if r.staged != nil {
		c.stored = nil
	}
	f, ok, err := r.next()
	if err != nil {
		return false, err
	}
	if !ok {
		r.digest, err = r.end()
		return false, err
	}
	c.frame, c.head, c.sum, c.raw, c.enc, c.from = f, r.head, f.sum, int(f.raw), f.encoding, ""
	c.codec, c.form = r.codecs[f.variable], r.forms[f.variable]
	if f.encoding == elsewhere {
		crc := crc32.Checksum(c.head[:60], castagnoli)
		if crc != f.crc {
			return false, c.corrupt("its checksum is wrong")
		}
		return true, r.fetch(c)
	}
	c.stored, err = r.body(c.stored)
	return true, err
}

// nextChunk shows the next chunk, nil after the last. Unless keep is set it is valid until the
// next call.
func (r *chunkReader) nextChunk() ([]byte, error) {
	for r.batch == nil || r.shown == r.batch.n {
		if r.batch != nil {
			if r.batch.last {
				return nil, nil
			}
			r.recycle(r.batch)
		}
		if r.batch, r.shown = r.ahead(), 0; r.batch == nil {
			return nil, nil
		}
	}
	c := &r.batch.chunks[r.shown]
	r.shown++
	return c.out, c.err
}

// ahead returns the next batch, verified; nil after the last.
func (r *chunkReader) ahead() *readBatch {
	if r.serial {
		b := r.read()
		b.verify(r.keep)
		return b
	}
	b := <-r.queue
	if b != nil && b.async {
		<-b.done
	}
	return b
}

func (r *chunkReader) recycle(b *readBatch) {
	select {
	case r.free <- b:
	default:
	}
}

// full implements source: it reads through the chunks.
func (r *chunkReader) full(b []byte) (err error) {
	for len(b) > 0 {
		if len(r.rest) == 0 {
			if r.rest, err = r.nextChunk(); err != nil {
				return err
			}
			if len(r.rest) == 0 {
				return errShort
			}
		}
		n := copy(b, r.rest)
		b, r.rest = b[n:], r.rest[n:]
	}
	return nil
}

// finish reads the end of the file and returns its digest.
func (r *chunkReader) finish() (digest, error) {
	if len(r.rest) > 0 {
		return digest{}, fmt.Errorf("%w: its lengths contradict each other", ErrCorrupt)
	}
	c, err := r.nextChunk()
	if err == nil && c != nil {
		err = fmt.Errorf("%w: it has more chunks than its header says", ErrCorrupt)
	}
	if err != nil {
		return digest{}, err
	}
	<-r.ended
	return r.digest, nil
}

// stop ends the reading and waits until the file may be closed.
func (r *chunkReader) stop() {
	close(r.quit)
	for b := range r.queue {
		if b.async {
			<-b.done
		}
	}
	<-r.ended
	for _, b := range r.bases {
		if b != nil {
			b.close()
		}
	}
}
