package cg

import (
	"math"

	"github.com/cairn-ad/cairn/npb/common"
)

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

// multiply sets y = A v in elements 0..n−1. It is where the time goes, and the only loop that is
// divided among the workers: so the result is the same bit for bit, however many there are.
//
//cairn:source of=multiplyAlone
func multiply(n int, a []float64, colidx []int32, rowstr []int, v, y []float64) {
	common.For(common.Workers(), product{a, colidx, rowstr, v, y}, 0, n, product.rows)
}

// multiplyAlone is multiply on its caller alone.
func multiplyAlone(n int, a []float64, colidx []int32, rowstr []int, v, y []float64) {
	multiplyRows(a, colidx, rowstr, v, y, 0, n)
}

// A product is y = A v, to be divided by rows.
type product struct {
	a      []float64
	colidx []int32
	rowstr []int
	v, y   []float64
}

func (m product) rows(lo, hi int) { multiplyRows(m.a, m.colidx, m.rowstr, m.v, m.y, lo, hi) }

// multiplyRows sets y = A v in elements lo to hi−1. Four terms are added to each other before
// they are added to the row's sum: the chain of dependent additions is a quarter as long. The
// form of the loop leaves one bounds check for each term, that of v.
func multiplyRows(a []float64, colidx []int32, rowstr []int, v, y []float64, lo, hi int) {
	for j := lo; j < hi; j++ {
		row := a[rowstr[j]:rowstr[j+1]]
		cols := colidx[rowstr[j]:rowstr[j+1]][:len(row)]
		sum := 0.0
		for k := 3; k < len(row); k += 4 {
			sum += row[k-3]*v[uint32(cols[k-3])] + row[k-2]*v[uint32(cols[k-2])] +
				(row[k-1]*v[uint32(cols[k-1])] + row[k]*v[uint32(cols[k])])
		}
		for k := len(row) &^ 3; k < len(row); k++ {
			sum += row[k] * v[uint32(cols[k])]
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
