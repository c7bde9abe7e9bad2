package ad

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRoomIsPushes: floats recorded side by side come back one by one and the other way round,
// in any mixture, also where chunks end.
func TestRoomIsPushes(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s := NewStack()
		var want []float64
		next, most := 0.0, 0
		for step := range 4000 {
			if rng.IntN(9) == 0 { // up and down a little
				for range min(len(want), rng.IntN(700)) {
					if got := s.PopFloat(); got != want[len(want)-1] {
						t.Fatalf("seed %d, step %d: a pop gives %v, want %v", seed, step, got, want[len(want)-1])
					}
					want = want[:len(want)-1]
				}
			}
			if n := 1 + rng.IntN(40); rng.IntN(2) == 0 {
				for i := range s.Room(uint(n)) {
					next++
					s.f[int(s.fn)-n+i] = next
					want = append(want, next)
				}
			} else {
				for range n {
					next++
					s.PushFloat(next)
					want = append(want, next)
				}
			}
			if rng.IntN(20) == 0 {
				row := s.Row(rng.IntN(1<<(1+rng.IntN(18))) - 1)
				for i := range row {
					next++
					row[i] = next
				}
				want = append(want, row...)
			}
			most = max(most, len(want))
			if n := min(len(want), rng.IntN(1<<(1+rng.IntN(18)))); rng.IntN(15) == 0 {
				if got := s.TakeRow(n); !slices.Equal(got, want[len(want)-n:]) {
					t.Fatalf("seed %d, step %d: a row of %d is %v, want %v", seed, step, n, got, want[len(want)-n:])
				}
				want = want[:len(want)-n]
			}
			if rng.IntN(9) == 0 && len(want) > 0 {
				n := min(len(want), 1+rng.IntN(512))
				if got := s.Take(uint(n)); !slices.Equal(got, want[len(want)-n:]) {
					t.Fatalf("seed %d, step %d: %d at once are %v, want %v", seed, step, n, got, want[len(want)-n:])
				}
				want = want[:len(want)-n]
			}
			if got := int(s.Bytes() / 8); got != len(want) {
				t.Fatalf("seed %d, step %d: %d floats are on the stack, want %d", seed, step, got, len(want))
			}
		}
		if peak := s.PeakBytes(); peak != 8*int64(most) {
			t.Errorf("seed %d: a peak of %d bytes, want %d", seed, peak, 8*most)
		}
		mark := s.Mark()
		for range 30 {
			copy(s.Room(300), make([]float64, 300))
		}
		s.Reset(mark)
		for len(want) > 0 {
			n := min(len(want), 1+rng.IntN(512))
			if rng.IntN(3) == 0 {
				if got := s.PopFloat(); got != want[len(want)-1] {
					t.Fatalf("seed %d: a pop gives %v, want %v", seed, got, want[len(want)-1])
				}
				want = want[:len(want)-1]
				continue
			}
			if got := s.Take(uint(n)); !slices.Equal(got, want[len(want)-n:]) {
				t.Fatalf("seed %d: %d at once are %v, want %v", seed, n, got, want[len(want)-n:])
			}
			want = want[:len(want)-n]
		}
		s.Release()
	}
}

// TestRoomTooLarge: more than a chunk holds is refused.
func TestRoomTooLarge(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	new(Stack).Room(firstChunk + 1)
}

func BenchmarkPushPop(b *testing.B) {
	s := NewStack()
	x := [13]float64{1, 2, 3}
	sum := 0.0
	b.Run("single", func(b *testing.B) {
		for b.Loop() {
			for range 100 {
				for i := 0; i < 13; i += 13 {
					s.PushFloat(x[0])
					s.PushFloat(x[1])
					s.PushFloat(x[2])
					s.PushFloat(x[3])
					s.PushFloat(x[4])
					s.PushFloat(x[5])
					s.PushFloat(x[6])
					s.PushFloat(x[7])
					s.PushFloat(x[8])
					s.PushFloat(x[9])
				}
			}
			for range 100 {
				a := s.PopFloat()
				b := s.PopFloat()
				c := s.PopFloat()
				d := s.PopFloat()
				e := s.PopFloat()
				f := s.PopFloat()
				g := s.PopFloat()
				h := s.PopFloat()
				i := s.PopFloat()
				j := s.PopFloat()
				sum += (a + b) + (c + d) + (e + f) + (g + h) + (i + j)
			}
		}
	})
	b.Run("room", func(b *testing.B) {
		for b.Loop() {
			for range 100 {
				r := (*[10]float64)(s.Room(10))
				r[0] = x[0]
				r[1] = x[1]
				r[2] = x[2]
				r[3] = x[3]
				r[4] = x[4]
				r[5] = x[5]
				r[6] = x[6]
				r[7] = x[7]
				r[8] = x[8]
				r[9] = x[9]
			}
			for range 100 {
				r := (*[10]float64)(s.Take(10))
				a := r[0]
				b := r[1]
				c := r[2]
				d := r[3]
				e := r[4]
				f := r[5]
				g := r[6]
				h := r[7]
				i := r[8]
				j := r[9]
				sum += (a + b) + (c + d) + (e + f) + (g + h) + (i + j)
			}
		}
	})
}
