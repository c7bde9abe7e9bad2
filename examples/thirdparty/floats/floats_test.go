package floats

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/thirdparty/check"
)

func TestGradients(t *testing.T) {
	for _, c := range []check.Case{
		{"Sum", Sum, SumAdjoint, SumTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Prod", Prod, ProdAdjoint, ProdTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Max", Max, MaxAdjoint, MaxTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Min", Min, MinAdjoint, MinTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"LogSumExp", LogSumExp, LogSumExpAdjoint, LogSumExpTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"SumCompensated", SumCompensated, SumCompensatedAdjoint, SumCompensatedTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Norm1", Norm1, Norm1Adjoint, Norm1Tangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Distance1", Distance1, Distance1Adjoint, Distance1Tangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Norm2", Norm2, Norm2Adjoint, Norm2Tangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Distance2", Distance2, Distance2Adjoint, Distance2Tangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Norm3", Norm3, Norm3Adjoint, Norm3Tangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Distance3", Distance3, Distance3Adjoint, Distance3Tangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"NormInf", NormInf, NormInfAdjoint, NormInfTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"DistanceInf", DistanceInf, DistanceInfAdjoint, DistanceInfTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Dot", Dot, DotAdjoint, DotTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Add", Add, AddAdjoint, AddTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"AddTo", AddTo, AddToAdjoint, AddToTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Sub", Sub, SubAdjoint, SubTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"SubTo", SubTo, SubToAdjoint, SubToTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Mul", Mul, MulAdjoint, MulTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"MulTo", MulTo, MulToAdjoint, MulToTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Div", Div, DivAdjoint, DivTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"DivTo", DivTo, DivToAdjoint, DivToTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Scale", Scale, ScaleAdjoint, ScaleTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"AddScaled", AddScaled, AddScaledAdjoint, AddScaledTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"CumSum", CumSum, CumSumAdjoint, CumSumTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"CumProd", CumProd, CumProdAdjoint, CumProdTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Span", Span, SpanAdjoint, SpanTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
	} {
		t.Run(c.Name, c.Test)
	}
}
