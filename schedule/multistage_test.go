package schedule

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// counted runs the binomial schedule and counts the uses of each slot.
func counted(steps int64, slots int) []uses {
	u := make([]uses, slots)
	for i := range u {
		u[i].slot = i
	}
	for a := range Binomial(steps, slots) {
		switch a.Kind {
		case Save:
			u[a.Slot].writes++
		case Restore:
			u[a.Slot].reads++
		}
	}
	return u
}

func TestSlotUses(t *testing.T) {
	check := func(n int64, s int) {
		t.Helper()
		if got, want := slotUses(nil, n, s), counted(n, s); !slices.Equal(got, want) {
			t.Fatalf("n=%d slots=%d:\n got %v\nwant %v", n, s, got, want)
		}
	}
	for s := 1; s <= 12; s++ {
		for n := int64(s) + 2; n <= 400; n++ {
			check(n, s)
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		s := 1 + r.IntN(100)
		check(int64(s)+2+r.Int64N(min(20000, 200*int64(s))), s)
	}
}

// The writes and reads of all slots together are known in closed form.
func TestSlotUsesLarge(t *testing.T) {
	for _, c := range []struct {
		n int64
		s int
	}{{1e6, 20}, {1e9, 100}, {1e12, 2}, {1e12, 3}, {1e12, 50}, {1e12, 1e5}, {1e9, 2e6}, {math.MaxInt64, 30}, {math.MaxInt64, 1000}} {
		var w, r int64
		for _, u := range slotUses(nil, c.n, c.s) {
			w, r = w+u.writes, r+u.reads
			if u.writes < 1 || u.reads < u.writes {
				t.Fatalf("n=%d slots=%d: %+v", c.n, c.s, u)
			}
		}
		if w != writes(c.n, int64(c.s)) || r != c.n-1 {
			t.Errorf("n=%d slots=%d: %d writes and %d reads, want %d and %d", c.n, c.s, w, r, writes(c.n, int64(c.s)), c.n-1)
		}
	}
}

func TestMultistageIsPlanned(t *testing.T) {
	for n := int64(0); n <= 60; n++ {
		for ram := 0; ram <= 5; ram++ {
			for disk := -1; disk <= 5; disk++ {
				if ram == 0 && disk == 0 {
					continue
				}
				s, err := NewMultistage(n, ram, disk)
				if err != nil {
					t.Fatal(err)
				}
				want, err := PlanMultistage(n, ram, disk)
				if err != nil {
					t.Fatal(err)
				}
				executes(t, s, n, Limits{Slots: []int{ram, disk}, Tape: 1}, want)
				if disk < 0 {
					continue
				}
				b, _ := PlanBinomial(n, ram+disk)
				if want.ForwardSteps != b.ForwardSteps || want.Writes != b.Writes {
					t.Fatalf("n=%d ram=%d disk=%d: %+v, binomial %+v", n, ram, disk, want, b)
				}
			}
		}
	}
}

// No other choice of slots has less disk traffic.
func TestMultistageHasLeastTraffic(t *testing.T) {
	for n := int64(3); n <= 120; n += 3 {
		for slots := 2; slots <= 7; slots++ {
			u := counted(n, slots)
			best := make([]int64, slots+1) // by number of slots in memory
			for i := range best {
				best[i] = math.MaxInt64
			}
			for set := range 1 << slots {
				ram, traffic := 0, int64(0)
				for i := range u {
					if set>>i&1 > 0 {
						ram++
					} else {
						traffic += u[i].writes + u[i].reads
					}
				}
				best[ram] = min(best[ram], traffic)
			}
			for ram := range slots {
				c, err := PlanMultistage(n, ram, slots-ram)
				if err != nil || c.DiskWrites()+c.DiskReads() != best[ram] {
					t.Fatalf("n=%d ram=%d disk=%d: %d disk accesses (%v), %d are possible", n, ram, slots-ram, c.DiskWrites()+c.DiskReads(), err, best[ram])
				}
			}
		}
	}
}

func TestMultistageErrors(t *testing.T) {
	for _, c := range []struct {
		n         int64
		ram, disk int
	}{{-1, 1, 1}, {1, -1, 3}, {1, 0, 0}, {1, 1, -2}, {-1, 2, -1}, {1 << 40, 1 << 30, 1 << 30}} {
		if _, err := NewMultistage(c.n, c.ram, c.disk); err == nil {
			t.Errorf("NewMultistage(%d, %d, %d) is accepted", c.n, c.ram, c.disk)
		}
		if _, err := PlanMultistage(c.n, c.ram, c.disk); err == nil {
			t.Errorf("PlanMultistage(%d, %d, %d) is accepted", c.n, c.ram, c.disk)
		}
	}
	if c, err := PlanMultistage(1e9, 10, -1); err != nil || c.PeakDisk != 1e9-1-10 {
		t.Errorf("with a disk for all: %+v, %v", c, err)
	}
	if c, err := PlanMultistage(1e12, 10, -1); math.MaxInt < 1e12 && err == nil || math.MaxInt > 1e12 && c.PeakDisk != 1e12-1-10 {
		t.Errorf("with a disk for more than an int of 32 bits counts: %+v, %v", c, err)
	}
}

func BenchmarkMultistage(b *testing.B) {
	m, _ := NewMultistage(1e6, 5, 15)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := m.Next(); !ok {
			_ = m.Reset(1e6, 5, 15)
		}
	}
}

func BenchmarkPlanMultistage(b *testing.B) {
	for _, c := range []struct {
		n         int64
		ram, disk int
	}{{1e6, 10, 10}, {1e12, 10, 90}, {1e12, 1, 1}} {
		b.Run(fmt.Sprintf("n=%d,ram=%d,disk=%d", c.n, c.ram, c.disk), func(b *testing.B) {
			for b.Loop() {
				if _, err := PlanMultistage(c.n, c.ram, c.disk); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
