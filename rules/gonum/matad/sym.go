package matad

import "gonum.org/v1/gonum/mat"

// The seed of a symmetric receiver is its upper triangle with zeros below, so that formulas
// for full matrices hold.

// SymDenseAddSymTangent is the tangent of SymDense.AddSym, s = a + b.
//
//cairn:rule of=mat.SymDense.AddSym tangent=SymDenseAddSymTangent adjoint=SymDenseAddSymAdjoint reads=a,b writes=s
func SymDenseAddSymTangent(s, sd *mat.SymDense, a, ad, b, bd mat.Symmetric) {
	var t sum
	t.add(1, tangentOf(ad))
	t.add(1, tangentOf(bd))
	s.AddSym(a, b)
	setTangent(s, sd, t.Dense)
}

// SymDenseAddSymAdjoint is the adjoint of SymDense.AddSym.
func SymDenseAddSymAdjoint(s, sb *mat.SymDense, a, ab, b, bb mat.Symmetric) {
	if seed := seedOf(s, sb); seed != nil {
		add(a, ab, 1, seed)
		add(b, bb, 1, seed)
	}
	s.AddSym(a, b)
}

// SymDenseScaleSymTangent is the tangent of SymDense.ScaleSym, s = f*a.
//
//cairn:rule of=mat.SymDense.ScaleSym tangent=SymDenseScaleSymTangent adjoint=SymDenseScaleSymAdjoint reads=a writes=s
func SymDenseScaleSymTangent(s, sd *mat.SymDense, f, fd float64, a, ad mat.Symmetric) {
	var t sum
	t.add(f, tangentOf(ad))
	t.add(fd, a)
	s.ScaleSym(f, a)
	setTangent(s, sd, t.Dense)
}

// SymDenseScaleSymAdjoint is the adjoint of SymDense.ScaleSym.
func SymDenseScaleSymAdjoint(s, sb *mat.SymDense, f float64, fb *float64, a, ab mat.Symmetric) {
	if seed := seedOf(s, sb); seed != nil {
		addNumber(fb, inner(seed, a))
		add(a, ab, f, seed)
	}
	s.ScaleSym(f, a)
}

// outerKTangent is the tangent of alpha*x*xᵀ.
func outerKTangent(alpha, alphad float64, x, xd mat.Matrix) sum {
	var t sum
	if d := tangentOf(xd); d != nil {
		t.add(alpha, both(mul(d, x.T())))
	}
	if alphad != 0 {
		t.addMul(alphad, x, x.T())
	}
	return t
}

// outerKAdjoint is the adjoint of alpha*x*xᵀ for a seed that is full or a triangle.
func outerKAdjoint(seed *mat.Dense, alpha float64, alphab *float64, x, xb mat.Matrix) {
	g := mul(both(seed), x)
	addNumber(alphab, inner(g, x)/2)
	add(x, xb, alpha, g)
}

// SymDenseSymOuterKTangent is the tangent of SymDense.SymOuterK, s = alpha*x*xᵀ.
//
//cairn:rule of=mat.SymDense.SymOuterK tangent=SymDenseSymOuterKTangent adjoint=SymDenseSymOuterKAdjoint reads=x writes=s
func SymDenseSymOuterKTangent(s, sd *mat.SymDense, alpha, alphad float64, x, xd mat.Matrix) {
	t := outerKTangent(alpha, alphad, x, xd)
	s.SymOuterK(alpha, x)
	setTangent(s, sd, t.Dense)
}

// SymDenseSymOuterKAdjoint is the adjoint of SymDense.SymOuterK.
func SymDenseSymOuterKAdjoint(s, sb *mat.SymDense, alpha float64, alphab *float64, x, xb mat.Matrix) {
	if seed := seedOf(s, sb); seed != nil {
		outerKAdjoint(seed, alpha, alphab, x, xb)
	}
	s.SymOuterK(alpha, x)
}

// SymDenseSymRankKTangent is the tangent of SymDense.SymRankK, s = a + alpha*x*xᵀ.
//
//cairn:rule of=mat.SymDense.SymRankK tangent=SymDenseSymRankKTangent adjoint=SymDenseSymRankKAdjoint reads=a,x writes=s
func SymDenseSymRankKTangent(s, sd *mat.SymDense, a, ad mat.Symmetric, alpha, alphad float64, x, xd mat.Matrix) {
	t := outerKTangent(alpha, alphad, x, xd)
	t.add(1, tangentOf(ad))
	s.SymRankK(a, alpha, x)
	setTangent(s, sd, t.Dense)
}

// SymDenseSymRankKAdjoint is the adjoint of SymDense.SymRankK.
func SymDenseSymRankKAdjoint(s, sb *mat.SymDense, a, ab mat.Symmetric, alpha float64, alphab *float64, x, xb mat.Matrix) {
	if seed := seedOf(s, sb); seed != nil {
		outerKAdjoint(seed, alpha, alphab, x, xb)
		add(a, ab, 1, seed)
	}
	s.SymRankK(a, alpha, x)
}

// SymDenseSymRankOneTangent is the tangent of SymDense.SymRankOne, s = a + alpha*x*xᵀ.
//
//cairn:rule of=mat.SymDense.SymRankOne tangent=SymDenseSymRankOneTangent adjoint=SymDenseSymRankOneAdjoint reads=a,x writes=s
func SymDenseSymRankOneTangent(s, sd *mat.SymDense, a, ad mat.Symmetric, alpha, alphad float64, x, xd mat.Vector) {
	t := outerKTangent(alpha, alphad, x, xd)
	t.add(1, tangentOf(ad))
	s.SymRankOne(a, alpha, x)
	setTangent(s, sd, t.Dense)
}

// SymDenseSymRankOneAdjoint is the adjoint of SymDense.SymRankOne.
func SymDenseSymRankOneAdjoint(s, sb *mat.SymDense, a, ab mat.Symmetric, alpha float64, alphab *float64, x, xb mat.Vector) {
	if seed := seedOf(s, sb); seed != nil {
		outerKAdjoint(seed, alpha, alphab, x, xb)
		add(a, ab, 1, seed)
	}
	s.SymRankOne(a, alpha, x)
}

// SymDenseRankTwoTangent is the tangent of SymDense.RankTwo, s = a + alpha*(x*yᵀ + y*xᵀ).
//
//cairn:rule of=mat.SymDense.RankTwo tangent=SymDenseRankTwoTangent adjoint=SymDenseRankTwoAdjoint reads=a,x,y writes=s
func SymDenseRankTwoTangent(s, sd *mat.SymDense, a, ad mat.Symmetric, alpha, alphad float64, x, xd, y, yd mat.Vector) {
	var t sum
	if o := outerTangent(alpha, alphad, x, xd, y, yd); o.Dense != nil {
		t.Dense = both(o.Dense)
	}
	t.add(1, tangentOf(ad))
	s.RankTwo(a, alpha, x, y)
	setTangent(s, sd, t.Dense)
}

// SymDenseRankTwoAdjoint is the adjoint of SymDense.RankTwo.
func SymDenseRankTwoAdjoint(s, sb *mat.SymDense, a, ab mat.Symmetric, alpha float64, alphab *float64, x, xb, y, yb mat.Vector) {
	if seed := seedOf(s, sb); seed != nil {
		add(a, ab, 1, seed)
		outerAdjoint(both(seed), alpha, alphab, x, xb, y, yb)
	}
	s.RankTwo(a, alpha, x, y)
}

// SymDenseSubsetSymTangent is the tangent of SymDense.SubsetSym, s[i, j] = a[set[i], set[j]].
//
//cairn:rule of=mat.SymDense.SubsetSym tangent=SymDenseSubsetSymTangent adjoint=SymDenseSubsetSymAdjoint reads=a writes=s
func SymDenseSubsetSymTangent(s, sd *mat.SymDense, a, ad mat.Symmetric, set []int) {
	var t *mat.Dense
	if d := tangentOf(ad); d != nil {
		t = mat.NewDense(len(set), len(set), nil)
		for i, r := range set {
			for j, c := range set {
				t.Set(i, j, d.At(r, c))
			}
		}
	}
	s.SubsetSym(a, set)
	setTangent(s, sd, t)
}

// SymDenseSubsetSymAdjoint is the adjoint of SymDense.SubsetSym.
func SymDenseSubsetSymAdjoint(s, sb *mat.SymDense, a, ab mat.Symmetric, set []int) {
	if seed := seedOf(s, sb); seed != nil {
		n := a.SymmetricDim()
		g := mat.NewDense(n, n, nil)
		for i, r := range set {
			for j, c := range set {
				g.Set(r, c, g.At(r, c)+seed.At(i, j))
			}
		}
		add(a, ab, 1, g)
	}
	s.SubsetSym(a, set)
}
