package cg

import "math"

// conjGrad runs cgIterations iterations of the conjugate-gradient method on A z = x, from
// z = 0, and returns the residual norm ‖x − A z‖ (RNR-94-007, kernel CG).
//
// A has order n, in the form that makea returns. The vectors have n+2 elements; z receives
// the solution, p, q and r are work space and need no particular contents.
func conjGrad(n int, a []float64, colidx []int32, rowstr []int, x, z, p, q, r []float64) float64 {
	for j := 0; j < n+1; j++ {
		q[j] = 0
		z[j] = 0
		r[j] = x[j]
		p[j] = r[j]
	}
	rho := dot(n, r, r)
	for it := 0; it < cgIterations; it++ {
		multiply(n, a, colidx, rowstr, p, q)
		alpha := rho / dot(n, p, q)
		rho0 := rho
		rho = 0
		for j := 0; j < n; j++ {
			z[j] += alpha * p[j]
			r[j] -= alpha * q[j]
			rho += r[j] * r[j]
		}
		beta := rho / rho0
		for j := 0; j < n; j++ {
			p[j] = r[j] + beta*p[j]
		}
	}
	multiply(n, a, colidx, rowstr, z, r)
	sum := 0.0
	for j := 0; j < n; j++ {
		d := x[j] - r[j]
		sum += d * d
	}
	return math.Sqrt(sum)
}

// multiply sets y = A v in elements 0..n−1. Four terms are added to each other before they are
// added to the row's sum: the chain of dependent additions is a quarter as long.
func multiply(n int, a []float64, colidx []int32, rowstr []int, v, y []float64) {
	for j := 0; j < n; j++ {
		begin, end := rowstr[j], rowstr[j+1]
		tail := end - (end-begin)%4
		sum := 0.0
		for k := begin; k < tail; k += 4 {
			sum += a[k]*v[colidx[k]] + a[k+1]*v[colidx[k+1]] +
				(a[k+2]*v[colidx[k+2]] + a[k+3]*v[colidx[k+3]])
		}
		for k := tail; k < end; k++ {
			sum += a[k] * v[colidx[k]]
		}
		y[j] = sum
	}
}

// dot is the inner product of elements 0..n−1.
func dot(n int, v, w []float64) float64 {
	sum := 0.0
	for j := 0; j < n; j++ {
		sum += v[j] * w[j]
	}
	return sum
}
