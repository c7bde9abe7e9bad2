package schedule

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func TestActions(t *testing.T) {
	for _, c := range []struct {
		n     int64
		slots int
		want  []string
	}{
		{0, 3, nil},
		{1, 3, []string{"save 0 -> slot 0", "record 0", "reverse 0"}},
		{3, 1, []string{
			"save 0 -> slot 0", "advance 0..2", "record 2", "reverse 2",
			"restore 0 <- slot 0", "advance 0..1", "record 1", "reverse 1",
			"restore 0 <- slot 0 (last)", "record 0", "reverse 0",
		}},
		{4, 2, []string{
			"save 0 -> slot 0", "advance 0..1", "save 1 -> slot 1", "advance 1..3", "record 3", "reverse 3",
			"restore 1 <- slot 1", "advance 1..2", "record 2", "reverse 2",
			"restore 1 <- slot 1 (last)", "record 1", "reverse 1",
			"restore 0 <- slot 0 (last)", "record 0", "reverse 0",
		}},
	} {
		var got []string
		for a := range Binomial(c.n, c.slots) {
			got = append(got, a.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("n=%d slots=%d:\n got %q\nwant %q", c.n, c.slots, got, c.want)
		}
	}
}

func TestStrings(t *testing.T) {
	if got := Kind(9).String(); got != "kind(9)" {
		t.Errorf("unknown kind prints as %q", got)
	}
	if got := (Action{}).String(); got != "kind(0) 0..0 slot 0" {
		t.Errorf("the zero action prints as %q", got)
	}
}

func TestStoreAll(t *testing.T) {
	for n := int64(0); n <= 20; n++ {
		got, err := Validate(StoreAll(n), n, 0)
		if want := (Counts{ForwardSteps: n, PeakTape: n}); err != nil || got != want {
			t.Errorf("n=%d: %+v, %v; want %+v", n, got, err, want)
		}
	}
}

// A slot for each step makes every step run once more at most, and the last not at all.
func TestManySlots(t *testing.T) {
	for n := int64(2); n <= 40; n++ {
		for _, slots := range []int{int(n) - 1, int(n), 10 * int(n), math.MaxInt / 2} {
			c, err := Validate(Binomial(n, slots), n, slots)
			if want := ram(2*n-1, n-1, n-1, n-1, n-1); err != nil || c != want {
				t.Errorf("n=%d slots=%d: %+v, %v; want %+v", n, slots, c, err, want)
			}
		}
	}
}

func TestCursorErrors(t *testing.T) {
	if _, err := NewBinomial(-1, 3); err == nil {
		t.Error("negative steps are accepted")
	}
	if _, err := NewBinomial(3, 0); err == nil {
		t.Error("no slots are accepted")
	}
	if _, err := NewStoreAll(-1); err == nil {
		t.Error("negative steps are accepted by store-all")
	}
	for range Binomial(3, 0) {
		t.Error("wrong arguments give actions")
	}
	for range StoreAll(-1) {
		t.Error("wrong arguments give actions under store-all")
	}
	c, _ := NewBinomial(2, 1)
	if c.Reset(3, 0) == nil || c.ResetStoreAll(-1) == nil {
		t.Error("a reset with wrong arguments is accepted")
	}
	if got, err := Validate(All(c), 2, 1); err != nil {
		t.Errorf("a refused reset has changed the cursor: %+v, %v", got, err)
	}
}

func TestIterationCanEndEarly(t *testing.T) {
	n := 0
	for range Binomial(10, 2) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d actions, want 3", n)
	}
}

// InForwardSweep must turn false exactly before the first reverse.
func TestInForwardSweep(t *testing.T) {
	for n := int64(0); n <= 12; n++ {
		for s := 0; s <= 4; s++ {
			c, _ := NewStoreAll(n)
			if s > 0 {
				c, _ = NewBinomial(n, s)
			}
			for forward := true; ; {
				in := c.InForwardSweep()
				a, ok := c.Next()
				if !ok {
					if in {
						t.Errorf("n=%d slots=%d: in the forward sweep at the end", n, s)
					}
					break
				}
				forward = forward && a.Kind != Reverse
				if in != forward {
					t.Errorf("n=%d slots=%d: InForwardSweep is %v before %v", n, s, in, a)
				}
			}
		}
	}
}

// stopped runs c forwards up to a break in step done-1 and then to the end, and returns
// what was executed.
func stopped(c Schedule, done int64) []Action {
	var list []Action
	if done == 0 {
		c.Stop(0, false)
	}
	for {
		a, ok := c.Next()
		if !ok {
			return list
		}
		if done > 0 && a.From < done && done <= a.To && (a.Kind == Advance || a.Kind == Record) {
			a.To = done
			c.Stop(done, a.Kind == Record)
			done = -1
		}
		list = append(list, a)
	}
}

func TestStop(t *testing.T) {
	for n := int64(1); n <= 20; n++ {
		for s := 0; s <= 5; s++ {
			for done := int64(0); done <= n; done++ {
				t.Run(fmt.Sprintf("n=%d,slots=%d,done=%d", n, s, done), func(t *testing.T) {
					c, _ := NewStoreAll(n)
					if s > 0 {
						c, _ = NewBinomial(n, s)
					}
					list := stopped(c, done)
					got, err := Validate(slices.Values(list), done, s)
					if err != nil {
						t.Errorf("%v\n%v", err, list)
					}
					if s == 0 && got != (Counts{ForwardSteps: done, PeakTape: done}) {
						t.Errorf("store-all: %+v", got)
					}
				})
			}
		}
	}
}

// A break that ran inside an Advance cannot be reversed as it is, even if Stop comes
// right after the Record of the step has been asked for.
func TestStopNotRecorded(t *testing.T) {
	c, _ := NewBinomial(3, 2)
	for {
		if a, _ := c.Next(); a.Kind == Record {
			break
		}
	}
	c.Stop(3, false)
	if a, _ := c.Next(); a.Kind != Restore {
		t.Errorf("after a stop without a record comes %v, want a restore", a)
	}
}

func TestResetKeepsMemory(t *testing.T) {
	c, _ := NewBinomial(500, 20)
	use := func() {
		for _, ok := c.Next(); ok; _, ok = c.Next() {
		}
	}
	use()
	allocs := testing.AllocsPerRun(10, func() {
		if c.Reset(500, 20) != nil {
			t.Error("reset failed")
		}
		use()
		if c.ResetStoreAll(50) != nil {
			t.Error("reset failed")
		}
		use()
	})
	if allocs != 0 {
		t.Errorf("%v allocations per reset and run", allocs)
	}
}

func TestLongLoop(t *testing.T) {
	// 10^12 steps are too many to run, not too many to begin: the forward sweep of a
	// schedule with 50 slots is 51 advances at most.
	c, err := NewBinomial(1e12, 50)
	if err != nil {
		t.Fatal(err)
	}
	var steps int64
	for c.InForwardSweep() {
		if a, _ := c.Next(); a.Kind == Advance || a.Kind == Record {
			steps += a.To - a.From
		}
	}
	if steps != 1e12 {
		t.Errorf("the forward sweep has %d steps", steps)
	}
	for range 100000 {
		if _, ok := c.Next(); !ok {
			t.Fatal("the reversal ends early")
		}
	}
}

func BenchmarkNext(b *testing.B) {
	for _, p := range []struct {
		n     int64
		slots int
	}{{100, 10}, {1000, 3}, {1e4, 100}, {1e6, 20}, {1 << 36, 40}} {
		b.Run(fmt.Sprintf("n=%d,slots=%d", p.n, p.slots), func(b *testing.B) {
			c, _ := NewBinomial(p.n, p.slots)
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := c.Next(); !ok {
					_ = c.Reset(p.n, p.slots)
				}
			}
		})
	}
}

func BenchmarkPlan(b *testing.B) {
	for b.Loop() {
		if _, err := PlanBinomial(1e12, 20); err != nil {
			b.Fatal(err)
		}
	}
}
