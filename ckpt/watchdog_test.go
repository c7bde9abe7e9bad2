package ckpt

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cairn-ad/cairn/store"
	"github.com/cairn-ad/cairn/store/faultstore"
)

// notes is a log that may be read while it is written.
type notes struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

func (n *notes) options(o Options) Options {
	o.Logger = slog.New(slog.NewTextHandler(n, nil))
	return o
}

// A sync that hangs is told while it hangs, again after twice the time, and once it has
// returned; the loop then goes on, and nothing is lost.
func TestWatchdogSpeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plan := faultstore.NewPlan(faultstore.Fault{Op: faultstore.Sync, N: 2, Delay: 75 * time.Minute})
		s := dirStore(t, t.TempDir(), plan)
		var log notes
		r := open(t, s, log.options(every(2, 9)))
		x := new(sum)
		x.protect(t, r)
		go func() {
			for _, c := range []struct {
				after time.Duration
				want  int
			}{{9 * time.Minute, 0}, {2 * time.Minute, 1}, {8 * time.Minute, 1}, {2 * time.Minute, 2}, {40 * time.Minute, 3}} {
				time.Sleep(c.after)
				if got := strings.Count(log.String(), "does not return"); got != c.want {
					t.Errorf("it was told %d times, want %d:\n%s", got, c.want, log.String())
				}
				if err := r.Err(); (err != nil) != (c.want > 0) || err != nil && (!errors.Is(err, ErrSave) || !strings.Contains(err.Error(), "the save of step 2 has not returned for")) {
					t.Errorf("Err = %v", err)
				}
			}
		}()
		for i := range r.Steps(context.Background(), 9) {
			x.step(i)
		}
		if !reflect.DeepEqual(x, uninterrupted(0, 9)) || r.Err() != nil {
			t.Fatalf("the loop was disturbed: %+v, %v", x, r.Err())
		}
		if w := r.Warnings(); len(w) != 1 || !strings.Contains(w[0], "returned after 1h15m0s only, which is more than Options.Watchdog, 10m0s") {
			t.Errorf("warnings %q", w)
		}
		if !strings.Contains(log.String(), "look at the disk") || !strings.Contains(log.String(), "level=ERROR") {
			t.Error(log.String())
		}
	})
}

// In the background a sync hangs for hours: the loop waits for it until the watchdog speaks,
// then goes on without further saves, and saves again when the sync has returned.
func TestLoopGoesOnWhileASaveIsStuck(t *testing.T) {
	for _, inFlight := range []int{1, 3} {
		for _, skip := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) { stuckInBackground(t, inFlight, skip) })
		}
	}
}

func stuckInBackground(t *testing.T, inFlight int, skip bool) {
	plan := faultstore.NewPlan(faultstore.Fault{Op: faultstore.Sync, N: 5, Delay: 5 * time.Hour})
	s := dirStore(t, t.TempDir(), plan)
	var log notes
	o := log.options(every(1, 9))
	o.Mode, o.InFlight, o.SkipBusy = ModeTwoPhase, inFlight, skip
	r := open(t, s, o)
	x := new(sum)
	x.protect(t, r)
	x.step(0)
	began, during, told := time.Now(), 0, 0
	var wait time.Duration
	last := time.Now()
	for i := range r.Range(context.Background(), 1, 80) {
		wait = max(wait, time.Since(last))
		if i > 6 && time.Since(began) < 5*time.Hour {
			during++
			if errors.Is(r.Err(), ErrSave) {
				told++
			}
			if r.Saved().Saves != 2 {
				t.Errorf("step %d: %d saves while the third is stuck", i, r.Saved().Saves)
			}
		}
		time.Sleep(6 * time.Minute)
		x.step(i)
		last = time.Now()
	}
	if during < 40 || told < during-3 {
		t.Errorf("in flight %d, skip %v: %d steps were done while the save was stuck, in %d of them Err told", inFlight, skip, during, told)
	}
	if limit := 10 * time.Minute; wait > limit || skip && wait > 0 {
		t.Errorf("in flight %d, skip %v: the loop stood still for %v", inFlight, skip, wait)
	}
	if !reflect.DeepEqual(x, uninterrupted(0, 80)) || r.Err() != nil || !r.Finished() {
		t.Errorf("the loop was disturbed: %+v, %v", x, r.Err())
	}
	if skipped := r.Snapshot().Skipped; skipped < 40 {
		t.Errorf("%d saves were left out", skipped)
	}
	y := new(sum)
	z := open(t, s, quiet)
	y.protect(t, z)
	restore(t, z, 80)
	if !reflect.DeepEqual(x, y) {
		t.Errorf("restored %+v", y)
	}
}

func TestWatchdogOfARestore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem, _, _ := twoSaved(t)
		var log notes
		o := log.options(Options{Watchdog: time.Second})
		r := open(t, faultstore.New(mem, faultstore.NewPlan(faultstore.Fault{Op: faultstore.Read, N: 1, Delay: 1500 * time.Millisecond})), o)
		newSmall(0).protect(t, r)
		restore(t, r, 20)
		if got := log.String(); strings.Count(got, "the restore does not return") != 1 {
			t.Error(got)
		}
	})
}

func TestWatchdogIsSilent(t *testing.T) {
	for _, o := range []Options{{Watchdog: -1}, {Watchdog: 3 * time.Hour}} {
		synctest.Test(t, func(t *testing.T) {
			var log notes
			s := faultstore.New(store.NewMem(), faultstore.NewPlan(faultstore.Fault{Op: faultstore.Commit, N: 1, Delay: 2 * time.Hour}))
			r := open(t, s, log.options(o))
			x := new(sum)
			x.protect(t, r)
			save(t, r, 1)
			save(t, r, 2)
			if log.String() != "" || r.Err() != nil || len(r.Warnings()) > 0 {
				t.Errorf("%+v: %s", o, log.String())
			}
		})
	}
}

// The dog itself: what is stuck is told to whoever asks, by any goroutine.
func TestWatchdogTellsWhatIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &watchdog{limit: time.Minute, logger: slog.New(slog.DiscardHandler)}
		for range 3 { // watches are used again
			d.returned(d.watch(saving, 1))
		}
		barks := d.barks()
		one := d.watch(saving, 7)
		time.Sleep(30 * time.Second)
		two := d.watch(saving, 8)
		if d.err() != nil {
			t.Fatal(d.err())
		}
		<-barks
		if err := d.err(); err == nil || !strings.Contains(err.Error(), "the save of step 7 has not returned for 1m0s") || strings.Contains(err.Error(), "step 8") {
			t.Fatal(err)
		}
		<-d.barks() // closed as long as something is stuck
		time.Sleep(45 * time.Second)
		if err := d.err(); !strings.Contains(err.Error(), "step 8") {
			t.Fatal(err)
		}
		d.returned(one)
		d.returned(two)
		if d.err() != nil || len(d.warnings()) != 2 {
			t.Fatal(d.err(), d.warnings())
		}
		select {
		case <-d.barks():
			t.Fatal("nothing is stuck")
		default:
		}
		time.Sleep(time.Hour)
		if len(d.warnings()) != 2 {
			t.Fatal(d.warnings())
		}
	})
}

// Syncs and other operations hang at random for up to two hours: nothing is lost, and the
// watchdog speaks if and only if one hung for longer than it allows.
func TestStuckOperations(t *testing.T) {
	for i := range faultCount(200, 2000) {
		seed := uint64(i)
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 3))
			ops := []string{faultstore.Put, faultstore.Write, faultstore.Commit, faultstore.Ack, faultstore.List, faultstore.Delete}
			plan := new(faultstore.Plan)
			s := faultstore.New(store.NewMem(), plan)
			if seed%8 < 2 { // below a directory store, where a sync is slow
				ops = []string{faultstore.Sync, faultstore.SyncDir, faultstore.Write, faultstore.Create, faultstore.Rename, faultstore.Remove, faultstore.ReadDir}
				s = dirStore(t, t.TempDir(), plan)
			}
			longest := time.Duration(0)
			for range 1 + rng.IntN(3) {
				d := time.Duration(1 + rng.Int64N(int64(2*time.Hour)))
				plan.Add(faultstore.Fault{Op: ops[rng.IntN(len(ops))], N: 3 + rng.IntN(16), Delay: d})
			}
			var log notes
			o := log.options(every(1+rng.IntN(3), 1+rng.IntN(3)))
			o.Watchdog, o.Mode = time.Hour, ModeSync
			if seed%2 == 1 {
				o.Mode = ModeTwoPhase // the loop does not wait, so its time tells nothing of the saves
			}
			r := open(t, s, o)
			x := new(sum)
			x.protect(t, r)
			last := time.Now()
			const n = 8
			for i := range r.Steps(context.Background(), n) {
				longest = max(longest, time.Since(last))
				x.step(i)
				last = time.Now()
			}
			longest = max(longest, time.Since(last))
			if !reflect.DeepEqual(x, uninterrupted(0, n)) || r.Err() != nil || !r.Finished() {
				t.Fatalf("seed %d: %+v, Err %v", seed, x, r.Err())
			}
			// A save and the removal after it are watched one by one.
			if spoke := strings.Contains(log.String(), "does not return"); o.Mode == ModeSync && (spoke && longest <= time.Hour || !spoke && longest > 2*time.Hour) {
				t.Fatalf("seed %d: the longest save took %v, and the log is\n%s", seed, longest, log.String())
			}
			y := new(sum)
			z := open(t, s, quiet)
			y.protect(t, z)
			restore(t, z, n)
			if !reflect.DeepEqual(x, y) {
				t.Fatalf("seed %d: restored %+v", seed, y)
			}
		})
	}
}
