// Package compress gives checkpointed loops the storages zstd and s2, which keep
// snapshots compressed. Import it for that alone:
//
//	import _ "github.com/cairn-ad/cairn/ad/compress"
//
// In: the numbers of a snapshot, as bytes. Out: fewer bytes, without loss. Floats have
// much in common in their first bytes and little in the last ones, which a compressor of
// text does not see; so the bytes are shuffled first: the first bytes of all 8-byte words,
// then all second ones, and so on.
//
// The words are storage=zstd and storage=s2 for compressed snapshots in memory, and
// storage=zstd+file:DIR for those in a file. Zstandard makes fewer bytes, S2 is faster.
package compress

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"github.com/cairn-ad/cairn/ad"
)

func init() {
	ad.RegisterCodec("zstd", func() (ad.Codec, error) { return &zstandard{}, nil })
	ad.RegisterCodec("s2", func() (ad.Codec, error) { return &s2Codec{}, nil })
}

// Encoders and decoders are large; those of closed codecs are used again.
var encoders, decoders sync.Pool

// zstandard is the codec of RFC 8878, at its fastest level.
type zstandard struct {
	shuffled []byte
	enc      *zstd.Encoder
	dec      *zstd.Decoder
}

func (z *zstandard) Encode(dst, src []byte) ([]byte, error) {
	if z.enc == nil {
		z.enc, _ = encoders.Get().(*zstd.Encoder)
	}
	if z.enc == nil {
		var err error
		z.enc, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
		if err != nil {
			return nil, err
		}
	}
	z.shuffled = shuffle(z.shuffled[:0], src)
	return z.enc.EncodeAll(z.shuffled, dst), nil
}

func (z *zstandard) Decode(dst, src []byte) ([]byte, error) {
	if z.dec == nil {
		z.dec, _ = decoders.Get().(*zstd.Decoder)
	}
	if z.dec == nil {
		var err error
		if z.dec, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1)); err != nil {
			return nil, err
		}
	}
	var err error
	if z.shuffled, err = z.dec.DecodeAll(src, z.shuffled[:0]); err != nil {
		return nil, err
	}
	return unshuffle(dst, z.shuffled), nil
}

// Close implements io.Closer.
func (z *zstandard) Close() error {
	if z.enc != nil {
		encoders.Put(z.enc)
	}
	if z.dec != nil {
		decoders.Put(z.dec)
	}
	*z = zstandard{}
	return nil
}

// s2Codec is the codec of S2, an extension of Snappy.
type s2Codec struct{ shuffled []byte }

func (c *s2Codec) Encode(dst, src []byte) ([]byte, error) {
	most := s2.MaxEncodedLen(len(src))
	if most < 0 {
		return nil, fmt.Errorf("s2 cannot compress a snapshot of %d bytes at once; take zstd", len(src))
	}
	c.shuffled = shuffle(c.shuffled[:0], src)
	at := len(dst)
	dst = grow(dst, most)
	return dst[:at+len(s2.Encode(dst[at:at+most], c.shuffled))], nil
}

func (c *s2Codec) Decode(dst, src []byte) ([]byte, error) {
	n, err := s2.DecodedLen(src)
	if err != nil {
		return nil, err
	}
	if cap(c.shuffled) < n {
		c.shuffled = make([]byte, n)
	}
	if c.shuffled, err = s2.Decode(c.shuffled[:n], src); err != nil {
		return nil, err
	}
	return unshuffle(dst, c.shuffled), nil
}
