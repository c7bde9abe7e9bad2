package matad

import "gonum.org/v1/gonum/mat"

// DenseAddTangent is the tangent of Dense.Add, m = a + b.
//
//cairn:rule of=mat.Dense.Add tangent=DenseAddTangent adjoint=DenseAddAdjoint reads=a,b writes=m
func DenseAddTangent(m, md *mat.Dense, a, ad, b, bd mat.Matrix) {
	var t sum
	t.add(1, tangentOf(ad))
	t.add(1, tangentOf(bd))
	m.Add(a, b)
	setTangent(m, md, t.Dense)
}

// DenseAddAdjoint is the adjoint of Dense.Add.
func DenseAddAdjoint(m, mb *mat.Dense, a, ab, b, bb mat.Matrix) {
	if s := seedOf(m, mb); s != nil {
		add(a, ab, 1, s)
		add(b, bb, 1, s)
	}
	m.Add(a, b)
}

// DenseSubTangent is the tangent of Dense.Sub, m = a - b.
//
//cairn:rule of=mat.Dense.Sub tangent=DenseSubTangent adjoint=DenseSubAdjoint reads=a,b writes=m
func DenseSubTangent(m, md *mat.Dense, a, ad, b, bd mat.Matrix) {
	var t sum
	t.add(1, tangentOf(ad))
	t.add(-1, tangentOf(bd))
	m.Sub(a, b)
	setTangent(m, md, t.Dense)
}

// DenseSubAdjoint is the adjoint of Dense.Sub.
func DenseSubAdjoint(m, mb *mat.Dense, a, ab, b, bb mat.Matrix) {
	if s := seedOf(m, mb); s != nil {
		add(a, ab, 1, s)
		add(b, bb, -1, s)
	}
	m.Sub(a, b)
}

// DenseMulElemTangent is the tangent of Dense.MulElem, m = a*b by elements.
//
//cairn:rule of=mat.Dense.MulElem tangent=DenseMulElemTangent adjoint=DenseMulElemAdjoint reads=a,b writes=m
func DenseMulElemTangent(m, md *mat.Dense, a, ad, b, bd mat.Matrix) {
	t := mulElemTangent(a, ad, b, bd)
	m.MulElem(a, b)
	setTangent(m, md, t)
}

// DenseMulElemAdjoint is the adjoint of Dense.MulElem.
func DenseMulElemAdjoint(m, mb *mat.Dense, a, ab, b, bb mat.Matrix) {
	if s := seedOf(m, mb); s != nil {
		mulElemAdjoint(s, a, ab, b, bb)
	}
	m.MulElem(a, b)
}

func mulElemTangent(a, ad, b, bd mat.Matrix) *mat.Dense {
	var t sum
	if ad := tangentOf(ad); ad != nil {
		t.add(1, byElement(ad, func(i, j int, v float64) float64 { return v * b.At(i, j) }))
	}
	if bd := tangentOf(bd); bd != nil {
		t.add(1, byElement(bd, func(i, j int, v float64) float64 { return v * a.At(i, j) }))
	}
	return t.Dense
}

func mulElemAdjoint(s *mat.Dense, a, ab, b, bb mat.Matrix) {
	if active(ab) {
		add(a, ab, 1, byElement(s, func(i, j int, v float64) float64 { return v * b.At(i, j) }))
	}
	if active(bb) {
		add(b, bb, 1, byElement(s, func(i, j int, v float64) float64 { return v * a.At(i, j) }))
	}
}

// DenseDivElemTangent is the tangent of Dense.DivElem, m = a/b by elements.
//
//cairn:rule of=mat.Dense.DivElem tangent=DenseDivElemTangent adjoint=DenseDivElemAdjoint reads=a,b writes=m
func DenseDivElemTangent(m, md *mat.Dense, a, ad, b, bd mat.Matrix) {
	t := divElemTangent(a, ad, b, bd)
	m.DivElem(a, b)
	setTangent(m, md, t)
}

// DenseDivElemAdjoint is the adjoint of Dense.DivElem.
func DenseDivElemAdjoint(m, mb *mat.Dense, a, ab, b, bb mat.Matrix) {
	if s := seedOf(m, mb); s != nil {
		divElemAdjoint(s, a, ab, b, bb)
	}
	m.DivElem(a, b)
}

func divElemTangent(a, ad, b, bd mat.Matrix) *mat.Dense {
	var t sum
	if ad := tangentOf(ad); ad != nil {
		t.add(1, byElement(ad, func(i, j int, v float64) float64 { return v / b.At(i, j) }))
	}
	if bd := tangentOf(bd); bd != nil {
		t.add(-1, byElement(bd, func(i, j int, v float64) float64 { return v / b.At(i, j) * (a.At(i, j) / b.At(i, j)) }))
	}
	return t.Dense
}

func divElemAdjoint(s *mat.Dense, a, ab, b, bb mat.Matrix) {
	if active(ab) {
		add(a, ab, 1, byElement(s, func(i, j int, v float64) float64 { return v / b.At(i, j) }))
	}
	if active(bb) {
		add(b, bb, -1, byElement(s, func(i, j int, v float64) float64 { return v / b.At(i, j) * (a.At(i, j) / b.At(i, j)) }))
	}
}

// DenseScaleTangent is the tangent of Dense.Scale, m = f*a.
//
//cairn:rule of=mat.Dense.Scale tangent=DenseScaleTangent adjoint=DenseScaleAdjoint reads=a writes=m
func DenseScaleTangent(m, md *mat.Dense, f, fd float64, a, ad mat.Matrix) {
	var t sum
	t.add(f, tangentOf(ad))
	t.add(fd, a)
	m.Scale(f, a)
	setTangent(m, md, t.Dense)
}

// DenseScaleAdjoint is the adjoint of Dense.Scale.
func DenseScaleAdjoint(m, mb *mat.Dense, f float64, fb *float64, a, ab mat.Matrix) {
	if s := seedOf(m, mb); s != nil {
		addNumber(fb, inner(s, a))
		add(a, ab, f, s)
	}
	m.Scale(f, a)
}

// DenseMulTangent is the tangent of Dense.Mul, m = a*b.
//
//cairn:rule of=mat.Dense.Mul tangent=DenseMulTangent adjoint=DenseMulAdjoint reads=a,b writes=m
func DenseMulTangent(m, md *mat.Dense, a, ad, b, bd mat.Matrix) {
	var t sum
	t.addMul(1, tangentOf(ad), b)
	t.addMul(1, a, tangentOf(bd))
	m.Mul(a, b)
	setTangent(m, md, t.Dense)
}

// DenseMulAdjoint is the adjoint of Dense.Mul.
func DenseMulAdjoint(m, mb *mat.Dense, a, ab, b, bb mat.Matrix) {
	if s := seedOf(m, mb); s != nil {
		mulAdjoint(s, a, ab, b, bb)
	}
	m.Mul(a, b)
}

func mulAdjoint(s *mat.Dense, a, ab, b, bb mat.Matrix) {
	var ag, bg *mat.Dense
	if active(ab) {
		ag = mul(s, b.T())
	}
	if active(bb) {
		bg = mul(a.T(), s)
	}
	if ag != nil {
		add(a, ab, 1, ag)
	}
	if bg != nil {
		add(b, bb, 1, bg)
	}
}

// orNil is d as a matrix, nil if it is nil.
func orNil(d *mat.Dense) mat.Matrix {
	if d == nil {
		return nil
	}
	return d
}

// DenseOuterTangent is the tangent of Dense.Outer, m = alpha*x*yᵀ.
//
//cairn:rule of=mat.Dense.Outer tangent=DenseOuterTangent adjoint=DenseOuterAdjoint reads=x,y writes=m
func DenseOuterTangent(m, md *mat.Dense, alpha, alphad float64, x, xd, y, yd mat.Vector) {
	t := outerTangent(alpha, alphad, x, xd, y, yd)
	m.Outer(alpha, x, y)
	setTangent(m, md, t.Dense)
}

// DenseOuterAdjoint is the adjoint of Dense.Outer.
func DenseOuterAdjoint(m, mb *mat.Dense, alpha float64, alphab *float64, x, xb, y, yb mat.Vector) {
	if s := seedOf(m, mb); s != nil {
		outerAdjoint(s, alpha, alphab, x, xb, y, yb)
	}
	m.Outer(alpha, x, y)
}

func outerTangent(alpha, alphad float64, x, xd, y, yd mat.Vector) sum {
	var t sum
	t.addMul(alpha, tangentOf(xd), y.T())
	if yd := tangentOf(yd); yd != nil {
		t.addMul(alpha, x, yd.T())
	}
	if alphad != 0 {
		t.addMul(alphad, x, y.T())
	}
	return t
}

func outerAdjoint(s *mat.Dense, alpha float64, alphab *float64, x, xb, y, yb mat.Vector) {
	toX, toY := mul(s, y), mul(s.T(), x)
	addNumber(alphab, inner(toX, x))
	add(x, xb, alpha, toX)
	add(y, yb, alpha, toY)
}

// DenseRankOneTangent is the tangent of Dense.RankOne, m = a + alpha*x*yᵀ.
//
//cairn:rule of=mat.Dense.RankOne tangent=DenseRankOneTangent adjoint=DenseRankOneAdjoint reads=a,x,y writes=m
func DenseRankOneTangent(m, md *mat.Dense, a, ad mat.Matrix, alpha, alphad float64, x, xd, y, yd mat.Vector) {
	t := outerTangent(alpha, alphad, x, xd, y, yd)
	t.add(1, tangentOf(ad))
	m.RankOne(a, alpha, x, y)
	setTangent(m, md, t.Dense)
}

// DenseRankOneAdjoint is the adjoint of Dense.RankOne.
func DenseRankOneAdjoint(m, mb *mat.Dense, a, ab mat.Matrix, alpha float64, alphab *float64, x, xb, y, yb mat.Vector) {
	if s := seedOf(m, mb); s != nil {
		add(a, ab, 1, s)
		outerAdjoint(s, alpha, alphab, x, xb, y, yb)
	}
	m.RankOne(a, alpha, x, y)
}

// DensePowTangent is the tangent of Dense.Pow, m = aⁿ.
//
//cairn:rule of=mat.Dense.Pow tangent=DensePowTangent adjoint=DensePowAdjoint reads=a writes=m
func DensePowTangent(m, md *mat.Dense, a, ad mat.Matrix, n int) {
	var t sum
	if d := tangentOf(ad); d != nil {
		t.Dense = powSum(a, d, n)
	}
	m.Pow(a, n)
	setTangent(m, md, t.Dense)
}

// DensePowAdjoint is the adjoint of Dense.Pow.
func DensePowAdjoint(m, mb *mat.Dense, a, ab mat.Matrix, n int) {
	if s := seedOf(m, mb); s != nil && active(ab) {
		if g := powSum(a.T(), s, n); g != nil {
			add(a, ab, 1, g)
		}
	}
	m.Pow(a, n)
}

// powSum is the sum of aᵏ * d * aⁿ⁻¹⁻ᵏ, nil for n = 0.
func powSum(a, d mat.Matrix, n int) *mat.Dense {
	var s sum
	power := mat.DenseCopyOf(d) // d * aᵏ
	for k := range n {
		if k > 0 {
			s.Dense = mul(a, s.Dense)
			power = mul(power, a)
		}
		s.add(1, power)
	}
	return s.Dense
}

// DenseExpTangent is the tangent of Dense.Exp, the exponential of a matrix.
//
// Source: N. Higham, Functions of Matrices, 2008, equation (3.16).
//
//cairn:rule of=mat.Dense.Exp tangent=DenseExpTangent adjoint=DenseExpAdjoint reads=a writes=m
func DenseExpTangent(m, md *mat.Dense, a, ad mat.Matrix) {
	var t *mat.Dense
	if d := tangentOf(ad); d != nil {
		t = frechetExp(a, d)
	}
	m.Exp(a)
	setTangent(m, md, t)
}

// DenseExpAdjoint is the adjoint of Dense.Exp.
func DenseExpAdjoint(m, mb *mat.Dense, a, ab mat.Matrix) {
	if s := seedOf(m, mb); s != nil && active(ab) {
		add(a, ab, 1, frechetExp(a.T(), s))
	}
	m.Exp(a)
}

// frechetExp is the derivative of the exponential at a in the direction d, the upper right
// block of the exponential of [a d; 0 a].
func frechetExp(a, d mat.Matrix) *mat.Dense {
	n, _ := a.Dims()
	block := mat.NewDense(2*n, 2*n, nil)
	block.Slice(0, n, 0, n).(*mat.Dense).Copy(a)
	block.Slice(n, 2*n, n, 2*n).(*mat.Dense).Copy(a)
	block.Slice(0, n, n, 2*n).(*mat.Dense).Copy(d)
	block.Exp(block)
	return mat.DenseCopyOf(block.Slice(0, n, n, 2*n))
}

// DenseKroneckerTangent is the tangent of Dense.Kronecker, m = a ⊗ b.
//
//cairn:rule of=mat.Dense.Kronecker tangent=DenseKroneckerTangent adjoint=DenseKroneckerAdjoint reads=a,b writes=m
func DenseKroneckerTangent(m, md *mat.Dense, a, ad, b, bd mat.Matrix) {
	var t sum
	if d := tangentOf(ad); d != nil {
		t.add(1, kronecker(d, b))
	}
	if d := tangentOf(bd); d != nil {
		t.add(1, kronecker(a, d))
	}
	m.Kronecker(a, b)
	setTangent(m, md, t.Dense)
}

// DenseKroneckerAdjoint is the adjoint of Dense.Kronecker.
func DenseKroneckerAdjoint(m, mb *mat.Dense, a, ab, b, bb mat.Matrix) {
	if s := seedOf(m, mb); s != nil {
		ar, ac := a.Dims()
		br, bc := b.Dims()
		ag, bg := mat.NewDense(ar, ac, nil), mat.NewDense(br, bc, nil)
		for i := range ar {
			for j := range ac {
				block := s.Slice(i*br, (i+1)*br, j*bc, (j+1)*bc)
				ag.Set(i, j, inner(block, b))
				addDense(bg, a.At(i, j), block)
			}
		}
		add(a, ab, 1, ag)
		add(b, bb, 1, bg)
	}
	m.Kronecker(a, b)
}

func kronecker(a, b mat.Matrix) *mat.Dense {
	var k mat.Dense
	k.Kronecker(a, b)
	return &k
}

// DenseStackTangent is the tangent of Dense.Stack, m = a above b.
//
//cairn:rule of=mat.Dense.Stack tangent=DenseStackTangent adjoint=DenseStackAdjoint reads=a,b writes=m
func DenseStackTangent(m, md *mat.Dense, a, ad, b, bd mat.Matrix) {
	ar, c := a.Dims()
	br, _ := b.Dims()
	t := mat.NewDense(ar+br, c, nil)
	if d := tangentOf(ad); d != nil {
		t.Slice(0, ar, 0, c).(*mat.Dense).Copy(d)
	}
	if d := tangentOf(bd); d != nil {
		t.Slice(ar, ar+br, 0, c).(*mat.Dense).Copy(d)
	}
	m.Stack(a, b)
	setTangent(m, md, t)
}

// DenseStackAdjoint is the adjoint of Dense.Stack.
func DenseStackAdjoint(m, mb *mat.Dense, a, ab, b, bb mat.Matrix) {
	if s := seedOf(m, mb); s != nil {
		ar, c := a.Dims()
		br, _ := b.Dims()
		add(a, ab, 1, s.Slice(0, ar, 0, c))
		add(b, bb, 1, s.Slice(ar, ar+br, 0, c))
	}
	m.Stack(a, b)
}

// DenseAugmentTangent is the tangent of Dense.Augment, m = a beside b.
//
//cairn:rule of=mat.Dense.Augment tangent=DenseAugmentTangent adjoint=DenseAugmentAdjoint reads=a,b writes=m
func DenseAugmentTangent(m, md *mat.Dense, a, ad, b, bd mat.Matrix) {
	r, ac := a.Dims()
	_, bc := b.Dims()
	t := mat.NewDense(r, ac+bc, nil)
	if d := tangentOf(ad); d != nil {
		t.Slice(0, r, 0, ac).(*mat.Dense).Copy(d)
	}
	if d := tangentOf(bd); d != nil {
		t.Slice(0, r, ac, ac+bc).(*mat.Dense).Copy(d)
	}
	m.Augment(a, b)
	setTangent(m, md, t)
}

// DenseAugmentAdjoint is the adjoint of Dense.Augment.
func DenseAugmentAdjoint(m, mb *mat.Dense, a, ab, b, bb mat.Matrix) {
	if s := seedOf(m, mb); s != nil {
		r, ac := a.Dims()
		_, bc := b.Dims()
		add(a, ab, 1, s.Slice(0, r, 0, ac))
		add(b, bb, 1, s.Slice(0, r, ac, ac+bc))
	}
	m.Augment(a, b)
}
