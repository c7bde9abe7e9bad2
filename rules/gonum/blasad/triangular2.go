package blasad

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// A triangular is a routine x = op(A)*x, or the solve x = op(A)⁻¹*x, with a triangular A.
type triangular struct {
	trans, unit bool
	l           layout
	x           blas64.Vector
	run         func(trans blas.Transpose, x []float64)
}

// flag is the operation of the routine, or the transposed one.
func (r triangular) flag(flip bool) blas.Transpose {
	if r.trans != flip {
		return blas.Trans
	}
	return blas.NoTrans
}

func (r triangular) productAdjoint(ab, xb []float64) {
	if len(xb) > 0 {
		if len(ab) > 0 {
			r.l.addProduct(r.trans, r.unit, 1, fields(r.x, xb), fields(r.x, r.x.Data), ab)
		}
		r.run(r.flag(true), xb)
	}
	r.run(r.flag(false), r.x.Data)
}

func (r triangular) solveAdjoint(ab, xb []float64) {
	r.run(r.flag(false), r.x.Data)
	if len(xb) > 0 {
		r.run(r.flag(true), xb)
		if len(ab) > 0 {
			r.l.addProduct(r.trans, r.unit, -1, fields(r.x, xb), fields(r.x, r.x.Data), ab)
		}
	}
}

func full(fn string, t blas.Transpose, a blas64.Triangular, x blas64.Vector, routine func(blas.Transpose, blas64.Triangular, blas64.Vector)) triangular {
	apart(fn, "A", triangularArea(a), "x", vectorArea(x))
	return triangular{
		t != blas.NoTrans, a.Diag == blas.Unit, triangle(a.Uplo, a.N, a.Stride), x,
		func(t blas.Transpose, data []float64) { routine(t, a, withVector(x, data)) },
	}
}

func banded(fn string, t blas.Transpose, a blas64.TriangularBand, x blas64.Vector, routine func(blas.Transpose, blas64.TriangularBand, blas64.Vector)) triangular {
	apart(fn, "A", bandArea(a.N, a.K+1, a.Stride, a.Data), "x", vectorArea(x))
	return triangular{
		t != blas.NoTrans, a.Diag == blas.Unit, triangleBand(a.Uplo, a.N, a.K, a.Stride), x,
		func(t blas.Transpose, data []float64) { routine(t, a, withVector(x, data)) },
	}
}

func packed(fn string, t blas.Transpose, a blas64.TriangularPacked, x blas64.Vector, routine func(blas.Transpose, blas64.TriangularPacked, blas64.Vector)) triangular {
	apart(fn, "A", bandArea(1, a.N*(a.N+1)/2, a.N*(a.N+1)/2, a.Data), "x", vectorArea(x))
	return triangular{
		t != blas.NoTrans, a.Diag == blas.Unit, trianglePacked(a.Uplo, a.N), x,
		func(t blas.Transpose, data []float64) { routine(t, a, withVector(x, data)) },
	}
}

// TrmvTangent is the tangent of blas64.Trmv, x = op(A)*x with a triangular A.
//
//cairn:rule of=blas64.Trmv tangent=TrmvTangent adjoint=TrmvAdjoint writes=x
func TrmvTangent(t blas.Transpose, a, ad blas64.Triangular, x, xd blas64.Vector) {
	apart("Trmv", "A", triangularArea(a), "x", vectorArea(x))
	if len(xd.Data) > 0 {
		blas64.Trmv(t, a, withVector(x, xd.Data))
		if len(ad.Data) > 0 {
			addFields(1, triangle(a.Uplo, a.N, a.Stride).times(t != blas.NoTrans, a.Diag == blas.Unit, ad.Data, fields(x, x.Data)), x, xd.Data)
		}
	}
	blas64.Trmv(t, a, x)
}

// TrmvAdjoint is the adjoint of blas64.Trmv.
func TrmvAdjoint(t blas.Transpose, a blas64.Triangular, ab *blas64.Triangular, x blas64.Vector, xb *blas64.Vector) {
	full("Trmv", t, a, x, blas64.Trmv).productAdjoint(triangularData(ab), vectorData(xb))
}

// TbmvTangent is the tangent of blas64.Tbmv, x = op(A)*x with a triangular band A.
//
//cairn:rule of=blas64.Tbmv tangent=TbmvTangent adjoint=TbmvAdjoint writes=x
func TbmvTangent(t blas.Transpose, a, ad blas64.TriangularBand, x, xd blas64.Vector) {
	apart("Tbmv", "A", bandArea(a.N, a.K+1, a.Stride, a.Data), "x", vectorArea(x))
	if len(xd.Data) > 0 {
		blas64.Tbmv(t, a, withVector(x, xd.Data))
		if len(ad.Data) > 0 {
			addFields(1, triangleBand(a.Uplo, a.N, a.K, a.Stride).times(t != blas.NoTrans, a.Diag == blas.Unit, ad.Data, fields(x, x.Data)), x, xd.Data)
		}
	}
	blas64.Tbmv(t, a, x)
}

// TbmvAdjoint is the adjoint of blas64.Tbmv.
func TbmvAdjoint(t blas.Transpose, a blas64.TriangularBand, ab *blas64.TriangularBand, x blas64.Vector, xb *blas64.Vector) {
	banded("Tbmv", t, a, x, blas64.Tbmv).productAdjoint(triangularBandData(ab), vectorData(xb))
}

// TpmvTangent is the tangent of blas64.Tpmv, x = op(A)*x with a packed triangular A.
//
//cairn:rule of=blas64.Tpmv tangent=TpmvTangent adjoint=TpmvAdjoint writes=x
func TpmvTangent(t blas.Transpose, a, ad blas64.TriangularPacked, x, xd blas64.Vector) {
	apart("Tpmv", "A", bandArea(1, a.N*(a.N+1)/2, a.N*(a.N+1)/2, a.Data), "x", vectorArea(x))
	if len(xd.Data) > 0 {
		blas64.Tpmv(t, a, withVector(x, xd.Data))
		if len(ad.Data) > 0 {
			addFields(1, trianglePacked(a.Uplo, a.N).times(t != blas.NoTrans, a.Diag == blas.Unit, ad.Data, fields(x, x.Data)), x, xd.Data)
		}
	}
	blas64.Tpmv(t, a, x)
}

// TpmvAdjoint is the adjoint of blas64.Tpmv.
func TpmvAdjoint(t blas.Transpose, a blas64.TriangularPacked, ab *blas64.TriangularPacked, x blas64.Vector, xb *blas64.Vector) {
	packed("Tpmv", t, a, x, blas64.Tpmv).productAdjoint(triangularPackedData(ab), vectorData(xb))
}

// TrsvTangent is the tangent of blas64.Trsv, x = op(A)⁻¹*x with a triangular A.
//
//cairn:rule of=blas64.Trsv tangent=TrsvTangent adjoint=TrsvAdjoint writes=x
func TrsvTangent(t blas.Transpose, a, ad blas64.Triangular, x, xd blas64.Vector) {
	apart("Trsv", "A", triangularArea(a), "x", vectorArea(x))
	blas64.Trsv(t, a, x)
	if len(xd.Data) > 0 {
		if len(ad.Data) > 0 {
			addFields(-1, triangle(a.Uplo, a.N, a.Stride).times(t != blas.NoTrans, a.Diag == blas.Unit, ad.Data, fields(x, x.Data)), x, xd.Data)
		}
		blas64.Trsv(t, a, withVector(x, xd.Data))
	}
}

// TrsvAdjoint is the adjoint of blas64.Trsv.
func TrsvAdjoint(t blas.Transpose, a blas64.Triangular, ab *blas64.Triangular, x blas64.Vector, xb *blas64.Vector) {
	full("Trsv", t, a, x, blas64.Trsv).solveAdjoint(triangularData(ab), vectorData(xb))
}

// TbsvTangent is the tangent of blas64.Tbsv, x = op(A)⁻¹*x with a triangular band A.
//
//cairn:rule of=blas64.Tbsv tangent=TbsvTangent adjoint=TbsvAdjoint writes=x
func TbsvTangent(t blas.Transpose, a, ad blas64.TriangularBand, x, xd blas64.Vector) {
	apart("Tbsv", "A", bandArea(a.N, a.K+1, a.Stride, a.Data), "x", vectorArea(x))
	blas64.Tbsv(t, a, x)
	if len(xd.Data) > 0 {
		if len(ad.Data) > 0 {
			addFields(-1, triangleBand(a.Uplo, a.N, a.K, a.Stride).times(t != blas.NoTrans, a.Diag == blas.Unit, ad.Data, fields(x, x.Data)), x, xd.Data)
		}
		blas64.Tbsv(t, a, withVector(x, xd.Data))
	}
}

// TbsvAdjoint is the adjoint of blas64.Tbsv.
func TbsvAdjoint(t blas.Transpose, a blas64.TriangularBand, ab *blas64.TriangularBand, x blas64.Vector, xb *blas64.Vector) {
	banded("Tbsv", t, a, x, blas64.Tbsv).solveAdjoint(triangularBandData(ab), vectorData(xb))
}

// TpsvTangent is the tangent of blas64.Tpsv, x = op(A)⁻¹*x with a packed triangular A.
//
//cairn:rule of=blas64.Tpsv tangent=TpsvTangent adjoint=TpsvAdjoint writes=x
func TpsvTangent(t blas.Transpose, a, ad blas64.TriangularPacked, x, xd blas64.Vector) {
	apart("Tpsv", "A", bandArea(1, a.N*(a.N+1)/2, a.N*(a.N+1)/2, a.Data), "x", vectorArea(x))
	blas64.Tpsv(t, a, x)
	if len(xd.Data) > 0 {
		if len(ad.Data) > 0 {
			addFields(-1, trianglePacked(a.Uplo, a.N).times(t != blas.NoTrans, a.Diag == blas.Unit, ad.Data, fields(x, x.Data)), x, xd.Data)
		}
		blas64.Tpsv(t, a, withVector(x, xd.Data))
	}
}

// TpsvAdjoint is the adjoint of blas64.Tpsv.
func TpsvAdjoint(t blas.Transpose, a blas64.TriangularPacked, ab *blas64.TriangularPacked, x blas64.Vector, xb *blas64.Vector) {
	packed("Tpsv", t, a, x, blas64.Tpsv).solveAdjoint(triangularPackedData(ab), vectorData(xb))
}
