package ckpt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/cairn-ad/cairn/store"
)

// set returns t as a clock shows it that has been set by whole seconds: its wall time is
// another one, its monotonic part is the same. There is no other way to make such a time than
// to write into it; the layout is that of package time, and checked by TestSetClock.
func set(t time.Time, by time.Duration) time.Time {
	const monotonic = 1 << 63
	wall := (*uint64)(unsafe.Pointer(&t))
	if *wall&monotonic == 0 {
		panic("the time has no monotonic part")
	}
	*wall += uint64(by/time.Second) << 30
	return t
}

func TestSetClock(t *testing.T) {
	for _, by := range []time.Duration{time.Second, -3 * time.Hour, 20 * 365 * 24 * time.Hour} {
		a := time.Now()
		b := set(a, by)
		if b.Sub(a) != 0 || b.Round(0).Sub(a.Round(0)) != by {
			t.Fatalf("%v and %v, set by %v", a, b, by)
		}
	}
}

// wallClock is a clock that goes when the test says so, and is set now and then.
type wallClock struct {
	base time.Time
	gone time.Duration
	rng  *rand.Rand // nil: it is never set
	by   time.Duration
}

func (c *wallClock) now() time.Time {
	if c.rng != nil && c.rng.IntN(5) == 0 {
		c.by = time.Duration(c.rng.Int64N(20*365*24*3600)-10*365*24*3600) * time.Second
	}
	return set(c.base.Add(c.gone), c.by)
}

// clockStore is a store whose saves take time on a clock.
type clockStore struct {
	store.Store
	clock *wallClock
}

func (s *clockStore) Put(ctx context.Context, name string, write func(w io.Writer) error) error {
	s.clock.gone += 3 * time.Second
	return s.Store.Put(ctx, name, write)
}

// The wall clock is set back and forth at random, by up to ten years, while a loop runs and
// between its lives: saves come at the very steps at which they come without that, no
// restore takes an older state, and the loop ends at the same step before its deadline.
func TestClockJumps(t *testing.T) {
	for i := range faultCount(200, 5000) {
		seed := uint64(i)
		quietly := jumpingLives(t, seed, false)
		jumping := jumpingLives(t, seed, true)
		if quietly != jumping {
			t.Fatalf("seed %d: with a steady clock:\n%s\nwith jumps:\n%s", seed, quietly, jumping)
		}
		if strings.Count(quietly, "saved") < 3 {
			t.Fatalf("seed %d: hardly anything was saved:\n%s", seed, quietly)
		}
	}
}

// jumpingLives runs the lives of a loop and tells what happened.
func jumpingLives(t *testing.T, seed uint64, jumps bool) string {
	t.Helper()
	var log strings.Builder
	rng := rand.New(rand.NewPCG(seed, 9))
	clock := &wallClock{base: time.Now()}
	if jumps {
		clock.rng = rand.New(rand.NewPCG(seed, 10))
	}
	s := &clockStore{store.NewMem(), clock}
	const n = 80
	for life := 1; life < 50; life++ {
		r := open(t, s, clockOptions(rng, clock))
		r.opts.now = clock.now
		x := new(sum)
		x.protect(t, r)
		saves, stop := 0, rng.IntN(4*n)
		for i := range r.Steps(context.Background(), n) {
			if saved := r.Saved(); saved.Saves != saves {
				saves = saved.Saves
				fmt.Fprintf(&log, "life %d saved step %d\n", life, saved.Step)
			}
			if want := uninterrupted(0, i); !reflect.DeepEqual(x, want) && i > 0 {
				t.Fatalf("seed %d: life %d has begun step %d with %+v, not %+v", seed, life, i, x, want)
			}
			if i == stop {
				break
			}
			clock.gone += time.Duration(20+rng.IntN(20)) * time.Second
			x.step(i)
		}
		err := r.Err()
		if err != nil && !errors.Is(err, ErrDeadline) {
			t.Fatalf("seed %d: %v", seed, err)
		}
		fmt.Fprintf(&log, "life %d saved step %d at last, deadline %v, %d blobs\n", life, r.Saved().Step, err != nil, count(t, s))
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if r.Finished() {
			break
		}
	}
	return log.String()
}

// clockOptions draws one way to save by time or by steps.
func clockOptions(rng *rand.Rand, clock *wallClock) Options {
	o := quiet
	o.Mode, o.Keep = ModeSync, 1+rng.IntN(3)
	switch rng.IntN(4) {
	case 0:
		o.Interval = time.Duration(1+rng.IntN(5)) * time.Minute
	case 1:
		o.Every = 1 + rng.IntN(20)
	case 2:
		o.MTBF = time.Duration(1+rng.IntN(20)) * time.Minute
	case 3:
		o.RPO = time.Duration(1+rng.IntN(10)) * time.Minute
	}
	if rng.IntN(3) == 0 {
		o.Deadline = clock.now().Add(time.Duration(10+rng.IntN(30)) * time.Minute)
	}
	return o
}

func count(t *testing.T, s store.Store) int {
	t.Helper()
	list, err := s.List(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
