package schedule

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Multistage is the binomial schedule with some of its slots in memory (level 0) and the
// others on disk (level 1): the fewest forward steps for ram+disk slots, and of the
// trajectories with the fewest steps one with the fewest writes. The slots that are
// written and read most are the ones in memory, which makes the disk traffic the least
// for this trajectory (Stumm and Walther, MultiStage approaches for optimal offline
// checkpointing, SIAM J. Sci. Comput. 31, 2009). It does not weigh a step against a
// disk access; a schedule that does may repeat more steps and cost less.
//
// The zero Multistage is the schedule of no steps. A Multistage must not be copied.
type Multistage struct {
	cursor Cursor
	stages stages
	uses   []uses // scratch
}

// stages tells where the slots of a binomial schedule are.
type stages struct {
	places []place // by slot; empty: the first ram of them in memory
	ram    int
}

// place returns the slot and level of a slot of the binomial schedule.
func (s *stages) place(slot int) (int, uint8) {
	switch {
	case len(s.places) > 0:
		return int(s.places[slot].slot), s.places[slot].level
	case slot >= s.ram:
		return slot - s.ram, 1
	}
	return slot, 0
}

// place is a slot of a level.
type place struct {
	slot  int32
	level uint8
}

// maxPlaces bounds the table of places.
const maxPlaces = math.MaxInt32

// NewMultistage returns the schedule of steps steps with ram slots in level 0 and disk
// slots in level 1; disk = -1 is as many as can be used. It is an error if steps or ram
// is negative, disk is less than -1, or there is no slot at all.
func NewMultistage(steps int64, ram, disk int) (*Multistage, error) {
	m := new(Multistage)
	if err := m.Reset(steps, ram, disk); err != nil {
		return nil, err
	}
	return m, nil
}

// Reset makes m a new schedule and keeps its memory. The errors are those of
// [NewMultistage]; after an error m is as it was.
func (m *Multistage) Reset(steps int64, ram, disk int) error {
	slots, err := multistageSlots(steps, ram, disk)
	if err != nil {
		return err
	}
	if err := m.cursor.Reset(steps, slots); err != nil {
		return err
	}
	m.cursor.staged = &m.stages
	m.stages = stages{ram: ram, places: m.stages.places[:0]}
	if slots <= ram || allAlike(steps, slots) {
		return nil
	}
	m.uses = slotUses(m.uses, steps, slots)
	m.stages.places = placeSlots(m.stages.places, m.uses, ram)
	return nil
}

// multistageSlots returns the number of slots that the schedule makes use of.
func multistageSlots(steps int64, ram, disk int) (int, error) {
	switch {
	case ram < 0:
		return 0, fmt.Errorf("schedule: %d slots in memory: give 0 or more", ram)
	case disk < -1:
		return 0, fmt.Errorf("schedule: %d slots on disk: give 0 or more, or -1 for as many as can be used", disk)
	case ram == 0 && disk == 0:
		return 0, check(steps, 0)
	}
	most := max(1, steps-1)
	if disk < 0 || int64(ram) >= most || int64(disk) >= most-int64(ram) {
		if most > math.MaxInt {
			return 0, fmt.Errorf("schedule: a slot for each of %d steps: more than an int counts on this machine; give fewer", steps)
		}
		return int(most), check(steps, 1)
	}
	slots := ram + disk
	if slots > maxPlaces {
		return 0, fmt.Errorf("schedule: %d slots: the table of slots has room for %d; give fewer, or a slot for each of the %d steps", slots, maxPlaces, steps)
	}
	return slots, check(steps, slots)
}

// allAlike reports that every slot is written and read once.
func allAlike(steps int64, slots int) bool { return int64(slots) >= steps-1 }

// placeSlots puts the ram slots with the most uses into level 0 and the others into
// level 1. Of slots with the same number of uses those that are stored earlier in the
// loop come first. It appends to dst and reorders u.
func placeSlots(dst []place, u []uses, ram int) []place {
	dst = slices.Grow(dst, len(u))[:len(u)]
	slices.SortStableFunc(u, func(a, b uses) int { return cmp.Compare(b.writes+b.reads, a.writes+a.reads) })
	for i := range u {
		dst[u[i].slot] = place{level: 1}
		if i < ram {
			dst[u[i].slot].level = 0
		}
	}
	var next [2]int32
	for i := range dst {
		dst[i].slot = next[dst[i].level]
		next[dst[i].level]++
	}
	return dst
}

// InForwardSweep is as in [Schedule].
func (m *Multistage) InForwardSweep() bool { return m.cursor.InForwardSweep() }

// Next is as in [Schedule].
func (m *Multistage) Next() (Action, bool) { return m.cursor.Next() }

// Stop is as in [Cursor.Stop].
func (m *Multistage) Stop(done int64, recorded bool) { m.cursor.Stop(done, recorded) }

// PlanMultistage returns the counts of [NewMultistage] in O(slots) memory and without
// running the schedule. The errors are those of [NewMultistage] and [PlanBinomial].
func PlanMultistage(steps int64, ram, disk int) (Counts, error) {
	slots, err := multistageSlots(steps, ram, disk)
	if err != nil {
		return Counts{}, err
	}
	c, err := PlanBinomial(steps, slots)
	if err != nil || slots <= ram || steps == 0 {
		return c, err
	}
	if allAlike(steps, slots) {
		// One write for each slot, and one read unless the only step is recorded at once.
		reads := min(1, steps-1)
		r, d := int64(ram), int64(slots-ram)
		c.Levels[0] = LevelCounts{Writes: r, Reads: r * reads, Peak: r}
		c.Levels[1] = LevelCounts{Writes: d, Reads: d * reads, Peak: d}
		c.PeakDisk = d
		return c, nil
	}
	u := slotUses(nil, steps, slots)
	p := placeSlots(nil, slices.Clone(u), ram)
	c.Levels[0] = LevelCounts{}
	for i, w := range u {
		l := &c.Levels[p[i].level]
		l.Writes += w.writes
		l.Reads += w.reads
		l.Peak++ // the last stretch of the forward sweep has all slots in use
	}
	c.PeakDisk = c.Levels[1].Peak
	return c, nil
}
