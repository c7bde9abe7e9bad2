package codec

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ckpt"
	"github.com/cairn-ad/cairn/store"
)

var exact = []ckpt.Codec{Zstd(), Shuffle(), Lorenzo()}

var kinds = []reflect.Kind{
	reflect.Invalid, reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
	reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
	reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128,
}

// field is smooth in two dimensions, as a solver's would be: sums of waves, of numbers of a
// kind.
func field(rows, cols int) []float64 {
	x := make([]float64, rows*cols)
	for i := range rows {
		for j := range cols {
			u, v := float64(i)/float64(rows), float64(j)/float64(cols)
			x[i*cols+j] = 2.5 + math.Sin(3*u+v)*math.Cos(2*v) + 0.1*math.Sin(5*u*v)
		}
	}
	return x
}

func bytesOf(x []float64) (b []byte) {
	for _, y := range x {
		b = le.AppendUint64(b, math.Float64bits(y))
	}
	return b
}

func encode(t testing.TB, c ckpt.Codec, src []byte, form ckpt.Form) []byte {
	t.Helper()
	enc, err := c.Encode([]byte("before"), src, form)
	if err != nil || !bytes.HasPrefix(enc, []byte("before")) {
		t.Fatalf("%s: %.10q, %v", c.Name(), enc, err)
	}
	return enc[len("before"):]
}

func decode(t testing.TB, c ckpt.Codec, enc []byte, n int, form ckpt.Form) []byte {
	t.Helper()
	dec, err := c.Decode([]byte("before"), enc, n, form)
	if err != nil || !bytes.HasPrefix(dec, []byte("before")) || len(dec) != n+6 {
		t.Fatalf("%s %v: %d bytes, %v; want %d", c.Name(), form, len(dec), err, n+6)
	}
	return dec[6:]
}

// Whatever the bytes, the kind and the rows are, the very bytes come back.
func TestExactCodecsGiveBackEveryBit(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	smooth := bytesOf(field(30, 41))
	for _, c := range exact {
		for _, k := range kinds {
			for _, row := range []int{0, 1, 2, 41, 5000} {
				form := ckpt.Form{Kind: ckpt.Kind(k), Row: row}
				for _, n := range []int{0, 1, 7, 8, 9, 64, 333, 2 * 41 * 8, len(smooth)} {
					for _, random := range []bool{false, true} {
						src := bytes.Clone(smooth[:n])
						if random {
							for i := range src {
								src[i] = byte(rng.Uint32())
							}
						}
						if got := decode(t, c, encode(t, c, src, form), n, form); !bytes.Equal(got, src) {
							t.Fatalf("%s %v %d bytes: other bytes came back", c.Name(), form, n)
						}
					}
				}
			}
		}
	}
}

// The ratios on a smooth field, as measured when this was designed: zstd 1.00, shuffle 1.38,
// Lorenzo 2.10, bounded 29 at 1e-6 and 54 at 1e-3 of the range. Here each must at least
// come near and in this order.
func TestRatiosOnASmoothField(t *testing.T) {
	const cols = 1024
	x := field(1024, cols)
	src := bytesOf(x)
	form := ckpt.Form{Kind: ckpt.Kind(reflect.Float64), Row: cols}
	for _, c := range []struct {
		codec ckpt.Codec
		least float64
	}{{Zstd(), 0.99}, {Shuffle(), 1.2}, {Lorenzo(), 1.8}, {Bounded(4e-6), 20}, {Bounded(4e-3), 50}} {
		enc := encode(t, c.codec, src, form)
		ratio := float64(len(src)) / float64(len(enc))
		t.Logf("%s: %.2f", c.codec.Name(), ratio)
		if ratio < c.least {
			t.Errorf("%s: ratio %.2f, want %.2f", c.codec.Name(), ratio, c.least)
		}
	}
}

// No number is further away than the bound; what cannot be rounded is kept.
func TestBoundedKeepsItsBound(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 1e300, -1e300, 5e-324, math.MaxFloat64}
	for _, k := range []reflect.Kind{reflect.Float64, reflect.Complex128, reflect.Float32, reflect.Complex64} {
		for _, bound := range []float64{1e-12, 1e-6, 0.3, 1e20, math.SmallestNonzeroFloat64, math.MaxFloat64} {
			for _, row := range []int{0, 16} {
				form := ckpt.Form{Kind: ckpt.Kind(k), Row: row}
				size := wordOf(form)
				var src []byte
				for i := range 2048 {
					x := math.Sin(float64(i) / 50)
					switch rng.IntN(40) {
					case 0:
						x = odd[rng.IntN(len(odd))]
					case 1:
						x = rng.NormFloat64() * math.Pow(10, float64(rng.IntN(40)-20))
					}
					src = appendWord(src, bitsOf(x, size), size)
				}
				c := Bounded(bound)
				got := decode(t, c, encode(t, c, src, form), len(src), form)
				var w, g filter
				w.load(src, size)
				g.load(got, size)
				for i := range w.words {
					x, y := floatOf(w.words[i], size), floatOf(g.words[i], size)
					if w.words[i] != g.words[i] && !(math.Abs(x-y) <= bound) {
						t.Fatalf("%v, bound %v: element %d was %v and is %v", form, bound, i, x, y)
					}
				}
			}
		}
	}
	for _, bound := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := Bounded(bound).Encode(nil, make([]byte, 8), ckpt.Form{Kind: ckpt.Kind(reflect.Float64)}); err == nil {
			t.Errorf("the bound %v was taken", bound)
		}
	}
	if _, err := Bounded(1).Encode(nil, make([]byte, 8), ckpt.Form{Kind: ckpt.Kind(reflect.Int64)}); err == nil {
		t.Error("integers were taken")
	}
}

func options(c ckpt.Codec) ckpt.Options {
	return ckpt.Options{Codec: c, Logger: slog.New(slog.DiscardHandler)}
}

// A run is saved with a codec and restored without naming it.
func TestRunsWithACodec(t *testing.T) {
	ctx := context.Background()
	for _, c := range exact {
		s := store.NewMem()
		x, n, name := field(300, 400), []int32{1, 2, 3}, "name"
		grid := make([][]float64, 300)
		for i := range grid {
			grid[i] = x[400*i:][:400:400]
		}
		run, err := ckpt.OpenStore(s, options(c))
		if err != nil {
			t.Fatal(err)
		}
		run.Protect("grid", &grid)
		run.Protect("n", &n)
		run.Protect("name", &name)
		if err := run.Save(ctx, 7); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes of %d", c.Name(), run.Saved().Bytes, 8*len(x))
		var grid2 [][]float64
		var n2 []int32
		var name2 string
		if run, err = ckpt.OpenStore(s, options(nil)); err != nil {
			t.Fatal(err)
		}
		run.Protect("grid", &grid2)
		run.Protect("n", &n2)
		run.Protect("name", &name2)
		if step, ok, err := run.Restore(ctx); err != nil || !ok || step != 7 {
			t.Fatal(step, ok, err)
		}
		if !reflect.DeepEqual(grid, grid2) || !reflect.DeepEqual(n, n2) || name != name2 {
			t.Fatalf("%s: another state was restored", c.Name())
		}
	}
}

func TestLossyVariables(t *testing.T) {
	ctx := context.Background()
	s := store.NewMem()
	run, err := ckpt.OpenStore(s, options(Lorenzo()))
	if err != nil {
		t.Fatal(err)
	}
	x := field(200, 200)
	x[7], x[8] = math.NaN(), math.Inf(1)
	y := x[100:200:200]
	y = append([]float64(nil), y...)
	run.Protect("x", &x, ckpt.Lossy(Bounded(1e-5)))
	run.Protect("y", &y)
	if err := run.Save(ctx, 1); err != nil {
		t.Fatal(err)
	}
	wantX, wantY := append([]float64(nil), x...), append([]float64(nil), y...)
	clear(x)
	clear(y)
	if _, ok, err := run.Restore(ctx); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if !reflect.DeepEqual(y, wantY) {
		t.Error("the exact variable has changed")
	}
	worst := 0.0
	for i := range x {
		if math.Float64bits(x[i]) != math.Float64bits(wantX[i]) {
			worst = max(worst, math.Abs(x[i]-wantX[i]))
		}
	}
	if !(worst > 0 && worst <= 1e-5) || !math.IsNaN(x[7]) || !math.IsInf(x[8], 1) {
		t.Errorf("the largest error is %v", worst)
	}
	c, err := ckpt.Scan(ctx, s, "run-00000001-step-1.ckpt", nil)
	if err != nil || c.Variables[0].Bound != 1e-5 || c.Variables[0].Codec != "bounded+zstd" || c.Variables[1].Codec != Lorenzo().Name() || c.Variables[1].Bound != 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestLossyIsRefused(t *testing.T) {
	if _, err := ckpt.OpenStore(store.NewMem(), options(Bounded(1))); err == nil || !strings.Contains(err.Error(), "ckpt.Lossy") {
		t.Errorf("as the codec of a run: %v", err)
	}
	o := options(nil)
	o.Exact = true
	run, err := ckpt.OpenStore(store.NewMem(), o)
	if err != nil {
		t.Fatal(err)
	}
	x, n := 1.0, 1
	for i, c := range []struct {
		p    any
		o    ckpt.ProtectOption
		want string
	}{
		{&x, ckpt.Lossy(Bounded(1)), "Options.Exact"},
		{&x, ckpt.Compressed(Bounded(1)), "ckpt.Lossy"},
		{&x, ckpt.Lossy(nil), "nil"},
		{&x, ckpt.Lossy(Bounded(0)), "no bound"},
		{&n, ckpt.Lossy(Bounded(1)), "type int"},
	} {
		if err := run.Protect(fmt.Sprint(i), c.p, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d: %v, want %q", i, err, c.want)
		}
	}
}

// A decoder that breaks its bound is found out when the checkpoint is saved: the chunk is
// stored as it is.
func TestABrokenBoundIsFoundOut(t *testing.T) {
	s := store.NewMem()
	run, err := ckpt.OpenStore(s, options(nil))
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, 1000)
	for i := range x {
		x[i] = float64(i)
	}
	want := append([]float64(nil), x...)
	run.Protect("x", &x, ckpt.Lossy(broken{Bounded(1e-3)}))
	if err := run.Save(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	clear(x)
	if _, ok, err := run.Restore(context.Background()); err != nil || !ok || !reflect.DeepEqual(x, want) {
		t.Fatal("restored", ok, err, x[:5])
	}
}

// broken rounds much more than its bound says.
type broken struct{ ckpt.LossyCodec }

func (broken) Encode(dst, src []byte, form ckpt.Form) ([]byte, error) {
	return Bounded(10).Encode(dst, src, form)
}

// FuzzDecode gives every decoder anything. Nothing may panic or make more bytes than were
// asked for.
func FuzzDecode(f *testing.F) {
	all := append([]ckpt.Codec{Bounded(1e-3)}, exact...)
	src := bytesOf(field(8, 16))
	for i, c := range all {
		form := ckpt.Form{Kind: ckpt.Kind(reflect.Float64), Row: 16}
		f.Add(encode(f, c, src, form), i, int(reflect.Float64), 16, len(src))
	}
	f.Add([]byte{}, 0, int(reflect.Complex64), 3, 0)
	f.Fuzz(func(t *testing.T, enc []byte, which, kind, row, n int) {
		c := all[uint(which)%uint(len(all))]
		form := ckpt.Form{Kind: ckpt.Kind(kinds[uint(kind)%uint(len(kinds))]), Row: row & (min(1<<40, math.MaxInt/2+1) - 1)}
		n &= 1<<16 - 1
		dec, err := c.Decode(nil, enc, n, form)
		if err == nil && len(dec) != n {
			t.Fatalf("%d bytes were decoded, %d wanted", len(dec), n)
		}
		if cap(dec) > 2*n+4096 {
			t.Fatalf("room for %d bytes was made, %d wanted", cap(dec), n)
		}
	})
}

// FuzzUnfilter goes past Zstandard.
func FuzzUnfilter(f *testing.F) {
	f.Add([]byte{2, 1, 2, 3, 4, 5, 6, 7, 8}, int(reflect.Float64), 16)
	f.Add(make([]byte, 100), int(reflect.Float64), 4)
	f.Fuzz(func(t *testing.T, data []byte, kind, row int) {
		form := ckpt.Form{Kind: ckpt.Kind(kinds[uint(kind)%uint(len(kinds))]), Row: row & (min(1<<40, math.MaxInt/2+1) - 1)}
		enc, err := compress(nil, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range append([]ckpt.Codec{Bounded(1)}, exact...) {
			for _, n := range []int{len(data), len(data) - 1, (len(data) - boundedFront) / 8 * wordOf(form)} {
				if n < 0 {
					continue
				}
				if dec, err := c.Decode(nil, enc, n, form); err == nil && len(dec) != n {
					t.Fatalf("%d bytes were decoded, %d wanted", len(dec), n)
				}
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	src := bytesOf(field(512, 1024))
	form := ckpt.Form{Kind: ckpt.Kind(reflect.Float64), Row: 1024}
	for _, c := range append(exact, Bounded(1e-6)) {
		b.Run(c.Name(), func(b *testing.B) {
			var dst []byte
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				dst, _ = c.Encode(dst[:0], src, form)
			}
			b.ReportMetric(float64(len(src))/float64(len(dst)), "ratio")
		})
	}
}
