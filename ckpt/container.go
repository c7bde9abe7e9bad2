package ckpt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"time"

	"github.com/cairn-ad/cairn/ckpt/interval"

	"github.com/cairn-ad/cairn/scrutiny"
)

// The fixed sizes of the format; see the package documentation.
const (
	magic       = "\x89CKPT\r\n\x1a"
	version     = 1
	preambleLen = 28
	crcLen      = 4
	digestLen   = 32
	maxHeader   = 16 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// fileHeader is the header of a checkpoint.
type fileHeader struct {
	Seq       uint64           `json:"seq"`
	Step      int              `json:"step"`
	Time      time.Time        `json:"time"`
	Variables []variableHeader `json:"variables"`
	// Costs are what the loop had measured, if it is tuned.
	Costs *interval.State `json:"costs,omitempty"`
}

// variableHeader describes one variable and the parts of its record.
type variableHeader struct {
	Name         string `json:"name"`
	Type         string `json:"type"`
	Shape        []int  `json:"shape"`
	Elements     int    `json:"elements"`
	Order        string `json:"order"`
	MaskBytes    int64  `json:"mask_bytes"`
	LayoutBytes  int64  `json:"layout_bytes"`
	PayloadBytes int64  `json:"payload_bytes"`
}

// marshal returns the header's JSON and the length of the whole file.
func (h *fileHeader) marshal() ([]byte, int64, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return nil, 0, err
	}
	if len(text) > maxHeader {
		return nil, 0, fmt.Errorf("the header of %d variables has %d bytes; at most %d are allowed", len(h.Variables), len(text), maxHeader)
	}
	total := int64(preambleLen + len(text) + crcLen + digestLen)
	for _, v := range h.Variables {
		total += v.MaskBytes + v.LayoutBytes + v.PayloadBytes + crcLen
	}
	return text, total, nil
}

// record is a verified variable of a file, not yet matched with the program's.
type record struct {
	variableHeader
	keep    *keepSet
	layout  []byte
	payload []byte
}

// file is a verified checkpoint.
type file struct {
	costs   *interval.State
	seq     uint64
	step    int
	records []record
}

// decode reads a checkpoint of size bytes and verifies all of it. Errors match
// ErrCorrupt or ErrVersion, or are those of r. What it allocates is bounded by a
// small multiple of size.
func decode(r io.Reader, size int64) (*file, error) {
	in := newDigestReader(r)
	defer in.stop()
	h, err := readHeader(in, size)
	if err != nil {
		return nil, err
	}
	f := &file{costs: h.Costs, seq: h.Seq, step: h.Step}
	for _, v := range h.Variables {
		body, err := readChecked(in, v.MaskBytes+v.LayoutBytes+v.PayloadBytes, fmt.Sprintf("record of %q", v.Name))
		if err != nil {
			return nil, err
		}
		rec := record{variableHeader: v, layout: body[v.MaskBytes:][:v.LayoutBytes], payload: body[v.MaskBytes+v.LayoutBytes:]}
		if rec.keep, err = parseMask(v, body[:v.MaskBytes]); err != nil {
			return nil, err
		}
		f.records = append(f.records, rec)
	}
	want := in.digest()
	found := make([]byte, digestLen)
	if err := in.full(found); err != nil {
		return nil, err
	}
	if !bytes.Equal(found, want) {
		return nil, fmt.Errorf("%w: its SHA-256 is not the one it was written with", ErrCorrupt)
	}
	return f, nil
}

// source is what a file is read from. A file that ends too early is corrupt.
type source interface{ full(b []byte) error }

// readHeader reads all that comes before the records.
func readHeader(in source, size int64) (*fileHeader, error) {
	if size < preambleLen+crcLen+digestLen {
		return nil, fmt.Errorf("%w: it has %d bytes, fewer than an empty one", ErrCorrupt, size)
	}
	headerLen, err := readPreamble(in, size)
	if err != nil {
		return nil, err
	}
	text, err := readChecked(in, headerLen, "header")
	if err != nil {
		return nil, err
	}
	return parseHeader(text, size)
}

// readPreamble checks the fixed part and returns the length of the header.
func readPreamble(in source, size int64) (int64, error) {
	b := make([]byte, preambleLen)
	if err := in.full(b); err != nil {
		return 0, err
	}
	switch {
	case string(b[:8]) != magic:
		return 0, fmt.Errorf("%w: it does not begin like a checkpoint", ErrCorrupt)
	case le.Uint32(b[24:]) != crc32.Checksum(b[:24], castagnoli):
		return 0, fmt.Errorf("%w: the checksum of its preamble is wrong", ErrCorrupt)
	case le.Uint32(b[8:]) != version:
		return 0, fmt.Errorf("%w: it is of version %d, this program reads version %d", ErrVersion, le.Uint32(b[8:]), version)
	case le.Uint64(b[16:]) != uint64(size):
		return 0, fmt.Errorf("%w: it has %d bytes, it was written with %d", ErrCorrupt, size, le.Uint64(b[16:]))
	}
	n := int64(le.Uint32(b[12:]))
	if n > maxHeader || n > size-preambleLen-crcLen-digestLen {
		return 0, fmt.Errorf("%w: its header claims %d bytes", ErrCorrupt, n)
	}
	return n, nil
}

// readChecked reads n bytes and the crc32c after them.
func readChecked(in source, n int64, what string) ([]byte, error) {
	body := make([]byte, n)
	if err := in.full(body); err != nil {
		return nil, err
	}
	sum := make([]byte, crcLen)
	if err := in.full(sum); err != nil {
		return nil, err
	}
	if le.Uint32(sum) != crc32.Checksum(body, castagnoli) {
		return nil, fmt.Errorf("%w: the checksum of its %s is wrong", ErrCorrupt, what)
	}
	return body, nil
}

// parseHeader reads the JSON strictly and checks that the parts fill the file.
func parseHeader(text []byte, size int64) (*fileHeader, error) {
	bad := func(err error) (*fileHeader, error) {
		return nil, fmt.Errorf("%w: its header is invalid: %v", ErrCorrupt, err)
	}
	h := new(fileHeader)
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(h); err != nil {
		return bad(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return bad(errors.New("there is something after it"))
	}
	left := size - int64(preambleLen+len(text)+crcLen+digestLen)
	seen := make(map[string]bool)
	for _, v := range h.Variables {
		if v.Name == "" || seen[v.Name] {
			return bad(fmt.Errorf("the name %q is empty or used twice", v.Name))
		}
		seen[v.Name] = true
		if v.Order != "little" {
			return bad(fmt.Errorf("variable %q has unknown byte order %q", v.Name, v.Order))
		}
		for _, n := range []int64{v.MaskBytes, v.LayoutBytes, v.PayloadBytes, crcLen} {
			if n < 0 || n > left || n > math.MaxInt {
				return bad(fmt.Errorf("the record of %q does not fit into the file", v.Name))
			}
			left -= n
		}
		if v.Elements < 0 || v.LayoutBytes%8 != 0 {
			return bad(fmt.Errorf("variable %q has impossible lengths", v.Name))
		}
	}
	if left != 0 {
		return bad(fmt.Errorf("%d bytes of the file belong to no variable", left))
	}
	return h, nil
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
