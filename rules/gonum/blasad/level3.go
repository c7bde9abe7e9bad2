package blasad

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

func gemmApart(a, b, c blas64.General) {
	apart("Gemm", "A", generalArea(a), "C", generalArea(c))
	apart("Gemm", "B", generalArea(b), "C", generalArea(c))
}

func gemm(tA, tB blas.Transpose, a, b, c blas64.General) bilinear {
	gemmApart(a, b, c)
	return bilinear{
		mul: func(alpha float64, am, bm []float64, beta float64, cm []float64) {
			blas64.Gemm(tA, tB, alpha, withGeneral(a, am), withGeneral(b, bm), beta, withGeneral(c, cm))
		},
		toA: func(alpha float64, cm, bm, am []float64) {
			cc, bb, aa := withGeneral(c, cm), withGeneral(b, bm), withGeneral(a, am)
			if tA == blas.NoTrans {
				blas64.Gemm(blas.NoTrans, flip(tB), alpha, cc, bb, 1, aa)
			} else {
				blas64.Gemm(tB, blas.Trans, alpha, bb, cc, 1, aa)
			}
		},
		toB: func(alpha float64, cm, am, bm []float64) {
			cc, aa, bb := withGeneral(c, cm), withGeneral(a, am), withGeneral(b, bm)
			if tB == blas.NoTrans {
				blas64.Gemm(flip(tA), blas.NoTrans, alpha, aa, cc, 1, bb)
			} else {
				blas64.Gemm(blas.Trans, tA, alpha, cc, aa, 1, bb)
			}
		},
		c: general(c),
	}
}

// GemmTangent is the tangent of blas64.Gemm, C = alpha*op(A)*op(B) + beta*C.
//
//cairn:rule of=blas64.Gemm tangent=GemmTangent adjoint=GemmAdjoint writes=c
func GemmTangent(tA, tB blas.Transpose, alpha, alphad float64, a, ad, b, bd blas64.General, beta, betad float64, c, cd blas64.General) {
	gemmApart(a, b, c)
	if len(cd.Data) > 0 {
		cd = withGeneral(c, cd.Data)
		blas64.Gemm(tA, tB, alphad, a, b, beta, cd)
		if len(ad.Data) > 0 {
			blas64.Gemm(tA, tB, alpha, withGeneral(a, ad.Data), b, 1, cd)
		}
		if len(bd.Data) > 0 {
			blas64.Gemm(tA, tB, alpha, a, withGeneral(b, bd.Data), 1, cd)
		}
		general(c).plus(betad, c.Data, cd.Data)
	}
	blas64.Gemm(tA, tB, alpha, a, b, beta, c)
}

// GemmAdjoint is the adjoint of blas64.Gemm.
func GemmAdjoint(tA, tB blas.Transpose, alpha float64, alphab *float64, a blas64.General, ab *blas64.General, b blas64.General, bb *blas64.General, beta float64, betab *float64, c blas64.General, cb *blas64.General) {
	gemm(tA, tB, a, b, c).adjoint(alpha, alphab, a.Data, generalData(ab), b.Data, generalData(bb), beta, betab, c.Data, generalData(cb))
	blas64.Gemm(tA, tB, alpha, a, b, beta, c)
}

func symmApart(a blas64.Symmetric, b, c blas64.General) {
	apart("Symm", "A", symmetricArea(a), "C", generalArea(c))
	apart("Symm", "B", generalArea(b), "C", generalArea(c))
}

func symm(s blas.Side, a blas64.Symmetric, b, c blas64.General) bilinear {
	symmApart(a, b, c)
	return bilinear{
		mul: func(alpha float64, am, bm []float64, beta float64, cm []float64) {
			blas64.Symm(s, alpha, withSymmetric(a, am), withGeneral(b, bm), beta, withGeneral(c, cm))
		},
		toA: func(alpha float64, cm, bm, am []float64) {
			// Twice the symmetric part of the derivative of a full matrix has the right
			// elements off the diagonal, and twice the right ones on it.
			t := blas.NoTrans
			if s == blas.Right {
				t = blas.Trans
			}
			both := blas64.Symmetric{Uplo: a.Uplo, N: a.N, Stride: max(1, a.N), Data: make([]float64, a.N*a.N)}
			blas64.Syr2k(t, alpha, withGeneral(c, cm), withGeneral(b, bm), 0, both)
			for i := range a.N {
				both.Data[i*a.N+i] /= 2
			}
			addTriangle(a.Uplo, false, a.N, 1, both.Data, both.Stride, am, a.Stride)
		},
		toB: func(alpha float64, cm, am, bm []float64) {
			blas64.Symm(s, alpha, withSymmetric(a, am), withGeneral(c, cm), 1, withGeneral(b, bm))
		},
		c: general(c),
	}
}

// SymmTangent is the tangent of blas64.Symm, C = alpha*A*B + beta*C or alpha*B*A + beta*C with
// a symmetric A.
//
//cairn:rule of=blas64.Symm tangent=SymmTangent adjoint=SymmAdjoint writes=c
func SymmTangent(s blas.Side, alpha, alphad float64, a, ad blas64.Symmetric, b, bd blas64.General, beta, betad float64, c, cd blas64.General) {
	symmApart(a, b, c)
	if len(cd.Data) > 0 {
		cd = withGeneral(c, cd.Data)
		blas64.Symm(s, alphad, a, b, beta, cd)
		if len(ad.Data) > 0 {
			blas64.Symm(s, alpha, withSymmetric(a, ad.Data), b, 1, cd)
		}
		if len(bd.Data) > 0 {
			blas64.Symm(s, alpha, a, withGeneral(b, bd.Data), 1, cd)
		}
		general(c).plus(betad, c.Data, cd.Data)
	}
	blas64.Symm(s, alpha, a, b, beta, c)
}

// SymmAdjoint is the adjoint of blas64.Symm.
func SymmAdjoint(s blas.Side, alpha float64, alphab *float64, a blas64.Symmetric, ab *blas64.Symmetric, b blas64.General, bb *blas64.General, beta float64, betab *float64, c blas64.General, cb *blas64.General) {
	symm(s, a, b, c).adjoint(alpha, alphab, a.Data, symmetricData(ab), b.Data, generalData(bb), beta, betab, c.Data, generalData(cb))
	blas64.Symm(s, alpha, a, b, beta, c)
}

// bothOf is C + Cᵀ of the triangle C whose elements are in the Data given.
func bothOf(c blas64.Symmetric, data []float64) blas64.Symmetric {
	s := blas64.Symmetric{Uplo: c.Uplo, N: c.N, Stride: max(1, c.N), Data: make([]float64, c.N*c.N)}
	addTriangle(c.Uplo, false, c.N, 1, data, c.Stride, s.Data, s.Stride)
	for i := range c.N {
		s.Data[i*s.Stride+i] *= 2
	}
	return s
}

// timesBoth adds to x what the seed of the triangle C = alpha*(A*Xᵀ + X*Aᵀ) does, or that of
// alpha*(Aᵀ*X + Xᵀ*A).
func timesBoth(t blas.Transpose, c blas64.Symmetric, a, x blas64.General) func(alpha float64, cm, am, xm []float64) {
	side := blas.Left
	if t != blas.NoTrans {
		side = blas.Right
	}
	return func(alpha float64, cm, am, xm []float64) {
		blas64.Symm(side, alpha, bothOf(c, cm), withGeneral(a, am), 1, withGeneral(x, xm))
	}
}

func syrkApart(a blas64.General, c blas64.Symmetric) {
	apart("Syrk", "A", generalArea(a), "C", symmetricArea(c))
}

func syrk(t blas.Transpose, a blas64.General, c blas64.Symmetric) square {
	syrkApart(a, c)
	return square{
		half: func(alpha float64, am []float64, beta float64, cm []float64) {
			blas64.Syrk(t, alpha, withGeneral(a, am), beta, withSymmetric(c, cm))
		},
		mul: func(alpha float64, am, bm []float64, beta float64, cm []float64) {
			blas64.Syr2k(t, alpha, withGeneral(a, am), withGeneral(a, bm), beta, withSymmetric(c, cm))
		},
		to: timesBoth(t, c, a, a),
		c:  triangle(c.Uplo, c.N, c.Stride),
	}
}

// SyrkTangent is the tangent of blas64.Syrk, C = alpha*A*Aᵀ + beta*C or alpha*Aᵀ*A + beta*C
// with a symmetric C.
//
//cairn:rule of=blas64.Syrk tangent=SyrkTangent adjoint=SyrkAdjoint writes=c
func SyrkTangent(t blas.Transpose, alpha, alphad float64, a, ad blas64.General, beta, betad float64, c, cd blas64.Symmetric) {
	syrkApart(a, c)
	if len(cd.Data) > 0 {
		cd = withSymmetric(c, cd.Data)
		blas64.Syrk(t, alphad, a, beta, cd)
		if len(ad.Data) > 0 {
			blas64.Syr2k(t, alpha, a, withGeneral(a, ad.Data), 1, cd)
		}
		triangle(c.Uplo, c.N, c.Stride).plus(betad, c.Data, cd.Data)
	}
	blas64.Syrk(t, alpha, a, beta, c)
}

// SyrkAdjoint is the adjoint of blas64.Syrk.
func SyrkAdjoint(t blas.Transpose, alpha float64, alphab *float64, a blas64.General, ab *blas64.General, beta float64, betab *float64, c blas64.Symmetric, cb *blas64.Symmetric) {
	syrk(t, a, c).adjoint(alpha, alphab, a.Data, generalData(ab), beta, betab, c.Data, symmetricData(cb))
	blas64.Syrk(t, alpha, a, beta, c)
}

func syr2kApart(a, b blas64.General, c blas64.Symmetric) {
	apart("Syr2k", "A", generalArea(a), "C", symmetricArea(c))
	apart("Syr2k", "B", generalArea(b), "C", symmetricArea(c))
}

func syr2k(t blas.Transpose, a, b blas64.General, c blas64.Symmetric) bilinear {
	syr2kApart(a, b, c)
	return bilinear{
		mul: func(alpha float64, am, bm []float64, beta float64, cm []float64) {
			blas64.Syr2k(t, alpha, withGeneral(a, am), withGeneral(b, bm), beta, withSymmetric(c, cm))
		},
		toA: timesBoth(t, c, b, a),
		toB: timesBoth(t, c, a, b),
		c:   triangle(c.Uplo, c.N, c.Stride),
	}
}

// Syr2kTangent is the tangent of blas64.Syr2k, C = alpha*(A*Bᵀ + B*Aᵀ) + beta*C or
// alpha*(Aᵀ*B + Bᵀ*A) + beta*C with a symmetric C.
//
//cairn:rule of=blas64.Syr2k tangent=Syr2kTangent adjoint=Syr2kAdjoint writes=c
func Syr2kTangent(t blas.Transpose, alpha, alphad float64, a, ad, b, bd blas64.General, beta, betad float64, c, cd blas64.Symmetric) {
	syr2kApart(a, b, c)
	if len(cd.Data) > 0 {
		cd = withSymmetric(c, cd.Data)
		blas64.Syr2k(t, alphad, a, b, beta, cd)
		if len(ad.Data) > 0 {
			blas64.Syr2k(t, alpha, withGeneral(a, ad.Data), b, 1, cd)
		}
		if len(bd.Data) > 0 {
			blas64.Syr2k(t, alpha, a, withGeneral(b, bd.Data), 1, cd)
		}
		triangle(c.Uplo, c.N, c.Stride).plus(betad, c.Data, cd.Data)
	}
	blas64.Syr2k(t, alpha, a, b, beta, c)
}

// Syr2kAdjoint is the adjoint of blas64.Syr2k.
func Syr2kAdjoint(t blas.Transpose, alpha float64, alphab *float64, a blas64.General, ab *blas64.General, b blas64.General, bb *blas64.General, beta float64, betab *float64, c blas64.Symmetric, cb *blas64.Symmetric) {
	syr2k(t, a, b, c).adjoint(alpha, alphab, a.Data, generalData(ab), b.Data, generalData(bb), beta, betab, c.Data, symmetricData(cb))
	blas64.Syr2k(t, alpha, a, b, beta, c)
}

// addTriangle adds alpha times a triangle of one matrix of order n to that of another,
// without the diagonal if that is ones.
func addTriangle(uplo blas.Uplo, unit bool, n int, alpha float64, from []float64, fromStride int, to []float64, toStride int) {
	source, target := triangle(uplo, n, fromStride), triangle(uplo, n, toStride)
	for i := range n {
		col, at, len := source.row(i)
		_, into, _ := target.row(i)
		for k := range len {
			if !unit || col+k != i {
				to[into+k] += alpha * from[at+k]
			}
		}
	}
}
