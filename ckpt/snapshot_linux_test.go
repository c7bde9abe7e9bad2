package ckpt

import (
	"bytes"
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/ckpt/internal/freeze"
	"github.com/cairn-ad/cairn/store"
)

// nowhere is a store that takes everything and keeps nothing.
type nowhere struct{}

func (nowhere) Put(_ context.Context, _ string, write func(w io.Writer) error) error {
	return write(io.Discard)
}

func (nowhere) Get(context.Context, string) (io.ReadCloser, int64, error) {
	return nil, 0, store.ErrNotExist
}
func (nowhere) List(context.Context, string) ([]store.Info, error) { return nil, nil }
func (nowhere) Delete(context.Context, string) error               { return nil }

// inMode returns a run with a state of one vector, of which one save was taken.
func inMode(b testing.TB, s store.Store, o Options, elements int) (*Run, []float64) {
	b.Helper()
	o.Every, o.Logger = 1, quiet.Logger
	r := open(b, s, o)
	var x []float64
	if o.Mode == ModeArena {
		x = Alloc[float64](r, elements)
	} else {
		x = make([]float64, elements)
	}
	for i := range x {
		x[i] = float64(i) * 0.1
	}
	protect(b, r, "x", &x)
	r.attempt(context.Background(), 1, false)
	r.wait()
	if err := r.Err(); err != nil {
		b.Fatal(err)
	}
	if got := r.Snapshot(); got.Mode != o.Mode {
		b.Skipf("mode %v is used: %s", got.Mode, got.Why)
	}
	b.Cleanup(r.ground)
	return r, x
}

// BenchmarkStall is how long a loop stands still for a save; its "x-copy" is that over the
// time of a copy of the state into memory that is there, in the same run.
func BenchmarkStall(b *testing.B) {
	for _, mode := range []Mode{ModeTwoPhase, ModeFork, ModeArena} {
		b.Run(mode.String(), func(b *testing.B) {
			r, x := inMode(b, nowhere{}, Options{Mode: mode}, benchBytes/8)
			to, err := freeze.Map(benchBytes)
			if err != nil {
				b.Fatal(err)
			}
			defer freeze.Unmap(to)
			b.SetBytes(benchBytes)
			stall, plain := time.Hour, time.Hour // the shortest ones
			for b.Loop() {
				r.attempt(context.Background(), 2, false)
				stall = min(stall, r.Snapshot().Stall)
				b.StopTimer()
				r.wait()
				start := time.Now()
				copy(to, memoryOf(x))
				plain = min(plain, time.Since(start))
				b.StartTimer()
			}
			if err := r.Err(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(stall)/float64(plain), "x-copy")
			b.ReportMetric(stall.Seconds()*1e3/(benchBytes/float64(1<<30)), "ms/GiB")
		})
	}
}

// BenchmarkBackground is the rate at which the background stores a state in a directory, from the
// begin of the snapshot until the save before it is removed; its "x-plain" is that over the rate of
// a plain writer past the page cache, and "x-best" over that of two that write from huge pages;
// medians of all, taken in turn.
func BenchmarkBackground(b *testing.B) {
	for _, mode := range []Mode{ModeTwoPhase, ModeFork, ModeArena} {
		b.Run(mode.String(), func(b *testing.B) {
			dir := b.TempDir()
			s, err := store.OpenDir(dir)
			if err != nil {
				b.Fatal(err)
			}
			r, x := inMode(b, s, Options{Mode: mode, Keep: 1}, benchBytes/8)
			from, err := freeze.Map(benchBytes)
			if err != nil {
				b.Fatal(err)
			}
			defer freeze.Unmap(from)
			copy(from, memoryOf(x))
			b.SetBytes(benchBytes)
			var persist, plain, best []time.Duration
			ordinary := bytes.Clone(from)
			for b.Loop() {
				r.attempt(context.Background(), 2, false)
				r.wait()
				persist = append(persist, r.Snapshot().Persist)
				b.StopTimer()
				plain = append(plain, directWrite(b, filepath.Join(dir, "plain"), ordinary, 1))
				best = append(best, directWrite(b, filepath.Join(dir, "plain"), from, 2))
				b.StartTimer()
			}
			if err := r.Err(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(median(plain))/float64(median(persist)), "x-plain")
			b.ReportMetric(float64(median(best))/float64(median(persist)), "x-best")
		})
	}
}

// BenchmarkSustained is the rate of saves that follow one another without a pause, two of them in
// flight; its "x-plain" and "x-best" are that over the rates of as many plain writes, as in
// [BenchmarkBackground]. What is removed counts in all.
func BenchmarkSustained(b *testing.B) {
	const saves = 6
	dir := b.TempDir()
	s, err := store.OpenDir(dir)
	if err != nil {
		b.Fatal(err)
	}
	r, x := inMode(b, s, Options{Mode: ModeTwoPhase, Keep: 1, InFlight: 2}, benchBytes/8)
	from, err := freeze.Map(benchBytes)
	if err != nil {
		b.Fatal(err)
	}
	defer freeze.Unmap(from)
	copy(from, memoryOf(x))
	b.SetBytes(saves * benchBytes)
	var ours, plain, best []time.Duration
	ordinary := bytes.Clone(from)
	for b.Loop() {
		start := time.Now()
		for range saves {
			r.attempt(context.Background(), 2, false)
		}
		r.wait()
		ours = append(ours, time.Since(start))
		b.StopTimer()
		var one, two time.Duration
		for range saves {
			one += directWrite(b, filepath.Join(dir, "plain"), ordinary, 1)
		}
		for range saves {
			two += directWrite(b, filepath.Join(dir, "plain"), from, 2)
		}
		plain, best = append(plain, one), append(best, two)
		b.StartTimer()
	}
	if err := r.Err(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(median(plain))/float64(median(ours)), "x-plain")
	b.ReportMetric(float64(median(best))/float64(median(ours)), "x-best")
}

// directWrite writes a file in parts of 4 MiB by so many goroutines, past the page cache if that
// can be, syncs and removes it, and returns how long that took.
func directWrite(b *testing.B, name string, data []byte, writers int) time.Duration {
	start := time.Now()
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|syscall.O_DIRECT, 0o600)
	if err != nil {
		f, err = os.Create(name)
	}
	if err != nil {
		b.Fatal(err)
	}
	const part = 4 << 20
	done := make(chan error, writers)
	for w := range writers {
		go func() {
			var failed error
			for at := w * part; at < len(data) && failed == nil; at += writers * part {
				_, failed = f.WriteAt(data[at:min(at+part, len(data))], int64(at))
			}
			done <- failed
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	f.Close()
	os.Remove(name)
	return time.Since(start)
}

// BenchmarkLoop is what saves cost a loop on one core: the state has 1 GiB for each minute
// of the loop; "percent" is how much longer the loop takes than without saves, the median of stretches of 0.6 s
// in turn, since the speed of a shared machine changes from second to second.
func BenchmarkLoop(b *testing.B) {
	const seconds, elements = 0.6, (1 << 30) / 8 / 100
	work := make([]float64, 1<<16)
	step := func() {
		for range 20 {
			for i := range work {
				work[i] = work[i]*0.999 + 1e-3
			}
		}
	}
	steps := 0
	for start := time.Now(); time.Since(start).Seconds() < seconds; steps++ {
		step()
	}
	s, err := store.OpenDir(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	r, x := inMode(b, s, Options{Mode: ModeTwoPhase}, elements)
	stretch := func(saves bool) float64 { // one piece of code, since its place in memory matters
		start := time.Now()
		for i := range steps {
			step()
			if saves && i == steps/2 {
				r.attempt(context.Background(), 2, false)
			}
		}
		return time.Since(start).Seconds()
	}
	var ratios []float64
	for b.Loop() {
		alone := stretch(false)
		ratios = append(ratios, stretch(true)/alone)
		r.wait()
	}
	if err := r.Err(); err != nil {
		b.Fatal(err)
	}
	runtime.KeepAlive(x)
	slices.Sort(ratios)
	b.ReportMetric(100*(ratios[len(ratios)/2]-1), "percent")
}

// The loop allocates nothing for a save, after the first ones, and the background no more
// for a large state than for a small one.
func TestSavesAllocateNothing(t *testing.T) {
	for _, mode := range []Mode{ModeTwoPhase, ModeFork, ModeArena} {
		for _, elements := range []int{1 << 10, 1 << 21} {
			func() {
				o := Options{Mode: mode, Every: 1, Logger: quiet.Logger}
				r := open(t, nowhere{}, o)
				defer r.ground()
				x := Alloc[float64](r, elements)
				protect(t, r, "x", &x)
				save := func(step int) {
					r.attempt(context.Background(), step, false)
				}
				for step := range 5 {
					save(step)
					r.wait()
				}
				if r.Snapshot().Mode != mode {
					return // refused here, which TestChoice tells
				}
				// The race detector may add one.
				loop := testing.AllocsPerRun(10, func() {
					s := r.slot()
					if _, _, err := r.freeze(s); err != nil {
						t.Fatal(err)
					}
					if err := s.release(); err != nil {
						t.Fatal(err)
					}
					r.flight.free = append(r.flight.free, s)
				})
				whole := uint64(math.MaxUint64) // the least of some, as others allocate too
				for step := range 5 {
					var before, after runtime.MemStats
					runtime.ReadMemStats(&before)
					save(6 + step)
					r.wait()
					runtime.ReadMemStats(&after)
					whole = min(whole, after.TotalAlloc-before.TotalAlloc)
				}
				if loop > 1 || whole > 16<<10 {
					t.Errorf("%v, %d elements: the loop has allocated %v times for a snapshot, a save %d bytes", mode, elements, loop, whole)
				}
			}()
		}
	}
}
