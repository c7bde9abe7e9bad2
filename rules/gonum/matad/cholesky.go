package matad

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// The formulas for the factorization A = UᵀU are in I. Murray, Differentiation of the Cholesky
// decomposition, arXiv:1602.07527, 2016, there for L = Uᵀ.

// choleskyShadow is the U of the shadow cb of c, which gets the size of c if it is empty.
func choleskyShadow(c, cb *mat.Cholesky) *mat.TriDense {
	n := c.SymmetricDim()
	if !cb.IsEmpty() && cb.SymmetricDim() != n {
		cb.Reset()
	}
	if cb.IsEmpty() {
		cb.SetFromU(mat.NewTriDense(n, mat.Upper, nil))
	}
	return cb.RawU().(*mat.TriDense)
}

// upper is U of a factorization.
func upper(c *mat.Cholesky) mat.Triangular { return c.RawU() }

// tangentU is the tangent of U, nil if it is zero.
func tangentU(cd *mat.Cholesky) mat.Matrix {
	if cd == nil || cd.IsEmpty() {
		return nil
	}
	return cd.RawU()
}

// choleskyAdd adds to the shadow of c what alpha*g does, where g has the derivatives with
// respect to the elements of UᵀU.
func choleskyAdd(c, cb *mat.Cholesky, alpha float64, g mat.Matrix) {
	if cb != nil {
		u := choleskyShadow(c, cb)
		add(u, u, alpha, mul(upper(c), both(g)))
	}
}

// choleskyPull returns the derivatives with respect to the factorized matrix of which ub has
// those with respect to u; they are those of a full matrix.
func choleskyPull(u mat.Triangular, ub mat.Matrix) *mat.Dense {
	p := mul(ub, u.T()) // (LᵀL̄)ᵀ, of which the upper triangle counts, half of the diagonal
	n, _ := p.Dims()
	for i := range n {
		p.Set(i, i, p.At(i, i)/2)
		for j := range i {
			p.Set(i, j, 0)
		}
	}
	return congruent(u, p)
}

// congruent is U⁻¹ * p * U⁻ᵀ.
func congruent(u mat.Triangular, p *mat.Dense) *mat.Dense {
	left := solveTri(u, false, p)
	return mat.DenseCopyOf(solveTri(u, false, left.T()).T())
}

// choleskyPush is the tangent of U of which ad is that of UᵀU.
func choleskyPush(u mat.Triangular, ad mat.Matrix) *mat.Dense {
	left := solveTri(u, true, ad)                         // U⁻ᵀ * Ȧ
	p := mat.DenseCopyOf(solveTri(u, true, left.T()).T()) // … * U⁻¹
	n, _ := p.Dims()
	for i := range n {
		p.Set(i, i, p.At(i, i)/2)
		for j := range i {
			p.Set(i, j, 0)
		}
	}
	return mul(p, u)
}

// solveTri is U⁻¹ * b, or U⁻ᵀ * b.
func solveTri(u mat.Triangular, trans bool, b mat.Matrix) *mat.Dense {
	var t mat.TriDense
	n, kind := u.Triangle()
	t.ReuseAsTri(n, kind)
	t.Copy(u)
	var x mat.Dense
	_ = t.SolveTo(&x, trans, b) // a bad condition number is what the caller has been told
	return &x
}

// choleskyTangent is the tangent of UᵀU, nil if it is zero.
func choleskyTangent(c, cd *mat.Cholesky) mat.Matrix {
	ud := tangentU(cd)
	if ud == nil {
		return nil
	}
	return both(mul(ud.T(), upper(c)))
}

// setTangentU makes t the tangent of the U of c.
func setTangentU(c, cd *mat.Cholesky, t *mat.Dense) {
	if cd == nil {
		return
	}
	if c.IsEmpty() {
		cd.Reset()
		return
	}
	setTangent(upper(c).(*mat.TriDense), choleskyShadow(c, cd), t)
}

// takeU takes the seed out of the shadow of a factorization that is overwritten.
func takeU(c, cb *mat.Cholesky) *mat.Dense {
	if cb == nil || cb.IsEmpty() {
		return nil
	}
	s := mat.DenseCopyOf(cb.RawU())
	cb.RawU().(*mat.TriDense).Zero()
	if c.IsEmpty() {
		cb.Reset()
	}
	return s
}

// CholeskyFactorizeTangent is the tangent of Cholesky.Factorize.
//
//cairn:rule of=mat.Cholesky.Factorize tangent=CholeskyFactorizeTangent forward=CholeskyFactorizeForward reverse=CholeskyFactorizeReverse reads=a writes=c
func CholeskyFactorizeTangent(c, cd *mat.Cholesky, a, ad mat.Symmetric) (ok bool) {
	d := tangentOf(ad)
	ok = c.Factorize(a)
	var t *mat.Dense
	if ok && d != nil {
		t = choleskyPush(upper(c), d)
	}
	setTangentU(c, cd, t)
	return ok
}

// CholeskyFactorizeForward runs Cholesky.Factorize and keeps U, which is nil if there is none.
func CholeskyFactorizeForward(c *mat.Cholesky, a mat.Symmetric) (ok bool, kept *mat.TriDense) {
	ok = c.Factorize(a)
	if ok {
		kept = &mat.TriDense{}
		c.UTo(kept)
	}
	return ok, kept
}

// CholeskyFactorizeReverse is the reverse sweep of Cholesky.Factorize. The seeds of a
// factorization that failed are dropped.
func CholeskyFactorizeReverse(kept *mat.TriDense, c, cb *mat.Cholesky, a, ab mat.Symmetric) {
	if s := takeU(c, cb); s != nil && kept != nil && active(ab) {
		add(a, ab, 1, choleskyPull(kept, s))
	}
}

// CholeskySetFromUTangent is the tangent of Cholesky.SetFromU.
//
//cairn:rule of=mat.Cholesky.SetFromU tangent=CholeskySetFromUTangent adjoint=CholeskySetFromUAdjoint reads=t writes=c
func CholeskySetFromUTangent(c, cd *mat.Cholesky, t, td mat.Triangular) {
	var s sum
	s.add(1, tangentOf(td))
	c.SetFromU(t)
	setTangentU(c, cd, s.Dense)
}

// CholeskySetFromUAdjoint is the adjoint of Cholesky.SetFromU.
func CholeskySetFromUAdjoint(c, cb *mat.Cholesky, t, tb mat.Triangular) {
	if s := takeU(c, cb); s != nil {
		add(t, tb, 1, s)
	}
	c.SetFromU(t)
}

// CholeskyCloneTangent is the tangent of Cholesky.Clone.
//
//cairn:rule of=mat.Cholesky.Clone tangent=CholeskyCloneTangent adjoint=CholeskyCloneAdjoint reads=chol writes=c
func CholeskyCloneTangent(c, cd, chol, chold *mat.Cholesky) {
	var s sum
	s.add(1, tangentU(chold))
	c.Clone(chol)
	setTangentU(c, cd, s.Dense)
}

// CholeskyCloneAdjoint is the adjoint of Cholesky.Clone.
func CholeskyCloneAdjoint(c, cb, chol, cholb *mat.Cholesky) {
	if s := takeU(c, cb); s != nil && cholb != nil {
		u := choleskyShadow(chol, cholb)
		add(u, u, 1, s)
	}
	c.Clone(chol)
}

// CholeskyLogDetTangent is the tangent of Cholesky.LogDet.
//
//cairn:rule of=mat.Cholesky.LogDet tangent=CholeskyLogDetTangent adjoint=CholeskyLogDetAdjoint writes=none
func CholeskyLogDetTangent(c, cd *mat.Cholesky) (ret, retd float64) {
	if d := tangentU(cd); d != nil {
		for i := range c.SymmetricDim() {
			retd += 2 * d.At(i, i) / upper(c).At(i, i)
		}
	}
	return c.LogDet(), retd
}

// CholeskyLogDetAdjoint is the adjoint of Cholesky.LogDet.
func CholeskyLogDetAdjoint(c, cb *mat.Cholesky, retb float64) float64 {
	ret := c.LogDet()
	logDetAdjoint(c, cb, retb)
	return ret
}

func logDetAdjoint(c, cb *mat.Cholesky, retb float64) {
	if cb == nil {
		return
	}
	u := choleskyShadow(c, cb)
	for i := range c.SymmetricDim() {
		u.SetTri(i, i, u.At(i, i)+2*retb/upper(c).At(i, i))
	}
}

// CholeskyDetTangent is the tangent of Cholesky.Det.
//
//cairn:rule of=mat.Cholesky.Det tangent=CholeskyDetTangent adjoint=CholeskyDetAdjoint writes=none
func CholeskyDetTangent(c, cd *mat.Cholesky) (ret, retd float64) {
	ret = c.Det()
	_, retd = CholeskyLogDetTangent(c, cd)
	return ret, ret * retd
}

// CholeskyDetAdjoint is the adjoint of Cholesky.Det.
func CholeskyDetAdjoint(c, cb *mat.Cholesky, retb float64) float64 {
	ret := c.Det()
	logDetAdjoint(c, cb, retb*ret)
	return ret
}

// CholeskyUToTangent is the tangent of Cholesky.UTo.
//
//cairn:rule of=mat.Cholesky.UTo tangent=CholeskyUToTangent adjoint=CholeskyUToAdjoint reads=c writes=dst
func CholeskyUToTangent(c, cd *mat.Cholesky, dst, dstd *mat.TriDense) {
	var s sum
	s.add(1, tangentU(cd))
	c.UTo(dst)
	setTangent(dst, dstd, s.Dense)
}

// CholeskyUToAdjoint is the adjoint of Cholesky.UTo.
func CholeskyUToAdjoint(c, cb *mat.Cholesky, dst, dstb *mat.TriDense) {
	if s := seedOf(dst, dstb); s != nil && cb != nil {
		u := choleskyShadow(c, cb)
		add(u, u, 1, s)
	}
	c.UTo(dst)
}

// CholeskyLToTangent is the tangent of Cholesky.LTo.
//
//cairn:rule of=mat.Cholesky.LTo tangent=CholeskyLToTangent adjoint=CholeskyLToAdjoint reads=c writes=dst
func CholeskyLToTangent(c, cd *mat.Cholesky, dst, dstd *mat.TriDense) {
	var s sum
	if d := tangentU(cd); d != nil {
		s.add(1, d.T())
	}
	c.LTo(dst)
	setTangent(dst, dstd, s.Dense)
}

// CholeskyLToAdjoint is the adjoint of Cholesky.LTo.
func CholeskyLToAdjoint(c, cb *mat.Cholesky, dst, dstb *mat.TriDense) {
	if s := seedOf(dst, dstb); s != nil && cb != nil {
		u := choleskyShadow(c, cb)
		add(u, u, 1, s.T())
	}
	c.LTo(dst)
}

// CholeskyToSymTangent is the tangent of Cholesky.ToSym.
//
//cairn:rule of=mat.Cholesky.ToSym tangent=CholeskyToSymTangent adjoint=CholeskyToSymAdjoint reads=c writes=dst
func CholeskyToSymTangent(c, cd *mat.Cholesky, dst, dstd *mat.SymDense) {
	var s sum
	s.add(1, choleskyTangent(c, cd))
	c.ToSym(dst)
	setTangent(dst, dstd, s.Dense)
}

// CholeskyToSymAdjoint is the adjoint of Cholesky.ToSym.
func CholeskyToSymAdjoint(c, cb *mat.Cholesky, dst, dstb *mat.SymDense) {
	if s := seedOf(dst, dstb); s != nil {
		choleskyAdd(c, cb, 1, s)
	}
	c.ToSym(dst)
}

// CholeskyInverseToTangent is the tangent of Cholesky.InverseTo.
//
//cairn:rule of=mat.Cholesky.InverseTo tangent=CholeskyInverseToTangent adjoint=CholeskyInverseToAdjoint reads=c writes=dst
func CholeskyInverseToTangent(c, cd *mat.Cholesky, dst, dstd *mat.SymDense) error {
	var s sum
	if d := choleskyTangent(c, cd); d != nil {
		s.add(-1, choleskySolve(c, mat.DenseCopyOf(choleskySolve(c, d).T())))
	}
	err := c.InverseTo(dst)
	setTangent(dst, dstd, s.Dense)
	return err
}

// CholeskyInverseToAdjoint is the adjoint of Cholesky.InverseTo.
func CholeskyInverseToAdjoint(c, cb *mat.Cholesky, dst, dstb *mat.SymDense) error {
	if s := seedOf(dst, dstb); s != nil {
		choleskyAdd(c, cb, -1, choleskySolve(c, mat.DenseCopyOf(choleskySolve(c, s).T())))
	}
	return c.InverseTo(dst)
}

func choleskySolve(c *mat.Cholesky, b mat.Matrix) *mat.Dense {
	var x mat.Dense
	_ = c.SolveTo(&x, b)
	return &x
}

// CholeskySolveToTangent is the tangent of Cholesky.SolveTo, dst = A⁻¹*b.
//
//cairn:rule of=mat.Cholesky.SolveTo tangent=CholeskySolveToTangent adjoint=CholeskySolveToAdjoint reads=c,b writes=dst
func CholeskySolveToTangent(c, cd *mat.Cholesky, dst, dstd *mat.Dense, b, bd mat.Matrix) error {
	var d sum
	d.add(1, tangentOf(bd))
	err := c.SolveTo(dst, b)
	setTangent(dst, dstd, choleskySolveTangent(c, cd, dst, d))
	return err
}

func choleskySolveTangent(c, cd *mat.Cholesky, x mat.Matrix, bd sum) *mat.Dense {
	bd.addMul(-1, choleskyTangent(c, cd), x)
	if bd.Dense == nil {
		return nil
	}
	return choleskySolve(c, bd.Dense)
}

// CholeskySolveToAdjoint is the adjoint of Cholesky.SolveTo.
func CholeskySolveToAdjoint(c, cb *mat.Cholesky, dst, dstb *mat.Dense, b, bb mat.Matrix) error {
	s := seedOf(dst, dstb)
	err := c.SolveTo(dst, b)
	choleskySolveAdjoint(c, cb, dst, s, b, bb)
	return err
}

func choleskySolveAdjoint(c, cb *mat.Cholesky, x mat.Matrix, s *mat.Dense, b, bb mat.Matrix) {
	if s == nil {
		return
	}
	w := choleskySolve(c, s)
	add(b, bb, 1, w)
	if cb != nil {
		choleskyAdd(c, cb, -1, mul(w, x.T()))
	}
}

// CholeskySolveVecToTangent is the tangent of Cholesky.SolveVecTo.
//
//cairn:rule of=mat.Cholesky.SolveVecTo tangent=CholeskySolveVecToTangent adjoint=CholeskySolveVecToAdjoint reads=c,b writes=dst
func CholeskySolveVecToTangent(c, cd *mat.Cholesky, dst, dstd *mat.VecDense, b, bd mat.Vector) error {
	var d sum
	d.add(1, tangentOf(bd))
	err := c.SolveVecTo(dst, b)
	setTangent(dst, dstd, choleskySolveTangent(c, cd, dst, d))
	return err
}

// CholeskySolveVecToAdjoint is the adjoint of Cholesky.SolveVecTo.
func CholeskySolveVecToAdjoint(c, cb *mat.Cholesky, dst, dstb *mat.VecDense, b, bb mat.Vector) error {
	s := seedOf(dst, dstb)
	err := c.SolveVecTo(dst, b)
	choleskySolveAdjoint(c, cb, dst, s, b, bb)
	return err
}

// CholeskySolveCholToTangent is the tangent of Cholesky.SolveCholTo, dst = A⁻¹*B with the
// factorizations of A and B.
//
//cairn:rule of=mat.Cholesky.SolveCholTo tangent=CholeskySolveCholToTangent adjoint=CholeskySolveCholToAdjoint reads=a,b writes=dst
func CholeskySolveCholToTangent(a, ad *mat.Cholesky, dst, dstd *mat.Dense, b, bd *mat.Cholesky) error {
	var d sum
	d.add(1, choleskyTangent(b, bd))
	err := a.SolveCholTo(dst, b)
	setTangent(dst, dstd, choleskySolveTangent(a, ad, dst, d))
	return err
}

// CholeskySolveCholToAdjoint is the adjoint of Cholesky.SolveCholTo.
func CholeskySolveCholToAdjoint(a, ab *mat.Cholesky, dst, dstb *mat.Dense, b, bb *mat.Cholesky) error {
	s := seedOf(dst, dstb)
	err := a.SolveCholTo(dst, b)
	if s != nil {
		w := choleskySolve(a, s)
		choleskyAdd(b, bb, 1, w)
		choleskyAdd(a, ab, -1, mul(w, dst.T()))
	}
	return err
}

// CholeskyScaleTangent is the tangent of Cholesky.Scale, UᵀU = f*orig.
//
//cairn:rule of=mat.Cholesky.Scale tangent=CholeskyScaleTangent adjoint=CholeskyScaleAdjoint reads=orig writes=c
func CholeskyScaleTangent(c, cd *mat.Cholesky, f, fd float64, orig, origd *mat.Cholesky) {
	var s sum
	s.add(math.Sqrt(f), tangentU(origd))
	s.add(fd/(2*math.Sqrt(f)), upper(orig))
	c.Scale(f, orig)
	setTangentU(c, cd, s.Dense)
}

// CholeskyScaleAdjoint is the adjoint of Cholesky.Scale.
func CholeskyScaleAdjoint(c, cb *mat.Cholesky, f float64, fb *float64, orig, origb *mat.Cholesky) {
	if s := takeU(c, cb); s != nil {
		addNumber(fb, inner(s, upper(orig))/(2*math.Sqrt(f)))
		if origb != nil {
			u := choleskyShadow(orig, origb)
			add(u, u, math.Sqrt(f), s)
		}
	}
	c.Scale(f, orig)
}

// CholeskySymRankOneTangent is the tangent of Cholesky.SymRankOne, UᵀU = orig + alpha*x*xᵀ.
//
//cairn:rule of=mat.Cholesky.SymRankOne tangent=CholeskySymRankOneTangent adjoint=CholeskySymRankOneAdjoint reads=orig,x writes=c
func CholeskySymRankOneTangent(c, cd *mat.Cholesky, orig, origd *mat.Cholesky, alpha, alphad float64, x, xd mat.Vector) (ok bool) {
	d := outerKTangent(alpha, alphad, x, xd)
	d.add(1, choleskyTangent(orig, origd))
	ok = c.SymRankOne(orig, alpha, x)
	switch {
	case ok && d.Dense != nil:
		setTangentU(c, cd, choleskyPush(upper(c), d.Dense))
	case ok || c != orig:
		setTangentU(c, cd, nil)
	}
	return ok
}

// CholeskySymRankOneAdjoint is the adjoint of Cholesky.SymRankOne. An update that fails has no
// derivative, and drops the seeds of a receiver that is not orig.
func CholeskySymRankOneAdjoint(c, cb *mat.Cholesky, orig, origb *mat.Cholesky, alpha float64, alphab *float64, x, xb mat.Vector) (ok bool) {
	var before mat.Cholesky
	before.Clone(orig)
	s := takeU(c, cb)
	ok = c.SymRankOne(orig, alpha, x)
	switch {
	case s == nil:
		return ok
	case !ok:
		if c == orig {
			u := choleskyShadow(c, cb)
			add(u, u, 1, s)
		}
		return ok
	}
	g := choleskyPull(upper(c), s)
	outerKAdjoint(g, alpha, alphab, x, xb)
	if origb != nil {
		u := choleskyShadow(&before, origb)
		add(u, u, 1, mul(upper(&before), both(g)))
	}
	return ok
}
