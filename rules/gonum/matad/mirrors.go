package matad

import _ "gonum.org/v1/gonum/mat" // the rules below name it

// Constructors and views: the shadow of the result is what the same call makes of the shadows.

//cairn:rule of=mat.NewDense mirror
//cairn:rule of=mat.NewVecDense mirror
//cairn:rule of=mat.NewSymDense mirror
//cairn:rule of=mat.NewTriDense mirror
//cairn:rule of=mat.NewDiagDense mirror
//cairn:rule of=mat.Dense.T mirror
//cairn:rule of=mat.Dense.Slice mirror
//cairn:rule of=mat.Dense.RowView mirror
//cairn:rule of=mat.Dense.ColView mirror
//cairn:rule of=mat.Dense.RawRowView mirror
//cairn:rule of=mat.Dense.RawMatrix mirror
//cairn:rule of=mat.VecDense.T mirror
//cairn:rule of=mat.VecDense.TVec mirror
//cairn:rule of=mat.VecDense.SliceVec mirror
//cairn:rule of=mat.VecDense.RawVector mirror
//cairn:rule of=mat.SymDense.T mirror
//cairn:rule of=mat.SymDense.SliceSym mirror
//cairn:rule of=mat.SymDense.RawSymmetric mirror
//cairn:rule of=mat.TriDense.T mirror
//cairn:rule of=mat.TriDense.TTri mirror
//cairn:rule of=mat.TriDense.SliceTri mirror
//cairn:rule of=mat.TriDense.RawTriangular mirror
//cairn:rule of=mat.Cholesky.RawU mirror
