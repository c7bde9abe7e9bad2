package simulate

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ckpt/interval"
)

var traces = flag.Int("traces", 10, "how many random traces TestTuner runs")

// scenario is a random job with failures, and the options for its tuner.
type scenario struct {
	name    string
	seed    uint64
	job     func() Job
	options interval.Options
	least   int // steps between checkpoints that the overhead and the bandwidth ask for
	most    int
}

// randomScenario draws a scenario: steps from 0.1 s to 100 s, snapshots that cost 1/1000 to 1/30 of
// the time between failures, about 300 failures.
func randomScenario(seed uint64) scenario {
	r := rand.New(rand.NewPCG(seed, 7))
	logUniform := func(lo, hi float64) float64 { return lo * math.Pow(hi/lo, r.Float64()) }
	step := logUniform(0.1, 100)
	mtbf := step * logUniform(300, 3000)
	stall := mtbf * logUniform(1e-3, 1.0/30)
	persist := stall * logUniform(0.1, 5)
	recovery := stall * logUniform(0.5, 3)
	p := logUniform(0.02, 0.2)
	sigma := logUniform(0.05, 0.4)
	lognormal := func(mean, sigma float64) Distribution {
		return LogNormal{mean * math.Exp(-sigma*sigma/2), sigma}
	}
	var failures Distribution = Exponential(mtbf)
	kind := "exponential"
	if r.IntN(2) == 0 {
		shape := 0.7 + 0.6*r.Float64()
		failures, kind = Weibull{mtbf, shape}, fmt.Sprintf("weibull %.2f", shape)
	}
	level := Level{
		Stall: lognormal(stall, sigma), Recovery: lognormal(recovery, sigma), Bytes: 1 << 30,
	}
	async := r.IntN(2) == 0
	if async {
		level.Persist = lognormal(persist, sigma)
	} else {
		persist = 0
	}
	job := func() Job {
		l := level
		l.Failures = Random(failures, seed)
		return Job{Steps: int(300 * mtbf / step), Step: lognormal(step, sigma), Levels: []Level{l}, Seed: seed}
	}
	duration := func(x float64) time.Duration { return time.Duration(x * 1e9) }
	return scenario{
		name: fmt.Sprintf("seed %d: %s, step %.3g s, MTBF %.4g s, stall %.3g s, persist %.3g s, p %.3f, sigma %.2f", seed, kind, step, mtbf, stall, persist, p, sigma),
		seed: seed, job: job,
		options: interval.Options{Levels: []interval.Level{{Overhead: p, MTBF: duration(mtbf), Recovery: duration(recovery)}}},
		least:   int(math.Ceil(max(stall/(p*step), persist/step, 1))),
		most:    int(10 * math.Sqrt(2*stall*mtbf) / step),
	}
}

// settledOverhead counts the stalls and the steps after the first checkpoints.
type settledOverhead struct {
	Policy
	checkpoints  int
	steps, stall float64
}

const settling = 15 // checkpoints

func (s *settledOverhead) Step(took float64) {
	if s.checkpoints >= settling {
		s.steps += took
	}
	s.Policy.Step(took)
}

func (s *settledOverhead) Snapshot(level int, stall float64) {
	if s.checkpoints++; s.checkpoints > settling {
		s.stall += stall
	}
	s.Policy.Snapshot(level, stall)
}

// The tuner keeps the overhead within its limit in 99 of 100 traces, and wastes at most
// 1.1 times what the best fixed interval does that keeps it too. The best one is found
// with the failures known.
func TestTuner(t *testing.T) {
	var ratios []float64
	over, wasteful := 0, 0
	for seed := range uint64(*traces) {
		s := randomScenario(seed)
		policy, err := Tuned(s.options)
		if err != nil {
			t.Fatal(err)
		}
		seen := &settledOverhead{Policy: policy}
		got, err := Run(s.job(), seen)
		if err != nil {
			t.Fatal(err)
		}
		k, best, err := Best(s.job, s.least, max(s.most, s.least))
		if err != nil {
			t.Fatal(err)
		}
		if !got.Finished || !best.Finished {
			t.Fatalf("%s: not finished: %+v, %+v", s.name, got, best)
		}
		p := s.options.Levels[0].Overhead
		if o := seen.stall / seen.steps; o > p {
			over++
			t.Logf("%s: overhead %.4f", s.name, o)
		}
		ratio := got.Waste() / best.Waste()
		ratios = append(ratios, ratio)
		if ratio > 1.1 {
			wasteful++
			t.Logf("%s: waste %.4f, best %.4f at every %d: ratio %.3f\n  %+v\n  %+v", s.name, got.Waste(), best.Waste(), k, ratio, got, best)
		}
	}
	slices.Sort(ratios)
	n := len(ratios)
	t.Logf("%d traces: overhead above p in %d; waste over the best: median %.3f, 0.99 quantile %.3f, most %.3f, above 1.1 in %d",
		n, over, ratios[n/2], ratios[n*99/100], ratios[n-1], wasteful)
	if over*100 > n {
		t.Errorf("the overhead is above its limit in %d of %d traces", over, n)
	}
	if wasteful*100 > n {
		t.Errorf("the waste is above 1.1 times the best in %d of %d traces", wasteful, n)
	}
}
