package blasad

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// side is what Trmm and Trsm have in common: a triangular A beside a B.
type side struct {
	left, trans bool
	a           blas64.Triangular
	b           blas64.General
}

func newSide(fn string, s blas.Side, tA blas.Transpose, a blas64.Triangular, b blas64.General) side {
	apart(fn, "A", triangularArea(a), "B", generalArea(b))
	return side{s == blas.Left, tA != blas.NoTrans, a, b}
}

// dense is a triangle of order N as a full matrix, without the diagonal if that is ones.
func (s side) dense(data []float64) blas64.General {
	n := s.a.N
	d := blas64.General{Rows: n, Cols: n, Stride: max(1, n), Data: make([]float64, n*n)}
	addTriangle(s.a.Uplo, s.a.Diag == blas.Unit, n, 1, data, s.a.Stride, d.Data, d.Stride)
	return d
}

// addTimes adds alpha*op(A)*B, or alpha*B*op(A), to c with another A.
func (s side) addTimes(alpha float64, a blas64.General, b, c []float64) {
	t := blas.NoTrans
	if s.trans {
		t = blas.Trans
	}
	if s.left {
		blas64.Gemm(t, blas.NoTrans, alpha, a, withGeneral(s.b, b), 1, withGeneral(s.b, c))
	} else {
		blas64.Gemm(blas.NoTrans, t, alpha, withGeneral(s.b, b), a, 1, withGeneral(s.b, c))
	}
}

// toA adds to the triangle a what the seed c of alpha*op(A)*B, or alpha*B*op(A), does.
func (s side) toA(alpha float64, c, b, a []float64) {
	n := s.a.N
	d := blas64.General{Rows: n, Cols: n, Stride: max(1, n), Data: make([]float64, n*n)}
	cm, bm := withGeneral(s.b, c), withGeneral(s.b, b)
	if s.left == s.trans {
		cm, bm = bm, cm
	}
	if s.left {
		blas64.Gemm(blas.NoTrans, blas.Trans, alpha, cm, bm, 0, d)
	} else {
		blas64.Gemm(blas.Trans, blas.NoTrans, alpha, cm, bm, 0, d)
	}
	addTriangle(s.a.Uplo, s.a.Diag == blas.Unit, n, 1, d.Data, d.Stride, a, s.a.Stride)
}

// TrmmTangent is the tangent of blas64.Trmm, B = alpha*op(A)*B or alpha*B*op(A) with a
// triangular A.
//
//cairn:rule of=blas64.Trmm tangent=TrmmTangent adjoint=TrmmAdjoint writes=b
func TrmmTangent(s blas.Side, tA blas.Transpose, alpha, alphad float64, a, ad blas64.Triangular, b, bd blas64.General) {
	e := newSide("Trmm", s, tA, a, b)
	if len(bd.Data) > 0 {
		seed := withGeneral(b, bd.Data)
		blas64.Trmm(s, tA, alpha, a, seed)
		if len(ad.Data) > 0 {
			e.addTimes(alpha, e.dense(ad.Data), b.Data, bd.Data)
		}
		product := withGeneral(b, append([]float64{}, b.Data...))
		blas64.Trmm(s, tA, alphad, a, product)
		general(b).axpy(1, product.Data, bd.Data)
	}
	blas64.Trmm(s, tA, alpha, a, b)
}

// TrmmAdjoint is the adjoint of blas64.Trmm.
func TrmmAdjoint(s blas.Side, tA blas.Transpose, alpha float64, alphab *float64, a blas64.Triangular, ab *blas64.Triangular, b blas64.General, bb *blas64.General) {
	e := newSide("Trmm", s, tA, a, b)
	if seed := generalData(bb); len(seed) > 0 {
		if t := triangularData(ab); len(t) > 0 {
			e.toA(alpha, seed, b.Data, t)
		}
		blas64.Trmm(s, flip(tA), 1, a, withGeneral(b, seed))
		if alphab != nil {
			*alphab += general(b).inner(seed, b.Data)
		}
		general(b).scale(alpha, seed)
	}
	blas64.Trmm(s, tA, alpha, a, b)
}

// TrsmTangent is the tangent of blas64.Trsm, B = alpha*op(A)⁻¹*B or alpha*B*op(A)⁻¹ with a
// triangular A.
//
//cairn:rule of=blas64.Trsm tangent=TrsmTangent adjoint=TrsmAdjoint writes=b
func TrsmTangent(s blas.Side, tA blas.Transpose, alpha, alphad float64, a, ad blas64.Triangular, b, bd blas64.General) {
	e := newSide("Trsm", s, tA, a, b)
	if len(bd.Data) > 0 {
		general(b).multiply(alpha, bd.Data)
		general(b).plus(alphad, b.Data, bd.Data)
	}
	blas64.Trsm(s, tA, alpha, a, b)
	if len(bd.Data) > 0 {
		if len(ad.Data) > 0 {
			e.addTimes(-1, e.dense(ad.Data), b.Data, bd.Data)
		}
		blas64.Trsm(s, tA, 1, a, withGeneral(b, bd.Data))
	}
}

// TrsmAdjoint is the adjoint of blas64.Trsm.
func TrsmAdjoint(s blas.Side, tA blas.Transpose, alpha float64, alphab *float64, a blas64.Triangular, ab *blas64.Triangular, b blas64.General, bb *blas64.General) {
	e := newSide("Trsm", s, tA, a, b)
	seed := generalData(bb)
	if len(seed) > 0 {
		blas64.Trsm(s, flip(tA), 1, a, withGeneral(b, seed))
		if alphab != nil {
			*alphab += general(b).inner(seed, b.Data)
		}
	}
	blas64.Trsm(s, tA, alpha, a, b)
	if len(seed) > 0 {
		if t := triangularData(ab); len(t) > 0 {
			e.toA(-1, seed, b.Data, t)
		}
		general(b).scale(alpha, seed)
	}
}
