package ckpt

import (
	"context"
	"crypto/sha256"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

const benchBytes = 256 << 20

func benchState() []float64 {
	x := make([]float64, benchBytes/8)
	for i := range x {
		x[i] = float64(i) * 0.1
	}
	return x
}

func benchStore(b *testing.B) store.Store {
	b.Helper()
	s, err := store.OpenDir(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkSave saves one large vector; its "x-plain" is the time of a save over that
// of a durable write of the same bytes without format or checksums, in the same run.
func BenchmarkSave(b *testing.B) {
	x := benchState()
	s := benchStore(b)
	r := open(b, s, Options{Keep: 1})
	protect(b, r, "x", &x)
	benchAgainst(b, func() { save(b, r, 1) }, func() { plainWrite(b, s, x) })
}

// BenchmarkSaveMasked saves the even elements of pairs of 64: many short stretches.
func BenchmarkSaveMasked(b *testing.B) {
	x := benchState()
	classes := make([]scrutiny.Class, len(x))
	for i := range classes {
		if i/64%2 == 1 {
			classes[i] = scrutiny.Dead
		}
	}
	mask, err := scrutiny.New("x", "", []int{len(x)}, classes)
	if err != nil {
		b.Fatal(err)
	}
	s := benchStore(b)
	r := open(b, s, Options{Keep: 1})
	protect(b, r, "x", &x, Masked(mask))
	benchAgainst(b, func() { save(b, r, 1) }, func() { plainWrite(b, s, x) })
}

func restoreB(b *testing.B, r *Run) {
	if _, ok, err := r.Restore(context.Background()); err != nil || !ok {
		b.Fatal(ok, err)
	}
}

func plainWrite(b *testing.B, s store.Store, x []float64) {
	err := s.Put(context.Background(), "plain", func(w io.Writer) error {
		_, err := w.Write(memoryOf(x))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// benchAgainst times f and plain in turn and reports the ratio of their medians.
func benchAgainst(b *testing.B, f, plain func()) {
	b.SetBytes(benchBytes)
	b.ReportAllocs()
	var one, other []time.Duration
	at := time.Duration(0)
	for b.Loop() {
		f()
		b.StopTimer()
		one = append(one, b.Elapsed()-at)
		start := time.Now()
		plain()
		other = append(other, time.Since(start))
		at = b.Elapsed()
		b.StartTimer()
	}
	b.ReportMetric(float64(median(one))/float64(median(other)), "x-plain")
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// blackHole is a store that takes everything and keeps nothing.
type blackHole struct{ store.Store }

func (blackHole) Put(_ context.Context, _ string, write func(io.Writer) error) error {
	return write(io.Discard)
}

// BenchmarkContainer saves one large vector into a store that keeps nothing. Its "x-sums" is
// the time of that over the time that one goroutine takes to copy the same bytes and to
// compute their crc32c and SHA-256.
func BenchmarkContainer(b *testing.B) {
	x := benchState()
	r := open(b, blackHole{store.NewMem()}, Options{Keep: 1})
	protect(b, r, "x", &x)
	to := make([]byte, codecLen)
	benchAgainst(b, func() { save(b, r, 1) }, func() { sums(x, to) })
}

// BenchmarkDecode restores it from memory, against the same.
func BenchmarkDecode(b *testing.B) {
	x := benchState()
	s := store.NewMem()
	r := open(b, s, Options{Keep: 1, Tries: math.MaxInt})
	protect(b, r, "x", &x)
	save(b, r, 1)
	to := make([]byte, codecLen)
	benchAgainst(b, func() { restoreB(b, r) }, func() { sums(x, to) })
}

func sums(x []float64, to []byte) {
	sha := sha256.New()
	for m := memoryOf(x); len(m) > 0; m = m[len(to):] {
		copy(to, m)
		crc32.Checksum(to, castagnoli)
		sha.Write(to)
	}
}

func memoryOf(x []float64) []byte { return memory(unsafe.Pointer(&x[0]), 8*len(x)) }

// BenchmarkSaveSmall is the fixed cost of a save: a state of one number in memory.
func BenchmarkSaveSmall(b *testing.B) {
	x := 1.5
	r := open(b, store.NewMem(), Options{})
	protect(b, r, "x", &x)
	b.ReportAllocs()
	for b.Loop() {
		save(b, r, 1)
	}
}
