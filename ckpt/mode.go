package ckpt

import (
	"fmt"
	"time"
)

// Mode is how the state is kept as it is while a loop goes on and the state is written.
type Mode int

// The modes; docs/explanation/durability.md tells what each costs.
const (
	// ModeAuto chooses by what is measured; see [Run.Snapshot].
	ModeAuto Mode = iota
	// ModeSync has the loop wait until the checkpoint is durable.
	ModeSync
	// ModeTwoPhase copies the state into a buffer that is in memory already, and the loop goes on.
	ModeTwoPhase
	// ModeFork makes a copy of the process by fork, which stands still and is read. Only
	// pages that the loop writes to meanwhile are copied.
	ModeFork
	// ModeArena protects the memory of [Alloc] from writes, and sets aside what the loop
	// writes to meanwhile. Other memory is copied.
	ModeArena
	modes
)

// String returns "auto", "sync", "two-phase", "fork" or "arena".
func (m Mode) String() string {
	if m < 0 || m >= modes {
		return fmt.Sprintf("Mode(%d)", int(m))
	}
	return [...]string{"auto", "sync", "two-phase", "fork", "arena"}[m]
}

// maxInFlight bounds what InFlight may ask for.
const maxInFlight = 64

// checkSnapshots refuses options that make no sense.
func (o *Options) checkSnapshots() error {
	switch {
	case o.Mode < 0 || o.Mode >= modes:
		return fmt.Errorf("ckpt: Options.Mode: there is no %v", o.Mode)
	case o.InFlight < 0 || o.InFlight > maxInFlight:
		return fmt.Errorf("ckpt: InFlight is %d: give a number from 1 to %d, or 0 for 1", o.InFlight, maxInFlight)
	case o.Memory < 0:
		return fmt.Errorf("ckpt: Memory is %d: it must not be negative", o.Memory)
	case o.Changes < 0 || o.Changes >= changesWays:
		return fmt.Errorf("ckpt: Options.Changes: there is no %v", o.Changes)
	case o.FullEvery < 0 || o.FullEvery > maxBases:
		return fmt.Errorf("ckpt: FullEvery is %d: give a number from 1 to %d, or 0 for 1", o.FullEvery, maxBases)
	}
	return nil
}

// Snapshot tells how the last save of a loop kept the state as it was, and what that cost.
type Snapshot struct {
	// Mode is the mode that was used, never ModeAuto, and Why the reason for it.
	Mode Mode
	Why  string
	// Stall is how long the loop stood still for it.
	Stall time.Duration
	// Memory is how many bytes of buffers the run holds.
	Memory int64
	// Skipped counts saves that were left out because others were in flight.
	Skipped int

	// Persist is the time from the begin of the last save that has become durable until it was.
	Persist time.Duration
	// Unread is how many bytes of the last durable save were not read, because the system
	// knew that the program had not written to them; see [ChangesByPage].
	Unread int64
	// Changed is the share of the payload that had changed since the save before that, or
	// −1 if there was none.
	Changed float64
}

// Snapshot tells how the last save of the loop kept the state as it was, and what that cost.
// Before the first one it returns the zero value.
func (r *Run) Snapshot() Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.report
}
