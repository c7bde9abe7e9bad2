package redundant

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

const (
	shardMagic = "\x89CSHR\r\n\x1a"
	headMagic  = "\x89CHDR\r\n\x1a"
	version    = 1
	fixedLen   = 48 // bytes that shards and heads begin with
	shardStart = fixedLen + crcLen
	headLen    = fixedLen + 8 + sha256.Size + crcLen
	crcLen     = 4
	maxShards  = 256     // what the code over GF(2⁸) has
	maxBlock   = 1 << 24 // bytes, of what is read
	blockLen   = 256 << 10
)

var (
	le         = binary.LittleEndian
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// errDamaged marks a shard or head that is not as it was written.
var errDamaged = errors.New("damaged")

// code is how the blobs of a generation are spread.
type code struct {
	gen   string
	k, m  int
	block int
}

// blocks returns the number of stripes of a blob.
func (c code) stripes(size int64) int64 {
	full := int64(c.k) * int64(c.block)
	return size/full + min(1, size%full)
}

// length is that of the blocks of a stripe, for a blob of size bytes.
func (c code) length(stripe, size int64) int {
	full := int64(c.k) * int64(c.block)
	left := min(size-stripe*full, full)
	return int((left + int64(c.k) - 1) / int64(c.k))
}

// fixed makes what shards and heads begin with.
func (c code) fixed(magic string, index int) []byte {
	b := make([]byte, 0, headLen)
	b = append(b, magic...)
	b = le.AppendUint32(b, version)
	b = le.AppendUint16(b, uint16(c.k))
	b = le.AppendUint16(b, uint16(c.m))
	b = le.AppendUint16(b, uint16(index))
	b = le.AppendUint16(b, 0)
	b = le.AppendUint32(b, uint32(c.block))
	return append(b, c.gen...)
}

// parseFixed reads it, and checks what a code allows.
func parseFixed(b []byte, magic string) (c code, index int, err error) {
	switch {
	case string(b[:8]) != magic:
		return code{}, 0, fmt.Errorf("%w: it does not begin like one", errDamaged)
	case le.Uint32(b[8:]) != version:
		return code{}, 0, fmt.Errorf("it is of version %d, this program reads version %d", le.Uint32(b[8:]), version)
	}
	c = code{gen: string(b[24:48]), k: int(le.Uint16(b[12:])), m: int(le.Uint16(b[14:])), block: int(le.Uint32(b[20:]))}
	index = int(le.Uint16(b[16:]))
	if c.k < 1 || c.k+c.m > maxShards || index >= c.k+c.m || c.block < 1 || c.block > maxBlock {
		return code{}, 0, fmt.Errorf("%w: impossible numbers: %d+%d shards, number %d, blocks of %d bytes", errDamaged, c.k, c.m, index, c.block)
	}
	return c, index, nil
}

// sealed appends the crc32c of all before.
func sealed(b []byte) []byte { return le.AppendUint32(b, crc32.Checksum(b, castagnoli)) }

// unseal checks and drops it.
func unseal(b []byte) ([]byte, error) {
	body := b[:len(b)-crcLen]
	if le.Uint32(b[len(body):]) != crc32.Checksum(body, castagnoli) {
		return nil, fmt.Errorf("%w: a checksum is wrong", errDamaged)
	}
	return body, nil
}

// head describes a blob of a generation.
type head struct {
	code
	size int64
	sum  [sha256.Size]byte
}

func (h head) marshal() []byte {
	b := h.fixed(headMagic, 0)
	b = le.AppendUint64(b, uint64(h.size))
	return sealed(append(b, h.sum[:]...))
}

// readHead reads a head; it must have been read to its end.
func readHead(r io.Reader) (head, error) {
	b := make([]byte, headLen+1)
	n, err := io.ReadFull(r, b)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return head{}, err
	}
	if n != headLen {
		return head{}, fmt.Errorf("%w: a head of another length", errDamaged)
	}
	body, err := unseal(b[:n])
	if err != nil {
		return head{}, err
	}
	h := head{size: int64(le.Uint64(body[fixedLen:])), sum: [sha256.Size]byte(body[fixedLen+8:])}
	var index int
	if h.code, index, err = parseFixed(body, headMagic); err != nil {
		return head{}, err
	}
	if index != 0 || h.size < 0 || h.size > 1<<62 {
		return head{}, fmt.Errorf("%w: impossible numbers", errDamaged)
	}
	return h, nil
}

// blockSum is the checksum of a block in its place.
func (c code) blockSum(index int, stripe int64, block []byte) uint32 {
	var place [genLen + 2 + 8]byte
	copy(place[:], c.gen)
	le.PutUint16(place[genLen:], uint16(index))
	le.PutUint64(place[genLen+2:], uint64(stripe))
	return crc32.Update(crc32.Checksum(place[:], castagnoli), castagnoli, block)
}

// shardWriter writes a shard.
type shardWriter struct {
	w      io.Writer
	code   code
	index  int
	stripe int64
}

func (s *shardWriter) begin() error {
	_, err := s.w.Write(sealed(s.code.fixed(shardMagic, s.index)))
	return err
}

func (s *shardWriter) block(b []byte) error {
	if _, err := s.w.Write(b); err != nil {
		return err
	}
	sum := le.AppendUint32(nil, s.code.blockSum(s.index, s.stripe, b))
	s.stripe++
	_, err := s.w.Write(sum)
	return err
}

// shardReader reads a shard of a blob whose head is known, and verifies it.
type shardReader struct {
	r      io.ReadCloser
	head   head
	index  int
	member int   // that it is read from
	stripe int64 // the next one
	buf    []byte
}

// openShard checks the header of a shard.
func openShard(r io.ReadCloser, h head, index int) (*shardReader, error) {
	b := make([]byte, shardStart)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, short(err)
	}
	body, err := unseal(b)
	if err != nil {
		return nil, err
	}
	c, i, err := parseFixed(body, shardMagic)
	if err != nil {
		return nil, err
	}
	if c != h.code || i != index {
		return nil, fmt.Errorf("%w: it is shard %d of another blob or generation", errDamaged, i)
	}
	return &shardReader{r: r, head: h, index: index}, nil
}

// next returns the next block; it is valid until the call after.
func (s *shardReader) next() ([]byte, error) {
	n := s.head.length(s.stripe, s.head.size)
	if cap(s.buf) < n+crcLen {
		s.buf = make([]byte, n+crcLen)
	}
	b := s.buf[:n+crcLen]
	if _, err := io.ReadFull(s.r, b); err != nil {
		return nil, short(err)
	}
	if le.Uint32(b[n:]) != s.head.blockSum(s.index, s.stripe, b[:n]) {
		return nil, fmt.Errorf("%w: the checksum of block %d is wrong", errDamaged, s.stripe)
	}
	s.stripe++
	return b[:n], nil
}

// current returns the block of a stripe, which is the next one or the one that was read last.
func (s *shardReader) current(stripe int64) ([]byte, error) {
	if stripe < s.stripe {
		return s.buf[:s.head.length(stripe, s.head.size)], nil
	}
	return s.next()
}

// end checks that nothing follows the last block.
func (s *shardReader) end() error {
	n, err := io.ReadFull(s.r, make([]byte, 1))
	switch {
	case n > 0:
		return fmt.Errorf("%w: something follows its last block", errDamaged)
	case err == io.EOF:
		return nil
	}
	return err
}

// short names what ends too early.
func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends too early", errDamaged)
	}
	return err
}
