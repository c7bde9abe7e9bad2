package matad

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// Methods of interfaces, where the type behind is not known, and comparisons.

//cairn:rule of=mat.Matrix.Dims passive
//cairn:rule of=mat.Matrix.T mirror
//cairn:rule of=mat.Equal passive
//cairn:rule of=mat.EqualApprox passive
//cairn:rule of=mat.Vector.Len passive
//cairn:rule of=mat.Symmetric.SymmetricDim passive
//cairn:rule of=mat.Triangular.Triangle passive
//cairn:rule of=mat.Triangular.TTri mirror

// MatrixAtTangent is the tangent of Matrix.At.
//
//cairn:rule of=mat.Matrix.At tangent=MatrixAtTangent adjoint=MatrixAtAdjoint writes=none
func MatrixAtTangent(m, md mat.Matrix, i, j int) (ret, retd float64) {
	if d := tangentOf(md); d != nil {
		retd = d.At(i, j)
	}
	return m.At(i, j), retd
}

// MatrixAtAdjoint is the adjoint of Matrix.At.
func MatrixAtAdjoint(m, mb mat.Matrix, i, j int, retb float64) float64 {
	addAt(m, mb, i, j, retb)
	return m.At(i, j)
}

// VectorAtVecTangent is the tangent of Vector.AtVec.
//
//cairn:rule of=mat.Vector.AtVec tangent=VectorAtVecTangent adjoint=VectorAtVecAdjoint writes=none
func VectorAtVecTangent(v, vd mat.Vector, i int) (ret, retd float64) {
	if d := tangentOf(vd); d != nil {
		retd = vd.AtVec(i)
	}
	return v.AtVec(i), retd
}

// VectorAtVecAdjoint is the adjoint of Vector.AtVec.
func VectorAtVecAdjoint(v, vb mat.Vector, i int, retb float64) float64 {
	if t, ok := vb.(mat.TransposeVec); ok {
		addAt(v.(mat.TransposeVec).Vector, t.Vector, i, 0, retb)
	} else {
		addAt(v, vb, i, 0, retb)
	}
	return v.AtVec(i)
}

// addAt adds v to the shadow of one element of x.
func addAt(x, xb mat.Matrix, i, j int, v float64) {
	if !active(xb) {
		return
	}
	shape(x, xb)
	switch xb := xb.(type) {
	case *mat.Dense:
		xb.Set(i, j, xb.At(i, j)+v)
	case *mat.VecDense:
		xb.SetVec(i, xb.AtVec(i)+v)
	case *mat.SymDense:
		xb.SetSym(i, j, xb.At(i, j)+v)
	case *mat.TriDense:
		if inTriangle(xb, i, j) {
			xb.SetTri(i, j, xb.At(i, j)+v)
		}
	case *mat.DiagDense:
		if i == j {
			xb.SetDiag(i, xb.At(i, i)+v)
		}
	case mat.Untransposer:
		addAt(x.(mat.Untransposer).Untranspose(), xb.Untranspose(), j, i, v)
	default:
		panic(fmt.Sprintf("matad: no derivative of an element of a %T", x))
	}
}
