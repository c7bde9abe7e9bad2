package interval

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// The values are those of C = 60 s and M = 24 h.
func TestFormulas(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"Young", Young(60, 86400), 3220},
		{"Daly", Daly(60, 86400), 3180},
		{"Daly, costly", Daly(300, 100), 100},
		{"with recovery", WithRecovery(60, 86400, 0), 3280},
	} {
		if math.Abs(c.got-c.want) > 1 {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

// WithRecovery is where the waste that it cites is least.
func TestWithRecoveryIsLeast(t *testing.T) {
	for _, c := range []struct{ c, m, r float64 }{{60, 86400, 0}, {60, 3600, 600}, {1, 10, 100}} {
		f := func(x float64) float64 { return x / (x - c.c) * (c.m + c.r + x/2) }
		x := WithRecovery(c.c, c.m, c.r)
		if f(x) > f(x*1.01) || f(x) > f(x*0.99) {
			t.Errorf("%+v: %v is not the least", c, x)
		}
	}
}

func TestFormulasAtTheEdge(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, f := range []func(c, m float64) float64{Young, Daly, func(c, m float64) float64 { return WithRecovery(c, m, 7) }} {
		for _, c := range []struct{ c, m, want float64 }{
			{0, 10, 0}, {0, inf, 0}, {1, inf, inf}, {-1, 10, nan}, {1, -10, nan}, {nan, 1, nan}, {1, nan, nan},
		} {
			if got := f(c.c, c.m); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
				t.Errorf("c = %v, m = %v: %v, want %v", c.c, c.m, got, c.want)
			}
		}
		if got := f(1e300, 1e300); math.IsInf(got, 0) || math.IsNaN(got) {
			t.Errorf("huge times: %v", got)
		}
	}
	if got := WithRecovery(1, 1, -1); !math.IsNaN(got) {
		t.Errorf("negative recovery: %v", got)
	}
}

func TestWindow(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	w := newWindow(15)
	var all []float64
	for range 1000 {
		x := float64(r.IntN(20))
		all = append(all, x)
		w.add(x)
		last := slices.Clone(all[max(0, len(all)-15):])
		if got := w.samples(); !slices.Equal(got, last) {
			t.Fatalf("samples %v, want %v", got, last)
		}
		slices.Sort(last)
		if got, want := w.median(), last[(len(last)+1)/2-1]; got != want {
			t.Fatalf("median of %v: %v, want %v", last, got, want)
		}
		if w.max() != last[len(last)-1] {
			t.Fatalf("max %v of %v", w.max(), last)
		}
	}
}

func tuner(t *testing.T, o Options) *Tuner {
	t.Helper()
	n, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// drive does steps of a time, saves what is due, and returns the steps between saves.
func drive(t *Tuner, steps int, step, stall, persist time.Duration, bytes int64) (gaps []int) {
	since := 0
	for range steps {
		t.Step(step)
		since++
		if d, ok := t.Due(0); ok {
			t.Snapshot(d.Level, stall)
			t.Persisted(d.Level, persist, bytes)
			gaps = append(gaps, since)
			since = 0
		}
	}
	return gaps
}

func TestLimits(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		level Level
		limit Limit
		steps int
	}{
		{Level{}, LimitBandwidth, 5},                                                   // (12 − 2) / 2
		{Level{InFlight: 5}, LimitStep, 1},                                             // 10 / (5 · 2)
		{Level{Overhead: 0.05}, LimitOverhead, 21},                                     // 2 / (0.97 · 0.05 · 2) = 20.6
		{Level{BytesPerHour: 3600e6}, LimitStorage, 50},                                // 100 MB at 1 MB/s
		{Level{MTBF: 24 * time.Hour}, LimitDaly, 293},                                  // Daly(2, 86400) = 586.6
		{Level{MTBF: 24 * time.Hour, RPO: 112 * s}, LimitRPO, 50},                      // (112 − 12) / 2
		{Level{MTBF: time.Minute, RPO: 112 * s}, LimitDaly, 7},                         // Daly(2, 60) = 14.2
		{Level{RPO: 112 * s}, LimitRPO, 50},                                            //
		{Level{RPO: 20 * s}, LimitBandwidth, 5},                                        // 4 steps are not possible
		{Level{MTBF: time.Hour, Recovery: time.Hour}, LimitDaly, 85},                   // sqrt(2 · 7200 · 2 + 4) / 2
		{Level{MTBF: time.Second, Overhead: 0.01}, LimitOverhead, 104},                 // failures faster than steps
		{Level{MTBF: 10000 * time.Hour, Overhead: 0.01}, LimitDaly, 5999},              // Daly(2, 3.6e7) = 11998.7
		{Level{Overhead: 0.05, BytesPerHour: 3600e6}, LimitStorage, 50},                // the larger one
		{Level{Overhead: 0.01, BytesPerHour: 3600e6}, LimitOverhead, 104},              //
		{Level{Overhead: 1, RPO: time.Nanosecond}, LimitBandwidth, 5},                  //
		{Level{MTBF: math.MaxInt64, Overhead: 0.01}, LimitDaly, 96038},                 // Daly(2, 292 years)
		{Level{BytesPerHour: 1, MTBF: time.Hour}, LimitStorage, min(180e9, mostSteps)}, // practically never
		{Level{MTBF: 24 * time.Hour, BytesPerHour: 1e15}, LimitDaly, 293},              //
		{Level{MTBF: 24 * time.Hour, RPO: math.MaxInt64}, LimitDaly, 293},              //
		{Level{MTBF: time.Nanosecond, InFlight: 1000}, LimitDaly, 1},                   //
		{Level{RPO: time.Nanosecond, InFlight: 1000}, LimitRPO, 1},                     //
		{Level{Overhead: 0.05, InFlight: 5, RPO: 30 * s}, LimitOverhead, 21},           //
	} {
		n := tuner(t, Options{Levels: []Level{c.level}})
		drive(n, 30, 2*s, 2*s, 12*s, 100e6)
		r := n.Report(0)
		if r.Limit != c.limit || r.Steps != c.steps {
			t.Errorf("%+v: %v, %d steps, want %v, %d; %+v", c.level, r.Limit, r.Steps, c.limit, c.steps, r.Limits)
		}
	}
}

// The first checkpoint comes early, the others at the interval.
func TestDue(t *testing.T) {
	n := tuner(t, Options{Levels: []Level{{MTBF: 24 * time.Hour}}})
	if got := drive(n, 1500, 2*time.Second, 2*time.Second, 2*time.Second, 0); !slices.Equal(got, []int{5, 293, 293, 293, 293, 293}) {
		t.Errorf("steps between checkpoints: %v", got)
	}
	n = tuner(t, Options{Levels: []Level{{MTBF: 24 * time.Hour}}})
	if got := drive(n, 2, time.Hour, time.Second, time.Second, 0); !slices.Equal(got, []int{1, 1}) {
		t.Errorf("steps of an hour: %v", got)
	}
}

// The interval follows the costs up and down.
func TestAdapts(t *testing.T) {
	n := tuner(t, Options{Levels: []Level{{Overhead: 0.05, InFlight: 9}}})
	for _, c := range []struct {
		step, stall time.Duration
		want        int
	}{{time.Second, time.Second, 21}, {time.Second, 10 * time.Second, 207}, {time.Second, time.Second, 21}, {4 * time.Second, time.Second, 6}} {
		drive(n, 10000, c.step, c.stall, c.stall, 0)
		if got := n.Report(0).Steps; got != c.want {
			t.Errorf("%v: every %d steps, want %d", c, got, c.want)
		}
	}
}

// The interval does not change with the noise of the costs.
func TestHysteresis(t *testing.T) {
	for _, c := range []struct {
		level  Level
		lo, hi int
	}{{Level{MTBF: 24 * time.Hour}, 520, 650}, {Level{RPO: 600 * time.Second}, 530, 670}, {Level{Overhead: 0.01}, 180, 230}} {
		r := rand.New(rand.NewPCG(1, 2))
		noisy := func(d time.Duration) time.Duration { return time.Duration(float64(d) * (0.9 + 0.2*r.Float64())) }
		n := tuner(t, Options{Levels: []Level{c.level}})
		for range 100000 {
			n.Step(noisy(time.Second))
			if d, ok := n.Due(0); ok {
				c := noisy(2 * time.Second)
				n.Snapshot(d.Level, c)
				n.Persisted(d.Level, c, 0)
			}
		}
		if got := n.Report(0); got.Changes > 200 || got.Steps < c.lo || got.Steps > c.hi {
			t.Errorf("with noise of a tenth: %+v", got)
		}
	}
}

// One stall of an hour does not keep away checkpoints for a day.
func TestExceptionalStall(t *testing.T) {
	n := tuner(t, Options{Levels: []Level{{Overhead: 0.01}}})
	drive(n, 1000, time.Second, time.Second, time.Second, 0)
	for {
		n.Step(time.Second)
		if _, ok := n.Due(0); ok {
			break
		}
	}
	n.Snapshot(0, time.Hour)
	n.Persisted(0, time.Hour, 0)
	for _, gap := range drive(n, 3000, time.Second, time.Second, time.Second, 0) {
		if gap > 400 {
			t.Errorf("%d steps to the next checkpoint", gap)
		}
	}
}

// A run of steps that suddenly are longer keeps to the RPO before the median knows.
func TestRPOWithLongerSteps(t *testing.T) {
	n := tuner(t, Options{Levels: []Level{{RPO: 100 * time.Second}}})
	drive(n, 500, time.Second, time.Second, time.Second, 0)
	work := time.Duration(0)
	for range 20 {
		if n.Step(15 * time.Second); n.levels[0].since == 1 {
			work = 0
		}
		work += 15 * time.Second
		if d, ok := n.Due(0); ok {
			n.Snapshot(d.Level, time.Second)
			n.Persisted(d.Level, time.Second, 0)
		}
		if work > 116*time.Second {
			t.Fatalf("%v of work are not saved", work)
		}
	}
}

func TestPending(t *testing.T) {
	n := tuner(t, Options{Levels: []Level{{InFlight: 2}}})
	due := func() bool {
		n.Step(time.Second)
		_, ok := n.Due(0)
		return ok
	}
	drive(n, 5, time.Second, time.Second, time.Second, 0)
	for range 2 {
		if !due() {
			t.Fatal("nothing is due")
		}
		n.Snapshot(0, time.Second)
	}
	if due() {
		t.Error("due with two in flight")
	}
	n.Abandoned(0)
	if !due() {
		t.Error("not due after one was abandoned")
	}
}

func TestDeadline(t *testing.T) {
	const s = time.Second
	n := tuner(t, Options{Levels: []Level{{MTBF: 1000 * time.Hour}}, Deadline: 1000 * s, Slack: 30 * s})
	now, last := time.Duration(0), time.Duration(0)
	for now < 2000*s {
		n.Step(2 * s)
		now += 2 * s
		if d, ok := n.Due(now); ok {
			if d.Limit == LimitDeadline && !n.Ending(now) {
				t.Error("Due and Ending differ")
			}
			last = now
			now += 10 * s
			n.Snapshot(0, 10*s)
			n.Persisted(0, 40*s, 0)
		}
	}
	// 1000 − 30 − 1.5 · 40 = 910; one step later would be too late.
	if last <= 907*s || last > 910*s {
		t.Errorf("the last checkpoint was begun at %v", last)
	}
}

func TestLastCheckpointIsTriedAgain(t *testing.T) {
	n := tuner(t, Options{Levels: []Level{{MTBF: 1000 * time.Hour}}, Deadline: 100 * time.Second})
	n.Step(time.Second)
	if d, ok := n.Due(100 * time.Second); !ok || d.Limit != LimitDeadline {
		t.Fatal("nothing is due at the deadline")
	}
	n.Failed(0, time.Second)
	n.Step(time.Second)
	if _, ok := n.Due(101 * time.Second); !ok {
		t.Fatal("it is not tried again")
	}
	n.Snapshot(0, time.Second)
	n.Step(time.Second)
	if _, ok := n.Due(102 * time.Second); ok {
		t.Fatal("the last one was taken, and another one is due")
	}
	n.Abandoned(0)
	if _, ok := n.Due(102 * time.Second); !ok {
		t.Fatal("it is not tried again after it was abandoned")
	}
}

// Each level has its own interval; a safer checkpoint stands for those below.
func TestSeveralLevels(t *testing.T) {
	const s = time.Second
	n := tuner(t, Options{Levels: []Level{
		{Name: "memory", MTBF: time.Hour}, {Name: "local", MTBF: 10 * time.Hour}, {Name: "remote", MTBF: 1000 * time.Hour},
	}})
	stall := []time.Duration{s / 10, 2 * s, 20 * s}
	count := make([]int, 3)
	for range 200000 {
		n.Step(s)
		if d, ok := n.Due(0); ok {
			count[d.Level]++
			n.Snapshot(d.Level, stall[d.Level])
			n.Persisted(d.Level, stall[d.Level], 0)
		}
	}
	for i, want := range []int{27, 379, 11993} { // Daly of each
		if got := n.Report(i).Steps; math.Abs(float64(got-want)) > 0.02*float64(want) {
			t.Errorf("level %d: every %d steps, want about %d", i, got, want)
		}
	}
	if count[0] < 5000 || count[1] < 400 || count[2] < 15 || count[2] > 20 {
		t.Errorf("checkpoints %v", count)
	}
}

func TestNonsense(t *testing.T) {
	n := tuner(t, Options{Levels: []Level{{MTBF: time.Hour}}, Deadline: time.Hour})
	drive(n, 100, time.Second, time.Second, time.Second, 0)
	before := n.Report(0)
	n.Step(-time.Hour)
	n.Snapshot(0, -1)
	n.Persisted(0, -1, 5)
	n.Failed(0, -1)
	n.Due(time.Minute)
	n.Due(time.Second) // the clock ran backwards
	if got := n.Ignored(); got != 5 {
		t.Errorf("%d times were ignored, want 5", got)
	}
	if got := n.Report(0); got.Step != before.Step || got.Stall != before.Stall || got.Steps != before.Steps {
		t.Errorf("%+v became %+v", before, got)
	}
	nan := math.NaN()
	n.Resume(State{Steps: []float64{nan, -1, 0, math.Inf(1)}, Levels: []LevelState{{Stall: []float64{nan}, Debt: nan}, {}}})
	if got := n.Ignored(); got != 10 {
		t.Errorf("%d times were ignored, want 10", got)
	}
}

// A clock that is too coarse for a step shows its mean.
func TestCoarseClock(t *testing.T) {
	n := tuner(t, Options{Levels: []Level{{}}})
	for i := range 1000 {
		n.Step(time.Duration(i%10/9) * 15 * time.Millisecond)
	}
	if got := n.Report(0).Step; math.Abs(got-0.0015) > 1e-9 {
		t.Errorf("a step of 1.5 ms is measured as %v s", got)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	one := func(l Level) Options { return Options{Levels: []Level{l}} }
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "Levels is empty"},
		{Options{Levels: []Level{{}}, Deadline: -1}, "Deadline"},
		{one(Level{Overhead: -0.1}), "Overhead"},
		{one(Level{Overhead: math.NaN()}), "Overhead"},
		{one(Level{Overhead: 1.5}), "Overhead"},
		{one(Level{Overhead: math.Inf(1)}), "Overhead"},
		{one(Level{MTBF: -1}), "MTBF"},
		{one(Level{RPO: -1}), "RPO"},
		{one(Level{BytesPerHour: -1}), "BytesPerHour"},
		{one(Level{InFlight: -1}), "InFlight"},
	} {
		if _, err := New(c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
}

// The next life knows what this one has measured.
func TestResume(t *testing.T) {
	o := Options{Levels: []Level{{Overhead: 0.05, MTBF: time.Hour}}}
	a, b := tuner(t, o), tuner(t, o)
	drive(a, 1000, time.Second, 3*time.Second, 4*time.Second, 7)
	b.Resume(a.State())
	x, y := a.Report(0), b.Report(0)
	x.Changes, y.Changes = 0, 0
	if x != y {
		t.Errorf("%+v, want %+v", y, x)
	}
}

// A debt that no run can have does not keep checkpoints away.
func TestImpossibleDebt(t *testing.T) {
	n := tuner(t, Options{Levels: []Level{{Overhead: 0.05}}})
	n.Resume(State{Levels: []LevelState{{Debt: 1e300}}})
	if got := drive(n, 1000, time.Second, time.Second, time.Second, 0); len(got) < 10 {
		t.Errorf("steps between checkpoints: %v", got)
	}
}

// Whatever it is told, a tuner neither panics nor leaves the numbers.
func TestAnyCalls(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		d := func() time.Duration {
			switch r.IntN(8) {
			case 0:
				return math.MaxInt64
			case 1:
				return math.MinInt64
			case 2:
				return 0
			}
			return time.Duration(math.Exp(r.Float64() * 43))
		}
		positive := func() time.Duration { return max(d(), 0) * time.Duration(r.IntN(2)) }
		o := Options{Deadline: positive(), Slack: positive()}
		for range 1 + r.IntN(3) {
			o.Levels = append(o.Levels, Level{
				Overhead: r.Float64() * float64(r.IntN(2)), MTBF: positive(), Recovery: positive(), RPO: positive(),
				BytesPerHour: int64(positive()), InFlight: r.IntN(3),
			})
		}
		n := tuner(t, o)
		for range 500 {
			l := r.IntN(len(o.Levels))
			switch r.IntN(8) {
			case 0:
				n.Snapshot(l, d())
			case 1:
				n.Persisted(l, d(), int64(d()))
			case 2:
				n.Failed(l, d())
			case 3:
				n.Abandoned(l)
			case 4:
				n.Resume(n.State())
			case 5:
				if due, ok := n.Due(d()); ok && (due.Level < 0 || due.Level >= len(o.Levels)) {
					t.Fatalf("level %d", due.Level)
				}
			default:
				n.Step(d())
			}
			x := n.Report(l)
			if x.Steps < 1 || x.Step < 0 || math.IsNaN(x.Step+x.Stall+x.Persist+x.Bytes+x.Limits.Bandwidth+x.Limits.Daly+x.Limits.Overhead+x.Limits.RPO+x.Limits.Storage) {
				t.Fatalf("seed %d: %+v", seed, x)
			}
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	n := tuner(t, Options{Levels: []Level{{Overhead: 0.05, MTBF: time.Hour, RPO: time.Hour, BytesPerHour: 1 << 40}, {}}, Deadline: 1 << 60})
	now := time.Duration(0)
	got := testing.AllocsPerRun(1000, func() {
		now += time.Second
		n.Step(time.Second)
		if d, ok := n.Due(now); ok {
			n.Snapshot(d.Level, time.Second)
			n.Persisted(d.Level, time.Second, 5)
		}
		_ = n.Report(0)
	})
	if got != 0 {
		t.Errorf("%v allocations in a step", got)
	}
}

func TestLimitNames(t *testing.T) {
	for l := LimitMeasuring; l <= LimitDeadline; l++ {
		if s := l.String(); s == "" || strings.Contains(s, "Limit") {
			t.Errorf("limit %d is %q", int(l), s)
		}
	}
	if got := Limit(99).String(); got != "Limit(99)" {
		t.Error(got)
	}
}

func BenchmarkStep(b *testing.B) {
	n, err := New(Options{Levels: []Level{{Overhead: 0.05, MTBF: time.Hour}}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := range b.N {
		n.Step(time.Second + time.Duration(i%17)*time.Millisecond)
		if d, ok := n.Due(0); ok {
			n.Snapshot(d.Level, time.Second)
			n.Persisted(d.Level, time.Second, 5)
		}
	}
}
