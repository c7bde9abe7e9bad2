package ad

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/schedule"
)

func planned(p Plan) func(steps int) *Loop {
	return func(steps int) *Loop { return NewLoop(steps, p) }
}

func TestPlansThatMakeNoSense(t *testing.T) {
	for _, c := range []struct {
		steps int
		plan  Plan
		want  string
	}{
		{3, Plan{}, "there is no scheme="},
		{3, Plan{Scheme: "best"}, "there is no scheme=best; there are "},
		{3, Plan{Scheme: "binomial"}, "scheme=binomial with snaps=0, or budget=0: set the one to 1 or more"},
		{3, Plan{Scheme: "binomial", Snaps: -2}, "snaps=-2"},
		{3, Plan{Scheme: "binomial", Budget: -1}, "budget=-1"},
		{3, Plan{Scheme: "binomial", Snaps: 2, Period: 3}, "scheme=binomial has no period=; it has snaps budget"},
		{3, Plan{Scheme: "binomial", Snaps: 2, Tape: -3}, "tape=-3"},
		{3, Plan{Scheme: "periodic"}, "scheme=periodic with period=0: set period to 1 or more"},
		{3, Plan{Scheme: "periodic", Period: 2, Snaps: -1}, "snaps=-1"},
		{3, Plan{Scheme: "multistage"}, "scheme=multistage with snaps=0"},
		{3, Plan{Scheme: "multistage", Disk: -2}, "disk=-2: set disk to 0 or more, or to -1"},
		{3, Plan{Scheme: "binomial", Snaps: 2, Disk: 3}, "scheme=binomial has no disk="},
		{3, Plan{Scheme: "store", Snaps: 2}, "scheme=store has no snaps="},
		{3, Plan{Scheme: "store", Costs: schedule.Costs{Forward: 1}}, "scheme=store has no costs"},
		{3, Plan{Scheme: "binomial", Levels: "2:0:0"}, "scheme=binomial has no levels=; it has snaps"},
		{3, Plan{Scheme: "hrevolve", Levels: "2:0:0", Snaps: 1}, "levels=2:0:0 tells the slots of all levels: leave out snaps"},
		{3, Plan{Scheme: "hrevolve", Levels: "2:0:0,3:1"}, "levels=2:0:0,3:1: write slots:write:read for each"},
		{3, Plan{Scheme: "hrevolve", Levels: "2:0:0,3:1:1:1"}, "write slots:write:read for each"},
		{3, Plan{Scheme: "hrevolve", Levels: "0:0:0,0:1:1"}, "no level has a slot"},
		{3, Plan{Scheme: "hrevolve", Levels: "1:0:0,-1:-1:1"}, "costs are not negative"},
		{3, Plan{Scheme: "hrevolve", Levels: "1:0:0,-1:2:2", Storage: "ram;doubling;doubling"}, "there are at most 2 levels"},
		{-1, Plan{Scheme: "binomial", Snaps: 2}, "scheme=binomial has to know how many iterations"},
	} {
		panics(t, c.want, func() { NewLoop(c.steps, c.plan) })
	}
}

func TestWordsThatMakeNoSense(t *testing.T) {
	if got := Positive("tape", 3); got != 3 {
		t.Errorf("Positive gives %d, want 3", got)
	}
	panics(t, "ad: a checkpointed loop: period=0: set period to 1 or more", func() { Positive("period", 0) })
	panics(t, "snaps=-4: set snaps to 1 or more", func() { Positive("snaps", -4) })
	panics(t, "uf=0: set uf to 1 or more", func() { DiskCosts(0, 2, 2) })
	panics(t, "wd=-1 and rd=2: set both to 0 or more", func() { DiskCosts(1, -1, 2) })
	panics(t, "wd=0 and rd=-2", func() { DiskCosts(1, 0, -2) })
}

// The levels of a plan are those of the schedule: what a run costs is what the schedule does.
func TestLevels(t *testing.T) {
	p := Plan{Scheme: "hrevolve", Levels: "2:0:0,3:2:2,-1:20:20", Costs: schedule.Costs{Forward: 3}, Storage: "ram;doubling;file:" + t.TempDir()}
	costs := schedule.Costs{Forward: 3}
	costs.Write, costs.Read = [8]int64{1: 2, 2: 20}, [8]int64{1: 2, 2: 20}
	for _, n := range []int{0, 1, 7, 50, 200} {
		want, _, err := schedule.PlanHRevolve(int64(n), []int{2, 3, -1}, costs)
		if err != nil {
			t.Fatal(err)
		}
		y, xb, _ := toyByHand(0.37, n, n)
		gy, gxb, got, _ := toy(0.37, n, n, planned(p))
		if gy != y || math.Float64bits(gxb) != math.Float64bits(xb) {
			t.Errorf("n=%d: %v %v, want %v %v", n, gy, gxb, y, xb)
		}
		for k := range want.Levels {
			if got.Levels[k].Saves != want.Levels[k].Writes || got.Levels[k].Restores != want.Levels[k].Reads {
				t.Errorf("n=%d level %d: %+v, want %+v", n, k, got.Levels[k], want.Levels[k])
			}
		}
		if got.Advances != want.Advances {
			t.Errorf("n=%d: %d advances, want %d", n, got.Advances, want.Advances)
		}
	}
}

// With a budget the size of the first snapshot tells how many there can be.
func TestBudget(t *testing.T) {
	for n := 0; n <= 30; n++ {
		y, xb, _ := toyByHand(0.37, n, n)
		for _, budget := range []int64{1, 8, 15, 16, 40, 1 << 40, math.MaxInt64} {
			gy, gxb, cost, start := toy(0.37, n, n, planned(Plan{Scheme: "binomial", Budget: budget}))
			if gy != y || gxb != xb || n > 0 && start != 0.37 {
				t.Fatalf("n=%d budget=%d: %v %v from %v, want %v %v", n, budget, gy, gxb, start, y, xb)
			}
			_, _, want, _ := toy(0.37, n, n, loopMaker(max(1, int(min(budget/8, int64(n))))))
			if cost != want {
				t.Errorf("n=%d budget=%d: %v, want %v", n, budget, cost, want)
			}
			if cost.PeakBytes > max(8, budget) {
				t.Errorf("n=%d: %d bytes with a budget of %d", n, cost.PeakBytes, budget)
			}
		}
	}
}

// A loop of unknown length ends where its body says so.
func TestLoopOfUnknownLength(t *testing.T) {
	for _, p := range []Plan{
		{Scheme: "store"},
		{Scheme: "online", Snaps: 1},
		{Scheme: "online", Snaps: 3},
		{Scheme: "online", Snaps: 3, Costs: DiskCosts(1, 5, 5)}, // disk=0 at run time
		{Scheme: "online", Budget: 44},
		{Scheme: "online", Snaps: 4, Storage: "file:" + t.TempDir()},
	} {
		for end := range 40 {
			y, xb, done := toyByHand(0.37, math.MaxInt, end)
			gy, gxb, cost, start := toy(0.37, -1, end, planned(p))
			if gy != y || gxb != xb || start != 0.37 || cost.Steps != int64(done) {
				t.Errorf("%+v end=%d: %v %v from %v, %v", p, end, gy, gxb, start, cost)
			}
			if most := max(int64(p.Snaps), p.Budget/8); most > 0 && cost.PeakSnapshots > most {
				t.Errorf("%+v end=%d: %v", p, end, cost)
			}
		}
	}
}

func TestAuto(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		steps       int
		plan        Plan
		scheme      string
		snaps, disk int
	}{
		{1000, Plan{}, "binomial", 17, 0},
		{0, Plan{}, "binomial", 1, 0},
		{10, Plan{Snaps: 3}, "binomial", 3, 0},
		{10, Plan{Snaps: 3, Disk: 2, Storage: "file:" + dir}, "multistage", 3, 2},
		{10, Plan{Snaps: 3, Disk: 2, Costs: DiskCosts(1, 5, 5), Storage: "file:" + dir}, "hrevolve", 3, 2},
		{10, Plan{Snaps: 3, Costs: DiskCosts(1, 5, 5)}, "binomial", 3, 0}, // disk=0 at run time
		{10, Plan{Budget: 80}, "binomial", 0, 0},
		{-1, Plan{}, "online", 38, 0},
		{-1, Plan{Budget: 80}, "online", 0, 0},
		{-1, Plan{Snaps: 2, Disk: -1, Storage: "file:" + dir}, "online", 2, -1},
	} {
		p := c.plan
		p.Scheme = "auto"
		chosen := p
		chosen.choose(c.steps)
		if chosen.Scheme != c.scheme || chosen.Snaps != c.snaps || chosen.Disk != c.disk {
			t.Errorf("%d steps, %+v: %+v", c.steps, c.plan, chosen)
		}
		n := c.steps
		if n < 0 {
			n = 33
		}
		y, xb, _ := toyByHand(0.37, n, n)
		if c.steps < 0 {
			y, xb, _ = toyByHand(0.37, math.MaxInt, n)
		}
		if gy, gxb, _, _ := toy(0.37, c.steps, n, planned(p)); gy != y || math.Float64bits(gxb) != math.Float64bits(xb) {
			t.Errorf("%d steps, %+v: %v %v, want %v %v", c.steps, c.plan, gy, gxb, y, xb)
		}
	}
}

func TestPlannedLoopAllocatesNothing(t *testing.T) {
	budget := planned(Plan{Scheme: "binomial", Budget: 80})
	noAllocs(t, func() { toy(0.3, 200, 200, budget) })
}

// swell is a loop whose state grows, from 1 number to n.
func swell(n int, p Plan) (x, xb float64, cost Stats) {
	st := NewStack()
	defer st.Release()
	x, xb = 0.4, 1
	var past []float64
	l := NewLoop(n, p)
	step := func() {
		past = append(past, x)
		x += 0.1 * math.Sin(x+past[len(past)/2])
	}
	advance := func(int) bool { step(); return true }
	pastb := make([]float64, n)
	record := func(int) bool { st.PushFloat(x); step(); return true }
	reverse := func(int) {
		x = st.PopFloat()
		k := len(past) / 2
		g := 0.1 * math.Cos(x+past[k]) * xb
		xb += g
		pastb[k] += g
		last := len(past) - 1
		xb += pastb[last]
		pastb[last] = 0
		past = past[:last]
	}
	save := func(s *Snapshot) { s.Save(&x); s.SaveRoom(&past) }
	restore := func(s *Snapshot) { s.Restore(&x); s.RestoreRoom(&past) }
	l.Forward(advance, record, save)
	y := x
	l.Reverse(advance, record, reverse, save, restore)
	cost = l.Stats()
	l.Release()
	return y, xb, cost
}

// A state that grows does not exceed the budget: snapshots are given up, and their
// states computed again.
func TestBudgetOfGrowingState(t *testing.T) {
	lost := int64(0)
	for n := 1; n <= 60; n += 3 {
		y, xb, _ := swell(n, Plan{Scheme: "store"})
		for _, p := range []Plan{
			{Scheme: "binomial", Budget: 1500},
			{Scheme: "online", Budget: 1500},
			{Scheme: "mixed", Budget: 1500},
			{Scheme: "multistage", Budget: 1000, Disk: 2, Storage: "file:" + t.TempDir()},
			{Scheme: "binomial", Budget: 2000, Storage: "doubling"},
			{Scheme: "binomial", Budget: 2000, Storage: "file:" + t.TempDir()},
		} {
			gy, gxb, cost := swell(n, p)
			if gy != y || gxb != xb {
				t.Errorf("n=%d %+v: %v %v, want %v %v", n, p, gy, gxb, y, xb)
			}
			if p.Storage == "" && cost.PeakBytes > p.Budget+8*128 && p.Scheme != "mixed" { // the one given up is counted
				t.Errorf("n=%d %+v: %v", n, p, cost)
			}
			lost += cost.Lost
		}
	}
	if lost == 0 {
		t.Error("nothing was ever given up")
	}
}
