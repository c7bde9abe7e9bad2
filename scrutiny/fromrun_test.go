package scrutiny

import (
	"strings"
	"testing"

	"github.com/cairn-ad/cairn/ad"
)

// followed is what a generated entry point leaves behind for a program that reads
// x[0] and x[1], overwrites x[2], never touches x[3], reads the counter n, and whose
// result depends on x[0] alone.
func followed() *ad.Scrutiny {
	s := ad.NewScrutiny()
	x := []float64{1, 2, 3, 4}
	grid := [2][3]float64{}
	n := 5
	p := s.Probe()
	p.Watch("x", &x)
	p.Watch("grid", &grid)
	p.Watch("n", &n)
	ad.Read(p, &x[0])
	ad.Read(p, &x[1])
	ad.Write(p, &x[2])
	ad.Read(p, &x[2])
	ad.Read(p, &grid[1][2])
	ad.Read(p, &n)
	xb := []float64{0.5, 0, 7, 0}
	s.Adjoint("x", &xb)
	gridb := [2][3]float64{1: {2: -1}}
	s.Adjoint("grid", &gridb)
	return s
}

func TestFromRun(t *testing.T) {
	r, err := FromRun(followed(), "Run", "solver.go:12", 3)
	if err != nil {
		t.Fatal(err)
	}
	if r.Func != "Run" || r.Loop != "solver.go:12" || r.Iteration != 3 || len(r.Variables) != 3 {
		t.Fatalf("report %+v", r)
	}
	for _, want := range []struct {
		name, typ, mask string
		dims            int
	}{
		{"x", "[]float64", "1C1Z2D", 1},
		{"grid", "[2][3]float64", "5D1C", 2},
		{"n", "int", "1C", 0},
	} {
		m := r.Variable(want.name)
		if m == nil {
			t.Fatalf("no variable %s", want.name)
		}
		if m.Type != want.typ || m.RunLength() != want.mask || len(m.Shape) != want.dims {
			t.Errorf("%s: type %s, mask %s, shape %v; want %s, %s, %d dimensions",
				want.name, m.Type, m.RunLength(), m.Shape, want.typ, want.mask, want.dims)
		}
	}
}

func TestFromRunWithoutVariables(t *testing.T) {
	r, err := FromRun(ad.NewScrutiny(), "Run", "solver.go:12", 0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := r.MarshalJSON()
	if want := `{"func":"Run","loop":"solver.go:12","iteration":0,"variables":[]}`; err != nil || string(text) != want {
		t.Errorf("%s, %v; want %s", text, err, want)
	}
}

func TestFromRunRefusesABadPosition(t *testing.T) {
	for _, bad := range [][2]string{{"", "solver.go:12"}, {"Run", "solver.go"}, {"Run", ":3"}} {
		if r, err := FromRun(followed(), bad[0], bad[1], 0); err == nil {
			t.Errorf("FromRun(%q, %q) = %+v without an error", bad[0], bad[1], r)
		}
	}
}

// Memory has one class under all its names: here y is the end of x, of which only the
// shadow of y has an adjoint.
func TestFromRunOfSharedMemory(t *testing.T) {
	s := ad.NewScrutiny()
	x := []float64{1, 2, 3, 4}
	y := x[2:]
	z := 1.0
	p := s.Probe()
	p.Watch("x", &x)
	p.Watch("y", &y)
	p.Watch("z", &z)
	ad.ReadSlice(p, x[:3])
	xb, yb := []float64{5, 0, 0, 0}, []float64{7, 0}
	s.Adjoint("x", &xb)
	s.Adjoint("y", &yb)
	r, err := FromRun(s, "Run", "solver.go:12", 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct{ name, mask, shares string }{{"x", "1C1Z1C1D", "y"}, {"y", "1C1D", "x"}, {"z", "1D", ""}} {
		m := r.Variable(want.name)
		if m.RunLength() != want.mask || strings.Join(m.Shares, " ") != want.shares {
			t.Errorf("%s: mask %s, shares %q; want %s, %q", want.name, m.RunLength(), m.Shares, want.mask, want.shares)
		}
	}
}
