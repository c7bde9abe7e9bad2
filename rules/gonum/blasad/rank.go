package blasad

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// The updates of a matrix by vectors, A += …, are routines whose beta is 1.

// gerApart refuses negative increments: the assembly of gonum v0.17.0 for amd64 then reads
// elements that are not of the vectors.
func gerApart(x, y blas64.Vector, a blas64.General) {
	if x.Inc < 0 || y.Inc < 0 {
		panic("blas64.Ger: no derivative with a negative increment")
	}
	apart("Ger", "x", vectorArea(x), "A", generalArea(a))
	apart("Ger", "y", vectorArea(y), "A", generalArea(a))
}

func ger(x, y blas64.Vector, a blas64.General) bilinear {
	gerApart(x, y, a)
	return bilinear{
		mul: func(alpha float64, xv, yv []float64, _ float64, am []float64) {
			blas64.Ger(alpha, withVector(x, xv), withVector(y, yv), withGeneral(a, am))
		},
		toA: func(alpha float64, am, yv, xv []float64) {
			blas64.Gemv(blas.NoTrans, alpha, withGeneral(a, am), withVector(y, yv), 1, withVector(x, xv))
		},
		toB: func(alpha float64, am, xv, yv []float64) {
			blas64.Gemv(blas.Trans, alpha, withGeneral(a, am), withVector(x, xv), 1, withVector(y, yv))
		},
		c: general(a),
	}
}

// GerTangent is the tangent of blas64.Ger, A += alpha*x*yᵀ.
//
//cairn:rule of=blas64.Ger tangent=GerTangent adjoint=GerAdjoint reads=x,y writes=a
func GerTangent(alpha, alphad float64, x, xd, y, yd blas64.Vector, a, ad blas64.General) {
	gerApart(x, y, a)
	if len(ad.Data) > 0 {
		ad = withGeneral(a, ad.Data)
		blas64.Ger(alphad, x, y, ad)
		if len(xd.Data) > 0 {
			blas64.Ger(alpha, withVector(x, xd.Data), y, ad)
		}
		if len(yd.Data) > 0 {
			blas64.Ger(alpha, x, withVector(y, yd.Data), ad)
		}
	}
	blas64.Ger(alpha, x, y, a)
}

// GerAdjoint is the adjoint of blas64.Ger.
func GerAdjoint(alpha float64, alphab *float64, x blas64.Vector, xb *blas64.Vector, y blas64.Vector, yb *blas64.Vector, a blas64.General, ab *blas64.General) {
	ger(x, y, a).adjoint(alpha, alphab, x.Data, vectorData(xb), y.Data, vectorData(yb), 1, nil, a.Data, generalData(ab))
	blas64.Ger(alpha, x, y, a)
}

// symmetricUpdate is A += alpha*x*xᵀ with a symmetric A: half of alpha*(x*yᵀ + y*xᵀ).
func symmetricUpdate(l layout, x blas64.Vector, half func(alpha float64, x, a []float64)) square {
	return square{
		half: func(alpha float64, xv []float64, _ float64, am []float64) { half(alpha, xv, am) },
		mul: func(alpha float64, xv, yv []float64, _ float64, am []float64) {
			l.rankTwo(alpha, fields(x, xv), fields(x, yv), am)
		},
		to: func(alpha float64, am, xv, to []float64) {
			addFields(alpha, l.both(am, fields(x, xv)), x, to)
		},
		c: l,
	}
}

// symmetricUpdate2 is A += alpha*(x*yᵀ + y*xᵀ) with a symmetric A.
func symmetricUpdate2(l layout, x, y blas64.Vector, mul func(alpha float64, x, y, a []float64)) bilinear {
	return bilinear{
		mul: func(alpha float64, xv, yv []float64, _ float64, am []float64) { mul(alpha, xv, yv, am) },
		toA: func(alpha float64, am, yv, xv []float64) {
			addFields(alpha, l.both(am, fields(y, yv)), x, xv)
		},
		toB: func(alpha float64, am, xv, yv []float64) {
			addFields(alpha, l.both(am, fields(x, xv)), y, yv)
		},
		c: l,
	}
}

func syrApart(x blas64.Vector, a blas64.Symmetric) {
	apart("Syr", "x", vectorArea(x), "A", symmetricArea(a))
}

func syr(x blas64.Vector, a blas64.Symmetric) square {
	syrApart(x, a)
	return symmetricUpdate(triangle(a.Uplo, a.N, a.Stride), x, func(alpha float64, xv, am []float64) {
		blas64.Syr(alpha, withVector(x, xv), withSymmetric(a, am))
	})
}

// SyrTangent is the tangent of blas64.Syr, A += alpha*x*xᵀ with a symmetric A.
//
//cairn:rule of=blas64.Syr tangent=SyrTangent adjoint=SyrAdjoint reads=x writes=a
func SyrTangent(alpha, alphad float64, x, xd blas64.Vector, a, ad blas64.Symmetric) {
	syrApart(x, a)
	if len(ad.Data) > 0 {
		ad = withSymmetric(a, ad.Data)
		blas64.Syr(alphad, x, ad)
		if len(xd.Data) > 0 {
			blas64.Syr2(alpha, x, withVector(x, xd.Data), ad)
		}
	}
	blas64.Syr(alpha, x, a)
}

// SyrAdjoint is the adjoint of blas64.Syr.
func SyrAdjoint(alpha float64, alphab *float64, x blas64.Vector, xb *blas64.Vector, a blas64.Symmetric, ab *blas64.Symmetric) {
	syr(x, a).adjoint(alpha, alphab, x.Data, vectorData(xb), 1, nil, a.Data, symmetricData(ab))
	blas64.Syr(alpha, x, a)
}

func sprApart(x blas64.Vector, a blas64.SymmetricPacked) {
	apart("Spr", "x", vectorArea(x), "A", bandArea(1, a.N*(a.N+1)/2, a.N*(a.N+1)/2, a.Data))
}

func spr(x blas64.Vector, a blas64.SymmetricPacked) square {
	sprApart(x, a)
	return symmetricUpdate(trianglePacked(a.Uplo, a.N), x, func(alpha float64, xv, am []float64) {
		blas64.Spr(alpha, withVector(x, xv), withSymmetricPacked(a, am))
	})
}

// SprTangent is the tangent of blas64.Spr, A += alpha*x*xᵀ with a packed symmetric A.
//
//cairn:rule of=blas64.Spr tangent=SprTangent adjoint=SprAdjoint reads=x writes=a
func SprTangent(alpha, alphad float64, x, xd blas64.Vector, a, ad blas64.SymmetricPacked) {
	sprApart(x, a)
	if len(ad.Data) > 0 {
		ad = withSymmetricPacked(a, ad.Data)
		blas64.Spr(alphad, x, ad)
		if len(xd.Data) > 0 {
			blas64.Spr2(alpha, x, withVector(x, xd.Data), ad)
		}
	}
	blas64.Spr(alpha, x, a)
}

// SprAdjoint is the adjoint of blas64.Spr.
func SprAdjoint(alpha float64, alphab *float64, x blas64.Vector, xb *blas64.Vector, a blas64.SymmetricPacked, ab *blas64.SymmetricPacked) {
	spr(x, a).adjoint(alpha, alphab, x.Data, vectorData(xb), 1, nil, a.Data, symmetricPackedData(ab))
	blas64.Spr(alpha, x, a)
}

func syr2Apart(x, y blas64.Vector, a blas64.Symmetric) {
	apart("Syr2", "x", vectorArea(x), "A", symmetricArea(a))
	apart("Syr2", "y", vectorArea(y), "A", symmetricArea(a))
}

func syr2(x, y blas64.Vector, a blas64.Symmetric) bilinear {
	syr2Apart(x, y, a)
	return symmetricUpdate2(triangle(a.Uplo, a.N, a.Stride), x, y, func(alpha float64, xv, yv, am []float64) {
		blas64.Syr2(alpha, withVector(x, xv), withVector(y, yv), withSymmetric(a, am))
	})
}

// Syr2Tangent is the tangent of blas64.Syr2, A += alpha*(x*yᵀ + y*xᵀ) with a symmetric A.
//
//cairn:rule of=blas64.Syr2 tangent=Syr2Tangent adjoint=Syr2Adjoint reads=x,y writes=a
func Syr2Tangent(alpha, alphad float64, x, xd, y, yd blas64.Vector, a, ad blas64.Symmetric) {
	syr2Apart(x, y, a)
	if len(ad.Data) > 0 {
		ad = withSymmetric(a, ad.Data)
		blas64.Syr2(alphad, x, y, ad)
		if len(xd.Data) > 0 {
			blas64.Syr2(alpha, withVector(x, xd.Data), y, ad)
		}
		if len(yd.Data) > 0 {
			blas64.Syr2(alpha, x, withVector(y, yd.Data), ad)
		}
	}
	blas64.Syr2(alpha, x, y, a)
}

// Syr2Adjoint is the adjoint of blas64.Syr2.
func Syr2Adjoint(alpha float64, alphab *float64, x blas64.Vector, xb *blas64.Vector, y blas64.Vector, yb *blas64.Vector, a blas64.Symmetric, ab *blas64.Symmetric) {
	syr2(x, y, a).adjoint(alpha, alphab, x.Data, vectorData(xb), y.Data, vectorData(yb), 1, nil, a.Data, symmetricData(ab))
	blas64.Syr2(alpha, x, y, a)
}

func spr2Apart(x, y blas64.Vector, a blas64.SymmetricPacked) {
	area := bandArea(1, a.N*(a.N+1)/2, a.N*(a.N+1)/2, a.Data)
	apart("Spr2", "x", vectorArea(x), "A", area)
	apart("Spr2", "y", vectorArea(y), "A", area)
}

func spr2(x, y blas64.Vector, a blas64.SymmetricPacked) bilinear {
	spr2Apart(x, y, a)
	return symmetricUpdate2(trianglePacked(a.Uplo, a.N), x, y, func(alpha float64, xv, yv, am []float64) {
		blas64.Spr2(alpha, withVector(x, xv), withVector(y, yv), withSymmetricPacked(a, am))
	})
}

// Spr2Tangent is the tangent of blas64.Spr2, A += alpha*(x*yᵀ + y*xᵀ) with a packed
// symmetric A.
//
//cairn:rule of=blas64.Spr2 tangent=Spr2Tangent adjoint=Spr2Adjoint reads=x,y writes=a
func Spr2Tangent(alpha, alphad float64, x, xd, y, yd blas64.Vector, a, ad blas64.SymmetricPacked) {
	spr2Apart(x, y, a)
	if len(ad.Data) > 0 {
		ad = withSymmetricPacked(a, ad.Data)
		blas64.Spr2(alphad, x, y, ad)
		if len(xd.Data) > 0 {
			blas64.Spr2(alpha, withVector(x, xd.Data), y, ad)
		}
		if len(yd.Data) > 0 {
			blas64.Spr2(alpha, x, withVector(y, yd.Data), ad)
		}
	}
	blas64.Spr2(alpha, x, y, a)
}

// Spr2Adjoint is the adjoint of blas64.Spr2.
func Spr2Adjoint(alpha float64, alphab *float64, x blas64.Vector, xb *blas64.Vector, y blas64.Vector, yb *blas64.Vector, a blas64.SymmetricPacked, ab *blas64.SymmetricPacked) {
	spr2(x, y, a).adjoint(alpha, alphab, x.Data, vectorData(xb), y.Data, vectorData(yb), 1, nil, a.Data, symmetricPackedData(ab))
	blas64.Spr2(alpha, x, y, a)
}
