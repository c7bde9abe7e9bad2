package ad

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// picard makes the closures of x = a*x + p, of which x is the state: record and reverse
// of the adjoint, restore.
type picard struct {
	a, x, p, xb, pb float64
	sweeps          int
}

func (m *picard) reverseBy(f *FixedPoint) {
	f.Begin(&m.x)
	m.x = 1.5 // something that is not the start
	f.End(&m.x)
	f.Reverse(func() { m.x = m.a*m.x + m.p }, func() {
		m.sweeps++
		m.pb += m.xb
		m.xb *= m.a
	}, func() { m.x = 1.5 }, 1, &m.xb, &m.pb)
}

func TestFixedPointAdjoint(t *testing.T) {
	for _, a := range []float64{0, 0.5, -0.9, 0.99} {
		m := &picard{a: a, xb: 3}
		m.reverseBy(NewFixedPoint("F, a.go:1", 1e-16, 100000))
		if want := 3 / (1 - a); math.Abs(m.pb-want) > 1e-12*math.Abs(want) {
			t.Errorf("a=%g: pb = %g, want %g", a, m.pb, want)
		}
		if m.xb != 0 {
			t.Errorf("a=%g: the adjoint of the start is %g", a, m.xb)
		}
	}
	m := &picard{a: 0.5}
	m.reverseBy(NewFixedPoint("F, a.go:1", 1e-16, 100000))
	if m.sweeps != 0 {
		t.Errorf("%d sweeps for an adjoint of zero", m.sweeps)
	}
	m = &picard{a: 0.5, xb: math.NaN()}
	m.reverseBy(NewFixedPoint("F, a.go:1", 1e-16, 100000))
	if !math.IsNaN(m.pb) {
		t.Errorf("pb = %g for an adjoint that is not a number", m.pb)
	}
	m = &picard{a: 0.5, xb: 1}
	m.reverseBy(NewFixedPoint("F, a.go:1", 1e-3, 100000))
	if m.sweeps != 10 {
		t.Errorf("%d sweeps to a thousandth of the adjoint, which halves", m.sweeps)
	}
}

func panicOf(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return ""
}

func TestFixedPointFails(t *testing.T) {
	for _, c := range []struct {
		a    float64
		max  int
		want string
	}{
		{1, 1000, "does not die away"},
		{-1, 1000, "has not converged after 1000 iterations: a part is still 1.0e+00 of its largest value"},
		{0.999, 100, "has not converged after 100 iterations: a part is still 9.0e-01"},
		{2, 100000, "has grown beyond all bounds"},
	} {
		m := &picard{a: c.a, xb: 3}
		got := panicOf(func() { m.reverseBy(NewFixedPoint("F, a.go:1", 1e-16, c.max)) })
		if !strings.Contains(got, "F, a.go:1: the adjoint of the fixed-point loop "+c.want) {
			t.Errorf("a=%g: %s", c.a, got)
		}
		var xd float64
		f := NewFixedPoint("F, a.go:1", 1e-16, c.max)
		got = panicOf(func() { f.Tangent(func() { xd = c.a*xd + 1 }, func() {}, &xd) })
		if c.a != 0.999 && !strings.Contains(got, "tangent of the fixed-point loop") {
			t.Errorf("tangent, a=%g: %s", c.a, got)
		}
	}
}

// TestFixedPointIdle: what the loop leaves alone keeps its adjoint and its tangent, in
// its memory, whether or not it has moved.
func TestFixedPointIdle(t *testing.T) {
	u, v := []float64{1, 2, 7}, []float64{1, 2, 8}
	f := NewFixedPoint("F", 1e-16, 1000)
	f.Begin(&u, &v)
	u[1], v[1] = 5, 6
	u, v = v, u
	f.End(&u, &v)
	ub, vb, pb := []float64{0, 4, 10}, []float64{0, 0, 20}, 0.0
	at := &ub[0]
	f.Reverse(func() { u, v, ub, vb = v, u, vb, ub }, func() { // v[1] = u[1]/2 + u[0] + p; swap
		u, v, ub, vb = v, u, vb, ub
		tb := vb[1]
		vb[1] = 0
		ub[1] += tb / 2
		ub[0] += tb
		pb += tb
	}, func() {}, 2, &ub, &vb, &pb)
	if at != &ub[0] || ub[1] != 0 || vb[1] != 0 || ub[2] != 10 || vb[2] != 20 {
		t.Errorf("ub = %v, vb = %v", ub, vb)
	}
	if math.Abs(pb-8) > 1e-12 || math.Abs(ub[0]-8) > 1e-12 || vb[0] != 0 {
		t.Errorf("pb = %v, ub = %v, vb = %v", pb, ub, vb)
	}

	ud, vd := []float64{3, 0, 1}, []float64{3, 0, 2}
	g := NewFixedPoint("F", 1e-16, 1000)
	x, y := ud, vd
	g.Tangent(func() {
		vd[1] = ud[1]/2 + ud[0]
		ud, vd = vd, ud
	}, func() { ud, vd = x, y }, &ud, &vd)
	if math.Abs(ud[1]-6) > 1e-12 || ud[2] != 1 || vd[2] != 2 {
		t.Errorf("ud = %v, vd = %v", ud, vd)
	}
}

// TestFixedPointFresh: new memory in each iteration.
func TestFixedPointFresh(t *testing.T) {
	xd := []float64{9}
	old := xd
	NewFixedPoint("F", 1e-16, 1000).Tangent(func() { xd = []float64{xd[0]/4 + 3} }, func() { xd = old }, &xd)
	if math.Abs(xd[0]-4) > 1e-12 {
		t.Errorf("xd = %v", xd)
	}
}

func TestFixedPointPattern(t *testing.T) {
	x := []float64{Mask(1), 0, 0}
	old := x
	NewFixedPoint("F", 0, 0).Pattern(func() { x = []float64{x[0], Or(x[0], Mask(4)), x[1]} }, func() { x = old }, &x)
	for i, want := range []uint64{1, 5, 5} {
		if MaskOf(x[i]) != want {
			t.Errorf("mask %d is %b, want %b", i, MaskOf(x[i]), want)
		}
	}
}

func TestFixedPointShapes(t *testing.T) {
	type inner struct {
		z complex128
		f float32
	}
	v := struct {
		a    [2]inner
		p    *inner
		rows [][]float32
		n    int
	}{p: &inner{}, rows: [][]float32{{1}, nil, {2, 3}}}
	f := NewFixedPoint("F", 0, 0)
	rows := rowsIn([]any{&v})
	if rows.len() != 3*3+3 {
		t.Fatalf("%d floats", rows.len())
	}
	rows.write(odd(rows.len()))
	if got := f.take([]any{&v}, nil); len(got) != 12 || got[0] == 0 || v.rows[2][1] != 0 || real(v.a[1].z) != 0 || v.a[1].f != 0 {
		t.Errorf("%v %v", got, v)
	}
	if text := panicOf(func() { f.put([]any{&v}, []float64{1}) }); !strings.Contains(text, "another shape") {
		t.Error(text)
	}
}
