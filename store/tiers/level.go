package tiers

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cairn-ad/cairn/store"
)

// level is a level at work. What follows the Level is guarded by the store's mu.
type level struct {
	Level
	number int
	index  map[string]int64 // of a level in the background: what it has; nil before it was listed
	unsure map[string]bool  // what it may have besides: that is being copied, was not copied for sure, or is an old one
	queue  []Unit           // that are to be copied to it
	busy   Unit             // that is being copied
	dirty  map[string]bool  // blobs that were replaced while a unit was being copied
	failed *Unit            // newest one that was given up
	why    error            // it was
	rhythm rhythm           // of the units that it takes
	runs   bool             // a goroutine serves the queue
	units  int
	bytes  int64
	err    error // of the last copy
}

// list lists a level. One in the background is listed once and then known.
func (s *Store) list(ctx context.Context, l *level, prefix string) ([]store.Info, error) {
	if l.number <= s.wait {
		return l.Store.List(ctx, prefix)
	}
	if err := s.learn(ctx, l); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []store.Info
	for name, size := range l.index {
		if strings.HasPrefix(name, prefix) {
			out = append(out, store.Info{Name: name, Size: size})
		}
	}
	return out, nil
}

// learn lists a level in the background, if that was not done yet.
func (s *Store) learn(ctx context.Context, l *level) error {
	s.mu.Lock()
	known := l.index != nil
	s.mu.Unlock()
	if known {
		return nil
	}
	infos, err := l.Store.List(ctx, "")
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.index == nil {
		l.index = make(map[string]int64)
		for _, info := range infos {
			l.index[info.Name] = info.Size
		}
	}
	return nil
}

// has reports whether a level has a blob.
func (s *Store) has(ctx context.Context, l *level, name string) bool {
	s.mu.Lock()
	_, ok := l.index[name]
	known := l.index != nil && !l.unsure[name]
	s.mu.Unlock()
	return ok || !known && exists(ctx, l.Store, name)
}

// remove removes a blob from one level.
func (s *Store) remove(ctx context.Context, l *level, name string) error {
	s.mu.Lock()
	_, ok := l.index[name]
	unknown := l.index == nil || l.unsure[name]
	s.mu.Unlock()
	if !ok && !unknown {
		return store.ErrNotExist
	}
	err := l.Store.Delete(ctx, name)
	if err == nil || errors.Is(err, store.ErrNotExist) {
		s.mu.Lock()
		delete(l.index, name)
		delete(l.unsure, name)
		s.mu.Unlock()
	}
	return err
}

// forget notes that a blob of this name is being replaced.
func (s *Store) forget(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u, ok := s.units.Of(name); ok {
		delete(s.found, u.Last)
	}
	delete(s.later, name)
	for _, l := range s.levels[s.wait+1:] {
		if _, has := l.index[name]; has {
			l.doubt(name)
		}
		if l.busy.Last != "" {
			l.dirty[name] = true
		}
	}
}

// doubt notes that it is not known whether the level has a blob. mu is held.
func (l *level) doubt(name string) {
	delete(l.index, name)
	if l.unsure == nil {
		l.unsure = make(map[string]bool)
	}
	l.unsure[name] = true
}

// unqueue drops a unit that was not copied yet.
func (l *level) unqueue(u Unit) {
	l.queue = slices.DeleteFunc(l.queue, func(q Unit) bool { return q.Last == u.Last })
	if l.failed != nil && l.failed.Last == u.Last {
		l.failed = nil
	}
}

// copying reports whether a unit is on its way to some level. mu is held.
func (s *Store) copying(u Unit) bool {
	return slices.ContainsFunc(s.levels, func(l *level) bool { return l.busy.Last == u.Last && u.Last != "" })
}

// unitsOf returns the units whose last blob is among the names, the newest first.
func unitsOf(units Units, names func(yield func(string) bool)) []Unit {
	var out []Unit
	for name := range names {
		if u, ok := units.Of(name); ok && u.Last == name {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(b.Seq, a.Seq), cmp.Compare(a.Series, b.Series), cmp.Compare(b.Last, a.Last))
	})
	return out
}

// trim removes units beyond those that a level keeps by itself, the oldest first, but none
// that another level is still to get, and no blob that a unit which stays needs.
func (s *Store) trim(ctx context.Context, l *level, series string) {
	if l.Keep == 0 {
		return
	}
	infos, err := s.list(ctx, l, "")
	if err != nil {
		s.opts.Logger.Warn("store: old units were not removed", "level", l.Name, "error", err)
		return
	}
	s.mu.Lock()
	units := s.units
	var stay, go_ []Unit
	for _, u := range unitsOf(units, func(yield func(string) bool) {
		for _, info := range infos {
			if !yield(info.Name) {
				return
			}
		}
	}) {
		if u.Series != series {
			stay = append(stay, u)
			continue
		}
		if countOf(stay, series) < l.Keep || s.wanted(u) {
			stay = append(stay, u)
		} else {
			go_ = append(go_, u)
		}
	}
	s.mu.Unlock()
	if len(go_) == 0 {
		return
	}
	needed := map[string]bool{}
	for _, u := range stay {
		parts, err := units.Parts(ctx, s.preferring(l.number, nil), u.Last)
		if err != nil { // what it needs is not known
			s.opts.Logger.Warn("store: old units were not removed", "level", l.Name, "error", err)
			return
		}
		for _, p := range parts {
			needed[p] = true
		}
	}
	slices.Reverse(go_)
	for _, u := range go_ {
		s.discard(ctx, l, u, infos, needed)
	}
}

// discard removes a unit from one level: the last blob first, then it is a unit no more.
func (s *Store) discard(ctx context.Context, l *level, u Unit, infos []store.Info, needed map[string]bool) {
	units, names := s.known(), []string{u.Last}
	for _, info := range infos {
		if other, ok := units.Of(info.Name); ok && other.Last == u.Last && info.Name != u.Last {
			names = append(names, info.Name)
		}
	}
	for _, name := range names {
		if needed[name] {
			continue
		}
		if err := s.remove(ctx, l, name); err != nil && !errors.Is(err, store.ErrNotExist) {
			s.opts.Logger.Warn("store: an old unit was not removed", "level", l.Name, "unit", u.Last, "error", err)
			return
		}
	}
}

// wanted reports whether some level is still to get a unit. mu is held.
func (s *Store) wanted(u Unit) bool {
	return s.copying(u) || slices.ContainsFunc(s.levels, func(l *level) bool {
		return slices.ContainsFunc(l.queue, func(q Unit) bool { return q.Last == u.Last })
	})
}

func countOf(units []Unit, series string) (n int) {
	for _, u := range units {
		if u.Series == series {
			n++
		}
	}
	return n
}
