package schedule

// PlanHRevolve returns the counts and the cost (see [Costs.Of]) of the schedule of
// [NewHRevolve] from its tables, without running it. The errors are those of
// [NewHRevolve] and of [Costs.Of].
func PlanHRevolve(steps int64, slots []int, costs Costs) (Counts, int64, error) {
	h, err := NewHRevolve(steps, slots, costs)
	if err != nil {
		return Counts{}, 0, err
	}
	return h.Plan()
}

// Plan returns the counts and the cost (see [Costs.Of]) of the schedule for the number of
// steps that it was made for, without running it. It is an error if they do not fit in
// 64 bits.
func (h *HRevolve) Plan() (Counts, int64, error) {
	c, err := h.counts()
	if err != nil {
		return c, 0, err
	}
	cost, err := h.costs.Of(c)
	return c, cost, err
}

func (h *HRevolve) counts() (Counts, error) {
	p := planner{h: h, opens: map[segment]Counts{}, laters: map[segment]Counts{}}
	var c Counts
	switch {
	case len(h.tiers) > 0 && h.tiers[0].period > 0:
		return h.periodic()
	case h.steps == 0:
	case h.steps == 1:
		level := uint8(0)
		if h.free == 0 {
			level = h.tiers[h.cheapest()].level
		}
		c.hold(level)
		c.write(level)
	default:
		top := len(h.tiers)
		c = p.open(segment{top, p.slots(top), h.steps})
	}
	c.ForwardSteps = c.Advances + h.steps
	c.PeakTape = min(1, h.steps)
	return c, nil
}

// planner counts what segments take. The same segments come again and again.
type planner struct {
	h             *HRevolve
	opens, laters map[segment]Counts
}

// segment is n steps to be reversed with the tiers below tier, of which the highest has
// slots slots left and the others all of theirs.
type segment struct {
	tier, slots int
	n           int64
}

// slots returns the slots of the highest tier below tier.
func (p *planner) slots(tier int) int {
	if tier == 0 {
		return 0
	}
	return p.h.tiers[tier-1].slots
}

// choose returns where the start of s is stored, as the tier and its slots left, and the
// advance from there; -1 if it is kept in the free level only.
func (p *planner) choose(s segment) (k, slots int, j int64) {
	slots = s.slots
	for k = s.tier - 1; k >= 0; k-- {
		if j = p.h.tiers[k].save(slots, s.n); j > 0 {
			return k, slots, j
		}
		slots = p.slots(k)
	}
	return -1, 0, 0
}

// open counts a segment whose start is at hand and not stored.
func (p *planner) open(s segment) Counts {
	if c, ok := p.opens[s]; ok {
		return c
	}
	key, h := s, p.h
	var c, held Counts // held has the peaks of what is stored before the rest of s
	for {
		k, slots, j := p.choose(s)
		if k < 0 {
			break
		}
		c.add(p.later(segment{k + 1, slots, j}), held)
		c.Advances += j
		c.write(h.tiers[k].level)
		held.hold(h.tiers[k].level)
		s = segment{k + 1, slots - 1, s.n - j}
	}
	c.add(binomialCounts(s.n, h.free), held)
	p.opens[key] = c
	return c
}

// later counts the rest of a segment whose start is stored, from the restore on. The
// highest tier of s is the one where it is, and its slot is among s.slots.
func (p *planner) later(s segment) Counts {
	if c, ok := p.laters[s]; ok {
		return c
	}
	key, t := s, &p.h.tiers[s.tier-1]
	inner := segment{tier: s.tier, slots: s.slots - 1}
	if t.slots < 0 {
		inner = segment{tier: s.tier - 1, slots: p.slots(s.tier - 1)}
	}
	var c, own, none Counts
	own.hold(t.level)
	for {
		c.read(t.level)
		j := t.again(s.slots, s.n)
		if j == 0 {
			break
		}
		inner.n = s.n - j
		c.add(p.open(inner), own)
		c.Advances += j
		s.n = j
	}
	c.add(p.open(segment{s.tier - 1, p.slots(s.tier - 1), s.n}), none)
	p.laters[key] = c
	return c
}

// binomialCounts is what the binomial schedule does with n steps whose start is at hand.
func binomialCounts(n int64, slots int) Counts {
	if n < 2 {
		return Counts{}
	}
	w, peak := writes(n, int64(slots)), min(int64(slots), n-1)
	return Counts{
		Advances: Advances(n, slots), Writes: w, Reads: n - 1, Peak: peak,
		Levels: [MaxLevels]LevelCounts{{Writes: w, Reads: n - 1, Peak: peak}},
	}
}

// add adds what a part does while held is stored.
func (c *Counts) add(part, held Counts) {
	c.Advances += part.Advances
	c.Writes += part.Writes
	c.Reads += part.Reads
	c.Peak = max(c.Peak, held.Peak+part.Peak)
	c.PeakDisk = max(c.PeakDisk, held.PeakDisk+part.PeakDisk)
	for k, l := range part.Levels {
		c.Levels[k].Writes += l.Writes
		c.Levels[k].Reads += l.Reads
		c.Levels[k].Peak = max(c.Levels[k].Peak, held.Levels[k].Peak+l.Peak)
	}
}

// hold adds one stored state to the peaks.
func (c *Counts) hold(level uint8) {
	c.Peak++
	c.Levels[level].Peak++
	if level > 0 {
		c.PeakDisk++
	}
}

func (c *Counts) write(level uint8) {
	c.Writes++
	c.Levels[level].Writes++
}

func (c *Counts) read(level uint8) {
	c.Reads++
	c.Levels[level].Reads++
}
