package schedule

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func diskCosts(uf, wd, rd int64) Costs {
	k := Costs{Forward: uf}
	k.Write[1], k.Read[1] = wd, rd
	return k
}

func twoLevel(t testing.TB, ram, disk int, k Costs) *OnlineTwoLevel {
	t.Helper()
	o, err := NewOnlineTwoLevel(ram, disk, k)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func runTwoLevel(t *testing.T, o *OnlineTwoLevel, ram, disk int, k Costs, n int64, foreseen bool) Counts {
	t.Helper()
	if err := o.Reset(ram, disk, k); err != nil {
		t.Fatal(err)
	}
	got, err := Simulate(Ending(o, n, foreseen), n, Limits{Slots: []int{ram, disk}, Online: true})
	if err != nil {
		p, r := o.Period()
		t.Fatalf("n=%d ram=%d disk=%d %v period=%d reads=%d foreseen=%v: %v", n, ram, disk, k, p, r, foreseen, err)
	}
	return got
}

var someCosts = []Costs{
	diskCosts(1, 0, 0), diskCosts(1, 1, 0), diskCosts(1, 0, 2), diskCosts(1, 2, 2), diskCosts(1, 5, 5), diskCosts(2, 31, 1), diskCosts(1, 100, 3), diskCosts(3, 10, 400),
}

// TestOnlineTwoLevelRuns executes loops of all lengths, with every size of memory and disk.
func TestOnlineTwoLevelRuns(t *testing.T) {
	var o OnlineTwoLevel
	for _, ram := range []int{1, 2, 3, 5, 8} {
		for _, disk := range []int{-1, 1, 2, 3, 6} {
			for _, k := range someCosts {
				for n := int64(0); n <= 150; n++ {
					if testing.Short() && n > 60 && n%7 > 0 {
						continue
					}
					runTwoLevel(t, &o, ram, disk, k, n, n%2 == 0)
					runTwoLevel(t, &o, ram, disk, k, n, n%2 != 0)
				}
				for _, n := range []int64{1000, 2311} {
					runTwoLevel(t, &o, ram, disk, k, n, n%2 == 0)
				}
			}
		}
	}
}

// TestDiskPeriod compares the period with the least cost per step of all lengths and reads.
func TestDiskPeriod(t *testing.T) {
	for c := 1; c <= 4; c++ {
		for _, k := range someCosts {
			least := math.Inf(1)
			one := inMemoryOrAgain(c, 400, k)
			for m := int64(1); m <= 400; m++ {
				cost := k.Write[1] + k.Read[1] + k.Forward*m + one[m]
				least = min(least, float64(cost)/float64(m))
			}
			period, reads := diskPeriod(c, &k, maxReads)
			cost := k.Write[1] + reads*k.Read[1] + k.Forward*(period+stretchAdvances(period, reads, int64(c)))
			if got := float64(cost) / float64(period); math.Abs(got-least) > 1e-9 {
				t.Errorf("c=%d %v: period %d with %d reads costs %g per step, the least is %g", c, k, period, reads, got, least)
			}
		}
	}
}

// TestDiskPeriodExample holds the example of docs/reference/schedules.md.
func TestDiskPeriodExample(t *testing.T) {
	o := twoLevel(t, 10, -1, diskCosts(1, 20, 20))
	if p, r := o.Period(); p != 66 || r != 1 {
		t.Errorf("period %d, %d reads", p, r)
	}
}

// inMemoryOrAgain returns what it costs to reverse m steps from a state on disk that has just
// been read: the recurrence D1 of Aupy, Herrmann, Hovland and Robert 2016.
func inMemoryOrAgain(c int, upTo int64, k Costs) []int64 {
	d := make([]int64, upTo+1)
	for m := int64(2); m <= upTo; m++ {
		d[m] = k.Forward * Advances(m, c)
		for j := int64(1); j < m; j++ {
			d[m] = min(d[m], k.Forward*(j+Advances(m-j, c))+k.Read[1]+d[j])
		}
	}
	return d
}

// bestUnlimited returns the least costs for a known number of steps with an unlimited disk,
// adjoint steps not counted, by the recurrence D of Aupy, Herrmann, Hovland and Robert 2016.
func bestUnlimited(c int, upTo int64, k Costs) []int64 {
	again := inMemoryOrAgain(c, upTo, k)
	d := make([]int64, upTo+1)
	for n := int64(1); n <= upTo; n++ {
		d[n] = k.Forward * Advances(n, c)
		for j := int64(1); j < n; j++ {
			d[n] = min(d[n], k.Write[1]+k.Forward*j+d[n-j]+k.Read[1]+again[j])
		}
	}
	for n := range d {
		d[n] += k.Forward * int64(n) // each step is recorded once
	}
	return d
}

// TestOnlineTwoLevelUnlimited holds that the cost is within a constant of the least one: a
// write and a read for the last period, and what that period costs more in memory.
func TestOnlineTwoLevelUnlimited(t *testing.T) {
	upTo := int64(700)
	if testing.Short() {
		upTo = 300
	}
	var o OnlineTwoLevel
	for _, c := range []int{1, 2, 4} {
		for _, k := range someCosts {
			best := bestUnlimited(c, upTo, k)
			worst := int64(0)
			for n := int64(1); n <= upTo; n++ {
				counts := runTwoLevel(t, &o, c, -1, k, n, true)
				cost, err := k.Of(counts)
				if err != nil {
					t.Fatal(err)
				}
				if cost < best[n] {
					t.Fatalf("c=%d %v n=%d: cost %d below the least %d", c, k, n, cost, best[n])
				}
				worst = max(worst, cost-best[n])
			}
			period, reads := o.Period()
			one := k.Write[1] + reads*k.Read[1] + k.Forward*(period+stretchAdvances(period, reads, int64(c)))
			if worst > one+int64(c) {
				t.Errorf("c=%d %v: %d more than the least cost, a period of %d steps costs %d", c, k, worst, period, one)
			}
		}
	}
}

// bestOnDisk returns the least costs for a known number of steps with d slots on disk, adjoint
// steps not counted, by the recurrence of Herrmann and Pallez 2020 for two levels.
func bestOnDisk(c, d int, upTo int64, k Costs) []int64 {
	inMemory := make([]int64, upTo+1)
	for n := range inMemory {
		inMemory[n] = k.Forward * Advances(int64(n), c)
	}
	fewer := inMemory
	for range d {
		a, b := make([]int64, upTo+1), make([]int64, upTo+1)
		for n := int64(2); n <= upTo; n++ {
			b[n] = inMemory[n]
			for j := int64(1); j < n; j++ {
				b[n] = min(b[n], j*k.Forward+fewer[n-j]+k.Read[1]+b[j])
			}
			a[n] = min(inMemory[n], k.Write[1]+b[n])
		}
		fewer = a
	}
	for n := range fewer {
		fewer[n] += k.Forward * int64(n)
	}
	return fewer
}

// TestOnlineTwoLevelLimited holds what is measured for some sizes and prices.
func TestOnlineTwoLevelLimited(t *testing.T) {
	var o OnlineTwoLevel
	for _, q := range []struct{ c, d int }{{2, 2}, {3, 5}, {10, 10}, {5, 3}} {
		for _, k := range []Costs{diskCosts(1, 1, 1), diskCosts(1, 5, 5), diskCosts(1, 50, 50)} {
			best := bestOnDisk(q.c, q.d, 1000, k)
			worst := 0.0
			for n := int64(10); n <= 1000; n += 10 {
				cost, err := k.Of(runTwoLevel(t, &o, q.c, q.d, k, n, true))
				if err != nil {
					t.Fatal(err)
				}
				if cost < best[n] {
					t.Fatalf("c=%d d=%d %v n=%d: cost %d below the least %d", q.c, q.d, k, n, cost, best[n])
				}
				if period, _ := o.Period(); n >= max(200, 2*period) {
					worst = max(worst, float64(cost)/float64(best[n]))
				}
			}
			if worst > 1.25 {
				t.Errorf("c=%d d=%d %v: %.3f times the least cost", q.c, q.d, k, worst)
			}
		}
	}
}

func TestOnlineTwoLevelMisuse(t *testing.T) {
	for _, c := range []struct {
		ram, disk int
		costs     Costs
		want      string
	}{
		{0, 3, diskCosts(1, 1, 1), "give at least 1"},
		{-1, -1, diskCosts(1, 1, 1), "give at least 1"},
		{2, 0, diskCosts(1, 1, 1), "without a disk use Online"},
		{2, -2, diskCosts(1, 1, 1), "or -1 for as many"},
		{2, 2, diskCosts(0, 1, 1), "costs nothing"},
		{2, 2, diskCosts(1, -1, 1), "not negative"},
	} {
		if _, err := NewOnlineTwoLevel(c.ram, c.disk, c.costs); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ram %d, disk %d, %v: error %v", c.ram, c.disk, c.costs, err)
		}
	}
	var zero OnlineTwoLevel
	zero.Stop(3, true)
	if a, ok := zero.Next(); ok || zero.InForwardSweep() {
		t.Errorf("the zero OnlineTwoLevel hands out %v", a)
	}
	// Prices at the limit: the disk is never worth it, and nothing overflows.
	for _, k := range []Costs{
		diskCosts(1, math.MaxInt64, math.MaxInt64), diskCosts(math.MaxInt64, math.MaxInt64, 1), diskCosts(math.MaxInt64, 0, 0), diskCosts(1, 1<<40, 0),
	} {
		for _, ram := range []int{1, 20} {
			o := twoLevel(t, ram, -1, k)
			runTwoLevel(t, o, ram, -1, k, 777, true)
			o = twoLevel(t, ram, 4, k)
			runTwoLevel(t, o, ram, 4, k, 777, false)
		}
	}
}

// TestOnlineTwoLevelStops stops after every action of the forward sweep.
func TestOnlineTwoLevelStops(t *testing.T) {
	for _, disk := range []int{-1, 1, 3} {
		for _, k := range someCosts {
			for cut := range 120 {
				for _, recorded := range []bool{false, true} {
					o := twoLevel(t, 3, disk, k)
					var seq []Action
					var at int64
					for range cut {
						a, _ := o.Next()
						if at = a.To; at > 1<<20 {
							break
						}
						seq = append(seq, a)
					}
					if at > 1<<20 || recorded && cut == 0 {
						continue
					}
					if recorded {
						seq = append(seq, rec(at))
						at++
					}
					o.Stop(at, recorded)
					o.Stop(at/2, false) // changes nothing
					seq = slices.AppendSeq(seq, All(o))
					if _, err := Simulate(slices.Values(seq), at, Limits{Slots: []int{3, disk}, Online: true}); err != nil {
						t.Fatalf("disk %d, %v, stop after %d actions at step %d, recorded=%v: %v", disk, k, cut, at, recorded, err)
					}
				}
			}
		}
	}
}

func BenchmarkOnlineTwoLevel(b *testing.B) {
	for _, disk := range []int{-1, 20} {
		b.Run(fmt.Sprintf("disk=%d", disk), func(b *testing.B) {
			o := new(OnlineTwoLevel)
			b.ReportAllocs()
			actions := 0
			for b.Loop() {
				if err := o.Reset(10, disk, diskCosts(1, 20, 20)); err != nil {
					b.Fatal(err)
				}
				for range Ending(o, 1000000, false) {
					actions++
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(actions), "ns/action")
		})
	}
}
