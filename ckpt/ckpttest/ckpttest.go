// Package ckpttest checks, in a program's own tests, that a run which was killed and
// resumed gives the result of an uninterrupted one, bit for bit.
//
// What goes in is the program as a function: it protects its variables in the
// [ckpt.Run] that it is given, loops over [ckpt.Run.Steps], and returns its result. What
// comes out is a failed test if any resumed run ends differently: with the first element of
// the result that differs, and with the first step and protected variable at which the two
// runs part, which leads to what is missing.
//
//	func TestRestart(t *testing.T) {
//		ckpttest.Verify(t, ckpttest.Options{}, func(ctx context.Context, run *ckpt.Run) ([]float64, error) {
//			u := start()
//			run.Protect("u", &u)
//			for t := range run.Steps(ctx, 100) {
//				advance(u, t)
//			}
//			return u, run.Err()
//		})
//	}
//
// [Verify] stays within the process. It keeps what the store of the uninterrupted run held
// after every change, which is all that a kill at any moment could have left, and runs the
// program again from there. What survives in the process, such as package-level variables,
// is not reset; [VerifyKilled] starts the test binary anew and kills it with SIGKILL.
package ckpttest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
)

// Program is what is verified: from its variables made anew to its result. It must make
// all that it works on itself, give ctx to the loop, and return the run's error.
//
// The result may be of any type that is made of booleans, numbers, strings, and slices,
// arrays, structs, maps, pointers and interfaces of these; floating-point numbers are
// compared by their bits.
type Program[R any] func(ctx context.Context, run *ckpt.Run) (R, error)

// Options say how a program is interrupted. The zero value of all works.
type Options struct {
	// Run is what the runs are opened with. If nothing in it says when to save, every step
	// is saved. Its Logger, if nil, is silent.
	Run ckpt.Options
	// Steps are moments to kill the program at: when the checkpoint of such a step has just
	// become readable.
	Steps []int
	// Kills is how many moments are chosen at random by Seed. If it is zero and Steps are
	// not given, Verify takes every change of the store, and VerifyKilled kills five times.
	// N steps that are all saved are then about N² steps to run.
	Kills int
	// Seed chooses the moments.
	Seed uint64
}

func (o Options) check() error {
	if o.Kills < 0 {
		return fmt.Errorf("ckpttest: Kills is %d; it must not be negative", o.Kills)
	}
	return nil
}

// ckpt returns the options that runs are opened with.
func (o Options) ckpt() ckpt.Options {
	r := o.Run
	if r.Every == 0 && r.Interval == 0 && r.Overhead == 0 && r.MTBF == 0 && r.RPO == 0 && r.StoragePerHour == 0 {
		r.Every = 1
	}
	if r.Logger == nil {
		r.Logger = slog.New(slog.DiscardHandler)
	}
	return r
}

// Verify runs a program uninterrupted, and again from each moment that Options choose,
// and once more with a kill after every few changes of the store, all of it in this
// process. It stops the test at the first result that differs.
func Verify[R any](t testing.TB, o Options, program Program[R]) {
	t.Helper()
	if err := verify(t.Context(), o, erase(program)); err != nil {
		t.Fatal(err)
	}
}

// erased is a program whose result is taken apart.
type erased func(ctx context.Context, run *ckpt.Run) ([]part, error)

func erase[R any](program Program[R]) erased {
	return func(ctx context.Context, run *ckpt.Run) ([]part, error) {
		r, err := program(ctx, run)
		if err != nil {
			return nil, err
		}
		return takeApart(r)
	}
}

func verify(ctx context.Context, o Options, program erased) error {
	if err := o.check(); err != nil {
		return err
	}
	v := verifier{options: o.ckpt(), program: program}
	if err := v.uninterrupted(ctx); err != nil {
		return err
	}
	moments, err := v.moments(ctx, o)
	if err != nil {
		return err
	}
	for _, k := range moments {
		if err := v.resumed(ctx, k); err != nil {
			return err
		}
	}
	return v.chain(ctx)
}

// verifier holds the uninterrupted run that others are compared with.
type verifier struct {
	options ckpt.Options
	program erased
	want    []part
	tape    *tape
}

// live runs the program on a store.
func (v *verifier) live(ctx context.Context, t *tape) ([]part, error) {
	run, err := ckpt.OpenStore(t, v.options)
	if err != nil {
		return nil, err
	}
	return v.program(ctx, run)
}

// uninterrupted runs the program from nothing, twice: what differs then has nothing to do
// with restarts.
func (v *verifier) uninterrupted(ctx context.Context) (err error) {
	v.tape = newTape(nil)
	if v.want, err = v.live(ctx, v.tape); err != nil {
		return fmt.Errorf("ckpttest: the uninterrupted run failed: %w", err)
	}
	if len(v.tape.states) == 1 {
		return errors.New("ckpttest: the program has saved nothing: let it loop over run.Steps, or call run.Save, with the run that it is given, and see that Options.Run make a save due")
	}
	again := newTape(nil)
	got, err := v.live(ctx, again)
	if err != nil {
		return fmt.Errorf("ckpttest: the uninterrupted run failed when it was run again: %w; what does the first run leave behind in the process?", err)
	}
	d := compare(v.want, got)
	if d == nil {
		return nil
	}
	return fmt.Errorf("ckpttest: two uninterrupted runs give different results, so restarts cannot be judged:\n  %s\n%s%s",
		d.text("the first", "the second"), v.tape.parting(ctx, again, "the first", "the second"), unrepeatable)
}

const unrepeatable = `Usual causes: package-level variables that the first run has changed (VerifyKilled gives
each run a process of its own), random numbers without a fixed seed, the order of maps,
sums over goroutines in the order in which they end, the clock.`

// moments returns how many changes of the store each kill waits for.
func (v *verifier) moments(ctx context.Context, o Options) ([]int, error) {
	changes := len(v.tape.states) - 1
	var out []int
	for _, step := range o.Steps {
		k, err := v.tape.first(ctx, step)
		if err != nil {
			return nil, err
		}
		if k < 0 {
			return nil, fmt.Errorf("ckpttest: Options.Steps has %d, but the uninterrupted run has saved no checkpoint of that step", step)
		}
		out = append(out, k)
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0))
	for range o.Kills {
		out = append(out, 1+rng.IntN(changes))
	}
	if out == nil {
		for k := range changes {
			out = append(out, k+1)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// resumed runs the program from what a kill after k changes has left.
func (v *verifier) resumed(ctx context.Context, k int) error {
	t := newTape(v.tape.states[k])
	got, err := v.live(ctx, t)
	at := v.tape.moment(ctx, k)
	if err != nil {
		return fmt.Errorf("ckpttest: %s, the program failed when it was started again: %w", at, err)
	}
	if k == len(v.tape.states)-1 && !t.read {
		return errors.New("ckpttest: the program does not resume: started again after it was complete it has read no checkpoint; let it loop over run.Steps, or call run.Restore before it begins")
	}
	d := compare(v.want, got)
	if d == nil {
		return nil
	}
	return fmt.Errorf("ckpttest: %s, the program was started again and its result is another one:\n  %s\n%s%s",
		at, d.text("uninterrupted", "resumed"), v.diagnose(ctx, k, t), causes)
}

const causes = `Usual causes: a variable that the loop carries from step to step is not protected (a sum,
a counter, a previous value, a random-number generator); a mask leaves out an element that
is read; something is worked out before the loop and changed in it; a file that the loop
appends to.`

// diagnose finds where a resumed run parted from the uninterrupted one. If not every step
// was saved, both are run again with that.
func (v *verifier) diagnose(ctx context.Context, k int, resumed *tape) string {
	fine := *v
	fine.options.Every, fine.options.Interval = 1, 0
	step, ok := newest(ctx, v.tape.states[k])
	if v.options.Every == 1 || !ok {
		return v.tape.parting(ctx, resumed, "uninterrupted", "resumed")
	}
	fine.tape = newTape(nil)
	if _, err := fine.live(ctx, fine.tape); err == nil {
		if from, err := fine.tape.first(ctx, step); err == nil && from >= 0 {
			t := newTape(fine.tape.states[from])
			if got, err := fine.live(ctx, t); err == nil && compare(v.want, got) != nil {
				return fine.tape.parting(ctx, t, "uninterrupted", "resumed")
			}
		}
	}
	return v.tape.parting(ctx, resumed, "uninterrupted", "resumed")
}

// mostLives is how many lives the chain has at most.
const mostLives = 16

// chain runs the program in many lives, each killed after some changes of the store.
func (v *verifier) chain(ctx context.Context) error {
	changes := len(v.tape.states) - 1
	each := max(3, (changes+mostLives-1)/mostLives)
	left := map[string][]byte(nil)
	for life := 1; ; life++ {
		t := newTape(left)
		ctx, cancel := context.WithCancel(ctx)
		if life <= mostLives {
			t.limit(each, cancel)
		}
		got, err := v.live(ctx, t)
		cancel()
		if !t.dead() {
			if err != nil {
				return fmt.Errorf("ckpttest: killed after every %d changes of the store, the program failed in its life number %d: %w", each, life, err)
			}
			if d := compare(v.want, got); d != nil {
				return fmt.Errorf("ckpttest: killed after every %d changes of the store, the program came to its end in its life number %d, and its result is another one, although it is right after each single kill:\n  %s\n%s",
					each, life, d.text("uninterrupted", "resumed"), causes)
			}
			return nil
		}
		left = t.states[len(t.states)-1]
	}
}
