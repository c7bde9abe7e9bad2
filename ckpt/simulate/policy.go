package simulate

import (
	"math"
	"time"

	"github.com/cairn-ad/cairn/ckpt/interval"
)

// Policy decides when to save. It is told everything as it happens.
type Policy interface {
	// Step tells that a step was done.
	Step(took float64)
	// Due returns the level at which a checkpoint is to be taken now, or −1.
	Due(now float64) int
	// Snapshot tells that one was taken, Persisted that the oldest one is durable.
	Snapshot(level int, stall float64)
	Persisted(level int, took float64, bytes int64)
	// Restarted tells that the program was started again from a level, and in what time.
	Restarted(level int, took float64)
}

// Fixed saves at level 0 every so many steps. Give it once to one simulation.
func Fixed(steps int) Policy { return &fixed{every: steps} }

type fixed struct{ every, since int }

func (f *fixed) Step(float64) { f.since++ }

func (f *fixed) Due(float64) int {
	if f.since >= f.every {
		return 0
	}
	return -1
}

func (f *fixed) Snapshot(int, float64)         { f.since = 0 }
func (f *fixed) Persisted(int, float64, int64) {}
func (f *fixed) Restarted(int, float64)        { f.since = 0 }

// Tuned saves when an [interval.Tuner] says so. A restart begins with a new one, which
// knows what the last one had measured, as if that had been saved in the checkpoint.
func Tuned(o interval.Options) (Policy, error) {
	t, err := interval.New(o)
	return &tuned{o, t}, err
}

type tuned struct {
	opts  interval.Options
	tuner *interval.Tuner
}

func (t *tuned) Step(took float64) { t.tuner.Step(duration(took)) }

func (t *tuned) Due(now float64) int {
	if d, ok := t.tuner.Due(duration(now)); ok {
		return d.Level
	}
	return -1
}

func (t *tuned) Snapshot(level int, stall float64) { t.tuner.Snapshot(level, duration(stall)) }

func (t *tuned) Persisted(level int, took float64, bytes int64) {
	t.tuner.Persisted(level, duration(took), bytes)
}

func (t *tuned) Restarted(int, float64) {
	state := t.tuner.State()
	t.tuner, _ = interval.New(t.opts) // they were good before
	t.tuner.Resume(state)
}

func duration(s float64) time.Duration {
	return time.Duration(min(s*1e9, math.MaxInt64/2))
}
