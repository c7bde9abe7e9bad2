package ckpt

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"time"

	"github.com/cairn-ad/cairn/ckpt/interval"
)

// A checkpoint of version 1 is one file, which was written by earlier releases and is still
// read: preamble, header, one record with a crc32c for each variable, SHA-256.

// fileHeader1 is its header.
type fileHeader1 struct {
	Seq       uint64           `json:"seq"`
	Step      int              `json:"step"`
	Time      time.Time        `json:"time"`
	Variables []variableHeader `json:"variables"`
	Costs     *interval.State  `json:"costs,omitempty"`
}

// decode1 reads the rest of a checkpoint of version 1 after its preamble, and verifies all of
// it. Errors match ErrCorrupt, or are those of r. What it allocates is bounded by a small
// multiple of what r has.
func decode1(r io.Reader, pre []byte, size int64) (*file, error) {
	in := newDigestReader(r)
	defer in.stop()
	in.sum(pre)
	h, err := readHeader1(in, pre, size)
	if err != nil {
		return nil, err
	}
	f := &file{costs: h.Costs, seq: h.Seq, step: h.Step}
	for _, v := range h.Variables {
		body, err := readChecked(in, v.MaskBytes+v.LayoutBytes+v.PayloadBytes, fmt.Sprintf("record of %q", v.Name))
		if err != nil {
			return nil, err
		}
		rec := record{variableHeader: v, layout: body[v.MaskBytes:][:v.LayoutBytes], payload: [][]byte{body[v.MaskBytes+v.LayoutBytes:]}}
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
		return nil, errDigest
	}
	return f, nil
}

// readHeader1 reads all that comes between the preamble and the records.
func readHeader1(in source, pre []byte, size int64) (*fileHeader1, error) {
	n, err := checkPreamble(pre, size)
	if err != nil {
		return nil, err
	}
	text, err := readChecked(in, n, "header")
	if err != nil {
		return nil, err
	}
	return parseHeader1(text, size)
}

// readChecked reads n bytes and the crc32c after them.
func readChecked(in source, n int64, what string) ([]byte, error) {
	body, err := grow(in, n)
	if err != nil {
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

// parseHeader1 reads the JSON strictly and checks that the parts fill the file.
func parseHeader1(text []byte, size int64) (*fileHeader1, error) {
	h := new(fileHeader1)
	err := parseJSON(text, h)
	if err == nil {
		err = h.check(size - int64(preambleLen+len(text)+crcLen+digestLen))
	}
	if err != nil {
		return nil, invalid("header", err)
	}
	return h, nil
}

// check looks at the header of a file that has left bytes for records.
func (h *fileHeader1) check(left int64) error {
	if err := checkVariables(h.Variables); err != nil {
		return err
	}
	for i := range h.Variables {
		v := &h.Variables[i]
		if v.Codec != "" { // and so no bound
			return fmt.Errorf("variable %q has a codec", v.Name)
		}
		for _, n := range []int64{v.MaskBytes, v.LayoutBytes, v.PayloadBytes, crcLen} {
			if n > left || n > math.MaxInt {
				return fmt.Errorf("the record of %q does not fit into the file", v.Name)
			}
			left -= n
		}
	}
	if left != 0 {
		return fmt.Errorf("%d bytes of the file belong to no variable", left)
	}
	return nil
}
