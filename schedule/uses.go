package schedule

import "slices"

// uses is how often the binomial schedule writes and reads a slot.
type uses struct {
	slot          int
	writes, reads int64
}

// slotUses returns the uses of every slot by the binomial schedule of steps steps,
// steps > slots+1, in O(slots * t) time for the repetition number t.
//
// A stretch of m steps with s slots, t = Repetition(m, s), is split by level.stride.
// Two kinds of stretches are split into stretches of the same kind,
//
//	full:  Beta(s, t) steps                    into full(s, t-1) and full(s-1, t),
//	wide:  Beta(s, t) + Beta(s-1, t) steps     into wide(s, t-1) and wide(s-1, t),
//
// where the first part keeps the stretch's own slot, one reading later, and the second
// begins with a write of the next slot. Counting the lattice paths from (s, t) to
// (s-d, u), the slot d places above the own one is written
//
//	full, wide:  C(d+t-1, d) times, and read
//	full:        C(d+t, d+1) times,
//	wide:        C(d+t, d+1) + C(d+t-1, d) times,
//
// of which C(d+t-1, d) is the coefficient of x^d of (1-x)^-t, and C(d+t, d+1) that of
// x^(d+1). So the sums over stretches come from t-fold prefix sums, which are taken for
// all stretches together, from the largest t down: see pathSums. Any other stretch is
// split into a full or wide one and a remainder, which is split further; as t never
// grows on the way there are no more than slots + t of them.
func slotUses(dst []uses, steps int64, slots int) []uses {
	dst = slices.Grow(dst[:0], slots)[:slots]
	for i := range dst {
		dst[i] = uses{slot: i}
	}
	level, below := repetition(steps, int64(slots))
	sums := newPathSums(slots, level-1)
	dst[0].writes++
	e, m, s, t := 0, uint64(steps), uint64(slots), uint64(level)
	for s > 1 && m > 1 {
		for below >= m {
			t--
			below = mulDiv(below, t, s+t)
		}
		sums.lower(int64(t) - 1)
		dst[e].reads++
		part := split(m, s, t, below)
		m -= part.steps
		if part.wide {
			dst[e+1].writes++
			sums.add(e+1, part)
			continue
		}
		sums.add(e, part)
		below = mulDiv(below, s, s+t-1)
		e, s = e+1, s-1
		if m > 1 {
			dst[e].writes++
		}
	}
	dst[e].reads += int64(m - 1) // one slot, or one step
	sums.finish()
	for i := range dst {
		here, above := sums.acc[i], sums.acc[i+1]
		dst[i].writes += here.all - sums.begin[i]
		dst[i].reads += above.all - sums.begin[i+1] + here.wide
	}
	return dst
}

// stretch is a full or wide one that another is split into.
type stretch struct {
	wide  bool  // it is the second part, with a slot of its own; otherwise the first
	t     int64 // see slotUses
	steps uint64
}

// split returns the full or wide part of m >= 2 steps with s >= 2 slots, where t =
// Repetition(m, s) and below = Beta(s, t-1). Compare level.stride.
func split(m, s, t, below uint64) stretch {
	if t == 1 {
		return stretch{steps: 1}
	}
	b2 := mulDiv(below, s, s+t-1) // Beta(s-1, t-1)
	b3 := mulDiv(b2, s-1, s+t-2)  // Beta(s-2, t-1)
	switch rest := m - below; {
	case rest <= b3:
		return stretch{t: int64(t) - 2, steps: mulDiv(below, t-1, s+t-1)}
	case rest >= b2+b3:
		return stretch{t: int64(t) - 1, steps: below}
	default:
		return stretch{t: int64(t) - 1, steps: b2 + b3, wide: true}
	}
}

// pathSums accumulates, for stretches that begin at slot e with the parameter t, the
// coefficients of x^i of x^e*(1-x)^-t for every slot i and one more.
type pathSums struct {
	level  int64       // acc still lacks this number of prefix sums
	acc    []pathCount // stretches with t > level
	hi, lo []pathCount // those with t = level and t = level-1, by e
	begin  []int64     // number of stretches by e
}

// pathCount counts paths from all stretches, and from the wide ones among them.
type pathCount struct{ all, wide int64 }

func newPathSums(slots int, level int64) *pathSums {
	n := slots + 1
	return &pathSums{
		level: level,
		acc:   make([]pathCount, n), hi: make([]pathCount, n), lo: make([]pathCount, n),
		begin: make([]int64, n),
	}
}

// add adds a stretch that begins at slot e; its t is p.level or one less.
func (p *pathSums) add(e int, s stretch) {
	c := &p.hi[e]
	if s.t < p.level {
		c = &p.lo[e]
	}
	c.all++
	if s.wide {
		c.wide++
	}
	p.begin[e]++
}

// lower goes down to level.
func (p *pathSums) lower(level int64) {
	for p.level > level {
		var sum pathCount
		for i := range p.acc {
			sum.all += p.acc[i].all + p.hi[i].all
			sum.wide += p.acc[i].wide + p.hi[i].wide
			p.acc[i] = sum
			p.hi[i] = pathCount{}
		}
		p.hi, p.lo = p.lo, p.hi
		p.level--
	}
}

// finish makes acc complete, when all stretches are added.
func (p *pathSums) finish() {
	p.lower(0)
	for i, c := range p.hi {
		p.acc[i].all += c.all
		p.acc[i].wide += c.wide
	}
}
