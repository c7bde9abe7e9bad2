package mathext

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/thirdparty/check"
)

func TestGradients(t *testing.T) {
	for _, c := range []check.Case{
		{"Digamma", Digamma, DigammaAdjoint, DigammaTangent, []float64{1.7}},
		{"Lbeta", Lbeta, LbetaAdjoint, LbetaTangent, []float64{1.7, 0.6}},
		{"Beta", Beta, BetaAdjoint, BetaTangent, []float64{1.7, 0.6}},
		{"RegIncBeta", RegIncBeta, RegIncBetaAdjoint, RegIncBetaTangent, []float64{1.7, 0.6, 0.3}},
		{"MvLgamma", MvLgamma, MvLgammaAdjoint, MvLgammaTangent, []float64{4.7}},
		{"EllipticF", EllipticF, EllipticFAdjoint, EllipticFTangent, []float64{0.7, 0.3}},
		{"EllipticRF", EllipticRF, EllipticRFAdjoint, EllipticRFTangent, []float64{0.7, 0.3, 0.5}},
		{"EllipticRD", EllipticRD, EllipticRDAdjoint, EllipticRDTangent, []float64{0.7, 0.3, 0.5}},
		{"CompleteK", CompleteK, CompleteKAdjoint, CompleteKTangent, []float64{0.3}},
		{"CompleteE", CompleteE, CompleteEAdjoint, CompleteETangent, []float64{0.3}},
		{"Li2", Li2, Li2Adjoint, Li2Tangent, []float64{0.3, 0.2}},
		{"GammaIncReg", GammaIncReg, GammaIncRegAdjoint, GammaIncRegTangent, []float64{2.7, 1.6}},
		{"GammaIncRegLarge", GammaIncRegLarge, GammaIncRegLargeAdjoint, GammaIncRegLargeTangent, []float64{40.3, 38.6}},
		{"GammaIncRegComp", GammaIncRegComp, GammaIncRegCompAdjoint, GammaIncRegCompTangent, []float64{0.7, 2.6}},
		{"GammaIncRegInv", GammaIncRegInv, GammaIncRegInvAdjoint, GammaIncRegInvTangent, []float64{2.5, 0.4}},
		{"Zeta", Zeta, ZetaAdjoint, ZetaTangent, []float64{2.3, 1.4}},
		{"NormalQuantile", NormalQuantile, NormalQuantileAdjoint, NormalQuantileTangent, []float64{0.3}},
		{"NormalQuantileTail", NormalQuantileTail, NormalQuantileTailAdjoint, NormalQuantileTailTangent, []float64{0.013}},
	} {
		t.Run(c.Name, c.Test)
	}
}
