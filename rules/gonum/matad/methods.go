package matad

import "gonum.org/v1/gonum/mat"

// DenseNormTangent is the tangent of Dense.Norm.
//
//cairn:rule of=mat.Dense.Norm tangent=DenseNormTangent adjoint=DenseNormAdjoint writes=none
func DenseNormTangent(m, md *mat.Dense, norm float64) (ret, retd float64) {
	ret = m.Norm(norm)
	if dir := tangentOf(md); dir != nil {
		retd = inner(dir, normPartials(m, ret, norm))
	}
	return ret, retd
}

// DenseNormAdjoint is the adjoint of Dense.Norm.
func DenseNormAdjoint(m, mb *mat.Dense, norm, retb float64) float64 {
	ret := m.Norm(norm)
	if mb != nil {
		add(m, mb, retb, normPartials(m, ret, norm))
	}
	return ret
}

// DenseTraceTangent is the tangent of Dense.Trace.
//
//cairn:rule of=mat.Dense.Trace tangent=DenseTraceTangent adjoint=DenseTraceAdjoint reads=none writes=none
func DenseTraceTangent(m, md *mat.Dense) (ret, retd float64) {
	if dir := tangentOf(md); dir != nil {
		retd = mat.Trace(dir)
	}
	return m.Trace(), retd
}

// DenseTraceAdjoint is the adjoint of Dense.Trace.
func DenseTraceAdjoint(m, mb *mat.Dense, retb float64) float64 {
	addIdentity(m, mb, retb)
	return m.Trace()
}

// VecDenseNormTangent is the tangent of VecDense.Norm.
//
//cairn:rule of=mat.VecDense.Norm tangent=VecDenseNormTangent adjoint=VecDenseNormAdjoint writes=none
func VecDenseNormTangent(v, vd *mat.VecDense, norm float64) (ret, retd float64) {
	ret = v.Norm(norm)
	if dir := tangentOf(vd); dir != nil {
		retd = inner(dir, normPartials(v, ret, norm))
	}
	return ret, retd
}

// VecDenseNormAdjoint is the adjoint of VecDense.Norm.
func VecDenseNormAdjoint(v, vb *mat.VecDense, norm, retb float64) float64 {
	ret := v.Norm(norm)
	if vb != nil {
		add(v, vb, retb, normPartials(v, ret, norm))
	}
	return ret
}

// SymDenseNormTangent is the tangent of SymDense.Norm.
//
//cairn:rule of=mat.SymDense.Norm tangent=SymDenseNormTangent adjoint=SymDenseNormAdjoint writes=none
func SymDenseNormTangent(s, sd *mat.SymDense, norm float64) (ret, retd float64) {
	ret = s.Norm(norm)
	if dir := tangentOf(sd); dir != nil {
		retd = inner(dir, normPartials(s, ret, norm))
	}
	return ret, retd
}

// SymDenseNormAdjoint is the adjoint of SymDense.Norm.
func SymDenseNormAdjoint(s, sb *mat.SymDense, norm, retb float64) float64 {
	ret := s.Norm(norm)
	if sb != nil {
		add(s, sb, retb, normPartials(s, ret, norm))
	}
	return ret
}

// SymDenseTraceTangent is the tangent of SymDense.Trace.
//
//cairn:rule of=mat.SymDense.Trace tangent=SymDenseTraceTangent adjoint=SymDenseTraceAdjoint reads=none writes=none
func SymDenseTraceTangent(s, sd *mat.SymDense) (ret, retd float64) {
	if dir := tangentOf(sd); dir != nil {
		retd = mat.Trace(dir)
	}
	return s.Trace(), retd
}

// SymDenseTraceAdjoint is the adjoint of SymDense.Trace.
func SymDenseTraceAdjoint(s, sb *mat.SymDense, retb float64) float64 {
	addIdentity(s, sb, retb)
	return s.Trace()
}

// TriDenseNormTangent is the tangent of TriDense.Norm.
//
//cairn:rule of=mat.TriDense.Norm tangent=TriDenseNormTangent adjoint=TriDenseNormAdjoint writes=none
func TriDenseNormTangent(t, td *mat.TriDense, norm float64) (ret, retd float64) {
	ret = t.Norm(norm)
	if dir := tangentOf(td); dir != nil {
		retd = inner(dir, normPartials(t, ret, norm))
	}
	return ret, retd
}

// TriDenseNormAdjoint is the adjoint of TriDense.Norm.
func TriDenseNormAdjoint(t, tb *mat.TriDense, norm, retb float64) float64 {
	ret := t.Norm(norm)
	if tb != nil {
		add(t, tb, retb, normPartials(t, ret, norm))
	}
	return ret
}

// TriDenseTraceTangent is the tangent of TriDense.Trace.
//
//cairn:rule of=mat.TriDense.Trace tangent=TriDenseTraceTangent adjoint=TriDenseTraceAdjoint reads=none writes=none
func TriDenseTraceTangent(t, td *mat.TriDense) (ret, retd float64) {
	if dir := tangentOf(td); dir != nil {
		retd = mat.Trace(dir)
	}
	return t.Trace(), retd
}

// TriDenseTraceAdjoint is the adjoint of TriDense.Trace.
func TriDenseTraceAdjoint(t, tb *mat.TriDense, retb float64) float64 {
	addIdentity(t, tb, retb)
	return t.Trace()
}

// DiagDenseNormTangent is the tangent of DiagDense.Norm.
//
//cairn:rule of=mat.DiagDense.Norm tangent=DiagDenseNormTangent adjoint=DiagDenseNormAdjoint writes=none
func DiagDenseNormTangent(d, dd *mat.DiagDense, norm float64) (ret, retd float64) {
	ret = d.Norm(norm)
	if dir := tangentOf(dd); dir != nil {
		retd = inner(dir, normPartials(d, ret, norm))
	}
	return ret, retd
}

// DiagDenseNormAdjoint is the adjoint of DiagDense.Norm.
func DiagDenseNormAdjoint(d, db *mat.DiagDense, norm, retb float64) float64 {
	ret := d.Norm(norm)
	if db != nil {
		add(d, db, retb, normPartials(d, ret, norm))
	}
	return ret
}

// DiagDenseTraceTangent is the tangent of DiagDense.Trace.
//
//cairn:rule of=mat.DiagDense.Trace tangent=DiagDenseTraceTangent adjoint=DiagDenseTraceAdjoint reads=none writes=none
func DiagDenseTraceTangent(d, dd *mat.DiagDense) (ret, retd float64) {
	if dir := tangentOf(dd); dir != nil {
		retd = mat.Trace(dir)
	}
	return d.Trace(), retd
}

// DiagDenseTraceAdjoint is the adjoint of DiagDense.Trace.
func DiagDenseTraceAdjoint(d, db *mat.DiagDense, retb float64) float64 {
	addIdentity(d, db, retb)
	return d.Trace()
}
