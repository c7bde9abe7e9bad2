package compress

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cairn-ad/cairn/ad"
)

var codecs = map[string]func() ad.Codec{
	"zstd": func() ad.Codec { return &zstandard{} },
	"s2":   func() ad.Codec { return &s2Codec{} },
}

func TestShuffle(t *testing.T) {
	// 9 words: the first eight are shuffled.
	src := make([]byte, 72)
	for i := range src {
		src[i] = byte(i)
	}
	got := shuffle([]byte{99}, src)
	for p := range 8 {
		for k := range 8 {
			if b := got[1+8*p+k]; b != byte(8*k+p) {
				t.Fatalf("byte %d of word %d is %d", p, k, b)
			}
		}
	}
	if !bytes.Equal(got[65:], src[64:]) || got[0] != 99 {
		t.Errorf("the rest is %v", got[65:])
	}
}

func TestRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, open := range codecs {
		c := open()
		for size := range 300 {
			src := make([]byte, size*size/7)
			for i := range src {
				src[i] = byte(rng.Uint32() >> (rng.Uint32() % 33))
			}
			packed, err := c.Encode([]byte("ab"), src)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Decode([]byte("cd"), packed[2:])
			if err != nil || !bytes.Equal(got[2:], src) || string(packed[:2])+string(got[:2]) != "abcd" {
				t.Fatalf("%s: %d bytes do not come back: %v", name, len(src), err)
			}
		}
	}
}

func TestDamage(t *testing.T) {
	for name, open := range codecs {
		c := open()
		packed, err := c.Encode(nil, field(1000))
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range [][]byte{nil, packed[:len(packed)/2], []byte("no data of this codec")} {
			if got, err := c.Decode(nil, b); err == nil && len(b) > 0 {
				t.Errorf("%s: %d bytes of a damaged one are accepted as %d", name, len(b), len(got))
			}
		}
	}
}

// field is a smooth field of n floats.
func field(n int) []byte {
	b := make([]byte, 0, 8*n)
	for i := range n {
		x := float64(i) / float64(n)
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(1+math.Sin(9*x)*math.Exp(-x)))
	}
	return b
}

// A smooth field gets smaller; without the shuffle it would not.
func TestFieldsGetSmaller(t *testing.T) {
	src := field(100_000)
	for name, open := range codecs {
		packed, err := open().Encode(nil, src)
		if err != nil {
			t.Fatal(err)
		}
		if r := float64(len(src)) / float64(len(packed)); r < 1.15 {
			t.Errorf("%s: a factor of %.2f", name, r)
		} else {
			t.Logf("%s: a factor of %.2f", name, r)
		}
	}
}

// The words are there for loops; a gradient does not change.
func TestLoops(t *testing.T) {
	run := func(storage string) (g float64, st ad.Stats) {
		u := make([]float64, 500)
		for i := range u {
			u[i] = math.Sin(float64(i) / 50)
		}
		ub := 1.0
		stack := ad.NewStack()
		defer stack.Release()
		l := ad.NewLoop(40, ad.Plan{Scheme: "binomial", Snaps: 4, Storage: storage})
		step := func() {
			for i := range u {
				u[i] += 0.1 * math.Sin(u[i])
			}
		}
		advance := func(int) bool { step(); return true }
		record := func(int) bool { stack.PushFloat(u[7]); step(); return true }
		reverse := func(int) { ub += 0.1 * math.Cos(stack.PopFloat()) * ub }
		save := func(s *ad.Snapshot) { s.Save(&u) }
		restore := func(s *ad.Snapshot) { s.Restore(&u) }
		l.Forward(advance, record, save)
		l.Reverse(advance, record, reverse, save, restore)
		st = l.Stats()
		l.Release()
		return ub, st
	}
	want, _ := run("ram")
	for _, storage := range []string{"zstd", "s2", "zstd+file:" + t.TempDir(), "tiered:s2=3000,zstd+file:" + t.TempDir()} {
		got, st := run(storage)
		if got != want {
			t.Errorf("%s: %v, want %v", storage, got, want)
		}
		if of := st.Levels[0]; of.BytesWritten == 0 || of.BytesWritten > 4000*of.Saves {
			t.Errorf("%s: %v", storage, st)
		}
	}
}

func BenchmarkCodec(b *testing.B) {
	src := field(1 << 17)
	for name, open := range codecs {
		c := open()
		packed, err := c.Encode(nil, src)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/encode", func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				packed, _ = c.Encode(packed[:0], src)
			}
			b.ReportMetric(float64(len(src))/float64(len(packed)), "factor")
		})
		var out []byte
		b.Run(name+"/decode", func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				out, _ = c.Decode(out[:0], packed)
			}
		})
	}
	var out []byte
	b.Run("shuffle", func(b *testing.B) {
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			out = shuffle(out[:0], src)
		}
	})
}
