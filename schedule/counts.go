package schedule

import (
	"fmt"
	"math"
	"math/bits"
)

// Counts is what a schedule costs, in numbers of actions and slots.
type Counts struct {
	ForwardSteps int64 `json:"forward_steps"` // steps executed, recorded ones included
	Advances     int64 `json:"advances"`      // steps executed without recording
	Writes       int64 `json:"writes"`        // Save actions, all levels
	Reads        int64 `json:"reads"`         // Restore actions, all levels
	Peak         int64 `json:"peak"`          // most slots in use at one time, all levels together

	PeakDisk  int64 `json:"-"` // most slots in use at one time in levels 1 and up
	PeakTape  int64 `json:"-"` // most steps recorded and not reversed at one time
	PeakUnits int64 `json:"-"` // most units in use at one time, see Shared; 0 without

	Levels [MaxLevels]LevelCounts `json:"-"`
}

// LevelCounts is the part of [Counts] that one storage level has.
type LevelCounts struct {
	Writes, Reads int64 // Save and Restore actions
	Peak          int64 // most slots in use at one time
}

// DiskWrites returns the Save actions of levels 1 and up.
func (c *Counts) DiskWrites() int64 { return c.Writes - c.Levels[0].Writes }

// DiskReads returns the Restore actions of levels 1 and up.
func (c *Counts) DiskReads() int64 { return c.Reads - c.Levels[0].Reads }

// Costs are the prices of actions, in one unit of time of the caller's choice; none is
// negative. A Record costs Forward, its Reverse costs Reverse, and a Save or Restore of
// level k costs Write[k] or Read[k].
type Costs struct {
	Forward, Reverse int64
	Write, Read      [MaxLevels]int64
}

// Of returns the cost of a schedule of n reversed steps with the counts c:
//
//	Forward*ForwardSteps + Reverse*n + sum over levels k of (Write[k]*Writes_k + Read[k]*Reads_k)
//
// where n = ForwardSteps-Advances, since each step is recorded once. It is an error if
// a price is negative or the sum does not fit in an int64.
func (k *Costs) Of(c Counts) (int64, error) {
	if err := k.check(); err != nil {
		return 0, err
	}
	var sum total
	sum.add(k.Forward, c.ForwardSteps)
	sum.add(k.Reverse, c.ForwardSteps-c.Advances)
	for i, l := range c.Levels {
		sum.add(k.Write[i], l.Writes)
		sum.add(k.Read[i], l.Reads)
	}
	if sum.over {
		return 0, fmt.Errorf("schedule: the cost does not fit in 64 bits; choose a larger unit of time")
	}
	return sum.value(), nil
}

// total is a sum of products of numbers that are not negative.
type total struct {
	sum  uint64
	over bool // the sum does not fit in an int64
}

func (t *total) add(a, b int64) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	var carry uint64
	t.sum, carry = bits.Add64(t.sum, lo, 0)
	t.over = t.over || hi|carry != 0 || t.sum > math.MaxInt64
}

func (t *total) value() int64 { return int64(t.sum) }

// check reports a negative price.
func (k *Costs) check() error {
	lowest := min(k.Forward, k.Reverse)
	for i := range k.Write {
		lowest = min(lowest, k.Write[i], k.Read[i])
	}
	if lowest < 0 {
		return fmt.Errorf("schedule: a cost of %d: costs are not negative", lowest)
	}
	return nil
}
