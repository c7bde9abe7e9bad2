package schedule

import (
	"slices"
	"testing"
)

// plainOnline is the rule in the comment on [Online] word for word: every sum is taken anew.
// held are the states held, the earliest first; slot tells where each is.
type plainOnline struct {
	s       int
	actions []Action
	held    []int64
	slot    []int
}

// forward runs the forward sweep of steps steps.
func (p *plainOnline) forward(steps int64) {
	at := int64(0)
	for pos := int64(0); pos < steps; pos++ {
		if !p.due(pos) {
			continue
		}
		if pos > at {
			p.actions = append(p.actions, advance(at, pos))
		}
		slot := len(p.held)
		if slot == p.s {
			slot = p.giveUp(pos)
		}
		p.held, p.slot = append(p.held, pos), append(p.slot, slot)
		p.actions = append(p.actions, save(pos, slot, 0))
		at = pos
	}
	if steps > at {
		p.actions = append(p.actions, advance(at, steps))
	}
}

// targets returns the targets of the phase of a loop that ends after step pos, and its number.
func (p *plainOnline) targets(pos int64) (list []int64, phase int64) {
	phase = Repetition(pos+1, int64(p.s))
	at := int64(0)
	for i := range p.s {
		list = append(list, at)
		at += beta(int64(p.s-i), phase-1)
	}
	return list, phase
}

// due reports whether the state before step pos is to be saved.
func (p *plainOnline) due(pos int64) bool {
	if len(p.held) == 0 {
		return true
	}
	list, phase := p.targets(pos)
	if slices.Contains(list, pos) {
		return true
	}
	return pos-p.held[len(p.held)-1] == max(1, phase) && !slices.Equal(list, p.held)
}

// giveUp removes a state for the one before step pos and returns its slot.
func (p *plainOnline) giveUp(pos int64) int {
	list, phase := p.targets(pos)
	best, least := -1, int64(0)
	for j := 1; j < p.s; j++ {
		rest := append(slices.Delete(slices.Clone(p.held), j, j+1), pos)
		if slices.Contains(list, p.held[j]) || rest[j]-rest[j-1] > beta(int64(p.s-j+1), phase-1) {
			continue
		}
		sum := int64(0)
		for i := range len(rest) - 1 {
			sum += Advances(rest[i+1]-rest[i], p.s-i)
		}
		if best < 0 || sum < least {
			best, least = j, sum
		}
	}
	slot := p.slot[best]
	p.held, p.slot = slices.Delete(p.held, best, best+1), slices.Delete(p.slot, best, best+1)
	return slot
}

// reverse appends the binomial reversal of each gap up to step steps, the last one first.
func (p *plainOnline) reverse(steps int64) {
	slots := slices.Clone(p.slot)
	for len(slots) < p.s {
		slots = append(slots, len(slots))
	}
	for i, pos := range slices.Backward(p.held) {
		for a := range Binomial(steps-pos, p.s-i) {
			if a.Kind == Save && a.From == 0 {
				a = restore(0, 0, 0, steps-pos == 1) // it is held
			}
			if a.Kind == Save || a.Kind == Restore {
				a.Slot = slots[i+a.Slot]
			}
			a.From, a.To = a.From+pos, a.To+pos
			p.actions = append(p.actions, a)
		}
		steps = min(steps, pos)
	}
}

func plainOnlineActions(steps int64, s int, foreseen bool) []Action {
	p := plainOnline{s: s}
	if steps <= 0 {
		return nil
	}
	if foreseen {
		// The driver asks for the first action, and then runs the last step in a record.
		p.forward(max(steps-1, 1))
		if steps == 1 {
			p.actions = p.actions[:1]
		}
		p.actions = append(p.actions, record(steps-1), reverse(steps-1))
		steps--
	} else {
		p.forward(steps)
	}
	p.reverse(steps)
	return p.actions
}

// TestOnlinePlain compares all actions with those of the plain form of the rule.
func TestOnlinePlain(t *testing.T) {
	for _, c := range []struct {
		s          int
		upTo, step int64
	}{{1, 40, 1}, {2, 150, 1}, {3, 250, 1}, {4, 250, 1}, {5, 300, 1}, {7, 400, 3}, {10, 700, 13}, {20, 3000, 293}} {
		o := online(t, c.s)
		for n := int64(0); n <= c.upTo; n += c.step {
			for _, foreseen := range []bool{true, false} {
				if err := o.Reset(c.s); err != nil {
					t.Fatal(err)
				}
				got := slices.Collect(Ending(o, n, foreseen))
				want := plainOnlineActions(n, c.s, foreseen)
				for i := range max(len(got), len(want)) {
					if i >= len(got) || i >= len(want) || got[i] != want[i] {
						t.Fatalf("s=%d n=%d foreseen=%v: action %d:\ngot  %v\nwant %v", c.s, n, foreseen, i, got[max(0, min(len(got), i)-3):min(len(got), i+2)], want[max(0, min(len(want), i)-3):min(len(want), i+2)])
					}
				}
			}
		}
	}
}
