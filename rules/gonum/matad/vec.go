package matad

import "gonum.org/v1/gonum/mat"

// VecDenseAddVecTangent is the tangent of VecDense.AddVec, v = a + b.
//
//cairn:rule of=mat.VecDense.AddVec tangent=VecDenseAddVecTangent adjoint=VecDenseAddVecAdjoint reads=a,b writes=v
func VecDenseAddVecTangent(v, vd *mat.VecDense, a, ad, b, bd mat.Vector) {
	var d sum
	d.add(1, tangentOf(ad))
	d.add(1, tangentOf(bd))
	t := d.Dense
	v.AddVec(a, b)
	setTangent(v, vd, t)
}

// VecDenseAddVecAdjoint is the adjoint of VecDense.AddVec.
func VecDenseAddVecAdjoint(v, vb *mat.VecDense, a, ab, b, bb mat.Vector) {
	if s := seedOf(v, vb); s != nil {
		add(a, ab, 1, s)
		add(b, bb, 1, s)
	}
	v.AddVec(a, b)
}

// VecDenseSubVecTangent is the tangent of VecDense.SubVec, v = a - b.
//
//cairn:rule of=mat.VecDense.SubVec tangent=VecDenseSubVecTangent adjoint=VecDenseSubVecAdjoint reads=a,b writes=v
func VecDenseSubVecTangent(v, vd *mat.VecDense, a, ad, b, bd mat.Vector) {
	var d sum
	d.add(1, tangentOf(ad))
	d.add(-1, tangentOf(bd))
	t := d.Dense
	v.SubVec(a, b)
	setTangent(v, vd, t)
}

// VecDenseSubVecAdjoint is the adjoint of VecDense.SubVec.
func VecDenseSubVecAdjoint(v, vb *mat.VecDense, a, ab, b, bb mat.Vector) {
	if s := seedOf(v, vb); s != nil {
		add(a, ab, 1, s)
		add(b, bb, -1, s)
	}
	v.SubVec(a, b)
}

// VecDenseMulElemVecTangent is the tangent of VecDense.MulElemVec, v = a*b by elements.
//
//cairn:rule of=mat.VecDense.MulElemVec tangent=VecDenseMulElemVecTangent adjoint=VecDenseMulElemVecAdjoint reads=a,b writes=v
func VecDenseMulElemVecTangent(v, vd *mat.VecDense, a, ad, b, bd mat.Vector) {
	t := mulElemTangent(a, ad, b, bd)
	v.MulElemVec(a, b)
	setTangent(v, vd, t)
}

// VecDenseMulElemVecAdjoint is the adjoint of VecDense.MulElemVec.
func VecDenseMulElemVecAdjoint(v, vb *mat.VecDense, a, ab, b, bb mat.Vector) {
	if s := seedOf(v, vb); s != nil {
		mulElemAdjoint(s, a, ab, b, bb)
	}
	v.MulElemVec(a, b)
}

// VecDenseDivElemVecTangent is the tangent of VecDense.DivElemVec, v = a/b by elements.
//
//cairn:rule of=mat.VecDense.DivElemVec tangent=VecDenseDivElemVecTangent adjoint=VecDenseDivElemVecAdjoint reads=a,b writes=v
func VecDenseDivElemVecTangent(v, vd *mat.VecDense, a, ad, b, bd mat.Vector) {
	t := divElemTangent(a, ad, b, bd)
	v.DivElemVec(a, b)
	setTangent(v, vd, t)
}

// VecDenseDivElemVecAdjoint is the adjoint of VecDense.DivElemVec.
func VecDenseDivElemVecAdjoint(v, vb *mat.VecDense, a, ab, b, bb mat.Vector) {
	if s := seedOf(v, vb); s != nil {
		divElemAdjoint(s, a, ab, b, bb)
	}
	v.DivElemVec(a, b)
}

// VecDenseScaleVecTangent is the tangent of VecDense.ScaleVec, v = alpha*a.
//
//cairn:rule of=mat.VecDense.ScaleVec tangent=VecDenseScaleVecTangent adjoint=VecDenseScaleVecAdjoint reads=a writes=v
func VecDenseScaleVecTangent(v, vd *mat.VecDense, alpha, alphad float64, a, ad mat.Vector) {
	var t sum
	t.add(alpha, tangentOf(ad))
	t.add(alphad, a)
	v.ScaleVec(alpha, a)
	setTangent(v, vd, t.Dense)
}

// VecDenseScaleVecAdjoint is the adjoint of VecDense.ScaleVec.
func VecDenseScaleVecAdjoint(v, vb *mat.VecDense, alpha float64, alphab *float64, a, ab mat.Vector) {
	if s := seedOf(v, vb); s != nil {
		addNumber(alphab, inner(s, a))
		add(a, ab, alpha, s)
	}
	v.ScaleVec(alpha, a)
}

// VecDenseAddScaledVecTangent is the tangent of VecDense.AddScaledVec, v = a + alpha*b.
//
//cairn:rule of=mat.VecDense.AddScaledVec tangent=VecDenseAddScaledVecTangent adjoint=VecDenseAddScaledVecAdjoint reads=a,b writes=v
func VecDenseAddScaledVecTangent(v, vd *mat.VecDense, a, ad mat.Vector, alpha, alphad float64, b, bd mat.Vector) {
	var t sum
	t.add(1, tangentOf(ad))
	t.add(alpha, tangentOf(bd))
	t.add(alphad, b)
	v.AddScaledVec(a, alpha, b)
	setTangent(v, vd, t.Dense)
}

// VecDenseAddScaledVecAdjoint is the adjoint of VecDense.AddScaledVec.
func VecDenseAddScaledVecAdjoint(v, vb *mat.VecDense, a, ab mat.Vector, alpha float64, alphab *float64, b, bb mat.Vector) {
	if s := seedOf(v, vb); s != nil {
		addNumber(alphab, inner(s, b))
		add(a, ab, 1, s)
		add(b, bb, alpha, s)
	}
	v.AddScaledVec(a, alpha, b)
}

// VecDenseMulVecTangent is the tangent of VecDense.MulVec, v = a*b.
//
//cairn:rule of=mat.VecDense.MulVec tangent=VecDenseMulVecTangent adjoint=VecDenseMulVecAdjoint reads=a,b writes=v
func VecDenseMulVecTangent(v, vd *mat.VecDense, a, ad mat.Matrix, b, bd mat.Vector) {
	var t sum
	t.addMul(1, tangentOf(ad), b)
	t.addMul(1, a, tangentOf(bd))
	v.MulVec(a, b)
	setTangent(v, vd, t.Dense)
}

// VecDenseMulVecAdjoint is the adjoint of VecDense.MulVec.
func VecDenseMulVecAdjoint(v, vb *mat.VecDense, a, ab mat.Matrix, b, bb mat.Vector) {
	if s := seedOf(v, vb); s != nil {
		mulAdjoint(s, a, ab, b, bb)
	}
	v.MulVec(a, b)
}
