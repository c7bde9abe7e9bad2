package interval

import (
	"fmt"
	"math"
	"time"
)

// Options are what a [Tuner] has to keep to.
type Options struct {
	// Levels are the places for checkpoints, from the fastest to the safest, such as
	// memory, local disk, remote store. At least one.
	Levels []Level
	// Deadline is the time at which the computation will be ended from outside, on the
	// clock of [Tuner.Due]; 0 means never.
	Deadline time.Duration
	// Slack is how much before the deadline the last checkpoint must be durable.
	Slack time.Duration
}

// Level is one place for checkpoints. Zero values set no limit; without MTBF and RPO
// checkpoints are as frequent as the other limits permit.
type Level struct {
	// Name is for reports.
	Name string
	// Overhead is the largest share p of the time of the steps for which snapshots of
	// this level may stall them, such as 0.035; those of several levels add up.
	Overhead float64
	// MTBF is the mean time between the failures that need a checkpoint of this level.
	MTBF time.Duration
	// Recovery is the time from a failure until the work goes on.
	Recovery time.Duration
	// RPO is the largest loss of work that is acceptable, the time in which a checkpoint
	// becomes durable included (recovery point objective).
	RPO time.Duration
	// BytesPerHour is how much may be written in an hour of work.
	BytesPerHour int64
	// InFlight is how many snapshots may be on their way at a time; 1 if zero.
	InFlight int
}

func (o *Options) check() error {
	if len(o.Levels) == 0 {
		return fmt.Errorf("interval: Options.Levels is empty: give one level at least")
	}
	if o.Deadline < 0 || o.Slack < 0 {
		return fmt.Errorf("interval: Deadline %v and Slack %v must not be negative", o.Deadline, o.Slack)
	}
	for i, l := range o.Levels {
		if err := l.check(); err != nil {
			return fmt.Errorf("interval: level %d: %w", i, err)
		}
	}
	return nil
}

func (l *Level) check() error {
	switch {
	case math.IsNaN(l.Overhead), l.Overhead < 0, l.Overhead > 1:
		return fmt.Errorf("Overhead is %v: it is a share of the time, from 0 (no limit) to 1", l.Overhead)
	case l.MTBF < 0, l.Recovery < 0, l.RPO < 0:
		return fmt.Errorf("MTBF %v, Recovery %v and RPO %v must not be negative", l.MTBF, l.Recovery, l.RPO)
	case l.BytesPerHour < 0, l.InFlight < 0:
		return fmt.Errorf("BytesPerHour %d and InFlight %d must not be negative", l.BytesPerHour, l.InFlight)
	}
	return nil
}
