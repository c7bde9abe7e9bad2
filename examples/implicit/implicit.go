// Package implicit has functions that are defined by equations: roots, fixed points and
// linear systems, found by iterations. Their derivatives are those of the equations.
package implicit

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

import "math"

// Anomaly solves Kepler's equation m = a - e sin a for a by Picard's iteration.
//
//cairn:adjoint wrt=m,e of=return
//cairn:tangent wrt=m,e of=return
func Anomaly(m, e float64) float64 {
	a, d := m, 1.0
	//cairn:fixedpoint
	for d > 1e-16 {
		next := m + e*math.Sin(a)
		d = math.Abs(next - a)
		if d <= 4e-16*math.Abs(next) {
			d = 0 // no more than rounding
		}
		a = next
	}
	return a
}

// Circle finds by Newton's method where the circle x² + y² = r² meets the curve y = exp(-k x),
// in the first quadrant.
//
//cairn:adjoint wrt=r,k of=return mode=both
//cairn:tangent wrt=r,k of=return
func Circle(r, k float64) (x, y float64) {
	x, y = r, 0.1
	//cairn:fixedpoint
	for range 50 {
		f, g := x*x+y*y-r*r, y-math.Exp(-k*x)
		// Jacobian (fx fy; gx 1)
		fx, fy, gx := 2*x, 2*y, k*math.Exp(-k*x)
		det := fx - fy*gx
		dx, dy := (f-fy*g)/det, (fx*g-gx*f)/det
		if math.Abs(dx)+math.Abs(dy) < 1e-15 {
			break
		}
		x -= dx
		y -= dy
	}
	return x, y
}

// Jacobi is the result of the given number of Jacobi's sweeps over the equations
//
//	(k[i] + k[i+1] + s) u[i] - k[i] u[i-1] - k[i+1] u[i+1] = b[i]
//
// between the fixed ends u[0] = b[0] and u[n-1] = b[n-1].
//
//cairn:adjoint wrt=k,b of=return mode=both
//cairn:tangent wrt=k,b of=return
func Jacobi(k, b []float64, s float64, sweeps int) []float64 {
	n := len(b)
	u, next := make([]float64, n), make([]float64, n)
	u[0], u[n-1] = b[0], b[n-1]
	next[0], next[n-1] = b[0], b[n-1]
	//cairn:fixedpoint
	for range sweeps {
		for i := 1; i < n-1; i++ {
			next[i] = (b[i] + k[i]*u[i-1] + k[i+1]*u[i+1]) / (k[i] + k[i+1] + s)
		}
		u, next = next, u
	}
	return u
}

// GaussSeidel solves the same equations in place, until nothing changes.
//
//cairn:adjoint wrt=k,b of=return mode=both
//cairn:tangent wrt=k,b of=return
func GaussSeidel(k, b []float64, s float64) []float64 {
	n := len(b)
	u := make([]float64, n)
	u[0], u[n-1] = b[0], b[n-1]
	//cairn:fixedpoint
	for {
		change := 0.0
		for i := 1; i < n-1; i++ {
			v := (b[i] + k[i]*u[i-1] + k[i+1]*u[i+1]) / (k[i] + k[i+1] + s)
			change = math.Max(change, math.Abs(v-u[i]))
			u[i] = v
		}
		if change < 1e-16 {
			break
		}
	}
	return u
}
