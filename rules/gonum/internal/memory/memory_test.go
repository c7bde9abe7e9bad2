package memory

import "testing"

func TestOverlap(t *testing.T) {
	x := make([]float64, 40)
	for _, c := range []struct {
		name       string
		a, b       Area
		same, free bool
	}{
		{"nothing", Slice(nil), Slice(x), false, true},
		{"one slice twice", Slice(x), Slice(x), true, false},
		{"halves", Slice(x[:20]), Slice(x[20:]), false, true},
		{"shifted", Slice(x[:20]), Slice(x[1:21]), false, false},
		{"one element", Slice(x[:20]), Slice(x[19:]), false, false},
		{"even and odd", Strided(10, 2, x), Strided(10, 2, x[1:]), false, true},
		{"even and every third", Strided(10, 2, x), Strided(10, 3, x[1:]), false, false},
		{"backwards", Strided(10, 2, x), Strided(10, -2, x), true, false},
		{"columns", Strided(5, 8, x[2:]), Strided(5, 8, x[3:]), false, true},
		{"blocks side by side", Rows(5, 4, 8, x, All), Rows(5, 4, 8, x[4:], All), false, true},
		{"blocks with a column in common", Rows(5, 4, 8, x, All), Rows(5, 4, 8, x[3:], All), false, false},
		{"column beside a block", Rows(5, 4, 8, x, All), Strided(5, 8, x[4:]), false, true},
		{"column of a block", Rows(5, 4, 8, x, All), Strided(5, 8, x[3:]), false, false},
		{"triangles", Rows(5, 5, 8, x, Upper), Rows(4, 4, 8, x[8:], Lower), false, true},
		{"triangles with the diagonal", Rows(5, 5, 8, x, Upper), Rows(5, 5, 8, x, Lower), false, false},
		{"too short", Rows(6, 8, 8, x, All), Slice(x), false, true},
	} {
		if got := Same(c.a, c.b); got != c.same {
			t.Errorf("%s: Same is %v", c.name, got)
		}
		if got := Disjoint(c.a, c.b); got != c.free {
			t.Errorf("%s: Disjoint is %v", c.name, got)
		}
		if got := Disjoint(c.b, c.a); got != c.free {
			t.Errorf("%s, the other way: Disjoint is %v", c.name, got)
		}
	}
}
