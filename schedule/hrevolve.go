package schedule

import (
	"fmt"
	"math"
	"slices"
)

// HRevolve hands out a cheapest schedule for a hierarchy of storage levels with a price
// for each transfer: H-Revolve (J. Herrmann and G. Pallez, H-Revolve: a framework for
// adjoint computation on synchronous hierarchical platforms, ACM TOMS 46, 2020). With one
// level above free memory and no limit on its slots it is Disk-Revolve (G. Aupy,
// J. Herrmann, P. Hovland and Y. Robert, Optimal multistage algorithm for adjoint
// computation, SIAM J. Sci. Comput. 38, 2016); see [NewDiskRevolve].
//
// The cost is that of [Costs.Of]: forward steps, reversed steps, and every Save and
// Restore, the last Restore of a state included. A level that costs nothing is used by
// the binomial schedule. One step at a time is recorded.
//
// What is optimal: the cost is the least among the schedules in which, at any time, the
// states that lie in one level are all older than those that lie in another one, for some
// order of the levels, and a state leaves its level only to be used. If memory costs
// nothing and there is one level above it, this is the least cost of all schedules
// (Aupy et al. 2016). With more levels that cost something it is not proved, but
// exhaustive search over all schedules of thousands of small cases has found no cheaper
// one. The order is that of the prices, the dearest level for the oldest states; where
// one level is cheaper to write and the other to read, the orders are tried. The price of
// a reversed step does not influence the choice.
//
// The first Save comes before the first step also where that pays nothing, so that a loop
// that ends early can be reversed: a loop of one step costs the cheapest Save.
//
// The decisions come out of tables that are made once, four bytes for each number of
// steps, level and slot (see [NewHRevolve]); an action then takes O(1) time, or that of
// the binomial schedule in free memory.
type HRevolve struct {
	steps int64  // it was made for so many
	limit int64  // and can be used for up to so many
	free  int    // slots of the free level 0; 0 if level 0 is a tier
	tiers []tier // the other levels that have slots, the one for the youngest states first
	costs Costs

	end     int64 // steps not reversed yet; the next to be reversed is end-1
	pos     int64 // the state at hand is the one before step pos; -1: none
	pending bool  // step end-1 is recorded
	forward bool  // the next action belongs to the forward sweep
	tier    int   // tiers below this one may be used for the state at hand
	held    []stored
	used    [MaxLevels]int // states held, by tier
	saved   int            // states held in the free level
}

// stored is a state that is held.
type stored struct {
	level       // pos, and what the binomial schedule needs
	tier  int   // where it is, -1: in the free level
	next  int64 // the advance from here, if the state is at hand
	inner int   // tiers below this one may be used for what comes after that
}

// NewHRevolve returns a cheapest schedule for steps steps in levels of slots[0],
// slots[1], … slots, -1 for no limit. costs gives the price of a step and of the
// transfers; if those of level 0 are not zero, level 0 is treated as the others.
//
// It makes tables: with s the sum of slots over the levels that are not free, they take
// 4·s·steps bytes, or 8 bytes a step for a level without a limit or with more slots than
// are of use. The time to make them is about proportional to s·steps: with 10 free slots
// and 10 on disk it is 0.02 s for 10^4 steps, 0.15 s for 10^5 and 3 s for 10^6.
//
// It is an error if an argument is negative, if there are more than [MaxLevels] levels,
// if no level has a slot, if the tables would take more than 1 GiB, or if the cost does
// not fit in 61 bits.
func NewHRevolve(steps int64, slots []int, costs Costs) (*HRevolve, error) {
	return newHRevolve(steps, slots, costs, false)
}

func newHRevolve(steps int64, slots []int, costs Costs, readOnce bool) (*HRevolve, error) {
	if err := checkSlots(steps, slots); err != nil {
		return nil, err
	}
	if err := checkCosts(steps, &costs, len(slots)); err != nil {
		return nil, err
	}
	var best *HRevolve
	least := infinite
	for _, order := range orders(slots, &costs) {
		h := &HRevolve{steps: steps, limit: steps, costs: costs, free: freeSlots(steps, slots, &costs)}
		cost, err := h.fill(slots, order, readOnce)
		if err != nil {
			return nil, err
		}
		if best == nil || cost < least {
			best, least = h, cost
		}
	}
	if least == infinite {
		return nil, fmt.Errorf("schedule: the cost of %d steps does not fit in 61 bits; choose a larger unit of time or give more slots", steps)
	}
	best.reset(steps)
	return best, nil
}

// fill makes the tables for the levels in the given order and returns the cost of
// h.steps steps, recorded steps left out.
func (h *HRevolve) fill(slots []int, order []int, readOnce bool) (int64, error) {
	f := filler{forward: h.costs.Forward, room: maxTables}
	if err := f.base(h.steps, h.free); err != nil {
		return 0, err
	}
	for _, k := range order {
		t := tier{level: uint8(k), write: h.costs.Write[k], read: h.costs.Read[k]}
		if err := f.fill(&t, slots[k], readOnce); err != nil {
			return 0, err
		}
		h.tiers = append(h.tiers, t)
	}
	return f.lower[h.steps], nil
}

// freeSlots returns the slots of level 0 if that costs nothing, and otherwise 0.
func freeSlots(steps int64, slots []int, costs *Costs) int {
	switch {
	case len(slots) == 0 || costs.Write[0] != 0 || costs.Read[0] != 0:
		return 0
	case slots[0] < 0:
		return int(max(1, min(steps-1, math.MaxInt)))
	}
	return slots[0]
}

// maxOrders bounds the orders of the levels that are tried: all, if no more than four
// levels are neither cheaper nor dearer than one another.
const maxOrders = 24

// orders returns the orders of the levels that have slots and are not free in which a
// level comes before all that are as dear or dearer both to write and to read.
func orders(slots []int, costs *Costs) [][]int {
	var levels []int
	for k, n := range slots {
		if n != 0 && (k > 0 || costs.Write[0] != 0 || costs.Read[0] != 0) {
			levels = append(levels, k)
		}
	}
	before := func(i, j int) bool {
		w, r := costs.Write[i]-costs.Write[j], costs.Read[i]-costs.Read[j]
		return w <= 0 && r <= 0 && (w < 0 || r < 0 || i < j)
	}
	var list [][]int
	var extend func(order, rest []int)
	extend = func(order, rest []int) {
		if len(rest) == 0 && len(list) < maxOrders {
			list = append(list, slices.Clone(order))
		}
		for i, k := range rest {
			if len(list) < maxOrders && !slices.ContainsFunc(rest, func(j int) bool { return before(j, k) }) {
				extend(append(order, k), slices.Delete(slices.Clone(rest), i, i+1))
			}
		}
	}
	extend(nil, levels)
	return list
}

func checkSlots(steps int64, slots []int) error {
	if steps < 0 {
		return check(steps, 1)
	}
	if len(slots) > MaxLevels {
		return fmt.Errorf("schedule: %d storage levels, there can be %d", len(slots), MaxLevels)
	}
	any := false
	for k, s := range slots {
		if s < -1 {
			return fmt.Errorf("schedule: %d slots in level %d: give 0 or more, or -1 for no limit", s, k)
		}
		any = any || s != 0
	}
	if !any {
		return fmt.Errorf("schedule: no level has a slot: the start state needs one")
	}
	return nil
}

// Reset starts the schedule again for steps steps, at most as many as it was made for,
// with the tables and the memory it has. After an error h is as it was.
func (h *HRevolve) Reset(steps int64) error {
	if steps < 0 || steps > h.limit {
		return fmt.Errorf("schedule: %d steps: this schedule was made for 0 to %d; make a new one", steps, h.limit)
	}
	h.reset(steps)
	return nil
}

func (h *HRevolve) reset(steps int64) {
	h.end, h.pos, h.pending, h.forward = steps, 0, false, steps > 0
	h.tier, h.held = len(h.tiers), h.held[:0]
	h.used, h.saved = [MaxLevels]int{}, 0
}

// InForwardSweep is as for [Cursor.InForwardSweep].
func (h *HRevolve) InForwardSweep() bool { return h.forward }

// Next returns the next action, or false when all steps are reversed.
func (h *HRevolve) Next() (Action, bool) {
	if h.pending {
		h.pending = false
		h.end--
		h.pos = -1
		return reverse(h.end), true
	}
	if h.end == 0 {
		return Action{}, false
	}
	if h.pos < 0 {
		return h.restore(), true
	}
	top := len(h.held) - 1
	if h.pos == h.end-1 && (top >= 0 || !h.forward) {
		h.pending, h.forward = true, false
		h.pos++
		return record(h.end - 1), true
	}
	if top < 0 || h.held[top].pos != h.pos {
		return h.save(), true
	}
	return h.advance(&h.held[top]), true
}

func (h *HRevolve) advance(s *stored) Action {
	from := h.pos
	if s.tier < 0 {
		s.next = s.stride(uint64(h.end-from), uint64(h.free-h.saved+1))
	}
	h.pos += s.next
	h.tier = s.inner
	return advance(from, h.pos)
}

// save stores the state at hand in the highest tier where that pays.
func (h *HRevolve) save() Action {
	n := h.end - h.pos
	for k := h.tier - 1; k >= 0; k-- {
		t := &h.tiers[k]
		if j := t.save(t.slots-h.used[k], n); j > 0 {
			return h.saveIn(k, j)
		}
	}
	if h.free == 0 {
		return h.saveIn(h.cheapest(), 0)
	}
	s := stored{level: level{pos: h.pos}, tier: -1}
	if h.saved == 0 {
		s.t, s.below = repetition(n, int64(h.free))
	} else {
		p := h.held[len(h.held)-1]
		s.level = p.after(h.pos, uint64(h.free-h.saved+1))
	}
	h.held = append(h.held, s)
	h.saved++
	return save(h.pos, h.saved-1, 0)
}

// after returns the level of a state stored at pos, up to which l has advanced with s
// slots: the steps from there are at most Beta(s-1, t), and Beta(s-1, t-1) is
// Beta(s, t-1) * s/(s+t-1).
func (l level) after(pos int64, s uint64) level {
	return level{pos: pos, t: l.t, below: mulDiv(l.below, s, s+uint64(l.t)-1)}
}

// saveIn stores the state at hand in tier k, to advance j steps afterwards.
func (h *HRevolve) saveIn(k int, j int64) Action {
	t := &h.tiers[k]
	h.held = append(h.held, stored{level: level{pos: h.pos}, tier: k, next: j, inner: k + 1})
	h.used[k]++
	return save(h.pos, h.used[k]-1, t.level)
}

// cheapest returns the tier to store the start of a loop of one step in.
func (h *HRevolve) cheapest() int {
	best := -1
	for k, t := range h.tiers {
		if best < 0 || t.write < h.tiers[best].write {
			best = k
		}
	}
	return best
}

// restore loads the state that was stored last.
func (h *HRevolve) restore() Action {
	s := &h.held[len(h.held)-1]
	h.pos = s.pos
	n := h.end - s.pos
	a := restore(s.pos, 0, 0, false)
	if s.tier < 0 {
		a.Slot, a.Last = h.saved-1, n == 1
	} else {
		t := &h.tiers[s.tier]
		a.Level, a.Slot = t.level, h.used[s.tier]-1
		s.next, s.inner = t.again(t.slots-h.used[s.tier]+1, n), s.tier+1
		if t.slots < 0 {
			s.inner = s.tier
		}
		a.Last = s.next == 0
		h.tier = s.tier
	}
	if a.Last {
		h.drop()
	}
	return a
}

// drop frees the slot of the state that was stored last.
func (h *HRevolve) drop() {
	top := len(h.held) - 1
	if k := h.held[top].tier; k < 0 {
		h.saved--
	} else {
		h.used[k]--
	}
	h.held = h.held[:top]
}

// Stop is as for [Cursor.Stop]. What follows stays within the slots; it is not
// necessarily the cheapest way to reverse done steps.
func (h *HRevolve) Stop(done int64, recorded bool) {
	h.end = min(h.end, max(0, done))
	h.forward = false
	h.pos = -1
	h.pending = recorded && h.end > 0
	// No state lies at or after the end, unless the loop has ended between a save and
	// the step that was to follow.
	for n := len(h.held); n > 0 && h.held[n-1].pos >= h.end; n-- {
		h.drop()
	}
}
