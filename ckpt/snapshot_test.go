package ckpt

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ckpt/internal/freeze"
	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

// busyState is a state of all forms, of which every step changes parts that depend on it.
type busyState struct {
	u    []float64 // large; of Alloc
	v    []int32   // large; of Go's heap
	w    [][]float64
	m    []float64 // masked
	flag []bool
	text string
	n    int
}

func newBusyState(r *Run, size int) *busyState {
	b := &busyState{u: Alloc[float64](r, size), v: make([]int32, size), m: make([]float64, size), flag: make([]bool, 1000)}
	for range 10 {
		b.w = append(b.w, make([]float64, size/10))
	}
	return b
}

// step does step t. All elements of u change if sparse is not set, else one in a thousand.
func (b *busyState) step(t int, sparse bool) {
	stride := 1
	if sparse {
		stride = 1000
	}
	var wait sync.WaitGroup
	for part := range 2 {
		wait.Go(func() {
			for i := part * stride; i < len(b.u); i += 2 * stride {
				b.u[i] = float64(t*1000003 + i)
			}
		})
	}
	for i := t % 7; i < len(b.v); i += 7 * stride {
		b.v[i] += int32(i + t)
	}
	for i := range b.w {
		for j := t % 5; j < len(b.w[i]); j += 5 * stride {
			b.w[i][j] = float64(i*j + t)
		}
	}
	for i := t % 3; i < len(b.m); i += 3 * stride {
		b.m[i] = float64(t - i)
	}
	for i := range b.flag {
		b.flag[i] = (i+t)%3 == 0
	}
	b.text = strings.Repeat("step ", t%10)
	b.n = t
	wait.Wait()
}

func (b *busyState) protect(t testing.TB, r *Run) {
	t.Helper()
	classes := make([]scrutiny.Class, len(b.m))
	for i := range classes {
		if i/5000%2 == 1 {
			classes[i] = scrutiny.Dead
		}
	}
	mask, err := scrutiny.New("m", "", []int{len(b.m)}, classes)
	if err != nil {
		t.Fatal(err)
	}
	protect(t, r, "u", &b.u)
	protect(t, r, "v", &b.v)
	protect(t, r, "w", &b.w)
	protect(t, r, "m", &b.m, Masked(mask))
	protect(t, r, "flag", &b.flag)
	protect(t, r, "text", &b.text)
	protect(t, r, "n", &b.n)
}

// forget clears what a mask leaves out.
func (b *busyState) forget() {
	for i := range b.m {
		if i/5000%2 == 1 {
			b.m[i] = 0
		}
	}
}

// slowWrites is a store whose blobs are written slowly, so that the loop overtakes them.
type slowWrites struct{ store.Store }

func (s slowWrites) Put(ctx context.Context, name string, write func(w io.Writer) error) error {
	return s.Store.Put(ctx, name, func(w io.Writer) error { return write(slowWriter{w}) })
}

type slowWriter struct{ w io.Writer }

func (s slowWriter) Write(b []byte) (int, error) {
	if len(b) > 10000 {
		time.Sleep(50 * time.Microsecond)
	}
	return s.w.Write(b)
}

// restoreEach restores every checkpoint, the newest first, and compares the state with that
// of its step.
func restoreEach(t *testing.T, s store.Store, size int, sparse bool) (n int) {
	t.Helper()
	for {
		r := open(t, s, quiet)
		got := newBusyState(r, size)
		got.protect(t, r)
		step, ok, err := r.Restore(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return n
		}
		if w := r.Warnings(); len(w) > 0 {
			t.Fatal(w)
		}
		want := newBusyState(open(t, store.NewMem(), quiet), size)
		for i := range step {
			want.step(i, sparse)
		}
		want.forget()
		got.forget()
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("the state saved before step %d is not the one that was", step)
		}
		n++
		infos, err := s.List(context.Background(), "run-")
		if err != nil {
			t.Fatal(err)
		}
		for i := len(infos) - 1; ; i-- {
			if strings.HasSuffix(infos[i].Name, suffix) {
				if err := s.Delete(context.Background(), infos[i].Name); err != nil {
					t.Fatal(err)
				}
				break
			}
		}
	}
}

// In every mode each checkpoint is the state at its step, bit for bit, although the loop goes on
// to change it while it is written, and garbage is collected, on one processor and on several.
func TestModesKeepTheMoment(t *testing.T) {
	const size, steps = 30000, 6
	for _, mode := range []Mode{ModeAuto, ModeSync, ModeTwoPhase, ModeFork, ModeArena} {
		for _, o := range []Options{
			{},
			{InFlight: 3},
			{SkipBusy: true},
			{FullEvery: 4},
			{FullEvery: 3, InFlight: 2},
		} {
			for _, procs := range []int{1, 4} {
				sparse := o.FullEvery > 0
				name := fmt.Sprintf("%v/in flight %d, skip %v, full every %d/%d processors", mode, o.InFlight, o.SkipBusy, o.FullEvery, procs)
				t.Run(name, func(t *testing.T) {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
					o.Mode, o.Every, o.Keep, o.Logger = mode, 1, 1000, quiet.Logger
					mem := store.NewMem()
					r := open(t, slowWrites{mem}, o)
					b := newBusyState(r, size)
					b.protect(t, r)
					for i := range r.Steps(context.Background(), steps) {
						b.step(i, sparse)
						if i%4 == 3 {
							runtime.GC()
						}
					}
					if err := r.Err(); err != nil {
						t.Fatal(err)
					}
					if got := r.Saved(); got.Step != steps {
						t.Errorf("saved %+v", got)
					}
					n := restoreEach(t, mem, size, sparse)
					if n < 2 || n < steps && !o.SkipBusy {
						t.Errorf("%d checkpoints of %d steps; %+v", n, steps, r.Snapshot())
					}
				})
			}
		}
	}
}

// usedModes runs a loop and returns the modes of its saves, apart from the last one.
func usedModes(t *testing.T, o Options, elements int, inArena bool, change func(x []float64, step int)) (modes []Mode, r *Run) {
	t.Helper()
	o.Every = 1
	if o.Logger == nil {
		o.Logger = quiet.Logger
	}
	r = open(t, store.NewMem(), o)
	x := make([]float64, elements)
	if inArena {
		x = Alloc[float64](r, elements)
	}
	protect(t, r, "x", &x)
	const steps = 6
	for i := range r.Steps(context.Background(), steps) {
		change(x, i)
		if i > 0 {
			modes = append(modes, r.Snapshot().Mode)
		}
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return modes, r
}

func touchAll(x []float64, step int) {
	for i := range x {
		x[i] = float64(step + i)
	}
}

// touchThin changes an element in each chunk, but few of the pages.
func touchThin(x []float64, step int) {
	for i := step; i < len(x); i += 1 << 14 {
		x[i]++
	}
}

func touchOne(x []float64, step int) { x[step] = 1 }

// The mode follows from the size of the state, the memory, and how much changes.
func TestChoice(t *testing.T) {
	forks := true
	if f, err := freeze.NewForker(); err != nil {
		forks = false
	} else {
		f.Close()
	}
	k, err := freeze.NewTracker()
	tracks := err == nil
	if tracks {
		k.Close()
	}
	protects := new(Run).protects()
	for _, c := range []struct {
		name     string
		o        Options
		elements int
		arena    bool
		change   func([]float64, int)
		last     Mode // before the last save, for which the loop waits
		without  Mode // the same where the system has no such mode
		has      bool
	}{
		{"small", Options{}, 100, false, touchAll, ModeTwoPhase, 0, true},
		{"all changes", Options{}, 5 << 20, false, touchAll, ModeTwoPhase, 0, true},
		{"little changes", Options{}, 5 << 20, false, touchOne, ModeFork, ModeTwoPhase, forks},
		{"few pages change", Options{}, 5 << 20, false, touchThin, ModeFork, ModeTwoPhase, forks && tracks},
		{"no memory", Options{Memory: 1000}, 1 << 20, false, touchAll, ModeFork, ModeSync, forks},
		{"memory for one", Options{Memory: 10 << 20}, 1 << 20, false, touchAll, ModeTwoPhase, 0, true},
		{"two-phase without memory", Options{Memory: 1000, Mode: ModeTwoPhase}, 1 << 20, false, touchAll, ModeFork, ModeSync, forks},
		{"arena", Options{}, 1 << 20, true, touchAll, ModeArena, ModeTwoPhase, protects},
		{"arena is not used", Options{Mode: ModeTwoPhase}, 1 << 20, true, touchAll, ModeTwoPhase, 0, true},
		{"there is no arena", Options{Mode: ModeArena}, 1 << 20, false, touchAll, ModeTwoPhase, 0, true},
		{"sync", Options{Mode: ModeSync}, 1 << 20, false, touchAll, ModeSync, 0, true},
		{"fork", Options{Mode: ModeFork}, 100, false, touchAll, ModeFork, ModeTwoPhase, forks},
	} {
		t.Run(c.name, func(t *testing.T) {
			modes, r := usedModes(t, c.o, c.elements, c.arena, c.change)
			want := c.last
			if !c.has {
				want = c.without
			}
			got := modes[len(modes)-1]
			if c.last == ModeFork && c.elements == 5<<20 && got == ModeTwoPhase && r.flight.stalls[ModeFork] > r.flight.stalls[ModeTwoPhase] {
				return // this machine forks slowly
			}
			if got != want {
				t.Errorf("modes %v, want %v at last; %+v", modes, want, r.Snapshot())
			}
		})
	}
}

// protects reports whether there are arenas here.
func (r *Run) protects() bool {
	_, err := r.alloc(1)
	return err == nil
}

// That a mode cannot be used is told, with the reason.
func TestRefusedModeIsTold(t *testing.T) {
	var text strings.Builder
	_, r := usedModes(t, Options{Mode: ModeArena, Logger: slog.New(slog.NewTextHandler(&text, nil))}, 100000, false, touchAll)
	if w := r.Warnings(); len(w) != 1 || !strings.Contains(w[0], "Options.Mode is arena, but") || !strings.Contains(text.String(), "no variable has memory of Alloc") {
		t.Errorf("warnings %q, log %q", w, text.String())
	}
}

func TestOptionsOfSnapshots(t *testing.T) {
	for _, o := range []Options{{Mode: -1}, {Mode: modes}, {InFlight: -1}, {InFlight: 65}, {Memory: -1}, {FullEvery: -1}, {FullEvery: 65}} {
		if _, err := OpenStore(store.NewMem(), o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
	if got := fmt.Sprint(ModeAuto, ModeFork, Mode(99)); got != "auto fork Mode(99)" {
		t.Error(got)
	}
}

// A run that saves only what has changed writes little, is full every so often, and is
// restored from the whole chain.
func TestIncrementsAreSmall(t *testing.T) {
	s := store.NewMem()
	r := open(t, s, Options{Every: 1, Keep: 100, FullEvery: 4, Mode: ModeSync, Logger: quiet.Logger})
	x := make([]float64, 1<<20)
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range x {
		x[i] = rng.Float64()
	}
	protect(t, r, "x", &x)
	var sizes []int64
	for i := range r.Steps(context.Background(), 9) {
		if i > 0 {
			sizes = append(sizes, r.Saved().Bytes)
		}
		x[i*1000]++
	}
	for i, n := range sizes {
		if full := i%4 == 0; full != (n > 8<<20) || !full && n > 600<<10 {
			t.Errorf("sizes %v: number %d is wrong", sizes, i)
		}
	}
	if c := r.Snapshot().Changed; c <= 0 || c > 0.1 {
		t.Errorf("a share of %v has changed", c)
	}
	y := make([]float64, 1<<20)
	again := open(t, s, quiet)
	protect(t, again, "x", &y)
	if _, ok, err := again.Restore(context.Background()); !ok || err != nil || !reflect.DeepEqual(x, y) {
		t.Error("the state is another one", ok, err)
	}
}

// Whatever is kept can be restored: what it refers to is not removed.
func TestRetentionKeepsWhatIsReferredTo(t *testing.T) {
	for _, keep := range []int{1, 2, 3} {
		s := store.NewMem()
		const size, steps = 20000, 17
		r := open(t, s, Options{Every: 1, Keep: keep, FullEvery: 5, Logger: quiet.Logger})
		b := newBusyState(r, size)
		b.protect(t, r)
		for i := range r.Steps(context.Background(), steps) {
			b.step(i, true)
		}
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
		if n := restoreEach(t, s, size, true); n != keep {
			t.Errorf("%d were kept, want %d", n, keep)
		}
	}
}

// A failed save is told at the next step, and the next save holds.
func TestFailureInTheBackgroundIsTold(t *testing.T) {
	s := &failingPuts{Store: store.NewMem(), fail: map[int]bool{3: true}}
	r := open(t, s, Options{Every: 1, Mode: ModeTwoPhase, FullEvery: 3, Keep: 100, Logger: quiet.Logger})
	b := newBusyState(r, 20000)
	b.protect(t, r)
	for i := range r.Steps(context.Background(), 8) {
		b.step(i, true)
	}
	err := r.Err()
	if err == nil || !strings.Contains(err.Error(), "the device is gone") || !r.Finished() {
		t.Errorf("Err %v, finished %v", err, r.Finished())
	}
	if n := restoreEach(t, s.Store, 20000, true); n != 7 {
		t.Errorf("%d checkpoints, want 7", n)
	}
}

type failingPuts struct {
	store.Store
	n    int
	fail map[int]bool
}

func (s *failingPuts) Put(ctx context.Context, name string, write func(w io.Writer) error) error {
	s.n++
	if s.fail[s.n] {
		return fmt.Errorf("the device is gone")
	}
	return s.Store.Put(ctx, name, write)
}

// After the loop nothing is held: no buffers, and no copies of the process.
func TestLoopGivesBack(t *testing.T) {
	for _, mode := range []Mode{ModeTwoPhase, ModeFork} {
		_, r := usedModes(t, Options{Mode: mode, InFlight: 3}, 1<<18, false, touchAll)
		if r.flight.all != nil || r.flight.flying != 0 || r.freezer.forker != nil || r.Snapshot().Memory != 0 {
			t.Errorf("%v: %+v", mode, r.flight)
		}
	}
}
