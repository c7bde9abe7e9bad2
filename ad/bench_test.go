package ad

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// growing is the simplest stack there is: a slice that append moves when it is full.
// It shows what the chunks of Stack are compared with.
type growing []float64

func (g *growing) push(x float64) { *g = append(*g, x) }

func (g *growing) pop() float64 {
	n := len(*g) - 1
	x := (*g)[n]
	*g = (*g)[:n]
	return x
}

var sizes = []int{1e3, 1e5, 1e7}

// One operation is n pushes and their pops. "warm" reuses the memory of the operation
// before, "cold" begins without any.
func BenchmarkStackFloat(b *testing.B) {
	for _, n := range sizes {
		chunks := func(s *Stack) {
			sum := 0.0
			for i := range n {
				s.PushFloat(float64(i))
			}
			for range n {
				sum += s.PopFloat()
			}
			sink += sum
		}
		slice := func(g *growing) {
			sum := 0.0
			for i := range n {
				g.push(float64(i))
			}
			for range n {
				sum += g.pop()
			}
			sink += sum
		}
		s, g := new(Stack), new(growing)
		perOp(b, fmt.Sprintf("stack/warm/n=%d", n), n, func() { chunks(s) })
		perOp(b, fmt.Sprintf("slice/warm/n=%d", n), n, func() { slice(g) })
		perOp(b, fmt.Sprintf("stack/cold/n=%d", n), n, func() { chunks(new(Stack)) })
		perOp(b, fmt.Sprintf("slice/cold/n=%d", n), n, func() { slice(new(growing)) })
	}
}

var sink float64

func perOp(b *testing.B, name string, n int, f func()) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		f()
		for b.Loop() {
			f()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/pair")
	})
}

func BenchmarkStackBool(b *testing.B) {
	const n = 1e5
	count := 0
	s := new(Stack)
	perOp(b, "n=100000", n, func() {
		for i := range int(n) {
			s.PushBool(i*i&5 == 4)
		}
		for range int(n) {
			if s.PopBool() {
				count++
			}
		}
	})
	sink += float64(count)
}

func BenchmarkStackAny(b *testing.B) {
	s := new(Stack)
	x, m, pt := make([]float64, 1000), new(mixed), point{}
	perOp(b, "[]float64", 1, func() { Push(s, x); x = Pop[[]float64](s) })
	perOp(b, "*struct", 1, func() { Push(s, m); m = Pop[*mixed](s) })
	perOp(b, "struct", 1, func() { Push(s, pt); pt = Pop[point](s) })
	perOp(b, "1000 floats", 1000, func() { PushSlice(s, x); PopSlice(s, x) })
}

func BenchmarkSnapshot(b *testing.B) {
	for _, n := range []int{1, 1000, 1e6} {
		x := make([]float64, n)
		var s Snapshot
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.SetBytes(int64(16 * n))
			b.ReportAllocs()
			for b.Loop() {
				s.Reset()
				s.Save(&x)
				s.Restore(&x)
			}
		})
		y := make([]float64, n)
		b.Run(fmt.Sprintf("copy/n=%d", n), func(b *testing.B) {
			b.SetBytes(int64(16 * n))
			for b.Loop() {
				copy(y, x)
				copy(x, y)
			}
		})
	}
}

func BenchmarkZeroLike(b *testing.B) {
	rows := make([][]float64, 1000)
	for i := range rows {
		rows[i] = make([]float64, 1000)
	}
	b.Run("rows", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ZeroLike(rows)
		}
	})
	z := ZeroLike(rows)
	b.Run("AddLike", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			AddLike(z, rows)
		}
	})
}

// BenchmarkStorages is a loop of 100 iterations over 1 MB with 8 snapshots, in memory and in
// storages. x-ram is the time over that of the same loop in memory, run in turn; stalled
// is the part of the time that the loop waited for the storage.
func BenchmarkStorages(b *testing.B) {
	u := make([]float64, 1<<17)
	for i := range u {
		u[i] = math.Sin(float64(i) / 1000)
	}
	run := func(storage string) time.Duration {
		begin := time.Now()
		l := NewLoop(100, Plan{Scheme: "binomial", Snaps: 8, Storage: storage})
		step := func(int) bool {
			for i := 1; i < len(u)-1; i++ {
				u[i] += 1e-3 * (u[i-1] - 2*u[i] + u[i+1])
			}
			return true
		}
		save := func(s *Snapshot) { s.Save(&u) }
		restore := func(s *Snapshot) { s.Restore(&u) }
		l.Forward(step, step, save)
		l.Reverse(step, step, func(int) { step(0) }, save, restore)
		l.Release()
		return time.Since(begin)
	}
	for _, storage := range []string{"file:" + b.TempDir(), "tiered:ram=4MiB,file:" + b.TempDir()} {
		name, _, _ := strings.Cut(storage, ":")
		b.Run(name, func(b *testing.B) {
			var ratios, stalls []float64
			stop := Observe(func(s Stats) {
				if s.Levels[0].BytesWritten > 0 {
					stalls = append(stalls, float64(s.Levels[0].Stalled))
				}
			})
			defer stop()
			for b.Loop() {
				t := run(storage)
				stalls[len(stalls)-1] /= float64(t)
				ram := run("ram")
				ratios = append(ratios, float64(t)/float64(ram))
			}
			slices.Sort(ratios)
			slices.Sort(stalls)
			b.ReportMetric(ratios[len(ratios)/2], "x-ram")
			b.ReportMetric(stalls[len(stalls)/2], "stalled")
		})
	}
}
