package ckpt

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

// Quarantine is the folder of a store that invalid checkpoints are moved to. [Find]
// does not look into it.
const Quarantine = "quarantine"

// Found is a blob of a store that is a checkpoint by its name. Its content was not
// read yet.
type Found struct {
	Name string // of the blob
	Run  string // Options.Name of the run; empty if the name is not one that a run makes
	Seq  uint64 // number of the save
	Step int    // step before which the state was saved
	Size int64  // bytes of all its files
	// Data are its files beside Name, which is the one that was written last. To remove the
	// checkpoint remove Name first.
	Data []string
}

// Find lists the checkpoints of all runs in a store: the runs in order of their names,
// of each the newest checkpoint first. Blobs that end in .ckpt and have another name
// than a run would give them come last; no restore finds those. It reads no blob.
func Find(ctx context.Context, s store.Store) ([]Found, error) {
	tellUnits(s)
	infos, err := s.List(ctx, "")
	if err != nil {
		return nil, err
	}
	var out []Found
	data := make(map[string][]store.Info) // by the name of the manifest
	for _, info := range infos {
		if strings.HasPrefix(info.Name, Quarantine+"/") {
			continue
		}
		if name, _, ok := splitDataName(info.Name); ok {
			data[name] = append(data[name], info)
		} else if strings.HasSuffix(info.Name, suffix) {
			out = append(out, found(info))
		}
	}
	for i := range out {
		for _, info := range data[out[i].Name] {
			out[i].Data = append(out[i].Data, info.Name)
			out[i].Size += info.Size
		}
	}
	slices.SortFunc(out, func(a, b Found) int {
		switch {
		case a.Run != b.Run && (a.Run == "" || b.Run == ""):
			return strings.Compare(b.Run, a.Run)
		case a.Run != b.Run:
			return strings.Compare(a.Run, b.Run)
		case a.Seq != b.Seq:
			if a.Seq > b.Seq {
				return -1
			}
			return 1
		}
		return strings.Compare(b.Name, a.Name)
	})
	return out, nil
}

// found reads the name of a blob, which ends in suffix.
func found(info store.Info) Found {
	f := Found{Name: info.Name, Size: info.Size}
	front, stepText, ok := cutLast(strings.TrimSuffix(info.Name, suffix), stepMark)
	run, seqText, ok2 := cutLast(front, "-")
	seq, err1 := strconv.ParseUint(seqText, 10, 63)
	step, err2 := strconv.ParseInt(stepText, 10, strconv.IntSize)
	if ok && ok2 && run != "" && err1 == nil && err2 == nil && blobName(run, seq, int(step)) == info.Name {
		f.Run, f.Seq, f.Step = run, seq, int(step)
	}
	return f
}

// cutLast cuts s around the last sep.
func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// Contents is what a checkpoint holds.
type Contents struct {
	Format    int // version of the file format
	Seq       uint64
	Step      int
	Time      time.Time // when it was saved
	Size      int64     // bytes of all its files
	Ranks     int       // processes that have saved it together
	Host      string    // where rank 0 ran; empty if it is not known
	Program   string    // what the build of rank 0 knew of itself; empty if it is not known
	Schema    int       // Options.Schema of the program
	Bases     []string  // files of older checkpoints that hold parts of this one
	Variables []Variable
}

// Variable describes one variable of a checkpoint.
type Variable struct {
	Name     string
	Rank     int            // of the process that saved it
	Codec    string         // of the payload; empty if it is stored as it is
	Bound    float64        // how far each number may be from what it was; 0 if it is exact
	Type     string         // its Go type, with named types replaced by what they stand for
	Shape    []int          // length of each dimension; empty for a scalar, nil for a ragged variable
	Elements int            // booleans, numbers and strings in it, stored or not
	Stored   int            // those that the file holds
	Mask     *scrutiny.Mask // which those are; nil if all
	Bytes    int64          // of the payload
	// Kind is that of all elements, or reflect.Invalid if they differ or there are none.
	Kind Kind

	keep   *keepSet
	tree   *typ
	layout [sha256.Size]byte // digest of the lengths of its slices
}

// Block is a stretch of stored elements of one kind.
type Block struct {
	From  int  // number of the first element
	Count int  // number of elements; 1 for a string
	Kind  Kind // of each
	// Data are the elements as in the file: little-endian, Kind.Size bytes each; of a
	// string its bytes. It is valid until the call returns.
	Data []byte
}

// Sink is shown the stored elements of a variable, in order.
type Sink interface {
	Block(b Block) error
}

// Tree is a [Sink] that is shown how the elements are nested, too. Every block then has
// one element.
type Tree interface {
	Sink
	// Begin opens an array or slice (fields is nil) or a struct with so many parts. The
	// count is what the file claims, and not yet known to be true.
	Begin(count int, fields []string) error
	// Missing stands for an element that is not stored.
	Missing() error
	// End closes what Begin has opened.
	End() error
}

// Scan reads a checkpoint from the first to the last byte without the program that
// made it, and verifies it: checksums, lengths, types. Visit is called for each
// variable and returns who shall be shown the elements; it may be nil and may return
// nil. What was shown counts only if Scan returns no error: the last checksum is at the
// end of the file. The memory used does not grow with the payload.
//
// Errors match [ErrCorrupt], [ErrVersion] or [ErrTooLarge], or are those of the store,
// of ctx, or of a sink.
func Scan(ctx context.Context, s store.Store, name string, visit func(v *Variable) Sink) (*Contents, error) {
	r, size, err := s.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	c, err := scan(ctx, s, name, r, size, freeVisits, visit)
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	return c, nil
}

// Check is [Scan] of a blob that Find has listed, without a look at its elements. That
// its name does not agree with its content is an error that matches [ErrCorrupt], too.
func (f Found) Check(ctx context.Context, s store.Store) (*Contents, error) {
	return f.Scan(ctx, s, nil)
}

// Scan is the function [Scan] with a check of the name against the content.
func (f Found) Scan(ctx context.Context, s store.Store, visit func(v *Variable) Sink) (*Contents, error) {
	c, err := Scan(ctx, s, f.Name, visit)
	switch {
	case err != nil:
		return nil, err
	case f.Run == "":
		return nil, fmt.Errorf("%w: its name is not one of a run, so no restore finds it: it is number %d of step %d, so rename it to %s", ErrCorrupt, c.Seq, c.Step, blobName("run", c.Seq, c.Step))
	case f.Seq != c.Seq || f.Step != c.Step:
		return nil, fmt.Errorf("%w: it was saved as number %d of step %d and its name was changed: rename it to %s", ErrCorrupt, c.Seq, c.Step, blobName(f.Run, c.Seq, c.Step))
	}
	return c, nil
}

// The limits of Scan. They are far above what a program saves.
const (
	maxRecordIndex int64 = 1 << 31 // bytes in memory of the masks and layouts of a file
	maskFactor           = 24      // bytes in memory for a byte of a mask's text, at most
	maxString            = 1 << 30 // bytes of one string
	freeVisits           = 1 << 28 // parts that take no byte of the file
	dear                 = 64      // as how many such parts one counts that a Tree is shown
)

// scan reads a checkpoint, given its first file of size bytes. It visits at most so many
// parts one by one that take no byte of it.
func scan(ctx context.Context, s store.Store, name string, r io.Reader, size, visits int64, visit func(v *Variable) Sink) (*Contents, error) {
	in := &stream{input: input{ctx, bufio.NewReaderSize(r, 64<<10)}, sha: sha256.New()}
	pre, v, err := readPreamble(in, size)
	if err != nil {
		return nil, err
	}
	w := &walker{visits: visits, index: maxRecordIndex, buf: make([]byte, 256<<10)}
	if v == 1 {
		return w.scan1(in, pre, size, visit)
	}
	m, err := readManifest(in.input, pre, size)
	if err != nil {
		return nil, err
	}
	c := &Contents{Format: version, Seq: m.Seq, Step: m.Step, Time: m.Time, Size: size, Ranks: len(m.Files)}
	for _, ref := range m.Bases {
		c.Bases = append(c.Bases, beside(name, ref.Name))
	}
	for rank := range m.Files {
		if err := w.scanData(ctx, s, name, m, rank, c, visit); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// scanData reads the data file of a rank.
func (w *walker) scanData(ctx context.Context, s store.Store, name string, m *manifest, rank int, c *Contents, visit func(v *Variable) Sink) error {
	at, ref, err := m.file(name, rank)
	if err != nil {
		return err
	}
	d, err := getData(ctx, s, at, ref)
	if err != nil {
		return err
	}
	if err := errors.Join(w.data(ctx, s, d, m, rank, c, visit), d.r.Close()); err != nil {
		return dataError(d, err)
	}
	c.Size += d.size
	return nil
}

func (w *walker) data(ctx context.Context, s store.Store, d *dataFile, m *manifest, rank int, c *Contents, visit func(v *Variable) Sink) error {
	r, err := openChunks(ctx, s, d, false)
	if err != nil {
		return err
	}
	defer r.stop()
	if rank == 0 {
		c.Host, c.Program, c.Schema = r.header.Host, r.header.Program, r.header.Schema
	}
	w.in = r
	for _, vh := range r.header.Variables {
		v, err := w.record(vh, rank, visit)
		if err != nil {
			return err
		}
		c.Variables = append(c.Variables, *v)
	}
	found, err := r.finish()
	if err == nil {
		err = m.agrees(r.header, rank, found)
	}
	return err
}

// scan1 reads the rest of a checkpoint of version 1 after its preamble.
func (w *walker) scan1(in *stream, pre []byte, size int64, visit func(v *Variable) Sink) (*Contents, error) {
	h, err := readHeader1(in, pre, size)
	if err != nil {
		return nil, err
	}
	c := &Contents{Format: 1, Seq: h.Seq, Step: h.Step, Time: h.Time, Size: size, Ranks: 1}
	w.in = in
	for _, vh := range h.Variables {
		in.crc = 0
		v, err := w.record(vh, 0, visit)
		if err != nil {
			return nil, err
		}
		c.Variables = append(c.Variables, *v)
		want := in.crc
		sum := make([]byte, crcLen)
		if err := in.full(sum); err != nil {
			return nil, err
		}
		if le.Uint32(sum) != want {
			return nil, fmt.Errorf("%w: the checksum of its record of %q is wrong", ErrCorrupt, vh.Name)
		}
	}
	want := in.sha.Sum(nil)
	last := make([]byte, digestLen)
	if err := in.full(last); err != nil {
		return nil, err
	}
	if !bytes.Equal(last, want) {
		return nil, errDigest
	}
	return c, nil
}

// stream reads and computes the SHA-256 of all, and a crc32c that can be restarted.
type stream struct {
	input
	sha hash.Hash
	crc uint32
}

// full implements source.
func (s *stream) full(b []byte) error {
	if err := s.input.full(b); err != nil {
		return err
	}
	s.sha.Write(b)
	s.crc = crc32.Update(s.crc, castagnoli, b)
	return nil
}
