package schedule

import (
	"math"
	"slices"
	"strings"
	"testing"
)

var adv, rec, rev = advance, record, reverse

func sav(i int64, slot int) Action  { return save(i, slot, 0) }
func res(i int64, slot int) Action  { return restore(i, slot, 0, false) }
func last(i int64, slot int) Action { return restore(i, slot, 0, true) }

// ram is the counts of a schedule in level 0 alone that records one step at a time.
func ram(forward, advances, writes, reads, peak int64) Counts {
	return Counts{
		ForwardSteps: forward, Advances: advances, Writes: writes, Reads: reads, Peak: peak, PeakTape: 1,
		Levels: [MaxLevels]LevelCounts{{writes, reads, peak}},
	}
}

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
		{"long save", 2, 1, []Action{{Op: Op{Kind: Save}, From: 0, To: 1}}, "To equal to From"},
		{"long record", 2, 1, []Action{{Op: Op{Kind: Record}, From: 0, To: 2}}, "From+1"},
		{"last on a save", 1, 1, []Action{{Op: Op{Kind: Save, Last: true}}}, "only a restore"},
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
		{"the state before step 0 may stay", []Action{sav(0, 0), adv(0, 1), rec(1), rev(1), res(0, 0), rec(0), rev(0)}, ram(3, 1, 1, 1, 1)},
		{"two steps recorded at once", []Action{rec(0), rec(1), rev(1), rev(0)}, Counts{ForwardSteps: 2, PeakTape: 2}},
		{"any slot will do", []Action{sav(0, 1), adv(0, 1), rec(1), rev(1), last(0, 1), rec(0), rev(0)}, ram(3, 1, 1, 1, 1)},
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

// at moves a Save or Restore to another level.
func at(k uint8, a Action) Action { a.Level = k; return a }

func TestSimulateLimits(t *testing.T) {
	two := Limits{Slots: []int{1, -1}}
	for _, c := range []struct {
		name   string
		steps  int64
		limits Limits
		seq    []Action
		want   string // of the error; empty: none
	}{
		{"state in two levels", 2, two, []Action{sav(0, 0), at(1, sav(0, 7)), adv(0, 1), rec(1), rev(1), last(0, 0), rec(0), rev(0)}, ""},
		{"level not there", 1, two, []Action{at(2, sav(0, 0))}, "level 2 does not exist"},
		{"restore from a level not there", 1, two, []Action{at(2, res(0, 0))}, "level 2 does not exist"},
		{"full level", 3, two, []Action{sav(0, 0), adv(0, 1), sav(1, 1)}, "slot 1 does not exist, there are 1"},
		{"stored twice on disk", 3, two, []Action{at(1, sav(0, 0)), at(1, sav(0, 1))}, "slot 0 holds this state already"},
		{"disk not freed", 2, two, []Action{adv(0, 1), at(1, sav(1, 3)), rec(1), rev(1)}, "level 1 slot 3 still holds the state before step 1"},
		{"slot of a record", 1, two, []Action{{Op: Op{Kind: Record}, From: 0, To: 1, Slot: 1}}, "no meaning"},
		{"level of an advance", 1, two, []Action{{Op: Op{Kind: Advance, Level: 1}, From: 0, To: 1}}, "no meaning"},
		{"tape", 2, Limits{Tape: 1}, []Action{rec(0), rec(1)}, "2 steps are recorded, there may be 1"},
		{"tape in bounds", 2, Limits{Tape: 2}, []Action{rec(0), rec(1), rev(1), rev(0)}, ""},
		{"the last record is free", 3, Limits{Shared: &Shared{Budget: 4, Adjoint: 2}}, []Action{rec(0), rec(1), rec(2), rev(2), rev(1), rev(0)}, ""},
		{"too many records", 3, Limits{Shared: &Shared{Budget: 3, Adjoint: 2}}, []Action{rec(0), rec(1), rec(2)}, "take 4 units, there are 3"},
		{"a record is kept", 3, Limits{Slots: []int{1}, Shared: &Shared{Budget: 3, Adjoint: 2, Restart: 2}}, []Action{rec(0), sav(1, 0)}, "take 4 units, there are 3"},
		{"states of unequal size", 3, Limits{Slots: []int{2}, Shared: &Shared{Budget: 3, State: func(i int64) int64 { return 2 + i }}}, []Action{sav(0, 0), adv(0, 1), sav(1, 1)}, "take 5 units, there are 3"},
		{"replace", 3, Limits{Slots: []int{1}}, []Action{sav(0, 0), adv(0, 1), sav(1, 0)}, "still holds"},
		{"replace online", 2, Limits{Slots: []int{2}, Online: true}, []Action{
			sav(0, 0), adv(0, 1), sav(1, 1), adv(1, 2), sav(2, 1), res(0, 0), adv(0, 1), sav(1, 1), rec(1), rev(1),
		}, "slot 1 still holds the state before step 1"},
		{"no replacement in the reverse sweep", 3, Limits{Slots: []int{2}, Online: true}, []Action{
			sav(0, 0), adv(0, 1), sav(1, 1), adv(1, 2), rec(2), rev(2), res(0, 0), sav(0, 1),
		}, "slot 0 holds this state already"},
		{"garbage is not restored", 1, Limits{Slots: []int{2}, Online: true}, []Action{sav(0, 0), adv(0, 1), sav(1, 1), res(1, 1)}, "useless"},
		{"too many levels", 1, Limits{Slots: make([]int, MaxLevels+1)}, nil, "9 storage levels"},
	} {
		_, err := Simulate(slices.Values(c.seq), c.steps, c.limits)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestSimulateCounts(t *testing.T) {
	seq := []Action{sav(0, 0), at(1, sav(0, 7)), at(3, sav(0, 2)), adv(0, 1), rec(1), rev(1), at(1, last(0, 7)), rec(0), rev(0)}
	got, err := Simulate(slices.Values(seq), 2, Limits{Slots: []int{1, 8, 0, 3}, Shared: &Shared{Budget: 9, Restart: 5, Adjoint: 4}})
	want := Counts{
		ForwardSteps: 3, Advances: 1, Writes: 3, Reads: 1, Peak: 3, PeakDisk: 2, PeakTape: 1, PeakUnits: 5,
		Levels: [MaxLevels]LevelCounts{{1, 0, 1}, {1, 1, 1}, {}, {1, 0, 1}},
	}
	if err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if got.DiskWrites() != 2 || got.DiskReads() != 1 {
		t.Errorf("%d disk writes and %d disk reads, want 2 and 1", got.DiskWrites(), got.DiskReads())
	}
	k := Costs{Forward: 10, Reverse: 100, Write: [MaxLevels]int64{1, 1000, 1, 10000}, Read: [MaxLevels]int64{1, 100000}}
	if cost, err := k.Of(got); err != nil || cost != 111231 {
		t.Errorf("cost %d, %v; want 111231", cost, err)
	}
	for _, k := range []Costs{{Forward: -1}, {Read: [MaxLevels]int64{7: -1}}, {Forward: math.MaxInt64}, {Forward: math.MaxInt64 / 3, Reverse: math.MaxInt64 / 3}} {
		if cost, err := k.Of(got); err == nil {
			t.Errorf("%+v: cost %d, want an error", k, cost)
		}
	}
}
