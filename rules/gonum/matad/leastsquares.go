package matad

import "gonum.org/v1/gonum/mat"

// A leastSquares is a solve with a QR of A, m×n of rank n: the X of least |A*X - B|, or if
// trans, of all X with Aᵀ*X = B the least one.
type leastSquares struct {
	qr    *mat.QR
	a, b  *mat.Dense
	trans bool
}

func newLeastSquares(qr *mat.QR, trans bool, b mat.Matrix) leastSquares {
	q, r := thin(qr)
	return leastSquares{qr, mul(q, r), mat.DenseCopyOf(b), trans}
}

// solve is (AᵀA)⁻¹*Aᵀ*b, or A*(AᵀA)⁻¹*b.
func (l leastSquares) solve(trans bool, b mat.Matrix) *mat.Dense {
	var x mat.Dense
	if singular(l.qr.SolveTo(&x, trans, b)) {
		m, n := l.qr.Dims()
		if !trans {
			m = n
		}
		_, c := b.Dims()
		return notANumber(mat.NewDense(m, c, nil))
	}
	return &x
}

// normal is (AᵀA)⁻¹*b.
func (l leastSquares) normal(b mat.Matrix) *mat.Dense { return l.solve(false, l.solve(true, b)) }

// tangent is the tangent of the solution x; ad and bd may be nil.
func (l leastSquares) tangent(err error, x, ad mat.Matrix, bd *mat.Dense) *mat.Dense {
	switch {
	case ad == nil && bd == nil:
		return nil
	case singular(err):
		return notANumber(x)
	case l.trans:
		return l.leastTangent(x, ad, bd)
	}
	// With the residual R = B - A*X it is (AᵀA)⁻¹ * (Ȧᵀ*R + Aᵀ*(Ḃ - Ȧ*X)).
	d := sum{bd}
	d.addMul(-1, ad, x)
	t := sum{l.solve(false, d.Dense)}
	if ad != nil {
		t.add(1, l.normal(mul(ad.T(), l.residual(x))))
	}
	return t.Dense
}

// leastTangent is the tangent of X = A*W with AᵀA*W = B.
func (l leastSquares) leastTangent(x, ad mat.Matrix, bd *mat.Dense) *mat.Dense {
	d, t := sum{bd}, sum{}
	if ad != nil {
		w := l.solve(false, x)
		adw := mul(ad, w)
		d.addMul(-1, ad.T(), x)
		d.addMul(-1, l.a.T(), adw)
		t.add(1, adw)
	}
	t.add(1, l.solve(true, d.Dense))
	return t.Dense
}

func (l leastSquares) residual(x mat.Matrix) *mat.Dense {
	r := mul(l.a, x)
	r.Sub(l.b, r)
	return r
}

// adjoint returns the derivatives with respect to A and B for the seed s of the solution x.
func (l leastSquares) adjoint(err error, x mat.Matrix, s *mat.Dense) (ag, bg *mat.Dense) {
	var a sum
	switch {
	case singular(err):
		return nothing(l.a, s), nothing(l.b, s)
	case l.trans: // of leastTangent
		w, y := l.solve(false, x), l.solve(false, s)
		rest := mul(l.a, y)
		rest.Sub(s, rest)
		a.addMul(1, rest, w.T())
		a.addMul(-1, x, y.T())
		return a.Dense, y
	}
	y := l.solve(true, s)
	z := l.solve(false, y)
	a.addMul(1, l.residual(x), z.T())
	a.addMul(-1, y, x.T())
	return a.Dense, y
}

// nothing is the derivative of a solution that does not exist: zero for a zero seed, and else
// NaN.
func nothing(like, s mat.Matrix) *mat.Dense {
	if mat.Norm(s, 1) != 0 {
		return notANumber(like)
	}
	r, c := like.Dims()
	return mat.NewDense(r, c, nil)
}
