package ad

import (
	"strings"
	"testing"
)

// shares reports what the check says.
func shares(f func()) (said string) {
	defer func() {
		if p := recover(); p != nil {
			said = p.(string)
		}
	}()
	f()
	return ""
}

func TestApartDirections(t *testing.T) {
	type vec []float64
	x := make([]float64, 6)
	for _, c := range []struct {
		shadows [3][]float64
		want    string
	}{
		{[3][]float64{x[:2], x[2:4], x[4:]}, ""},
		{[3][]float64{x[:2], x[2:4], x[3:]}, "xb[1] and xb[2]"},
		{[3][]float64{x, nil, x[5:]}, "xb[0] and xb[2]"},
		{[3][]float64{nil, x[:0], x}, ""},
	} {
		flat := shares(func() { ApartDirections("FAdjointVector", "xb", c.shadows[:]) })
		named := shares(func() { ApartDirections("FAdjointVector", "xb", []vec{c.shadows[0], c.shadows[1], c.shadows[2]}) })
		deep := shares(func() { ApartDirectionsDeep("FAdjointVector", "xb", c.shadows[:]) })
		for _, said := range []string{flat, named, deep} {
			if !strings.Contains(said, c.want) || (said == "") != (c.want == "") {
				t.Errorf("%v: %q, want %q", c.shadows, said, c.want)
			}
		}
	}
}

func TestApartDirectionsDeep(t *testing.T) {
	type field struct{ u, v []float64 }
	u, v := make([]float64, 2), make([]float64, 2)
	apart := []*field{{u[:1], v[:1]}, {u[1:], v[1:]}}
	if said := shares(func() { ApartDirectionsDeep("F", "sb", apart) }); said != "" {
		t.Error(said)
	}
	if &apart[0].u[0] != &u[0] || &apart[1].v[0] != &v[1] {
		t.Error("the directions have moved")
	}
	for _, sharing := range [][]*field{{{u, nil}, {nil, u[1:]}}, {apart[0], apart[0]}} {
		if said := shares(func() { ApartDirectionsDeep("F", "sb", sharing) }); !strings.Contains(said, "sb[0] and sb[1]") {
			t.Errorf("shared memory was not found: %q", said)
		}
	}
}

func TestApartDirectionsDoesNotAllocate(t *testing.T) {
	x := make([]float64, 4)
	if n := testing.AllocsPerRun(100, func() {
		shadows := [4][]float64{x[:1], x[1:2], x[2:3], x[3:]}
		ApartDirections("F", "xb", shadows[:])
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
