package matad

import "gonum.org/v1/gonum/mat"

// A Solution is a solve of which the matrix has been factorized.
type Solution struct {
	err error
	x   *mat.Dense
	lu  *mat.LU      // of a square matrix
	ls  leastSquares // of a tall one, or of the transpose of a wide one
	// wide says that ls is that of the transpose.
	wide bool
	// solver says that a solves by itself, with its factors.
	solver bool
}

// newSolution factorizes a; b is only looked at if a is not square.
func newSolution(a, b mat.Matrix) Solution {
	r, c := a.Dims()
	if r == c {
		lu := &mat.LU{}
		lu.Factorize(a)
		return Solution{lu: lu, solver: solver(a)}
	}
	qr := &mat.QR{}
	if r < c {
		qr.Factorize(a.T())
	} else {
		qr.Factorize(a)
	}
	return Solution{ls: newLeastSquares(qr, r < c, b), wide: r < c}
}

// untouched reports whether the solve has failed and left its receiver as it was.
func (s Solution) untouched() bool { return s.lu != nil && !s.solver && singular(s.err) }

// solver reports whether gonum calls the method SolveTo of a.
func solver(a mat.Matrix) bool {
	for {
		u, ok := a.(mat.Untransposer)
		if !ok {
			break
		}
		a = u.Untranspose()
	}
	_, ok := a.(mat.SolveToer)
	return ok
}

func (s Solution) tangent(ad mat.Matrix, bd *mat.Dense) *mat.Dense {
	if s.lu != nil {
		d := sum{bd}
		d.addMul(-1, ad, s.x)
		if d.Dense == nil {
			return nil
		}
		return luSolve(s.lu, false, d.Dense)
	}
	if s.wide && ad != nil {
		ad = ad.T()
	}
	return s.ls.tangent(s.err, s.x, ad, bd)
}

// adjoint adds to the shadows of a and b for the seed of the solution.
func (s Solution) adjoint(seed *mat.Dense, a, ab, b, bb mat.Matrix) {
	if seed == nil {
		return
	}
	if s.lu != nil {
		w := luSolve(s.lu, true, seed)
		add(b, bb, 1, w)
		add(a, ab, -1, mul(w, s.x.T()))
		return
	}
	ag, bg := s.ls.adjoint(s.err, s.x, seed)
	add(b, bb, 1, bg)
	if s.wide {
		add(a, ab, 1, ag.T())
	} else {
		add(a, ab, 1, ag)
	}
}

// DenseSolveTangent is the tangent of Dense.Solve, m = a⁻¹*b, or in the sense of least squares.
//
//cairn:rule of=mat.Dense.Solve tangent=DenseSolveTangent forward=DenseSolveForward reverse=DenseSolveReverse reads=a,b writes=m
func DenseSolveTangent(m, md *mat.Dense, a, ad, b, bd mat.Matrix) error {
	at, bt := tangentCopy(ad), tangentCopy(bd)
	err, kept := DenseSolveForward(m, a, b)
	if !kept.untouched() {
		setTangent(m, md, kept.tangent(orNil(at), bt))
	}
	return err
}

// DenseSolveForward runs Dense.Solve; it keeps the factorization and the solution.
func DenseSolveForward(m *mat.Dense, a, b mat.Matrix) (ret error, kept Solution) {
	kept = newSolution(a, b)
	kept.err = m.Solve(a, b)
	if !kept.untouched() {
		kept.x = mat.DenseCopyOf(m)
	}
	return kept.err, kept
}

// DenseSolveReverse is the reverse sweep of Dense.Solve.
func DenseSolveReverse(kept Solution, m, mb *mat.Dense, a, ab, b, bb mat.Matrix) {
	if !kept.untouched() {
		kept.adjoint(seedOf(m, mb), a, ab, b, bb)
	}
}

// VecDenseSolveVecTangent is the tangent of VecDense.SolveVec.
//
//cairn:rule of=mat.VecDense.SolveVec tangent=VecDenseSolveVecTangent forward=VecDenseSolveVecForward reverse=VecDenseSolveVecReverse reads=a,b writes=v
func VecDenseSolveVecTangent(v, vd *mat.VecDense, a, ad mat.Matrix, b, bd mat.Vector) error {
	at, bt := tangentCopy(ad), tangentCopy(bd)
	err, kept := VecDenseSolveVecForward(v, a, b)
	if !kept.untouched() {
		setTangent(v, vd, kept.tangent(orNil(at), bt))
	}
	return err
}

// VecDenseSolveVecForward runs VecDense.SolveVec; it keeps the factorization and the solution.
func VecDenseSolveVecForward(v *mat.VecDense, a mat.Matrix, b mat.Vector) (ret error, kept Solution) {
	kept = newSolution(a, b)
	kept.err = v.SolveVec(a, b)
	if !kept.untouched() {
		kept.x = mat.DenseCopyOf(v)
	}
	return kept.err, kept
}

// VecDenseSolveVecReverse is the reverse sweep of VecDense.SolveVec.
func VecDenseSolveVecReverse(kept Solution, v, vb *mat.VecDense, a, ab mat.Matrix, b, bb mat.Vector) {
	if !kept.untouched() {
		kept.adjoint(seedOf(v, vb), a, ab, b, bb)
	}
}

// DenseInverseTangent is the tangent of Dense.Inverse.
//
//cairn:rule of=mat.Dense.Inverse tangent=DenseInverseTangent forward=DenseInverseForward reverse=DenseInverseReverse reads=a writes=m
func DenseInverseTangent(m, md *mat.Dense, a, ad mat.Matrix) error {
	d := tangentCopy(ad)
	err := m.Inverse(a)
	switch {
	case d == nil:
	case singular(err):
		d = notANumber(m)
	default:
		d = mul(m, mul(d, m))
		d.Scale(-1, d)
	}
	setTangent(m, md, d)
	return err
}

// DenseInverseForward runs Dense.Inverse and keeps the inverse, nil if there is none.
func DenseInverseForward(m *mat.Dense, a mat.Matrix) (ret error, kept *mat.Dense) {
	err := m.Inverse(a)
	if singular(err) {
		return err, nil
	}
	return err, mat.DenseCopyOf(m)
}

// DenseInverseReverse is the reverse sweep of Dense.Inverse.
func DenseInverseReverse(kept, m, mb *mat.Dense, a, ab mat.Matrix) {
	s := seedOf(m, mb)
	switch {
	case s == nil || !active(ab):
	case kept == nil:
		add(a, ab, 1, nothing(s, s))
	default:
		add(a, ab, -1, mul(kept.T(), mul(s, kept.T())))
	}
}

// TriDenseSolveToTangent is the tangent of TriDense.SolveTo.
//
//cairn:rule of=mat.TriDense.SolveTo tangent=TriDenseSolveToTangent adjoint=TriDenseSolveToAdjoint reads=t,b writes=dst
func TriDenseSolveToTangent(t, td *mat.TriDense, dst, dstd *mat.Dense, trans bool, b, bd mat.Matrix) error {
	d := sum{tangentCopy(bd)}
	err := t.SolveTo(dst, trans, b)
	if singular(err) {
		setTangent(dst, dstd, notANumber(dst))
		return err
	}
	if a := tangentOf(td); a != nil {
		if trans {
			a = a.T()
		}
		d.addMul(-1, a, dst)
	}
	if d.Dense != nil {
		d.Dense = solveTri(t, trans, d.Dense)
	}
	setTangent(dst, dstd, d.Dense)
	return err
}

// TriDenseSolveToAdjoint is the adjoint of TriDense.SolveTo.
func TriDenseSolveToAdjoint(t, tb *mat.TriDense, dst, dstb *mat.Dense, trans bool, b, bb mat.Matrix) error {
	s := seedOf(dst, dstb)
	err := t.SolveTo(dst, trans, b)
	switch {
	case s == nil:
		return err
	case singular(err):
		add(b, bb, 1, nothing(s, s))
		return err
	}
	w := solveTri(t, !trans, s)
	add(b, bb, 1, w)
	if tb != nil {
		if trans {
			add(t, tb, -1, mul(dst, w.T()))
		} else {
			add(t, tb, -1, mul(w, dst.T()))
		}
	}
	return err
}
