package schedule

import (
	"fmt"
	"math"
)

// NewDiskRevolve returns a cheapest schedule for ram slots in memory and a disk on which
// there is always room: [NewHRevolve] with the slots {ram, -1}. A state is loaded from
// disk as often as it pays. Memory costs nothing unless costs says so; the disk is
// level 1 (Aupy, Herrmann, Hovland and Robert 2016).
func NewDiskRevolve(steps int64, ram int, costs Costs) (*HRevolve, error) {
	return newHRevolve(steps, []int{ram, -1}, costs, false)
}

// NewDiskRevolveOneRead is [NewDiskRevolve] for a disk from which each state is loaded
// once only, so that it can be written and read as a stack. The cost is the least of those
// schedules. Memory must cost nothing.
func NewDiskRevolveOneRead(steps int64, ram int, costs Costs) (*HRevolve, error) {
	if err := checkFreeMemory(&costs); err != nil {
		return nil, err
	}
	return newHRevolve(steps, []int{ram, -1}, costs, true)
}

// NewDiskRevolvePeriodic returns the schedule that stores a state on disk, level 1, every
// [DiskPeriod] steps, loads each once, and reverses the steps of a period with ram slots
// in memory under the binomial schedule. For a growing number of steps the ratio of its
// cost to that of [NewDiskRevolveOneRead] tends to 1 (G. Aupy and J. Herrmann, Periodicity
// in optimal hierarchical checkpointing schemes for adjoint computations, Optim. Methods
// Softw. 32, 2017). It needs no tables, and where it stores does not depend on the number
// of steps. Memory must cost nothing. Reset takes any number of steps.
func NewDiskRevolvePeriodic(steps int64, ram int, costs Costs) (*HRevolve, error) {
	if err := checkSlots(steps, []int{ram, -1}); err != nil {
		return nil, err
	}
	period, err := DiskPeriod(ram, costs)
	if err != nil {
		return nil, err
	}
	h := &HRevolve{steps: steps, limit: math.MaxInt64, costs: costs}
	h.free = freeSlots(math.MaxInt64, []int{ram}, &costs)
	h.tiers = []tier{{level: 1, slots: -1, write: costs.Write[1], read: costs.Read[1], period: period}}
	h.reset(steps)
	return h, nil
}

// DiskPeriod returns the period of [NewDiskRevolvePeriodic]: Beta(ram, t) with the smallest
// t for which
//
//	Forward * Beta(ram+1, t) > Write[1] + Read[1]
//
// It is math.MaxInt64, so that the disk is not used, if there is no such t or the period
// does not fit. It is an error if ram is less than -1 or a price is negative, or if memory
// does not cost nothing.
func DiskPeriod(ram int, costs Costs) (int64, error) {
	if err := checkSlots(0, []int{ram, -1}); err != nil {
		return 0, err
	}
	if err := costs.check(); err != nil {
		return 0, err
	}
	if err := checkFreeMemory(&costs); err != nil {
		return 0, err
	}
	if ram == 0 {
		return 1, nil // Beta(0, t) is 1
	}
	if ram < 0 || costs.Forward == 0 {
		return math.MaxInt64, nil
	}
	if max(costs.Write[1], costs.Read[1]) > largest {
		return 0, fmt.Errorf("schedule: costs of %d and %d for a transfer are too large; choose a larger unit of time", costs.Write[1], costs.Read[1])
	}
	// Forward*b > Write+Read if and only if b > the quotient, for integers.
	q := (costs.Write[1] + costs.Read[1]) / costs.Forward
	t := Repetition(q+1, int64(ram)+1)
	b, _ := Beta(int64(ram), t)
	return int64(min(b, math.MaxInt64)), nil
}

func checkFreeMemory(costs *Costs) error {
	if costs.Write[0] != 0 || costs.Read[0] != 0 {
		return fmt.Errorf("schedule: transfers in memory cost %d and %d: this scheme is for memory that costs nothing; use NewHRevolve", costs.Write[0], costs.Read[0])
	}
	return nil
}

// periodic counts the periodic form: q full periods, each loaded from disk, and before
// them in the order of reversal what is left, which is reversed from the state at hand.
func (h *HRevolve) periodic() (Counts, error) {
	var c Counts
	n := h.steps
	if n == 0 {
		return c, nil
	}
	t := &h.tiers[0]
	q := (n - 1) / t.period
	rest, full := binomialCounts(n-q*t.period, h.free), Counts{}
	if q > 0 {
		full = binomialCounts(t.period, h.free)
	}
	if n == 1 {
		k := t.level
		if h.free > 0 {
			k = 0
		}
		rest.hold(k)
		rest.write(k)
	}
	var sum total
	sum.add(full.Advances, q)
	sum.add(t.period, q)
	sum.add(rest.Advances, 1)
	c.Advances = sum.value()
	sum.add(n, 1)
	c.ForwardSteps = sum.value()
	if sum.over {
		return Counts{}, tooMany(n, h.free)
	}
	ram := &c.Levels[0]
	*ram = rest.Levels[0]
	ram.Writes += q * full.Levels[0].Writes
	ram.Reads += q * full.Levels[0].Reads
	ram.Peak = max(ram.Peak, full.Levels[0].Peak)
	disk := &c.Levels[t.level]
	if n == 1 {
		*disk = rest.Levels[t.level]
	}
	disk.Writes += q
	disk.Reads += q
	disk.Peak += q
	c.Writes, c.Reads = ram.Writes+disk.Writes, ram.Reads+disk.Reads
	c.PeakDisk, c.PeakTape = disk.Peak, 1
	c.Peak = rest.Peak + q
	if q > 0 {
		c.Peak = max(c.Peak, full.Peak+q-1)
	}
	return c, nil
}
