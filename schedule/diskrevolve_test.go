package schedule

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// With room on disk for everything the cost is that of the search over all schedules.
func TestDiskRevolveIsOptimal(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 150 {
		n := 2 + r.IntN(6)
		ram := r.IntN(3)
		costs := prices(price(r)%1000, 1, price(r), price(r))
		slots := []int{ram, -1}
		h, err := NewDiskRevolve(int64(n), ram, costs)
		if err != nil {
			t.Fatal(err)
		}
		_, cost := examine(t, h, slots)
		if want := oracleCost(n, slots, &costs) + int64(n)*(costs.Forward+1); cost != want {
			t.Errorf("n=%d ram=%d %+v: cost %d, a search finds %d", n, ram, costs, cost, want)
		}
	}
}

// oneReadCost tries every set of states on disk: bit i of set is the state before step i.
func oneReadCost(n, ram int, costs *Costs) int64 {
	best := int64(math.MaxInt64)
	for set := range 1 << n {
		if set>>(n-1)&1 == 1 && n > 1 || set&1 == 0 && set != 0 {
			continue // a state whose step is the last one, or no start to go back to
		}
		cost, from := int64(0), 0
		possible := true
		for to := 1; to <= n; to++ {
			if to < n && set>>to&1 == 0 {
				continue
			}
			if m := int64(to - from); m > 1 {
				if ram == 0 {
					possible = false
					break
				}
				cost += costs.Forward * Advances(m, ram)
			}
			if to < n {
				cost += costs.Forward*int64(to-from) + costs.Write[1] + costs.Read[1]
			}
			from = to
		}
		if possible {
			best = min(best, cost)
		}
	}
	return best
}

func TestDiskRevolveOneRead(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		n := 2 + r.IntN(11)
		ram := r.IntN(4)
		costs := prices(price(r)%1000, 1, price(r), price(r))
		h, err := NewDiskRevolveOneRead(int64(n), ram, costs)
		if err != nil {
			t.Fatal(err)
		}
		c, cost := examine(t, h, []int{ram, -1})
		if c.DiskReads() != c.DiskWrites() {
			t.Errorf("n=%d ram=%d %+v: %d reads of %d states on disk", n, ram, costs, c.DiskReads(), c.DiskWrites())
		}
		// The state before the last step is of use on disk if there is no memory.
		want := oneReadCost(n, ram, &costs)
		if want < math.MaxInt64 && cost != want+int64(n)*(costs.Forward+1) {
			t.Errorf("n=%d ram=%d %+v: cost %d, want %d", n, ram, costs, cost, want+int64(n)*(costs.Forward+1))
		}
		all, err := NewDiskRevolve(int64(n), ram, costs)
		if err != nil {
			t.Fatal(err)
		}
		if _, least, _ := all.Plan(); least > cost {
			t.Errorf("n=%d ram=%d %+v: cost %d with any number of reads, %d with one", n, ram, costs, least, cost)
		}
	}
}

func TestDiskRevolvePeriod(t *testing.T) {
	for ram := int64(1); ram < 12; ram++ {
		for _, forward := range []int64{1, 3, 10} {
			for transfer := int64(0); transfer < 400; transfer++ {
				rounds := int64(0)
				for b, _ := Beta(ram+1, rounds); forward*int64(b) <= transfer; b, _ = Beta(ram+1, rounds) {
					rounds++
				}
				want, _ := Beta(ram, rounds)
				got, err := DiskPeriod(int(ram), prices(forward, 1, transfer/3, transfer-transfer/3))
				if err != nil || got != int64(want) {
					t.Fatalf("ram=%d, %d a step, %d a transfer: period %d (%v), want %d", ram, forward, transfer, got, err, want)
				}
			}
		}
	}
	for _, c := range []struct {
		ram   int
		costs Costs
		want  int64
	}{
		{0, prices(1, 1, 9, 9), 1},
		{-1, prices(1, 1, 9, 9), math.MaxInt64},
		{3, prices(0, 1, 9, 9), math.MaxInt64},
		{math.MaxInt, prices(1, 1, 9, 9), int64(min(uint64(math.MaxInt)+1, math.MaxInt64))},
	} {
		if got, err := DiskPeriod(c.ram, c.costs); err != nil || got != c.want {
			t.Errorf("ram=%d %+v: period %d (%v), want %d", c.ram, c.costs, got, err, c.want)
		}
	}
}

func TestDiskRevolvePeriodic(t *testing.T) {
	for _, costs := range []Costs{prices(1, 1, 2, 2), prices(1, 1, 0, 0), prices(2, 1, 30, 20), prices(0, 1, 1, 1)} {
		for ram := -1; ram < 5; ram++ {
			for n := int64(0); n < 70; n++ {
				h, err := NewDiskRevolvePeriodic(n, ram, costs)
				if err != nil {
					t.Fatal(err)
				}
				slots := []int{ram, -1}
				_, cost := examine(t, h, slots)
				if ram >= 0 && n > 1 {
					best, err := NewDiskRevolveOneRead(n, ram, costs)
					if err != nil {
						t.Fatal(err)
					}
					if _, least, _ := best.Plan(); least > cost {
						t.Errorf("n=%d ram=%d %+v: cost %d, the least is %d", n, ram, costs, cost, least)
					}
				}
				for done := int64(0); done <= n; done += 1 + n/8 {
					if err := h.Reset(n); err != nil {
						t.Fatal(err)
					}
					list := stopped(h, done)
					if _, err := Simulate(seqOf(list), done, Limits{Slots: slots, Tape: 1}); err != nil {
						t.Errorf("n=%d ram=%d stopped at %d: %v\n%v", n, ram, done, err, list)
					}
				}
			}
		}
	}
}

// Aupy and Herrmann 2017: the ratio to the optimum tends to 1.
func TestDiskRevolvePeriodicIsAsymptoticallyOptimal(t *testing.T) {
	for _, costs := range []Costs{prices(1, 0, 5, 5), prices(1, 0, 40, 15), prices(7, 0, 100, 300)} {
		for _, ram := range []int{1, 2, 5, 10} {
			best, err := NewDiskRevolveOneRead(50000, ram, costs)
			if err != nil {
				t.Fatal(err)
			}
			periodic, err := NewDiskRevolvePeriodic(50000, ram, costs)
			if err != nil {
				t.Fatal(err)
			}
			_, least, _ := best.Plan()
			_, cost, _ := periodic.Plan()
			if cost < least || float64(cost) > 1.002*float64(least) {
				t.Errorf("ram=%d %+v: cost %d, the least is %d", ram, costs, cost, least)
			}
		}
	}
}

func TestDiskRevolvePeriodicLongLoops(t *testing.T) {
	h, err := NewDiskRevolvePeriodic(1e12, 10, prices(1, 1, 5, 5))
	if err != nil {
		t.Fatal(err)
	}
	// Beta(11, 1) = 12 > 10, so the period is Beta(10, 1) = 11: ten advances in memory and
	// eleven to the next state on disk. 1e12 = 90909090909*11 + 1.
	const q = 90909090909
	c, cost, err := h.Plan()
	if want := int64(q*21 + 1e12); err != nil || c.ForwardSteps != want || c.DiskWrites() != q || cost != want+1e12+10*q {
		t.Errorf("%+v, cost %d, %v; want %d forward steps", c, cost, err, want)
	}
	h, err = NewDiskRevolvePeriodic(math.MaxInt64, 10, prices(1, 1, 5, 5))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Plan(); err == nil || !strings.Contains(err.Error(), "does not fit in 64 bits") {
		t.Errorf("counts that do not fit: %v", err)
	}
}

func TestDiskRevolveErrors(t *testing.T) {
	one := prices(1, 1, 1, 1)
	paid := one
	paid.Read[0] = 4
	for _, c := range []struct {
		n     int64
		ram   int
		costs Costs
		want  string
	}{
		{-1, 1, one, "negative"},
		{5, -2, one, "-2 slots in level 0"},
		{5, 1, prices(-1, 1, 1, 1), "not negative"},
		{5, 1, prices(1, 1, math.MaxInt64, 1), "choose a larger unit"},
		{5, 1, paid, "use NewHRevolve"},
	} {
		_, err := NewDiskRevolvePeriodic(c.n, c.ram, c.costs)
		_, err2 := NewDiskRevolveOneRead(c.n, c.ram, c.costs)
		for _, err := range []error{err, err2} {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("n=%d ram=%d: error %v, want one with %q", c.n, c.ram, err, c.want)
			}
		}
	}
	if _, err := NewDiskRevolve(5, 1, paid); err != nil {
		t.Errorf("memory that is not free: %v", err)
	}
}
