package schedule

import (
	"fmt"
	"math"
)

// OnlineTwoLevel hands out the actions for a loop of unknown length with memory (level 0)
// and a disk (level 1). The forward sweep writes a state to the disk at the beginning of
// every period and keeps states of the period at hand in memory, as [Online] does. The
// reverse sweep takes one period after the other: it reads its first state and reverses
// it in memory under the binomial schedule. It is driven as [Online] is.
//
// # Unlimited disk
//
// With c slots of memory, prices uf = Forward, wd = Write[1] and rd = Read[1], and memory
// free, reversing a period of m steps from a state on disk that is read k times costs
//
//	wd + k*rd + uf*(m + Q(m))
//
// in all, where Q(m) is the least number of steps without recording in k stretches, each
// of them binomial in memory; the stretch after which j others follow runs another j times,
// to reach those. Q is convex. Its slope is t where G(t-1) < m <= G(t),
//
//	G(t) = Beta(c, t) + Beta(c, t-1) + … + Beta(c, t-k+1) = Beta(c+1, t) - Beta(c+1, t-k),
//
// so the cost per step is least at m = G(t) for the smallest t with
//
//	Beta(c+2, t) - Beta(c+2, t-k) >= (wd + k*rd)/uf.
//
// For k = 1 these are the period Beta(c, t) and the condition Beta(c+1, t) >= (wd+rd)/uf of
// Aupy and Herrmann (2017). The period is the best one over k up to 4096; it does not depend
// on the number n of steps.
//
// Let x be the least cost per step. The best schedule that knows n (the recurrence of Aupy,
// Herrmann, Hovland and Robert 2016) is a sequence of such periods, of any lengths, and of
// a last one that is not written, so it costs at least x*n - wd - rd. Here all periods but
// the last one, which is shorter, cost at most x per step. So the cost is within a constant of
// the least one, whatever n is; in all cases tried it is less than a whole period costs.
//
// # Limited disk
//
// With d slots on disk a state is written when the steps since the one before reach the
// period or Beta(c+1, R-1), R = Repetition(n, c+d), whichever is more. When the disk is
// full, the state is given up whose loss raises the steps of a reversal with all free slots
// the least.
//
// The reverse sweep takes the stretches between states on disk one after the other. A
// stretch of at most one period is reversed in memory. One of two periods and more is reversed
// with new states on disk, as long as slots are free there: the next one comes after a
// binomial stride for the free slots of both levels, or after a period if that is more. In
// between it takes what costs less.
//
// Nothing is proved about the cost. For the sizes and prices tried, n from 200 to 1000 and
// at least two periods, it is 1.01 to 1.25 times that of the best schedule that knows n.
//
// The zero OnlineTwoLevel is the schedule of no steps.
type OnlineTwoLevel struct {
	ram           int
	costs         Costs
	period, reads int64

	forward bool
	pos     int64 // forward: the state at hand is the one before step pos

	bound int64      // forward: where the next state is written to the disk
	disk  int        // slots on disk; -1: as many as are wanted
	held  []diskMark // the states on disk, if disk is not -1
	used  int        // slots on disk that have been in use, if disk is not -1
	free  []int      // those of them that are free
	every int64      // the number of them, if it is: one every period

	base   int64      // the state on disk that was written last
	rule   onlineRule // states in memory since base, counted from it
	onDisk bool       // its first state is the one on disk
	slotOf []int32    // slot in memory by the slot of rule
	fresh  int        // slots of memory never used
	old    []heldState

	back    reversal // in memory
	current int64    // a stretch that is reversed in memory begins here; -1: none
	slot    int      // of the state before it on disk
	left    int64    // times that this state is still to be read
	skip    int64    // steps to run from the state at hand
	start   bool     // the steps from the state at hand on are to be reversed in memory
	choose  bool     // it is to be chosen how the steps from the state at hand on are reversed
}

// heldState is a state in memory of a period before the one at hand.
type heldState struct {
	pos  int64
	slot int32
}

// diskMark is a state on disk. gap is the number of steps to the next one.
type diskMark struct {
	pos, gap int64
	slot     int
}

var _ Schedule = (*OnlineTwoLevel)(nil)

// NewOnlineTwoLevel returns the online schedule with ram slots of memory and disk slots on
// disk; disk = -1 is as many as are wanted. Of costs it uses Forward, Write[1] and Read[1]
// to choose the period. It is an error if ram or disk is out of range, a cost is negative,
// or a step costs nothing.
func NewOnlineTwoLevel(ram, disk int, costs Costs) (*OnlineTwoLevel, error) {
	t := new(OnlineTwoLevel)
	if err := t.Reset(ram, disk, costs); err != nil {
		return nil, err
	}
	return t, nil
}

// Reset makes t a new schedule and keeps its memory. The errors are those of
// [NewOnlineTwoLevel]; after an error t is as it was.
func (t *OnlineTwoLevel) Reset(ram, disk int, costs Costs) error {
	if err := checkOnlineDisk(ram, disk, &costs); err != nil {
		return err
	}
	*t = OnlineTwoLevel{
		ram: ram, disk: disk, costs: costs, forward: true, current: -1,
		held: t.held[:0], free: t.free[:0], rule: t.rule, slotOf: t.slotOf[:0], old: t.old[:0], back: t.back,
	}
	t.period, t.reads = diskPeriod(ram, &costs, maxReads)
	t.rule.reset(ram)
	if t.back.staged == nil {
		t.back.staged = new(stages)
	}
	return nil
}

func checkOnlineDisk(ram, disk int, costs *Costs) error {
	if err := checkOnline(0, ram); err != nil {
		return err
	}
	if ram == maxPlaces || disk > maxPlaces {
		return fmt.Errorf("schedule: %d slots in memory and %d on disk: an online schedule keeps track of each; give fewer than %d", ram, disk, maxPlaces)
	}
	if disk == 0 || disk < -1 {
		return fmt.Errorf("schedule: %d slots on disk: give at least 1, or -1 for as many as are wanted; without a disk use Online", disk)
	}
	if err := costs.check(); err != nil {
		return err
	}
	if costs.Forward == 0 {
		return fmt.Errorf("schedule: a step that costs nothing: the disk is never worth it; use Online")
	}
	return nil
}

// Period returns the number of steps between the states that are written to the disk while
// it has room, and how many times each of them is read.
func (t *OnlineTwoLevel) Period() (steps, reads int64) { return t.period, t.reads }

// InForwardSweep is as in [Online].
func (t *OnlineTwoLevel) InForwardSweep() bool { return t.forward }

// Next is as in [Online].
func (t *OnlineTwoLevel) Next() (Action, bool) {
	if !t.forward {
		return t.backward()
	}
	from := t.pos
	switch {
	case from == t.bound:
		return t.write(), true
	case from == addUp(t.base, t.rule.next):
		return save(from, t.keep(), 0), true
	}
	t.pos = min(t.bound, addUp(t.base, t.rule.next))
	return advance(from, t.pos), true
}

// write begins a period with the state at hand. If states on disk are read once, the one
// before step 0 is also kept in memory, so that a loop of one period need not read it.
func (t *OnlineTwoLevel) write() Action {
	slot := t.hold()
	t.bound = addUp(t.pos, t.distance())
	if t.pos > 0 || t.reads > 1 {
		t.remember()
		t.base, t.onDisk = t.pos, true
		t.slotOf = append(t.slotOf[:0], -1)
		t.rule.reset(t.ram + 1)
		t.rule.save(0)
	}
	return save(t.pos, slot, 1)
}

// distance returns how far from the state at hand the next one is written.
func (t *OnlineTwoLevel) distance() int64 {
	switch t.disk {
	case -1:
		return t.period
	case 1:
		return math.MaxInt64 // the state before step 0 cannot be given up
	}
	r := Repetition(t.pos+1, int64(t.ram+t.disk))
	gap, saturated := Beta(int64(t.ram+1), r-1)
	if saturated || gap > math.MaxInt64 {
		return math.MaxInt64
	}
	return max(t.period, int64(gap))
}

// hold takes a slot on disk for the state at hand and returns it.
func (t *OnlineTwoLevel) hold() (slot int) {
	if t.disk < 0 {
		t.every++
		return int(t.every - 1)
	}
	n := len(t.held)
	if n > 0 {
		t.held[n-1].gap = t.pos - t.held[n-1].pos
	}
	if n < t.disk {
		slot = t.take()
	} else {
		slot = t.giveUp()
	}
	t.held = append(t.held, diskMark{pos: t.pos, slot: slot})
	return slot
}

// giveUp removes the state on disk that is worth the least, by the steps without recording
// that the reversal of each gap needs with all free slots, and returns its slot.
func (t *OnlineTwoLevel) giveUp() (slot int) {
	var best int
	var least, later int64
	for j := len(t.held) - 1; j > 0; j-- {
		s, gap := t.ram+t.disk-j, t.held[j].gap
		before := t.held[j-1].gap
		more := Advances(before+gap, s+1) - Advances(before, s+1) - Advances(gap, s) + later
		if best == 0 || more < least {
			best, least = j, more
		}
		later += Advances(gap, s+1) - Advances(gap, s)
	}
	slot = t.held[best].slot
	t.held[best-1].gap += t.held[best].gap
	t.held = append(t.held[:best], t.held[best+1:]...)
	return slot
}

// keep saves the state at hand in memory and returns the slot. It takes slots that are
// free first, then those of earlier periods, the latest state first.
func (t *OnlineTwoLevel) keep() int {
	k := t.rule.save(t.pos - t.base)
	if k == len(t.slotOf) {
		slot := int32(t.fresh)
		if t.fresh < t.ram {
			t.fresh++
		} else {
			last := len(t.old) - 1
			slot = t.old[last].slot
			t.old = t.old[:last]
		}
		t.slotOf = append(t.slotOf, slot)
	}
	return int(t.slotOf[k])
}

// remember appends the states in memory since base to old.
func (t *OnlineTwoLevel) remember() {
	for i, m := range t.rule.marks {
		if i > 0 || !t.onDisk {
			t.old = append(t.old, heldState{t.base + m.pos, t.slotOf[m.slot]})
		}
	}
}

// Stop is as in [Online.Stop].
func (t *OnlineTwoLevel) Stop(done int64, recorded bool) {
	if !t.forward {
		return
	}
	t.forward = false
	useful, end := stopAt(t.pos, done, recorded)
	t.remember()
	t.back = reversal{end: end, pos: -1, slots: t.ram, levels: t.back.levels[:0], staged: t.back.staged}
	if recorded && end > 0 {
		t.back.pending = 1
	}
	places := t.back.staged.places[:0]
	for _, h := range t.old {
		places = append(places, place{slot: h.slot})
		if h.pos < useful {
			t.back.levels = append(t.back.levels, level{pos: h.pos})
		}
	}
	for i := t.fresh; i < t.ram && int64(len(places)) < end; i++ {
		places = append(places, place{slot: int32(i)})
	}
	t.back.staged.places = places
	t.back.measure()
	t.every = min(t.every, ceilDiv(useful, t.period))
	for n := len(t.held); n > 0 && t.held[n-1].pos >= useful; n-- {
		t.release()
	}
}

// backward returns the next action of the reverse sweep.
func (t *OnlineTwoLevel) backward() (Action, bool) {
	b := &t.back
	for {
		switch {
		case b.pending > 0:
			return b.Next()
		case b.end == 0:
			return Action{}, false
		case t.skip > 0:
			a := advance(b.pos, b.pos+t.skip)
			b.pos, t.skip = a.To, 0
			t.start, t.choose = t.current >= 0, t.current < 0
			return a, true
		case t.choose:
			t.choose = false
			if a, ok := t.deeper(); ok {
				return a, true
			}
		case t.start:
			t.start = false
			if b.pos < b.end-1 {
				return b.saveFirst(), true
			}
		case b.pos >= 0 || t.inMemory():
			return b.Next()
		case t.current >= 0 && b.end > t.current:
			return t.read(), true
		case t.current >= 0:
			t.current = -1
		case t.inTheWay():
			return b.flush(), true
		default:
			return t.turn(), true
		}
	}
}

// inMemory reports whether the state to go on from is in memory: a later one than those
// on disk that are of use.
func (t *OnlineTwoLevel) inMemory() bool {
	n := len(t.back.levels)
	if n == 0 {
		return false
	}
	floor := t.current
	if floor < 0 {
		floor, _ = t.top()
	}
	return t.back.levels[n-1].pos >= floor
}

// inTheWay reports whether states are in memory that are older than the last one on disk,
// from which a stretch is to be reversed that needs the memory. There are such only if the
// states on disk between them have been given up.
func (t *OnlineTwoLevel) inTheWay() bool {
	pos, _ := t.top()
	return t.back.end-pos > 1 && len(t.back.levels) > 0
}

// top returns the last state on disk.
func (t *OnlineTwoLevel) top() (pos int64, slot int) {
	if n := len(t.held); t.disk > 0 && n > 0 {
		return t.held[n-1].pos, t.held[n-1].slot
	}
	return (t.every - 1) * t.period, int(t.every - 1)
}

// turn goes on from the last state on disk.
func (t *OnlineTwoLevel) turn() Action {
	pos, slot := t.top()
	steps := t.back.end - pos
	free := 1
	if t.disk > 0 {
		free += t.disk - len(t.held)
	}
	if stride := t.stride(steps, free); stride > 0 {
		t.back.pos, t.skip = pos, stride
		return restore(pos, slot, 1, false)
	}
	t.current, t.slot, t.left = pos, slot, t.stretches(steps)
	return t.read()
}

// deeper chooses how to reverse the steps from the state at hand on, which is on no disk.
// It returns false if that is to be done in memory.
func (t *OnlineTwoLevel) deeper() (Action, bool) {
	b := &t.back
	steps, free := b.end-b.pos, t.disk-len(t.held)
	var stretches int64 = 1
	t.skip = 0
	if free > 0 {
		if t.skip = t.stride(steps, free); t.skip == 0 {
			stretches = t.stretches(steps)
		}
	}
	if t.skip == 0 && stretches == 1 {
		t.current, t.left, t.start = b.pos, 0, true
		return Action{}, false
	}
	slot := t.take()
	t.held = append(t.held, diskMark{pos: b.pos, slot: slot})
	if t.skip == 0 {
		t.current, t.slot, t.left = b.pos, slot, stretches-1
		t.skip = steps - lastStretch(steps, stretches, int64(t.ram))
	}
	return save(b.pos, slot, 1), true
}

// take returns a free slot on disk.
func (t *OnlineTwoLevel) take() (slot int) {
	if n := len(t.free); n > 0 {
		slot = t.free[n-1]
		t.free = t.free[:n-1]
		return slot
	}
	t.used++
	return t.used - 1
}

// stride returns how far from a state on disk, with free slots there, its own included,
// the next one is to be written when steps steps are to be reversed; 0 for none.
func (t *OnlineTwoLevel) stride(steps int64, free int) int64 {
	if free < 2 || steps <= t.period {
		return 0
	}
	s := int64(t.ram + free)
	var lv level
	lv.t, lv.below = repetition(steps, s)
	stride := min(max(lv.stride(uint64(steps), uint64(s)), t.period), steps-1)
	if steps < 2*t.period {
		split := addUp(t.costs.Read[1], timesUp(t.costs.Forward, stride+Advances(steps-stride, t.ram)+Advances(stride, t.ram)))
		if t.inStretches(steps, t.stretches(steps)) <= split {
			return 0
		}
	}
	return stride
}

// read reads the first state of the period for its next stretch, the last one of the
// steps left.
func (t *OnlineTwoLevel) read() Action {
	steps := t.back.end - t.current
	t.skip = steps - lastStretch(steps, t.left, int64(t.ram))
	t.left--
	if t.skip == 0 {
		t.release()
	}
	t.back.pos, t.start = t.current, t.skip == 0
	return restore(t.current, t.slot, 1, t.skip == 0)
}

// release gives up the last state on disk.
func (t *OnlineTwoLevel) release() {
	if t.disk < 0 {
		t.every--
		return
	}
	last := len(t.held) - 1
	t.free = append(t.free, t.held[last].slot)
	t.held = t.held[:last]
}

// stretches returns in how many stretches to reverse steps steps from a state on disk.
func (t *OnlineTwoLevel) stretches(steps int64) int64 {
	if steps == t.period {
		return t.reads
	}
	best, least := int64(1), t.inStretches(steps, 1)
	for k := int64(2); k <= min(maxReads, steps); k++ {
		cost := t.inStretches(steps, k)
		if cost > least {
			break
		}
		best, least = k, cost
	}
	return best
}

// inStretches returns what it costs to reverse steps steps in k stretches from a state on
// disk that has been read for the first of them.
func (t *OnlineTwoLevel) inStretches(steps, k int64) int64 {
	return addUp(timesUp(k-1, t.costs.Read[1]), timesUp(t.costs.Forward, stretchAdvances(steps, k, int64(t.ram))))
}
