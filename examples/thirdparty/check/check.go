// Package check compares derivatives that were generated from other people's
// source with the functions themselves.
package check

import (
	"math"
	"testing"

	_ "github.com/cairn-ad/cairn/ad" // generated code needs it, and go.mod is the same without that code
)

// A Case is a function with its derivatives and a point.
type Case struct {
	Name    string
	Func    func(x []float64) float64
	Adjoint func(x, xb []float64, yb float64) float64
	Tangent func(x, xd []float64) (y, yd float64)
	X       []float64
}

// Test compares the adjoint with the tangent and with divided differences, and the
// values of both with the function's.
func (c Case) Test(t *testing.T) {
	want := c.Func(c.X)
	grad := make([]float64, len(c.X))
	if y := c.Adjoint(c.X, grad, 1); math.Float64bits(y) != math.Float64bits(want) {
		t.Errorf("the adjoint computes %v, the function %v", y, want)
	}
	largest := 0.0
	for i := range c.X {
		largest = math.Max(largest, math.Abs(c.difference(i)))
	}
	for i := range c.X {
		d := make([]float64, len(c.X))
		d[i] = 1
		y, yd := c.Tangent(c.X, d)
		if math.Float64bits(y) != math.Float64bits(want) {
			t.Errorf("the tangent computes %v, the function %v", y, want)
		}
		if !Close(grad[i], yd, 1e-11, 1e-3*largest) {
			t.Errorf("x[%d]: adjoint %v, tangent %v", i, grad[i], yd)
		}
		if diff := c.difference(i); !Close(grad[i], diff, 1e-7, 0.1*largest) {
			t.Errorf("x[%d]: adjoint %v, divided difference %v", i, grad[i], diff)
		}
	}
}

// difference is a divided difference of sixth order.
func (c Case) difference(i int) float64 {
	h := 2e-3 * math.Max(math.Abs(c.X[i]), 0.1)
	at := func(k float64) float64 {
		x := append([]float64(nil), c.X...)
		x[i] += k * h
		return c.Func(x)
	}
	return ((at(3)-at(-3))/60 - 3*(at(2)-at(-2))/20 + 3*(at(1)-at(-1))/4) / h
}

// Close reports whether a and b differ by at most tol relative to the larger one,
// or to least if that is more.
func Close(a, b, tol, least float64) bool {
	return a == b || math.Abs(a-b) <= tol*math.Max(least, math.Max(math.Abs(a), math.Abs(b)))
}
