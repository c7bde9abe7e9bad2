// Package hello is the first problem of GradBench: a square and its derivative. It shows
// that a tool runs at all.
//
// In: a number. Out: its square ([Square]) and the derivative ([Double]).
package hello

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// Square is x².
//
//cairn:adjoint
//cairn:tangent
func Square(x float64) float64 { return x * x }

// Double is the derivative of [Square].
func Double(x float64) float64 {
	xb := 0.0
	SquareAdjoint(x, &xb, 1)
	return xb
}
