package schedule

import "math"

// onlineRule is the forward sweep of [Online]: it says at which step the next state is to
// be saved and which state gives up its slot for it.
type onlineRule struct {
	slots  int
	next   int64      // the state before this step is the next to be saved
	marks  []mark     // the states held, in the order of their steps
	rows   []phaseRow // by index of the mark, from phase 2 on
	phase  int64      // Beta(slots, phase-1) < steps <= Beta(slots, phase)
	fixed  int        // so many targets of the phase are marks already
	target int64      // the next target of the phase, or the first new one of the next phase
}

// mark is a state held in the forward sweep. Its excess is what the cost P(gap, s) of its gap
// has above the line with the slope of the phase that P follows from low to high.
type mark struct {
	pos    int64 // the state is the one before this step
	slot   int
	target bool  // of the phase: not to be given up
	gap    int64 // steps to the next mark

	before int64 // sum of the excess of this gap and those before it
	lifted int64 // the same, each gap one index lower, where it is if an earlier mark goes
	key    int64 // sum of the excess of all gaps if this mark goes, less lifted of the last one
	least  int   // index of the mark up to this one with the least key that may go; 0: none
}

// phaseRow holds what a phase r says of the gap of one index, with s slots.
type phaseRow struct {
	s, r      int64
	low, high int64  // Beta(s, r-2), Beta(s, r-1): for these gaps P(gap, s) = (r-1)*gap - base
	base      uint64 // Beta(s+1, r-2), modulo 2^64
}

// reset begins a loop.
func (o *onlineRule) reset(slots int) {
	if room := min(slots, reserved); cap(o.marks) < room {
		o.rows, o.marks = make([]phaseRow, 0, room), make([]mark, 0, room)
	}
	*o = onlineRule{slots: slots, rows: o.rows[:0], marks: o.marks[:0], phase: 1}
}

// enter begins phase r >= 2. Of its targets only T_0 and the one that is now to be saved can
// be marks. All slots are in use.
func (o *onlineRule) enter(r int64) {
	o.phase = r
	o.rows = o.rows[:0]
	for i := range o.slots {
		o.rows = append(o.rows, newPhaseRow(int64(o.slots-i), r))
	}
	o.fixed = 1
	for i := 1; i < len(o.marks); i++ {
		o.marks[i].target = false
	}
	o.refresh(0)
}

func newPhaseRow(s, r int64) phaseRow {
	low, _ := Beta(s, r-2)
	high, _ := Beta(s, r-1)
	// low is less than the number of steps so far, so it fits.
	_, base := mulDiv128(low, uint64(s+r-1), uint64(s+1))
	return phaseRow{s: s, r: r, low: int64(low), high: int64(min(high, math.MaxInt64)), base: base}
}

// save makes the state before step pos = o.next a mark and returns its slot.
func (o *onlineRule) save(pos int64) (slot int) {
	k := len(o.marks)
	if k > 0 {
		o.marks[k-1].gap = pos - o.marks[k-1].pos
	}
	if o.fixed == o.slots {
		o.enter(o.phase + 1)
	}
	slot = k
	if k == o.slots {
		slot = o.giveUp()
	}
	m := mark{pos: pos, slot: slot, target: pos == o.target}
	if m.target {
		o.nextTarget()
	}
	o.marks = append(o.marks, m)
	switch {
	case o.slots == 1:
		o.next = math.MaxInt64 // the state before step 0 cannot be given up
	case o.fixed == o.slots:
		o.next = o.target
	default:
		o.next = min(pos+o.phase, o.target)
	}
	return slot
}

// nextTarget moves on to the target after the one that is now saved. After the last one it
// is Beta(slots, phase), where the next phase begins.
func (o *onlineRule) nextTarget() {
	gap := int64(1)
	if o.phase > 1 {
		gap = o.rows[o.fixed].high
	}
	o.fixed++
	if o.fixed == o.slots {
		gap++
	}
	if gap > math.MaxInt64-o.target {
		gap = math.MaxInt64 - o.target
	}
	o.target += gap
}

// giveUp removes the mark that is worth the least and returns its slot.
func (o *onlineRule) giveUp() (slot int) {
	last := len(o.marks) - 1
	o.refresh(last)
	j := o.marks[last].least
	slot = o.marks[j].slot
	o.marks[j-1].gap += o.marks[j].gap
	copy(o.marks[j:], o.marks[j+1:])
	o.marks = o.marks[:last]
	o.refresh(j - 1)
	return slot
}

// refresh works out the sums and keys of the marks from index i on.
func (o *onlineRule) refresh(i int) {
	for ; i < len(o.marks); i++ {
		m := &o.marks[i]
		m.before, m.lifted, m.key, m.least = o.rows[i].excess(m.gap), 0, 0, 0
		if i == 0 {
			continue
		}
		prev, row := &o.marks[i-1], &o.rows[i-1]
		m.before += prev.before
		m.lifted = prev.lifted + row.excess(m.gap)
		m.key = row.excess(prev.gap+m.gap) - m.lifted
		if i > 1 {
			m.key += o.marks[i-2].before
		}
		m.least = prev.least
		mayGo := !m.target && prev.gap+m.gap <= row.high
		if mayGo && (m.least == 0 || m.key < o.marks[m.least].key) {
			m.least = i
		}
	}
}

// excess returns P(gap, s) - ((r-1)*gap - base) for gap <= high.
func (p *phaseRow) excess(gap int64) int64 {
	if gap >= p.low {
		return 0
	}
	return p.short(gap)
}

// short is excess for gap < low. Its terms may wrap around; the result is right if it fits.
// From three slots on it takes as many steps as the repetition number of gap is smaller than
// r-1. There is one such call for r steps of the loop or more, for each gap that changes.
func (p *phaseRow) short(gap int64) int64 {
	s, g, slope := uint64(p.s), uint64(gap), uint64(p.r-1)
	t, below := slope, uint64(p.low)
	if s <= 2 {
		small, b := repetition(gap, p.s)
		t, below = uint64(small), b
	}
	for below >= g {
		t--
		below = mulDiv(below, t, s+t) // Beta(s, t-1)
	}
	_, base := mulDiv128(below, s+t, s+1) // Beta(s+1, t-1)
	return int64((t-slope)*g + p.base - base)
}
