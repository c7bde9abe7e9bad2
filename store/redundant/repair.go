package redundant

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// abandoned is how old shards without a head must be to be removed: a Put of another process
// may be at work.
const abandoned = 24 * time.Hour

// Repair reads every shard of the blobs whose names begin with prefix and writes what is
// missing or damaged anew; old generations and shards that a dead process has left are
// removed. It tells what it does, one line for each deed, and returns what could not be done:
// blobs of which too few shards are left match [ErrLost], and nothing of them is touched. With
// dryRun it only tells what it would do.
func (s *Store) Repair(ctx context.Context, prefix string, dryRun bool, tell func(line string)) error {
	found, err := s.survey(ctx, prefix)
	if err != nil {
		return fmt.Errorf("store: repair: %w", err)
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if err := ctx.Err(); err != nil {
			return errors.Join(append(errs, err)...)
		}
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		m := &mending{s: s, ctx: ctx, name: name, dry: dryRun, tell: tell}
		if err := m.blob(); err != nil {
			errs = append(errs, fmt.Errorf("store: repair %q: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// mending is the repair of one blob.
type mending struct {
	s    *Store
	ctx  context.Context
	name string
	dry  bool
	tell func(line string)
}

func (m *mending) say(format string, args ...any) {
	if m.tell != nil {
		m.tell(m.name + ": " + fmt.Sprintf(format, args...))
	}
}

func (m *mending) blob() error {
	release, err := m.s.busy.Take(m.ctx, m.name)
	if err != nil {
		return err
	}
	defer release()
	found, err := m.s.survey(m.ctx, m.name)
	if err != nil {
		return err
	}
	gens := found[m.name]
	g := newest(gens)
	if g != nil {
		if err := m.generation(g); err != nil {
			return err
		}
	}
	for _, other := range gens {
		switch {
		case other == g:
		case g != nil && other.gen < g.gen:
			m.remove(other, "of an older generation")
		case time.Since(made(other.gen)) > abandoned:
			m.remove(other, "without a head, of a process that has died")
		}
	}
	return nil
}

func (m *mending) remove(g *generation, why string) {
	m.say("removes parts %s", why)
	if !m.dry {
		m.s.drop(m.ctx, m.name, g.gen)
	}
}

// place is where a shard belongs.
type place struct{ index, member int }

// generation mends the newest generation.
func (m *mending) generation(g *generation) error {
	h, err := m.s.head(m.ctx, m.name, g)
	if err != nil {
		return err
	}
	if h.k+h.m != len(m.s.members) {
		return fmt.Errorf("it was written with %d+%d shards, and there are %d stores: open them with that many to repair it", h.k, h.m, len(m.s.members))
	}
	good, todo := m.judge(g, h)
	if len(good) < h.k {
		return fmt.Errorf("%w: %d of %d+%d, and it needs %d", ErrLost, len(good), h.k, h.m, h.k)
	}
	var errs []error
	for _, p := range todo {
		m.say("writes shard %d to %s", p.index, label(p.member, m.s.members[p.member]))
		if !m.dry {
			errs = append(errs, m.rewrite(g, good, p))
		}
	}
	for i, member := range m.s.members {
		if h2, err := m.s.headOf(m.ctx, member.Store, m.name, g); err == nil && h2 == h {
			continue
		}
		m.say("writes the head to %s", label(i, member))
		if m.dry {
			continue
		}
		text := h.marshal()
		errs = append(errs, member.Store.Put(m.ctx, headName(m.name, g.gen, h.k, h.size), func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		}))
	}
	return errors.Join(errs...)
}

// judge reads all shards. good are the members that have a whole one, by shard; todo are the
// shards that have to be written, each to a member of its own.
func (m *mending) judge(g *generation, h head) (good map[int][]int, todo []place) {
	good = map[int][]int{}
	used := map[int]bool{}
	for index := range h.k + h.m {
		for _, member := range g.shards[index] {
			err := m.s.check(m.ctx, m.name, h, member, index)
			if err != nil {
				m.say("shard %d on %s: %v", index, label(member, m.s.members[member]), err)
				continue
			}
			if !used[member] { // two shards on one member are one loss
				good[index] = append(good[index], member)
				used[member] = true
				break
			}
		}
	}
	for index := range h.k + h.m {
		if good[index] != nil {
			continue
		}
		member := index
		for used[member] {
			member = (member + 1) % len(m.s.members)
		}
		used[member] = true
		todo = append(todo, place{index, member})
	}
	return good, todo
}

// check reads a shard to its end.
func (s *Store) check(ctx context.Context, name string, h head, member, index int) error {
	r := &reader{s: s, ctx: ctx, name: name, head: h}
	shard, err := r.openAt(member, index)
	if err != nil {
		return err
	}
	for err == nil && shard.stripe < h.stripes(h.size) {
		if err = ctx.Err(); err == nil {
			_, err = shard.next()
		}
	}
	if err == nil {
		err = shard.end()
	}
	return errors.Join(err, shard.r.Close())
}

// rewrite computes a shard from the good ones and puts it.
func (m *mending) rewrite(g *generation, good map[int][]int, p place) error {
	from := maps.Clone(good)
	for index, members := range from {
		from[index] = slices.Clone(members)
	}
	r, err := m.s.openGeneration(m.ctx, m.name, &generation{gen: g.gen, heads: g.heads, shards: from, k: g.k, size: g.size})
	if err != nil {
		return err
	}
	err = m.s.members[p.member].Store.Put(m.ctx, shardName(m.name, g.gen, p.index), func(w io.Writer) error {
		out := &shardWriter{w: w, code: r.head.code, index: p.index}
		if err := out.begin(); err != nil {
			return err
		}
		for {
			err := r.advance()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			r.at += r.left
			block, err := r.block(p.index)
			if err != nil {
				return err
			}
			if err := out.block(block); err != nil {
				return err
			}
		}
	})
	return errors.Join(err, r.Close())
}

// block computes a block of the stripe in hand, whose data blocks are there.
func (r *reader) block(index int) ([]byte, error) {
	if index < r.head.k {
		return r.blocks[index], nil
	}
	all := make([][]byte, r.head.k+r.head.m)
	copy(all, r.blocks[:r.head.k])
	if err := r.enc.Reconstruct(all); err != nil {
		return nil, err
	}
	return all[index], nil
}
