package matad

import (
	"errors"
	"math"
	"reflect"

	"gonum.org/v1/gonum/mat"
)

// field is the address of an unexported field of a factorization, of which gonum has no
// other access to write to.
func field(f any, name string) **mat.Dense {
	return (**mat.Dense)(reflect.ValueOf(f).Elem().FieldByName(name).Addr().UnsafePointer())
}

// factorShadow is the matrix in a field of a shadow, with r rows and c columns.
func factorShadow(at **mat.Dense, r, c int) *mat.Dense {
	if *at == nil {
		*at = &mat.Dense{}
	}
	d := *at
	if dr, dc := d.Dims(); dr != r || dc != c {
		d.Reset()
		d.ReuseAs(r, c)
	}
	return d
}

// luShadow is what the shadow f of a factorization holds, with the size of lu.
func luShadow(lu, f *mat.LU) *mat.Dense {
	n, _ := lu.Dims()
	return factorShadow(field(f, "lu"), n, n)
}

// luTangent is the tangent of the matrix that was factorized, nil if it is zero.
func luTangent(lud *mat.LU) mat.Matrix {
	if lud == nil {
		return nil
	}
	return factorTangent(*field(lud, "lu"))
}

func factorTangent(d *mat.Dense) mat.Matrix {
	if d == nil || d.IsEmpty() {
		return nil
	}
	return d
}

// takeFactor takes the seed out of the shadow of a factorization.
func takeFactor(d *mat.Dense) *mat.Dense {
	if d == nil || d.IsEmpty() {
		return nil
	}
	s := mat.DenseCopyOf(d)
	d.Zero()
	return s
}

// singular reports whether an error says that a matrix is exactly singular.
func singular(err error) bool {
	var c mat.Condition
	return errors.As(err, &c) && math.IsInf(float64(c), 1)
}

// LUFactorizeTangent is the tangent of LU.Factorize.
//
//cairn:rule of=mat.LU.Factorize tangent=LUFactorizeTangent forward=LUFactorizeForward reverse=LUFactorizeReverse reads=a writes=lu
func LUFactorizeTangent(lu, lud *mat.LU, a, ad mat.Matrix) {
	var d sum
	d.add(1, tangentOf(ad))
	lu.Factorize(a)
	setFactorTangent(lud != nil, func() *mat.Dense { return luShadow(lu, lud) }, d)
}

// setFactorTangent makes d what the shadow of a factorization holds.
func setFactorTangent(is bool, shadow func() *mat.Dense, d sum) {
	if !is {
		return
	}
	s := shadow()
	s.Zero()
	if d.Dense != nil {
		s.Copy(d.Dense)
	}
}

// LUFactorizeForward runs LU.Factorize; there is nothing to keep.
func LUFactorizeForward(lu *mat.LU, a mat.Matrix) (kept bool) {
	lu.Factorize(a)
	return true
}

// LUFactorizeReverse is the reverse sweep of LU.Factorize.
func LUFactorizeReverse(kept bool, lu, lub *mat.LU, a, ab mat.Matrix) {
	if lub == nil {
		return
	}
	if s := takeFactor(*field(lub, "lu")); s != nil {
		add(a, ab, 1, s)
	}
}

// luSolve is A⁻¹*b, or A⁻ᵀ*b; of a singular matrix all is NaN.
func luSolve(lu *mat.LU, trans bool, b mat.Matrix) *mat.Dense {
	var x mat.Dense
	if singular(lu.SolveTo(&x, trans, b)) {
		return notANumber(b)
	}
	return &x
}

func notANumber(like mat.Matrix) *mat.Dense {
	return byElement(like, func(_, _ int, _ float64) float64 { return math.NaN() })
}

// LUSolveToTangent is the tangent of LU.SolveTo.
//
//cairn:rule of=mat.LU.SolveTo tangent=LUSolveToTangent adjoint=LUSolveToAdjoint reads=lu,b writes=dst
func LUSolveToTangent(lu, lud *mat.LU, dst, dstd *mat.Dense, trans bool, b, bd mat.Matrix) error {
	var d sum
	d.add(1, tangentOf(bd))
	err := lu.SolveTo(dst, trans, b)
	if !singular(err) {
		setTangent(dst, dstd, luSolveTangent(lu, lud, trans, dst, d))
	}
	return err
}

func luSolveTangent(lu, lud *mat.LU, trans bool, x mat.Matrix, bd sum) *mat.Dense {
	ad := luTangent(lud)
	if ad != nil && trans {
		ad = ad.T()
	}
	bd.addMul(-1, ad, x)
	if bd.Dense == nil {
		return nil
	}
	return luSolve(lu, trans, bd.Dense)
}

// LUSolveToAdjoint is the adjoint of LU.SolveTo. A singular matrix leaves dst as it is.
func LUSolveToAdjoint(lu, lub *mat.LU, dst, dstb *mat.Dense, trans bool, b, bb mat.Matrix) error {
	empty := dst.IsEmpty()
	err := lu.SolveTo(dst, trans, b)
	if !singular(err) {
		luSolveAdjoint(lu, lub, trans, dst, takeSeed(empty, dstb), b, bb)
	}
	return err
}

func luSolveAdjoint(lu, lub *mat.LU, trans bool, x mat.Matrix, s *mat.Dense, b, bb mat.Matrix) {
	if s == nil {
		return
	}
	w := luSolve(lu, !trans, s)
	add(b, bb, 1, w)
	if lub == nil {
		return
	}
	if trans {
		add(lu, lub, -1, mul(x, w.T()))
	} else {
		add(lu, lub, -1, mul(w, x.T()))
	}
}

// LUSolveVecToTangent is the tangent of LU.SolveVecTo.
//
//cairn:rule of=mat.LU.SolveVecTo tangent=LUSolveVecToTangent adjoint=LUSolveVecToAdjoint reads=lu,b writes=dst
func LUSolveVecToTangent(lu, lud *mat.LU, dst, dstd *mat.VecDense, trans bool, b, bd mat.Vector) error {
	var d sum
	d.add(1, tangentOf(bd))
	err := lu.SolveVecTo(dst, trans, b)
	if !singular(err) {
		setTangent(dst, dstd, luSolveTangent(lu, lud, trans, dst, d))
	}
	return err
}

// LUSolveVecToAdjoint is the adjoint of LU.SolveVecTo. A singular matrix leaves dst as it is.
func LUSolveVecToAdjoint(lu, lub *mat.LU, dst, dstb *mat.VecDense, trans bool, b, bb mat.Vector) error {
	empty := dst.IsEmpty()
	err := lu.SolveVecTo(dst, trans, b)
	if !singular(err) {
		luSolveAdjoint(lu, lub, trans, dst, takeSeed(empty, dstb), b, bb)
	}
	return err
}

// inverseT is A⁻ᵀ.
func inverseT(lu *mat.LU) *mat.Dense {
	n, _ := lu.Dims()
	one := mat.NewDense(n, n, nil)
	for i := range n {
		one.Set(i, i, 1)
	}
	return luSolve(lu, true, one)
}

// detGradient is the transposed adjugate, the derivative of the determinant.
func detGradient(lu *mat.LU) *mat.Dense {
	if lu.Det() != 0 {
		g := inverseT(lu)
		g.Scale(lu.Det(), g)
		return g
	}
	// With A = UΣVᵀ it is det(U)*det(V) * U * adj(Σ) * Vᵀ, also if A is singular.
	var svd mat.SVD
	if !svd.Factorize(mat.DenseCopyOf(lu), mat.SVDFull) {
		return notANumber(lu)
	}
	var u, v mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	s := svd.Values(nil)
	adj := mat.NewDense(len(s), len(s), nil)
	for i := range s {
		p := 1.0
		for j, x := range s {
			if j != i {
				p *= x
			}
		}
		adj.Set(i, i, p)
	}
	g := mul(mul(&u, adj), v.T())
	g.Scale(math.Round(mat.Det(&u)*mat.Det(&v)), g)
	return g
}

// LUDetTangent is the tangent of LU.Det.
//
//cairn:rule of=mat.LU.Det tangent=LUDetTangent adjoint=LUDetAdjoint writes=none
func LUDetTangent(lu, lud *mat.LU) (ret, retd float64) {
	if d := luTangent(lud); d != nil {
		retd = inner(d, detGradient(lu))
	}
	return lu.Det(), retd
}

// LUDetAdjoint is the adjoint of LU.Det.
func LUDetAdjoint(lu, lub *mat.LU, retb float64) float64 {
	if lub != nil && retb != 0 {
		add(lu, lub, retb, detGradient(lu))
	}
	return lu.Det()
}

// LULogDetTangent is the tangent of LU.LogDet.
//
//cairn:rule of=mat.LU.LogDet tangent=LULogDetTangent adjoint=LULogDetAdjoint writes=none
func LULogDetTangent(lu, lud *mat.LU) (det, detd, sign, signd float64) {
	if d := luTangent(lud); d != nil {
		detd = inner(d, inverseT(lu))
	}
	det, sign = lu.LogDet()
	return det, detd, sign, 0
}

// LULogDetAdjoint is the adjoint of LU.LogDet.
func LULogDetAdjoint(lu, lub *mat.LU, detb, signb float64) (det, sign float64) {
	if lub != nil && detb != 0 {
		add(lu, lub, detb, inverseT(lu))
	}
	return lu.LogDet()
}

// factors are L and U of A = PLU, and the places of the rows of A in LU.
func factors(lu *mat.LU) (l, u *mat.TriDense, rows []int) {
	l, u = &mat.TriDense{}, &mat.TriDense{}
	lu.LTo(l)
	lu.UTo(u)
	return l, u, lu.RowPivots(nil)
}

// luPull returns the derivatives with respect to A of which lb and ub have those with respect
// to L and U; either may be nil.
func luPull(lu *mat.LU, lb, ub *mat.Dense) *mat.Dense {
	l, u, rows := factors(lu)
	n, _ := lu.Dims()
	m := mat.NewDense(n, n, nil)
	if lb != nil {
		addInside(m, 1, mul(l.T(), lb), func(i, j int) bool { return i > j }, m.Set)
	}
	if ub != nil {
		addInside(m, 1, mul(ub, u.T()), func(i, j int) bool { return i <= j }, m.Set)
	}
	left := solveTri(l, true, m)
	b := mat.DenseCopyOf(solveTri(u, false, left.T()).T())
	a := mat.NewDense(n, n, nil)
	for i, r := range rows {
		a.SetRow(i, b.RawRowView(r))
	}
	return a
}

// luPush returns the tangents of L and U of which ad is that of A.
func luPush(lu *mat.LU, ad mat.Matrix) (ld, ud *mat.Dense) {
	l, u, rows := factors(lu)
	n, _ := lu.Dims()
	b := mat.NewDense(n, n, nil)
	for i, r := range rows {
		for j := range n {
			b.Set(r, j, ad.At(i, j))
		}
	}
	left := solveTri(l, false, b)
	f := mat.DenseCopyOf(solveTri(u, true, left.T()).T())
	lower, up := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	addInside(lower, 1, f, func(i, j int) bool { return i > j }, lower.Set)
	addInside(up, 1, f, func(i, j int) bool { return i <= j }, up.Set)
	return mul(l, lower), mul(up, u)
}

// LULToTangent is the tangent of LU.LTo.
//
//cairn:rule of=mat.LU.LTo tangent=LULToTangent adjoint=LULToAdjoint reads=lu writes=dst returns=dst
func LULToTangent(lu, lud *mat.LU, dst, dstd *mat.TriDense) (ret, retd *mat.TriDense) {
	var t *mat.Dense
	if d := luTangent(lud); d != nil {
		t, _ = luPush(lu, d)
	}
	ret = lu.LTo(dst)
	setTangent(dst, dstd, t)
	return ret, dstd
}

// LULToAdjoint is the adjoint of LU.LTo. The diagonal of L is ones.
func LULToAdjoint(lu, lub *mat.LU, dst, dstb *mat.TriDense) *mat.TriDense {
	if s := seedOf(dst, dstb); s != nil && lub != nil {
		add(lu, lub, 1, luPull(lu, s, nil))
	}
	return lu.LTo(dst)
}

// LUUToTangent is the tangent of LU.UTo.
//
//cairn:rule of=mat.LU.UTo tangent=LUUToTangent adjoint=LUUToAdjoint reads=lu writes=dst
func LUUToTangent(lu, lud *mat.LU, dst, dstd *mat.TriDense) {
	var t *mat.Dense
	if d := luTangent(lud); d != nil {
		_, t = luPush(lu, d)
	}
	lu.UTo(dst)
	setTangent(dst, dstd, t)
}

// LUUToAdjoint is the adjoint of LU.UTo.
func LUUToAdjoint(lu, lub *mat.LU, dst, dstb *mat.TriDense) {
	if s := seedOf(dst, dstb); s != nil && lub != nil {
		add(lu, lub, 1, luPull(lu, nil, s))
	}
	lu.UTo(dst)
}

// LURankOneTangent is the tangent of LU.RankOne, A = orig + alpha*x*yᵀ.
//
//cairn:rule of=mat.LU.RankOne tangent=LURankOneTangent adjoint=LURankOneAdjoint reads=orig,x,y writes=lu
func LURankOneTangent(lu, lud, orig, origd *mat.LU, alpha, alphad float64, x, xd, y, yd mat.Vector) {
	t := outerTangent(alpha, alphad, x, xd, y, yd)
	t.add(1, luTangent(origd))
	lu.RankOne(orig, alpha, x, y)
	setFactorTangent(lud != nil, func() *mat.Dense { return luShadow(lu, lud) }, t)
}

// LURankOneAdjoint is the adjoint of LU.RankOne.
func LURankOneAdjoint(lu, lub, orig, origb *mat.LU, alpha float64, alphab *float64, x, xb, y, yb mat.Vector) {
	if lub != nil {
		if s := takeFactor(*field(lub, "lu")); s != nil {
			if origb != nil {
				add(orig, origb, 1, s)
			}
			outerAdjoint(s, alpha, alphab, x, xb, y, yb)
		}
	}
	lu.RankOne(orig, alpha, x, y)
}

// DetTangent is the tangent of mat.Det.
//
//cairn:rule of=mat.Det tangent=DetTangent forward=DetForward reverse=DetReverse writes=none
func DetTangent(a, ad mat.Matrix) (ret, retd float64) {
	ret, kept := DetForward(a)
	if d := tangentOf(ad); d != nil {
		retd = inner(d, detGradient(kept))
	}
	return ret, retd
}

// DetForward is mat.Det; it keeps the factorization.
func DetForward(a mat.Matrix) (ret float64, kept *mat.LU) {
	det, sign, kept := LogDetForward(a)
	return math.Exp(det) * sign, kept
}

// DetReverse is the reverse sweep of mat.Det.
func DetReverse(kept *mat.LU, a, ab mat.Matrix, retb float64) {
	if active(ab) && retb != 0 {
		add(a, ab, retb, detGradient(kept))
	}
}

// LogDetTangent is the tangent of mat.LogDet.
//
//cairn:rule of=mat.LogDet tangent=LogDetTangent forward=LogDetForward reverse=LogDetReverse writes=none
func LogDetTangent(a, ad mat.Matrix) (det, detd, sign, signd float64) {
	det, sign, kept := LogDetForward(a)
	if d := tangentOf(ad); d != nil {
		detd = inner(d, inverseT(kept))
	}
	return det, detd, sign, 0
}

// LogDetForward is mat.LogDet; it keeps the factorization.
func LogDetForward(a mat.Matrix) (det, sign float64, kept *mat.LU) {
	kept = &mat.LU{}
	kept.Factorize(a)
	det, sign = kept.LogDet()
	return det, sign, kept
}

// LogDetReverse is the reverse sweep of mat.LogDet.
func LogDetReverse(kept *mat.LU, a, ab mat.Matrix, detb, signb float64) {
	if active(ab) && detb != 0 {
		add(a, ab, detb, inverseT(kept))
	}
}
