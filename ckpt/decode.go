package ckpt

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/cairn-ad/cairn/ckpt/interval"
	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

// source is what a file is read from. A file that ends too early is corrupt.
type source interface{ full(b []byte) error }

// grow reads n bytes into memory that grows with what has arrived.
func grow(in source, n int64) ([]byte, error) {
	var out []byte
	for n > 0 {
		part := int(min(n, max(piece, int64(len(out)))))
		at := len(out)
		out = slices.Grow(out, part)[:at+part]
		if err := in.full(out[at:]); err != nil {
			return nil, err
		}
		n -= int64(part)
	}
	return out, nil
}

// readPreamble reads what a manifest and a checkpoint of version 1 begin with, and returns
// its version.
func readPreamble(in source, size int64) (pre []byte, v uint32, err error) {
	if size < preambleLen+crcLen+digestLen {
		return nil, 0, fmt.Errorf("%w: it has %d bytes, fewer than an empty one", ErrCorrupt, size)
	}
	b := make([]byte, preambleLen)
	if err := in.full(b); err != nil {
		return nil, 0, err
	}
	switch {
	case string(b[:8]) != magic:
		return nil, 0, fmt.Errorf("%w: it does not begin like a checkpoint", ErrCorrupt)
	case le.Uint32(b[24:]) != crc32.Checksum(b[:24], castagnoli):
		return nil, 0, errPreamble
	}
	if v = le.Uint32(b[8:]); v == 0 || v > version {
		return nil, 0, fmt.Errorf("%w: it is of version %d, this program reads versions up to %d", ErrVersion, v, version)
	}
	return b, v, nil
}

// checkPreamble compares the lengths in a preamble with the file's, and returns that of the
// header.
func checkPreamble(pre []byte, size int64) (int64, error) {
	if le.Uint64(pre[16:]) != uint64(size) {
		return 0, fmt.Errorf("%w: it has %d bytes, it was written with %d", ErrCorrupt, size, le.Uint64(pre[16:]))
	}
	n := int64(le.Uint32(pre[12:]))
	if n > maxHeader || n > size-preambleLen-crcLen-digestLen {
		return 0, fmt.Errorf("%w: its header claims %d bytes", ErrCorrupt, n)
	}
	return n, nil
}

// record is a verified variable of a file, not yet matched with the program's.
type record struct {
	variableHeader
	keep    *keepSet
	layout  []byte
	payload [][]byte
	placed  bool // the elements are where they belong
}

// file is the verified state of one rank. Its memory is to be released.
type file struct {
	staged  *staging // has the payloads, if not nil
	costs   *interval.State
	seq     uint64
	step    int
	schema  int
	records []record
}

// decode reads a checkpoint, given its first file of size bytes, and verifies all of it that
// belongs to a rank. Errors match ErrCorrupt, ErrVersion, ErrCodec or ErrMismatch, or are
// those of the store. What it allocates is bounded by a multiple of what the store has.
func decode(ctx context.Context, s store.Store, name string, r io.Reader, size int64, rank int) (*file, error) {
	return decodeInto(ctx, s, name, r, size, rank, nil)
}

// decodeInto is decode, and puts elements of large files where they belong if into is not nil.
func decodeInto(ctx context.Context, s store.Store, name string, r io.Reader, size int64, rank int, into *placing) (*file, error) {
	in := input{ctx, r}
	pre, v, err := readPreamble(in, size)
	if err != nil {
		return nil, err
	}
	if v == 1 {
		return decode1(r, pre, size)
	}
	m, err := readManifest(in, pre, size)
	if err != nil {
		return nil, err
	}
	at, ref, err := m.file(name, rank)
	if err != nil {
		return nil, err
	}
	d, err := getData(ctx, s, at, ref)
	if err != nil {
		return nil, err
	}
	d.stage(ctx)
	f, err := decodeData(ctx, s, d, m, rank, into)
	d.staged.end()
	err = errors.Join(err, d.r.Close())
	if err != nil {
		into.undo()
		return nil, errors.Join(err, d.staged.release())
	}
	f.staged = d.staged
	return f, nil
}

// release gives back the memory of a file, of which nothing must be used any more.
func (f *file) release() error {
	if f == nil {
		return nil
	}
	return f.staged.release()
}

// decodeData reads the data file of a rank.
func decodeData(ctx context.Context, s store.Store, d *dataFile, m *manifest, rank int, into *placing) (*file, error) {
	r, err := openChunks(ctx, s, d, true)
	if err != nil {
		return nil, dataError(d, err)
	}
	defer r.stop()
	f := &file{costs: r.header.Costs, seq: r.header.Seq, step: r.header.Step, schema: r.header.Schema}
	for i := range r.header.Variables {
		rec, err := r.record(&r.header.Variables[i], into)
		if err != nil {
			return nil, dataError(d, err)
		}
		f.records = append(f.records, rec)
	}
	found, err := r.finish()
	if err == nil {
		err = m.agrees(r.header, rank, found)
	}
	if err != nil {
		return nil, dataError(d, err)
	}
	return f, nil
}

// agrees returns an error unless a data file is the one that the manifest names.
func (m *manifest) agrees(h *dataHeader, rank int, found digest) error {
	switch {
	case h.Seq != m.Seq || h.Step != m.Step:
		return fmt.Errorf("%w: it was saved as number %d of step %d, the manifest is number %d of step %d", ErrCorrupt, h.Seq, h.Step, m.Seq, m.Step)
	case h.Rank != rank || h.Ranks != len(m.Files):
		return fmt.Errorf("%w: it is of rank %d of %d, the manifest has it as rank %d of %d", ErrCorrupt, h.Rank, h.Ranks, rank, len(m.Files))
	case found != m.Files[rank].Digest:
		return fmt.Errorf("%w: it is not the file that the manifest was written for", ErrCorrupt)
	}
	for _, b := range h.Bases {
		if !slices.Contains(m.Bases, b) {
			return fmt.Errorf("%w: it refers to %s, which the manifest does not know", ErrCorrupt, b.Name)
		}
	}
	return nil
}

func dataError(d *dataFile, err error) error {
	return fmt.Errorf("data file %s: %w", d.name, err)
}

// record reads one record into memory that nobody else uses, and into its variable if that can
// be.
func (r *chunkReader) record(v *variableHeader, into *placing) (rec record, err error) {
	rec.variableHeader = *v
	p := v.parts(r.chunk)
	front, err := grow(r, p.front)
	if err != nil {
		return rec, err
	}
	rec.layout = front[v.MaskBytes:]
	if rec.keep, err = parseMask(*v, front[:v.MaskBytes]); err != nil {
		return rec, err
	}
	var to []byte
	if r.staged != nil {
		to = into.room(&rec)
	}
	rec.placed = to != nil
	for range p.chunks() - p.fronts() {
		b, err := r.nextChunk()
		if err != nil {
			return rec, err
		}
		if b == nil {
			return rec, errShort
		}
		if rec.placed {
			into.exchange(to[:len(b)], b)
			to = to[len(b):]
		}
		rec.payload = append(rec.payload, b)
	}
	return rec, nil
}

// parseMask returns the set of stored elements, nil for all.
func parseMask(v variableHeader, text []byte) (*keepSet, error) {
	if len(text) == 0 {
		return nil, nil
	}
	m, err := scrutiny.Parse(v.Name, "", []int{v.Elements}, string(text))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrCorrupt, err)
	}
	return keepOf(m), nil
}
