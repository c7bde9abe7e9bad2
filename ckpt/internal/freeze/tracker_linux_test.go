//go:build amd64 || arm64

package freeze

import (
	"math/rand/v2"
	"runtime"
	"testing"
	"unsafe"
)

func tracker(t testing.TB) *Tracker {
	t.Helper()
	k, err := NewTracker()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { k.Close() })
	return k
}

// What is told to be unchanged is, and most of what is unchanged is told, in a slice of Go's heap.
func TestTrackerFindsChanges(t *testing.T) {
	k := tracker(t)
	x := make([]byte, 300*pageSize+123)
	for i := range x {
		x[i] = 1
	}
	lo := uintptr(unsafe.Pointer(&x[0]))
	if err := k.Watch(lo, len(x)); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	stop := garbage()
	defer stop()
	for round := range 20 {
		changed := make(map[int]bool)
		for range r.IntN(200) {
			i := r.IntN(len(x))
			x[i]++
			changed[i] = true
		}
		clean := make([]bool, len(x))
		total := 0
		err := k.Clean(lo, len(x), func(addr uintptr, n int) {
			total += n
			for i := range n {
				clean[int(addr-lo)+i] = true
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range changed {
			if clean[i] {
				t.Fatalf("round %d: byte %d has changed", round, i)
			}
		}
		if least := len(x) - (len(changed)+2)*pageSize; total < least {
			t.Errorf("round %d: %d bytes are told to be unchanged, want %d at least", round, total, least)
		}
		if err := k.Protect(lo, len(x)); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Unwatch(lo, len(x)); err != nil {
		t.Fatal(err)
	}
	if err := k.Clean(lo, len(x), func(uintptr, int) { t.Error("memory that is not watched is told to be unchanged") }); err != nil {
		t.Fatal(err)
	}
	runtime.KeepAlive(x)
}

// A stretch without a whole page has nothing to be told.
func TestTrackerSmall(t *testing.T) {
	k := tracker(t)
	x := make([]byte, 100)
	lo := uintptr(unsafe.Pointer(&x[0]))
	if err := k.Watch(lo, len(x)); err != nil {
		t.Error(err)
	}
	if err := k.Clean(lo, len(x), func(uintptr, int) { t.Error("a part of a page is told to be unchanged") }); err != nil {
		t.Error(err)
	}
	if err := k.Unwatch(lo, len(x)); err != nil {
		t.Error(err)
	}
	runtime.KeepAlive(x)
}
