package redundant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/cairn-ad/cairn/store"
)

// generation is what the members have of a blob.
type generation struct {
	gen    string
	heads  []int         // members that have a head
	shards map[int][]int // for each shard, the members that have it
	k      int           // of a head
	size   int64         // of the blob, of a head
}

// each runs a function for all members at once and returns their errors by member.
func (s *Store) each(f func(i int, m Member) error) []error {
	errs := make([]error, len(s.members))
	var wg sync.WaitGroup
	for i, m := range s.members {
		wg.Go(func() {
			if err := f(i, m); err != nil {
				errs[i] = fmt.Errorf("%s: %w", label(i, m), err)
			}
		})
	}
	wg.Wait()
	return errs
}

func label(i int, m Member) string {
	if m.Name == "" {
		return fmt.Sprint("member ", i)
	}
	return m.Name
}

func failed(errs []error) (n int) {
	for _, err := range errs {
		if err != nil {
			n++
		}
	}
	return n
}

// survey lists the generations of all blobs whose names begin with prefix, each blob's the
// newest first. So many members as there are parity shards may fail.
func (s *Store) survey(ctx context.Context, prefix string) (map[string][]*generation, error) {
	lists := make([][]store.Info, len(s.members))
	errs := s.each(func(i int, m Member) (err error) {
		lists[i], err = m.Store.List(ctx, within(prefix))
		return err
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if failed(errs) > s.m {
		return nil, fmt.Errorf("%d of %d stores fail: %w", failed(errs), len(errs), errors.Join(errs...))
	}
	byName := map[string]map[string]*generation{}
	for member, list := range lists {
		for _, info := range list {
			if p, ok := parsePart(info.Name); ok {
				if byName[p.name] == nil {
					byName[p.name] = map[string]*generation{}
				}
				add(byName[p.name], p, member)
			}
		}
	}
	out := map[string][]*generation{}
	for name, gens := range byName {
		for _, g := range gens {
			out[name] = append(out[name], g)
		}
		slices.SortFunc(out[name], func(a, b *generation) int {
			if a.gen > b.gen {
				return -1
			}
			return 1
		})
	}
	return out, nil
}

// add notes a part that a member has.
func add(gens map[string]*generation, p part, member int) {
	g := gens[p.gen]
	if g == nil {
		g = &generation{gen: p.gen, shards: map[int][]int{}}
		gens[p.gen] = g
	}
	if p.head {
		g.heads = append(g.heads, member)
		g.k, g.size = p.k, p.size
	} else {
		g.shards[p.index] = append(g.shards[p.index], member)
	}
}

// newest returns the newest generation that has a head, or nil.
func newest(gens []*generation) *generation {
	for _, g := range gens {
		if len(g.heads) > 0 {
			return g
		}
	}
	return nil
}
