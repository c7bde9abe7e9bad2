package schedule

import (
	"slices"
	"strings"
	"testing"
)

func adv(from, to int64) Action     { return Action{Kind: Advance, From: from, To: to} }
func sav(i int64, slot int) Action  { return Action{Kind: Save, From: i, To: i, Slot: slot} }
func res(i int64, slot int) Action  { return Action{Kind: Restore, From: i, To: i, Slot: slot} }
func last(i int64, slot int) Action { a := res(i, slot); a.Last = true; return a }
func rec(i int64) Action            { return Action{Kind: Record, From: i, To: i + 1} }
func rev(i int64) Action            { return Action{Kind: Reverse, From: i, To: i + 1} }

func TestValidateRejects(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps int64
		slots int
		seq   []Action
		want  string
	}{
		{"nothing done", 2, 1, nil, "steps 0..1 not reversed"},
		{"unknown kind", 1, 1, []Action{{}}, "no such kind"},
		{"empty advance", 1, 1, []Action{adv(0, 0)}, "at least one step"},
		{"backward advance", 2, 1, []Action{adv(0, -1)}, "at least one step"},
		{"long save", 2, 1, []Action{{Kind: Save, From: 0, To: 1}}, "To equal to From"},
		{"long record", 2, 1, []Action{{Kind: Record, From: 0, To: 2}}, "From+1"},
		{"last on a save", 1, 1, []Action{{Kind: Save, Last: true}}, "only a restore"},
		{"advance from elsewhere", 3, 1, []Action{adv(1, 2)}, "needs the state before step 1"},
		{"advance past the end", 3, 1, []Action{adv(0, 4)}, "runs past step 2"},
		{"save of another state", 3, 2, []Action{adv(0, 1), sav(0, 0)}, "needs the state before step 0"},
		{"slot too high", 3, 2, []Action{sav(0, 2)}, "slot 2 does not exist"},
		{"slot negative", 3, 2, []Action{sav(0, -1)}, "slot -1 does not exist"},
		{"slot taken", 3, 1, []Action{sav(0, 0), adv(0, 1), sav(1, 0)}, "still holds the state before step 0"},
		{"stored twice", 3, 2, []Action{sav(0, 0), sav(0, 1)}, "slot 0 holds this state already"},
		{"useless save", 1, 2, []Action{adv(0, 1), sav(1, 0)}, "useless"},
		{"restore of nothing", 3, 2, []Action{res(0, 0)}, "holds nothing"},
		{"restore of another", 3, 2, []Action{sav(0, 0), res(1, 0)}, "holds the state before step 0"},
		{"restore after the last", 2, 1, []Action{sav(0, 0), last(0, 0), res(0, 0)}, "holds nothing"},
		{"record elsewhere", 2, 1, []Action{rec(1)}, "needs the state before step 1"},
		{"record of a reversed step", 1, 1, []Action{sav(0, 0), rec(0), rec(1)}, "past step 0"},
		{"recorded twice", 2, 1, []Action{sav(0, 0), adv(0, 1), rec(1), res(0, 0), adv(0, 1), rec(1)}, "must ascend"},
		{"records descend", 2, 1, []Action{sav(0, 0), adv(0, 1), rec(1), res(0, 0), rec(0)}, "must ascend"},
		{"reverse not recorded", 1, 1, []Action{adv(0, 1), rev(0)}, "not the one recorded last"},
		{"reverse out of order", 2, 0, []Action{rec(0), rev(0)}, "step 1 is the next"},
		{"reversed twice", 1, 0, []Action{rec(0), rev(0), rev(0)}, "next to be reversed"},
		{"one step left", 2, 1, []Action{sav(0, 0), adv(0, 1), rec(1), rev(1)}, "steps 0..0 not reversed"},
		{"state after a reverse", 2, 1, []Action{sav(0, 0), adv(0, 1), rec(1), rev(1), rec(0)}, "no state is at hand"},
		{"slot not freed", 3, 2, []Action{sav(0, 0), adv(0, 1), sav(1, 1), adv(1, 2), rec(2), rev(2), res(1, 1), rec(1), rev(1)}, "mark its last restore"},
	} {
		_, err := Validate(slices.Values(c.seq), c.steps, c.slots)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestValidateAccepts(t *testing.T) {
	for _, c := range []struct {
		name string
		seq  []Action
		want Counts
	}{
		{"the state before step 0 may stay", []Action{sav(0, 0), adv(0, 1), rec(1), rev(1), res(0, 0), rec(0), rev(0)}, Counts{3, 1, 1, 1, 1}},
		{"two steps recorded at once", []Action{rec(0), rec(1), rev(1), rev(0)}, Counts{2, 0, 0, 0, 0}},
		{"any slot will do", []Action{sav(0, 1), adv(0, 1), rec(1), rev(1), last(0, 1), rec(0), rev(0)}, Counts{3, 1, 1, 1, 1}},
	} {
		got, err := Validate(slices.Values(c.seq), 2, 2)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
	}
}

// No action of a binomial schedule can be left out, and none can be moved.
func TestEveryActionIsNeeded(t *testing.T) {
	for n := int64(1); n <= 12; n++ {
		for s := 1; s <= 4; s++ {
			good := slices.Collect(Binomial(n, s))
			for i := range good {
				if n == 1 && i == 0 {
					continue // one step needs no snapshot; the caller may want it
				}
				short := slices.Delete(slices.Clone(good), i, i+1)
				if _, err := Validate(slices.Values(short), n, s); err == nil {
					t.Errorf("n=%d slots=%d: valid without action %d, %v", n, s, i, good[i])
				}
				if i > 0 && !(i == 1 && n == 1) {
					swapped := slices.Clone(good)
					swapped[i-1], swapped[i] = swapped[i], swapped[i-1]
					if _, err := Validate(slices.Values(swapped), n, s); err == nil {
						t.Errorf("n=%d slots=%d: valid with actions %d and %d swapped, %v", n, s, i-1, i, good[i-1:i+1])
					}
				}
			}
		}
	}
}

func TestFewerSlotsAreNotEnough(t *testing.T) {
	for n := int64(2); n <= 40; n++ {
		for s := 1; s <= 6; s++ {
			c, _ := PlanBinomial(n, s)
			if _, err := Validate(Binomial(n, s), n, int(c.Peak)-1); err == nil {
				t.Errorf("n=%d slots=%d: valid with %d slots", n, s, c.Peak-1)
			}
		}
	}
}
