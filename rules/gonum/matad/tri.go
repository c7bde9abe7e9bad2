package matad

import "gonum.org/v1/gonum/mat"

// TriDenseScaleTriTangent is the tangent of TriDense.ScaleTri, t = f*a.
//
//cairn:rule of=mat.TriDense.ScaleTri tangent=TriDenseScaleTriTangent adjoint=TriDenseScaleTriAdjoint reads=a writes=t
func TriDenseScaleTriTangent(t, td *mat.TriDense, f, fd float64, a, ad mat.Triangular) {
	var s sum
	s.add(f, tangentOf(ad))
	s.add(fd, a)
	t.ScaleTri(f, a)
	setTangent(t, td, s.Dense)
}

// TriDenseScaleTriAdjoint is the adjoint of TriDense.ScaleTri.
func TriDenseScaleTriAdjoint(t, tb *mat.TriDense, f float64, fb *float64, a, ab mat.Triangular) {
	if s := seedOf(t, tb); s != nil {
		addNumber(fb, inner(s, a))
		add(a, ab, f, s)
	}
	t.ScaleTri(f, a)
}

// TriDenseMulTriTangent is the tangent of TriDense.MulTri, t = a*b.
//
//cairn:rule of=mat.TriDense.MulTri tangent=TriDenseMulTriTangent adjoint=TriDenseMulTriAdjoint reads=a,b writes=t
func TriDenseMulTriTangent(t, td *mat.TriDense, a, ad, b, bd mat.Triangular) {
	var s sum
	s.addMul(1, tangentOf(ad), b)
	s.addMul(1, a, tangentOf(bd))
	t.MulTri(a, b)
	setTangent(t, td, s.Dense)
}

// TriDenseMulTriAdjoint is the adjoint of TriDense.MulTri.
func TriDenseMulTriAdjoint(t, tb *mat.TriDense, a, ab, b, bb mat.Triangular) {
	if s := seedOf(t, tb); s != nil {
		mulAdjoint(s, a, ab, b, bb)
	}
	t.MulTri(a, b)
}

// TriDenseInverseTriTangent is the tangent of TriDense.InverseTri, t = a⁻¹.
//
//cairn:rule of=mat.TriDense.InverseTri tangent=TriDenseInverseTriTangent adjoint=TriDenseInverseTriAdjoint reads=a writes=t
func TriDenseInverseTriTangent(t, td *mat.TriDense, a, ad mat.Triangular) error {
	var d sum
	d.add(1, tangentOf(ad))
	err := t.InverseTri(a)
	switch {
	case d.Dense == nil:
	case singular(err):
		d.Dense = notANumber(t)
	default:
		d.Dense = mul(t, mul(d.Dense, t))
		d.Scale(-1, d.Dense)
	}
	setTangent(t, td, d.Dense)
	return err
}

// TriDenseInverseTriAdjoint is the adjoint of TriDense.InverseTri.
func TriDenseInverseTriAdjoint(t, tb *mat.TriDense, a, ab mat.Triangular) error {
	s := seedOf(t, tb)
	err := t.InverseTri(a)
	switch {
	case s == nil:
	case singular(err):
		add(a, ab, 1, nothing(s, s))
	default:
		add(a, ab, -1, mul(t.T(), mul(s, t.T())))
	}
	return err
}

// TriDenseCopyTangent is the tangent of TriDense.Copy from a matrix of the same size.
//
//cairn:rule of=mat.TriDense.Copy tangent=TriDenseCopyTangent adjoint=TriDenseCopyAdjoint reads=a writes=t
func TriDenseCopyTangent(t, td *mat.TriDense, a, ad mat.Matrix) (r, c int) {
	inside := copied(t, a)
	if td != nil {
		shape(t, td)
		d := tangentOf(ad)
		s := mat.DenseCopyOf(td)
		s.Apply(func(i, j int, v float64) float64 {
			switch {
			case !inside(i, j):
				return v
			case d == nil:
				return 0
			}
			return d.At(i, j)
		}, s)
		setTangent(t, td, s)
	}
	return t.Copy(a)
}

// TriDenseCopyAdjoint is the adjoint of TriDense.Copy.
func TriDenseCopyAdjoint(t, tb *mat.TriDense, a, ab mat.Matrix) (r, c int) {
	inside := copied(t, a)
	if tb != nil && !tb.IsEmpty() {
		ar, ac := a.Dims()
		g := mat.NewDense(ar, ac, nil)
		n, _ := tb.Triangle()
		for i := range n {
			for j := range n {
				if inTriangle(t, i, j) && inside(i, j) {
					g.Set(i, j, tb.At(i, j))
					tb.SetTri(i, j, 0)
				}
			}
		}
		add(a, ab, 1, g)
	}
	return t.Copy(a)
}

// copied tells which places of a triangle are overwritten by Copy: those that a has. From a
// triangle of the other kind only the diagonal is copied.
func copied(t *mat.TriDense, a mat.Matrix) func(i, j int) bool {
	ar, ac := a.Dims()
	raw, isTri := a.(mat.RawTriangular)
	other := false
	if isTri {
		_, kind := t.Triangle()
		other = (raw.RawTriangular().Uplo == 'U') != bool(kind)
	}
	return func(i, j int) bool { return i < ar && j < ac && (!other || i == j) }
}
