package gradcheck_test

import (
	"fmt"
	"math"

	"github.com/cairn-ad/cairn/gradcheck"
)

func ExampleTaylor() {
	f := func(x []float64) float64 { return math.Exp(x[0]) * x[1] }
	grad := func(x []float64) []float64 {
		return []float64{math.Exp(x[0]) * x[1], math.Exp(x[0])}
	}
	r, err := gradcheck.Taylor(f, grad, []float64{0.5, 2}, []float64{1, 1}, gradcheck.Options{})
	fmt.Printf("order %.1f, error %v\n", r.Order, err)
	// Output: order 2.0, error <nil>
}

func ExampleFiniteDifference() {
	f := func(x []float64) float64 { return x[0] * x[0] * x[1] }
	wrong := func(x []float64) []float64 { return []float64{x[0] * x[1], x[0] * x[0]} }
	_, err := gradcheck.FiniteDifference(f, wrong, []float64{3, 2}, gradcheck.Options{})
	fmt.Println(err)
	// Output: gradcheck: 1 of 2 components differ by more than 1e-07: component 0 is 6, should be 12 (ratio 0.5): derivative does not match
}
