// Package lse is the problem LSE of GradBench: the logarithm of a sum of exponentials,
// which is a smooth maximum, and its gradient.
//
// In: numbers. Out: log Σ exp(x) ([LogSumExp]) and its derivatives (LogSumExpAdjoint,
// which cairngen wrote).
package lse

import "math"

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// LogSumExp is log Σ exp(x), computed with the largest number taken out, so that nothing
// overflows. It is -Inf for no numbers.
//
//cairn:adjoint
//cairn:tangent
func LogSumExp(x []float64) float64 {
	if len(x) == 0 {
		return math.Inf(-1)
	}
	top := x[0]
	for _, v := range x {
		top = max(top, v)
	}
	sum := 0.0
	for _, v := range x {
		sum += math.Exp(v - top)
	}
	return top + math.Log(sum)
}
