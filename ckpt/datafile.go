package ckpt

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"runtime"

	"github.com/cairn-ad/cairn/store"
)

// dataFile is an open data file.
type dataFile struct {
	name string
	r    io.ReadCloser
	size int64
}

// input reads a file. One that ends too early is corrupt.
type input struct {
	ctx context.Context
	r   io.Reader
}

// full implements source.
func (in input) full(b []byte) error {
	if err := in.ctx.Err(); err != nil {
		return err
	}
	if _, err := io.ReadFull(in.r, b); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errShort
		}
		return err
	}
	return nil
}

var errShort = fmt.Errorf("%w: it ends too early", ErrCorrupt)

// frames reads a data file frame by frame.
type frames struct {
	in     input
	header *dataHeader
	forms  []Form
	codecs []Codec
	chunk  int
	sha    hash.Hash // of all but bodies
	left   int64     // bytes of the file that are not read yet
	count  uint32    // frames read
	v      int       // variable and chunk of the next frame
	k      int64
	head   [frameLen]byte // of the frame in hand
}

// openFrames reads a data file up to its first frame.
func openFrames(ctx context.Context, d *dataFile) (*frames, error) {
	f := &frames{in: input{ctx, bufio.NewReaderSize(d.r, 64<<10)}, sha: sha256.New(), left: d.size}
	pre, err := f.bytes(dataPreLen)
	if err != nil {
		return nil, err
	}
	switch {
	case string(pre[:8]) != magicData:
		return nil, fmt.Errorf("%w: it does not begin like a data file", ErrCorrupt)
	case le.Uint32(pre[20:]) != crc32.Checksum(pre[:20], castagnoli):
		return nil, errPreamble
	case le.Uint32(pre[8:]) != version:
		return nil, fmt.Errorf("%w: it is of version %d, this program reads versions up to %d", ErrVersion, le.Uint32(pre[8:]), version)
	}
	n := int64(le.Uint32(pre[12:]))
	f.chunk = int(le.Uint32(pre[16:]))
	if n > maxHeader || f.chunk < minChunk || f.chunk > maxChunk || f.chunk%minChunk != 0 {
		return nil, fmt.Errorf("%w: its preamble claims %d bytes of header and %d of a chunk", ErrCorrupt, n, f.chunk)
	}
	text, err := f.bytes(n + crcLen)
	if err != nil {
		return nil, err
	}
	if le.Uint32(text[n:]) != crc32.Checksum(text[:n], castagnoli) {
		return nil, fmt.Errorf("%w: the checksum of its header is wrong", ErrCorrupt)
	}
	if f.header, err = parseDataHeader(text[:n]); err != nil {
		return nil, err
	}
	return f, f.describe()
}

var errPreamble = fmt.Errorf("%w: the checksum of its preamble is wrong", ErrCorrupt)

// describe looks at the types and codecs, and compares the counts with the file's size.
func (f *frames) describe() error {
	left := f.left - digestLen
	for i := range f.header.Variables {
		v := &f.header.Variables[i]
		t, err := parseType(v.Type)
		if err != nil {
			return fmt.Errorf("%w: the type %.40q of variable %q cannot be read: %v", ErrCorrupt, v.Type, v.Name, err)
		}
		c, err := codecNamed(v.Codec)
		if err != nil {
			return fmt.Errorf("variable %q: %w", v.Name, err)
		}
		f.forms, f.codecs = append(f.forms, v.form(t)), append(f.codecs, c)
		n := v.parts(f.chunk).chunks()
		if n > left/frameLen {
			return fmt.Errorf("%w: the record of %q does not fit into the file", ErrCorrupt, v.Name)
		}
		left -= n * frameLen
	}
	return nil
}

// bytes reads n bytes that count for the digest, into memory of their own.
func (f *frames) bytes(n int64) ([]byte, error) {
	if n > f.left {
		return nil, errShort
	}
	b, err := grow(f.in, n)
	f.left -= n
	f.sha.Write(b)
	return b, err
}

// next reads the next frame; ok is false after the last.
func (f *frames) next() (fr frame, ok bool, err error) {
	vars := f.header.Variables
	for f.v < len(vars) && f.k >= vars[f.v].parts(f.chunk).chunks() {
		f.v, f.k = f.v+1, 0
	}
	if f.v == len(vars) {
		return fr, false, nil
	}
	if f.left < frameLen {
		return fr, false, errShort
	}
	if err := f.in.full(f.head[:]); err != nil {
		return fr, false, err
	}
	f.left -= frameLen
	f.sha.Write(f.head[:])
	p := vars[f.v].parts(f.chunk)
	if fr, err = parseFrame(f.head[:], f.v, int(f.k), p.length(f.k), len(f.header.Bases)); err != nil {
		return fr, false, err
	}
	if fr.encoding == encoded && (f.codecs[f.v] == nil || f.k < p.fronts()) {
		return fr, false, fmt.Errorf("%w: chunk %d of variable %q is encoded, but has no codec", ErrCorrupt, f.k, vars[f.v].Name)
	}
	if int64(fr.stored) > f.left {
		return fr, false, errShort
	}
	f.k++
	f.count++
	return fr, true, nil
}

// body reads the body of the frame in hand.
func (f *frames) body(b []byte) error {
	f.left -= int64(len(b))
	return f.in.full(b)
}

// end reads what comes after the last frame.
func (f *frames) end() (digest, error) {
	var want, found digest
	if f.left != digestLen {
		return found, fmt.Errorf("%w: %d bytes of the file belong to no variable", ErrCorrupt, f.left-digestLen)
	}
	f.sha.Sum(want[:0])
	if err := f.in.full(found[:]); err != nil {
		return found, err
	}
	if want != found {
		return found, errDigest
	}
	return found, nil
}

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
	async  bool
	done   chan struct{}
}

// verify checks and decodes the chunk.
func (c *chunk) verify(keep bool) {
	crc := crc32.Update(crc32.Checksum(c.head[:60], castagnoli), castagnoli, c.stored)
	if crc != le.Uint32(c.head[60:]) {
		c.err = c.corrupt("its checksum is wrong")
		return
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
	if len(c.out) != c.raw || sha256.Sum256(c.out) != c.sum {
		c.err = c.corrupt("its SHA-256 is not the one it was written with")
	}
}

func (c *chunk) corrupt(format string, args ...any) error {
	where := ""
	if c.from != "" {
		where = ", which is in the older file " + c.from
	}
	return fmt.Errorf("%w: chunk %d of variable %d%s: %s", ErrCorrupt, c.frame.chunk, c.frame.variable, where, fmt.Sprintf(format, args...))
}

// chunkReader reads a data file ahead: one goroutine reads, others verify and decode.
type chunkReader struct {
	*frames
	store  store.Store
	name   string // of the file, in the store
	keep   bool   // every chunk has memory of its own
	serial bool   // it is read and verified when it is asked for
	bases  []*baseReader
	queue  chan *chunk // in order; closed at the end
	work   chan *chunk
	free   chan *chunk
	quit   chan struct{}
	ended  chan struct{}
	digest digest // after the end
	last   *chunk // shown by next
	rest   []byte // what full has not used of it
}

// openChunks begins to read a data file. Each chunk's memory is the caller's if keep is set,
// else it is used again for a later one.
func openChunks(ctx context.Context, s store.Store, d *dataFile, keep bool) (*chunkReader, error) {
	f, err := openFrames(ctx, d)
	if err != nil {
		return nil, err
	}
	workers := min(runtime.GOMAXPROCS(0), 4)
	r := &chunkReader{
		frames: f, store: s, name: d.name, keep: keep, bases: make([]*baseReader, len(f.header.Bases)),
		queue: make(chan *chunk, 2*workers), work: make(chan *chunk, 2*workers), free: make(chan *chunk, 2*workers+4),
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

// verifyAll is a goroutine that verifies chunks.
func (r *chunkReader) verifyAll() {
	for c := range r.work {
		c.verify(r.keep)
		c.done <- struct{}{}
	}
}

// run reads the file and hands its chunks out.
func (r *chunkReader) run(workers int) {
	defer close(r.ended)
	defer close(r.queue)
	defer close(r.work)
	for {
		c, ok, err := r.read()
		if err != nil {
			c = &chunk{err: err}
		} else if !ok {
			return
		}
		if c.async = err == nil && len(c.stored) >= inline; c.async {
			if workers > 0 {
				workers--
				go r.verifyAll()
			}
			r.work <- c
		} else if err == nil {
			c.verify(r.keep)
		}
		select {
		case r.queue <- c:
		case <-r.quit:
			if c.async {
				<-c.done
			}
			return
		}
		if err != nil {
			return
		}
	}
}

// read reads one chunk; ok is false at the end of a sound file.
func (r *chunkReader) read() (c *chunk, ok bool, err error) {
	f, ok, err := r.next()
	if err != nil {
		return nil, false, err
	}
	if !ok {
		r.digest, err = r.end()
		return nil, false, err
	}
	select {
	case c = <-r.free:
	default:
		c = &chunk{done: make(chan struct{}, 1)}
	}
	c.frame, c.head, c.sum, c.raw, c.enc, c.from, c.err = f, r.head, f.sum, int(f.raw), f.encoding, "", nil
	c.codec, c.form = r.codecs[f.variable], r.forms[f.variable]
	if f.encoding == elsewhere {
		crc := crc32.Checksum(c.head[:60], castagnoli)
		if crc != f.crc {
			return nil, false, c.corrupt("its checksum is wrong")
		}
		return c, true, r.fetch(c)
	}
	c.stored = room(c.stored, int(f.stored))
	return c, true, r.body(c.stored)
}

// room returns n bytes, those of b if there are as many.
func room(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// nextChunk shows the next chunk, nil after the last. Unless keep is set it is valid until the
// next call.
func (r *chunkReader) nextChunk() ([]byte, error) {
	if r.last != nil {
		r.recycle(r.last)
		r.last = nil
	}
	c, ok, err := r.ahead()
	if err != nil || !ok {
		return nil, err
	}
	r.last = c
	return c.out, c.err
}

// ahead returns the next chunk, verified; ok is false after the last.
func (r *chunkReader) ahead() (c *chunk, ok bool, err error) {
	if r.serial {
		if c, ok, err = r.read(); err == nil && ok {
			c.verify(r.keep)
		}
		return c, ok, err
	}
	if c, ok = <-r.queue; ok && c.async {
		<-c.done
	}
	return c, ok, nil
}

func (r *chunkReader) recycle(c *chunk) {
	if r.keep {
		c.out = nil
	}
	select {
	case r.free <- c:
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
	for c := range r.queue {
		if c.async {
			<-c.done
		}
	}
	<-r.ended
	for _, b := range r.bases {
		if b != nil {
			b.close()
		}
	}
}

// baseReader reads an older file as a stream, for its bodies that a newer one refers to.
type baseReader struct {
	*frames
	file   *dataFile
	frame  frame  // the last one read
	stored []byte // its body
}

// fetch reads the body of a chunk that is in an older file.
func (r *chunkReader) fetch(c *chunk) error {
	n := c.frame.place.base
	ref := r.header.Bases[n]
	if r.bases[n] == nil {
		b, err := r.openBase(ref)
		if err != nil {
			return err
		}
		r.bases[n] = b
	}
	c.from = ref.Name
	if err := r.bases[n].fetch(c); err != nil {
		return fmt.Errorf("the older file %s: %w", ref.Name, err)
	}
	return nil
}

func (r *chunkReader) openBase(ref fileRef) (*baseReader, error) {
	name := beside(r.name, ref.Name)
	if name == r.name {
		return nil, fmt.Errorf("%w: it refers to itself", ErrCorrupt)
	}
	d, err := getData(r.in.ctx, r.store, name, ref)
	if err != nil {
		return nil, fmt.Errorf("the older file %s: %w", ref.Name, err)
	}
	f, err := openFrames(r.in.ctx, d)
	if err == nil && f.header.Seq >= r.header.Seq {
		err = fmt.Errorf("%w: it was saved as number %d, not before number %d", ErrCorrupt, f.header.Seq, r.header.Seq)
	}
	if err != nil {
		return nil, fmt.Errorf("the older file %s: %w", ref.Name, errors.Join(err, d.r.Close()))
	}
	return &baseReader{frames: f, file: d}, nil
}

func (b *baseReader) close() { b.file.r.Close() }

// fetch goes forward to the chunk's frame and reads its body.
func (b *baseReader) fetch(c *chunk) error {
	want := c.frame.place.frame
	if want+1 < b.count {
		return fmt.Errorf("%w: its frames are not referred to in ascending order", ErrCorrupt)
	}
	for b.count <= want {
		f, ok, err := b.next()
		switch {
		case err != nil:
			return err
		case !ok:
			return fmt.Errorf("%w: it has %d frames, number %d is referred to", ErrCorrupt, b.count, want)
		}
		b.frame = f
		b.stored = room(b.stored, int(f.stored))
		if err := b.body(b.stored); err != nil {
			return err
		}
	}
	if b.frame.encoding == elsewhere || b.frame.sum != c.sum || b.frame.raw != c.frame.raw {
		return fmt.Errorf("%w: its frame %d is not what is referred to", ErrCorrupt, want)
	}
	c.head, c.enc = b.head, b.frame.encoding
	c.codec, c.form = b.codecs[b.frame.variable], b.forms[b.frame.variable]
	c.stored = append(c.stored[:0], b.stored...)
	return nil
}
