package matad

import "gonum.org/v1/gonum/mat"

// An element of an empty shadow is zero.
func isZero(x storage) bool { return !active(x) || x.IsEmpty() }

// DenseAtTangent is the tangent of Dense.At.
//
//cairn:rule of=mat.Dense.At tangent=DenseAtTangent adjoint=DenseAtAdjoint reads=none writes=none
func DenseAtTangent(m, md *mat.Dense, i, j int) (ret, retd float64) {
	if !isZero(md) {
		retd = md.At(i, j)
	}
	return m.At(i, j), retd
}

// DenseAtAdjoint is the adjoint of Dense.At.
func DenseAtAdjoint(m, mb *mat.Dense, i, j int, retb float64) float64 {
	ret := m.At(i, j)
	if mb != nil {
		shape(m, mb)
		mb.Set(i, j, mb.At(i, j)+retb)
	}
	return ret
}

// DenseSetTangent is the tangent of Dense.Set.
//
//cairn:rule of=mat.Dense.Set tangent=DenseSetTangent forward=DenseSetForward reverse=DenseSetReverse undo reads=none writes=m
func DenseSetTangent(m, md *mat.Dense, i, j int, v, vd float64) {
	if md != nil {
		shape(m, md)
		md.Set(i, j, vd)
	}
	m.Set(i, j, v)
}

// DenseSetForward runs Dense.Set and keeps the old element.
func DenseSetForward(m *mat.Dense, i, j int, v float64) (kept float64) {
	kept = m.At(i, j)
	m.Set(i, j, v)
	return kept
}

// DenseSetReverse is the reverse sweep of Dense.Set; it puts the old element back.
func DenseSetReverse(kept float64, m, mb *mat.Dense, i, j int, v float64, vb *float64) {
	m.Set(i, j, kept)
	if !isZero(mb) {
		addNumber(vb, mb.At(i, j))
		mb.Set(i, j, 0)
	}
}

// VecDenseAtVecTangent is the tangent of VecDense.AtVec.
//
//cairn:rule of=mat.VecDense.AtVec tangent=VecDenseAtVecTangent adjoint=VecDenseAtVecAdjoint reads=none writes=none
func VecDenseAtVecTangent(v, vd *mat.VecDense, i int) (ret, retd float64) {
	if !isZero(vd) {
		retd = vd.AtVec(i)
	}
	return v.AtVec(i), retd
}

// VecDenseAtVecAdjoint is the adjoint of VecDense.AtVec.
func VecDenseAtVecAdjoint(v, vb *mat.VecDense, i int, retb float64) float64 {
	ret := v.AtVec(i)
	if vb != nil {
		shape(v, vb)
		vb.SetVec(i, vb.AtVec(i)+retb)
	}
	return ret
}

// VecDenseAtTangent is the tangent of VecDense.At.
//
//cairn:rule of=mat.VecDense.At tangent=VecDenseAtTangent adjoint=VecDenseAtAdjoint reads=none writes=none
func VecDenseAtTangent(v, vd *mat.VecDense, i, j int) (ret, retd float64) {
	if !isZero(vd) {
		retd = vd.At(i, j)
	}
	return v.At(i, j), retd
}

// VecDenseAtAdjoint is the adjoint of VecDense.At.
func VecDenseAtAdjoint(v, vb *mat.VecDense, i, j int, retb float64) float64 {
	ret := v.At(i, j)
	if vb != nil {
		shape(v, vb)
		vb.SetVec(i, vb.AtVec(i)+retb)
	}
	return ret
}

// VecDenseSetVecTangent is the tangent of VecDense.SetVec.
//
//cairn:rule of=mat.VecDense.SetVec tangent=VecDenseSetVecTangent forward=VecDenseSetVecForward reverse=VecDenseSetVecReverse undo reads=none writes=v
func VecDenseSetVecTangent(v, vd *mat.VecDense, i int, val, vald float64) {
	if vd != nil {
		shape(v, vd)
		vd.SetVec(i, vald)
	}
	v.SetVec(i, val)
}

// VecDenseSetVecForward runs VecDense.SetVec and keeps the old element.
func VecDenseSetVecForward(v *mat.VecDense, i int, val float64) (kept float64) {
	kept = v.AtVec(i)
	v.SetVec(i, val)
	return kept
}

// VecDenseSetVecReverse is the reverse sweep of VecDense.SetVec; it puts the old element back.
func VecDenseSetVecReverse(kept float64, v, vb *mat.VecDense, i int, val float64, valb *float64) {
	v.SetVec(i, kept)
	if !isZero(vb) {
		addNumber(valb, vb.AtVec(i))
		vb.SetVec(i, 0)
	}
}

// SymDenseAtTangent is the tangent of SymDense.At.
//
//cairn:rule of=mat.SymDense.At tangent=SymDenseAtTangent adjoint=SymDenseAtAdjoint reads=none writes=none
func SymDenseAtTangent(s, sd *mat.SymDense, i, j int) (ret, retd float64) {
	if !isZero(sd) {
		retd = sd.At(i, j)
	}
	return s.At(i, j), retd
}

// SymDenseAtAdjoint is the adjoint of SymDense.At.
func SymDenseAtAdjoint(s, sb *mat.SymDense, i, j int, retb float64) float64 {
	ret := s.At(i, j)
	if sb != nil {
		shape(s, sb)
		sb.SetSym(i, j, sb.At(i, j)+retb)
	}
	return ret
}

// SymDenseSetSymTangent is the tangent of SymDense.SetSym.
//
//cairn:rule of=mat.SymDense.SetSym tangent=SymDenseSetSymTangent forward=SymDenseSetSymForward reverse=SymDenseSetSymReverse undo reads=none writes=s
func SymDenseSetSymTangent(s, sd *mat.SymDense, i, j int, v, vd float64) {
	if sd != nil {
		shape(s, sd)
		sd.SetSym(i, j, vd)
	}
	s.SetSym(i, j, v)
}

// SymDenseSetSymForward runs SymDense.SetSym and keeps the old element.
func SymDenseSetSymForward(s *mat.SymDense, i, j int, v float64) (kept float64) {
	kept = s.At(i, j)
	s.SetSym(i, j, v)
	return kept
}

// SymDenseSetSymReverse is the reverse sweep of SymDense.SetSym; it puts the old element back.
func SymDenseSetSymReverse(kept float64, s, sb *mat.SymDense, i, j int, v float64, vb *float64) {
	s.SetSym(i, j, kept)
	if !isZero(sb) {
		addNumber(vb, sb.At(i, j))
		sb.SetSym(i, j, 0)
	}
}

// TriDenseAtTangent is the tangent of TriDense.At.
//
//cairn:rule of=mat.TriDense.At tangent=TriDenseAtTangent adjoint=TriDenseAtAdjoint reads=none writes=none
func TriDenseAtTangent(t, td *mat.TriDense, i, j int) (ret, retd float64) {
	if !isZero(td) {
		retd = td.At(i, j)
	}
	return t.At(i, j), retd
}

// TriDenseAtAdjoint is the adjoint of TriDense.At.
func TriDenseAtAdjoint(t, tb *mat.TriDense, i, j int, retb float64) float64 {
	ret := t.At(i, j)
	if tb != nil && inTriangle(t, i, j) {
		shape(t, tb)
		tb.SetTri(i, j, tb.At(i, j)+retb)
	}
	return ret
}

// TriDenseSetTriTangent is the tangent of TriDense.SetTri.
//
//cairn:rule of=mat.TriDense.SetTri tangent=TriDenseSetTriTangent forward=TriDenseSetTriForward reverse=TriDenseSetTriReverse undo reads=none writes=t
func TriDenseSetTriTangent(t, td *mat.TriDense, i, j int, v, vd float64) {
	if td != nil {
		shape(t, td)
		td.SetTri(i, j, vd)
	}
	t.SetTri(i, j, v)
}

// TriDenseSetTriForward runs TriDense.SetTri and keeps the old element.
func TriDenseSetTriForward(t *mat.TriDense, i, j int, v float64) (kept float64) {
	kept = t.At(i, j)
	t.SetTri(i, j, v)
	return kept
}

// TriDenseSetTriReverse is the reverse sweep of TriDense.SetTri; it puts the old element back.
func TriDenseSetTriReverse(kept float64, t, tb *mat.TriDense, i, j int, v float64, vb *float64) {
	t.SetTri(i, j, kept)
	if !isZero(tb) {
		addNumber(vb, tb.At(i, j))
		tb.SetTri(i, j, 0)
	}
}

func inTriangle(t *mat.TriDense, i, j int) bool {
	_, kind := t.Triangle()
	return i == j || (i < j) == bool(kind)
}

// DiagDenseAtTangent is the tangent of DiagDense.At.
//
//cairn:rule of=mat.DiagDense.At tangent=DiagDenseAtTangent adjoint=DiagDenseAtAdjoint reads=none writes=none
func DiagDenseAtTangent(d, dd *mat.DiagDense, i, j int) (ret, retd float64) {
	if !isZero(dd) {
		retd = dd.At(i, j)
	}
	return d.At(i, j), retd
}

// DiagDenseAtAdjoint is the adjoint of DiagDense.At.
func DiagDenseAtAdjoint(d, db *mat.DiagDense, i, j int, retb float64) float64 {
	ret := d.At(i, j)
	if db != nil && i == j {
		shape(d, db)
		db.SetDiag(i, db.At(i, i)+retb)
	}
	return ret
}

// DiagDenseSetDiagTangent is the tangent of DiagDense.SetDiag.
//
//cairn:rule of=mat.DiagDense.SetDiag tangent=DiagDenseSetDiagTangent forward=DiagDenseSetDiagForward reverse=DiagDenseSetDiagReverse undo reads=none writes=d
func DiagDenseSetDiagTangent(d, dd *mat.DiagDense, i int, v, vd float64) {
	if dd != nil {
		shape(d, dd)
		dd.SetDiag(i, vd)
	}
	d.SetDiag(i, v)
}

// DiagDenseSetDiagForward runs DiagDense.SetDiag and keeps the old element.
func DiagDenseSetDiagForward(d *mat.DiagDense, i int, v float64) (kept float64) {
	kept = d.At(i, i)
	d.SetDiag(i, v)
	return kept
}

// DiagDenseSetDiagReverse is the reverse sweep of DiagDense.SetDiag; it puts the old element back.
func DiagDenseSetDiagReverse(kept float64, d, db *mat.DiagDense, i int, v float64, vb *float64) {
	d.SetDiag(i, kept)
	if !isZero(db) {
		addNumber(vb, db.At(i, i))
		db.SetDiag(i, 0)
	}
}

// DenseSetRowTangent is the tangent of Dense.SetRow.
//
//cairn:rule of=mat.Dense.SetRow tangent=DenseSetRowTangent forward=DenseSetRowForward reverse=DenseSetRowReverse undo reads=none writes=m
func DenseSetRowTangent(m, md *mat.Dense, i int, src, srcd []float64) {
	if md != nil {
		shape(m, md)
		md.SetRow(i, orZeros(srcd, len(src)))
	}
	m.SetRow(i, src)
}

// DenseSetRowForward runs Dense.SetRow and keeps the old row.
func DenseSetRowForward(m *mat.Dense, i int, src []float64) (kept []float64) {
	kept = mat.Row(nil, i, m)
	m.SetRow(i, src)
	return kept
}

// DenseSetRowReverse is the reverse sweep of Dense.SetRow; it puts the old row back.
func DenseSetRowReverse(kept []float64, m, mb *mat.Dense, i int, src, srcb []float64) {
	m.SetRow(i, kept)
	setLineAdjoint(src, srcb, mb, func() mat.Vector { return mb.RowView(i) })
}

// DenseSetColTangent is the tangent of Dense.SetCol.
//
//cairn:rule of=mat.Dense.SetCol tangent=DenseSetColTangent forward=DenseSetColForward reverse=DenseSetColReverse undo reads=none writes=m
func DenseSetColTangent(m, md *mat.Dense, j int, src, srcd []float64) {
	if md != nil {
		shape(m, md)
		md.SetCol(j, orZeros(srcd, len(src)))
	}
	m.SetCol(j, src)
}

// DenseSetColForward runs Dense.SetCol and keeps the old column.
func DenseSetColForward(m *mat.Dense, j int, src []float64) (kept []float64) {
	kept = mat.Col(nil, j, m)
	m.SetCol(j, src)
	return kept
}

// DenseSetColReverse is the reverse sweep of Dense.SetCol; it puts the old column back.
func DenseSetColReverse(kept []float64, m, mb *mat.Dense, j int, src, srcb []float64) {
	m.SetCol(j, kept)
	setLineAdjoint(src, srcb, mb, func() mat.Vector { return mb.ColView(j) })
}

// setLineAdjoint moves the seed of a row or column to the shadow of what it was set from,
// which may be the same memory.
func setLineAdjoint(src, srcb []float64, mb *mat.Dense, line func() mat.Vector) {
	if mb == nil || mb.IsEmpty() {
		return
	}
	view := line().(*mat.VecDense)
	seed := make([]float64, len(src))
	for i := range seed {
		seed[i] = view.AtVec(i)
		view.SetVec(i, 0)
	}
	for i := range srcb {
		srcb[i] += seed[i]
	}
}

func orZeros(x []float64, n int) []float64 {
	if x == nil {
		return make([]float64, n)
	}
	return x
}
