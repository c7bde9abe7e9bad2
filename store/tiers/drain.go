package tiers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cairn-ad/cairn/ckpt/interval"
	"github.com/cairn-ad/cairn/store"
)

// arrived queues a unit that the fast levels have now, if the blob is its last one.
func (s *Store) arrived(ctx context.Context, name string) {
	s.forget(name) // what was copied meanwhile may be the old one
	s.mu.Lock()
	u, ok := s.units.Of(name)
	whole := ok && u.Last == name
	if whole {
		s.found[name] = 0
		for _, l := range s.levels[s.wait+1:] {
			if l.rhythm.arrives(time.Now(), l.runs) {
				s.enqueue(l, u)
			}
		}
	}
	s.mu.Unlock()
	if whole {
		for _, l := range s.levels[:s.wait+1] {
			s.trim(ctx, l, u.Series)
		}
	}
}

// enqueue adds a unit to a level's queue. mu is held.
func (s *Store) enqueue(l *level, u Unit) {
	if _, has := l.index[u.Last]; has {
		return
	}
	l.unqueue(u)
	if l.failed != nil {
		l.queue = append([]Unit{*l.failed}, l.queue...)
		l.failed = nil
	}
	l.queue = append(l.queue, u)
	l.rhythm.taken = time.Now()
	for len(l.queue) > s.opts.Pending {
		s.opts.Logger.Warn("store: a level is too slow; a unit is skipped", "level", l.Name, "unit", l.queue[0].Last)
		l.queue = l.queue[1:]
	}
	if !l.runs {
		l.runs = true
		go s.serve(l)
	}
}

// resume queues what an earlier life has not brought to the slower levels. It is called with
// all blobs of all levels.
func (s *Store) resume(all map[string]int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begun || s.opts.ReadOnly {
		return
	}
	s.begun = true
	s.missing(unitsOf(s.units, maps.Keys(all)), false)
}

// missing queues units, given the newest first, for the levels that lack them. A level that
// does not take all gets the newest one of each series only. mu is held.
func (s *Store) missing(units []Unit, newest bool) {
	for _, l := range s.levels[s.wait+1:] {
		var lacks []Unit
		seen := map[string]bool{}
		for _, u := range units {
			if (newest || !l.rhythm.all()) && seen[u.Series] {
				continue
			}
			seen[u.Series] = true
			if _, has := l.index[u.Last]; !has && len(lacks) < s.opts.Pending {
				lacks = append(lacks, u)
			}
		}
		for _, u := range slices.Backward(lacks) {
			s.enqueue(l, u)
		}
	}
}

// serve copies what is in a level's queue until it is empty.
func (s *Store) serve(l *level) {
	ctx := context.Background() // the copies outlive the Puts that they follow
	for {
		s.mu.Lock()
		l.busy = Unit{}
		if len(l.queue) == 0 {
			l.runs = false
			s.change.Broadcast()
			s.mu.Unlock()
			return
		}
		u := l.queue[0]
		l.queue = l.queue[1:]
		l.busy, l.dirty = u, make(map[string]bool)
		s.mu.Unlock()
		copied, err := s.copyUnit(ctx, l, u)
		s.mu.Lock()
		l.err = err
		if err == nil {
			l.units += min(copied, 1)
		} else if !errors.Is(err, store.ErrNotExist) { // else it was deleted
			l.failed, l.why = &u, err
		}
		l.busy = Unit{}
		s.change.Broadcast()
		s.mu.Unlock()
		if err != nil {
			s.opts.Logger.Error("store: a unit did not reach a level", "level", l.Name, "unit", u.Last, "error", err)
		}
		s.deleteLater(ctx)
		for _, other := range s.levels { // a faster one may have waited for this one
			s.trim(ctx, other, u.Series)
		}
	}
}

// deleteLater deletes what was to be deleted while its unit was copied: the last blob first,
// then it is a unit no more; if that one stays the others do.
func (s *Store) deleteLater(ctx context.Context) {
	for {
		u, names := s.ripe()
		if names == nil {
			return
		}
		for _, name := range names {
			if name != u.Last && s.kept(ctx, u.Last) {
				break
			}
			if err := s.delete(ctx, name, true); err != nil && !errors.Is(err, store.ErrNotExist) {
				s.opts.Logger.Warn("store: a unit was not deleted", "blob", name, "error", err)
				break
			}
		}
		s.mu.Lock()
		for _, name := range names {
			delete(s.later, name)
		}
		s.mu.Unlock()
	}
}

// ripe returns the blobs of a unit that are to be deleted now. They stay in later until that is
// done, so that what is deleted meanwhile takes its turn behind them.
func (s *Store) ripe() (u Unit, names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, of := range s.later {
		switch {
		case s.copying(of) || names != nil && of.Last != u.Last:
		case name == of.Last:
			u, names = of, append([]string{name}, names...)
		default:
			u, names = of, append(names, name)
		}
	}
	return u, names
}

// kept reports whether a level that deletes what is deleted still has a blob.
func (s *Store) kept(ctx context.Context, name string) bool {
	return slices.ContainsFunc(s.levels, func(l *level) bool { return l.Keep == 0 && s.has(ctx, l, name) })
}

// copyUnit brings a unit to a level and returns how many blobs of it were missing there. It
// is tried several times.
func (s *Store) copyUnit(ctx context.Context, l *level, u Unit) (copied int, err error) {
	for try := range s.opts.Attempts {
		if try > 0 {
			time.Sleep(s.opts.Pause << (try - 1))
		}
		var n int
		n, err = s.timed(ctx, l, u)
		copied += n
		if err == nil || errors.Is(err, store.ErrNotExist) {
			break
		}
	}
	return copied, err
}

// timed is copyOnce, of which the level's rhythm learns.
func (s *Store) timed(ctx context.Context, l *level, u Unit) (copied int, err error) {
	s.mu.Lock()
	before := l.bytes
	s.mu.Unlock()
	start := time.Now()
	copied, err = s.copyOnce(ctx, l, u)
	took := time.Since(start)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil && copied > 0:
		l.rhythm.copied(took, l.bytes-before)
	case err != nil && !errors.Is(err, store.ErrNotExist):
		l.rhythm.failed(took)
	}
	return copied, err
}

func (s *Store) copyOnce(ctx context.Context, l *level, u Unit) (copied int, err error) {
	if err := s.learn(ctx, l); err != nil {
		return 0, err
	}
	s.mu.Lock()
	_, has := l.index[u.Last]
	s.mu.Unlock()
	if has { // it was queued twice
		return 0, nil
	}
	from, err := s.source(ctx, l, u)
	if err != nil {
		return 0, err
	}
	parts, err := s.known().Parts(ctx, from, u.Last)
	if err != nil {
		return 0, err
	}
	for _, name := range parts {
		s.mu.Lock()
		_, has := l.index[name]
		if !has {
			l.doubt(name)
		}
		s.mu.Unlock()
		if has {
			continue
		}
		size, err := copyBlob(ctx, from, l.Store, name)
		if err != nil {
			return copied, fmt.Errorf("%s: %w", name, err)
		}
		copied++
		s.mu.Lock()
		if !l.dirty[name] { // else it was another one, which will come again
			l.index[name] = size
			delete(l.unsure, name)
		}
		l.bytes += size
		s.change.Broadcast()
		s.mu.Unlock()
	}
	return copied, nil
}

// source returns what a unit can be copied from: the levels but the target, the first one of
// which that has a valid copy in front.
func (s *Store) source(ctx context.Context, target *level, u Unit) (view, error) {
	var errs []error
	for i, l := range s.levels {
		if l == target || !exists(ctx, l.Store, u.Last) {
			continue
		}
		v := s.preferring(i, target)
		err := s.known().Verify(ctx, v, u.Last)
		if err == nil {
			return v, nil
		}
		errs = append(errs, fmt.Errorf("the copy on %s: %w", l.Name, err))
	}
	if errs == nil {
		return nil, store.ErrNotExist
	}
	return nil, fmt.Errorf("no level has a valid copy: %w", errors.Join(errs...))
}

// Status is what a level is doing.
type Status struct {
	Level   string
	Pending []string // units that are still to come, by their last blobs; the first may be on its way
	Units   int      // that have arrived in this life of the program
	Bytes   int64    // of their blobs
	Err     error    // of the last unit, if it did not arrive
	// Tuning is what the interval of a level with Tune follows from; its steps are units.
	Tuning *interval.Report
}

// Status tells how far the levels are that Put does not wait for.
func (s *Store) Status() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Status
	for _, l := range s.levels[s.wait+1:] {
		st := Status{Level: l.Name, Units: l.units, Bytes: l.bytes, Err: l.err}
		if l.busy.Last != "" {
			st.Pending = append(st.Pending, l.busy.Last)
		}
		for _, u := range l.queue {
			st.Pending = append(st.Pending, u.Last)
		}
		if l.rhythm.tuner != nil {
			report := l.rhythm.tuner.Report(0)
			st.Tuning = &report
		}
		out = append(out, st)
	}
	return out
}

// Drain brings the newest unit of each series to every level, whatever Every and Tune say, and waits
// until nothing is pending. The error tells which levels lack something.
func (s *Store) Drain(ctx context.Context) error {
	if _, err := s.List(ctx, ""); err != nil {
		return err
	}
	all := map[string]int64{}
	for _, l := range s.levels[:s.wait+1] {
		infos, err := l.Store.List(ctx, "")
		if err != nil {
			return fmt.Errorf("store: drain: level %s: %w", l.Name, err)
		}
		for _, info := range infos {
			all[info.Name] = info.Size
		}
	}
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.change.Broadcast()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.opts.ReadOnly {
		for _, l := range s.levels {
			if l.failed != nil {
				u := *l.failed
				l.failed = nil
				s.enqueue(l, u)
			}
		}
		s.missing(unitsOf(s.units, maps.Keys(all)), true)
	}
	for slices.ContainsFunc(s.levels, func(l *level) bool { return l.runs }) {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("store: drain: %w", err)
		}
		s.change.Wait()
	}
	var errs []error
	for _, l := range s.levels {
		if l.failed != nil {
			errs = append(errs, fmt.Errorf("store: drain: level %s lacks %s: %w", l.Name, l.failed.Last, l.why))
		}
	}
	return errors.Join(errs...)
}
