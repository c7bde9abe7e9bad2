package ckpt

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
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

// LossyCodec is a codec from which a payload does not come back as it was; see [Lossy].
type LossyCodec interface {
	Codec
	// Bound is how far a floating-point number may be from what it was.
	Bound() float64
}

// Compressed has the payload of a variable encoded, in place of Options.Codec; nil leaves it
// as it is.
func Compressed(c Codec) ProtectOption {
	return func(v *variable) error {
		if l, ok := c.(LossyCodec); ok {
			return fmt.Errorf("the codec %s changes numbers by up to %v: a resumed run would go another way; if that is acceptable for this variable, say so with ckpt.Lossy", c.Name(), l.Bound())
		}
		v.codec, v.codecGiven = c, true
		return nil
	}
}

// Lossy has a variable of floating-point or complex numbers stored with an error: none is
// further from what it was than the bound of the codec. That is checked when it is saved,
// and the bound is recorded. A run that is resumed then differs from one that was not
// interrupted, so Options.Exact refuses it.
func Lossy(c LossyCodec) ProtectOption {
	return func(v *variable) error {
		if c == nil {
			return errors.New("the codec is nil; leave the option out to store the variable exactly")
		}
		if b := c.Bound(); !(b > 0) || math.IsInf(b, 0) {
			return fmt.Errorf("%v is no bound of an error", b)
		}
		k := v.tree.only()
		switch k {
		case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
			v.codec, v.codecGiven = c, true
			return nil
		}
		return fmt.Errorf("a variable of type %s has other elements than floating-point numbers, so it cannot be stored with an error; protect its numbers as a variable of their own", v.node.text)
	}
}

// checkCodec gives a variable the codec of the run, and checks it against the options.
func (o *Options) checkCodec(v *variable) error {
	if !v.codecGiven {
		v.codec = o.Codec
	}
	if v.codec == nil {
		return nil
	}
	if n := len(v.codec.Name()); n == 0 || n > 100 {
		return fmt.Errorf("the name of its codec has %d bytes; 1 to 100 are allowed", n)
	}
	if l, ok := v.codec.(LossyCodec); ok && o.Exact {
		return fmt.Errorf("it is stored with an error of up to %v, but Options.Exact promises an exact restart; leave one of them out", l.Bound())
	}
	return nil
}

// checkCodec refuses a lossy codec for all variables.
func (o *Options) checkCodecs() error {
	if l, ok := o.Codec.(LossyCodec); ok {
		return fmt.Errorf("ckpt: Options.Codec %s changes numbers by up to %v; give it with ckpt.Lossy to the variables that may be changed", l.Name(), l.Bound())
	}
	return nil
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
// options name need not be registered by who saves, but by who restores and who looks into
// the checkpoints. Of two with one name the later counts.
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
	if j.enc = enc; !worth(len(enc), len(raw)) {
		return
	}
	if l, ok := j.codec.(LossyCodec); ok && !j.bounded(l) {
		return // it is stored as it is
	}
	j.frame.encoding, j.out = encoded, enc
}

// bounded reports whether what comes back is within the bound of a lossy codec, and makes
// that the chunk.
func (j *job) bounded(c LossyCodec) bool {
	dec, err := c.Decode(j.dec[:0], j.enc, len(j.body), j.form)
	if j.err = err; err != nil {
		return false
	}
	j.dec = dec
	if len(dec) != len(j.body) || !within(dec, j.body, j.form.Kind, c.Bound()) {
		return false
	}
	j.frame.sum = sha256.Sum256(dec)
	return true
}

// within compares floating-point numbers, or the parts of complex ones.
func within(a, b []byte, k Kind, bound float64) bool {
	if k.Size() == 4 || reflect.Kind(k) == reflect.Complex64 {
		for i := 0; i < len(a); i += 4 {
			x, y := le.Uint32(a[i:]), le.Uint32(b[i:])
			if x != y && !(math.Abs(float64(math.Float32frombits(x))-float64(math.Float32frombits(y))) <= bound) {
				return false
			}
		}
		return true
	}
	for i := 0; i < len(a); i += 8 {
		x, y := le.Uint64(a[i:]), le.Uint64(b[i:])
		if x != y && !(math.Abs(math.Float64frombits(x)-math.Float64frombits(y)) <= bound) {
			return false
		}
	}
	return true
}
