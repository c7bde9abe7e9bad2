package ad

import (
	"slices"
	"testing"
)

// chain leads to itself and, twice, to one float.
type chain struct {
	next *chain
	p, q *[2]float64
	x    float64
}

// The elements of a variable and of its shadow are counted alike: rings once, memory
// that is reached in two ways twice.
func TestScrutinyCountsShadowsAlike(t *testing.T) {
	c := &chain{p: new([2]float64), x: 1}
	c.q, c.next = c.p, c
	s := NewScrutiny()
	s.Probe().Watch("*c", c)
	s.Probe().Watch("c", &c)
	b := ZeroLike(c)
	b.p[1], b.x = 3, 4
	Read(s.Probe(), c.p)
	Read(s.Probe(), &c.x)
	s.Adjoint("*c", b)
	s.Adjoint("c", &b)
	want := []Influence{DerivativeZero, Critical, DerivativeZero, Critical, Critical} // p, q, x
	for _, name := range []string{"*c", "c"} {
		if got := s.Elements(name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestScrutinyShares(t *testing.T) {
	flat := make([]float64, 6)
	rows := [][]float64{flat[4:], flat[:2]}
	end, middle := flat[5:], flat[2:4]
	n := 1
	none := flat[:0]
	s := NewScrutiny()
	p := s.Probe()
	for _, v := range []struct {
		name string
		ptr  any
	}{{"rows", &rows}, {"end", &end}, {"middle", &middle}, {"n", &n}, {"flat", &flat}, {"none", &none}} {
		p.Watch(v.name, v.ptr)
	}
	for name, want := range map[string][]string{
		"rows": {"end", "flat"}, "end": {"rows", "flat"}, "middle": {"flat"}, "n": nil, "flat": {"rows", "end", "middle"}, "none": nil, "other": nil,
	} {
		if got := s.Shares(name); !slices.Equal(got, want) {
			t.Errorf("%s shares memory with %q, want %q", name, got, want)
		}
	}
	ReadSlice(p, flat)
	for name, b := range map[string]any{
		"rows": &[][]float64{{0, 0}, {0, 0}}, "end": &[]float64{1}, "middle": &[]float64{0, 0}, "flat": &[]float64{2, 0, 0, 0, 0, 0},
	} {
		s.Adjoint(name, b)
	}
	const z, c = DerivativeZero, Critical
	for name, want := range map[string][]Influence{
		"rows": {z, c, c, z}, "end": {c}, "middle": {z, z}, "n": {Dead}, "flat": {c, z, z, z, z, c}, "none": {},
	} {
		if got := s.Elements(name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
