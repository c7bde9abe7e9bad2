package difftest

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
)

// square is x[i] = x[i]*x[i]*p with its derivatives by hand, as generated code
// would have them.
func square(x []float64, p float64) float64 {
	s := 0.0
	for i := range x {
		x[i] = x[i] * x[i] * p
		s += x[i]
	}
	return s
}

func squareTangent(x, xd []float64, p, pd float64) (float64, float64) {
	sd := 0.0
	for i := range x {
		xd[i] = 2*x[i]*xd[i]*p + x[i]*x[i]*pd
		sd += xd[i]
	}
	return square(x, p), sd
}

func squareAdjoint(x, xb []float64, p float64, pb *float64, retb float64) float64 {
	for i := range x {
		xb[i] += 2 * x[i] * p * retb
		*pb += x[i] * x[i] * retb
	}
	return square(x, p)
}

func squareCase() Case {
	return Case{
		Name: "square", Primal: square, Adjoint: squareAdjoint, Tangent: squareTangent,
		Inputs: []Input{{"x", true, false}, {"p", true, false}},
		Args:   func() []any { return []any{[]float64{1, 2, -0.5}, 3} },
	}
}

func TestGoodCase(t *testing.T) {
	c := squareCase()
	r := c.Examine()
	if len(r.Failures) > 0 || r.FDSkips > 0 {
		t.Fatal(r)
	}
	w := Seed(ResultIndex, 0)
	for i, want := range [][]float64{{6 * w, 12 * w, -3 * w}, {5.25 * w}} {
		got, err := ParseFloats(r.Gradient[i])
		if err != nil || len(got) != len(want) {
			t.Fatal(r.Gradient, err)
		}
		for j := range got {
			if math.Abs(got[j]-want[j]) > 1e-14 {
				t.Errorf("input %d: %v, want %v", i, got, want)
			}
		}
	}
}

// TestBadCases asks that each kind of error is found.
func TestBadCases(t *testing.T) {
	for _, k := range []struct {
		want  string
		spoil func(c *Case)
	}{
		{"dot product", func(c *Case) {
			c.Adjoint = func(x, xb []float64, p float64, pb *float64, retb float64) float64 {
				xb[0] += 1e-8
				return squareAdjoint(x, xb, p, pb, retb)
			}
		}},
		{"divided differences give", func(c *Case) {
			c.Tangent = func(x, xd []float64, p, pd float64) (float64, float64) {
				y, yd := squareTangent(x, xd, p, pd)
				return y, yd * 1.001
			}
		}},
		{"the adjoint leaves other values", func(c *Case) {
			c.Adjoint = func(x, xb []float64, p float64, pb *float64, retb float64) float64 {
				y := squareAdjoint(x, xb, p, pb, retb)
				x[1] = math.Nextafter(x[1], 0)
				return y
			}
		}},
		{"the tangent leaves other values", func(c *Case) {
			c.Tangent = func(x, xd []float64, p, pd float64) (float64, float64) {
				y, yd := squareTangent(x, xd, p, pd)
				return math.Nextafter(y, 0), yd
			}
		}},
		{"second call", func(c *Case) {
			c.Adjoint = func(x, xb []float64, p float64, pb *float64, retb float64) float64 {
				clear(xb)
				return squareAdjoint(x, xb, p, pb, retb)
			}
		}},
		{"the adjoint panics: no", func(c *Case) {
			c.Adjoint = func(x, xb []float64, p float64, pb *float64, retb float64) float64 { panic("no") }
		}},
		{"the tangent panics", func(c *Case) { c.Tangent = func() {} }},
		{"the primal panics", func(c *Case) { c.Args = func() []any { return []any{"x", 3} } }},
	} {
		c := squareCase()
		k.spoil(&c)
		if all := strings.Join(c.Examine().Failures, "\n"); !strings.Contains(all, k.want) {
			t.Errorf("%q is not among the failures:\n%s", k.want, all)
		}
	}
}

type pair struct {
	W, U []float64
	k    int
}

func exchange(s *pair) {
	s.W, s.U = s.U, s.W
	s.U[0] *= s.U[0]
}

func exchangeTangent(s, sd *pair) {
	sd.W, sd.U = sd.U, sd.W
	sd.U[0] *= 2 * s.W[0]
	exchange(s)
}

func exchangeAdjoint(s, sb *pair) {
	sb.W[0], sb.U[0] = sb.U[0]*2*s.W[0], sb.W[0]
	exchange(s)
}

// TestMovedHeaders asks that outputs are taken where the caller finds them, and
// that a shadow whose headers stay moved is an error.
func TestMovedHeaders(t *testing.T) {
	c := Case{
		Name: "exchange", Primal: exchange, Adjoint: exchangeAdjoint, Tangent: exchangeTangent,
		Inputs: []Input{{"s", true, true}},
		Args:   func() []any { return []any{&pair{W: []float64{1.5}, U: []float64{2}, k: 3}} },
	}
	if r := c.Examine(); len(r.Failures) > 0 {
		t.Error(r.Failures)
	}
	c.Adjoint = func(s, sb *pair) {
		exchangeAdjoint(s, sb)
		sb.W, sb.U = sb.U, sb.W
	}
	if all := strings.Join(c.Examine().Failures, "\n"); !strings.Contains(all, "other headers") {
		t.Errorf("moved headers of a shadow are not found:\n%s", all)
	}
}

// TestSharedMemory gives one slice as two arguments.
func TestSharedMemory(t *testing.T) {
	c := Case{
		Name:   "product",
		Primal: func(x, y []float64) float64 { return x[0] * y[0] },
		Tangent: func(x, xd, y, yd []float64) (float64, float64) {
			return x[0] * y[0], xd[0]*y[0] + x[0]*yd[0]
		},
		Adjoint: func(x, xb, y, yb []float64, retb float64) float64 {
			xb[0] += y[0] * retb
			yb[0] += x[0] * retb
			return x[0] * y[0]
		},
		Inputs: []Input{{"x", true, false}, {"y", true, false}},
		Args: func() []any {
			x := []float64{3}
			return []any{x, x}
		},
	}
	if r := c.Examine(); len(r.Failures) > 0 {
		t.Error(r.Failures)
	}
}

func TestReportsAreLines(t *testing.T) {
	var out bytes.Buffer
	want := Report{Name: "a", Failures: []string{"two\nlines"}, Gradient: []string{FormatFloats([]float64{1, math.NaN(), math.Inf(-1)})}, FDSkips: 2}
	writeReport(&out, want)
	if bytes.Count(out.Bytes(), []byte("\n")) != 1 {
		t.Errorf("%q is not one line", out.String())
	}
	var got Report
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Error(got, err)
	}
	xs, err := ParseFloats(got.Gradient[0])
	if err != nil || len(xs) != 3 || xs[0] != 1 || xs[1] == xs[1] || !math.IsInf(xs[2], -1) {
		t.Error(xs, err)
	}
}
