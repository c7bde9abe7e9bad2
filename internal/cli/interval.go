package cli

import (
	"fmt"
	"math"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/cairn-ad/cairn/ckpt/interval"
	"github.com/cairn-ad/cairn/ckpt/simulate"
)

// intervalOptions are the flags of interval.
type intervalOptions struct {
	step, save, persist, recovery, mtbf, rpo time.Duration
	overhead                                 float64
	size, storage                            string
	failures                                 string
	steps                                    int
	seed                                     uint64
	json                                     bool

	bytes int64 // of --size
	given func(flag string) bool
}

func newInterval(s *streams) *cobra.Command {
	var o intervalOptions
	c := &cobra.Command{
		Use:   "interval --save TIME --mtbf TIME",
		Short: "Tell how often a long run should save checkpoints",
		Long: `Tell how often a long run should save checkpoints: the number of steps between them, and
the limit that it follows from. A loop of package ckpt measures the costs by itself; here
they are given.

With --steps a job of so many steps is simulated: with failures at random, exponentially
distributed times between them if only --mtbf is given, or as --failures tells: exp:MEAN,
weibull:MEAN:SHAPE, or a file with the times between failures, one in a line. What is
printed is the time that it takes and what is wasted, saved as told and at the fixed
interval that turns out to be the best.`,
		Example: `  cairn interval --save 60s --mtbf 24h --step 2s
  cairn interval --save 2s --persist 40s --overhead 0.02 --mtbf 24h --step 100ms
  cairn interval --save 60s --step 2s --steps 1000000 --failures weibull:24h:0.7`,
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			o.given = c.Flags().Changed
			return o.run(s)
		},
	}
	f := c.Flags()
	f.DurationVar(&o.save, "save", 0, "for how long a checkpoint stalls the steps")
	f.DurationVar(&o.persist, "persist", 0, "time from the begin of a checkpoint until it is durable; that of --save unless given")
	f.DurationVar(&o.step, "step", time.Second, "time of a step")
	f.DurationVar(&o.mtbf, "mtbf", 0, "mean time between failures")
	f.DurationVar(&o.recovery, "recovery", 0, "time of a restart")
	f.DurationVar(&o.rpo, "rpo", 0, "largest loss of work")
	f.Float64Var(&o.overhead, "overhead", 0, "largest share of the time that checkpoints may stall, such as 0.02")
	f.StringVar(&o.size, "size", "", "size of a checkpoint, for example 12GiB")
	f.StringVar(&o.storage, "storage", "", "size that may be written in an hour")
	f.IntVar(&o.steps, "steps", 0, "simulate a job of so many steps")
	f.StringVar(&o.failures, "failures", "", "times between failures: a distribution, or a file")
	f.Uint64Var(&o.seed, "seed", 1, "seed of random failures")
	f.BoolVar(&o.json, "json", false, "print JSON")
	return c
}

// intervalRecord is the JSON of interval. Its fields are a contract.
type intervalRecord struct {
	interval.Report
	Seconds   float64              `json:"seconds"`
	Young     float64              `json:"young,omitempty"`
	Daly      float64              `json:"daly,omitempty"`
	Simulated *intervalSimulations `json:"simulated,omitempty"`
}

type intervalSimulations struct {
	Tuned     simulate.Result `json:"tuned"`
	Best      simulate.Result `json:"best"`
	BestSteps int             `json:"best_steps"`
}

func (o *intervalOptions) run(s *streams) error {
	failures, mean, err := o.check()
	if err != nil {
		return err
	}
	level, err := o.level(mean)
	if err != nil {
		return err
	}
	t, err := interval.New(interval.Options{Levels: []interval.Level{level}})
	if err != nil {
		return usageError{err}
	}
	t.Step(o.step)
	t.Snapshot(0, o.save)
	t.Persisted(0, o.persist, o.bytes)
	r := intervalRecord{Report: t.Report(0)}
	r.Seconds = float64(r.Steps) * o.step.Seconds()
	if m := level.MTBF.Seconds(); m > 0 {
		r.Young, r.Daly = interval.Young(o.save.Seconds(), m), interval.Daly(o.save.Seconds(), m)
	}
	if o.steps > 0 {
		if r.Simulated, err = o.simulate(level, failures); err != nil {
			return err
		}
	}
	if o.json {
		return writeJSON(s.out, r)
	}
	return o.print(s, r)
}

// check refuses flags that make no sense, and returns how failures come and their mean.
func (o *intervalOptions) check() (failures func() simulate.Failures, mean float64, err error) {
	for _, f := range []struct {
		name string
		d    time.Duration
	}{{"save", o.save}, {"persist", o.persist}, {"step", o.step}, {"mtbf", o.mtbf}, {"recovery", o.recovery}, {"rpo", o.rpo}} {
		if o.given(f.name) && f.d <= 0 {
			return nil, 0, usagef("--%s is %v: give a time above 0, for example 90s", f.name, f.d)
		}
	}
	switch {
	case !o.given("save"):
		return nil, 0, usagef("--save is missing: give the time for which a checkpoint stalls the steps, for example 60s")
	case o.given("persist") && o.persist < o.save:
		return nil, 0, usagef("--persist is %v, less than --save: it includes the stall", o.persist)
	case o.steps < 0:
		return nil, 0, usagef("--steps is %d: give 1 or more", o.steps)
	case o.steps == 0 && o.given("seed"):
		return nil, 0, usagef("--seed is given without --steps: nothing is simulated")
	case o.steps > 0 && !o.given("mtbf") && !o.given("failures"):
		return nil, 0, usagef("--failures is missing: give them, or --mtbf, to simulate a job")
	}
	o.persist = max(o.persist, o.save)
	mean = o.mtbf.Seconds()
	if !o.given("failures") {
		return func() simulate.Failures { return simulate.Random(simulate.Exponential(mean), o.seed) }, mean, nil
	}
	failures, found, err := o.readFailures()
	if mean == 0 {
		mean = found
	}
	return failures, mean, err
}

// readFailures reads a distribution or a file.
func (o *intervalOptions) readFailures() (func() simulate.Failures, float64, error) {
	if strings.HasPrefix(o.failures, "exp:") || strings.HasPrefix(o.failures, "weibull:") || strings.HasPrefix(o.failures, "lognormal:") {
		d, err := simulate.ParseDistribution(o.failures)
		if err != nil {
			return nil, 0, usagef("--failures: %w", err)
		}
		return func() simulate.Failures { return simulate.Random(d, o.seed) }, d.Mean(), nil
	}
	f, err := os.Open(o.failures)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	trace, err := simulate.ReadTrace(f)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", o.failures, err)
	}
	return trace.Failures, trace.Mean(), nil
}

func (o *intervalOptions) level(mean float64) (interval.Level, error) {
	l := interval.Level{
		Overhead: o.overhead, Recovery: o.recovery, RPO: o.rpo,
		MTBF: time.Duration(min(mean*1e9, math.MaxInt64/2)),
	}
	if o.given("storage") != o.given("size") {
		return l, usagef("--size and --storage belong together: the size of a checkpoint, and how much may be written in an hour")
	}
	if !o.given("size") {
		return l, nil
	}
	var err error
	if o.bytes, err = parseSize(o.size); err != nil || o.bytes < 1 {
		return l, usagef("--size is %q: give a size, for example 12GiB", o.size)
	}
	if l.BytesPerHour, err = parseSize(o.storage); err != nil || l.BytesPerHour < 1 {
		return l, usagef("--storage is %q: give a size, for example 100GiB", o.storage)
	}
	return l, nil
}

// simulate runs the job as a tuned loop, and at fixed intervals.
func (o *intervalOptions) simulate(level interval.Level, failures func() simulate.Failures) (*intervalSimulations, error) {
	job := func() simulate.Job {
		l := simulate.Level{Stall: simulate.Constant(o.save.Seconds()), Bytes: o.bytes, Failures: failures()}
		if o.recovery > 0 {
			l.Recovery = simulate.Constant(o.recovery.Seconds())
		}
		if o.persist > o.save {
			l.Persist = simulate.Constant((o.persist - o.save).Seconds())
		}
		return simulate.Job{Steps: o.steps, Step: simulate.Constant(o.step.Seconds()), Levels: []simulate.Level{l}, Seed: o.seed}
	}
	policy, err := simulate.Tuned(interval.Options{Levels: []interval.Level{level}})
	if err != nil {
		return nil, err
	}
	var r intervalSimulations
	if r.Tuned, err = simulate.Run(job(), policy); err != nil {
		return nil, err
	}
	r.BestSteps, r.Best, err = simulate.Best(job, 1, o.steps)
	return &r, err
}

// print writes the interval for a person.
func (o *intervalOptions) print(s *streams, r intervalRecord) error {
	fmt.Fprintf(s.out, "every %d steps, %s, because of %v\n", r.Steps, seconds(r.Seconds), r.Limit)
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, l := range []struct {
		name  string
		steps float64
	}{
		{"bandwidth", r.Limits.Bandwidth},
		{"overhead", r.Limits.Overhead},
		{"storage", r.Limits.Storage},
		{"daly", r.Limits.Daly},
		{"rpo", r.Limits.RPO},
	} {
		if l.steps > 0 {
			fmt.Fprintf(t, "  %s\t%.6g steps\t%s\n", l.name, l.steps, seconds(l.steps*o.step.Seconds()))
		}
	}
	if sim := r.Simulated; sim != nil {
		fmt.Fprintf(t, "simulated\ttotal\twaste\tcheckpoints\tlost\trecovery\tsaves\tfailures\n")
		row := func(name string, x simulate.Result) {
			share := func(part float64) string { return fmt.Sprintf("%.2f %%", 100*part/max(x.Total, 1e-300)) }
			total := seconds(x.Total)
			if !x.Finished {
				total = "not done in " + total
			}
			fmt.Fprintf(t, "  %s\t%s\t%.2f %%\t%s\t%s\t%s\t%d\t%d\n", name, total, 100*x.Waste(),
				share(x.Checkpoint), share(x.Lost), share(x.Recovery), x.Checkpoints, x.Failures)
		}
		row("tuned", sim.Tuned)
		row(fmt.Sprintf("every %d", sim.BestSteps), sim.Best)
	}
	return t.Flush()
}

// seconds writes a time to three digits or more, in units that suit it.
func seconds(x float64) string {
	d := time.Duration(min(x*1e9, math.MaxInt64))
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Microsecond).String()
}
