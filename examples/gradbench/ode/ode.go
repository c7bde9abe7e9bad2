// Package ode is the problem ODE of GradBench: a chain of differential equations, solved
// by the method of Runge and Kutta, and the gradient of the last component.
//
// In: the factors of the chain and a number of steps. Out: the solution at time 2
// ([Solve]) and the gradient of its last component ([Gradient]).
//
// The problem is an_ode of cmpad, by Bradley M. Bell.
package ode

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// Solve sets y to y(2) for y[0]' = x[0], y[i]' = x[i] y[i-1] and y(0) = 0, by the given
// number of steps of the classical method of fourth order.
//
//cairn:adjoint wrt=x of=y
//cairn:tangent wrt=x of=y
func Solve(y, x []float64, steps int) {
	n := len(x)
	h := 2 / float64(steps)
	z, at := make([]float64, n), make([]float64, n)
	k1, k2, k3, k4 := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for range steps {
		slope(k1, x, z)
		along(at, z, h/2, k1)
		slope(k2, x, at)
		along(at, z, h/2, k2)
		slope(k3, x, at)
		along(at, z, h, k3)
		slope(k4, x, at)
		for i := range z {
			z[i] += h / 6 * (k1[i] + 2*k2[i] + 2*k3[i] + k4[i])
		}
	}
	copy(y, z)
}

// slope sets k to y'.
func slope(k, x, y []float64) {
	k[0] = x[0]
	for i := 1; i < len(k); i++ {
		k[i] = x[i] * y[i-1]
	}
}

// along sets at to y + h k.
func along(at, y []float64, h float64, k []float64) {
	for i := range at {
		at[i] = y[i] + h*k[i]
	}
}

// Gradient returns the derivatives of the last component of [Solve].
func Gradient(x []float64, steps int) []float64 {
	y, yb, xb := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
	yb[len(x)-1] = 1
	SolveAdjoint(y, yb, x, xb, steps)
	return xb
}
