package ckpt

import (
	"fmt"
	"reflect"
	"sync"
)

// Codec makes the payload of a variable smaller. Package ckpt/codec has some. Its methods
// may be called by several goroutines at once.
type Codec interface {
	// Name is what checkpoints record. A program that restores them needs a codec of this
	// name; see [RegisterCodec].
	Name() string
	// Encode appends an encoding of src to dst, whose capacity may be used.
	Encode(dst, src []byte, f Form) ([]byte, error)
	// Decode appends the n bytes that src encodes to dst. It must take any src, and must
	// not allocate more than a small multiple of n.
	Decode(dst, src []byte, n int, f Form) ([]byte, error)
}

// Form is what the elements in a chunk of a payload are. A chunk may begin and end anywhere
// in a row.
type Form struct {
	// Kind is that of all elements, or reflect.Invalid if they differ.
	Kind Kind
	// Row is how many elements a row of the last dimension has; 0 if there is but one row, or
	// the rows differ.
	Row int
}

var codecs sync.Map // by name

// RegisterCodec makes a codec known to all restores and scans of the program. Codecs that
// options name need not be registered by who saves, but by who restores. Of two with one
// name the later counts.
func RegisterCodec(c Codec) { codecs.Store(c.Name(), c) }

// codecNamed returns the codec of a name, nil for the empty name.
func codecNamed(name string) (Codec, error) {
	if name == "" {
		return nil, nil
	}
	if c, ok := codecs.Load(name); ok {
		return c.(Codec), nil
	}
	return nil, fmt.Errorf("%w: it needs the codec %q, which this program does not have; import the package that registers it, such as github.com/cairn-ad/cairn/ckpt/codec", ErrCodec, name)
}

// form describes the payload of a variable.
func (v *variableHeader) form(t *typ) Form {
	f := Form{Kind: Kind(t.only())}
	if reflect.Kind(f.Kind) == reflect.String {
		f.Kind = Kind(reflect.Invalid)
	}
	if v.MaskBytes == 0 && len(v.Shape) > 1 && t.plain() == reflect.Kind(f.Kind) {
		f.Row = v.Shape[len(v.Shape)-1]
	}
	return f
}

// sampleLen is how much of a chunk is encoded to see whether it is worth to encode all.
const sampleLen = 64 << 10

// worth reports whether an encoding saves enough: 5 %.
func worth(stored, raw int) bool { return stored < raw-raw/20 }

// compress replaces the stored bytes by their encoding, if it is worth it.
func (j *job) compress() {
	raw := j.body
	if len(raw) > 4*sampleLen {
		from := (len(raw)/2 - sampleLen/2) &^ 15
		sample, err := j.codec.Encode(j.enc[:0], raw[from:][:sampleLen], j.form)
		if j.err = err; err != nil {
			return
		}
		j.enc = sample
		if !worth(len(sample), sampleLen) {
			return
		}
	}
	enc, err := j.codec.Encode(j.enc[:0], raw, j.form)
	if j.err = err; err != nil {
		return
	}
	if j.enc = enc; worth(len(enc), len(raw)) {
		j.frame.encoding, j.out = encoded, enc
	}
}
