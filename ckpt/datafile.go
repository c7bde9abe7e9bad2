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
)

// dataFile is an open data file.
type dataFile struct {
	name string
	r    io.ReadCloser
	size int64
	// staged reads the file, if it is kept in memory as a whole.
	staged *staging
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
	stored uint32         // bytes of its body
	staged *staging       // the file, if it is read as a whole
}

// openFrames reads a data file up to its first frame.
func openFrames(ctx context.Context, d *dataFile) (*frames, error) {
	f := &frames{in: input{ctx, bufio.NewReaderSize(d.r, 64<<10)}, sha: sha256.New(), left: d.size}
	if d.staged != nil {
		f.in.r, f.staged = d.staged, d.staged
	}
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
	f.stored = fr.stored
	return fr, true, nil
}

// body reads the body of the frame in hand: into b if that is large enough, else into other
// memory.
func (f *frames) body(b []byte) ([]byte, error) {
	n := int(f.stored)
	f.left -= int64(n)
	if f.staged != nil {
		return f.staged.take(n)
	}
	b = room(b, n)
	return b, f.in.full(b)
}

// room returns n bytes, those of b if there are as many.
func room(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
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

// baseReader reads an older file as a stream, for its bodies that a newer one refers to.
type baseReader struct {
	*frames
	file  *dataFile
	frame frame  // the last one read
	held  []byte // its body
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
		if b.held, err = b.body(b.held); err != nil {
			return err
		}
	}
	if b.frame.encoding == elsewhere || b.frame.sum != c.sum || b.frame.raw != c.frame.raw {
		return fmt.Errorf("%w: its frame %d is not what is referred to", ErrCorrupt, want)
	}
	c.head, c.enc = b.head, b.frame.encoding
	c.codec, c.form = b.codecs[b.frame.variable], b.forms[b.frame.variable]
	c.stored = append(c.stored[:0], b.held...)
	return nil
}
