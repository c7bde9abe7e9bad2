package matad

import "gonum.org/v1/gonum/mat"

// qrShadow is what the shadow f of a factorization holds, with the size of qr.
func qrShadow(qr, f *mat.QR) *mat.Dense {
	r, c := qr.Dims()
	return factorShadow(field(f, "qr"), r, c)
}

// qrTangent is the tangent of the matrix that was factorized, nil if it is zero.
func qrTangent(qrd *mat.QR) mat.Matrix {
	if qrd == nil {
		return nil
	}
	return factorTangent(*field(qrd, "qr"))
}

// QRFactorizeTangent is the tangent of QR.Factorize.
//
//cairn:rule of=mat.QR.Factorize tangent=QRFactorizeTangent forward=QRFactorizeForward reverse=QRFactorizeReverse reads=a writes=qr
func QRFactorizeTangent(qr, qrd *mat.QR, a, ad mat.Matrix) {
	var d sum
	d.add(1, tangentOf(ad))
	qr.Factorize(a)
	setFactorTangent(qrd != nil, func() *mat.Dense { return qrShadow(qr, qrd) }, d)
}

// QRFactorizeForward runs QR.Factorize; there is nothing to keep.
func QRFactorizeForward(qr *mat.QR, a mat.Matrix) (kept bool) {
	qr.Factorize(a)
	return true
}

// QRFactorizeReverse is the reverse sweep of QR.Factorize.
func QRFactorizeReverse(kept bool, qr, qrb *mat.QR, a, ab mat.Matrix) {
	if qrb == nil {
		return
	}
	if s := takeFactor(*field(qrb, "qr")); s != nil {
		add(a, ab, 1, s)
	}
}

// thin is A = QR with as many columns of Q as A has.
func thin(qr *mat.QR) (q *mat.Dense, r *mat.TriDense) {
	m, n := qr.Dims()
	var full, top mat.Dense
	qr.QTo(&full)
	qr.RTo(&top)
	r = mat.NewTriDense(n, mat.Upper, nil)
	for i := range n {
		for j := i; j < n; j++ {
			r.SetTri(i, j, top.At(i, j))
		}
	}
	return full.Slice(0, m, 0, n).(*mat.Dense), r
}

// qrPull returns the derivatives with respect to A of which qb and rb have those with respect
// to the thin Q and R; either may be nil.
//
// Source: H.-J. Liao, J.-G. Liu, L. Wang, T. Xiang, Differentiable programming tensor
// networks, Physical Review X 9 (2019) 031041, equation (9).
func qrPull(qr *mat.QR, qb, rb *mat.Dense) *mat.Dense {
	q, r := thin(qr)
	var s, m sum
	if rb != nil {
		m.addMul(1, r, rb.T())
	}
	if qb != nil {
		m.addMul(-1, qb.T(), q)
		s.add(1, qb)
	}
	n, _ := r.Dims()
	for i := range n {
		for j := range i {
			m.Set(j, i, m.At(i, j)) // the lower triangle counts, mirrored
		}
	}
	s.addMul(1, q, m.Dense)
	return mat.DenseCopyOf(solveTri(r, false, s.T()).T())
}

// qrPush returns the tangents of the thin Q and R of which ad is that of A.
func qrPush(qr *mat.QR, ad mat.Matrix) (qd, rd *mat.Dense) {
	q, r := thin(qr)
	b := mat.DenseCopyOf(solveTri(r, true, ad.T()).T())
	c := mul(q.T(), b)
	n, _ := c.Dims()
	for i := range n {
		for j := range i {
			c.Set(j, i, c.At(j, i)+c.At(i, j))
			c.Set(i, j, 0)
		}
	}
	b.Sub(b, mul(q, c))
	return b, mul(c, r)
}

// QRRToTangent is the tangent of QR.RTo.
//
//cairn:rule of=mat.QR.RTo tangent=QRRToTangent adjoint=QRRToAdjoint reads=qr writes=dst
func QRRToTangent(qr, qrd *mat.QR, dst, dstd *mat.Dense) {
	qr.RTo(dst)
	if dstd == nil {
		return
	}
	shape(dst, dstd)
	_, n := qr.Dims()
	top := dstd.Slice(0, n, 0, n).(*mat.Dense)
	top.Zero()
	if d := qrTangent(qrd); d != nil {
		_, rd := qrPush(qr, d)
		top.Copy(rd)
	}
}

// QRRToAdjoint is the adjoint of QR.RTo. Of a dst that is not empty gonum leaves the rows
// below R as they are.
func QRRToAdjoint(qr, qrb *mat.QR, dst, dstb *mat.Dense) {
	empty := dst.IsEmpty()
	qr.RTo(dst)
	if dstb == nil || dstb.IsEmpty() {
		return
	}
	_, n := qr.Dims()
	top := dstb.Slice(0, n, 0, n).(*mat.Dense)
	s := mat.DenseCopyOf(top)
	top.Zero()
	if empty {
		dstb.Reset()
	}
	for i := range n {
		for j := range i {
			s.Set(i, j, 0) // zeros that do not depend on A
		}
	}
	if qrb != nil {
		add(qr, qrb, 1, qrPull(qr, nil, s))
	}
}

// squareQ panics if Q has columns that A does not determine.
func squareQ(qr *mat.QR) {
	if m, n := qr.Dims(); m != n {
		panic("mat.QR.QTo has a derivative for square matrices only: of a tall one, A determines no more columns of Q than it has itself")
	}
}

// QRQToTangent is the tangent of QR.QTo for a square matrix.
//
//cairn:rule of=mat.QR.QTo tangent=QRQToTangent adjoint=QRQToAdjoint reads=qr writes=dst
func QRQToTangent(qr, qrd *mat.QR, dst, dstd *mat.Dense) {
	squareQ(qr)
	var t *mat.Dense
	if d := qrTangent(qrd); d != nil {
		t, _ = qrPush(qr, d)
	}
	qr.QTo(dst)
	setTangent(dst, dstd, t)
}

// QRQToAdjoint is the adjoint of QR.QTo for a square matrix.
func QRQToAdjoint(qr, qrb *mat.QR, dst, dstb *mat.Dense) {
	squareQ(qr)
	if s := seedOf(dst, dstb); s != nil && qrb != nil {
		add(qr, qrb, 1, qrPull(qr, s, nil))
	}
	qr.QTo(dst)
}

// QRSolveToTangent is the tangent of QR.SolveTo.
//
//cairn:rule of=mat.QR.SolveTo tangent=QRSolveToTangent adjoint=QRSolveToAdjoint reads=qr,b writes=dst
func QRSolveToTangent(qr, qrd *mat.QR, dst, dstd *mat.Dense, trans bool, b, bd mat.Matrix) error {
	s, d := newLeastSquares(qr, trans, b), tangentCopy(bd)
	err := qr.SolveTo(dst, trans, b)
	setTangent(dst, dstd, s.tangent(err, dst, qrTangent(qrd), d))
	return err
}

// QRSolveToAdjoint is the adjoint of QR.SolveTo.
func QRSolveToAdjoint(qr, qrb *mat.QR, dst, dstb *mat.Dense, trans bool, b, bb mat.Matrix) error {
	l := newLeastSquares(qr, trans, b)
	s := seedOf(dst, dstb)
	err := qr.SolveTo(dst, trans, b)
	qrSolveAdjoint(l, err, qrb, dst, s, b, bb)
	return err
}

func qrSolveAdjoint(l leastSquares, err error, qrb *mat.QR, x mat.Matrix, s *mat.Dense, b, bb mat.Matrix) {
	if s == nil {
		return
	}
	ag, bg := l.adjoint(err, x, s)
	add(b, bb, 1, bg)
	if qrb != nil {
		add(l.qr, qrb, 1, ag)
	}
}

// QRSolveVecToTangent is the tangent of QR.SolveVecTo.
//
//cairn:rule of=mat.QR.SolveVecTo tangent=QRSolveVecToTangent adjoint=QRSolveVecToAdjoint reads=qr,b writes=dst
func QRSolveVecToTangent(qr, qrd *mat.QR, dst, dstd *mat.VecDense, trans bool, b, bd mat.Vector) error {
	s, d := newLeastSquares(qr, trans, b), tangentCopy(bd)
	err := qr.SolveVecTo(dst, trans, b)
	setTangent(dst, dstd, s.tangent(err, dst, qrTangent(qrd), d))
	return err
}

// QRSolveVecToAdjoint is the adjoint of QR.SolveVecTo.
func QRSolveVecToAdjoint(qr, qrb *mat.QR, dst, dstb *mat.VecDense, trans bool, b, bb mat.Vector) error {
	l := newLeastSquares(qr, trans, b)
	s := seedOf(dst, dstb)
	err := qr.SolveVecTo(dst, trans, b)
	qrSolveAdjoint(l, err, qrb, dst, s, b, bb)
	return err
}

func tangentCopy(xd mat.Matrix) *mat.Dense {
	var s sum
	s.add(1, tangentOf(xd))
	return s.Dense
}
