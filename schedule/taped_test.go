package schedule

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// executes checks that s hands out what the plan says, within the limits.
func executes(t *testing.T, s Schedule, n int64, l Limits, want Counts) {
	t.Helper()
	sweep := true
	seq := func(yield func(Action) bool) {
		for {
			in := s.InForwardSweep()
			a, ok := s.Next()
			if !ok {
				if in {
					t.Errorf("in the forward sweep at the end")
				}
				return
			}
			sweep = sweep && a.Kind != Reverse
			if in && !sweep || !in && sweep && a.Kind != Restore {
				t.Errorf("InForwardSweep is %v before %v", in, a)
			}
			if !yield(a) {
				return
			}
		}
	}
	got, err := Simulate(seq, n, l)
	if err != nil || got != want {
		t.Fatalf("executed %+v, %v; planned %+v", got, err, want)
	}
}

func TestTapedIsPlanned(t *testing.T) {
	for n := int64(0); n <= 60; n++ {
		for slots := 1; slots <= 6; slots++ {
			for tape := int64(1); tape <= 9; tape++ {
				s, err := NewTaped(n, slots, tape)
				if err != nil {
					t.Fatal(err)
				}
				want, err := PlanTaped(n, slots, tape)
				if err != nil {
					t.Fatal(err)
				}
				if tape == 1 {
					if b, _ := PlanBinomial(n, slots); b != want {
						t.Fatalf("n=%d slots=%d: planned %+v, binomial %+v", n, slots, want, b)
					}
				}
				executes(t, s, n, Limits{Slots: []int{slots}, Tape: tape}, want)
			}
		}
	}
}

// Every way to split n steps, when the last up to tape steps of a stretch are recorded
// in one go, is tried.
func TestTapedIsOptimal(t *testing.T) {
	const nmax, smax = 90, 5
	for tape := int64(1); tape <= 6; tape++ {
		var best [smax + 1][nmax + 1]int64
		for s := int64(1); s <= smax; s++ {
			for n := tape + 1; n <= nmax; n++ {
				best[s][n] = math.MaxInt64
				for j := int64(1); j < n; j++ {
					if n-j > tape && s == 1 {
						continue
					}
					best[s][n] = min(best[s][n], j+best[s][j]+best[s-1][n-j])
				}
			}
		}
		for s := 1; s <= smax; s++ {
			for n := int64(1); n <= nmax; n++ {
				c, err := PlanTaped(n, s, tape)
				if err != nil || c.Advances != best[s][n] {
					t.Fatalf("n=%d slots=%d tape=%d: %d advances (%v), the least are %d", n, s, tape, c.Advances, err, best[s][n])
				}
			}
		}
	}
}

func TestTapedLarge(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		n, slots, tape := 1+r.Int64N(3000), 1+r.IntN(40), 1+r.Int64N(50)
		if slots == 1 {
			n = min(n, 500)
		}
		s, _ := NewTaped(n, slots, tape)
		want, _ := PlanTaped(n, slots, tape)
		executes(t, s, n, Limits{Slots: []int{slots}, Tape: tape}, want)
	}
	for _, c := range []struct {
		n     int64
		slots int
		tape  int64
	}{{1e12, 50, 1000}, {1e12, 3, 1e6}, {math.MaxInt64 / 4, 100, 1 << 56}, {math.MaxInt64, 1, math.MaxInt64}} {
		s, err := NewTaped(c.n, c.slots, c.tape)
		if err != nil {
			t.Fatal(err)
		}
		pos := int64(0)
		for range 10000 {
			a, ok := s.Next()
			if !ok {
				t.Fatalf("%+v: the schedule ends", c)
			}
			switch a.Kind {
			case Advance, Record:
				if a.From != pos || a.To <= a.From || a.To > c.n {
					t.Fatalf("%+v: %v at %d", c, a, pos)
				}
				pos = a.To
			case Restore:
				pos = a.From
			}
		}
		if p, err := PlanTaped(c.n, c.slots, c.tape); err != nil || p.Advances < 0 {
			t.Errorf("%+v: planned %+v, %v", c, p, err)
		}
	}
	if p, err := PlanTaped(1e12, 1, 2); err == nil {
		t.Errorf("planned %+v, want an error", p)
	}
}

func TestPeriodicIsPlanned(t *testing.T) {
	for n := int64(0); n <= 60; n++ {
		for period := int64(1); period <= 70; period++ {
			s, err := NewPeriodic(n, period)
			if err != nil {
				t.Fatal(err)
			}
			want, err := PlanPeriodic(n, period)
			if err != nil {
				t.Fatal(err)
			}
			executes(t, s, n, Limits{Slots: []int{int(want.Peak)}, Tape: period}, want)
		}
	}
}

func TestTwoLevelIsPlanned(t *testing.T) {
	for n := int64(0); n <= 40; n++ {
		for period := int64(1); period <= 20; period++ {
			for slots := 1; slots <= 4; slots++ {
				for tape := int64(1); tape <= 5; tape++ {
					s, err := NewTwoLevel(n, period, slots, tape)
					if err != nil {
						t.Fatal(err)
					}
					want, err := PlanTwoLevel(n, period, slots, tape)
					if err != nil {
						t.Fatal(err)
					}
					executes(t, s, n, Limits{Slots: []int{slots, -1}, Tape: tape}, want)
				}
			}
		}
	}
}

// loops are schedules that can be stopped, by name, for n steps.
func loops(n int64) map[string]Schedule {
	taped, _ := NewTaped(n, 3, 4)
	periodic, _ := NewPeriodic(n, 5)
	two, _ := NewTwoLevel(n, 7, 2, 2)
	stages, _ := NewMultistage(n, 2, 2)
	return map[string]Schedule{"taped": taped, "periodic": periodic, "two-level": two, "multistage": stages}
}

func TestStopAnywhere(t *testing.T) {
	for n := int64(1); n <= 30; n++ {
		for name := range loops(n) {
			for done := int64(0); done <= n; done++ {
				list := stopped(loops(n)[name], done)
				_, err := Simulate(slices.Values(list), done, Limits{Slots: []int{30, 30}, Tape: 5})
				if err != nil {
					t.Errorf("%s n=%d done=%d: %v\n%v", name, n, done, err, list)
				}
			}
		}
	}
}

func TestSchedulesAreReset(t *testing.T) {
	taped, _ := NewTaped(500, 10, 3)
	periodic, _ := NewPeriodic(500, 7)
	two, _ := NewTwoLevel(500, 50, 4, 2)
	use := func(s Schedule) {
		for _, ok := s.Next(); ok; _, ok = s.Next() {
		}
	}
	use(taped)
	use(two)
	allocs := testing.AllocsPerRun(10, func() {
		if taped.Reset(500, 10, 3) != nil || periodic.Reset(500, 7) != nil || two.Reset(500, 50, 4, 2) != nil {
			t.Error("reset failed")
		}
		use(taped)
		use(periodic)
		use(two)
	})
	if allocs != 0 {
		t.Errorf("%v allocations per reset and run", allocs)
	}
}

func TestWrongArguments(t *testing.T) {
	for _, f := range []func() (any, error){
		func() (any, error) { return NewTaped(-1, 1, 1) },
		func() (any, error) { return NewTaped(1, 0, 1) },
		func() (any, error) { return NewTaped(1, 1, 0) },
		func() (any, error) { return PlanTaped(1, 1, 0) },
		func() (any, error) { return NewPeriodic(-1, 1) },
		func() (any, error) { return NewPeriodic(1, 0) },
		func() (any, error) { return PlanPeriodic(1, -1) },
		func() (any, error) { return PlanPeriodic(math.MaxInt64, 1) },
		func() (any, error) { return NewTwoLevel(-1, 1, 1, 1) },
		func() (any, error) { return NewTwoLevel(1, 0, 1, 1) },
		func() (any, error) { return NewTwoLevel(1, 1, 0, 1) },
		func() (any, error) { return NewTwoLevel(1, 1, 1, 0) },
		func() (any, error) { return PlanTwoLevel(1, 1, 1, 0) },
		func() (any, error) { return PlanTwoLevel(math.MaxInt64, 1e9, 1, 1) },
	} {
		if v, err := f(); err == nil {
			t.Errorf("%+v, want an error", v)
		}
	}
}

func BenchmarkSchedules(b *testing.B) {
	taped, _ := NewTaped(1e6, 20, 4)
	periodic, _ := NewPeriodic(1e6, 1000)
	two, _ := NewTwoLevel(1e6, 1000, 10, 1)
	for _, s := range []struct {
		Schedule
		reset func() error
	}{
		{taped, func() error { return taped.Reset(1e6, 20, 4) }},
		{periodic, func() error { return periodic.Reset(1e6, 1000) }},
		{two, func() error { return two.Reset(1e6, 1000, 10, 1) }},
	} {
		b.Run(fmt.Sprintf("%T", s.Schedule), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := s.Next(); !ok {
					_ = s.reset()
				}
			}
		})
	}
}
