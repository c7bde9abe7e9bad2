// Package views has matrices that are parts and transposes of others.
package views

import (
	"gonum.org/v1/gonum/mat"

	_ "github.com/cairn-ad/cairn/rules/gonum/matad" // derivatives of package mat
)

// Schur is the logarithm of the determinant of the Schur complement of the upper left block of
// order k, and the sum of a row of it: D - C*A⁻¹*B of the blocks A B; C D of m.
//
//cairn:adjoint wrt=data of=return
//cairn:tangent wrt=data of=return
func Schur(data []float64, n, k int) (logDet, row float64) {
	m := mat.NewDense(n, n, data)
	a, b := m.Slice(0, k, 0, k), m.Slice(0, k, k, n)
	c, d := m.Slice(k, n, 0, k), m.Slice(k, n, k, n)
	var x, s mat.Dense
	if err := x.Solve(a, b); err != nil {
		panic(err)
	}
	s.Mul(c, &x)
	s.Sub(d, &s)
	logDet, _ = mat.LogDet(&s)
	last := s.RowView(n - k - 1)
	return logDet, mat.Sum(last) + mat.Dot(last, s.ColView(0))
}

// Gram changes a part of its argument in place: it is multiplied with its transpose, and then
// a row of it is added to another one.
//
//cairn:adjoint wrt=data of=data mode=both
//cairn:tangent wrt=data of=data
func Gram(data []float64, n int) {
	m := mat.NewDense(n, n, data)
	part := m.Slice(0, n-1, 0, n-1).(*mat.Dense)
	part.Mul(part, part.T())
	row := part.RawRowView(0)
	for j, v := range part.RawRowView(n - 2) {
		row[j] += v * v
	}
	raw := m.RawMatrix()
	for i := range raw.Data {
		raw.Data[i] *= raw.Data[i]
	}
	mat.NewVecDense(n, data[:n]).ScaleVec(0.5, m.RowView(n-1))
}
