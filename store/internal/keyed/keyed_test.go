package keyed

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

func TestLocks(t *testing.T) {
	var k Locks
	counts := map[string]*int{"a": new(int), "b": new(int)}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				for name, n := range counts {
					release, err := k.Take(t.Context(), name)
					if err != nil {
						t.Error(err)
						return
					}
					*n++
					release()
				}
			}
		})
	}
	wg.Wait()
	if *counts["a"] != 1600 || *counts["b"] != 1600 || len(k.held) != 0 {
		t.Errorf("counted %d and %d; %d locks are held", *counts["a"], *counts["b"], len(k.held))
	}
	release, err := k.Take(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := k.Take(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Take = %v", err)
	}
	release()
	if len(k.held) != 0 {
		t.Errorf("%d locks are held", len(k.held))
	}
}
