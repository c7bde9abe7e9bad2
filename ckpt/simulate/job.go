package simulate

import (
	"fmt"
	"math"
)

// Job is a computation and what its checkpoints cost.
type Job struct {
	Steps int
	// Step is the time of a step.
	Step Distribution
	// Scale, if not nil, multiplies the time of a step by a factor that depends on its
	// number.
	Scale func(step int) float64
	// Levels are the places for checkpoints, the fastest first.
	Levels []Level
	// Seed is of the random times of steps and checkpoints.
	Seed uint64
	// Limit ends the simulation after so much time; 0 is a thousand times the work.
	Limit float64
}

// Level is one place for checkpoints and the failures that need it.
type Level struct {
	Stall    Distribution // for which a snapshot stalls the steps
	Persist  Distribution // from the end of the stall until it is durable; nil if it is then
	Recovery Distribution // of a restart from this level; nil for none
	InFlight int          // snapshots on their way at a time; 1 if zero
	Bytes    int64        // of a checkpoint
	// Failures happen at the end of these times; each destroys what the levels below
	// hold. nil for none.
	Failures Failures
}

func (j *Job) check() error {
	switch {
	case j.Steps < 0:
		return fmt.Errorf("simulate: a job of %d steps: give 0 or more", j.Steps)
	case j.Step == nil || !positive(j.Step.Mean()):
		return fmt.Errorf("simulate: the time of a step must be positive and finite")
	case len(j.Levels) == 0:
		return fmt.Errorf("simulate: the job has no level for checkpoints: give one at least")
	case math.IsNaN(j.Limit), j.Limit < 0:
		return fmt.Errorf("simulate: the limit %v must not be negative", j.Limit)
	}
	for i, l := range j.Levels {
		if l.Stall == nil || !usable(l.Stall) || !usable(l.Persist) || !usable(l.Recovery) || l.InFlight < 0 || l.Bytes < 0 {
			return fmt.Errorf("simulate: level %d: stall, persist, recovery, InFlight and Bytes must not be negative, and the stall be given", i)
		}
	}
	return nil
}

func positive(x float64) bool { return x > 0 && !math.IsInf(x, 1) }

func usable(d Distribution) bool {
	return d == nil || d.Mean() == 0 || positive(d.Mean())
}

// Result is where the time went. Total = Work + Checkpoint + Lost + Recovery.
type Result struct {
	Finished    bool    `json:"finished"`    // before Job.Limit
	Total       float64 `json:"total"`       // time from start to end
	Work        float64 `json:"work"`        // steps that count
	Checkpoint  float64 `json:"checkpoint"`  // stalls by snapshots
	Lost        float64 `json:"lost"`        // steps that were done and lost
	Recovery    float64 `json:"recovery"`    // restarts
	Checkpoints int     `json:"checkpoints"` // snapshots taken
	Failures    int     `json:"failures"`
	MaxLost     float64 `json:"max_lost"` // most steps lost in one failure, in seconds
}

// Waste returns the share of the total time that was not work.
func (r Result) Waste() float64 {
	if r.Total == 0 {
		return 0
	}
	return 1 - r.Work/r.Total
}

// Overhead returns the stalls over the time of all steps done.
func (r Result) Overhead() float64 {
	if r.Work+r.Lost == 0 {
		return 0
	}
	return r.Checkpoint / (r.Work + r.Lost)
}
