// Package llsq is the problem LLSQ of GradBench: how far a polynomial is from the sign
// function, in least squares, and the gradient with respect to its coefficients.
//
// In: coefficients and a number of points. Out: the objective ([Objective]) and its
// derivatives (ObjectiveAdjoint, which cairngen wrote).
//
// The problem is llsq_obj of cmpad, by Bradley M. Bell.
package llsq

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// Objective is ½ Σ (sign(t) - x[0] - x[1] t - x[2] t² - …)² over n points t from -1 to 1
// in equal distances; n is 2 or more.
//
//cairn:adjoint
//cairn:tangent
func Objective(x []float64, n int) float64 {
	sum := 0.0
	for i := range n {
		t := -1 + 2*float64(i)/float64(n-1)
		rest, power := sign(t), 1.0
		for _, c := range x {
			rest -= c * power
			power *= t
		}
		sum += rest * rest
	}
	return sum / 2
}

func sign(t float64) float64 {
	switch {
	case t < 0:
		return -1
	case t > 0:
		return 1
	}
	return 0
}
