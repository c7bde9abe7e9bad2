package spatial

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/thirdparty/check"
)

func TestGradients(t *testing.T) {
	for _, c := range []check.Case{
		{"Norm", Norm, NormAdjoint, NormTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6}},
		{"Dot", Dot, DotAdjoint, DotTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6}},
		{"Triple", Triple, TripleAdjoint, TripleTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8, 0.2}},
		{"Cos", Cos, CosAdjoint, CosTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6}},
		{"Unit", Unit, UnitAdjoint, UnitTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6}},
		{"Rotate", Rotate, RotateAdjoint, RotateTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 0.4}},
		{"Area", Area, AreaAdjoint, AreaTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8, 0.2}},
		{"Centroid", Centroid, CentroidAdjoint, CentroidTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8, 0.2}},
		{"Normal", Normal, NormalAdjoint, NormalTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8, 0.2}},
		{"BoxCenter", BoxCenter, BoxCenterAdjoint, BoxCenterTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6}},
		{"R2Area", R2Area, R2AreaAdjoint, R2AreaTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6}},
		{"R2Rotate", R2Rotate, R2RotateAdjoint, R2RotateTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1}},
		{"R2RotateTwice", R2RotateTwice, R2RotateTwiceAdjoint, R2RotateTwiceTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1}},
		{"MatDet", MatDet, MatDetAdjoint, MatDetTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8, 0.2}},
		{"MatMulVec", MatMulVec, MatMulVecAdjoint, MatMulVecTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8, 0.2, 0.9, -0.4, 1.3}},
		{"MatMulVecTrans", MatMulVecTrans, MatMulVecTransAdjoint, MatMulVecTransTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8, 0.2, 0.9, -0.4, 1.3}},
		{"MatSum", MatSum, MatSumAdjoint, MatSumTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8, 0.2, 0.9, -0.4, 1.3}},
		{"MatScale", MatScale, MatScaleAdjoint, MatScaleTangent, []float64{0.3, 1.5, 0.7, 2.2}},
		{"MatOuter", MatOuter, MatOuterAdjoint, MatOuterTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9}},
		{"Rotation", Rotation, RotationAdjoint, RotationTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9}},
		{"QuatExp", QuatExp, QuatExpAdjoint, QuatExpTangent, []float64{0.3, 0.5, 0.7, -0.2}},
		{"QuatLog", QuatLog, QuatLogAdjoint, QuatLogTangent, []float64{0.3, 0.5, 0.7, -0.2}},
		{"QuatSin", QuatSin, QuatSinAdjoint, QuatSinTangent, []float64{0.3, 0.5, 0.7, -0.2}},
		{"QuatCos", QuatCos, QuatCosAdjoint, QuatCosTangent, []float64{0.3, 0.5, 0.7, -0.2}},
		{"QuatTan", QuatTan, QuatTanAdjoint, QuatTanTangent, []float64{0.3, 0.5, 0.7, -0.2}},
		{"QuatSinh", QuatSinh, QuatSinhAdjoint, QuatSinhTangent, []float64{0.3, 0.5, 0.7, -0.2}},
		{"QuatSqrt", QuatSqrt, QuatSqrtAdjoint, QuatSqrtTangent, []float64{0.3, 0.5, 0.7, -0.2}},
		{"QuatInv", QuatInv, QuatInvAdjoint, QuatInvTangent, []float64{0.3, 0.5, 0.7, -0.2}},
		{"QuatPow", QuatPow, QuatPowAdjoint, QuatPowTangent, []float64{0.3, 0.5, 0.7, -0.2, 1.4, 0.3}},
	} {
		t.Run(c.Name, c.Test)
	}
}
