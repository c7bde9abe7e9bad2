package tiers

import (
	"time"

	"github.com/cairn-ad/cairn/ckpt/interval"
)

// tuned reports whether a level's interval follows from what its copies cost.
func (l *Level) tuned() bool { return l.Tune != (interval.Level{}) }

// rhythm decides which of the units that arrive a level takes. It has no clock.
type rhythm struct {
	every time.Duration
	tuner *interval.Tuner // its steps are the times between units; nil if every counts

	began, latest time.Time // of the first unit that arrived, of the latest
	taken         time.Time // when the level took one
}

// newRhythm returns the rhythm of a level that Put does not wait for. An error says which of
// its limits makes no sense.
func newRhythm(l Level) (rhythm, error) {
	r := rhythm{every: l.Every}
	if !l.tuned() {
		return r, nil
	}
	tune := l.Tune
	tune.Name = l.Name
	var err error
	r.tuner, err = interval.New(interval.Options{Levels: []interval.Level{tune}})
	return r, err
}

// arrives tells that a unit is there at the time now, and reports whether the level takes it.
// A level that is busy copying takes none, if its interval follows from that.
func (r *rhythm) arrives(now time.Time, busy bool) bool {
	if r.tuner == nil {
		return r.every == 0 || r.taken.IsZero() || now.Sub(r.taken) >= r.every
	}
	if r.latest.IsZero() {
		r.began = now
	} else {
		r.tuner.Step(now.Sub(r.latest))
	}
	r.latest = now
	if busy {
		return false
	}
	if r.taken.IsZero() { // the safest level has something as soon as anything is there
		return true
	}
	_, due := r.tuner.Due(now.Sub(r.began))
	return due
}

// copied tells how long a copy took, and its bytes. The time counts as if the program had
// stood still for it, which is the most that it may have cost.
func (r *rhythm) copied(took time.Duration, bytes int64) {
	if r.tuner != nil {
		r.tuner.Snapshot(0, took)
		r.tuner.Persisted(0, took, bytes)
	}
}

// failed tells that no copy came of an attempt.
func (r *rhythm) failed(took time.Duration) {
	if r.tuner != nil {
		r.tuner.Failed(0, took)
	}
}

// all reports whether the level takes every unit that it can.
func (r *rhythm) all() bool { return r.every == 0 && r.tuner == nil }
