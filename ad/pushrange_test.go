package ad

import (
	"slices"
	"testing"
)

// rows checks that PopRows brings back what PushRows recorded, among other values
// and over the ends of chunks.
func rows[T comparable](t *testing.T, value func(i int) T) {
	t.Helper()
	for _, c := range []struct{ size, lo, hi, stride, n int }{
		{12, 1, 3, 4, 3}, {12, 1, 3, 2, 5}, {12, 0, 12, 0, 2}, {12, 9, 11, -3, 4}, // apart, side by side, the same, downwards
		{12, 0, 4, 1, 9},                                                                     // overlapping
		{3, 2, 2, 1, 1}, {3, 2, 1, 1, 1}, {3, 0, 2, 1, 0}, {0, 0, 1, 1, -1}, {0, 5, 4, 9, 9}, // nothing
		{40000, 1, 299, 300, 133}, // more than a chunk
	} {
		s := NewStack()
		x := make([]T, c.size)
		for i := range x {
			x[i] = value(i)
		}
		want := slices.Clone(x)
		s.PushFloat(1.5)
		for range 3 {
			PushRows(s, x, c.lo, c.hi, c.stride, c.n)
			s.PushFloat(2.5)
		}
		for range 3 {
			for i := 0; i < c.n; i++ {
				for k := c.lo + i*c.stride; k < c.hi+i*c.stride; k++ {
					x[k] = value(-1)
				}
			}
			if got := s.PopFloat(); got != 2.5 {
				t.Fatalf("%+v: %v lies above the rows", c, got)
			}
			PopRows(s, x, c.lo, c.hi, c.stride, c.n)
			if !slices.Equal(x, want) {
				t.Fatalf("%+v: other values come back", c)
			}
		}
		if got := s.PopFloat(); got != 1.5 {
			t.Fatalf("%+v: %v lies below the rows", c, got)
		}
		s.Release()
	}
}

func TestRows(t *testing.T) {
	rows(t, func(i int) float64 { return float64(i) })
	rows(t, func(i int) [2]float64 { return [2]float64{float64(i), 1} })
	rows(t, func(i int) float32 { return float32(i) })
	rows(t, func(i int) bool { return i%3 == 0 })
	rows(t, func(i int) struct {
		a int8
		b float64
	} {
		return struct {
			a int8
			b float64
		}{int8(i), float64(i)}
	})
}

func TestRowsOutOfRange(t *testing.T) {
	s := NewStack()
	x := make([]float64, 5)
	panics(t, "out of range", func() { PushRows(s, x, 0, 2, 2, 3) })
	s.Reset(Mark{})
	s.Release()
}
