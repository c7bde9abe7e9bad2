package ckpt

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/cairn-ad/cairn/store"
)

// hookLog notes the calls of hooks, which may fail at a step.
type hookLog struct {
	calls      []string
	failBefore int
	failAfter  int
	failRest   bool
}

var errInk = errors.New("no ink")

func (l *hookLog) hooks() Hooks {
	fail := func(at, step int) error {
		if at == step {
			return errInk
		}
		return nil
	}
	return Hooks{
		BeforeSave: func(_ context.Context, step int) error {
			l.calls = append(l.calls, fmt.Sprint("before ", step))
			return fail(l.failBefore, step)
		},
		AfterSave: func(_ context.Context, s Saved) error {
			l.calls = append(l.calls, fmt.Sprint("after ", s.Step, " number ", s.Saves))
			return fail(l.failAfter, s.Step)
		},
		AfterRestore: func(_ context.Context, step int) error {
			l.calls = append(l.calls, fmt.Sprint("restored ", step))
			if l.failRest {
				return errInk
			}
			return nil
		},
	}
}

func hookedRun(t *testing.T, s store.Store, l *hookLog) (x *sum, r *Run) {
	t.Helper()
	o := every(2, 9)
	o.Hooks = l.hooks()
	r = open(t, s, o)
	x = new(sum)
	x.protect(t, r)
	return x, r
}

func TestHooksAreCalled(t *testing.T) {
	s, l := store.NewMem(), &hookLog{failBefore: -1, failAfter: -1}
	for _, stop := range []int{3, 9} {
		x, r := hookedRun(t, s, l)
		for i := range r.Steps(context.Background(), 6) {
			if i == stop {
				break
			}
			x.step(i)
		}
		if r.Err() != nil {
			t.Error(r.Err())
		}
	}
	want := "before 2, after 2 number 1, restored 2, before 4, after 4 number 1, before 6, after 6 number 2"
	if got := strings.Join(l.calls, ", "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What a hook does to the variables before a save is saved, and what it does after a
// restore stays.
func TestHooksChangeVariables(t *testing.T) {
	s := store.NewMem()
	var text string
	var number int
	o := quiet
	o.Hooks = Hooks{
		BeforeSave:   func(context.Context, int) error { text = fmt.Sprint(number); return nil },
		AfterRestore: func(context.Context, int) error { _, err := fmt.Sscan(text, &number); return err },
	}
	r := open(t, s, o)
	protect(t, r, "text", &text)
	number = 42
	save(t, r, 1)
	number, text = 0, ""
	restore(t, r, 1)
	if number != 42 {
		t.Error(number)
	}
}

func TestBeforeSaveFails(t *testing.T) {
	s, l := store.NewMem(), &hookLog{failBefore: 4, failAfter: -1}
	x, r := hookedRun(t, s, l)
	for i := range r.Steps(context.Background(), 6) {
		x.step(i)
	}
	err := r.Err()
	if !errors.Is(err, ErrSave) || !errors.Is(err, ErrHook) || !errors.Is(err, errInk) || !r.Finished() {
		t.Errorf("Err = %v", err)
	}
	if got := listed(t, s); got != "00000001-step-2 00000002-step-6" {
		t.Errorf("saved %s", got)
	}
	if got := strings.Join(l.calls, ", "); got != "before 2, after 2 number 1, before 4, before 6, after 6 number 2" {
		t.Error(got)
	}
}

func TestAfterSaveFails(t *testing.T) {
	s, l := store.NewMem(), &hookLog{failBefore: -1, failAfter: 4}
	x, r := hookedRun(t, s, l)
	for i := range r.Steps(context.Background(), 6) {
		x.step(i)
	}
	err := r.Err()
	if errors.Is(err, ErrSave) || !errors.Is(err, ErrHook) || !errors.Is(err, errInk) || !r.Finished() {
		t.Errorf("Err = %v", err)
	}
	if !strings.Contains(err.Error(), "step 4 was saved, and then") {
		t.Errorf("Err = %v", err)
	}
	if got := listed(t, s); got != "00000001-step-2 00000002-step-4 00000003-step-6" {
		t.Errorf("saved %s", got)
	}
}

func TestAfterRestoreFails(t *testing.T) {
	s, l := store.NewMem(), &hookLog{failBefore: -1, failAfter: -1, failRest: true}
	x, r := hookedRun(t, s, l)
	x.step(0)
	save(t, r, 1)
	y, q := hookedRun(t, s, l)
	if step, ok, err := q.Restore(context.Background()); step != 1 || !ok || !errors.Is(err, ErrHook) || y.count != 1 {
		t.Errorf("Restore = %d, %v, %v", step, ok, err)
	}
	_, q = hookedRun(t, s, l)
	for range q.Steps(context.Background(), 3) {
		t.Error("a step")
	}
	if err := q.Err(); !errors.Is(err, ErrHook) || errors.Is(err, ErrSave) {
		t.Errorf("Err = %v", err)
	}
}

// A hook that calls the run is refused in every way, and told so.
func TestHooksThatCallTheRun(t *testing.T) {
	ctx := context.Background()
	var r *Run
	var x int
	calls := map[string]func() error{
		"Save":    func() error { return r.Save(ctx, 9) },
		"Restore": func() error { _, _, err := r.Restore(ctx); return err },
		"Tick":    func() error { return r.Tick(ctx, 9) },
		"Protect": func() error { return r.Protect("y", new(int)) },
		"Close":   func() error { return r.Close() },
		"Steps": func() error {
			for range r.Steps(ctx, 3) {
				t.Error("a step")
			}
			return r.Err()
		},
	}
	for name, call := range calls {
		check := func() {
			if err := call(); !errors.Is(err, errBusy) {
				t.Errorf("%s = %v", name, err)
			}
		}
		o := quiet
		o.Hooks.BeforeSave = func(context.Context, int) error { check(); return nil }
		o.Hooks.AfterSave = func(context.Context, Saved) error { check(); return nil }
		o.Hooks.AfterRestore = func(context.Context, int) error { check(); return nil }
		s := store.NewMem()
		r = open(t, s, o)
		protect(t, r, "x", &x)
		if err := r.Save(ctx, 1); name == "Protect" {
			if err == nil {
				t.Error("a save without a variable that was to be protected")
			}
			continue
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := listed(t, s); got != "00000001-step-1" {
			t.Errorf("%s: saved %s", name, got)
		}
		restore(t, r, 1)
	}
}

// A hook's panic is the program's, and leaves a run that can go on.
func TestHookPanics(t *testing.T) {
	o := quiet
	n := 0
	o.Hooks.BeforeSave = func(context.Context, int) error {
		if n++; n == 1 {
			panic("ink")
		}
		return nil
	}
	r := open(t, store.NewMem(), o)
	func() {
		defer func() {
			if recover() != "ink" {
				t.Error("no panic")
			}
		}()
		_ = r.Save(context.Background(), 1)
	}()
	save(t, r, 2)
}

// Other goroutines may look at a run while its loop goes on.
func TestLookingAtARunThatRuns(t *testing.T) {
	x, r := hookedRun(t, store.NewMem(), &hookLog{failBefore: 20, failAfter: 30})
	stop, look := make(chan struct{}), sync.WaitGroup{}
	for range 2 {
		look.Go(func() {
			for last := 0; ; {
				select {
				case <-stop:
					return
				default:
				}
				s := r.Saved()
				if s.Saves < last || s.Saves > 0 && s.Elements != 4 {
					t.Errorf("%+v after %d", s, last)
				}
				last = s.Saves
				_ = r.Warnings()
				_ = r.Err()
				_ = r.Finished()
			}
		})
	}
	for i := range r.Steps(context.Background(), 100) {
		x.step(i)
	}
	close(stop)
	look.Wait()
	if !r.Finished() || !errors.Is(r.Err(), ErrSave) || !errors.Is(r.Err(), ErrHook) {
		t.Errorf("Err = %v", r.Err())
	}
}
