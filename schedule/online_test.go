package schedule

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func beta(s, r int64) int64 { b, _ := Beta(s, r); return int64(b) }

func online(t testing.TB, slots int) *Online {
	t.Helper()
	o, err := NewOnline(slots)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func onlineLimits(slots int) Limits { return Limits{Slots: []int{slots}, Online: true} }

// TestOnlineRuns executes every loop length to beyond C(s+3, 3) under both conventions and
// compares the counts with those of PlanOnline.
func TestOnlineRuns(t *testing.T) {
	for s := 1; s <= 12; s++ {
		o := online(t, s)
		for n := int64(0); n <= beta(int64(s), 3)+25; n++ {
			for _, foreseen := range []bool{true, false} {
				runOnline(t, o, n, s, foreseen)
			}
		}
	}
	for _, c := range []struct {
		n int64
		s int
	}{{5000, 2}, {20000, 3}, {100000, 7}, {100000, 20}, {300000, 100}, {1000000, 20}} {
		if c.n > 100000 && testing.Short() {
			continue
		}
		runOnline(t, online(t, c.s), c.n, c.s, c.n%3 == 0)
	}
}

func runOnline(t *testing.T, o *Online, n int64, s int, foreseen bool) {
	t.Helper()
	if err := o.Reset(s); err != nil {
		t.Fatal(err)
	}
	got, err := Simulate(Ending(o, n, foreseen), n, onlineLimits(s))
	if err != nil {
		t.Fatalf("n=%d s=%d foreseen=%v: %v", n, s, foreseen, err)
	}
	want, err := PlanOnline(n, s, foreseen)
	if err != nil || got != want {
		t.Fatalf("n=%d s=%d foreseen=%v: counted %+v, planned %+v, %v", n, s, foreseen, got, want, err)
	}
}

// sweepOnline runs the forward sweep and hands out, for every n from 1 on, the advances
// that a stop at n with foresight leads to. The checks of the gaps are those of the proof in
// the comment on Online.
func sweepOnline(t *testing.T, s int, upTo int64, visit func(n, advances int64)) {
	t.Helper()
	var o onlineRule
	o.reset(s)
	o.save(0)
	var closed, phase int64
	high := make([]int64, s)
	for n := int64(1); n <= upTo; n++ {
		k := len(o.marks)
		if p := Repetition(n, int64(s)); n == 1 || p != phase {
			phase = p
			for i := range high {
				b, saturated := Beta(int64(s-i), phase-1)
				high[i] = int64(b)
				if saturated {
					high[i] = upTo
				}
			}
		}
		open := n - 1 - o.marks[k-1].pos
		if open > high[k-1] {
			t.Fatalf("s=%d n=%d: the last gap is %d, the bound is %d", s, n, open, high[k-1])
		}
		visit(n, n-1+closed+Advances(open, s-k+1))
		if n-1 != o.next {
			continue
		}
		o.save(o.next)
		closed = 0
		for i := range o.marks[:len(o.marks)-1] {
			gap := o.marks[i+1].pos - o.marks[i].pos
			if gap < 1 || n < upTo && gap > high[i] && gap > beta(int64(s-i), Repetition(n+1, int64(s))-1) {
				t.Fatalf("s=%d n=%d: gap %d is %d, the bound is %d", s, n, i, gap, high[i])
			}
			closed += Advances(gap, s-i)
		}
	}
}

// TestOnlineBounds holds the bounds of the comment on Online against the least number of
// advances for a known n: none to Beta(s, 2), 2 to Beta(s, 3), none at Beta(s, r).
func TestOnlineBounds(t *testing.T) {
	for s := 1; s <= 100; s++ {
		if testing.Short() && s > 20 && s%10 > 0 {
			continue
		}
		s := int64(s)
		two, three := beta(s, 2), beta(s, 3)
		sweepOnline(t, int(s), max(three, 3000), func(n, advances int64) {
			least := Advances(n, int(s))
			switch excess := advances - least; {
			case excess < 0:
				t.Fatalf("s=%d n=%d: %d advances, fewer than the least number %d", s, n, advances, least)
			case n <= two && excess > 0, n <= three && excess > 2, n == beta(s, Repetition(n, s)) && excess > 0:
				t.Fatalf("s=%d n=%d: %d advances, the least number is %d", s, n, advances, least)
			}
		})
	}
}

// ratios has the largest ratios of advances to their least number, over all n to 10^6,
// rounded up. docs/reference/schedules.md has the same table.
var ratios = map[int]float64{
	2: 1.122, 3: 1.091, 4: 1.066, 5: 1.049, 6: 1.037, 8: 1.026, 10: 1.017,
	12: 1.012, 16: 1.004, 20: 1.003, 30: 1.002, 50: 1.0004, 100: 1.0002,
}

func TestOnlineRatios(t *testing.T) {
	for s, bound := range ratios {
		upTo := int64(1000000)
		if testing.Short() {
			upTo = 10000
		}
		worst, at := 1.0, int64(0)
		sweepOnline(t, s, upTo, func(n, advances int64) {
			if least := Advances(n, s); least > 0 && float64(advances) > worst*float64(least) {
				worst, at = float64(advances)/float64(least), n
			}
		})
		if worst > bound {
			t.Errorf("s=%d: ratio %.5f at n=%d, the bound is %v", s, worst, at, bound)
		}
	}
}

// TestOnlineLarge plans loops whose counts come near to the limit of 64 bits.
func TestOnlineLarge(t *testing.T) {
	for _, c := range []struct {
		n int64
		s int
	}{{4e9, 1}, {1e12, 2}, {1e12 + 12345, 2}, {1e6, 3}} {
		got, err := PlanOnline(c.n, c.s, true)
		if least := Advances(c.n, c.s); err != nil || got.Advances < least || got.Advances-least > least/200 {
			t.Errorf("n=%d s=%d: %d advances, the least number is %d; %v", c.n, c.s, got.Advances, least, err)
		}
	}
	if _, err := PlanOnline(1e12, 1, true); err == nil || !strings.Contains(err.Error(), "does not fit") {
		t.Errorf("10^12 steps in one slot: error %v", err)
	}
}

// TestOnlineAgainstClassic compares with the advances of the classic online programs (the
// C++ program Revolve, with the algorithms of Stumm and Walther 2010 and Wang, Moin and
// Iaccarino 2009), which were counted by running them.
func TestOnlineAgainstClassic(t *testing.T) {
	for _, c := range []struct {
		s          int
		n, classic int64
	}{
		{10, 66, 120},
		{10, 150, 373},
		{10, 250, 673},
		{10, 300, 1083},
		{10, 500, 1644},
		{10, 1000, 3636},
		{10, 2000, 8847},
		{20, 2000, 7458},
		{5, 75, 238},
		{5, 500, 2878},
		{5, 2000, 14998},
		{4, 500, 3668},
	} {
		got, err := PlanOnline(c.n, c.s, true)
		if err != nil || got.Advances > c.classic {
			t.Errorf("s=%d n=%d: %d advances, %v; the classic program needs %d", c.s, c.n, got.Advances, err, c.classic)
		}
	}
	for _, n := range []int64{250, 300, 500, 1000, 1500} { // the classic program: within 1
		if got, err := PlanOnline(n, 20, true); err != nil || got.Advances > Advances(n, 20)+1 {
			t.Errorf("s=20 n=%d: %d advances, %v", n, got.Advances, err)
		}
	}
}

// TestOnlineRepetition counts how often each step is run without recording.
func TestOnlineRepetition(t *testing.T) {
	for s := 1; s <= 9; s++ {
		for n := int64(1); n <= 400; n++ {
			for _, foreseen := range []bool{true, false} {
				least := Repetition(n, int64(s))
				if !foreseen {
					least = Repetition(n+1, int64(s))
				}
				runs := make([]int64, n)
				for a := range Ending(online(t, s), n, foreseen) {
					if a.Kind == Advance {
						for i := a.From; i < a.To; i++ {
							runs[i]++
						}
					}
				}
				if got := slices.Max(runs); got > least {
					t.Fatalf("s=%d n=%d foreseen=%v: a step is run %d times, %d are enough", s, n, foreseen, got, least)
				}
			}
		}
	}
}

// TestOnlineUnforeseen holds what it costs that the end is noticed after the last step: as
// many advances as one more step.
func TestOnlineUnforeseen(t *testing.T) {
	for s := 1; s <= 12; s++ {
		for n := int64(1); n <= 1500; n++ {
			a, err := PlanOnline(n, s, false)
			if err != nil {
				t.Fatal(err)
			}
			b, err := PlanOnline(n+1, s, true)
			if err != nil {
				t.Fatal(err)
			}
			if a.Advances != b.Advances {
				t.Fatalf("s=%d n=%d: %d advances, with foresight of one more step %d", s, n, a.Advances, b.Advances)
			}
		}
	}
}

// TestOnlineStops stops at every action of the forward sweep, at each step of an Advance.
func TestOnlineStops(t *testing.T) {
	for _, s := range []int{1, 2, 3, 4, 7} {
		for cut := range 60 {
			for _, recorded := range []bool{false, true} {
				stopOnline(t, s, cut, recorded)
			}
		}
	}
}

func stopOnline(t *testing.T, s, cut int, recorded bool) {
	t.Helper()
	for inside := int64(0); ; inside++ {
		o := online(t, s)
		var seq []Action
		var at, ran int64
		for range cut {
			a, ok := o.Next()
			if !ok || !o.InForwardSweep() {
				t.Fatal("the forward sweep has ended by itself")
			}
			if a.Kind == Advance {
				if s == 1 {
					a.To = a.From + 10 // there is no end to it
				}
				ran = a.To - a.From
				at = a.To
			} else {
				ran = 0
			}
			seq = append(seq, a)
			if s == 1 && len(seq) == 2 {
				break
			}
		}
		if inside > max(0, ran-1) {
			return
		}
		if inside > 0 {
			seq[len(seq)-1].To -= inside
			at -= inside
		}
		if recorded && len(seq) == 0 {
			return // the first action is the Save of the start
		}
		if recorded {
			seq = append(seq, rec(at))
			at++
		}
		o.Stop(at, recorded)
		for a := range All(o) {
			seq = append(seq, a)
		}
		if _, err := Simulate(slices.Values(seq), at, onlineLimits(s)); err != nil {
			t.Fatalf("s=%d, stop after %d actions at step %d, recorded=%v: %v", s, cut, at, recorded, err)
		}
	}
}

func TestOnlineMisuse(t *testing.T) {
	for _, s := range []int{0, -3} {
		if _, err := NewOnline(s); err == nil || !strings.Contains(err.Error(), "give at least 1") {
			t.Errorf("%d slots: error %v", s, err)
		}
		if _, err := PlanOnline(5, s, true); err == nil {
			t.Errorf("a plan with %d slots", s)
		}
	}
	if _, err := NewOnline(math.MaxInt); math.MaxInt > math.MaxInt32 && (err == nil || !strings.Contains(err.Error(), "at most 2147483647")) {
		t.Errorf("very many slots: error %v", err)
	}
	if _, err := Simulate(Ending(online(t, math.MaxInt32), 5000, true), 5000, onlineLimits(math.MaxInt32)); err != nil {
		t.Error(err)
	}
	if _, err := PlanOnline(-1, 3, true); err == nil {
		t.Error("a plan of -1 steps")
	}
	var zero Online
	if a, ok := zero.Next(); ok || zero.InForwardSweep() {
		t.Errorf("the zero Online hands out %v", a)
	}
	zero.Stop(3, false)
	if a, ok := zero.Next(); ok {
		t.Errorf("the zero Online hands out %v after Stop", a)
	}
	for _, done := range []int64{0, -7} {
		o := online(t, 3)
		o.Stop(done, false)
		if a, ok := o.Next(); ok {
			t.Errorf("Stop(%d) leaves %v", done, a)
		}
	}
	o := online(t, 3) // a done that cannot be
	o.Next()
	o.Next()
	o.Stop(1000, false)
	if _, err := Simulate(func(yield func(Action) bool) {
		_ = yield(sav(0, 0)) && yield(adv(0, 1))
		drain(o, yield)
	}, 1, onlineLimits(3)); err != nil {
		t.Error(err)
	}
}

// TestOnlineSecondStop stops a loop that is being reversed already.
func TestOnlineSecondStop(t *testing.T) {
	o, seq := online(t, 4), []Action(nil)
	for a := range Ending(o, 50, false) {
		seq = append(seq, a)
		if !o.InForwardSweep() {
			o.Stop(int64(len(seq)%60), len(seq)%2 == 0)
		}
	}
	if want := slices.Collect(Ending(online(t, 4), 50, false)); !slices.Equal(seq, want) {
		t.Error("a Stop in the reverse sweep has changed it")
	}
}

func TestOnlineReuse(t *testing.T) {
	var o Online
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		s, n := 1+r.IntN(15), r.Int64N(800)
		if err := o.Reset(s); err != nil {
			t.Fatal(err)
		}
		got := slices.Collect(Ending(&o, n, true))
		if want := slices.Collect(Ending(online(t, s), n, true)); !slices.Equal(got, want) {
			t.Fatalf("s=%d n=%d: a schedule that is used again hands out other actions", s, n)
		}
	}
}

func TestOnlineAllocates(t *testing.T) {
	o := online(t, 20)
	if n := testing.AllocsPerRun(5, func() {
		if err := o.Reset(20); err != nil {
			t.Fatal(err)
		}
		for range Ending(o, 5000, false) {
		}
	}); n > 4 { // the closures of Ending
		t.Errorf("%v allocations in a run", n)
	}
}

func BenchmarkOnline(b *testing.B) {
	for _, c := range []struct {
		n int64
		s int
	}{{1000000, 5}, {1000000, 20}, {1000000, 100}} {
		b.Run(fmt.Sprintf("n=%d/s=%d", c.n, c.s), func(b *testing.B) {
			o := online(b, c.s)
			b.ReportAllocs()
			actions := 0
			for b.Loop() {
				if err := o.Reset(c.s); err != nil {
					b.Fatal(err)
				}
				for range Ending(o, c.n, false) {
					actions++
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(actions), "ns/action")
		})
	}
}
