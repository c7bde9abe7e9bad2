//go:build amd64 || arm64

package ckpt

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"github.com/cairn-ad/cairn/ckpt/internal/freeze"
	"github.com/cairn-ad/cairn/store"
)

// scans skips a test where the system cannot tell changed pages.
func scans(t testing.TB) {
	t.Helper()
	k, err := freeze.NewTracker()
	if err != nil {
		t.Skip(err)
	}
	k.Close()
}

// wantState compares what the newest checkpoint holds with the variables.
func wantState(t *testing.T, r *Run, step int, want ...[]float64) {
	t.Helper()
	ctx := context.Background()
	entries, err := r.list(ctx)
	if err != nil {
		t.Fatal(err)
	}
	in, size, err := r.store.Get(ctx, entries[0].name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := decode(ctx, r.store, entries[0].name, in, size, 0)
	if err != nil || f.step != step {
		t.Fatalf("step %d: %v", step, err)
	}
	for i, rec := range f.records {
		if !bytes.Equal(slices.Concat(rec.payload...), memoryOf(want[i])) {
			t.Fatalf("step %d: variable %q is not what it was", step, rec.Name)
		}
	}
	if err := errors.Join(in.Close(), f.release()); err != nil {
		t.Fatal(err)
	}
}

// moody is a store that fails now and then.
type moody struct {
	store.Store
	fails atomic.Bool
}

func (m *moody) Put(ctx context.Context, name string, write func(io.Writer) error) error {
	if m.fails.Load() {
		return errors.New("not now")
	}
	return m.Store.Put(ctx, name, write)
}

// trash makes garbage and collects it, so that pages of the heap are given back and used again.
func trash(rng *rand.Rand) {
	for range 4 {
		b := make([]byte, rng.IntN(4<<20))
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
	}
	runtime.GC()
}

// A state whose pages are written to at random, by all that a program may do to memory, is saved
// as it is, in every mode, and what is told by page was told by hash, too.
func TestChangesByPage(t *testing.T) {
	scans(t)
	const elements = 1 << 20
	for _, mode := range []Mode{ModeSync, ModeTwoPhase, ModeFork} {
		t.Run(mode.String(), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(mode), 11))
			s := &moody{Store: store.NewMem()}
			o := Options{Mode: mode, FullEvery: 8, Keep: 3, Changes: ChangesByPage, Every: 1, InFlight: 2, Logger: quiet.Logger}
			r := open(t, s, o)
			backing := make([]float64, elements+777) // shared with what is not protected
			a := backing[333:][:elements]
			b := make([]float64, elements/2)
			huge, err := freeze.Map(8 * elements)
			if err != nil {
				t.Fatal(err)
			}
			defer freeze.Unmap(huge)
			defer r.Close()
			c := unsafe.Slice((*float64)(unsafe.Pointer(&huge[0])), elements)
			protect(t, r, "a", &a)
			protect(t, r, "b", &b)
			protect(t, r, "c", &c)
			unread, checked := int64(0), 0
			for step := 1; step <= faultCount(60, 1000); step++ {
				for range rng.IntN(20) {
					x := [][]float64{a, b, c}[rng.IntN(3)]
					at := rng.IntN(len(x))
					switch rng.IntN(4) {
					case 0:
						clear(x[at:min(len(x), at+rng.IntN(5000))])
					case 1:
						copy(x[at:], a[:rng.IntN(3000)])
					default:
						x[at]++
					}
				}
				backing[rng.IntN(333)]++
				switch rng.IntN(12) {
				case 0: // other memory under the same name
					b = append(make([]float64, 0, len(b)), b...)
				case 1:
					backing = slices.Clone(backing)
					a = backing[333:][:elements]
				case 2:
					trash(rng)
				case 3: // the kernel writes to the state
					var p [2]int
					if err := syscall.Pipe(p[:]); err != nil {
						t.Fatal(err)
					}
					syscall.Write(p[1], []byte{1, 2, 3, 4, 5, 6, 7, 8})
					syscall.Read(p[0], memoryOf(c)[8*rng.IntN(elements):][:8])
					syscall.Close(p[0])
					syscall.Close(p[1])
				case 5: // two buffers in turn
					a, c = c, a
				case 4: // zeros in place of what the pages had
					at := rng.IntN(4 * elements)
					syscall.Madvise(huge[at&^4095:][:1<<20], 4)
				}
				s.fails.Store(rng.IntN(6) == 0)
				r.attempt(context.Background(), step, rng.IntN(10) == 0)
				if rng.IntN(4) == 0 {
					continue // the next one is taken while this one is stored
				}
				r.wait()
				unread += r.Snapshot().Unread
				if r.Saved().Step == step {
					wantState(t, r, step, a, b, c)
					checked++
				}
			}
			if r.changes.refused != nil {
				t.Errorf("it was refused: %v", r.changes.refused)
			}
			if unread == 0 || checked == 0 {
				t.Errorf("%d checkpoints were compared, %d bytes were known to be unchanged", checked, unread)
			}
		})
	}
}

// What the first write to a page costs is not paid when most of them change.
func TestChangesAuto(t *testing.T) {
	scans(t)
	r := open(t, store.NewMem(), Options{FullEvery: 60, Every: 1, Mode: ModeTwoPhase, Logger: quiet.Logger})
	defer r.Close()
	a := make([]float64, 1<<20)
	protect(t, r, "a", &a)
	take := func(step, written int) int64 {
		for i := 0; i < written; i += 512 {
			a[i]++
		}
		r.attempt(context.Background(), step, false)
		r.wait()
		wantState(t, r, step, a)
		return r.Snapshot().Unread
	}
	if r.changes.devices() != nil {
		t.Skip("this process has memory of a device")
	}
	take(1, len(a))
	if n := take(2, len(a)/10); n < 6<<20 {
		t.Errorf("a tenth of the pages was written to, and of %d bytes %d needed not be read", 8*len(a), n)
	}
	take(3, len(a))
	if r.changes.armed != 0 || r.changes.pause != pauseFor {
		t.Error("all pages were written to, and they are still watched")
	}
	for step := 4; step < 4+pauseFor; step++ {
		if n := take(step, len(a)/10); n != 0 {
			t.Fatalf("step %d: %d bytes were not read", step, n)
		}
	}
	take(30, len(a)/10)
	if n := take(31, len(a)/10); n < 6<<20 {
		t.Errorf("later, of %d bytes %d needed not be read", 8*len(a), n)
	}
}

// A way that is refused is told once, and the saves are right.
func TestChangesRefused(t *testing.T) {
	r := open(t, store.NewMem(), Options{FullEvery: 5, Changes: ChangesByPage, Logger: quiet.Logger})
	defer r.Close()
	a := make([]float64, 1<<18)
	protect(t, r, "a", &a)
	r.changes.refused = freeze.ErrRefused
	for step := range 4 {
		a[step]++
		save(t, r, step)
		wantState(t, r, step, a)
	}
	if n := len(r.Warnings()); n != 1 {
		t.Errorf("%d warnings: %v", n, r.Warnings())
	}
	if _, err := Open("mem:", Options{Changes: 7}); err == nil {
		t.Error("an unknown way was taken")
	}
}

// BenchmarkIncrement saves a state of which a hundredth has changed; "x-plain" is the time over
// that of a run that reads all of it.
func BenchmarkIncrement(b *testing.B) {
	scans(b)
	runs, states := [2]*Run{}, [2][]float64{}
	for i, way := range []Changes{ChangesByPage, ChangesByHash} {
		runs[i] = open(b, store.NewMem(), Options{FullEvery: 64, Keep: 1, Changes: way})
		states[i] = benchState()
		protect(b, runs[i], "x", &states[i])
	}
	next := func(i int) {
		x := states[i]
		for k := 0; k < len(x)/100; k += 512 {
			x[k]++
		}
		save(b, runs[i], 1)
	}
	benchAgainst(b, func() { next(0) }, func() { next(1) })
}
