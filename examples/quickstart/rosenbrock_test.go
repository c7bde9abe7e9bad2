package quickstart

import (
	"fmt"
	"testing"

	"github.com/cairn-ad/cairn/gradcheck"
)

func Example() {
	x, xb := []float64{-1.2, 1}, make([]float64, 2)
	f := RosenbrockAdjoint(x, xb, 1) // xb becomes the gradient
	fmt.Printf("f %.4g, gradient %.4g\n", f, xb)
	// Output: f 24.2, gradient [-215.6 -88]
}

func TestGradient(t *testing.T) {
	grad := func(x []float64) []float64 {
		xb := make([]float64, len(x))
		RosenbrockAdjoint(x, xb, 1)
		return xb
	}
	x := []float64{0.3, -1.1, 2, 0.7, 1.4}
	if _, err := gradcheck.FiniteDifference(Rosenbrock, grad, x, gradcheck.Options{}); err != nil {
		t.Error(err)
	}
	if r, err := gradcheck.Taylor(Rosenbrock, grad, x, nil, gradcheck.Options{}); err != nil || r.Exact {
		t.Errorf("%v\n%v", err, r)
	}
}

func TestShort(t *testing.T) {
	for n := range 2 {
		xb := make([]float64, n)
		if f := RosenbrockAdjoint(make([]float64, n), xb, 1); f != 0 {
			t.Errorf("%d variables: %v, want 0", n, f)
		}
	}
}
