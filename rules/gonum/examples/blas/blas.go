// Package blas is a solve with routines of BLAS: the energy of a chain of springs under a load.
package blas

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	_ "github.com/cairn-ad/cairn/rules/gonum/blasad"   // derivatives of package blas64
	_ "github.com/cairn-ad/cairn/rules/gonum/floatsad" // derivatives of package floats
)

// Energy is loadᵀ*K⁻¹*load/2, where K is the stiffness of springs in a row, of which the first
// one is fixed: a symmetric band of two diagonals. The solve is conjugate gradients, which end
// after as many steps as there are springs.
//
//cairn:adjoint wrt=stiffness,load of=return mode=both
//cairn:tangent wrt=stiffness,load of=return
func Energy(stiffness, load []float64) float64 {
	n := len(load)
	k := blas64.SymmetricBand{Uplo: blas.Upper, N: n, K: 1, Stride: 2, Data: make([]float64, 2*n)}
	for i := range n {
		k.Data[2*i] = stiffness[i]
		if i+1 < n {
			k.Data[2*i] += stiffness[i+1]
			k.Data[2*i+1] = -stiffness[i+1]
		}
	}
	u, r, p, q := zeros(n), zeros(n), zeros(n), zeros(n)
	blas64.Copy(blas64.Vector{N: n, Inc: 1, Data: load}, r)
	blas64.Copy(r, p)
	rr := blas64.Dot(r, r)
	for range n {
		blas64.Sbmv(1, k, p, 0, q)
		alpha := rr / blas64.Dot(p, q)
		blas64.Axpy(alpha, p, u)
		blas64.Axpy(-alpha, q, r)
		next := blas64.Dot(r, r)
		blas64.Scal(next/rr, p)
		blas64.Axpy(1, r, p)
		rr = next
	}
	return floats.Dot(load, u.Data) / 2
}

func zeros(n int) blas64.Vector {
	return blas64.Vector{N: n, Inc: 1, Data: make([]float64, n)}
}
