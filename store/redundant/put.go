package redundant

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/reedsolomon"

	"github.com/cairn-ad/cairn/store"
)

// ErrDegraded marks, in the error of Put, that too few members took their part.
var ErrDegraded = errors.New("too few stores took their part of the blob")

// Put implements [store.Store].
func (s *Store) Put(ctx context.Context, name string, write func(w io.Writer) error) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	if err := s.put(ctx, name, write); err != nil {
		return fmt.Errorf("store: put %q: %w", name, err)
	}
	return nil
}

func (s *Store) put(ctx context.Context, name string, write func(io.Writer) error) error {
	release, err := s.busy.Take(ctx, name)
	if err != nil {
		return err
	}
	defer release()
	found, err := s.survey(ctx, name)
	if err != nil {
		return err
	}
	old := found[name]
	last := ""
	if len(old) > 0 {
		last = old[0].gen
	}
	h := head{code: code{gen: newGen(last, time.Now()), k: s.k, m: s.m, block: s.block}}
	errs, err := s.putShards(ctx, name, &h, write)
	if err == nil {
		err = s.enough(ctx, errs)
	}
	if err != nil {
		s.drop(ctx, name, h.gen)
		return err
	}
	text := h.marshal()
	for i, err := range s.each(func(i int, m Member) error {
		if errs[i] != nil {
			return nil
		}
		return m.Store.Put(ctx, headName(name, h.gen, h.k, h.size), func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
	}) {
		errs[i] = errors.Join(errs[i], err)
	}
	if err := s.enough(ctx, errs); err != nil {
		return err
	}
	for _, err := range errs {
		if err != nil {
			s.opts.Logger.Warn("store: a member did not take its part; the blob survives one loss less until Repair", "blob", name, "error", err)
		}
	}
	for _, g := range old {
		s.drop(ctx, name, g.gen)
	}
	return nil
}

// enough judges the errors of the members.
func (s *Store) enough(ctx context.Context, errs []error) error {
	n, may := failed(errs), s.m
	if s.opts.Strict {
		may = 0
	}
	switch {
	case n == 0:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case n > may:
		return fmt.Errorf("%w: %d of %d failed, and %d may: %w", ErrDegraded, n, len(errs), may, errors.Join(errs...))
	}
	return nil
}

// drop removes a generation, as far as the members can: first its heads, then it is no blob
// any more. What a member keeps is removed with the next generation, or by Repair.
func (s *Store) drop(ctx context.Context, name, gen string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if err := s.remove(ctx, name, gen); err != nil {
		s.opts.Logger.Debug("store: parts of an old generation were left", "blob", name, "error", err)
	}
}

// remove removes all parts of a generation from all members.
func (s *Store) remove(ctx context.Context, name, gen string) error {
	var all error
	for _, heads := range []bool{true, false} {
		errs := s.each(func(_ int, m Member) error {
			infos, err := m.Store.List(ctx, stem(name, gen))
			for _, info := range infos {
				if p, ok := parsePart(info.Name); ok && p.head == heads {
					if e := m.Store.Delete(ctx, info.Name); !errors.Is(e, store.ErrNotExist) {
						err = errors.Join(err, e)
					}
				}
			}
			return err
		})
		all = errors.Join(all, errors.Join(errs...))
	}
	return all
}

var errGivenUp = errors.New("the blob was given up")

// lane writes one shard to its member.
type lane struct {
	in  chan []byte
	err error // of the member, when done
}

// spread cuts a blob into stripes and hands their blocks to the lanes. Two stripes are in
// memory: one is filled while the other one is written.
type spread struct {
	code  code
	enc   reedsolomon.Encoder
	lanes []*lane
	sets  [2][]byte // n blocks each
	used  [2]sync.WaitGroup
	turn  int
	fill  int // bytes of the stripe that is being filled
	size  int64
}

// putShards writes the blob's shards and completes the head. errs are those of the members.
func (s *Store) putShards(ctx context.Context, name string, h *head, write func(io.Writer) error) (errs []error, err error) {
	enc, err := newEncoder(h.k, h.m)
	if err != nil {
		return nil, err
	}
	n := h.k + h.m
	sp := &spread{code: h.code, enc: enc, lanes: make([]*lane, n)}
	for i := range sp.sets {
		sp.sets[i] = make([]byte, n*h.block)
	}
	var whole atomic.Bool
	var running sync.WaitGroup
	laneCtx, cancel := context.WithCancel(ctx)
	for i := range n {
		l := &lane{in: make(chan []byte)}
		sp.lanes[i] = l
		running.Go(func() { l.run(laneCtx, s.members[i].Store, shardName(name, h.gen, i), h.code, i, &whole, sp) })
	}
	finish := sync.OnceFunc(func() {
		for _, l := range sp.lanes {
			close(l.in)
		}
		running.Wait()
	})
	defer func() { // after a panic of write too
		if !whole.Load() {
			cancel()
		}
		finish()
		cancel()
	}()
	sum := sha256.New()
	if err := store.Fill(ctx, io.MultiWriter(sum, sp), write); err != nil {
		return nil, err
	}
	if err := sp.last(); err != nil {
		return nil, err
	}
	h.size, h.sum = sp.size, [sha256.Size]byte(sum.Sum(nil))
	whole.Store(true)
	finish()
	for i, l := range sp.lanes {
		if l.err != nil {
			l.err = fmt.Errorf("%s: %w", label(i, s.members[i]), l.err)
		}
		errs = append(errs, l.err)
	}
	return errs, nil
}

// run puts one shard. It takes all blocks, also when the member has failed.
func (l *lane) run(ctx context.Context, to store.Store, name string, c code, index int, whole *atomic.Bool, sp *spread) {
	stripe := 0
	taken := func() { sp.used[stripe%2].Done(); stripe++ }
	l.err = to.Put(ctx, name, func(w io.Writer) error {
		out := &shardWriter{w: w, code: c, index: index}
		err := out.begin()
		for b := range l.in {
			if err == nil {
				err = out.block(b)
			}
			taken()
		}
		if err == nil && !whole.Load() {
			err = errGivenUp
		}
		return err
	})
	for range l.in { // the member failed before it came to write
		taken()
	}
}

func (sp *spread) Write(b []byte) (int, error) {
	full := sp.code.k * sp.code.block
	for done := 0; done < len(b); {
		if sp.fill == 0 {
			sp.used[sp.turn].Wait()
		}
		n := copy(sp.sets[sp.turn][sp.fill:full], b[done:])
		sp.fill += n
		done += n
		if sp.fill == full {
			if err := sp.send(); err != nil {
				return done, err
			}
		}
	}
	sp.size += int64(len(b))
	return len(b), nil
}

// last sends the stripe that is not full.
func (sp *spread) last() error {
	if sp.fill == 0 {
		return nil
	}
	return sp.send()
}

// send adds parity to the stripe in hand and gives its blocks to the lanes.
func (sp *spread) send() error {
	set, k := sp.sets[sp.turn], sp.code.k
	length := (sp.fill + k - 1) / k
	clear(set[sp.fill : k*length])
	blocks := make([][]byte, len(sp.lanes))
	for i := range blocks {
		blocks[i] = set[i*length:][:length]
	}
	if err := sp.enc.Encode(blocks); err != nil {
		return err
	}
	sp.used[sp.turn].Add(len(sp.lanes))
	for i, l := range sp.lanes {
		l.in <- blocks[i]
	}
	sp.fill, sp.turn = 0, 1-sp.turn
	return nil
}

// newEncoder returns the code; with m = 0 there is nothing to compute.
func newEncoder(k, m int) (reedsolomon.Encoder, error) {
	return reedsolomon.New(k, m, reedsolomon.WithAutoGoroutines(blockLen))
}
