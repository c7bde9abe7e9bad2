package ckpt

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cairn-ad/cairn/store"
)

// solver is an iteration that calls back, of n iterations in all lives.
func solver(t *testing.T, s store.Store, o Options, ctx context.Context, n, die int) (*sum, *Run, error) {
	t.Helper()
	r := open(t, s, o)
	x := new(sum)
	x.protect(t, r)
	step, _, err := r.Restore(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for step < n {
		x.step(step)
		step++
		if step == die {
			return x, r, nil
		}
		if err := r.Tick(ctx, step); err != nil {
			return x, r, err
		}
	}
	return x, r, r.Save(ctx, step)
}

func TestTickSavesWhenDueAndResumes(t *testing.T) {
	want := uninterrupted(0, 20)
	for die := range 21 {
		s := store.NewMem()
		_, _, err := solver(t, s, every(3, 99), context.Background(), 20, die)
		if err != nil {
			t.Fatal(err)
		}
		x, r, err := solver(t, s, every(3, 99), context.Background(), 20, -1)
		if err != nil || r.Err() != nil || r.Close() != nil {
			t.Fatal(err, r.Err())
		}
		if x.count != 20 || x.x[2] != want.x[2] {
			t.Errorf("died after %d: %v, want %v", die, x, want)
		}
		if die == 20 && !strings.HasPrefix(listed(t, s), "00000001-step-3 00000002-step-6 00000003-step-9") {
			t.Errorf("saved %s", listed(t, s))
		}
	}
}

func TestTickEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	s := store.NewMem()
	o := every(100, 9)
	o.Hooks.BeforeSave = func(ctx context.Context, _ int) error { return ctx.Err() } // that has not ended
	r := open(t, s, o)
	x := new(sum)
	x.protect(t, r)
	if _, _, err := r.Restore(ctx); err != nil {
		t.Fatal(err)
	}
	x.step(0)
	if err := r.Tick(ctx, 1); err != nil {
		t.Fatal(err)
	}
	x.step(1)
	cause := errors.New("preempted")
	cancel(cause)
	for range 2 { // it saves once
		err := r.Tick(ctx, 2)
		if !errors.Is(err, context.Canceled) || !errors.Is(err, cause) || !errors.Is(r.Err(), cause) {
			t.Errorf("Tick = %v, Err = %v", err, r.Err())
		}
	}
	if got := listed(t, s); got != "00000001-step-2" {
		t.Errorf("saved %s", got)
	}
}

func TestTickBeforeTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow(200 * time.Millisecond)
		r := open(t, s, Options{Logger: quiet.Logger, Every: 1000, Deadline: time.Now().Add(time.Minute), Slack: time.Second})
		var x int
		protect(t, r, "x", &x)
		if _, _, err := r.Restore(context.Background()); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		var err error
		for err == nil {
			time.Sleep(time.Second)
			x++
			err = r.Tick(context.Background(), x)
		}
		took := time.Since(began)
		if !errors.Is(err, ErrDeadline) || !errors.Is(r.Err(), ErrDeadline) || r.Saved().Step != x || took > 59*time.Second || took < 50*time.Second {
			t.Errorf("ended after %v at step %d, saved %+v: %v", took, x, r.Saved(), err)
		}
	})
}

func TestTickIntervalCountsFromTheRestore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := store.NewMem()
		r := open(t, s, Options{Logger: quiet.Logger, Interval: 10 * time.Second})
		var x int
		protect(t, r, "x", &x)
		if _, _, err := r.Restore(context.Background()); err != nil {
			t.Fatal(err)
		}
		for step := range 25 {
			time.Sleep(time.Second)
			if err := r.Tick(context.Background(), step+1); err != nil {
				t.Fatal(err)
			}
		}
		if got := listed(t, s); got != "00000001-step-10 00000002-step-20" {
			t.Errorf("saved %s", got)
		}
	})
}

func TestTickRefuses(t *testing.T) {
	ctx := context.Background()
	var x int
	r := open(t, store.NewMem(), quiet)
	protect(t, r, "x", &x)
	if err := r.Tick(ctx, 1); err == nil || !strings.Contains(err.Error(), "call Restore") {
		t.Errorf("without Restore: %v", err)
	}
	for range r.Steps(ctx, 1) {
		if err := r.Tick(ctx, 1); err == nil || !strings.Contains(err.Error(), "drives a loop") {
			t.Errorf("in a loop: %v", err)
		}
	}
	r = open(t, store.NewMem(), quiet)
	if _, _, err := r.Restore(ctx); err != nil {
		t.Fatal(err)
	}
	if err := r.Tick(ctx, 1); err != nil {
		t.Fatal(err)
	}
	for range r.Steps(ctx, 3) {
		t.Error("a step after Tick")
	}
	if r.Err() == nil {
		t.Error("Err is nil")
	}
	r = open(t, store.NewMem(), quiet)
	_ = r.Protect("x", 1)
	if err := r.Tick(ctx, 1); err == nil || !strings.Contains(err.Error(), "could not be protected") {
		t.Errorf("Tick = %v", err)
	}
}

func TestTickGoesOnWithoutACheckpoint(t *testing.T) {
	s := slow(0)
	s.fail = true
	_, r, err := solver(t, s, every(2, 9), context.Background(), 6, -1)
	if err == nil || !errors.Is(r.Err(), ErrSave) || !strings.Contains(r.Err().Error(), "3 times between steps 2 and 6") {
		t.Errorf("Save = %v, Err = %v", err, r.Err())
	}
}

func TestTickAfterTheDeadline(t *testing.T) {
	r := open(t, store.NewMem(), Options{Logger: quiet.Logger, Deadline: time.Now().Add(-time.Second)})
	x := 1
	protect(t, r, "x", &x)
	if _, _, err := r.Restore(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := r.Tick(context.Background(), 1); !errors.Is(err, ErrDeadline) || r.Saved().Step != 1 || !errors.Is(r.Err(), ErrDeadline) {
		t.Errorf("Tick = %v, saved %+v", err, r.Saved())
	}
}

// Between two calls of Tick lies a step, without the save that the first one made.
func TestTickIsTuned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow(100 * time.Millisecond)
		r := open(t, s, Options{Logger: quiet.Logger, Overhead: 0.1, Mode: ModeSync})
		var x int
		protect(t, r, "x", &x)
		if _, _, err := r.Restore(context.Background()); err != nil {
			t.Fatal(err)
		}
		for range 400 {
			time.Sleep(100 * time.Millisecond)
			x++
			if err := r.Tick(context.Background(), x); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		got, ok := r.Tuning()
		if !ok || got.Step != 0.1 || got.Steps != 11 || r.Saved().Saves < 30 || r.Saved().Saves > 40 {
			t.Errorf("%+v, %d saves", got, r.Saved().Saves)
		}
	})
}
