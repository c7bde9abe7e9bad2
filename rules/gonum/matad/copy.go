package matad

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// takeBlock takes the seed of the first r rows and c columns out of the shadow mb of m, and
// returns it as a matrix of the shape of a. It is nil if there is none.
func takeBlock(mb *mat.Dense, r, c int, a mat.Matrix) *mat.Dense {
	if mb == nil || mb.IsEmpty() || r == 0 || c == 0 {
		return nil
	}
	ar, ac := a.Dims()
	g := mat.NewDense(ar, ac, nil)
	block := mb.Slice(0, r, 0, c).(*mat.Dense)
	g.Slice(0, r, 0, c).(*mat.Dense).Copy(block)
	block.Zero()
	return g
}

// overlap is the number of rows and columns that Copy copies.
func overlap(m *mat.Dense, a mat.Matrix) (r, c int) {
	mr, mc := m.Dims()
	ar, ac := a.Dims()
	r, c = min(mr, ar), min(mc, ac)
	if r == 0 || c == 0 {
		return 0, 0
	}
	return r, c
}

// DenseCopyTangent is the tangent of Dense.Copy, which copies the part of a that fits into m.
//
//cairn:rule of=mat.Dense.Copy tangent=DenseCopyTangent adjoint=DenseCopyAdjoint reads=a writes=m
func DenseCopyTangent(m, md *mat.Dense, a, ad mat.Matrix) (r, c int) {
	r, c = overlap(m, a)
	if md != nil && r > 0 {
		shape(m, md)
		block := mat.NewDense(r, c, nil)
		if d := tangentOf(ad); d != nil {
			block.Copy(d)
		}
		md.Copy(block)
	}
	return m.Copy(a)
}

// DenseCopyAdjoint is the adjoint of Dense.Copy.
func DenseCopyAdjoint(m, mb *mat.Dense, a, ab mat.Matrix) (r, c int) {
	r, c = overlap(m, a)
	if g := takeBlock(mb, r, c, a); g != nil {
		add(a, ab, 1, g)
	}
	return m.Copy(a)
}

// DenseCloneFromTangent is the tangent of Dense.CloneFrom, m = a in new memory.
//
//cairn:rule of=mat.Dense.CloneFrom tangent=DenseCloneFromTangent adjoint=DenseCloneFromAdjoint reads=a writes=m
func DenseCloneFromTangent(m, md *mat.Dense, a, ad mat.Matrix) {
	fresh("Dense.CloneFrom", m)
	var t sum
	t.add(1, tangentOf(ad))
	m.CloneFrom(a)
	setTangent(m, md, t.Dense)
}

// DenseCloneFromAdjoint is the adjoint of Dense.CloneFrom.
func DenseCloneFromAdjoint(m, mb *mat.Dense, a, ab mat.Matrix) {
	fresh("Dense.CloneFrom", m)
	if s := seedOf(m, mb); s != nil {
		add(a, ab, 1, s)
	}
	m.CloneFrom(a)
}

// fresh panics if a method that gives the receiver new memory gets one that has memory, which
// views may refer to.
func fresh(fn string, m storage) {
	if !m.IsEmpty() {
		panic(fmt.Sprintf("mat.%s has a derivative for an empty receiver only: declare a new variable for the copy", fn))
	}
}

// DenseCopyOfTangent is the tangent of mat.DenseCopyOf.
//
//cairn:rule of=mat.DenseCopyOf tangent=DenseCopyOfTangent adjoint=DenseCopyOfAdjoint writes=none
func DenseCopyOfTangent(a, ad mat.Matrix) (ret, retd *mat.Dense) {
	ret, retd = mat.DenseCopyOf(a), &mat.Dense{}
	var t sum
	t.add(1, tangentOf(ad))
	setTangent(ret, retd, t.Dense)
	return ret, retd
}

// DenseCopyOfAdjoint is the adjoint of mat.DenseCopyOf.
func DenseCopyOfAdjoint(a, ab mat.Matrix, retb *mat.Dense) *mat.Dense {
	if active(retb) && !retb.IsEmpty() {
		add(a, ab, 1, retb)
	}
	return mat.DenseCopyOf(a)
}

// DenseZeroTangent is the tangent of Dense.Zero.
//
//cairn:rule of=mat.Dense.Zero tangent=DenseZeroTangent adjoint=DenseZeroAdjoint reads=none writes=m
func DenseZeroTangent(m, md *mat.Dense) {
	zero(md)
	m.Zero()
}

// DenseZeroAdjoint is the adjoint of Dense.Zero.
func DenseZeroAdjoint(m, mb *mat.Dense) {
	zero(mb)
	m.Zero()
}

func zero(x storage) {
	if active(x) && !x.IsEmpty() {
		x.Zero()
	}
}

// DensePermuteRowsTangent is the tangent of Dense.PermuteRows.
//
//cairn:rule of=mat.Dense.PermuteRows tangent=DensePermuteRowsTangent adjoint=DensePermuteRowsAdjoint reads=none writes=m
func DensePermuteRowsTangent(m, md *mat.Dense, p []int, inverse bool) {
	m.PermuteRows(p, inverse)
	if md != nil && !md.IsEmpty() {
		md.PermuteRows(p, inverse)
	}
}

// DensePermuteRowsAdjoint is the adjoint of Dense.PermuteRows.
func DensePermuteRowsAdjoint(m, mb *mat.Dense, p []int, inverse bool) {
	m.PermuteRows(p, inverse)
	if mb != nil && !mb.IsEmpty() {
		mb.PermuteRows(p, !inverse)
	}
}

// DensePermuteColsTangent is the tangent of Dense.PermuteCols.
//
//cairn:rule of=mat.Dense.PermuteCols tangent=DensePermuteColsTangent adjoint=DensePermuteColsAdjoint reads=none writes=m
func DensePermuteColsTangent(m, md *mat.Dense, p []int, inverse bool) {
	m.PermuteCols(p, inverse)
	if md != nil && !md.IsEmpty() {
		md.PermuteCols(p, inverse)
	}
}

// DensePermuteColsAdjoint is the adjoint of Dense.PermuteCols.
func DensePermuteColsAdjoint(m, mb *mat.Dense, p []int, inverse bool) {
	m.PermuteCols(p, inverse)
	if mb != nil && !mb.IsEmpty() {
		mb.PermuteCols(p, !inverse)
	}
}

// VecDenseCopyVecTangent is the tangent of VecDense.CopyVec, which copies the part of a that
// fits into v.
//
//cairn:rule of=mat.VecDense.CopyVec tangent=VecDenseCopyVecTangent adjoint=VecDenseCopyVecAdjoint reads=a writes=v
func VecDenseCopyVecTangent(v, vd *mat.VecDense, a, ad mat.Vector) int {
	if vd != nil {
		shape(v, vd)
		d := tangentOf(ad)
		t := make([]float64, min(v.Len(), a.Len()))
		for i := range t {
			if d != nil {
				t[i] = d.At(i, 0)
			}
		}
		for i, x := range t {
			vd.SetVec(i, x)
		}
	}
	return v.CopyVec(a)
}

// VecDenseCopyVecAdjoint is the adjoint of VecDense.CopyVec.
func VecDenseCopyVecAdjoint(v, vb *mat.VecDense, a, ab mat.Vector) int {
	if n := min(v.Len(), a.Len()); n > 0 && vb != nil && !vb.IsEmpty() {
		g := mat.NewDense(a.Len(), 1, nil)
		for i := range n {
			g.Set(i, 0, vb.AtVec(i))
			vb.SetVec(i, 0)
		}
		add(a, ab, 1, g)
	}
	return v.CopyVec(a)
}

// VecDenseCloneFromVecTangent is the tangent of VecDense.CloneFromVec.
//
//cairn:rule of=mat.VecDense.CloneFromVec tangent=VecDenseCloneFromVecTangent adjoint=VecDenseCloneFromVecAdjoint reads=a writes=v
func VecDenseCloneFromVecTangent(v, vd *mat.VecDense, a, ad mat.Vector) {
	fresh("VecDense.CloneFromVec", v)
	var t sum
	t.add(1, tangentOf(ad))
	v.CloneFromVec(a)
	setTangent(v, vd, t.Dense)
}

// VecDenseCloneFromVecAdjoint is the adjoint of VecDense.CloneFromVec.
func VecDenseCloneFromVecAdjoint(v, vb *mat.VecDense, a, ab mat.Vector) {
	fresh("VecDense.CloneFromVec", v)
	if s := seedOf(v, vb); s != nil {
		add(a, ab, 1, s)
	}
	v.CloneFromVec(a)
}

// VecDenseCopyOfTangent is the tangent of mat.VecDenseCopyOf.
//
//cairn:rule of=mat.VecDenseCopyOf tangent=VecDenseCopyOfTangent adjoint=VecDenseCopyOfAdjoint writes=none
func VecDenseCopyOfTangent(a, ad mat.Vector) (ret, retd *mat.VecDense) {
	ret, retd = mat.VecDenseCopyOf(a), &mat.VecDense{}
	var t sum
	t.add(1, tangentOf(ad))
	setTangent(ret, retd, t.Dense)
	return ret, retd
}

// VecDenseCopyOfAdjoint is the adjoint of mat.VecDenseCopyOf.
func VecDenseCopyOfAdjoint(a, ab mat.Vector, retb *mat.VecDense) *mat.VecDense {
	if active(retb) && !retb.IsEmpty() {
		add(a, ab, 1, retb)
	}
	return mat.VecDenseCopyOf(a)
}

// VecDenseZeroTangent is the tangent of VecDense.Zero.
//
//cairn:rule of=mat.VecDense.Zero tangent=VecDenseZeroTangent adjoint=VecDenseZeroAdjoint reads=none writes=v
func VecDenseZeroTangent(v, vd *mat.VecDense) {
	zero(vd)
	v.Zero()
}

// VecDenseZeroAdjoint is the adjoint of VecDense.Zero.
func VecDenseZeroAdjoint(v, vb *mat.VecDense) {
	zero(vb)
	v.Zero()
}

// VecDensePermuteTangent is the tangent of VecDense.Permute.
//
//cairn:rule of=mat.VecDense.Permute tangent=VecDensePermuteTangent adjoint=VecDensePermuteAdjoint reads=none writes=v
func VecDensePermuteTangent(v, vd *mat.VecDense, p []int, inverse bool) {
	v.Permute(p, inverse)
	if vd != nil && !vd.IsEmpty() {
		vd.Permute(p, inverse)
	}
}

// VecDensePermuteAdjoint is the adjoint of VecDense.Permute.
func VecDensePermuteAdjoint(v, vb *mat.VecDense, p []int, inverse bool) {
	v.Permute(p, inverse)
	if vb != nil && !vb.IsEmpty() {
		vb.Permute(p, !inverse)
	}
}

// SymDenseCopySymTangent is the tangent of SymDense.CopySym, which copies the part of a that
// fits into s.
//
//cairn:rule of=mat.SymDense.CopySym tangent=SymDenseCopySymTangent adjoint=SymDenseCopySymAdjoint reads=a writes=s
func SymDenseCopySymTangent(s, sd *mat.SymDense, a, ad mat.Symmetric) int {
	if sd != nil {
		shape(s, sd)
		d := tangentOf(ad)
		n := min(s.SymmetricDim(), a.SymmetricDim())
		for i := range n {
			for j := i; j < n; j++ {
				v := 0.0
				if d != nil {
					v = d.At(i, j)
				}
				sd.SetSym(i, j, v)
			}
		}
	}
	return s.CopySym(a)
}

// SymDenseCopySymAdjoint is the adjoint of SymDense.CopySym.
func SymDenseCopySymAdjoint(s, sb *mat.SymDense, a, ab mat.Symmetric) int {
	if n := min(s.SymmetricDim(), a.SymmetricDim()); n > 0 && sb != nil && !sb.IsEmpty() {
		g := mat.NewDense(a.SymmetricDim(), a.SymmetricDim(), nil)
		for i := range n {
			for j := i; j < n; j++ {
				g.Set(i, j, sb.At(i, j))
				sb.SetSym(i, j, 0)
			}
		}
		add(a, ab, 1, g)
	}
	return s.CopySym(a)
}

// SymDenseZeroTangent is the tangent of SymDense.Zero.
//
//cairn:rule of=mat.SymDense.Zero tangent=SymDenseZeroTangent adjoint=SymDenseZeroAdjoint reads=none writes=s
func SymDenseZeroTangent(s, sd *mat.SymDense) {
	zero(sd)
	s.Zero()
}

// SymDenseZeroAdjoint is the adjoint of SymDense.Zero.
func SymDenseZeroAdjoint(s, sb *mat.SymDense) {
	zero(sb)
	s.Zero()
}

// TriDenseZeroTangent is the tangent of TriDense.Zero.
//
//cairn:rule of=mat.TriDense.Zero tangent=TriDenseZeroTangent adjoint=TriDenseZeroAdjoint reads=none writes=t
func TriDenseZeroTangent(t, td *mat.TriDense) {
	zero(td)
	t.Zero()
}

// TriDenseZeroAdjoint is the adjoint of TriDense.Zero.
func TriDenseZeroAdjoint(t, tb *mat.TriDense) {
	zero(tb)
	t.Zero()
}
