package freeze

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"
)

func arena(t testing.TB, limit int) *Arena {
	t.Helper()
	a, err := NewArena(limit)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func words(b []byte) []uint64 { return unsafe.Slice((*uint64)(unsafe.Pointer(&b[0])), len(b)/8) }

// What is read is what was there when the arena was frozen, however many goroutines write
// to it meanwhile, while garbage is collected, on one processor and on several.
func TestArenaFreezes(t *testing.T) {
	a := arena(t, 64<<20)
	var parts [][]uint64
	for _, n := range []int{3 * Unit, 8, 5*Unit + 4096 + 8, 20 * Unit} {
		b, err := a.Alloc(n)
		if err != nil {
			t.Fatal(err)
		}
		if !a.Contains(address(b), n) || a.Contains(address(b), 64<<20) {
			t.Error("Contains is wrong")
		}
		parts = append(parts, words(b))
	}
	for _, procs := range []int{1, 2, 8} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		stop := garbage()
		for round := range uint64(12) {
			for k, x := range parts {
				for i := range x {
					x[i] = round<<40 + uint64(k)<<32 + uint64(i)
				}
			}
			if err := a.Freeze(); err != nil {
				t.Fatal(err)
			}
			if err := a.Freeze(); err == nil {
				t.Fatal("it was frozen twice")
			}
			var wait sync.WaitGroup
			for w := range 8 {
				wait.Go(func() {
					for _, x := range parts {
						for i := range x {
							if j := (i*(2*w+1) + w) % len(x); j%8 == w {
								x[j] = ^uint64(0)
							}
						}
					}
				})
			}
			for range 2 { // also after it was written to
				for k, x := range parts {
					got := make([]byte, 8*len(x))
					lo := uintptr(unsafe.Pointer(&x[0]))
					for from, step := 0, 8; from < len(got); from, step = from+step, 3*step+8 {
						to := min(from+step, len(got))
						if err := a.Read(got[from:to], lo+uintptr(from)); err != nil {
							t.Fatal(err)
						}
					}
					for i, y := range words(got) {
						if y != round<<40+uint64(k)<<32+uint64(i) {
							t.Fatalf("%d processors, round %d: element %d of part %d is %#x", procs, round, i, k, y)
						}
					}
				}
				wait.Wait()
			}
			if err := a.Thaw(); err != nil {
				t.Fatal(err)
			}
		}
		stop()
	}
}

// A system call may write to a frozen arena.
func TestArenaAndSystemCalls(t *testing.T) {
	a := arena(t, 1<<20)
	b, err := a.Alloc(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	name := t.TempDir() + "/x"
	if err := os.WriteFile(name, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range b {
		b[i] = 7
	}
	if err := a.Freeze(); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n, err := f.Read(b); n != 1<<20 || err != nil {
		t.Fatal(n, err)
	}
	got := make([]byte, 1<<20)
	if err := a.Read(got, address(b)); err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if got[i] != 7 || b[i] != 0 {
			t.Fatalf("byte %d: %d is read, %d is there", i, got[i], b[i])
		}
	}
}

// Memory that was set aside is given back, and no thread is left of a closed arena.
func TestArenaGivesBack(t *testing.T) {
	threads := func() int {
		list, err := os.ReadDir("/proc/self/task")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	a, err := NewArena(32 << 20)
	if err != nil {
		t.Skip(err)
	}
	with := threads()
	b, err := a.Alloc(32 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Alloc(1); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "no room") {
		t.Errorf("error %v, want one that says there is no room", err)
	}
	if err := a.Freeze(); err != nil {
		t.Fatal(err)
	}
	for i := range b {
		b[i] = 1
	}
	if n := resident(t, a.side); n < 32<<20 {
		t.Errorf("%d bytes were set aside", n)
	}
	if err := a.Thaw(); err != nil {
		t.Fatal(err)
	}
	if n := resident(t, a.side); n > 0 {
		t.Errorf("%d bytes are still aside", n)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	for deadline := time.Now().Add(10 * time.Second); threads() >= with; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d threads, %d with the arena", threads(), with)
		}
	}
}
