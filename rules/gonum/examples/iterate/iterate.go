// Package iterate has iterations on matrices, recorded and under a schedule.
package iterate

import (
	"gonum.org/v1/gonum/mat"

	_ "github.com/cairn-ad/cairn/rules/gonum/matad" // derivatives of package mat
)

// Recorded is the Rayleigh quotient of a symmetric matrix after some steps of the power
// iteration.
//
//cairn:adjoint wrt=data,start of=return mode=both
//cairn:tangent wrt=data,start of=return
func Recorded(data, start []float64, steps int) float64 {
	n := len(start)
	a, v := mat.NewSymDense(n, data), mat.NewVecDense(n, start)
	var w mat.VecDense
	for range steps {
		step(&w, a, v)
	}
	return mat.Inner(v, a, v) / mat.Dot(v, v)
}

// Scheduled is the same in the memory of two snapshots.
//
//cairn:adjoint wrt=data,start of=return mode=both
//cairn:tangent wrt=data,start of=return
func Scheduled(data, start []float64, steps int) float64 {
	n := len(start)
	a, v := mat.NewSymDense(n, data), mat.NewVecDense(n, start)
	w := mat.NewVecDense(n, nil)
	//cairn:checkpoint scheme=binomial snaps=2
	for i := 0; i < steps; i++ {
		step(w, a, v)
	}
	return mat.Inner(v, a, v) / mat.Dot(v, v)
}

// step sets v to a*v, with a length of one, and mixes its ends.
func step(w *mat.VecDense, a *mat.SymDense, v *mat.VecDense) {
	w.MulVec(a, v)
	w.ScaleVec(1/mat.Norm(w, 2), w)
	last := v.Len() - 1
	w.SetVec(last, w.AtVec(last)+0.1*w.AtVec(0)*v.AtVec(0))
	v.CopyVec(w)
}

// Newton inverts a matrix by Newton's iteration, until a residual is small.
//
//cairn:adjoint wrt=data of=return mode=both
//cairn:tangent wrt=data of=return
func Newton(data []float64, n int) float64 {
	a := mat.NewDense(n, n, data)
	x := mat.DenseCopyOf(a.T())
	x.Scale(1/(mat.Norm(a, 1)*mat.Norm(a.T(), 1)), x)
	var r, y mat.Dense
	for range 100 {
		r.Mul(a, x)
		for i := range n {
			r.Set(i, i, r.At(i, i)-2)
		}
		y.Mul(x, &r)
		x.Scale(-1, &y)
		done := true
		for i := range n {
			d := r.At(i, i) + 1
			done = done && d*d < 1e-28
		}
		if done {
			break
		}
	}
	return mat.Sum(x)
}
