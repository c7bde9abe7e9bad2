package schedule

import (
	"fmt"
	"math"
	"math/bits"
)

// Taped is the binomial schedule with room for the records of several steps: each time,
// up to tape steps are recorded in one go and then reversed in one go. It is the
// binomial schedule of ceil(steps/tape) batches. One batch is shorter if tape does not
// divide steps; it is put where steps are repeated most often, so that the schedule has
// the fewest forward steps of all that reverse every batch right after recording it.
//
// The zero Taped is the schedule of no steps.
type Taped struct {
	batches    Cursor
	tape       int64
	short, cut int64 // the batch that has cut steps less than the others
	end        int64 // steps not reversed yet
	rec, recTo int64 // steps to be recorded next, rec up to recTo-1
	rev, revTo int64 // steps to be reversed next, rev-1 down to revTo
	forward    bool
}

// NewTaped returns the schedule of steps steps in slots slots with at most tape steps
// recorded at one time; tape = 1 is [NewBinomial]. It is an error if steps is negative
// or slots or tape is less than 1.
func NewTaped(steps int64, slots int, tape int64) (*Taped, error) {
	t := new(Taped)
	if err := t.Reset(steps, slots, tape); err != nil {
		return nil, err
	}
	return t, nil
}

// Reset makes t a new schedule and keeps its memory. The errors are those of
// [NewTaped]; after an error t is as it was.
func (t *Taped) Reset(steps int64, slots int, tape int64) error {
	if err := checkTape(tape); err != nil {
		return err
	}
	n := batches(steps, tape)
	if err := t.batches.Reset(n, slots); err != nil {
		return err
	}
	*t = Taped{batches: t.batches, tape: tape, end: steps, forward: steps > 0}
	if t.cut = excess(n, steps, tape); t.cut > 0 {
		t.short = mostRepeated(n, int64(slots))
	}
	return nil
}

// checkTape reports why there is no schedule with this tape.
func checkTape(tape int64) error {
	if tape < 1 {
		return fmt.Errorf("schedule: a tape of %d steps: a step cannot be reversed without being recorded; give at least 1", tape)
	}
	return nil
}

// batches returns ceil(steps/tape); a negative number stays negative.
func batches(steps, tape int64) int64 {
	n := steps / tape
	if steps%tape > 0 {
		n++
	}
	if steps < 0 {
		return steps
	}
	return n
}

// excess returns n*tape - steps, the steps that n = ceil(steps/tape) batches have too
// many; n*tape itself may not fit in 64 bits.
func excess(n, steps, tape int64) int64 {
	if n == 0 {
		return 0
	}
	return tape - (steps - (n-1)*tape)
}

// start returns the first step of a batch, or the end of the loop.
func (t *Taped) start(batch int64) int64 {
	i := batch * t.tape
	if batch > t.short {
		i = (batch-1)*t.tape + (t.tape - t.cut)
	}
	return min(i, t.end)
}

// batch returns the batch that holds step i.
func (t *Taped) batch(i int64) int64 {
	if b := i / t.tape; b < t.short || i < t.short*t.tape+t.tape-t.cut {
		return b
	}
	return (i-(t.tape-t.cut))/t.tape + 1
}

// InForwardSweep is as in [Schedule].
func (t *Taped) InForwardSweep() bool { return t.forward }

// Next is as in [Schedule].
func (t *Taped) Next() (Action, bool) {
	if t.rec < t.recTo {
		return t.record(), true
	}
	if t.rev > t.revTo {
		return t.reverse(), true
	}
	a, ok := t.batches.Next()
	if !ok {
		return Action{}, false
	}
	from, to := t.start(a.From), t.start(a.To)
	switch a.Kind {
	case Record:
		t.rec, t.recTo = from, to
		return t.record(), true
	case Reverse:
		t.rev, t.revTo = to, from
		return t.reverse(), true
	}
	a.From, a.To = from, to
	return a, true
}

func (t *Taped) record() Action {
	t.rec++
	if t.rec == t.end {
		t.forward = false
	}
	return record(t.rec - 1)
}

func (t *Taped) reverse() Action {
	t.rev--
	t.end = t.rev
	return reverse(t.rev)
}

// Stop is as in [Cursor.Stop], but a step that a Record was asked for counts as
// recorded, whatever recorded says.
func (t *Taped) Stop(done int64, recorded bool) {
	done = min(t.end, max(0, done))
	recorded = recorded || t.recTo > 0
	t.rec, t.recTo, t.forward = 0, 0, false
	if done == 0 {
		t.end = 0
		t.batches.Stop(0, false)
		return
	}
	batch := t.batch(done - 1)
	t.end = done
	t.batches.Stop(batch+1, recorded)
}

// mostRepeated returns a step of the binomial schedule of n steps in s slots, n >= 2,
// that is advanced over Repetition(n, s) times, which is as often as any.
func mostRepeated(n, s int64) int64 {
	t, below := repetition(n, s)
	base, m, b1 := int64(0), uint64(n), below
	for s > 1 && t > 1 {
		// As in level.stride: b1 to b3 are Beta(s, t-1), Beta(s-1, t-1), Beta(s-2, t-1).
		b2 := mulDiv(b1, uint64(s), uint64(s+t-1))
		b3 := mulDiv(b2, uint64(s-1), uint64(s+t-2))
		switch rest := m - b1; {
		case rest >= b2+b3:
			// The first Beta(s, t-1) steps are repeated together once, and the
			// first of them t-1 times more.
			return base
		case rest > b3:
			// The last Beta(s-1, t-1) + Beta(s-2, t-1) steps go to s-1 slots, where
			// the first of them is repeated t times.
			return base + int64(m-b2-b3)
		}
		// The first Beta(s, t-2) are repeated t-1 times at most, so look in the others.
		j := mulDiv(b1, uint64(t-1), uint64(s+t-1))
		base, m, s, b1 = base+int64(j), m-j, s-1, b2
	}
	return base
}

// PlanTaped returns the counts of [NewTaped] from the formulas, without running it: with
// N = ceil(steps/tape) batches and r = Repetition(N, slots), there are
// tape*P(N, slots) - r*(tape*N-steps) advances, and the writes and reads are those of N
// steps. The errors are those of [NewTaped], and that the number of forward steps does
// not fit in an int64.
func PlanTaped(steps int64, slots int, tape int64) (Counts, error) {
	if err := checkTape(tape); err != nil {
		return Counts{}, err
	}
	n := batches(steps, tape)
	c, err := PlanBinomial(n, slots)
	if err != nil || n == 0 {
		return Counts{}, err
	}
	r := Repetition(n, min(int64(slots), max(1, n-1)))
	hi, lo := bits.Mul64(uint64(c.Advances), uint64(tape))
	whi, wlo := bits.Mul64(uint64(r), uint64(excess(n, steps, tape)))
	lo, borrow := bits.Sub64(lo, wlo, 0)
	hi, _ = bits.Sub64(hi, whi, borrow)
	if hi != 0 || lo > math.MaxInt64-uint64(steps) {
		return Counts{}, tooMany(steps, slots)
	}
	c.Advances = int64(lo)
	c.ForwardSteps = steps + c.Advances
	c.PeakTape = min(tape, steps)
	return c, nil
}
