// Package nesting has one checkpointed loop inside another.
//
// In: a number, and how often each loop runs. Out: the number doubled by every inner
// iteration ([Double]) and its derivative (DoubleAdjoint). Every iteration of the outer
// loop is reversed with a schedule of its own for the inner one.
package nesting

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

import "math"

// Double replaces x by 2*sqrt(x)*sqrt(x) outer*inner times, which doubles it. The
// derivative is 2^(outer*inner), up to the rounding of the square roots.
//
//cairn:adjoint wrt=x of=return
func Double(x float64, outer, inner int) float64 {
	//cairn:checkpoint scheme=binomial snaps=2
	for range outer {
		//cairn:checkpoint scheme=binomial snaps=3
		for range inner {
			x = 2 * math.Sqrt(x) * math.Sqrt(x)
		}
	}
	return x
}
