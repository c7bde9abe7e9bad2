package ckpt

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"runtime"
)

// chunker writes data files: it cuts records into chunks and has their checksums computed,
// and their payloads encoded, by several goroutines while it writes those that are ready, in
// order. Chunks go through it in batches, which are hashed together. It is kept from save to
// save, with its buffers.
type chunker struct {
	chunk   int // bytes of a chunk; if zero codecLen where there are codecs, else chunkLen
	workers int // goroutines beside the writer; as many as there are processors, at most 4, if zero

	// reuse, if it is not nil, finds chunks in the bases of the header by their SHA-256.
	reuse map[digest]place
	// before is the chunks of the last file, if what the image says is unchanged is so since
	// then. Those need not be read.
	before []knownChunk
	unread int64 // bytes of them
	opened int   // chunks of this file that were begun

	out    *bufio.Writer
	sha    hash.Hash // of all but bodies
	digest digest    // its result
	n      int64     // bytes written
	text   []byte    // preamble and header
	table  []knownChunk
	latest [maxBases]uint32 // greatest frame referred to in each base

	state *image
	// Of the record in hand.
	image    *imageVar
	variable int
	parts    parts
	next     int64  // number of the next chunk
	length   int    // of whole chunks of this file
	cur      *job   // being filled, or nil
	batch    *batch // that cur belongs to, and that has room for more

	free    []*batch
	ahead   []*batch // submitted and not written, in order; a ring
	first   int      // index in ahead of the oldest
	flying  int      // number of batches in ahead
	work    chan *batch
	loop    func()
	running int // workers
}

// inline is the size of batches that are not worth a goroutine.
const inline = 64 << 10

var errChanged = errors.New("a protected variable changed while it was saved; save between steps only")

// write writes a data file and returns its length and digest.
func (c *chunker) write(w io.Writer, h *dataHeader, im *image) (n int64, d digest, err error) {
	c.state, c.length = im, c.chunk
	if c.length == 0 {
		c.length = im.chunk()
	}
	if err := c.begin(w, h); err != nil {
		return 0, d, err
	}
	for i := range im.vars {
		if err = c.record(i, &im.vars[i]); err != nil {
			break
		}
	}
	if err = errors.Join(err, c.drain(err != nil)); err != nil {
		return 0, d, err
	}
	c.sha.Sum(c.digest[:0])
	_, err = c.out.Write(c.digest[:])
	c.n += digestLen
	if err == nil {
		err = c.out.Flush()
	}
	return c.n, c.digest, err
}

func (c *chunker) begin(w io.Writer, h *dataHeader) (err error) {
	if c.out == nil {
		c.prepare()
	}
	c.out.Reset(w)
	c.sha.Reset()
	c.n, c.table, c.latest = 0, c.table[:0], [maxBases]uint32{}
	c.unread, c.opened = 0, 0
	b := append(c.text[:0], make([]byte, dataPreLen)...)
	if b, err = h.append(b); err != nil {
		return err
	}
	text := b[dataPreLen:]
	copy(b, magicData)
	le.PutUint32(b[8:], version)
	le.PutUint32(b[12:], uint32(len(text)))
	le.PutUint32(b[16:], uint32(c.length))
	le.PutUint32(b[20:], crc32.Checksum(b[:20], castagnoli))
	b = le.AppendUint32(b, crc32.Checksum(text, castagnoli))
	c.text = b
	return c.bytes(b)
}

// prepare makes what is used again by every save.
func (c *chunker) prepare() {
	if c.workers == 0 {
		c.workers = min(runtime.GOMAXPROCS(0), 4)
	}
	c.out = bufio.NewWriterSize(io.Discard, 64<<10)
	c.sha = sha256.New()
	batches := 2*c.workers + 1
	c.ahead = make([]*batch, batches)
	for range batches {
		c.free = append(c.free, newBatch())
	}
	c.work = make(chan *batch, batches)
	c.loop = func() {
		for b := range c.work {
			if b == nil {
				return
			}
			b.process()
			b.done <- struct{}{}
		}
	}
}

// bytes writes bytes that count for the digest.
func (c *chunker) bytes(b []byte) error {
	c.sha.Write(b)
	c.n += int64(len(b))
	_, err := c.out.Write(b)
	return err
}

// record writes the record of a variable.
func (c *chunker) record(number int, v *imageVar) error {
	c.image, c.variable, c.parts, c.next = v, number, v.head.parts(c.length), 0
	if _, err := c.WriteString(v.mask); err != nil {
		return err
	}
	if _, err := c.Write(v.layout); err != nil {
		return err
	}
	if c.next != c.parts.fronts() {
		return fmt.Errorf("variable %q: %w", v.head.Name, errChanged)
	}
	if err := v.payload.emit(c); err != nil {
		return err
	}
	if c.cur != nil || c.next != c.parts.chunks() {
		return fmt.Errorf("variable %q: fewer bytes were written than counted: %w", v.head.Name, errChanged)
	}
	return nil
}

// Write adds bytes to the record. They are copied.
func (c *chunker) Write(b []byte) (int, error) {
	for done := 0; done < len(b); {
		j, err := c.open()
		if err != nil {
			return done, err
		}
		n := copy(j.room(), b[done:])
		done += n
		if err := c.filled(j, n); err != nil {
			return done, err
		}
	}
	return len(b), nil
}

// WriteString is Write for a string.
func (c *chunker) WriteString(s string) (int, error) {
	for done := 0; done < len(s); {
		j, err := c.open()
		if err != nil {
			return done, err
		}
		n := copy(j.room(), s[done:])
		done += n
		if err := c.filled(j, n); err != nil {
			return done, err
		}
	}
	return len(s), nil
}

// keep adds bytes that do not change before the save has ended. Whole chunks of them are
// not copied.
func (c *chunker) keep(b []byte, origin uintptr) error {
	for len(b) > 0 {
		j, err := c.open()
		if err != nil {
			return err
		}
		n := int(j.frame.raw)
		if len(j.body) > 0 || len(b) < n {
			n = copy(j.room(), b)
			err = c.filled(j, n)
		} else {
			j.body, j.origin = b[:n:n], origin
			c.recall(j)
			c.submit()
		}
		if err != nil {
			return err
		}
		b = b[n:]
		if origin != 0 {
			origin += uintptr(n)
		}
	}
	return nil
}

// fill adds n bytes from frozen memory. Whole chunks of them are read by those who compute
// their checksums.
func (c *chunker) fill(n int, from reader, addr uintptr) error {
	for n > 0 {
		j, err := c.open()
		if err != nil {
			return err
		}
		to := j.room()
		k := min(n, len(to))
		if k == int(j.frame.raw) {
			j.body, j.from, j.addr, j.origin = to, from, addr, addr
			c.recall(j)
			c.submit()
		} else if err = from.Read(to[:k], addr); err == nil {
			err = c.filled(j, k)
		}
		if err != nil {
			return err
		}
		n, addr = n-k, addr+uintptr(k)
	}
	return nil
}

// recall finds out whether a chunk is the same memory as that of its number in the last file, and
// has not been written to since. Then its SHA-256 is known.
func (c *chunker) recall(j *job) {
	i := c.opened - 1
	if j.origin == 0 || i >= len(c.before) || c.reuse == nil {
		return
	}
	if k := &c.before[i]; k.origin == j.origin && k.raw == j.frame.raw && c.state.unchanged.has(j.origin, int(k.raw)) {
		j.known, j.frame.sum = true, k.sum
		c.unread += int64(k.raw)
	}
}

// open returns the chunk that is being filled, a new one if there is none.
func (c *chunker) open() (*job, error) {
	if c.cur != nil {
		return c.cur, nil
	}
	if c.next >= c.parts.chunks() {
		return nil, fmt.Errorf("variable %q: more bytes were written than counted: %w", c.image.head.Name, errChanged)
	}
	if c.batch == nil {
		for len(c.free) == 0 {
			if err := c.writeOldest(); err != nil {
				return nil, err
			}
		}
		c.batch = c.free[len(c.free)-1]
		c.free = c.free[:len(c.free)-1]
		c.batch.n, c.batch.bytes = 0, 0
	}
	j := &c.batch.jobs[c.batch.n]
	c.cur = j
	j.frame = frame{variable: uint32(c.variable), chunk: uint32(c.next), raw: uint32(c.parts.length(c.next))}
	j.body, j.out, j.codec, j.err, j.reuse, j.from = nil, nil, nil, nil, c.reuse, nil
	j.origin, j.known = 0, false
	if c.next >= c.parts.fronts() {
		j.codec, j.form = c.image.codec, c.image.form
	}
	c.next++
	c.opened++
	return j, nil
}

// room returns the free part of the chunk's buffer.
func (j *job) room() []byte {
	if len(j.body) == 0 {
		if cap(j.buf) < int(j.frame.raw) {
			j.buf = make([]byte, j.frame.raw)
		}
		j.body = j.buf[:0]
	}
	return j.buf[len(j.body):j.frame.raw]
}

// filled counts n more bytes in the chunk's buffer, and submits it if it is full.
func (c *chunker) filled(j *job, n int) error {
	j.body = j.buf[:len(j.body)+n]
	if len(j.body) < int(j.frame.raw) {
		return nil
	}
	c.submit()
	return nil
}

// submit counts a full chunk, and has its batch processed if that is full.
func (c *chunker) submit() {
	b := c.batch
	b.bytes += len(c.cur.body)
	b.n++
	c.cur = nil
	if b.full() {
		c.send()
	}
}

// send has the batch processed; its chunks will be written after those before them.
func (c *chunker) send() {
	b := c.batch
	c.batch = nil
	if b.async = b.bytes >= inline && c.workers > 1; b.async {
		if c.running < c.workers {
			c.running++
			go c.loop()
		}
		c.work <- b
	} else {
		b.process()
	}
	c.ahead[(c.first+c.flying)%len(c.ahead)] = b
	c.flying++
}

// writeOldest writes the oldest batch that is not written yet.
func (c *chunker) writeOldest() error {
	b := c.oldest()
	for i := range b.n {
		if err := c.writeChunk(&b.jobs[i]); err != nil {
			return err
		}
	}
	return nil
}

func (c *chunker) writeChunk(j *job) error {
	if j.err != nil {
		return j.err
	}
	if at, ok := c.elsewhere(j); ok {
		j.frame.encoding, j.frame.place, j.out = elsewhere, at, nil
		j.frame.stored = 0
		j.frame.put(j.head[:])
	} else if j.out == nil {
		if j.again(); j.err != nil {
			return j.err
		}
	}
	at := len(c.table)
	c.table = append(c.table, knownChunk{place{here, uint32(at)}, j.frame.sum, j.origin, j.frame.raw})
	if j.frame.encoding == elsewhere {
		c.table[at].place = j.frame.place
	}
	if err := c.bytes(j.head[:]); err != nil {
		return err
	}
	c.n += int64(len(j.out))
	_, err := c.out.Write(j.out)
	return err
}

// here is the base, in the table of a chunker, of chunks that the file has itself.
const here = maxBases

// elsewhere returns where an older file has the chunk, if the file may refer to that.
func (c *chunker) elsewhere(j *job) (place, bool) {
	at, ok := j.reuse[j.frame.sum]
	if !ok || at.base >= maxBases || at.frame < c.latest[at.base] {
		return at, false
	}
	c.latest[at.base] = at.frame
	return at, true
}

// oldest takes the oldest batch out of the ring when it is done, and sets it free.
func (c *chunker) oldest() *batch {
	b := c.ahead[c.first]
	c.first = (c.first + 1) % len(c.ahead)
	c.flying--
	if b.async {
		<-b.done
	}
	c.free = append(c.free, b)
	return b
}

// drain writes what is left, or drops it after a failure, and ends the workers.
func (c *chunker) drain(failed bool) (err error) {
	if c.batch != nil && !failed {
		c.send()
	}
	for c.flying > 0 {
		if failed || err != nil {
			c.oldest()
		} else {
			err = c.writeOldest()
		}
	}
	if c.batch != nil {
		c.free = append(c.free, c.batch)
		c.batch, c.cur = nil, nil
	}
	for ; c.running > 0; c.running-- {
		c.work <- nil
	}
	for _, b := range c.free {
		b.forget()
	}
	c.state = nil
	return err
}
