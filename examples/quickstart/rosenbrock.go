// Package quickstart is the smallest use of Cairn: one directive, one go:generate line,
// one call.
//
// In: a point. Out: Rosenbrock's function there ([Rosenbrock]) and its gradient
// (RosenbrockAdjoint, which cairngen wrote).
package quickstart

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// Rosenbrock is Σ 100(x[i+1]-x[i]²)² + (1-x[i])². Its minimum is 0, at x = (1, …, 1).
//
//cairn:adjoint wrt=x of=return
func Rosenbrock(x []float64) float64 {
	sum := 0.0
	for i := 0; i < len(x)-1; i++ {
		a := x[i+1] - x[i]*x[i]
		b := 1 - x[i]
		sum += 100*a*a + b*b
	}
	return sum
}
