package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ckpt/interval"
)

func close(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

func simulated(t *testing.T, j Job, p Policy) Result {
	t.Helper()
	r, err := Run(j, p)
	if err != nil {
		t.Fatal(err)
	}
	if !close(r.Total, r.Work+r.Checkpoint+r.Lost+r.Recovery) {
		t.Errorf("the parts are not the total: %+v", r)
	}
	return r
}

// Ten steps of 1 s, a checkpoint of 0.5 s after every third, and restarts of 2 s, worked
// out by hand.
func TestRunByHand(t *testing.T) {
	job := func(persist Distribution, failures ...float64) Job {
		return Job{Steps: 10, Step: Constant(1), Levels: []Level{{
			Stall: Constant(0.5), Persist: persist, Recovery: Constant(2), Failures: Trace(failures).Failures(),
		}}}
	}
	for _, c := range []struct {
		name string
		job  Job
		want Result
	}{
		{
			"no failure", job(nil),
			Result{Finished: true, Total: 11.5, Work: 10, Checkpoint: 1.5, Checkpoints: 3},
		},
		{
			"in step 5, after 1.2 steps", job(nil, 4.7),
			Result{Finished: true, Total: 14.7, Work: 10, Checkpoint: 1.5, Lost: 1.2, Recovery: 2, Checkpoints: 3, Failures: 1, MaxLost: 1.2},
		},
		{
			"in the first checkpoint", job(nil, 3.25),
			Result{Finished: true, Total: 16.75, Work: 10, Checkpoint: 1.75, Lost: 3, Recovery: 2, Checkpoints: 3, Failures: 1, MaxLost: 3},
		},
		{
			"before the checkpoint is durable", job(Constant(1.5), 4.7),
			Result{Finished: true, Total: 18.2, Work: 10, Checkpoint: 2, Lost: 4.2, Recovery: 2, Checkpoints: 4, Failures: 1, MaxLost: 4.2},
		},
		{
			"in the restart", job(nil, 4.7, 1),
			Result{Finished: true, Total: 15.7, Work: 10, Checkpoint: 1.5, Lost: 1.2, Recovery: 3, Checkpoints: 3, Failures: 2, MaxLost: 1.2},
		},
	} {
		got := simulated(t, c.job, Fixed(3))
		a, b := fmt.Sprintf("%.6v", got), fmt.Sprintf("%.6v", c.want)
		if a != b {
			t.Errorf("%s:\n%s, want\n%s", c.name, a, b)
		}
	}
}

// With one snapshot in flight the next one waits until it is durable.
func TestWaitsForRoom(t *testing.T) {
	j := Job{Steps: 3, Step: Constant(1), Levels: []Level{{Stall: Constant(0.5), Persist: Constant(3)}}}
	if got := simulated(t, j, Fixed(1)); !close(got.Checkpoint, 0.5+2+0.5) || got.Checkpoints != 2 {
		t.Errorf("%+v", got)
	}
	j.Levels[0].InFlight = 2
	if got := simulated(t, j, Fixed(1)); !close(got.Checkpoint, 1) {
		t.Errorf("two in flight: %+v", got)
	}
}

// alternating saves at level 1 after two steps and at level 0 after four.
type alternating struct{ fixed }

func (a *alternating) Due(now float64) int {
	switch a.every++; a.every {
	case 2:
		return 1
	case 4:
		return 0
	}
	return -1
}

// A failure of level 1 destroys what level 0 holds.
func TestLevels(t *testing.T) {
	for level, lost := range []float64{0.5, 2.5} {
		failures := []Failures{nil, nil}
		failures[level] = Trace{4.5}.Failures()
		j := Job{Steps: 6, Step: Constant(1), Levels: []Level{
			{Stall: Constant(0), Failures: failures[0]}, {Stall: Constant(0), Failures: failures[1]},
		}}
		if got := simulated(t, j, &alternating{}); !close(got.Lost, lost) || got.Failures != 1 {
			t.Errorf("failure of level %d: %+v", level, got)
		}
	}
}

// Daly's interval is near the best one, and his estimate of the time near the simulated.
func TestDalyIsNearTheBest(t *testing.T) {
	job := func() Job {
		return Job{Steps: 2_000_000, Step: Constant(1), Levels: []Level{{Stall: Constant(10), Failures: Random(Exponential(2000), 5)}}}
	}
	_, best, err := Best(job, 1, 5000)
	if err != nil {
		t.Fatal(err)
	}
	w := interval.Daly(10, 2000)
	daly := simulated(t, job(), Fixed(int(math.Round(w))))
	if daly.Waste() > 1.03*best.Waste() {
		t.Errorf("waste %v at Daly's interval, %v at the best", daly.Waste(), best.Waste())
	}
	// Daly 2006, equation 20, without restart: M (e^((τ+δ)/M) − 1) Ts/τ.
	want := 2000 * (math.Exp((w+10)/2000) - 1) * 2_000_000 / w
	if math.Abs(daly.Total-want) > 0.01*want {
		t.Errorf("time %v, expected %v", daly.Total, want)
	}
}

// The same arguments give the same result.
func TestSameAgain(t *testing.T) {
	s := randomScenario(3)
	once := func() Result {
		p, err := Tuned(s.options)
		if err != nil {
			t.Fatal(err)
		}
		return simulated(t, s.job(), p)
	}
	if a, b := once(), once(); a != b {
		t.Errorf("%+v, then %+v", a, b)
	}
}

// When steps become a twentieth as long halfway, no fixed number fits both halves.
func TestTunerFollowsChange(t *testing.T) {
	job := func() Job {
		return Job{
			Steps: 400_000, Step: Constant(1), Seed: 1,
			Scale: func(step int) float64 {
				if step < 200_000 {
					return 1
				}
				return 0.05
			},
			Levels: []Level{{Stall: Constant(2), Failures: Random(Exponential(2000), 9)}},
		}
	}
	p, err := Tuned(interval.Options{Levels: []interval.Level{{MTBF: 2000 * time.Second}}})
	if err != nil {
		t.Fatal(err)
	}
	got := simulated(t, job(), p)
	_, best, err := Best(job, 1, 2000)
	if err != nil {
		t.Fatal(err)
	}
	if got.Waste() > 0.95*best.Waste() {
		t.Errorf("waste %v, of the best fixed interval %v", got.Waste(), best.Waste())
	}
}

// With a hundred failures, no more work than the RPO is lost in any but by a few steps,
// although steps and writes vary by a fifth.
func TestRPOIsKept(t *testing.T) {
	noisy := func(median float64) Distribution { return LogNormal{median, 0.2} }
	for _, persist := range []Distribution{nil, noisy(20)} {
		j := Job{Steps: 200_000, Step: noisy(1), Levels: []Level{{Stall: noisy(2), Persist: persist, Failures: Random(Exponential(2000), 3)}}}
		p, err := Tuned(interval.Options{Levels: []interval.Level{{RPO: 120 * time.Second}}})
		if err != nil {
			t.Fatal(err)
		}
		got := simulated(t, j, p)
		if got.Failures < 90 || got.MaxLost > 120+10 || got.MaxLost < 80 {
			t.Errorf("%+v", got)
		}
	}
}

// A job that fails faster than it can save ends at its limit.
func TestHopeless(t *testing.T) {
	j := Job{Steps: 100, Step: Constant(1), Limit: 1e4, Levels: []Level{{Stall: Constant(5), Recovery: Constant(3), Failures: Random(Constant(4), 1)}}}
	if got := simulated(t, j, Fixed(1)); got.Finished || got.Total < 1e4 || got.Total > 1e4+10 {
		t.Errorf("%+v", got)
	}
}

func TestJobsAreChecked(t *testing.T) {
	good := func() Job { return Job{Steps: 1, Step: Constant(1), Levels: []Level{{Stall: Constant(0)}}} }
	for name, spoil := range map[string]func(*Job){
		"-1 steps":         func(j *Job) { j.Steps = -1 },
		"time of a step":   func(j *Job) { j.Step = Constant(0) },
		"no level":         func(j *Job) { j.Levels = nil },
		"the limit":        func(j *Job) { j.Limit = math.NaN() },
		"level 0: stall":   func(j *Job) { j.Levels[0].Stall = nil },
		"level 0: stall, ": func(j *Job) { j.Levels[0].Persist = Constant(-1) },
	} {
		j := good()
		spoil(&j)
		if _, err := Run(j, Fixed(1)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r, err := Run(good(), Fixed(1)); err != nil || !r.Finished {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestDistributions(t *testing.T) {
	for _, text := range []string{"90", "1m30s", "exp:90", "weibull:90:0.7", "weibull:1m30s:2", "lognormal:90:0.3"} {
		d, err := ParseDistribution(text)
		if err != nil {
			t.Fatal(err)
		}
		r, sum := rand.New(rand.NewPCG(1, 1)), 0.0
		const n = 200_000
		for range n {
			x := d.Draw(r)
			if x < 0 {
				t.Fatalf("%s: %v", text, x)
			}
			sum += x
		}
		if mean := sum / n; math.Abs(mean-d.Mean()) > 0.02*d.Mean() || d.Mean() < 89 || d.Mean() > 95 {
			t.Errorf("%s: mean %v of draws, %v said", text, mean, d.Mean())
		}
	}
	for _, text := range []string{"", "-1", "0", "NaN", "Inf", "exp", "exp:", "exp:1:2", "weibull:3", "weibull:3:0", "weibull:3:0.01", "lognormal:1:NaN", "normal:3:1", "1e300", "exp:1e12"} {
		if d, err := ParseDistribution(text); err == nil {
			t.Errorf("%q is read as %v", text, d)
		}
	}
}

func TestReadTrace(t *testing.T) {
	got, err := ReadTrace(strings.NewReader("# a machine\n3600\n\n 1h30m # the disk\n12.5\n"))
	if err != nil || len(got) != 3 || got[0] != 3600 || got[1] != 5400 || got[2] != 12.5 || !close(got.Mean(), 9012.5/3) {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "# nothing", "1\nx", "-3", "0", "NaN", "Inf"} {
		if got, err := ReadTrace(strings.NewReader(text)); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
