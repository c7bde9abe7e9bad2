package ckpt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cairn-ad/cairn/ckpt/interval"
)

// The fixed sizes of the format; see docs/reference/checkpoint-format.md.
const (
	magic       = "\x89CKPT\r\n\x1a" // of a manifest, and of a checkpoint of version 1
	magicData   = "\x89CKPD\r\n\x1a" // of a data file
	version     = 2
	preambleLen = 28 // of a manifest
	dataPreLen  = 24 // of a data file
	frameLen    = 64
	crcLen      = 4
	digestLen   = 32
	maxHeader   = 16 << 20
	minChunk    = 64 // and every length of chunks is a multiple of it
	maxChunk    = 16 << 20
	maxBases    = 64 // older files that one file refers to
	maxRanks    = 1 << 20
)

// How many bytes of a part go into one chunk when a file is written. Chunks that are stored as
// they are take 256 KiB with their frames, and are hashed side by side; codecs make more of longer ones.
const (
	chunkLen = 256<<10 - frameLen
	codecLen = 4 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// digest is the SHA-256 of a chunk, or of a data file without the bodies of its chunks,
// which stand in their frames with their own SHA-256.
type digest [digestLen]byte

func (d digest) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%x", d[:]), nil }

func (d *digest) UnmarshalText(text []byte) error {
	if len(text) != 2*digestLen {
		return fmt.Errorf("a digest has %d digits where 64 belong", len(text))
	}
	for i := range d {
		x, err := strconv.ParseUint(string(text[2*i:2*i+2]), 16, 8)
		if err != nil {
			return fmt.Errorf("%.64q is no digest", text)
		}
		d[i] = byte(x)
	}
	return nil
}

// dataHeader is the header of the data file of one rank.
type dataHeader struct {
	Seq   uint64    `json:"seq"`
	Step  int       `json:"step"`
	Time  time.Time `json:"time"`
	Rank  int       `json:"rank"`
	Ranks int       `json:"ranks"`
	// Host and Program tell where the state comes from; nothing is decided by them.
	Host    string `json:"host"`
	Program string `json:"program"`
	// Schema is Options.Schema of the program that saved.
	Schema int `json:"schema"`
	// Bases are the older files that hold chunks of this one.
	Bases     []fileRef        `json:"bases,omitempty"`
	Variables []variableHeader `json:"variables"`
	// Costs are what the loop had measured, if it is tuned.
	Costs *interval.State `json:"costs,omitempty"`
}

// fileRef names a data file in the folder of the one that refers to it.
type fileRef struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	Digest digest `json:"digest"`
}

// variableHeader describes one variable and the parts of its record.
type variableHeader struct {
	Name         string  `json:"name"`
	Type         string  `json:"type"`
	Shape        []int   `json:"shape"`
	Elements     int     `json:"elements"`
	Order        string  `json:"order"`
	Codec        string  `json:"codec,omitempty"` // of the payload's encoded chunks
	Bound        float64 `json:"bound,omitempty"` // of the error of each number
	MaskBytes    int64   `json:"mask_bytes"`
	LayoutBytes  int64   `json:"layout_bytes"`
	PayloadBytes int64   `json:"payload_bytes"`
}

// append appends the header's JSON without a garbage of its own.
func (h *dataHeader) append(b []byte) ([]byte, error) {
	b = append(b, `{"seq":`...)
	b = strconv.AppendUint(b, h.Seq, 10)
	b = appendInt(b, `,"step":`, int64(h.Step))
	b = append(b, `,"time":"`...)
	b = h.Time.AppendFormat(b, time.RFC3339Nano)
	b = appendInt(b, `","rank":`, int64(h.Rank))
	b = appendInt(b, `,"ranks":`, int64(h.Ranks))
	b = appendText(append(b, `,"host":`...), h.Host)
	b = appendText(append(b, `,"program":`...), h.Program)
	b = appendInt(b, `,"schema":`, int64(h.Schema))
	for i := range h.Bases {
		b = append(b, sep(i, `,"bases":[`)...)
		b = h.Bases[i].append(b)
	}
	if len(h.Bases) > 0 {
		b = append(b, ']')
	}
	b = append(b, `,"variables":[`...)
	for i := range h.Variables {
		b = append(b, sep(i, "")...)
		b = h.Variables[i].append(b)
	}
	b = append(b, ']')
	if h.Costs != nil {
		costs, err := json.Marshal(h.Costs)
		if err != nil {
			return nil, err
		}
		b = append(append(b, `,"costs":`...), costs...)
	}
	b = append(b, '}')
	if len(b) > maxHeader {
		return nil, fmt.Errorf("the header of %d variables has %d bytes; at most %d are allowed", len(h.Variables), len(b), maxHeader)
	}
	return b, nil
}

// sep is what stands before the i-th element of a list.
func sep(i int, first string) string {
	if i == 0 {
		return first
	}
	return ","
}

func appendInt(b []byte, before string, n int64) []byte {
	return strconv.AppendInt(append(b, before...), n, 10)
}

func (f *fileRef) append(b []byte) []byte {
	b = appendText(append(b, `{"name":`...), f.Name)
	b = appendInt(b, `,"bytes":`, f.Bytes)
	b = append(b, `,"digest":"`...)
	for _, x := range f.Digest {
		const hex = "0123456789abcdef"
		b = append(b, hex[x>>4], hex[x&15])
	}
	return append(b, `"}`...)
}

func (v *variableHeader) append(b []byte) []byte {
	b = appendText(append(b, `{"name":`...), v.Name)
	b = appendText(append(b, `,"type":`...), v.Type)
	if v.Shape == nil {
		b = append(b, `,"shape":null`...)
	} else {
		b = append(b, `,"shape":[`...)
		for i, n := range v.Shape {
			b = appendInt(b, sep(i, ""), int64(n))
		}
		b = append(b, ']')
	}
	b = appendInt(b, `,"elements":`, int64(v.Elements))
	b = appendText(append(b, `,"order":`...), v.Order)
	if v.Codec != "" {
		b = appendText(append(b, `,"codec":`...), v.Codec)
	}
	if v.Bound != 0 {
		b = strconv.AppendFloat(append(b, `,"bound":`...), v.Bound, 'g', -1, 64)
	}
	b = appendInt(b, `,"mask_bytes":`, v.MaskBytes)
	b = appendInt(b, `,"layout_bytes":`, v.LayoutBytes)
	b = appendInt(b, `,"payload_bytes":`, v.PayloadBytes)
	return append(b, '}')
}

// appendText appends a string of JSON. What is not UTF-8 becomes the replacement character.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// parseJSON reads one JSON value strictly. An int that only larger machines have is an error that
// matches ErrMismatch.
func parseJSON(text []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		var bad *json.UnmarshalTypeError
		if errors.As(err, &bad) && bad.Type.Kind() == reflect.Int {
			digits, _ := strings.CutPrefix(bad.Value, "number ")
			if _, err := strconv.ParseInt(digits, 10, 64); err == nil {
				return fmt.Errorf("%w: %s, which %s of its header holds, is too large for an int of this machine", ErrMismatch, digits, bad.Field)
			}
		}
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("there is something after it")
	}
	return nil
}

// invalid returns the error of a header that parseJSON or a check refused.
func invalid(what string, err error) error {
	if errors.Is(err, ErrMismatch) {
		return err
	}
	return fmt.Errorf("%w: its %s is invalid: %v", ErrCorrupt, what, err)
}

// parseDataHeader reads a data file's header and checks all that can be checked without the
// rest of the file.
func parseDataHeader(text []byte) (*dataHeader, error) {
	h := new(dataHeader)
	err := parseJSON(text, h)
	if err == nil {
		err = h.check()
	}
	if err != nil {
		return nil, invalid("header", err)
	}
	return h, nil
}

func (h *dataHeader) check() error {
	if err := checkRanks(h.Rank, h.Ranks); err != nil {
		return err
	}
	if h.Schema < 0 {
		return fmt.Errorf("its schema is %d", h.Schema)
	}
	if len(h.Bases) > maxBases {
		return fmt.Errorf("it refers to %d older files; at most %d are allowed", len(h.Bases), maxBases)
	}
	if err := checkRefs(h.Bases); err != nil {
		return err
	}
	return checkVariables(h.Variables)
}

// checkVariables looks at the variables of a header of any format.
func checkVariables(list []variableHeader) error {
	seen := make(map[string]bool)
	for i := range list {
		v := &list[i]
		if seen[v.Name] {
			return fmt.Errorf("the name %q is used twice", v.Name)
		}
		seen[v.Name] = true
		if err := v.check(); err != nil {
			return err
		}
	}
	return nil
}

func checkRanks(rank, ranks int) error {
	if ranks < 1 || ranks > maxRanks || rank < 0 || rank >= ranks {
		return fmt.Errorf("there is no rank %d of %d", rank, ranks)
	}
	return nil
}

// check looks at one variable by itself.
func (v *variableHeader) check() error {
	if v.Name == "" {
		return errors.New("a name is empty")
	}
	if v.Order != "little" {
		return fmt.Errorf("variable %q has unknown byte order %q", v.Name, v.Order)
	}
	if v.Bound < 0 || v.Bound > 0 && v.Codec == "" {
		return fmt.Errorf("variable %q has an impossible bound %v", v.Name, v.Bound)
	}
	const most = math.MaxInt64 / 4 // sums of the three do not overflow
	if v.Elements < 0 || v.LayoutBytes%8 != 0 || min(v.MaskBytes, v.LayoutBytes, v.PayloadBytes) < 0 || max(v.MaskBytes, v.LayoutBytes, v.PayloadBytes) > most {
		return fmt.Errorf("variable %q has impossible lengths", v.Name)
	}
	return nil
}
