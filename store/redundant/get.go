package redundant

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"

	"github.com/klauspost/reedsolomon"

	"github.com/cairn-ad/cairn/store"
)

// ErrLost marks a blob of which fewer shards are left than it needs.
var ErrLost = errors.New("too few shards of the blob are left")

// Get implements [store.Store]. The last byte is given only if the SHA-256 of the whole blob
// is right.
func (s *Store) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	if err := store.CheckName(name); err != nil {
		return nil, 0, err
	}
	r, err := s.open(ctx, name)
	if err != nil {
		return nil, 0, fmt.Errorf("store: get %q: %w", name, err)
	}
	return r, r.head.size, nil
}

// A blob that is being replaced may vanish while it is opened, and the members are not listed
// at one moment. So it is looked for again until one generation has failed so often.
const attempts = 3

func (s *Store) open(ctx context.Context, name string) (*reader, error) {
	var before string
	var failure error
	for same := 0; same < attempts; {
		found, err := s.survey(ctx, name)
		if err != nil {
			return nil, err
		}
		g := newest(found[name])
		switch {
		case g == nil && failure == nil:
			return nil, store.ErrNotExist
		case g == nil:
			return nil, fmt.Errorf("%w: it was removed while it was opened: %w", store.ErrNotExist, failure)
		case g.gen != before:
			before, same = g.gen, 0
		}
		same++
		r, err := s.openGeneration(ctx, name, g)
		if err == nil {
			return r, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		failure = err
	}
	return nil, failure
}

// openGeneration opens as many shards as are needed.
func (s *Store) openGeneration(ctx context.Context, name string, g *generation) (*reader, error) {
	h, err := s.head(ctx, name, g)
	if err != nil {
		return nil, err
	}
	enc, err := newEncoder(h.k, h.m)
	if err != nil {
		return nil, err
	}
	r := &reader{s: s, ctx: ctx, name: name, head: h, enc: enc, from: g.shards, open: make([]*shardReader, h.k+h.m), sum: sha256.New()}
	r.blocks, r.spare = make([][]byte, h.k+h.m), make([][]byte, h.k+h.m)
	for r.opened() < h.k {
		if err := r.another(); err != nil {
			return nil, errors.Join(err, r.Close())
		}
	}
	return r, nil
}

// head reads the head of a generation from the first member that has a good one.
func (s *Store) head(ctx context.Context, name string, g *generation) (h head, err error) {
	var errs []error
	for _, i := range g.heads {
		h, err := s.headOf(ctx, s.members[i].Store, name, g)
		if err == nil {
			return h, nil
		}
		errs = append(errs, fmt.Errorf("%s: the head: %w", label(i, s.members[i]), err))
	}
	return head{}, fmt.Errorf("%w: no head can be read: %w", ErrLost, errors.Join(errs...))
}

func (s *Store) headOf(ctx context.Context, from store.Store, name string, g *generation) (head, error) {
	r, _, err := from.Get(ctx, headName(name, g.gen, g.k, g.size))
	if err != nil {
		return head{}, err
	}
	h, err := readHead(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return head{}, err
	}
	if h.gen != g.gen || h.k != g.k || h.size != g.size {
		return head{}, fmt.Errorf("%w: it is of another blob", errDamaged)
	}
	return h, nil
}

// reader joins the shards of a blob.
type reader struct {
	s      *Store
	ctx    context.Context
	name   string
	head   head
	enc    reedsolomon.Encoder
	from   map[int][]int  // members to try for a shard
	open   []*shardReader // by shard; k of them
	errs   []error        // of shards that were given up
	blocks [][]byte       // of the stripe in hand
	spare  [][]byte       // memory for blocks that are computed
	stripe int64          // the next one
	data   [][]byte       // of the stripe in hand, what was not given yet
	left   int64          // bytes of it that belong to the blob
	at     int64
	sum    hash.Hash
	err    error
}

func (r *reader) opened() (n int) {
	for _, s := range r.open {
		if s != nil {
			n++
		}
	}
	return n
}

// another opens a shard that was not tried yet, data first, at the stripe in hand.
func (r *reader) another() error {
	for _, index := range slices.Sorted(maps.Keys(r.from)) {
		if index >= len(r.open) || r.open[index] != nil {
			continue
		}
		for len(r.from[index]) > 0 {
			member := r.from[index][0]
			r.from[index] = r.from[index][1:]
			s, err := r.openAt(member, index)
			if err == nil {
				r.open[index] = s
				return nil
			}
			r.lose(member, index, err)
		}
	}
	return errors.Join(append([]error{fmt.Errorf("%w: it needs %d of %d+%d", ErrLost, r.head.k, r.head.k, r.head.m)}, r.errs...)...)
}

// lose notes a shard that cannot be read.
func (r *reader) lose(member, index int, err error) {
	err = fmt.Errorf("%s: shard %d: %w", label(member, r.s.members[member]), index, err)
	r.errs = append(r.errs, err)
	if r.ctx.Err() == nil && !errors.Is(err, store.ErrNotExist) {
		r.s.opts.Logger.Warn("store: a shard cannot be read; the blob is mended from others, Repair writes it anew", "blob", r.name, "error", err)
	}
}

// openAt opens a shard and goes to the stripe in hand.
func (r *reader) openAt(member, index int) (*shardReader, error) {
	body, size, err := r.s.members[member].Store.Get(r.ctx, shardName(r.name, r.head.gen, index))
	if err != nil {
		return nil, err
	}
	s, err := openShard(body, r.head, index)
	if err == nil && size != r.head.shardSize() {
		err = fmt.Errorf("%w: it has %d bytes, and should have %d", errDamaged, size, r.head.shardSize())
	}
	for err == nil && s.stripe < r.stripe {
		_, err = s.next()
	}
	if err != nil {
		return nil, errors.Join(err, body.Close())
	}
	s.member = member
	return s, nil
}

// shardSize is the length of a shard.
func (h head) shardSize() int64 {
	n := h.stripes(h.size)
	if n == 0 {
		return shardStart
	}
	return shardStart + (n-1)*int64(h.block+crcLen) + int64(h.length(n-1, h.size)+crcLen)
}

func (r *reader) Read(b []byte) (int, error) {
	if r.err == nil && r.left == 0 {
		r.err = r.advance()
	}
	if r.err != nil {
		return 0, r.err
	}
	if len(b) == 0 {
		return 0, nil
	}
	n := copy(b[:min(int64(len(b)), r.left)], r.data[0])
	if r.data[0] = r.data[0][n:]; len(r.data[0]) == 0 {
		r.data = r.data[1:]
	}
	r.left -= int64(n)
	r.at += int64(n)
	return n, nil
}

// advance reads the next stripe. With the last one it checks the whole blob before any of
// that stripe is given away.
func (r *reader) advance() error {
	if r.stripe == r.head.stripes(r.head.size) {
		if r.at == 0 && [sha256.Size]byte(r.sum.Sum(nil)) != r.head.sum {
			return r.bad()
		}
		return io.EOF
	}
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if err := r.load(); err != nil {
		return err
	}
	length := r.head.length(r.stripe, r.head.size)
	r.left = min(int64(length)*int64(r.head.k), r.head.size-r.at)
	r.data = append(r.data[:0], r.blocks[:r.head.k]...)
	r.stripe++
	rest := r.left
	for _, block := range r.data {
		part := min(rest, int64(len(block)))
		r.sum.Write(block[:part])
		rest -= part
	}
	if r.stripe == r.head.stripes(r.head.size) && [sha256.Size]byte(r.sum.Sum(nil)) != r.head.sum {
		r.left = 0
		return r.bad()
	}
	return nil
}

func (r *reader) bad() error {
	return fmt.Errorf("store: get %q: %w: its SHA-256 is not the one it was written with, although the checksums of its shards are right", r.name, ErrLost)
}

// load fills blocks with the data of the stripe in hand.
func (r *reader) load() error {
	good := 0
	for good < r.head.k {
		good = 0
		for i, s := range r.open {
			r.blocks[i] = nil
			if s == nil {
				if i < r.head.k {
					r.blocks[i] = r.spare[i][:0]
				}
				continue
			}
			b, err := s.current(r.stripe)
			if err == nil {
				r.blocks[i] = b
				good++
				continue
			}
			r.lose(s.member, i, err)
			_ = s.r.Close() // it has failed
			r.open[i] = nil
		}
		if good < r.head.k {
			if err := r.ctx.Err(); err != nil {
				return err
			}
			if err := r.another(); err != nil {
				return fmt.Errorf("store: get %q at byte %d of %d: %w", r.name, r.at, r.head.size, err)
			}
		}
	}
	if err := r.enc.ReconstructData(r.blocks); err != nil {
		return err
	}
	for i, s := range r.open[:r.head.k] {
		if s == nil {
			r.spare[i] = r.blocks[i]
		}
	}
	return nil
}

// Close implements io.Closer.
func (r *reader) Close() error {
	var errs []error
	for i, s := range r.open {
		if s != nil {
			errs = append(errs, s.r.Close())
			r.open[i] = nil
		}
	}
	if r.err == nil {
		r.err = errors.New("store: the blob is closed")
	}
	return errors.Join(errs...)
}
