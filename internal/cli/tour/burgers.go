package tour

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/cairn-ad/cairn/ad"
	"github.com/cairn-ad/cairn/examples/burgers"
	"github.com/cairn-ad/cairn/schedule"
)

// References of the case burgers.CI: the energies are those that Checkpointing.jl
// publishes (Schanen et al., ICCS 2023). Its published gradient norm,
// 1.3020729832060115e-6, was made by a version that linearised the last step at the
// advanced state; this one is of an independent adjoint written by hand.
const (
	initialEnergy = 0.0855298595153226
	finalEnergy   = 0.08426001732938161
	gradientNorm  = 1.302074170930382e-6

	energyTolerance   = 1e-13
	gradientTolerance = 1e-10
)

// burgers computes the gradients of the case and compares them.
func (t *tour) burgers(ctx context.Context) error {
	p := burgers.CI()
	b := &t.record.Burgers
	b.Points, b.Steps = p.Points(), p.Steps

	t.stage("Burgers: primal run")
	u, v := burgers.Initial(p)
	var energy float64
	primal := func() { energy = burgers.Energy(p, u, v, 1) }
	seconds, _ := t.timed(primal, primal)
	b.PrimalSeconds = number(seconds)

	var stored *burgers.Result
	var results []*burgers.Result
	for _, a := range []Adjoint{{Snaps: 20}, {Snaps: 100}, {Snaps: 5, Disk: 15}, {Scheme: "store"}} {
		if err := ctx.Err(); err != nil {
			return err
		}
		t.stage("Burgers: gradient, %s", a.name())
		r, err := t.gradient(&a, p, primal)
		if err != nil {
			return err
		}
		b.Adjoints = append(b.Adjoints, a)
		results = append(results, r)
		stored = r // the last one keeps every step
	}
	t.stage("Burgers: comparing")
	b.InitialEnergy = t.compare("Burgers: initial energy", stored.InitialEnergy, initialEnergy, energyTolerance)
	b.FinalEnergy = t.compare("Burgers: final energy", stored.FinalEnergy, finalEnergy, energyTolerance)
	b.GradientNorm = t.compare("Burgers: gradient norm", stored.GradientNorm(), gradientNorm, gradientTolerance)
	t.check("Burgers: primal value of the gradient", stored.FinalEnergy == energy,
		"%.17g in generated code, %.17g in the user's", stored.FinalEnergy, energy)
	for i, r := range results {
		t.checkGradient(&b.Adjoints[i], r, stored)
	}
	return nil
}

// gradient computes one gradient, with what it costs beside the primal.
func (t *tour) gradient(a *Adjoint, p burgers.Params, primal func()) (*burgers.Result, error) {
	a.Optimum = int64(p.Steps)
	if a.Snaps > 0 {
		a.Scheme, _, _ = strings.Cut(a.name(), ",")
		a.Optimum = schedule.ForwardSteps(int64(p.Steps), a.Snaps+a.Disk)
	}
	var r *burgers.Result
	var err error
	resetPeak()
	stop := ad.Observe(func(s ad.Stats) {
		a.ForwardSteps, a.Snapshots, a.SnapshotBytes, a.Stats = s.ForwardSteps, s.PeakSnapshots, s.PeakBytes, &s
	})
	seconds, ratio := t.timed(func() {
		if a.Disk > 0 {
			r, err = burgers.RunOnDisk(p, a.Snaps, a.Disk)
			return
		}
		r, err = burgers.Run(p, a.Snaps)
	}, primal)
	stop()
	a.PeakRSS = peakRSS()
	a.Seconds, a.Ratio = number(seconds), number(ratio)
	return r, err
}

// checkGradient compares a gradient with the one that keeps every step, and the forward
// steps that its schedule took with the least number possible.
func (t *tour) checkGradient(a *Adjoint, r, stored *burgers.Result) {
	a.Identical = r.FinalEnergy == stored.FinalEnergy && slices.Equal(r.Ub, stored.Ub) && slices.Equal(r.Vb, stored.Vb)
	if a.Snaps == 0 {
		return
	}
	name := "Burgers: " + a.name()
	verdict := "bit for bit the gradient that keeps every step"
	if !a.Identical {
		verdict = "not the gradient that keeps every step"
	}
	t.check(name, a.Identical, "%s", verdict)
	t.check(name+", steps", a.ForwardSteps == a.Optimum, "%d forward steps, the optimum is %d", a.ForwardSteps, a.Optimum)
}

// timed runs f and base in turn and returns the least time of f, in seconds, and the
// median of its ratios to the time of base beside it: what a shared machine does from
// second to second is in both. Quick runs them once.
func (t *tour) timed(f, base func()) (least, ratio float64) {
	runs := 5
	if t.Quick {
		runs = 1
	}
	once := func(f func()) float64 {
		begin := time.Now()
		f()
		return time.Since(begin).Seconds()
	}
	var ratios []float64
	for i := range runs {
		d := once(f)
		if i == 0 || d < least {
			least = d
		}
		ratios = append(ratios, d/once(base))
	}
	slices.Sort(ratios)
	return least, ratios[runs/2]
}
