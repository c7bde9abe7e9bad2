package ad

import (
	"math"
	"slices"
	"testing"
)

// copyAdjoint is the definition: the transpose of the linear map that copy is.
func copyAdjoint(memory []float64, d, s, n int) []float64 {
	after := slices.Clone(memory)
	for i := range n {
		after[d+i] = 0
	}
	for i := range n {
		after[s+i] += memory[d+i]
	}
	return after
}

func TestCopyAdjoint(t *testing.T) {
	const size = 9
	for n := range 6 {
		for d := 0; d+n <= size; d++ {
			for s := 0; s+n <= size; s++ {
				memory := make([]float64, size)
				for i := range memory {
					memory[i] = float64(int(1) << i)
				}
				want := copyAdjoint(memory, d, s, n)
				CopyAdjoint(memory[d:d+n], memory[s:s+n])
				if !slices.Equal(memory, want) {
					t.Errorf("n=%d from %d to %d: %v, want %v", n, s, d, memory, want)
				}
			}
		}
	}
}

// The dot product test: <A x, y> = <x, A' y> for copy in one array.
func TestCopyAdjointDotProduct(t *testing.T) {
	for d := range 5 {
		for s := range 5 {
			x := []float64{1, 2, 3, 4, 5, 6, 7, 8}
			y := []float64{3, 1, 4, 1, 5, 9, 2, 6}
			ax, aty := slices.Clone(x), slices.Clone(y)
			copy(ax[d:d+4], ax[s:s+4])
			CopyAdjoint(aty[d:d+4], aty[s:s+4])
			var left, right float64
			for i := range x {
				left += ax[i] * y[i]
				right += x[i] * aty[i]
			}
			if left != right {
				t.Errorf("from %d to %d: %v and %v", s, d, left, right)
			}
		}
	}
}

func TestCopyAdjointLengths(t *testing.T) {
	dst, src := []float32{1, 2, 3}, []float32{10, 20}
	CopyAdjoint(dst, src)
	if !slices.Equal(dst, []float32{0, 0, 3}) || !slices.Equal(src, []float32{11, 22}) {
		t.Errorf("dst %v, src %v", dst, src)
	}
	dst, src = []float32{1}, []float32{10, 20}
	CopyAdjoint(dst, src)
	if !slices.Equal(dst, []float32{0}) || !slices.Equal(src, []float32{11, 20}) {
		t.Errorf("dst %v, src %v", dst, src)
	}
	CopyAdjoint(nil, src)
	CopyAdjoint(src, nil)
	if !slices.Equal(src, []float32{11, 20}) {
		t.Errorf("an empty copy changes src to %v", src)
	}
}

func TestAddAndZero(t *testing.T) {
	x := []float64{1, 2}
	Add(x, []float64{10, 20})
	if !slices.Equal(x, []float64{11, 22}) {
		t.Errorf("sum %v", x)
	}
	panics(t, "1 elements to 2", func() { Add(x, []float64{1}) })
	Zero(x)
	if !slices.Equal(x, []float64{0, 0}) {
		t.Errorf("zeroed %v", x)
	}
	Add[float32](nil, nil)
	Zero[float32](nil)
}

func TestTripCount(t *testing.T) {
	for lo := -9; lo <= 9; lo++ {
		for hi := -9; hi <= 9; hi++ {
			for step := -5; step <= 5; step++ {
				if step == 0 {
					continue
				}
				want := 0
				for i := lo; step > 0 && i < hi || step < 0 && i > hi; i += step {
					want++
				}
				if got := TripCount(lo, hi, step); got != want {
					t.Errorf("TripCount(%d, %d, %d) = %d, want %d", lo, hi, step, got, want)
				}
			}
		}
	}
	const least, most = math.MinInt, math.MaxInt
	for _, c := range []struct{ lo, hi, step, want int }{
		{0, most, 1, most},
		{0, most, most, 1},
		{least, most, 1, most},
		{least, most, 2, most},
		{least, most, most, 3},
		{most, least, -1, most},
		{most, least, least, 2},
		{0, least, least, 1},
		{0, least, -1, most},
		{least, 0, most/2 + 1, 2},
	} {
		if got := TripCount(c.lo, c.hi, c.step); got != c.want {
			t.Errorf("TripCount(%d, %d, %d) = %d, want %d", c.lo, c.hi, c.step, got, c.want)
		}
	}
	panics(t, "step of a counted loop is 0", func() { TripCount(0, 1, 0) })
}
