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
		{3, Plan{Scheme: "binomial"}, "scheme=binomial with snaps=0: set snaps to 1 or more"},
		{3, Plan{Scheme: "binomial", Snaps: -2}, "snaps=-2"},
		{3, Plan{Scheme: "binomial", Budget: -1}, "budget=-1"},
		{3, Plan{Scheme: "binomial", Snaps: 2, Period: 3}, "scheme=binomial has no period=; it has snaps budget"},
		{3, Plan{Scheme: "binomial", Snaps: 2, Tape: -3}, "tape=-3"},
		{3, Plan{Scheme: "periodic"}, "scheme=periodic with period=0: set period to 1 or more"},
		{3, Plan{Scheme: "periodic", Period: 2, Snaps: -1}, "snaps=-1"},
		{3, Plan{Scheme: "multistage"}, "scheme=multistage with snaps=0"},
		{3, Plan{Scheme: "multistage", Disk: -2}, "disk=-2"},
		{3, Plan{Scheme: "binomial", Snaps: 2, Disk: 3}, "scheme=binomial has no disk="},
		{3, Plan{Scheme: "store", Snaps: 2}, "scheme=store has no snaps="},
		{3, Plan{Scheme: "store", Costs: schedule.Costs{Forward: 1}}, "scheme=store has no costs"},
		{-1, Plan{Scheme: "binomial", Snaps: 2}, "scheme=binomial has to know how many iterations"},
	} {
		panics(t, c.want, func() { NewLoop(c.steps, c.plan) })
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

func TestPlannedLoopAllocatesNothing(t *testing.T) {
	budget := planned(Plan{Scheme: "binomial", Budget: 80})
	noAllocs(t, func() { toy(0.3, 200, 200, budget) })
}
