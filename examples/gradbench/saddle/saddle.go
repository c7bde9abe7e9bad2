// Package saddle is the problem saddle of GradBench: the saddle point of a function, by
// gradient descent over the result of a gradient descent.
//
// In: where all descents start. Out: the saddle point ([FF], [FR], [RF], [RR]). The first
// letter is the mode of the outer derivative, forward or reverse, the second that of the
// inner one.
//
// The problem is that of B. A. Pearlmutter and J. M. Siskind, Using Programming Language
// Theory to Make Automatic Differentiation Sound and Efficient, 2008.
package saddle

import "github.com/cairn-ad/cairn/examples/gradbench/descent"

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// depth is minus the function, whose maximum over y is wanted.
//
//cairn:tangent wrt=y of=return
//cairn:adjoint wrt=y of=return
func depth(x, y []float64) float64 {
	return (y[0]*y[0] + y[1]*y[1]) - (x[0]*x[0] + x[1]*x[1])
}

func forward(x, y []float64) []float64 {
	g := make([]float64, len(y))
	for i := range y {
		d := make([]float64, len(y))
		d[i] = 1
		_, g[i] = depthTangent(x, y, d)
	}
	return g
}

func reverse(x, y []float64) []float64 {
	g := make([]float64, len(y))
	depthAdjoint(x, y, g, 1)
	return g
}

// highest is where the function of y is highest for x.
func highest(x, start []float64, gradient func(x, y []float64) []float64) []float64 {
	return descent.Lowest(
		func(y []float64) float64 { return depth(x, y) },
		func(y []float64) []float64 { return gradient(x, y) }, start)
}

// TopForward is the greatest value for x, found in forward mode.
//
//cairn:tangent wrt=x of=return
//cairn:adjoint wrt=x of=return
func TopForward(x, start []float64) float64 { return -depth(x, highest(x, start, forward)) }

// TopReverse is the greatest value for x, found in reverse mode.
//
//cairn:tangent wrt=x of=return
//cairn:adjoint wrt=x of=return
func TopReverse(x, start []float64) float64 { return -depth(x, highest(x, start, reverse)) }

func find(start []float64, top func(x, start []float64) float64, gradient func(x []float64) []float64, inner func(x, y []float64) []float64) []float64 {
	x := descent.Lowest(func(x []float64) float64 { return top(x, start) }, gradient, start)
	return append(x, highest(x, start, inner)...)
}

// columns is a gradient by tangents.
func columns(tangent func(x, d []float64) float64) func(x []float64) []float64 {
	return func(x []float64) []float64 {
		g := make([]float64, len(x))
		for i := range x {
			d := make([]float64, len(x))
			d[i] = 1
			g[i] = tangent(x, d)
		}
		return g
	}
}

// FF is forward over forward.
func FF(start []float64) []float64 {
	return find(start, TopForward, columns(func(x, d []float64) float64 { _, s := TopForwardTangent(x, d, start); return s }), forward)
}

// FR is forward over reverse.
func FR(start []float64) []float64 {
	return find(start, TopReverse, columns(func(x, d []float64) float64 { _, s := TopReverseTangent(x, d, start); return s }), reverse)
}

// RF is reverse over forward.
func RF(start []float64) []float64 {
	return find(start, TopForward, func(x []float64) []float64 {
		g := make([]float64, len(x))
		TopForwardAdjoint(x, g, start, 1)
		return g
	}, forward)
}

// RR is reverse over reverse.
func RR(start []float64) []float64 {
	return find(start, TopReverse, func(x []float64) []float64 {
		g := make([]float64, len(x))
		TopReverseAdjoint(x, g, start, 1)
		return g
	}, reverse)
}
