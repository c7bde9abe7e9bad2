package gradcheck_test

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"

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

func ExampleDotProduct() {
	// y = (x0·x1, sin x1)
	tangent := func(x, d []float64) []float64 {
		return []float64{d[0]*x[1] + x[0]*d[1], math.Cos(x[1]) * d[1]}
	}
	adjoint := func(x, seed []float64) []float64 {
		return []float64{x[1] * seed[0], x[0]*seed[0] + math.Cos(x[1])*seed[1]}
	}
	_, err := gradcheck.DotProduct(tangent, adjoint, []float64{0.5, 2}, nil, nil, gradcheck.Options{})
	fmt.Println(err)
	// Output: <nil>
}

func ExampleComplexStep() {
	f := func(x []complex128) complex128 { return cmplx.Sin(x[0]) * x[1] }
	grad := func(x []float64) []float64 { return []float64{math.Cos(x[0]) * x[1], math.Sin(x[0])} }
	r, err := gradcheck.ComplexStep(f, grad, []float64{0.5, 2}, gradcheck.Options{})
	fmt.Printf("%.6f, error %v\n", r.Reference, err)
	// Output: [1.755165 0.479426], error <nil>
}

func ExampleJacobian_Compare() {
	polar := func(x []float64) []float64 {
		return []float64{x[0] * math.Cos(x[1]), x[0] * math.Sin(x[1])}
	}
	wrong := func(x []float64) [][]float64 {
		sin, cos := math.Sincos(x[1])
		return [][]float64{{cos, -x[0] * sin}, {sin, -x[0] * cos}}
	}
	r, err := gradcheck.Jacobian{F: polar, Matrix: wrong}.Compare([]float64{2, 1}, gradcheck.Options{
		Names: []string{"r", "phi"}, Outputs: []string{"x", "y"},
	})
	fmt.Printf("row %d, column %d\n", r.Worst.Row, r.Worst.Col)
	fmt.Println(err)
	// Output:
	// row 1, column 1
	// gradcheck: Jacobian: 1 of 4 entries by matrix and by finite differences differ by more than 1e-07; the worst is d output 1 (y) / d component 1 (phi) (row 1, column 1): -1.080604612 by matrix, 1.080604612 by finite differences: derivative does not match
}

func ExampleFlatten() {
	type beam struct {
		length float64
		loads  []float64
	}
	b := beam{2, []float64{3, 4}}
	x, err := gradcheck.Flatten(&b)
	fmt.Println(x, err)
	err = gradcheck.Unflatten([]float64{20, 30, 40}, &b)
	fmt.Println(b, err)
	// Output:
	// [2 3 4] <nil>
	// {20 [30 40]} <nil>
}

func ExampleRoot_Check() {
	type args struct{ x []float64 }
	type results struct{ sum float64 }
	norm := func(x []float64) (sum float64) {
		for _, v := range x {
			sum += v * v
		}
		return sum
	}
	root := gradcheck.Root[args, results]{
		Name: "norm",
		Draw: func(rng *rand.Rand) (args, error) {
			a := args{make([]float64, 4)}
			return a, gradcheck.Fill(rng, &a.x)
		},
		Wrt:  func(a *args) []any { return []any{&a.x} },
		Of:   func(a *args, r *results) []any { return []any{&r.sum} },
		Call: func(a *args) results { return results{norm(a.x)} },
		Adjoint: func(a, b *args, rb *results) results {
			for i, v := range a.x {
				b.x[i] += 2 * v * rb.sum
			}
			return results{norm(a.x)}
		},
	}
	fmt.Println(root.Check(gradcheck.Options{}))
	// Output: <nil>
}
