package ad

import "testing"

func TestPart(t *testing.T) {
	type row []int
	x := row{0, 1, 2, 3}
	for _, c := range []struct{ lo, hi, first, n int }{
		{0, 3, 0, 4}, {1, 2, 1, 2}, {-5, 1, 0, 2}, {2, 99, 2, 2}, {3, 2, 0, 0}, {4, 9, 0, 0}, {-3, -1, 0, 0}, {2, 2, 2, 1},
	} {
		got := Part(x, c.lo, c.hi)
		if len(got) != c.n || c.n > 0 && &got[0] != &x[c.first] {
			t.Errorf("from %d to %d: %v", c.lo, c.hi, got)
		}
	}
	if got := Part([]float64(nil), 0, 5); got != nil {
		t.Errorf("of nil: %v", got)
	}
}
