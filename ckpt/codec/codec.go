// Package codec makes checkpoints smaller. In: the payload of a variable, in chunks. Out:
// fewer bytes, from which the very payload comes back, or, if the program asks for that, one
// within a bound of it.
//
//	run, err := ckpt.Open(url, ckpt.Options{Codec: codec.Lorenzo()})
//	run.Protect("pressure", &p, ckpt.Lossy(codec.Bounded(1e-6)))
//
// Who restores with a codec, or looks into checkpoints that have one, imports this package,
// if only for that. A chunk of which a sample does not become 5 % smaller is stored as it
// is.
//
// What to choose depends on the bandwidth of the store and on the data: one processor
// encodes about half a gigabyte in a second. [Zstd] is for text, masks, and numbers that
// repeat. [Shuffle] is for floating-point numbers of any kind. [Lorenzo] is for fields
// that are smooth along one or two dimensions.
package codec

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/cairn-ad/cairn/ckpt"
)

func init() {
	for _, c := range []ckpt.Codec{Zstd(), Shuffle(), Lorenzo(), Bounded(1)} {
		ckpt.RegisterCodec(c)
	}
}

// Zstd is Zstandard (RFC 8878).
func Zstd() ckpt.Codec { return lossless{"zstd", func(*filter, ckpt.Form) {}, false} }

// Shuffle puts the first bytes of all numbers before the second ones, and so on, before
// Zstandard: the exponents of floating-point numbers are alike, their last digits are not.
func Shuffle() ckpt.Codec { return lossless{"shuffle+zstd", func(*filter, ckpt.Form) {}, true} }

// Lorenzo subtracts from each number what its neighbours let expect, exactly, before
// [Shuffle]: the one before it, or in two dimensions left + above - above left (Ibarria et
// al., Out-of-core compression and decompression of large n-dimensional scalar fields,
// 2003). Floating-point numbers are taken as integers in the same order.
func Lorenzo() ckpt.Codec { return lossless{"lorenzo+shuffle+zstd", (*filter).predict, true} }

// lossless is a codec of a filter, perhaps the shuffle, and Zstandard.
type lossless struct {
	name    string
	filter  func(*filter, ckpt.Form)
	shuffle bool
}

func (c lossless) Name() string { return c.name }

// Encode implements ckpt.Codec. What is encoded has, unless the codec is zstd alone, one
// byte before it, the mode of the filter.
func (c lossless) Encode(dst, src []byte, form ckpt.Form) ([]byte, error) {
	if !c.shuffle {
		return compress(dst, src)
	}
	f := filters.Get().(*filter)
	defer filters.Put(f)
	f.load(src, wordOf(form))
	c.filter(f, form)
	f.bytes = append(f.bytes[:0], byte(f.mode))
	f.bytes = append(f.shuffle(f.bytes), f.tail...)
	return compress(dst, f.bytes)
}

// Decode implements ckpt.Codec.
func (c lossless) Decode(dst, src []byte, n int, form ckpt.Form) ([]byte, error) {
	if !c.shuffle {
		return decompress(dst, src, n)
	}
	f := filters.Get().(*filter)
	defer filters.Put(f)
	var err error
	if f.bytes, err = decompress(f.bytes[:0], src, n+1); err != nil {
		return nil, err
	}
	f.mode = mode(f.bytes[0])
	f.unshuffle(f.bytes[1:], wordOf(form))
	if f.mode != none && c.name != Lorenzo().Name() {
		return nil, errMode
	}
	if err := f.restore(form); err != nil {
		return nil, err
	}
	return f.store(dst), nil
}

var errMode = errors.New("its filter is unknown")

// An encoder and a decoder take any number of goroutines.
var (
	encoder = sync.OnceValues(func() (*zstd.Encoder, error) {
		return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false))
	})
	decoder = sync.OnceValues(func() (*zstd.Decoder, error) {
		return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderMaxWindow(64<<20))
	})
)

func compress(dst, src []byte) ([]byte, error) {
	e, err := encoder()
	if err != nil {
		return nil, err
	}
	return e.EncodeAll(src, dst), nil
}

// decompress appends the n bytes that src encodes. It never makes more of them.
func decompress(dst, src []byte, n int) ([]byte, error) {
	d, err := decoder()
	if err != nil {
		return nil, err
	}
	at := len(dst)
	if cap(dst)-at < n {
		dst = append(make([]byte, 0, at+n), dst...)
	}
	// The decoder stops at the capacity of what it is given.
	out, err := d.DecodeAll(src, dst[:at:at+n])
	if err != nil {
		return nil, err
	}
	if len(out) != at+n {
		return nil, fmt.Errorf("it has %d bytes, %d belong there", len(out)-at, n)
	}
	return out, nil
}

var le = binary.LittleEndian
