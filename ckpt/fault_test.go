package ckpt

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/faultstore"
	"github.com/cairn-ad/cairn/store/vfs"
)

func dirStore(t *testing.T, dir string, p *faultstore.Plan) store.Store {
	t.Helper()
	real, err := vfs.OS(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.OpenFS(faultstore.FS(real, p))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every file operation of a save, its retention included, fails in every way. The
// error is told, what is restored is the old or the new state whole, and the next
// save succeeds.
func TestEveryOperationOfASaveFails(t *testing.T) {
	setup := func() (*faultstore.Plan, store.Store, *Run, *small) {
		plan := new(faultstore.Plan)
		s := dirStore(t, memDir(t), plan)
		o := quiet
		o.Keep = 1
		r := open(t, s, o)
		x := newSmall(10)
		x.protect(t, r)
		save(t, r, 10)
		*x = *newSmall(20)
		return plan, s, r, x
	}
	plan, _, r, _ := setup()
	before := len(plan.Trace())
	save(t, r, 20)
	ops := plan.Trace()[before:]
	if got := strings.Join(ops, " "); !strings.Contains(got, "sync close rename syncdir readdir") || !strings.HasSuffix(got, "remove") {
		t.Fatalf("a save is %s", got)
	}
	for n, op := range ops {
		for _, errno := range []error{syscall.EIO, syscall.ENOSPC, syscall.EDQUOT, syscall.EINTR, syscall.EROFS} {
			for _, fault := range []faultstore.Fault{{}, {Short: true}, {Late: true}, {Forever: true}} {
				fault.N, fault.Err = n+1, errno
				plan, s, r, x := setup()
				plan.Add(fault)
				err := r.Save(context.Background(), 20)
				retention := n > lastIndex(ops, faultstore.SyncDir)
				switch {
				case retention && (err != nil || len(r.Warnings()) == 0):
					t.Fatalf("%d %s %+v: Save = %v, warnings %q", n, op, fault, err, r.Warnings())
				case !retention && !errors.Is(err, errno):
					t.Fatalf("%d %s %+v: Save = %v", n, op, fault, err)
				}
				plan.Heal()
				closed(t, r)
				wantEither(t, s, err == nil)
				*x = *newSmall(30)
				save(t, r, 30)
				closed(t, r)
				y := newSmall(30)
				r = open(t, s, quiet)
				y.protect(t, r)
				restore(t, r, 30)
				closed(t, r)
			}
		}
	}
}

// closed closes a run, so that another one can take its lock.
func closed(t *testing.T, r *Run) {
	t.Helper()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

func lastIndex(ops []string, op string) (last int) {
	for i, o := range ops {
		if o == op {
			last = i
		}
	}
	return last
}

// wantEither checks that the state of step 20 is restored, or, unless it was
// acknowledged, that of step 10.
func wantEither(t *testing.T, s store.Store, acknowledged bool) {
	t.Helper()
	x := newSmall(0)
	r := open(t, s, quiet)
	x.protect(t, r)
	step, ok, err := r.Restore(context.Background())
	closed(t, r)
	if err != nil || !ok || step != 20 && (acknowledged || step != 10) {
		t.Fatalf("Restore = %d, %v, %v", step, ok, err)
	}
	want := newSmall(step)
	copy(want.u[2:], []float64{2, 3})
	if !reflect.DeepEqual(x, want) || len(r.Warnings()) > 0 {
		t.Fatalf("step %d: restored %+v, want %+v, warnings %q", step, x, want, r.Warnings())
	}
}

// Reading fails: the older checkpoint is used and the user is told.
func TestReadErrorFallsBack(t *testing.T) {
	for _, op := range []string{faultstore.Get, faultstore.Read} {
		mem, _, _ := twoSaved(t)
		wantFallback(t, faultstore.New(mem, faultstore.NewPlan(faultstore.Fault{Op: op, N: 1, Err: syscall.EIO})), op)
	}
	mem, _, _ := twoSaved(t)
	r := open(t, faultstore.New(mem, faultstore.NewPlan(faultstore.Fault{Op: faultstore.List, N: 1, Err: syscall.EIO})), quiet)
	if _, _, err := r.Restore(context.Background()); !errors.Is(err, syscall.EIO) {
		t.Fatalf("Restore = %v", err)
	}
}

func TestRestoreObeysItsContext(t *testing.T) {
	mem, _, _ := twoSaved(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := open(t, mem, quiet).Restore(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("Restore = %v", err)
	}
}

// The disk runs full and is freed again while the loop runs: the loop goes on, the
// last good checkpoint stays, Err tells.
func TestDiskFull(t *testing.T) {
	plan := new(faultstore.Plan)
	s := dirStore(t, memDir(t), plan)
	o := every(2, 1)
	o.Mode = ModeSync
	r := open(t, s, o)
	x := new(sum)
	x.protect(t, r)
	for i := range r.Steps(context.Background(), 20) {
		switch i {
		case 5:
			plan.SetQuota(100)
		case 12:
			if got := listed(t, s); got != "00000002-step-4" {
				t.Fatalf("on a full disk: %s", got)
			}
			plan.Heal()
		}
		x.step(i)
	}
	if !reflect.DeepEqual(x, uninterrupted(0, 20)) || !r.Finished() {
		t.Fatalf("the loop was disturbed: %+v", x)
	}
	err := r.Err()
	if !errors.Is(err, ErrSave) || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "4 times between steps 6 and 12") {
		t.Fatalf("Err = %v", err)
	}
	if got := listed(t, s); got != "00000010-step-20" {
		t.Fatalf("kept %s", got)
	}
}

// All saves fail: the loop still finishes, and nothing that was there is removed.
func TestStoreThatNeverWorks(t *testing.T) {
	for _, op := range []string{faultstore.Put, faultstore.Write, faultstore.Commit} {
		mem, _, _ := twoSaved(t)
		s := faultstore.New(mem, faultstore.NewPlan(faultstore.Fault{Op: op, N: 1, Err: syscall.EIO, Forever: true}))
		r := open(t, s, every(1, 1))
		x := newSmall(1)
		x.protect(t, r)
		steps := 0
		for range r.Steps(context.Background(), 25) {
			steps++
		}
		if steps != 5 || !errors.Is(r.Err(), ErrSave) || !r.Finished() {
			t.Errorf("%s: %d steps, Err %v", op, steps, r.Err())
		}
		if got := listed(t, mem); got != "00000001-step-10 00000002-step-20" {
			t.Errorf("%s: left %s", op, got)
		}
	}
}

// The disk runs full at a random byte and is freed some steps later, with random options: the
// loop is not disturbed, what was acknowledged can be restored at any time, saves succeed again
// afterwards, and Err tells what has failed.
func TestDiskFullAtRandom(t *testing.T) {
	base := rand.Uint64()
	t.Logf("seeds from %d", base)
	failed := 0
	const steps = 14
	undisturbed := newWorld()
	for i := range steps {
		undisturbed.step(i)
	}
	want := undisturbed.state()
	for i := range faultCount(200, 2000) {
		seed := base + uint64(i)
		rng := rand.New(rand.NewPCG(seed, 1))
		plan := new(faultstore.Plan)
		s := faultstore.New(store.NewMem(), plan)
		if i%4 == 0 {
			s = dirStore(t, t.TempDir(), plan)
		}
		o := drawOptions(rng)
		o.Every = 1 + rng.IntN(3)
		r := open(t, s, o)
		w := newWorld()
		w.protect(t, r)
		full := rng.IntN(steps)
		freed := full + 1 + rng.IntN(steps-full)
		var states []string
		for i := range r.Steps(context.Background(), steps) {
			states = append(states, w.state())
			switch i {
			case full:
				plan.SetQuota(int64(rng.IntN(12_000)))
			case freed:
				plan.Heal()
			}
			if acked := r.Saved(); acked.Saves > 0 && rng.IntN(4) == 0 {
				wantNewest(t, seed, s, acked.Step, states)
			}
			w.step(i)
		}
		states = append(states, w.state())
		plan.Heal()
		err := r.Err()
		switch {
		case !r.Finished() || states[steps] != want:
			t.Fatalf("seed %d: the loop was disturbed: %v", seed, err)
		case err != nil && (!errors.Is(err, ErrSave) || !errors.Is(err, syscall.ENOSPC)):
			t.Fatalf("seed %d: Err = %v", seed, err)
		case err != nil:
			failed++
		case r.Saved().Step != steps:
			t.Fatalf("seed %d: no error, but the last save was of step %d", seed, r.Saved().Step)
		}
		if freed < steps && r.Saved().Step != steps {
			t.Fatalf("seed %d: freed at step %d, but the last save was of step %d", seed, freed, r.Saved().Step)
		}
		wantNewest(t, seed, s, r.Saved().Step, states)
		// Another life finds and saves what it needs on what the full disk has left.
		if _, acked, err := oneLife(t, s, drawOptions(rng), rng, states, true); err != nil || acked != steps {
			t.Fatalf("seed %d: the next life: %d, %v", seed, acked, err)
		}
	}
	if failed == 0 {
		t.Error("the disk was never full")
	}
	t.Logf("in %d runs a save has failed", failed)
}

// wantNewest checks on a copy of the store that the newest checkpoint is of that step, or of a
// later one whose save was not acknowledged, and has the state that it had.
func wantNewest(t *testing.T, seed uint64, s store.Store, acked int, states []string) {
	t.Helper()
	r := open(t, copied(t, s), quiet)
	w := newWorld()
	w.protect(t, r)
	step, ok, err := r.Restore(context.Background())
	switch {
	case err != nil || !ok && acked > 0 || step < acked || step >= len(states):
		t.Fatalf("seed %d: the newest acknowledged checkpoint is of step %d; restored %d, %v, %v", seed, acked, step, ok, err)
	case ok && w.state() != states[step]:
		t.Fatalf("seed %d: step %d: restored\n%s\nwant\n%s", seed, step, w.state(), states[step])
	}
}

// copied copies a store into memory, as a restart on another machine would find it. Where a
// save in the background removes what was listed, it begins anew.
func copied(t *testing.T, s store.Store) store.Store {
	t.Helper()
	for {
		m, err := copyOnce(s)
		if err == nil {
			return m
		}
		if !errors.Is(err, store.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

func copyOnce(s store.Store) (store.Store, error) {
	ctx, m := context.Background(), store.NewMem()
	infos, err := s.List(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, info := range infos {
		in, _, err := s.Get(ctx, info.Name)
		if err != nil {
			return nil, err
		}
		err = m.Put(ctx, info.Name, func(w io.Writer) error {
			_, err := io.Copy(w, in)
			return err
		})
		if err := errors.Join(err, in.Close()); err != nil {
			return nil, err
		}
	}
	return m, nil
}
