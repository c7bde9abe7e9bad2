// Package trial puts made derivatives on trial: whether they are right, and what they
// cost.
//
// In: a function and its derivatives. Out: a failed test, or the metric x-primal of a
// benchmark, the time of a derivative in runs of the function. It also reads the instances
// in testdata.
package trial

import (
	"math"
	"testing"

	"github.com/cairn-ad/cairn/gradcheck"
)

// A Function has n arguments and m results.
type Function struct {
	Value   func(x []float64) []float64
	Tangent func(x, d []float64) []float64    // J(x) d
	Adjoint func(x, seed []float64) []float64 // J(x)ᵀ seed
}

// Derivatives compares tangent and adjoint by a dot product, and the adjoint with the
// function by the Taylor test from the given step on; 0 means a hundredth.
func Derivatives(t *testing.T, f Function, x []float64, step float64) {
	t.Helper()
	if _, err := gradcheck.DotProduct(f.Tangent, f.Adjoint, x, nil, nil, gradcheck.Options{}); err != nil {
		t.Error(err)
	}
	value, gradient := f.weighted(x)
	if r, err := gradcheck.Taylor(value, gradient, x, nil, gradcheck.Options{Step: step}); err != nil || r.Exact {
		t.Errorf("%v\n%v", err, r)
	}
}

// Components is [Derivatives], and compares each component of the adjoint with differences
// of the function: some twenty runs for each.
func Components(t *testing.T, f Function, x []float64, step float64) {
	t.Helper()
	Derivatives(t, f, x, step)
	value, gradient := f.weighted(x)
	if _, err := gradcheck.FiniteDifference(value, gradient, x, gradcheck.Options{Step: step}); err != nil {
		t.Error(err)
	}
}

// weighted returns a weighted sum of the results at x, and its gradient.
func (f Function) weighted(x []float64) (value func(x []float64) float64, gradient func(x []float64) []float64) {
	weights := make([]float64, len(f.Value(x)))
	for i := range weights {
		weights[i] = math.Cos(float64(i * i))
	}
	value = func(x []float64) float64 {
		sum := 0.0
		for i, y := range f.Value(x) {
			sum += weights[i] * y
		}
		return sum
	}
	gradient = func(x []float64) []float64 { return f.Adjoint(x, weights) }
	return value, gradient
}
