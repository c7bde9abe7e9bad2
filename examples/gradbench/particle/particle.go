// Package particle is the problem particle of GradBench: a charged particle is steered
// through the origin. Its path needs the gradient of a potential, and steering it the
// derivative of the path.
//
// In: a first guess of the control. Out: the control that lets the particle hit ([FF], [FR],
// [RF], [RR]). The first letter is the mode of the outer derivative, forward or reverse,
// the second that of the inner one.
//
// The problem is that of B. A. Pearlmutter and J. M. Siskind, Using Programming Language
// Theory to Make Automatic Differentiation Sound and Efficient, 2008.
package particle

import (
	"math"

	"github.com/cairn-ad/cairn/examples/gradbench/descent"
)

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// potential is that of two charges at (x, y); the control w places one of them.
//
//cairn:tangent wrt=x,y of=return
//cairn:adjoint wrt=x,y of=return
func potential(x, y, w float64) float64 {
	return 1/math.Sqrt((x-10)*(x-10)+(y-10+w)*(y-10+w)) + 1/math.Sqrt((x-10)*(x-10)+y*y)
}

func forward(x, y, w float64) (gx, gy float64) {
	_, gx = potentialTangent(x, 1, y, 0, w)
	_, gy = potentialTangent(x, 0, y, 1, w)
	return gx, gy
}

func reverse(x, y, w float64) (gx, gy float64) {
	potentialAdjoint(x, &gx, y, &gy, w, 1)
	return gx, gy
}

// miss is the square of the distance from the origin at which the particle crosses the
// axis, by Euler's method.
func miss(w float64, gradient func(x, y, w float64) (gx, gy float64)) float64 {
	const dt = 0.1
	x, y, u, v := 0.0, 8.0, 0.75, 0.0
	for {
		if y+dt*v <= 0 {
			at := x - y/v*u
			return at * at
		}
		gx, gy := gradient(x, y, w)
		x += dt * u
		y += dt * v
		u -= dt * gx
		v -= dt * gy
	}
}

// MissForward takes the gradient in forward mode.
//
//cairn:tangent wrt=w of=return
//cairn:adjoint wrt=w of=return
func MissForward(w float64) float64 { return miss(w, forward) }

// MissReverse takes the gradient in reverse mode.
//
//cairn:tangent wrt=w of=return
//cairn:adjoint wrt=w of=return
func MissReverse(w float64) float64 { return miss(w, reverse) }

func steer(w float64, f, slope func(w float64) float64) float64 {
	return descent.Lowest(
		func(w []float64) float64 { return f(w[0]) },
		func(w []float64) []float64 { return []float64{slope(w[0])} }, []float64{w})[0]
}

// FF is forward over forward.
func FF(w float64) float64 {
	return steer(w, MissForward, func(w float64) float64 { _, d := MissForwardTangent(w, 1); return d })
}

// FR is forward over reverse.
func FR(w float64) float64 {
	return steer(w, MissReverse, func(w float64) float64 { _, d := MissReverseTangent(w, 1); return d })
}

// RF is reverse over forward.
func RF(w float64) float64 {
	return steer(w, MissForward, func(w float64) (wb float64) { MissForwardAdjoint(w, &wb, 1); return wb })
}

// RR is reverse over reverse.
func RR(w float64) float64 {
	return steer(w, MissReverse, func(w float64) (wb float64) { MissReverseAdjoint(w, &wb, 1); return wb })
}
