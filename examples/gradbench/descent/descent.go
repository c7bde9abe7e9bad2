// Package descent is the gradient descent of the GradBench problems particle and saddle.
//
// In: a function, its gradient, and a start. Out: where it is lowest. The method is the
// one that J. M. Siskind and B. A. Pearlmutter describe with the problems.
package descent

import "math"

const near = 1e-5

// Lowest moves from start against the gradient, with steps that grow after ten that went
// down and shrink after one that did not.
func Lowest(f func(x []float64) float64, gradient func(x []float64) []float64, start []float64) []float64 {
	x := append([]float64(nil), start...)
	fx, g, rate, good := f(x), gradient(x), near, 0
	for norm(g) > near {
		if good == 10 {
			rate, good = 2*rate, 0
			continue
		}
		next, step := make([]float64, len(x)), make([]float64, len(x))
		for i := range x {
			step[i] = rate * g[i]
			next[i] = x[i] - step[i]
		}
		if norm(step) <= near {
			break
		}
		fnext := f(next)
		if fnext < fx {
			x, fx, g, good = next, fnext, gradient(next), good+1
		} else {
			rate, good = rate/2, 0
		}
	}
	return x
}

func norm(v []float64) float64 {
	s := 0.0
	for _, a := range v {
		s += a * a
	}
	return math.Sqrt(s)
}
