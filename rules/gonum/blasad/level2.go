package blasad

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

func gemv(t blas.Transpose, a blas64.General, x, y blas64.Vector) bilinear {
	return bilinear{
		mul: func(alpha float64, am, xv []float64, beta float64, yv []float64) {
			blas64.Gemv(t, alpha, withGeneral(a, am), withVector(x, xv), beta, withVector(y, yv))
		},
		toA: func(alpha float64, yv, xv, am []float64) {
			u, v := fields(y, yv), fields(x, xv)
			if t != blas.NoTrans {
				u, v = v, u
			}
			general(a).rankOne(alpha, u, v, am)
		},
		toB: func(alpha float64, yv, am, xv []float64) {
			blas64.Gemv(flip(t), alpha, withGeneral(a, am), withVector(y, yv), 1, withVector(x, xv))
		},
		c: vector(y),
	}
}

// GemvTangent is the tangent of blas64.Gemv, y = alpha*op(A)*x + beta*y.
//
//cairn:rule of=blas64.Gemv tangent=GemvTangent adjoint=GemvAdjoint writes=y
func GemvTangent(t blas.Transpose, alpha, alphad float64, a, ad blas64.General, x, xd blas64.Vector, beta, betad float64, y, yd blas64.Vector) {
	gemvApart(a, x, y)
	if len(yd.Data) > 0 {
		yd = withVector(y, yd.Data)
		blas64.Gemv(t, alphad, a, x, beta, yd)
		if len(ad.Data) > 0 {
			blas64.Gemv(t, alpha, withGeneral(a, ad.Data), x, 1, yd)
		}
		if len(xd.Data) > 0 {
			blas64.Gemv(t, alpha, a, withVector(x, xd.Data), 1, yd)
		}
		blas64.Axpy(betad, y, yd)
	}
	blas64.Gemv(t, alpha, a, x, beta, y)
}

// GemvAdjoint is the adjoint of blas64.Gemv.
func GemvAdjoint(t blas.Transpose, alpha float64, alphab *float64, a blas64.General, ab *blas64.General, x blas64.Vector, xb *blas64.Vector, beta float64, betab *float64, y blas64.Vector, yb *blas64.Vector) {
	gemvApart(a, x, y)
	gemv(t, a, x, y).adjoint(alpha, alphab, a.Data, generalData(ab), x.Data, vectorData(xb), beta, betab, y.Data, vectorData(yb))
	blas64.Gemv(t, alpha, a, x, beta, y)
}

func gemvApart(a blas64.General, x, y blas64.Vector) {
	apart("Gemv", "A", generalArea(a), "y", vectorArea(y))
	apart("Gemv", "x", vectorArea(x), "y", vectorArea(y))
}

func gbmv(t blas.Transpose, a blas64.Band, x, y blas64.Vector) bilinear {
	return bilinear{
		mul: func(alpha float64, am, xv []float64, beta float64, yv []float64) {
			blas64.Gbmv(t, alpha, withBand(a, am), withVector(x, xv), beta, withVector(y, yv))
		},
		toA: func(alpha float64, yv, xv, am []float64) {
			u, v := fields(y, yv), fields(x, xv)
			if t != blas.NoTrans {
				u, v = v, u
			}
			band(a).rankOne(alpha, u, v, am)
		},
		toB: func(alpha float64, yv, am, xv []float64) {
			blas64.Gbmv(flip(t), alpha, withBand(a, am), withVector(y, yv), 1, withVector(x, xv))
		},
		c: vector(y),
	}
}

// GbmvTangent is the tangent of blas64.Gbmv, y = alpha*op(A)*x + beta*y with a band matrix A.
//
//cairn:rule of=blas64.Gbmv tangent=GbmvTangent adjoint=GbmvAdjoint writes=y
func GbmvTangent(t blas.Transpose, alpha, alphad float64, a, ad blas64.Band, x, xd blas64.Vector, beta, betad float64, y, yd blas64.Vector) {
	gbmvApart(a, x, y)
	if len(yd.Data) > 0 {
		yd = withVector(y, yd.Data)
		blas64.Gbmv(t, alphad, a, x, beta, yd)
		if len(ad.Data) > 0 {
			blas64.Gbmv(t, alpha, withBand(a, ad.Data), x, 1, yd)
		}
		if len(xd.Data) > 0 {
			blas64.Gbmv(t, alpha, a, withVector(x, xd.Data), 1, yd)
		}
		blas64.Axpy(betad, y, yd)
	}
	blas64.Gbmv(t, alpha, a, x, beta, y)
}

// GbmvAdjoint is the adjoint of blas64.Gbmv.
func GbmvAdjoint(t blas.Transpose, alpha float64, alphab *float64, a blas64.Band, ab *blas64.Band, x blas64.Vector, xb *blas64.Vector, beta float64, betab *float64, y blas64.Vector, yb *blas64.Vector) {
	gbmvApart(a, x, y)
	gbmv(t, a, x, y).adjoint(alpha, alphab, a.Data, bandData(ab), x.Data, vectorData(xb), beta, betab, y.Data, vectorData(yb))
	blas64.Gbmv(t, alpha, a, x, beta, y)
}

func gbmvApart(a blas64.Band, x, y blas64.Vector) {
	apart("Gbmv", "A", bandArea(band(a).n, a.KL+a.KU+1, a.Stride, a.Data), "y", vectorArea(y))
	apart("Gbmv", "x", vectorArea(x), "y", vectorArea(y))
}

// symmetricProduct is a product of a symmetric matrix with a vector.
func symmetricProduct(l layout, x, y blas64.Vector, mul func(alpha float64, a, x []float64, beta float64, y []float64)) bilinear {
	return bilinear{
		mul: mul,
		toA: func(alpha float64, yv, xv, am []float64) { l.fold(alpha, fields(y, yv), fields(x, xv), am) },
		toB: func(alpha float64, yv, am, xv []float64) {
			addFields(alpha, l.symmetric(am, fields(y, yv)), x, xv)
		},
		c: vector(y),
	}
}

// SymvTangent is the tangent of blas64.Symv, y = alpha*A*x + beta*y with a symmetric A.
//
//cairn:rule of=blas64.Symv tangent=SymvTangent adjoint=SymvAdjoint writes=y
func SymvTangent(alpha, alphad float64, a, ad blas64.Symmetric, x, xd blas64.Vector, beta, betad float64, y, yd blas64.Vector) {
	symvApart(a, x, y)
	if len(yd.Data) > 0 {
		yd = withVector(y, yd.Data)
		blas64.Symv(alphad, a, x, beta, yd)
		if len(ad.Data) > 0 {
			blas64.Symv(alpha, withSymmetric(a, ad.Data), x, 1, yd)
		}
		if len(xd.Data) > 0 {
			blas64.Symv(alpha, a, withVector(x, xd.Data), 1, yd)
		}
		blas64.Axpy(betad, y, yd)
	}
	blas64.Symv(alpha, a, x, beta, y)
}

// SymvAdjoint is the adjoint of blas64.Symv.
func SymvAdjoint(alpha float64, alphab *float64, a blas64.Symmetric, ab *blas64.Symmetric, x blas64.Vector, xb *blas64.Vector, beta float64, betab *float64, y blas64.Vector, yb *blas64.Vector) {
	symv(a, x, y).adjoint(alpha, alphab, a.Data, symmetricData(ab), x.Data, vectorData(xb), beta, betab, y.Data, vectorData(yb))
	blas64.Symv(alpha, a, x, beta, y)
}

func symvApart(a blas64.Symmetric, x, y blas64.Vector) {
	apart("Symv", "A", symmetricArea(a), "y", vectorArea(y))
	apart("Symv", "x", vectorArea(x), "y", vectorArea(y))
}

func symv(a blas64.Symmetric, x, y blas64.Vector) bilinear {
	symvApart(a, x, y)
	return symmetricProduct(triangle(a.Uplo, a.N, a.Stride), x, y, func(alpha float64, am, xv []float64, beta float64, yv []float64) {
		blas64.Symv(alpha, withSymmetric(a, am), withVector(x, xv), beta, withVector(y, yv))
	})
}

// SbmvTangent is the tangent of blas64.Sbmv, y = alpha*A*x + beta*y with a symmetric band A.
//
//cairn:rule of=blas64.Sbmv tangent=SbmvTangent adjoint=SbmvAdjoint writes=y
func SbmvTangent(alpha, alphad float64, a, ad blas64.SymmetricBand, x, xd blas64.Vector, beta, betad float64, y, yd blas64.Vector) {
	sbmvApart(a, x, y)
	if len(yd.Data) > 0 {
		yd = withVector(y, yd.Data)
		blas64.Sbmv(alphad, a, x, beta, yd)
		if len(ad.Data) > 0 {
			blas64.Sbmv(alpha, withSymmetricBand(a, ad.Data), x, 1, yd)
		}
		if len(xd.Data) > 0 {
			blas64.Sbmv(alpha, a, withVector(x, xd.Data), 1, yd)
		}
		blas64.Axpy(betad, y, yd)
	}
	blas64.Sbmv(alpha, a, x, beta, y)
}

// SbmvAdjoint is the adjoint of blas64.Sbmv.
func SbmvAdjoint(alpha float64, alphab *float64, a blas64.SymmetricBand, ab *blas64.SymmetricBand, x blas64.Vector, xb *blas64.Vector, beta float64, betab *float64, y blas64.Vector, yb *blas64.Vector) {
	sbmv(a, x, y).adjoint(alpha, alphab, a.Data, symmetricBandData(ab), x.Data, vectorData(xb), beta, betab, y.Data, vectorData(yb))
	blas64.Sbmv(alpha, a, x, beta, y)
}

func sbmvApart(a blas64.SymmetricBand, x, y blas64.Vector) {
	apart("Sbmv", "A", bandArea(a.N, a.K+1, a.Stride, a.Data), "y", vectorArea(y))
	apart("Sbmv", "x", vectorArea(x), "y", vectorArea(y))
}

func sbmv(a blas64.SymmetricBand, x, y blas64.Vector) bilinear {
	sbmvApart(a, x, y)
	return symmetricProduct(triangleBand(a.Uplo, a.N, a.K, a.Stride), x, y, func(alpha float64, am, xv []float64, beta float64, yv []float64) {
		blas64.Sbmv(alpha, withSymmetricBand(a, am), withVector(x, xv), beta, withVector(y, yv))
	})
}

// SpmvTangent is the tangent of blas64.Spmv, y = alpha*A*x + beta*y with a packed symmetric A.
//
//cairn:rule of=blas64.Spmv tangent=SpmvTangent adjoint=SpmvAdjoint writes=y
func SpmvTangent(alpha, alphad float64, a, ad blas64.SymmetricPacked, x, xd blas64.Vector, beta, betad float64, y, yd blas64.Vector) {
	spmvApart(a, x, y)
	if len(yd.Data) > 0 {
		yd = withVector(y, yd.Data)
		blas64.Spmv(alphad, a, x, beta, yd)
		if len(ad.Data) > 0 {
			blas64.Spmv(alpha, withSymmetricPacked(a, ad.Data), x, 1, yd)
		}
		if len(xd.Data) > 0 {
			blas64.Spmv(alpha, a, withVector(x, xd.Data), 1, yd)
		}
		blas64.Axpy(betad, y, yd)
	}
	blas64.Spmv(alpha, a, x, beta, y)
}

// SpmvAdjoint is the adjoint of blas64.Spmv.
func SpmvAdjoint(alpha float64, alphab *float64, a blas64.SymmetricPacked, ab *blas64.SymmetricPacked, x blas64.Vector, xb *blas64.Vector, beta float64, betab *float64, y blas64.Vector, yb *blas64.Vector) {
	spmv(a, x, y).adjoint(alpha, alphab, a.Data, symmetricPackedData(ab), x.Data, vectorData(xb), beta, betab, y.Data, vectorData(yb))
	blas64.Spmv(alpha, a, x, beta, y)
}

func spmvApart(a blas64.SymmetricPacked, x, y blas64.Vector) {
	apart("Spmv", "A", bandArea(1, a.N*(a.N+1)/2, a.N*(a.N+1)/2, a.Data), "y", vectorArea(y))
	apart("Spmv", "x", vectorArea(x), "y", vectorArea(y))
}

func spmv(a blas64.SymmetricPacked, x, y blas64.Vector) bilinear {
	spmvApart(a, x, y)
	return symmetricProduct(trianglePacked(a.Uplo, a.N), x, y, func(alpha float64, am, xv []float64, beta float64, yv []float64) {
		blas64.Spmv(alpha, withSymmetricPacked(a, am), withVector(x, xv), beta, withVector(y, yv))
	})
}
