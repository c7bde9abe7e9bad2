package schedule

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// prices are the prices of a free memory and one disk.
func prices(forward, reverse, write, read int64) Costs {
	c := Costs{Forward: forward, Reverse: reverse}
	c.Write[1], c.Read[1] = write, read
	return c
}

// examine runs h on paper, checks that it does what its plan says, and returns the cost.
func examine(t *testing.T, h *HRevolve, slots []int) (Counts, int64) {
	t.Helper()
	want, cost, err := h.Plan()
	if err != nil {
		t.Fatalf("n=%d slots=%v %+v: %v", h.steps, slots, h.costs, err)
	}
	for range 2 {
		got, err := Simulate(All(h), h.steps, Limits{Slots: slots, Tape: 1})
		if err != nil || got != want {
			t.Fatalf("n=%d slots=%v %+v:\n ran     %+v, %v\n planned %+v", h.steps, slots, h.costs, got, err, want)
		}
		if err := h.Reset(h.steps); err != nil {
			t.Fatal(err)
		}
	}
	return want, cost
}

// The optima and counts were computed outside of this package: by the recurrences of
// Herrmann and Pallez 2020 and of Aupy et al. 2016, and by a program that executes
// every action.
func TestHRevolvePublished(t *testing.T) {
	for _, c := range []struct {
		n, ram, disk        int64
		costs               Costs
		cost                int64
		steps, write, reads int64 // 0: not known
	}{
		{100, 3, 5, prices(1, 1, 2, 2), 493, 355, 7, 12},
		{1000, 10, 10, prices(1, 2, 5, 5), 5922, 0, 0, 0},
		{1000, 10, -1, prices(1, 2, 5, 5), 5753, 2903, 85, 85},
		{1000, 10, 1000, prices(1, 2, 5, 5), 5753, 2903, 85, 85},
		{50, 8, 50, prices(1, 3, 20, 10), 295, 0, 0, 0},
	} {
		slots := []int{int(c.ram), int(c.disk)}
		h, err := NewHRevolve(c.n, slots, c.costs)
		if err != nil {
			t.Fatal(err)
		}
		k, cost := examine(t, h, slots)
		if cost != c.cost || c.steps > 0 && (k.ForwardSteps != c.steps || k.DiskWrites() != c.write || k.DiskReads() != c.reads) {
			t.Errorf("n=%d slots=%v: cost %d, %+v; want %+v", c.n, slots, cost, k, c)
		}
	}
}

// price draws a price, now and then nothing or a large one.
func price(r *rand.Rand) int64 {
	switch r.IntN(8) {
	case 0:
		return 0
	case 1:
		return r.Int64N(1000)
	case 2:
		return r.Int64N(1 << 40)
	}
	return r.Int64N(30)
}

// hierarchy draws levels levels with up to most slots each.
func hierarchy(r *rand.Rand, levels, most int) ([]int, Costs) {
	c := Costs{Forward: price(r) % 1000, Reverse: r.Int64N(3)}
	slots := make([]int, levels)
	for slots[r.IntN(levels)] == 0 {
		for k := range slots {
			slots[k] = r.IntN(most+2) - 1
			if k > 0 || r.IntN(3) == 0 {
				c.Write[k], c.Read[k] = price(r), price(r)
			}
		}
	}
	return slots, c
}

// No schedule at all is cheaper, for one to three levels at any prices.
func TestHRevolveIsOptimal(t *testing.T) {
	cases := 600
	if testing.Short() {
		cases = 150
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range cases {
		levels := 1 + i%3
		n := 2 + r.IntN(8-levels)
		slots, costs := hierarchy(r, levels, 3)
		h, err := NewHRevolve(int64(n), slots, costs)
		if err != nil {
			t.Fatal(err)
		}
		_, cost := examine(t, h, slots)
		if want := oracleCost(n, slots, &costs) + int64(n)*(costs.Forward+costs.Reverse); cost != want {
			t.Errorf("n=%d slots=%v %+v: cost %d, a search finds %d", n, slots, costs, cost, want)
		}
	}
}

// Longer loops than a search can do: the recurrence, every j, the best order of levels.
func TestHRevolveIsTheRecurrence(t *testing.T) {
	cases := 1500
	if testing.Short() {
		cases = 300
	}
	r := rand.New(rand.NewPCG(3, 4))
	for i := range cases {
		n := int64(2 + r.IntN(60))
		slots, costs := hierarchy(r, 2+i%2, 6)
		costs.Write[0], costs.Read[0] = 0, 0
		if slots[0]+slots[1] == 0 && len(slots) == 2 {
			continue
		}
		order := []int{1, 2}[:len(slots)-1]
		want := plainCost(n, slots, order, &costs)
		if len(slots) == 3 {
			want = min(want, plainCost(n, slots, []int{2, 1}, &costs))
		}
		h, err := NewHRevolve(n, slots, costs)
		if err != nil {
			if want < plainNone {
				t.Fatal(err)
			}
			continue
		}
		if _, cost := examine(t, h, slots); cost != want+n*(costs.Forward+costs.Reverse) {
			t.Errorf("n=%d slots=%v %+v: cost %d, want %d", n, slots, costs, cost, want+n*(costs.Forward+costs.Reverse))
		}
	}
}

// Six levels, all of them used.
func TestHRevolveManyLevels(t *testing.T) {
	c := Costs{Forward: 100, Reverse: 1, Write: [MaxLevels]int64{0, 2, 5, 9, 20, 30}, Read: [MaxLevels]int64{0, 3, 5, 8, 21, 33}}
	slots := []int{1, 1, 1, 1, 1, 1}
	h, err := NewHRevolve(500, slots, c)
	if err != nil {
		t.Fatal(err)
	}
	k, cost := examine(t, h, slots)
	if want := plainCost(500, slots, []int{1, 2, 3, 4, 5}, &c) + 500*101; cost != want {
		t.Errorf("cost %d, want %d", cost, want)
	}
	for i := range slots {
		if k.Levels[i].Peak != 1 {
			t.Errorf("level %d is not used: %+v", i, k)
		}
	}
}

func TestHRevolveShortLoops(t *testing.T) {
	c := prices(3, 1, 7, 5)
	for _, x := range []struct {
		n     int64
		slots []int
		cost  int64
	}{
		{0, []int{1, 1}, 0},
		{0, []int{0, 1}, 0},
		{1, []int{1, 1}, 4},
		{1, []int{0, 1}, 4 + 7},           // the start is stored in case of a Stop
		{2, []int{1, 0}, 8 + 3},           // save, advance, record, restore, record
		{2, []int{0, 1}, 8 + 3 + 7 + 5},   // the same on disk
		{3, []int{0, 2}, 12 + 9 + 7 + 10}, // a second write costs more than a step
		{3, []int{0, 1}, 12 + 9 + 7 + 10},
	} {
		h, err := NewHRevolve(x.n, x.slots, c)
		if err != nil {
			t.Fatal(err)
		}
		if _, cost := examine(t, h, x.slots); cost != x.cost {
			t.Errorf("n=%d slots=%v: cost %d, want %d", x.n, x.slots, cost, x.cost)
		}
	}
}

// With memory alone it is the binomial schedule, and so it is when the disk is too dear.
func TestHRevolveInMemoryIsBinomial(t *testing.T) {
	for n := int64(0); n < 60; n++ {
		for s := 1; s < 7; s++ {
			for _, slots := range [][]int{{s}, {s, 0}, {s, 5}, {s, -1}} {
				h, err := NewHRevolve(n, slots, prices(1, 1, 1e9, 1e9))
				if err != nil {
					t.Fatal(err)
				}
				k, _ := examine(t, h, slots)
				if want, _ := PlanBinomial(n, s); k != want {
					t.Errorf("n=%d slots=%v: %+v, want %+v", n, slots, k, want)
				}
			}
		}
	}
}

// A loop that ends early is reversed within the slots, wherever it ends, and the tables
// of a longer loop serve for it when it runs again.
func TestHRevolveStop(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 60 {
		slots, costs := hierarchy(r, 1+i%4, 3)
		n := int64(1 + r.IntN(16))
		h, err := NewHRevolve(n, slots, costs)
		if err != nil {
			t.Fatal(err)
		}
		for done := int64(0); done <= n; done++ {
			for _, m := range []int64{n, max(done, n-2)} {
				if err := h.Reset(m); err != nil {
					t.Fatal(err)
				}
				list := stopped(h, done)
				if _, err := Simulate(seqOf(list), done, Limits{Slots: slots, Tape: 1}); err != nil {
					t.Errorf("n=%d slots=%v %+v stopped at %d: %v\n%v", m, slots, costs, done, err, list)
				}
			}
		}
	}
}

// A break in the step that is being recorded, with the record lost, before any other.
func TestHRevolveStopNotRecorded(t *testing.T) {
	for _, slots := range [][]int{{1, 1}, {0, 1}, {0, -1}} {
		for n := int64(1); n < 9; n++ {
			h, err := NewHRevolve(n, slots, prices(1, 1, 2, 2))
			if err != nil {
				t.Fatal(err)
			}
			var list []Action
			for a, ok := h.Next(); ok; a, ok = h.Next() {
				if a.Kind == Record && len(list) >= 0 && a.From == n-1 && !recordedBefore(list) {
					h.Stop(n, false)
					continue
				}
				list = append(list, a)
			}
			// What was executed misses the lost record: the last step advanced instead.
			at := firstRestore(list)
			list = append(list[:at:at], append([]Action{advance(n-1, n)}, list[at:]...)...)
			if _, err := Simulate(seqOf(list), n, Limits{Slots: slots}); err != nil {
				t.Errorf("n=%d slots=%v: %v\n%v", n, slots, err, list)
			}
		}
	}
}

func recordedBefore(list []Action) bool { return firstRestore(list) < len(list) }

func firstRestore(list []Action) int {
	for i, a := range list {
		if a.Kind == Restore {
			return i
		}
	}
	return len(list)
}

func seqOf(list []Action) func(func(Action) bool) {
	return func(yield func(Action) bool) {
		for _, a := range list {
			if !yield(a) {
				return
			}
		}
	}
}

func TestHRevolveInForwardSweep(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 50 {
		slots, costs := hierarchy(r, 3, 3)
		h, err := NewHRevolve(int64(r.IntN(30)), slots, costs)
		if err != nil {
			t.Fatal(err)
		}
		for forward := true; ; {
			in := h.InForwardSweep()
			a, ok := h.Next()
			if !ok {
				if in {
					t.Error("in the forward sweep at the end")
				}
				break
			}
			forward = forward && a.Kind != Reverse
			if in != forward {
				t.Errorf("n=%d slots=%v: InForwardSweep is %v before %v", h.steps, slots, in, a)
			}
		}
	}
}

func TestHRevolveErrors(t *testing.T) {
	one := prices(1, 1, 1, 1)
	dear := prices(1<<50, 1, 1, 1)
	for _, c := range []struct {
		n     int64
		slots []int
		costs Costs
		want  string
	}{
		{-1, []int{1, 1}, one, "negative"},
		{5, nil, one, "no level has a slot"},
		{5, []int{0, 0}, one, "no level has a slot"},
		{5, []int{1, -2}, one, "-2 slots in level 1"},
		{5, make([]int, 9), one, "9 storage levels"},
		{5, []int{1, 1}, prices(-1, 1, 1, 1), "-1: costs are not negative"},
		{5, []int{1, 1}, prices(1, 1, 1, -7), "-7: costs are not negative"},
		{5, []int{1, 1}, prices(1, 1, math.MaxInt64, 1), "choose a larger unit"},
		{1e6, []int{1, 1}, dear, "choose a larger unit"},
		{1000, []int{0, 1}, dear, "does not fit in 61 bits"},
		{1e12, []int{1, 1}, one, "periodic form"},
		{1e9, []int{1, 1}, one, "do not fit in 1024 MiB"},
		{1e6, []int{1, 1000}, one, "do not fit in 1024 MiB"},
	} {
		_, _, err := PlanHRevolve(c.n, c.slots, c.costs)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("n=%d slots=%v: error %v, want one with %q", c.n, c.slots, err, c.want)
		}
	}
	if _, _, err := PlanHRevolve(100, []int{1, 3}, prices(1, math.MaxInt64, 1, 1)); err == nil {
		t.Error("a cost that does not fit is accepted")
	}
	h, err := NewHRevolve(10, []int{2, 2}, one)
	if err != nil {
		t.Fatal(err)
	}
	h.Next()
	if h.Reset(11) == nil || h.Reset(-1) == nil {
		t.Error("a reset to a number of steps without tables is accepted")
	}
	if a, _ := h.Next(); a.Kind == Save {
		t.Error("a refused reset has changed the schedule")
	}
}

// With costs so large that those of poor choices do not fit, the choice is the same.
func TestHRevolveLargeCosts(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 200 {
		slots, costs := hierarchy(r, 3, 4)
		for k := range slots {
			costs.Write[k] %= 50
			costs.Read[k] %= 50
		}
		costs.Forward = 1 + costs.Forward%10
		n := int64(2 + r.IntN(200))
		h, err := NewHRevolve(n, slots, costs)
		if err != nil {
			t.Fatal(err)
		}
		_, small := examine(t, h, slots)
		factor := (largest - 1) / max(small, 100)
		costs.Forward *= factor
		costs.Reverse *= factor
		for k := range slots {
			costs.Write[k] *= factor
			costs.Read[k] *= factor
		}
		h, err = NewHRevolve(n, slots, costs)
		if err != nil {
			t.Fatal(err)
		}
		if _, large := examine(t, h, slots); large != small*factor {
			t.Errorf("n=%d slots=%v %+v: cost %d, want %d times %d", n, slots, costs, large, factor, small)
		}
	}
}

func TestHRevolveAllocatesNothing(t *testing.T) {
	slots := []int{3, 3, -1}
	h, err := NewHRevolve(300, slots, Costs{Forward: 1, Reverse: 1, Write: [MaxLevels]int64{0, 2, 9}, Read: [MaxLevels]int64{0, 2, 9}})
	if err != nil {
		t.Fatal(err)
	}
	run := func() {
		if err := h.Reset(300); err != nil {
			t.Fatal(err)
		}
		for _, ok := h.Next(); ok; _, ok = h.Next() {
		}
	}
	if n := testing.AllocsPerRun(10, run); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}

func BenchmarkHRevolveTables(b *testing.B) {
	for _, c := range []struct {
		n, ram, disk int
		costs        Costs
	}{
		{1e4, 10, 10, prices(1, 2, 5, 5)},
		{1e5, 10, 10, prices(1, 2, 5, 5)},
		{1e5, 10, 10, prices(1000, 2, 3711, 5323)},
		{1e5, 1, 10, prices(1, 2, 5, 5)},
		{1e5, 10, 100, prices(1000, 2, 5311, 5227)},
		{1e6, 10, 10, prices(1, 2, 5, 5)},
		{1e6, 10, -1, prices(1, 2, 5, 5)},
	} {
		b.Run(fmt.Sprintf("n=%d,ram=%d,disk=%d,costs=%d:%d:%d", c.n, c.ram, c.disk, c.costs.Forward, c.costs.Write[1], c.costs.Read[1]), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := NewHRevolve(int64(c.n), []int{c.ram, c.disk}, c.costs); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkHRevolvePlan(b *testing.B) {
	h, err := NewHRevolve(1e5, []int{10, 10}, prices(1, 2, 5, 5))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := h.Plan(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHRevolveNext(b *testing.B) {
	h, err := NewHRevolve(1e5, []int{10, 10}, prices(1, 2, 5, 5))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := h.Next(); !ok {
			_ = h.Reset(1e5)
		}
	}
}

// A loop whose condition turns false right after a save: the state that was stored is the
// one after the last step, and its slot is free.
func TestHRevolveStopAfterSave(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for i := range 100 {
		slots, costs := hierarchy(r, 1+i%4, 3)
		n := int64(2 + r.IntN(16))
		h, err := NewHRevolve(n, slots, costs)
		if err != nil {
			t.Fatal(err)
		}
		for done := int64(1); done < n; done++ {
			if err := h.Reset(n); err != nil {
				t.Fatal(err)
			}
			var list []Action
			for a, ok := h.Next(); ok; a, ok = h.Next() {
				list = append(list, a)
				if a.Kind == Save && a.From == done && h.InForwardSweep() {
					h.Stop(done, false)
				}
			}
			if h.end != 0 || len(list) == 0 {
				t.Fatal("not all steps are reversed")
			}
			end := n
			if list[len(list)-1].Kind == Reverse && !reverses(list, n-1) {
				end = done
			}
			if _, err := Simulate(seqOf(list), end, Limits{Slots: slots, Tape: 1, Online: true}); err != nil {
				t.Errorf("n=%d slots=%v %+v stopped after the save of %d: %v\n%v", n, slots, costs, done, err, list)
			}
		}
	}
}

// reverses reports that list has the reversal of step i.
func reverses(list []Action, i int64) bool {
	for _, a := range list {
		if a.Kind == Reverse && a.From == i {
			return true
		}
	}
	return false
}
