package ckpt

import (
	"context"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cairn-ad/cairn/ckpt/interval"
	"github.com/cairn-ad/cairn/store"
)

// slowStore takes a time for every data file.
type slowStore struct {
	store.Store
	put  func() time.Duration
	fail bool
}

func (s *slowStore) Put(ctx context.Context, name string, write func(io.Writer) error) error {
	if strings.HasSuffix(name, dataSuffix) {
		time.Sleep(s.put())
	}
	if s.fail {
		return errors.New("the disk is full")
	}
	return s.Store.Put(ctx, name, write)
}

func slow(d time.Duration) *slowStore {
	return &slowStore{Store: store.NewMem(), put: func() time.Duration { return d }}
}

// tune runs n steps of a length, and returns the run and the steps at which it saved.
func tune(t *testing.T, s store.Store, o Options, n int, step time.Duration) (*Run, []int) {
	t.Helper()
	o.Logger, o.Keep = quiet.Logger, 1000
	if o.Mode == ModeAuto {
		o.Mode = ModeSync
	}
	r := open(t, s, o)
	x := new(sum)
	x.protect(t, r)
	var at []int
	saves := 0
	for i := range r.Steps(context.Background(), n) {
		if r.Saved().Saves > saves {
			saves = r.Saved().Saves
			at = append(at, r.Saved().Step)
		}
		x.step(i)
		time.Sleep(step)
	}
	if r.Saved().Saves > saves {
		at = append(at, r.Saved().Step)
	}
	return r, at
}

func TestTunedLoop(t *testing.T) {
	for _, c := range []struct {
		name  string
		o     Options
		limit interval.Limit
		want  []int
	}{
		{"overhead", Options{Overhead: 0.05}, interval.LimitOverhead, []int{5, 52, 98, 100}}, // 2 s / (0.97 · 0.05 · 1 s) = 41.2, and 0.15 of the debts
		{"MTBF", Options{MTBF: 225 * time.Second}, interval.LimitDaly, []int{5, 34, 63, 92, 100}},
		{"RPO", Options{RPO: 22 * time.Second}, interval.LimitRPO, []int{5, 25, 45, 65, 85, 100}},
		{"storage", Options{StoragePerHour: 1}, interval.LimitStorage, []int{5, 100}},
		{"besides Every", Options{StoragePerHour: 1, Every: 40}, interval.LimitStorage, []int{5, 45, 85, 100}},
	} {
		synctest.Test(t, func(t *testing.T) {
			r, at := tune(t, slow(2*time.Second), c.o, 100, time.Second)
			got, ok := r.Tuning()
			if r.Err() != nil || !ok || got.Limit != c.limit || got.Step != 1 || got.Stall != 2 {
				t.Errorf("%s: %+v, Err %v", c.name, got, r.Err())
			}
			if !reflect.DeepEqual(at, c.want) {
				t.Errorf("%s: saved at %v, want %v", c.name, at, c.want)
			}
		})
	}
}

// A loop that is not tuned has no tuner, and its checkpoints say nothing of costs.
func TestUntunedLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow(0)
		r, at := tune(t, s, Options{Every: 30}, 100, time.Second)
		if _, ok := r.Tuning(); ok || !reflect.DeepEqual(at, []int{30, 60, 90, 100}) {
			t.Errorf("saved at %v, tuning %v", at, ok)
		}
		in, size, err := s.Get(context.Background(), "run-00000001-step-30.ckpt")
		if err != nil {
			t.Fatal(err)
		}
		f, err := decode(context.Background(), s, "run-00000001-step-30.ckpt", in, size, 0)
		if err != nil || f.costs != nil {
			t.Errorf("costs %v, %v", f.costs, err)
		}
	})
}

// The next life knows the costs from its first step.
func TestCostsSurvive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow(2 * time.Second)
		tune(t, s, Options{MTBF: 225 * time.Second}, 100, time.Second)
		r, at := tune(t, s, Options{MTBF: 225 * time.Second}, 170, time.Second)
		if want := []int{129, 158, 170}; !reflect.DeepEqual(at, want) || r.Err() != nil {
			t.Errorf("saved at %v, want %v, %v", at, want, r.Err())
		}
	})
}

// The last save is done before the deadline, and the next life goes on from it.
func TestLoopEndsBeforeTheDeadline(t *testing.T) {
	for _, o := range []Options{
		{},
		{Every: 1000},
		{MTBF: time.Hour},
		{Mode: ModeTwoPhase},
		{Mode: ModeTwoPhase, MTBF: time.Minute},
		{Mode: ModeTwoPhase, Every: 1, InFlight: 3},
		{Mode: ModeTwoPhase, Every: 1, SkipBusy: true},
	} {
		synctest.Test(t, func(t *testing.T) {
			o.Deadline, o.Slack = time.Now().Add(100*time.Second), 5*time.Second
			s := slow(4 * time.Second)
			r, at := tune(t, s, o, 1000, time.Second)
			left := time.Until(o.Deadline)
			if !errors.Is(r.Err(), ErrDeadline) || r.Finished() || errors.Is(r.Err(), ErrSave) {
				t.Fatalf("Err %v", r.Err())
			}
			// 100 − 5 − 1.5 · 4 = 89 is when it begins, 93 when it is done.
			// In the background none is begun that would be in the way of the last one.
			most := 8 * time.Second
			if o.Mode == ModeTwoPhase {
				most += time.Duration(4*max(o.InFlight, 1)) * 4 * time.Second / 3
			}
			if left < 5*time.Second || left > most {
				t.Errorf("%+v: %v were left; saved at %v", o, left, at)
			}
			o.Deadline = time.Time{}
			o.Slack = 0
			next, _ := tune(t, s, o, 100, time.Second)
			if next.Err() != nil || !next.Finished() {
				t.Error(next.Err())
			}
		})
	}
}

// A loop that ends before the deadline is not stopped.
func TestLoopIsDoneBeforeTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := tune(t, slow(time.Second), Options{Every: 1000, Deadline: time.Now().Add(100 * time.Second)}, 95, time.Second)
		if r.Err() != nil || !r.Finished() {
			t.Error(r.Err())
		}
	})
}

// A last save that fails is tried again after every step.
func TestLastSaveFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow(time.Second)
		deadline := time.Now().Add(100 * time.Second)
		s.put = func() time.Duration {
			s.fail = time.Until(deadline) > 2*time.Second && time.Until(deadline) < 50*time.Second
			return time.Second / 2
		}
		r, at := tune(t, s, Options{Deadline: deadline, Slack: 10 * time.Second}, 1000, time.Second)
		if !errors.Is(r.Err(), ErrDeadline) || !errors.Is(r.Err(), ErrSave) || time.Until(deadline) < 0 {
			t.Errorf("%v; %v left, saved at %v", r.Err(), time.Until(deadline), at)
		}
	})
}

func TestDeadlineHasPassed(t *testing.T) {
	r, _ := tune(t, store.NewMem(), Options{Deadline: time.Now().Add(-time.Hour)}, 10, 0)
	if !errors.Is(r.Err(), ErrDeadline) || r.Saved().Saves > 0 {
		t.Error(r.Err())
	}
}

func TestTuningOptionsAreChecked(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Overhead: -1}, "Overhead"},
		{Options{Overhead: math.NaN()}, "Overhead"},
		{Options{Overhead: 3.5}, "Overhead"},
		{Options{MTBF: -1}, "MTBF"},
		{Options{RPO: -1}, "RPO"},
		{Options{StoragePerHour: -1}, "StoragePerHour"},
		{Options{Slack: -1, Deadline: time.Now()}, "Slack"},
		{Options{Slack: 1}, "Deadline"},
		{Options{Recovery: 1}, "MTBF"},
	} {
		if _, err := OpenStore(store.NewMem(), c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
}
