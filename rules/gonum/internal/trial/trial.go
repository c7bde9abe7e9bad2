// Package trial tests a tangent and an adjoint that are written by hand.
//
// In: a routine with its derivatives, and the numbers that its arguments lie in. Out: failures
// of a test. Every number counts as an input and, after the call, as an output, whether the
// routine writes to it or not; what is read only must have its shadow added to, and what is
// overwritten must lose its seed.
package trial

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"

	"github.com/cairn-ad/cairn/gradcheck"
)

// A Case is a routine with its derivatives. All three functions take their arguments from
// views of s, of which the shadows lie in the same places of d and b. They return the results
// of the call, and the tangents of these; the adjoint gets their seeds.
type Case struct {
	Name    string
	X       []float64 // the point
	Func    func(s []float64) []float64
	Tangent func(s, d []float64) (y, yd []float64)
	Adjoint func(s, b, yb []float64) []float64
}

// Test compares the adjoint with the tangent by dot products, and with finite differences of
// sums of the outputs, whose weights are drawn; and the values that the derivatives compute
// with those of the function, bit by bit.
func (c Case) Test(t *testing.T) {
	t.Helper()
	if len(c.X) == 0 {
		c.empty(t)
		return
	}
	tangent, adjoint := c.tangent(t), c.adjoint(t)
	for seed := range uint64(3) {
		if _, err := gradcheck.DotProduct(tangent, adjoint, c.X, nil, nil, gradcheck.Options{Seed: seed + 1}); err != nil {
			t.Fatal(err)
		}
	}
	for k := range 2 {
		weights := Points(len(c.run(c.X)) + k)[k:]
		f := func(x []float64) float64 { return floats.Dot(c.run(x), weights) }
		grad := func(x []float64) []float64 { return adjoint(x, weights) }
		if _, err := gradcheck.FiniteDifference(f, grad, c.X, gradcheck.Options{}); err != nil {
			t.Fatal(err)
		}
	}
}

// empty runs a case without inputs for its values.
func (c Case) empty(t *testing.T) {
	t.Helper()
	y, yd := c.Tangent(nil, nil)
	c.same(t, "tangent", nil, y)
	for i, d := range yd {
		if d != 0 {
			t.Errorf("tangent %v of result %d, which depends on nothing", d, i)
		}
	}
	c.same(t, "adjoint", nil, c.Adjoint(nil, nil, make([]float64, len(y))))
}

func (c Case) run(x []float64) []float64 {
	s := append([]float64(nil), x...)
	return append(s, c.Func(s)...)
}

func (c Case) tangent(t *testing.T) func(x, d []float64) []float64 {
	return func(x, d []float64) []float64 {
		s, sd := append([]float64(nil), x...), append([]float64(nil), d...)
		y, yd := c.Tangent(s, sd)
		c.same(t, "tangent", x, append(s, y...))
		return append(sd, yd...)
	}
}

func (c Case) adjoint(t *testing.T) func(x, seed []float64) []float64 {
	return func(x, seed []float64) []float64 {
		s, b := append([]float64(nil), x...), append([]float64(nil), seed[:len(x)]...)
		y := c.Adjoint(s, b, seed[len(x):])
		c.same(t, "adjoint", x, append(s, y...))
		return b
	}
}

func (c Case) same(t *testing.T, from string, x, got []float64) {
	t.Helper()
	want := c.run(x)
	if len(got) != len(want) {
		t.Fatalf("%d values from the %s, %d from the function", len(got), from, len(want))
	}
	for i := range want {
		if math.Float64bits(got[i]) != math.Float64bits(want[i]) && !(math.IsNaN(got[i]) && math.IsNaN(want[i])) {
			t.Fatalf("value %d is %v from the %s, %v from the function", i, got[i], from, want[i])
		}
	}
}

// Points returns n numbers between 0.5 and 1.5 in size, of both signs, and always the same.
func Points(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		_, f := math.Modf(math.Abs(math.Sin(float64(i+1)*12.9898) * 43758.5453))
		x[i] = 0.5 + f
		if i%3 == 1 {
			x[i] = -x[i]
		}
	}
	return x
}

// Positive returns n numbers between 0.5 and 1.5, always the same.
func Positive(n int) []float64 {
	x := Points(n)
	for i := range x {
		x[i] = math.Abs(x[i])
	}
	return x
}
