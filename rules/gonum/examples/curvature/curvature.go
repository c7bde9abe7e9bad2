// Package curvature has Hessians of functions that go through the rules for floats and blas64.
// They are made from the tangents of the rules: see docs/howto/use-second-derivatives.md.
package curvature

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	_ "github.com/cairn-ad/cairn/rules/gonum/blasad"   // derivatives of package blas64
	_ "github.com/cairn-ad/cairn/rules/gonum/floatsad" // derivatives of package floats
)

// Elements takes two lists of four numbers, element by element.
//
//cairn:adjoint wrt=x,y of=return
//cairn:hessian wrt=x,y of=return
func Elements(x, y []float64) float64 {
	z, w := make([]float64, len(x)), make([]float64, len(x))
	floats.MulTo(z, x, y)
	floats.AddScaledTo(w, z, y[0], x)
	floats.Div(w, y)
	floats.AddScaled(z, x[1], w)
	floats.Scale(y[1], w)
	floats.SubTo(z, z, w)
	floats.AddConst(x[0], z)
	floats.CumProd(w, z)
	floats.Span(z, x[2], y[2])
	floats.Add(z, w)
	return floats.Sum(z) * floats.Dot(z, x)
}

// Sizes takes norms and other sums.
//
//cairn:adjoint wrt=x,y of=return
//cairn:hessian wrt=x,y of=return
func Sizes(x, y []float64) float64 {
	return floats.Norm(x, 2)*floats.Prod(y) + floats.Distance(x, y, 3)*floats.Max(x) + floats.LogSumExp(x)*floats.Norm(y, 1)
}

func vector(x []float64) blas64.Vector { return blas64.Vector{N: len(x), Inc: 1, Data: x} }

func square(x []float64) blas64.General {
	return blas64.General{Rows: 2, Cols: 2, Stride: 2, Data: x}
}

func symmetric(x []float64) blas64.Symmetric {
	return blas64.Symmetric{Uplo: blas.Lower, N: 2, Stride: 2, Data: x}
}

func triangle(x []float64, diag blas.Diag) blas64.Triangular {
	return blas64.Triangular{Uplo: blas.Upper, Diag: diag, N: 2, Stride: 2, Data: x}
}

// Vectors uses routines of level 1, and 2.
//
//cairn:adjoint wrt=x,y of=return
//cairn:hessian wrt=x,y of=return
func Vectors(x, y []float64) float64 {
	z, w := make([]float64, len(x)), make([]float64, len(x))
	blas64.Copy(vector(x), vector(z))
	blas64.Axpy(y[0], blas64.Vector{N: 2, Inc: -2, Data: y}, blas64.Vector{N: 2, Inc: 1, Data: z})
	blas64.Rot(vector(z), vector(w), x[0], y[1])
	blas64.Scal(x[3], vector(w))
	blas64.Swap(vector(w), vector(z))
	blas64.Gemv(blas.Trans, y[2], square(x), vector(w[:2]), x[1], vector(z[2:]))
	blas64.Symv(x[2], symmetric(y), vector(z[:2]), y[3], vector(w[2:]))
	blas64.Ger(y[1], vector(x[:2]), vector(w[2:]), square(z))
	blas64.Syr2(1, vector(z[:2]), vector(x[2:]), symmetric(w))
	return blas64.Dot(vector(z), vector(w)) * (blas64.Nrm2(vector(x)) + blas64.Asum(vector(w)))
}

// Matrices uses routines of level 3, and triangular ones.
//
//cairn:adjoint wrt=x,y of=return
//cairn:hessian wrt=x,y of=return
func Matrices(x, y []float64) float64 {
	z, w := make([]float64, len(x)), make([]float64, len(x))
	copy(z, y)
	blas64.Gemm(blas.NoTrans, blas.Trans, y[0], square(x), square(y), x[1], square(z))
	blas64.Syrk(blas.NoTrans, x[0], square(z), 0, symmetric(w))
	blas64.Symm(blas.Left, 1, symmetric(w), square(x), y[1], square(z))
	blas64.Trsm(blas.Left, blas.NoTrans, y[3], triangle(x, blas.NonUnit), square(z))
	blas64.Trmm(blas.Right, blas.Trans, x[3], triangle(y, blas.Unit), square(z))
	blas64.Trsv(blas.Trans, triangle(y, blas.NonUnit), vector(z[:2]))
	blas64.Trmv(blas.NoTrans, triangle(x, blas.Unit), vector(z[2:]))
	return blas64.Dot(vector(z), vector(z)) + z[0]*z[3]
}
