// Package det is the problem DET of GradBench: the determinant of a matrix by expansion
// in minors, and its gradient, which is the matrix of cofactors.
//
// In: a matrix. Out: its determinant ([Determinant]) and the derivatives by all elements
// (DeterminantAdjoint, which cairngen wrote).
//
// The problem is det_by_minor of cmpad, by Bradley M. Bell.
package det

import "math/bits"

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// Determinant is the determinant of the n by n matrix a, stored by rows. The first rows
// are expanded in minors of the rows below, each minor once: minor[s] is the determinant
// of the last rows and the columns in the set of bits s, as many rows as columns.
//
//cairn:adjoint wrt=a of=return
//cairn:tangent wrt=a of=return
func Determinant(a []float64, n int) float64 {
	minor := make([]float64, 1<<n)
	minor[0] = 1
	for s := 1; s < len(minor); s++ {
		row := a[n*(n-bits.OnesCount(uint(s))):]
		sum, sign := 0.0, 1.0
		for j := range n {
			if s&(1<<j) != 0 {
				sum += sign * row[j] * minor[s&^(1<<j)]
				sign = -sign
			}
		}
		minor[s] = sum
	}
	return minor[len(minor)-1]
}
