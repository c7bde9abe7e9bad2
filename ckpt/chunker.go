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
// order. It is kept from save to save, with its buffers.
type chunker struct {
	chunk   int // bytes of a chunk, chunkLen if zero
	workers int // goroutines beside the writer; as many as there are processors, at most 4, if zero

	// reuse, if it is not nil, finds chunks in the bases of the header by their SHA-256.
	reuse map[digest]place

	out    *bufio.Writer
	sha    hash.Hash // of all but bodies
	digest digest    // its result
	n      int64     // bytes written
	text   []byte    // preamble and header
	table  []knownChunk
	latest [maxBases]uint32 // greatest frame referred to in each base

	// Of the record in hand.
	image    *imageVar
	variable int
	parts    parts
	next     int64 // number of the next chunk
	cur      *job  // being filled, or nil

	free    []*job
	ahead   []*job // submitted and not written, in order; a ring
	first   int    // index in ahead of the oldest
	flying  int    // number of jobs in ahead
	work    chan *job
	loop    func()
	running int // workers
}

// job is one chunk on its way.
type job struct {
	frame frame
	body  []byte // the bytes of the chunk, decoded
	buf   []byte // holds body if it had to be copied
	out   []byte // the stored bytes
	enc   []byte // holds out if it was encoded
	dec   []byte // the chunk as it comes back, if that is not exact
	head  [frameLen]byte
	codec Codec
	form  Form
	from  reader  // of body, if it is still to be read
	addr  uintptr // where it reads
	reuse map[digest]place
	err   error
	async bool
	done  chan struct{}
}

// inline is the size of chunks that are not worth a goroutine.
const inline = 64 << 10

var errChanged = errors.New("a protected variable changed while it was saved; save between steps only")

// write writes a data file and returns its length and digest.
func (c *chunker) write(w io.Writer, h *dataHeader, im *image) (n int64, d digest, err error) {
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
	b := append(c.text[:0], make([]byte, dataPreLen)...)
	if b, err = h.append(b); err != nil {
		return err
	}
	text := b[dataPreLen:]
	copy(b, magicData)
	le.PutUint32(b[8:], version)
	le.PutUint32(b[12:], uint32(len(text)))
	le.PutUint32(b[16:], uint32(c.chunk))
	le.PutUint32(b[20:], crc32.Checksum(b[:20], castagnoli))
	b = le.AppendUint32(b, crc32.Checksum(text, castagnoli))
	c.text = b
	return c.bytes(b)
}

// prepare makes what is used again by every save.
func (c *chunker) prepare() {
	if c.chunk == 0 {
		c.chunk = chunkLen
	}
	if c.workers == 0 {
		c.workers = min(runtime.GOMAXPROCS(0), 4)
	}
	c.out = bufio.NewWriterSize(io.Discard, 64<<10)
	c.sha = sha256.New()
	jobs := 2*c.workers + 1
	c.ahead = make([]*job, jobs)
	for range jobs {
		c.free = append(c.free, &job{done: make(chan struct{}, 1)})
	}
	c.work = make(chan *job, jobs)
	c.loop = func() {
		for j := range c.work {
			if j == nil {
				return
			}
			j.process()
			j.done <- struct{}{}
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
	c.image, c.variable, c.parts, c.next = v, number, v.head.parts(c.chunk), 0
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
func (c *chunker) keep(b []byte) error {
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
			j.body = b[:n:n]
			err = c.submit(j)
		}
		if err != nil {
			return err
		}
		b = b[n:]
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
			j.body, j.from, j.addr = to, from, addr
			err = c.submit(j)
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

// open returns the chunk that is being filled, a new one if there is none.
func (c *chunker) open() (*job, error) {
	if c.cur != nil {
		return c.cur, nil
	}
	if c.next >= c.parts.chunks() {
		return nil, fmt.Errorf("variable %q: more bytes were written than counted: %w", c.image.head.Name, errChanged)
	}
	for len(c.free) == 0 {
		if err := c.writeOldest(); err != nil {
			return nil, err
		}
	}
	j := c.free[len(c.free)-1]
	c.free = c.free[:len(c.free)-1]
	c.cur = j
	j.frame = frame{variable: uint32(c.variable), chunk: uint32(c.next), raw: uint32(c.parts.length(c.next))}
	j.body, j.out, j.codec, j.err, j.async, j.reuse, j.from = nil, nil, nil, nil, false, c.reuse, nil
	if c.next >= c.parts.fronts() {
		j.codec, j.form = c.image.codec, c.image.form
	}
	c.next++
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
	return c.submit(j)
}

// submit has a full chunk processed; it will be written after those before it.
func (c *chunker) submit(j *job) error {
	c.cur = nil
	if j.async = len(j.body) >= inline && c.workers > 1; j.async {
		if c.running < c.workers {
			c.running++
			go c.loop()
		}
		c.work <- j
	} else {
		j.process()
	}
	c.ahead[(c.first+c.flying)%len(c.ahead)] = j
	c.flying++
	return nil
}

// writeOldest writes the oldest chunk that is not written yet.
func (c *chunker) writeOldest() error {
	j := c.oldest()
	if j.err != nil {
		return j.err
	}
	if at, ok := c.elsewhere(j); ok {
		j.frame.encoding, j.frame.place, j.out = elsewhere, at, nil
	} else if j.out == nil {
		j.encode()
		if j.err != nil {
			return j.err
		}
	}
	j.frame.stored = uint32(len(j.out))
	j.frame.put(j.head[:], j.out)
	at := len(c.table)
	c.table = append(c.table, knownChunk{place{here, uint32(at)}, j.frame.sum})
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

// oldest takes the oldest job out of the ring when it is done, and sets it free.
func (c *chunker) oldest() *job {
	j := c.ahead[c.first]
	c.first = (c.first + 1) % len(c.ahead)
	c.flying--
	if j.async {
		<-j.done
	}
	c.free = append(c.free, j)
	return j
}

// drain writes what is left, or drops it after a failure, and ends the workers.
func (c *chunker) drain(failed bool) (err error) {
	for c.flying > 0 {
		if failed || err != nil {
			c.oldest()
		} else {
			err = c.writeOldest()
		}
	}
	if c.cur != nil {
		c.free = append(c.free, c.cur)
		c.cur = nil
	}
	for ; c.running > 0; c.running-- {
		c.work <- nil
	}
	for _, j := range c.free {
		j.body, j.out, j.codec, j.reuse, j.from = nil, nil, nil, nil, nil // of the user
	}
	return err
}

// process computes what the chunk's frame needs.
func (j *job) process() {
	if j.from != nil {
		if j.err = j.from.Read(j.body, j.addr); j.err != nil {
			return
		}
	}
	j.frame.sum = sha256.Sum256(j.body)
	if _, ok := j.reuse[j.frame.sum]; ok {
		return // perhaps it need not be stored
	}
	j.encode()
	if j.err == nil && len(j.out) > 0 {
		j.frame.stored = uint32(len(j.out))
	}
}

// encode makes the stored bytes.
func (j *job) encode() {
	j.frame.encoding, j.out = plain, j.body
	if j.codec != nil {
		j.compress()
	}
}
