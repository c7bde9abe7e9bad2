// Package restart verifies the restarts of a program in any language: it runs the program
// uninterrupted, runs it again in another directory with kills on the way, and compares
// what the two have written.
//
// In: a command line, when to kill, what to compare. Out: a report of the kills and of the
// first difference of each output. Programs that save with package ckpt are known by the
// names of their checkpoints, which tell how far a life has come; of others the files are
// only counted.
package restart

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Options say what is run, when it is killed and what is compared.
type Options struct {
	Program []string // and its arguments; {dir} stands for the directory of the run
	Env     []string // NAME=VALUE, added to the environment; {dir} as above
	From    string   // directory whose files each run begins with; empty for none
	Work    string   // where the directories of the runs are made; it is empty

	Random int       // kills at random moments
	Seed   uint64    // of those
	At     []float64 // kills at these shares of the time of the uninterrupted run
	After  []int     // kills when this many checkpoints were saved, counted over all lives
	Every  bool      // kills after each checkpoint

	Checkpoints string        // glob of the checkpoint files in the directory; empty: **.ckpt
	Timeout     time.Duration // for one life; 0: none for the uninterrupted run, for others what Limit says

	Outputs []string // globs of the output files in the directory
	Stdout  Stdout   // what is compared of standard output
	Ignore  []*regexp.Regexp
	ULPs    uint64 // numbers in text may be so many units in the last place apart

	// Progress, if set, is told what happens.
	Progress func(what string)
}

// Stdout is what is compared of standard output.
type Stdout string

// The words for Stdout. A life that was resumed may print all that an uninterrupted one
// does, or only the end of it.
const (
	StdoutWhole Stdout = "whole"
	StdoutEnd   Stdout = "end"
	StdoutNone  Stdout = "none"
)

// Report is what was found.
type Report struct {
	Same        bool         `json:"same"`
	Seconds     float64      `json:"seconds"`     // that the uninterrupted run took
	Checkpoints int          `json:"checkpoints"` // that it was seen to save
	Kills       []Kill       `json:"kills"`
	Resumed     int          `json:"resumed"` // lives that began with a checkpoint
	Compared    []string     `json:"compared"`
	Differences []Difference `json:"differences"`
	// Trouble is why the program cannot be verified, or is wrong although nothing was
	// compared: it does not come further, fails, or does not resume.
	Trouble string `json:"trouble,omitempty"`

	Whole, Interrupted string `json:"-"` // directories: uninterrupted, and with kills; the last one, or that which differs
}

// Kill is one kill.
type Kill struct {
	Round       int     `json:"round"` // the how many-th directory, from 1
	Life        int     `json:"life"`  // the how many-th life in it, from 1
	Seconds     float64 `json:"seconds"`
	Checkpoints int     `json:"checkpoints"` // seen so far in this round
	Step        *int    `json:"step"`        // of the newest checkpoint, if it is known
}

// Verify runs the program uninterrupted and with kills. An error means that this was not
// possible; what is wrong with the program is in the report.
func Verify(ctx context.Context, o Options) (*Report, error) {
	v := &verifier{o: o, report: &Report{Kills: []Kill{}, Compared: []string{}, Differences: []Difference{}}, rng: rand.New(rand.NewPCG(o.Seed, 0))}
	var trouble troubleError
	switch err := v.run(ctx); {
	case errors.As(err, &trouble):
		v.report.Trouble = trouble.Error()
	case err != nil:
		return nil, err
	}
	v.report.Same = v.report.Trouble == "" && len(v.report.Differences) == 0
	return v.report, nil
}

// troubleError is something that is wrong with the program.
type troubleError struct{ error }

func trouble(format string, args ...any) error { return troubleError{fmt.Errorf(format, args...)} }

type verifier struct {
	o      Options
	report *Report
	rng    *rand.Rand

	took   time.Duration // by the uninterrupted run
	first  time.Duration // until its first checkpoint was there
	rounds int
}

func (v *verifier) run(ctx context.Context) error {
	whole, err := v.round()
	if err != nil {
		return err
	}
	v.report.Whole = whole.dir
	if err := v.uninterrupted(ctx, whole); err != nil {
		return err
	}
	plans, err := v.plans()
	if err != nil {
		return err
	}
	for _, moments := range plans {
		if err := v.carryOut(ctx, whole, moments); err != nil || len(v.report.Differences) > 0 {
			return err
		}
	}
	if v.report.Resumed == 0 {
		return trouble("no life of the program began with a checkpoint, so nothing was verified: all %d kills came before the first one was saved%s", len(v.report.Kills), v.seen())
	}
	return nil
}

// carryOut kills at all moments, in as many rounds as it takes.
func (v *verifier) carryOut(ctx context.Context, whole *round, moments []moment) error {
	for misses := 0; len(moments) > 0; {
		done, err := v.interrupted(ctx, whole, moments)
		if err != nil || len(v.report.Differences) > 0 {
			return err
		}
		moments = moments[done:]
		if done > 0 {
			continue
		}
		moments[0].share /= 4
		if misses++; moments[0].kind > early || misses == mostMisses {
			return trouble("the program has ended before it was killed %s: it runs for %s only and saves %d checkpoints; give it more to do", moments[0], round3(v.took), v.report.Checkpoints)
		}
	}
	return nil
}

// mostMisses is how often the program may end before a random kill.
const mostMisses = 5

// seen tells which files count as checkpoints, if none was seen.
func (v *verifier) seen() string {
	if v.report.Checkpoints > 0 {
		return ""
	}
	return fmt.Sprintf("; no file %s was seen in the directory of the run: tell with --checkpoints how they are called, and let the program save in its working directory or in {dir}", v.pattern())
}

func (v *verifier) pattern() string {
	if v.o.Checkpoints == "" {
		return "*.ckpt"
	}
	return v.o.Checkpoints
}

func (v *verifier) tell(format string, args ...any) {
	if v.o.Progress != nil {
		v.o.Progress(fmt.Sprintf(format, args...))
	}
}

// round is a directory in which the program is run from nothing to its end.
type round struct {
	number int
	dir    string // of the program
	out    string // standard output of the last life
	err    string // standard error of all lives
	lives  int
	watch  *watch
}

func (v *verifier) round() (*round, error) {
	v.rounds++
	base := filepath.Join(v.o.Work, fmt.Sprintf("round-%d", v.rounds))
	if v.rounds == 1 {
		base = filepath.Join(v.o.Work, "uninterrupted")
	}
	r := &round{number: v.rounds - 1, dir: filepath.Join(base, "dir"), out: filepath.Join(base, "stdout"), err: filepath.Join(base, "stderr")}
	if err := os.MkdirAll(r.dir, 0o777); err != nil {
		return nil, err
	}
	if v.o.From != "" {
		if err := os.CopyFS(r.dir, os.DirFS(v.o.From)); err != nil {
			return nil, err
		}
	}
	r.watch = newWatch(r.dir, v.o.Checkpoints)
	return r, r.watch.begin()
}

// uninterrupted runs the program to its end and learns how long it takes.
func (v *verifier) uninterrupted(ctx context.Context, r *round) error {
	v.tell("running uninterrupted")
	p, err := v.start(ctx, r)
	if err != nil {
		return err
	}
	p.timeout = v.o.Timeout
	for !p.over(pollPause) {
		if err := r.watch.look(); err != nil {
			return errors.Join(err, p.kill())
		}
		if v.first == 0 && r.watch.count > 0 {
			v.first = time.Since(p.began)
		}
	}
	if err := r.watch.look(); err != nil {
		return err
	}
	v.took = time.Since(p.began)
	v.report.Seconds, v.report.Checkpoints = v.took.Seconds(), r.watch.count
	if err := p.failure(r); ctx.Err() != nil {
		return ctx.Err()
	} else if err != nil {
		return trouble("the uninterrupted run %w", err)
	}
	v.tell("uninterrupted: %s, %d checkpoints", round3(v.took), v.report.Checkpoints)
	return v.checkOutputs(r)
}

// limit is how long a life may take.
func (v *verifier) limit() time.Duration {
	if v.o.Timeout > 0 {
		return v.o.Timeout
	}
	return max(time.Minute, 10*v.took)
}

// interrupted runs the program in a new directory with kills at the moments, as many as it
// comes to, and compares. It returns how many kills there were.
func (v *verifier) interrupted(ctx context.Context, whole *round, moments []moment) (int, error) {
	r, err := v.round()
	if err != nil {
		return 0, err
	}
	v.report.Interrupted = r.dir
	c := &campaign{verifier: v, round: r}
	done := 0
	for {
		var m *moment
		if done < len(moments) {
			m = &moments[done]
		}
		killed, err := c.life(ctx, m)
		if err != nil {
			return done, err
		}
		if !killed {
			break
		}
		if m.kind == every { // stays until the program ends
			if len(v.report.Kills) > 2*v.report.Checkpoints+10 {
				return done, trouble("the program does not come to its end: it was killed %d times, each time after a new checkpoint, and uninterrupted it saves only %d; it seems to begin anew each time", len(v.report.Kills), v.report.Checkpoints)
			}
			continue
		}
		done++
	}
	if done < len(moments) && moments[done].kind == every && len(v.report.Kills) > 0 {
		done++
	}
	if done == 0 {
		return 0, nil
	}
	v.tell("round %d ended in life %d; comparing", r.number, r.lives)
	return done, v.compare(whole, r)
}

// campaign is the lives of a round.
type campaign struct {
	*verifier
	round *round
	ran   time.Duration // by all lives so far
	stale int           // lives in a row that have saved and come no further
}

// mostStale is how many lives may save and be killed without coming further.
const mostStale = 3

// life starts the program once, and kills it when the moment has come, if one is given.
func (c *campaign) life(ctx context.Context, m *moment) (killed bool, err error) {
	r := c.round
	r.lives++
	if err := r.watch.look(); err != nil {
		return false, err
	}
	before := r.watch.steps()
	had := r.watch.count
	if had > 0 {
		c.report.Resumed++
	}
	p, err := c.start(ctx, r)
	if err != nil {
		return false, err
	}
	p.timeout = c.limit()
	if err := c.wait(p, m, had); err != nil {
		return false, errors.Join(err, p.kill())
	}
	if m != nil {
		if err := p.kill(); err != nil {
			return false, err
		}
	}
	for !p.over(pollPause) { // without a moment, until it ends
		if err := r.watch.look(); err != nil {
			return false, errors.Join(err, p.kill())
		}
	}
	c.ran += time.Since(p.began)
	if err := r.watch.look(); err != nil {
		return false, err
	}
	if err := c.resumes(before, had); err != nil {
		return false, err
	}
	if p.killed() {
		k := Kill{Round: r.number, Life: r.lives, Seconds: time.Since(p.began).Seconds(), Checkpoints: r.watch.count}
		if step, ok := r.watch.newest(); ok {
			k.Step = &step
		}
		c.report.Kills = append(c.report.Kills, k)
		c.tell("round %d: killed life %d after %s, %d checkpoints so far", r.number, r.lives, round3(time.Since(p.began)), r.watch.count)
		return true, nil
	}
	if err := p.failure(r); ctx.Err() != nil {
		return false, ctx.Err()
	} else if err != nil {
		return false, trouble("after %d kills, started again in %s, the program %w", r.lives-1, r.dir, err)
	}
	return false, nil
}

// resumes checks by the steps of its checkpoints that a life has begun where the one before
// was, and not at the start.
func (c *campaign) resumes(before map[string]int, had int) error {
	w := c.round.watch
	// A life may begin at an older checkpoint than the newest, if that one was taken several
	// times in vain, but not at the start.
	start := w.firstSteps(0)
	for run, step := range w.firstSteps(had) {
		if old, ok := before[run]; ok && step <= start[run] && step < old && c.round.lives > 1 {
			return trouble("the program does not resume: the checkpoint of step %d was there when life %d began, and the first one that this life has saved is of step %d", old, c.round.lives, step)
		}
	}
	if w.count == had || len(before) == 0 {
		return nil
	}
	further := false
	for run, step := range w.steps() {
		old, ok := before[run]
		further = further || !ok || step > old
	}
	if further {
		c.stale = 0
		return nil
	}
	if c.stale++; c.stale == mostStale {
		return trouble("the program does not come further: %d lives in a row have saved checkpoints, and the newest is still that of step %s", mostStale, strings.Trim(fmt.Sprint(slices.Sorted(maps.Values(before))), "[]"))
	}
	return nil
}

// checkOutputs makes sure that there is something to compare.
func (v *verifier) checkOutputs(r *round) error {
	for _, pattern := range v.o.Outputs {
		names, err := outputs(r.dir, pattern)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return trouble("the uninterrupted run has written no file %s in %s", pattern, r.dir)
		}
	}
	if v.o.Stdout != StdoutNone && len(v.o.Outputs) == 0 {
		info, err := os.Stat(r.out)
		if err != nil {
			return err
		}
		if info.Size() == 0 {
			return trouble("the uninterrupted run has printed nothing, so there is nothing to compare: name the files that it writes with --compare")
		}
	}
	return nil
}
