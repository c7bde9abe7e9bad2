// Package gp is a Gaussian process: the logarithm of the likelihood of data, and its
// derivatives with respect to the parameters of the kernel.
package gp

import (
	"math"

	"gonum.org/v1/gonum/mat"

	_ "github.com/cairn-ad/cairn/rules/gonum/matad" // derivatives of package mat
)

// LogLikelihood is the logarithm of the likelihood of the values y at the places x under a
// process with a squared exponential kernel.
//
//cairn:adjoint wrt=amplitude,length,noise,y of=return
//cairn:tangent wrt=amplitude,length,noise,y of=return
func LogLikelihood(amplitude, length, noise float64, x, y []float64) float64 {
	n := len(x)
	k := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			d := (x[i] - x[j]) / length
			v := amplitude * amplitude * math.Exp(-d*d/2)
			if i == j {
				v += noise * noise
			}
			k.SetSym(i, j, v)
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(k) {
		return math.Inf(-1)
	}
	data := mat.NewVecDense(n, y)
	var alpha mat.VecDense
	if err := chol.SolveVecTo(&alpha, data); err != nil {
		return math.Inf(-1)
	}
	return -mat.Dot(data, &alpha)/2 - chol.LogDet()/2 - float64(n)*math.Log(2*math.Pi)/2
}
