package sha256x

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"testing"
)

// messages returns n messages of random bytes at odd addresses.
func messages(r *rand.Rand, n int, length func() int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		b := make([]byte, length()+1)
		for k := range b {
			b[k] = byte(r.Uint32())
		}
		out[i] = b[1:]
	}
	return out
}

func compare(t *testing.T, h *Hasher, list [][]byte) {
	t.Helper()
	sums := make([]Digest, len(list))
	h.Sums(sums, list)
	for i, m := range list {
		if want := sha256.Sum256(m); sums[i] != want {
			t.Fatalf("message %d of %d, %d bytes: %x, want %x", i, len(list), len(m), sums[i], want)
		}
	}
}

func TestSums(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var h Hasher
	for n := range 2*Lanes + 3 {
		for _, length := range []int{0, 1, 55, 56, 63, 64, 65, 128, 640, 4095 * 64} {
			compare(t, &h, messages(r, n, func() int { return length }))
		}
		compare(t, &h, messages(r, n, func() int { return 64 * r.IntN(3) }))
	}
	if testing.AllocsPerRun(10, func() {
		var sums [Lanes]Digest
		var list [Lanes][]byte
		h.Sums(sums[:], list[:])
	}) > 0 {
		t.Error("it has allocated memory")
	}
}

func FuzzSums(f *testing.F) {
	f.Add([]byte("abc"), uint8(16), uint16(64))
	f.Fuzz(func(t *testing.T, data []byte, n uint8, length uint16) {
		at := 0
		list := make([][]byte, n%40)
		for i := range list {
			list[i] = make([]byte, length)
			for k := range list[i] {
				if len(data) > 0 {
					list[i][k] = data[at%len(data)] + byte(i)
				}
				at++
			}
		}
		compare(t, new(Hasher), list)
	})
}

// BenchmarkSums hashes messages of 256 KiB; "x-one" is the time over that of crypto/sha256.
func BenchmarkSums(b *testing.B) {
	for _, n := range []int{1, worthwhile, Lanes} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			const length = 4095 * 64
			all := make([]byte, n*length)
			list, sums := make([][]byte, n), make([]Digest, n)
			for i := range list {
				list[i] = all[i*length:][:length]
			}
			var h Hasher
			b.SetBytes(int64(len(all)))
			for b.Loop() {
				h.Sums(sums, list)
			}
		})
	}
}
