package ckpt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cairn-ad/cairn/scrutiny"
	"github.com/cairn-ad/cairn/store"
)

// small is a state with a masked vector, a ragged slice, a string and scalars.
type small struct {
	u    []float64
	rows [][]int32
	name string
	ok   bool
	dt   float64
}

func newSmall(k int) *small {
	f := float64(k)
	return &small{[]float64{f, f + 1, f + 2, f + 3}, [][]int32{{int32(k)}, {}, {1, 2}}, fmt.Sprint("step ", k), k%2 == 1, f / 3}
}

var smallMask, _ = scrutiny.Parse("u", "[]float64", []int{4}, "2C1D1Z")

func (x *small) protect(t testing.TB, r *Run) {
	t.Helper()
	protect(t, r, "u", &x.u, Masked(smallMask))
	protect(t, r, "rows", &x.rows)
	protect(t, r, "name", &x.name)
	protect(t, r, "ok", &x.ok)
	protect(t, r, "dt", &x.dt)
}

// quiet tells nobody, and restores the same checkpoint any number of times.
var quiet = Options{Logger: slog.New(slog.DiscardHandler), Tries: -1}

func get1(t testing.TB, s store.Store, name string) []byte {
	t.Helper()
	r, _, err := s.Get(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func put1(t testing.TB, s store.Store, name string, data []byte) {
	t.Helper()
	err := s.Put(context.Background(), name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// twoSaved returns a store with sound checkpoints of steps 10 and 20.
func twoSaved(t testing.TB) (s *store.Mem, older, newer string) {
	t.Helper()
	s = store.NewMem()
	r := open(t, s, quiet)
	x := newSmall(10)
	x.protect(t, r)
	save(t, r, 10)
	y := newSmall(20)
	*x = *y
	save(t, r, 20)
	return s, "run-00000001-step-10.ckpt", "run-00000002-step-20.ckpt"
}

// wantFallback restores and checks that the damaged newer checkpoint was detected,
// told, left in place, and replaced by the older.
func wantFallback(t *testing.T, s store.Store, what string) {
	t.Helper()
	r := open(t, s, quiet)
	x := newSmall(99)
	x.protect(t, r)
	step, ok, err := r.Restore(context.Background())
	if err != nil || !ok || step != 10 {
		t.Fatalf("%s: Restore = %d, %v, %v", what, step, ok, err)
	}
	want := newSmall(10)
	copy(want.u[2:], []float64{101, 102}) // not stored: the program's own
	if !reflect.DeepEqual(x, want) {
		t.Fatalf("%s: restored %+v, want %+v", what, x, want)
	}
	if w := r.Warnings(); len(w) != 1 || !strings.Contains(w[0], "run-00000002-step-20.ckpt was passed over") {
		t.Fatalf("%s: warnings %q", what, w)
	}
	if _, _, err := s.Get(context.Background(), "run-00000002-step-20.ckpt"); err != nil {
		t.Fatalf("%s: the damaged checkpoint was not left in place: %v", what, err)
	}
}

// newerFiles are the files of the checkpoint of step 20 of twoSaved.
var newerFiles = []string{"run-00000002-step-20.ckpt", "run-00000002-step-20.0.data"}

func TestEveryFlippedBitIsDetected(t *testing.T) {
	s, _, _ := twoSaved(t)
	for _, name := range newerFiles {
		good := get1(t, s, name)
		for bit := range 8 * len(good) {
			bad := bytes.Clone(good)
			bad[bit/8] ^= 1 << (bit % 8)
			put1(t, s, name, bad)
			wantFallback(t, s, fmt.Sprintf("%s: bit %d of %d", name, bit, 8*len(good)))
		}
		put1(t, s, name, good)
	}
}

func TestEveryTruncationIsDetected(t *testing.T) {
	s, _, _ := twoSaved(t)
	for _, name := range newerFiles {
		good, old := get1(t, s, name), get1(t, s, strings.Replace(name, "00000002-step-20", "00000001-step-10", 1))
		for n := range len(good) {
			put1(t, s, name, good[:n])
			wantFallback(t, s, fmt.Sprintf("%s: %d of %d bytes", name, n, len(good)))
			// The same with the rest filled up as file systems do after a crash.
			put1(t, s, name, append(bytes.Clone(good[:n]), make([]byte, len(good)-n)...))
			if !bytes.Equal(get1(t, s, name), good) { // unless the rest was zero anyway
				wantFallback(t, s, fmt.Sprintf("%s: %d of %d bytes, then zeros", name, n, len(good)))
			}
		}
		for _, c := range []struct {
			what string
			data []byte
		}{
			{"a byte more", append(bytes.Clone(good), 0)},
			{"twice", append(bytes.Clone(good), good...)},
			{"an older one under the newer's name", old},
			{"half of each", append(bytes.Clone(good[:len(good)/2]), old[min(len(old), len(good)/2):]...)},
			{"zeros", make([]byte, len(good))},
		} {
			put1(t, s, name, c.data)
			wantFallback(t, s, name+": "+c.what)
		}
		put1(t, s, name, good)
	}
}

func TestRandomDamageOfALargeCheckpoint(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	s := store.NewMem()
	x := make([]float64, 40000)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	r := open(t, s, quiet)
	protect(t, r, "x", &x)
	save(t, r, 1)
	good := get1(t, s, "run-00000001-step-1.0.data")
	for range 300 {
		bad := bytes.Clone(good)
		for range 1 + rng.IntN(3) {
			bad[rng.IntN(len(bad))] ^= byte(1 + rng.IntN(255))
		}
		i, j, n := rng.IntN(len(bad)), rng.IntN(len(bad)), rng.IntN(5000)
		if rng.IntN(2) == 0 { // a stretch that was moved
			copy(bad[i:min(len(bad), i+n)], good[j:])
		}
		if bytes.Equal(bad, good) {
			continue
		}
		put1(t, s, "run-00000001-step-1.0.data", bad)
		if _, err := Scan(context.Background(), s, "run-00000001-step-1.ckpt", nil); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("Scan = %v", err)
		}
		if _, _, err := r.Restore(context.Background()); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("Restore = %v", err)
		}
	}
}

func TestNothingValid(t *testing.T) {
	s, older, newer := twoSaved(t)
	for _, name := range []string{older, newer} {
		put1(t, s, name, []byte("garbage"))
	}
	r := open(t, s, quiet)
	x, want := newSmall(5), newSmall(5)
	x.protect(t, r)
	step, ok, err := r.Restore(context.Background())
	if !errors.Is(err, ErrNoValid) || !errors.Is(err, ErrCorrupt) || ok || step != 0 {
		t.Fatalf("Restore = %d, %v, %v", step, ok, err)
	}
	if !strings.Contains(err.Error(), older) || !strings.Contains(err.Error(), newer) {
		t.Errorf("%v does not name both files", err)
	}
	if !reflect.DeepEqual(x, want) {
		t.Error("the variables were changed")
	}
	for range open(t, s, quiet).Steps(context.Background(), 3) {
		t.Fatal("a loop started over although checkpoints exist")
	}
}

// decodeBytes decodes a checkpoint that is one file.
func decodeBytes(data []byte) (*file, error) {
	return decode(context.Background(), store.NewMem(), "run-00000001-step-1.ckpt", bytes.NewReader(data), int64(len(data)), 0)
}

// seal builds a file of version 1 with right checksums around any content.
func seal(version uint32, text []byte, records ...[]byte) []byte {
	total := preambleLen + len(text) + crcLen + digestLen
	for _, r := range records {
		total += len(r) + crcLen
	}
	sum := func(b, of []byte) []byte { return le.AppendUint32(b, crc32.Checksum(of, castagnoli)) }
	b := []byte(magic)
	b = le.AppendUint32(b, version)
	b = le.AppendUint32(b, uint32(len(text)))
	b = le.AppendUint64(b, uint64(total))
	b = sum(b, b)
	b = sum(append(b, text...), text)
	for _, r := range records {
		b = sum(append(b, r...), r)
	}
	digest := sha256.Sum256(b)
	return append(b, digest[:]...)
}

func words(w ...uint64) (b []byte) {
	for _, x := range w {
		b = le.AppendUint64(b, x)
	}
	return b
}

// one returns the header of a file with a single variable.
func one(v variableHeader) []byte {
	text, err := json.Marshal(fileHeader1{Seq: 1, Step: 1, Variables: []variableHeader{v}})
	if err != nil {
		panic(err)
	}
	return text
}

// Files whose checksums are right but whose content is hostile.
// A checkpoint of a step that an int of 32 bits does not hold is none that may be passed over
// or put aside, wherever it is read.
func TestStepOfALargerMachine(t *testing.T) {
	s := store.NewMem()
	const name = "run-00000001-step-1099511627776.ckpt"
	put1(t, s, name, seal(1, []byte(`{"seq":1,"step":1099511627776,"variables":[]}`)))
	r := open(t, s, quiet)
	protect(t, r, "x", new([]float64))
	if _, ok, err := r.Restore(context.Background()); ok || !errors.Is(err, ErrMismatch) {
		t.Errorf("Restore = %v, %v", ok, err)
	}
	if list, err := s.List(context.Background(), name); err != nil || len(list) != 1 {
		t.Errorf("it was moved: %v, %v", list, err)
	}
}

func TestHostileFiles(t *testing.T) {
	vector := variableHeader{Name: "x", Type: "[]float64", Shape: []int{1}, Elements: 1, Order: "little", LayoutBytes: 8, PayloadBytes: 8}
	with := func(f func(*variableHeader)) variableHeader { v := vector; f(&v); return v }
	rows := with(func(v *variableHeader) { v.Type = "[][]float64"; v.Shape = nil; v.LayoutBytes = 16 })
	const huge = min(1<<60, math.MaxInt)
	dead := fmt.Sprintf("%dD", maxType/2+1)
	for _, c := range []struct {
		name string
		data []byte
		into any
		want error
	}{
		{"sound", seal(1, one(vector), words(1, 7)), new([]float64), nil},
		{"version 3", seal(3, one(vector), words(1, 7)), new([]float64), ErrVersion},
		{"version 0", seal(0, []byte("{}")), new([]float64), ErrVersion},
		{"no JSON", seal(1, []byte("{")), new([]float64), ErrCorrupt},
		{"unknown field", seal(1, []byte(`{"seq":1,"step":1,"variables":[],"x":1}`)), new([]float64), ErrCorrupt},
		{"two values", seal(1, []byte(`{"seq":1,"step":1,"variables":[]}{}`)), new([]float64), ErrCorrupt},
		{"other seq", seal(1, []byte(`{"seq":2,"step":1,"variables":[]}`)), new([]float64), ErrCorrupt},
		{"other step", seal(1, []byte(`{"seq":1,"step":2,"variables":[]}`)), new([]float64), ErrCorrupt},
		{"huge slice", seal(1, one(vector), words(huge, 7)), new([]float64), ErrCorrupt},
		{"slice beyond int", seal(1, one(vector), words(1<<63, 7)), new([]float64), ErrCorrupt},
		{"slice too long", seal(1, one(vector), words(2, 7)), new([]float64), ErrCorrupt},
		{"slice too short", seal(1, one(vector), words(0, 7)), new([]float64), ErrCorrupt},
		{"elements", seal(1, one(with(func(v *variableHeader) { v.Elements = 2 })), words(1, 7)), new([]float64), ErrCorrupt},
		{"negative elements", seal(1, one(with(func(v *variableHeader) { v.Elements = -1 })), words(1, 7)), new([]float64), ErrCorrupt},
		{"shape", seal(1, one(with(func(v *variableHeader) { v.Shape = []int{2} })), words(1, 7)), new([]float64), ErrCorrupt},
		{"negative shape", seal(1, one(with(func(v *variableHeader) { v.Shape = []int{-1, -1} })), words(1, 7)), new([]float64), ErrCorrupt},
		{"overflowing shape", seal(1, one(with(func(v *variableHeader) { v.Shape = []int{math.MaxInt/2 + 1, math.MaxInt/2 + 1, 1} })), words(1, 7)), new([]float64), ErrCorrupt},
		{"byte order", seal(1, one(with(func(v *variableHeader) { v.Order = "big" })), words(1, 7)), new([]float64), ErrCorrupt},
		{"no name", seal(1, one(with(func(v *variableHeader) { v.Name = "" })), words(1, 7)), new([]float64), ErrCorrupt},
		{"huge payload", seal(1, one(with(func(v *variableHeader) { v.PayloadBytes = huge })), words(1, 7)), new([]float64), ErrCorrupt},
		{"negative payload", seal(1, one(with(func(v *variableHeader) { v.PayloadBytes = -8; v.LayoutBytes = 24 })), words(1, 7)), new([]float64), ErrCorrupt},
		{"sum overflows", seal(1, one(with(func(v *variableHeader) { v.PayloadBytes = 1<<63 - 8; v.LayoutBytes = 1<<63 - 8 })), words(1, 7)), new([]float64), ErrCorrupt},
		{"odd layout", seal(1, one(with(func(v *variableHeader) { v.LayoutBytes = 9; v.PayloadBytes = 7 })), words(1, 7)), new([]float64), ErrCorrupt},
		{"bytes of nobody", seal(1, []byte(`{"seq":1,"step":1,"variables":[]}`), words(1, 7)), new([]float64), ErrCorrupt},
		{"rows without end", seal(1, one(rows), words(huge, 1, 7)), new([][]float64), ErrCorrupt},
		{"row too long", seal(1, one(rows), words(1, huge, 7)), new([][]float64), ErrCorrupt},
		{"a row without length", seal(1, one(with(func(v *variableHeader) { v.Type = "[][]float64" })), words(1, 7)), new([][]float64), ErrCorrupt},
		{"mask syntax", seal(1, one(with(func(v *variableHeader) { v.MaskBytes = 2 })), append([]byte("1X"), words(1, 7)...)), &[]float64{0}, ErrCorrupt},
		{"mask size", seal(1, one(with(func(v *variableHeader) { v.MaskBytes = 2 })), append([]byte("2C"), words(1, 7)...)), &[]float64{0}, ErrCorrupt},
		{"mask without slice", seal(1, one(with(func(v *variableHeader) { v.MaskBytes = 2 })), append([]byte("1C"), words(1, 7)...)), new([]float64), ErrMismatch},
		{"mask of the huge", seal(1, one(with(func(v *variableHeader) {
			v.MaskBytes = int64(len(dead))
			v.Elements = maxType/2 + 1
			v.PayloadBytes = 0
			v.Shape = nil
		})), append([]byte(dead), words(maxType/2+1)...)), new([]float64), ErrMismatch},
		{"program wants what is not stored", seal(1, one(with(func(v *variableHeader) { v.MaskBytes = 2; v.PayloadBytes = 0 })), append([]byte("1D"), words(1)...)), &[]float64{0}, ErrMismatch},
		{"boolean 2", seal(1, one(variableHeader{Name: "x", Type: "bool", Shape: []int{}, Elements: 1, Order: "little", PayloadBytes: 1}), []byte{2}), new(bool), ErrCorrupt},
		{"long string", seal(1, one(variableHeader{Name: "x", Type: "string", Shape: []int{}, Elements: 1, Order: "little", PayloadBytes: 9}), append(words(2), 'a')), new(string), ErrCorrupt},
		{"endless string", seal(1, one(variableHeader{Name: "x", Type: "string", Shape: []int{}, Elements: 1, Order: "little", PayloadBytes: 9}), append(words(1<<63), 'a')), new(string), ErrCorrupt},
		{"endless slice of nothing", seal(1, one(variableHeader{Name: "x", Type: "[]struct{}", Shape: []int{huge}, Order: "little", LayoutBytes: 8}), words(huge)), new([]struct{}), nil},
	} {
		s := store.NewMem()
		put1(t, s, "run-00000001-step-1.ckpt", c.data)
		r := open(t, s, quiet)
		protect(t, r, "x", c.into)
		_, ok, err := r.Restore(context.Background())
		if !errors.Is(err, c.want) || ok != (c.want == nil) {
			t.Errorf("%s: Restore = %v, %v, want %v", c.name, ok, err, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	s, older, newer := twoSaved(f)
	f.Add(get1(f, s, older))
	f.Add(get1(f, s, newer))
	f.Add(seal(1, []byte(`{"seq":2,"step":20,"variables":[]}`)))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := decodeBytes(data)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		n := 0
		for _, r := range file.records {
			n += len(r.layout)
			for _, p := range r.payload {
				n += len(p)
			}
		}
		if n > len(data) {
			t.Fatalf("%d bytes came out of %d", n, len(data))
		}
	})
}

// FuzzRecord goes past the checksums: any header and record meet every kind of
// variable. Nothing may panic, and what fails may change nothing.
func FuzzRecord(f *testing.F) {
	r := open(f, store.NewMem(), quiet)
	x := newSmall(1)
	x.protect(f, r)
	var y formed
	fillMixed(rand.New(rand.NewPCG(1, 2)), reflect.ValueOf(&y).Elem(), 3)
	protect(f, r, "y", &y)
	protect(f, r, "m", &map[string]float64{"a": 1, "b": 2})
	protect(f, r, "p", ptr(ptr(1.0)))
	for _, v := range r.vars {
		var im imageVar
		if err := v.capture(&im); err != nil {
			f.Fatal(err)
		}
		f.Add(one(im.head), encodeRecord(f, &im))
	}
	f.Add([]byte(`{"seq":2,"step":20,"variables":[]}`), []byte{})
	f.Fuzz(func(t *testing.T, text, body []byte) {
		data := seal(1, text, body)
		file, err := decodeBytes(data)
		if err != nil {
			return
		}
		for _, p := range []any{
			new([]float64), &[]float64{1, 2, 3, 4}, new([][]int32), new(string), new(bool), new([]mixed), new(everything), new([]struct{}),
			new(map[string]float64), &map[[1]int8]*float32{{1}: nil}, ptr(ptr(1.0)), rand.NewPCG(1, 2), new([]time.Time), new(map[struct{}]struct{}), new([]formed), new(*struct{}),
		} {
			if len(file.records) == 0 {
				return
			}
			v := variableOf(t, p, hostLittle)
			v.name = file.records[0].Name
			if err := v.take(); err != nil {
				t.Fatal(err)
			}
			file.records[0].Type = v.node.text
			if fills, err := match(file, []*variable{v}, nil); err == nil {
				for _, fill := range fills {
					if err := fill.write(); err != nil {
						t.Fatalf("%T: the dry run passed, the real one did not: %v", p, err)
					}
				}
			}
		}
	})
}
