package ckpt

import (
	"fmt"
	"time"

	"github.com/cairn-ad/cairn/ckpt/internal/freeze"
)

const (
	// few is the share of changed pages, or of changed chunks where pages cannot be told, below which a fork costs less than a copy of the
	// state, and someMore that from which it no longer does: what a loop writes to
	// after a fork is copied page by page, in faults.
	few, someMore = 0.25, 0.35
	// little is how many bytes are copied whatever else is known.
	little = 32 << 20
)

// preference is the modes to try, in order, and the reason for the first.
type preference struct {
	modes [modes]Mode
	n     int
	why   string
}

func (p *preference) add(m Mode) {
	for _, other := range p.modes[:p.n] {
		if other == m {
			return
		}
	}
	p.modes[p.n] = m
	p.n++
}

// prefer orders the modes for a state of so many bytes, which is to be copied into s if it is
// copied.
func (r *Run) prefer(s *snapshot, total int) (p preference) {
	switch {
	case r.opts.Uncritical != nil:
		p.add(ModeSync)
		p.why = "what masks leave out is saved besides"
		return p
	case r.opts.Mode != ModeAuto:
		p.add(r.opts.Mode)
		p.why = "Options.Mode asks for it"
	case r.freezer.allocated > 0 && float64(r.freezer.allocated) >= 0.9*float64(total):
		p.add(ModeArena)
		p.why = "the state is in memory of Alloc"
	default:
		if err := r.fits(s, total); err != nil {
			p.why = err.Error()
			p.add(ModeFork)
			p.add(ModeSync)
			return p
		}
		p.why = r.cheaper(total, &p)
	}
	if r.opts.Mode != ModeSync {
		p.add(ModeTwoPhase)
		if total >= least {
			p.add(ModeFork)
		}
	}
	p.add(ModeSync)
	return p
}

// cheaper prefers a fork to a copy where it costs less, and returns the reason.
func (r *Run) cheaper(total int, p *preference) string {
	if total < little {
		return "the state is small"
	}
	r.mu.Lock()
	changed, last := r.report.Changed, r.report.Mode
	measured := r.report.Persist > 0
	r.mu.Unlock()
	if r.pages.known {
		changed = r.pages.share
	}
	bound := few
	if last == ModeFork {
		bound = someMore
	}
	if !measured || changed < 0 || changed >= bound {
		return "there is memory for a copy of the state"
	}
	// The first fork takes longer: what it needs is looked for, and the state moved.
	f := &r.flight
	if f.taken[ModeFork] > 1 && f.taken[ModeTwoPhase] > 0 && f.stalls[ModeFork] >= f.stalls[ModeTwoPhase] {
		return "a fork took longer than a copy of the state"
	}
	if r.freezer.canFork() == nil {
		p.add(ModeFork)
		return "few of the pages change between saves"
	}
	return "there is memory for a copy of the state"
}

// fits returns an error if a copy of so many bytes would take more memory than is allowed.
func (r *Run) fits(s *snapshot, total int) error {
	if total <= len(s.buf) {
		return nil
	}
	held := r.held(s)
	limit := r.opts.Memory
	if limit == 0 {
		free, known := r.freezer.available()
		if !known {
			return nil
		}
		limit = held + int64(len(s.buf)) + free/2
	}
	if held+int64(total) > limit {
		return fmt.Errorf("a copy of %d bytes would take more memory than the %d bytes that are allowed", total, limit)
	}
	return nil
}

// available is what the system has, as it was a short time ago.
func (f *freezer) available() (int64, bool) {
	if now := time.Now(); f.asked.IsZero() || now.Sub(f.asked) > 10*time.Second {
		f.asked = now
		f.free, f.known = available()
	}
	return f.free, f.known
}

// held is how many bytes the buffers of the other snapshots have.
func (r *Run) held(except *snapshot) (n int64) {
	for _, s := range r.flight.all {
		if s != except {
			n += int64(len(s.buf))
		}
	}
	return n
}

// freeze makes s the state as it is now, by the best mode that works, and returns that and
// the reason. ModeSync is one that leaves it to the caller. The error is that of a state that cannot be saved.
func (r *Run) freeze(s *snapshot) (Mode, string, error) {
	bytes, err := r.capture(&s.image)
	if err != nil {
		return ModeSync, "", err
	}
	total := int(bytes)
	r.pages.end()
	p := r.prefer(s, total)
	for _, m := range p.modes[:p.n] {
		if m == ModeSync {
			return m, p.why, nil
		}
		err := r.freezeBy(s, m, total)
		if err == nil {
			r.look(&s.image)
			if r.opts.Mode == ModeAuto && m != ModeArena && total >= little && r.changes.armed == 0 && r.pages.due() {
				r.pages.begin(s.large)
			}
			r.mu.Lock()
			r.report.Memory = r.held(nil)
			r.mu.Unlock()
			return m, p.why, nil
		}
		p.why = fmt.Sprintf("%s, but mode %v: %v", p.why, m, err)
		if r.opts.Mode == m && !r.freezer.told {
			r.freezer.told = true
			r.warn("Options.Mode is %v, but %v; another mode is used", m, err)
		}
	}
	return ModeSync, p.why, nil
}

// freezeBy freezes by one mode. The error tells why that mode cannot be used.
func (r *Run) freezeBy(s *snapshot, m Mode, total int) error {
	s.mode, s.used, s.arena = m, 0, r.freezer.arena
	switch m {
	case ModeTwoPhase:
		if err := r.fits(s, total); err != nil {
			return err
		}
		if err := s.room(total); err != nil {
			return err
		}
	case ModeFork:
		if err := r.freezer.canFork(); err != nil {
			return err
		}
	case ModeArena:
		if err := r.freezer.canProtect(); err != nil {
			return err
		}
	}
	if err := s.collect(r.vars); err != nil {
		return err
	}
	switch m {
	case ModeFork:
		return r.freezer.fork(s)
	case ModeArena:
		return s.arena.Freeze()
	}
	return nil
}

// canProtect returns an error if there is no arena.
func (f *freezer) canProtect() error {
	switch {
	case f.arenaErr != nil:
		return f.arenaErr
	case f.arena == nil:
		return fmt.Errorf("%w: no variable has memory of Alloc", freeze.ErrRefused)
	}
	return nil
}
