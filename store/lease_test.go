package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// creator is a store in memory with conditional puts.
type creator struct {
	*Mem
	mu sync.Mutex
}

func (c *creator) Create(ctx context.Context, name string, write func(io.Writer) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r, _, err := c.Get(ctx, name); err == nil {
		_ = r.Close()
		return fs.ErrExist
	}
	return c.Put(ctx, name, write)
}

func takeLease(t *testing.T, s Store) (Lock, error) {
	t.Helper()
	return Acquire(context.Background(), s, "run", nil)
}

func blobs(t *testing.T, s Store) string {
	t.Helper()
	list, err := s.List(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(list)
}

func TestLeaseKeepsOthersOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &creator{Mem: NewMem()}
		first, err := takeLease(t, s)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			start := time.Now()
			var locked *LockedError
			if _, err := takeLease(t, s); !errors.As(err, &locked) || locked.Holder.PID == 0 {
				t.Fatalf("the second lease: %v", err)
			}
			if d := time.Since(start); d > leaseTime/2 {
				t.Errorf("it took %v to see that the holder lives", d)
			}
		}
		if err := errors.Join(first.Check(context.Background()), first.Release()); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		again, err := takeLease(t, s)
		if err != nil || time.Since(start) > 0 {
			t.Fatalf("after it was given back: %v, after %v", err, time.Since(start))
		}
		if err := again.Release(); err != nil {
			t.Fatal(err)
		}
		if got := blobs(t, s); got != "[]" {
			t.Errorf("left %s", got)
		}
	})
}

// A holder that does not renew is superseded after a minute, and learns of it.
func TestLeaseOfADeadHolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &creator{Mem: NewMem()}
		dead, err := takeLease(t, s)
		if err != nil {
			t.Fatal(err)
		}
		dead.(*lease).stop()
		var winners, losers []error
		var mu sync.Mutex
		var all sync.WaitGroup
		var locks []Lock
		start := time.Now()
		for range 5 {
			all.Go(func() {
				l, err := takeLease(t, s)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					losers = append(losers, err)
					return
				}
				winners, locks = append(winners, err), append(locks, l)
			})
		}
		all.Wait()
		if len(winners) != 1 || len(losers) != 4 || !errors.Is(errors.Join(losers...), ErrLocked) {
			t.Fatalf("%d leases at once; %v", len(winners), losers)
		}
		if d := time.Since(start); d < leaseTime || d > 2*leaseTime {
			t.Errorf("it was superseded after %v", d)
		}
		if err := dead.Check(context.Background()); !errors.Is(err, ErrLocked) {
			t.Errorf("the superseded holder: Check = %v", err)
		}
		if err := errors.Join(locks[0].Check(context.Background()), dead.Release(), locks[0].Check(context.Background()), locks[0].Release()); err != nil {
			t.Error(err)
		}
		if err := dead.Check(context.Background()); !errors.Is(err, ErrLocked) {
			t.Errorf("after all: Check = %v", err)
		}
		if got := blobs(t, s); got != "[]" {
			t.Errorf("left %s", got)
		}
	})
}

// A lease is released for one that is dead, and not for one that renews it, unless it is forced.
func TestBreakClaim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		s := &creator{Mem: NewMem()}
		claim := func() Claim {
			t.Helper()
			list, err := Claims(ctx, s, "other")
			if err != nil || len(list) != 1 || list[0].Name != "run" || list[0].Holder.PID == 0 || !list[0].Lease || list[0].Gone {
				t.Fatalf("Claims = %+v, %v", list, err)
			}
			return list[0]
		}
		first, err := takeLease(t, s)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := claim().Break(ctx, false); !errors.Is(err, ErrLocked) || time.Since(start) > ClaimWatch {
			t.Fatalf("of one that lives: %v, after %v", err, time.Since(start))
		}
		if err := first.Check(ctx); err != nil {
			t.Fatal(err)
		}
		start = time.Now()
		if err := claim().Break(ctx, true); err != nil || time.Since(start) > 0 {
			t.Fatalf("forced: %v, after %v", err, time.Since(start))
		}
		if err := first.Check(ctx); !errors.Is(err, ErrLocked) {
			t.Errorf("the holder: %v", err)
		}
		if err := first.Release(); err != nil {
			t.Fatal(err)
		}
		dead, err := takeLease(t, s)
		if err != nil {
			t.Fatal(err)
		}
		dead.(*lease).stop()
		start = time.Now()
		if err := claim().Break(ctx, false); err != nil || time.Since(start) < ClaimWatch || time.Since(start) >= leaseTime {
			t.Fatalf("of a dead one: %v, after %v", err, time.Since(start))
		}
		if err := dead.Check(ctx); !errors.Is(err, ErrLocked) {
			t.Errorf("the dead one: %v", err)
		}
		if list, err := Claims(ctx, s); err != nil || len(list) != 0 || blobs(t, s) != "[]" {
			t.Errorf("left %v, %v; %s", list, err, blobs(t, s))
		}
	})
}

// A lease that is damaged is superseded like one of a dead holder.
func TestDamagedLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &creator{Mem: NewMem()}
		if err := s.Put(context.Background(), leaseName("run", 7), write("{")); err != nil {
			t.Fatal(err)
		}
		l, err := takeLease(t, s)
		if err != nil {
			t.Fatal(err)
		}
		if got := blobs(t, s); !strings.HasPrefix(got, "[{run-lock-00000008 ") {
			t.Errorf("there is %s", got)
		}
		if err := l.Release(); err != nil {
			t.Fatal(err)
		}
		if got := blobs(t, s); got != "[]" {
			t.Errorf("left %s", got)
		}
	})
}
