package functions

import (
	"testing"

	"gonum.org/v1/gonum/optimize/functions"

	"github.com/cairn-ad/cairn/examples/thirdparty/check"
)

// TestByHand compares the adjoints with the gradients that gonum has.
func TestByHand(t *testing.T) {
	for _, c := range []struct {
		check.Case
		byHand func(grad, x []float64)
	}{
		{check.Case{"Beale", Beale, BealeAdjoint, BealeTangent, []float64{1, 4}}, functions.Beale{}.Grad},
		{check.Case{"BiggsEXP2", BiggsEXP2, BiggsEXP2Adjoint, BiggsEXP2Tangent, []float64{1, 2}}, functions.BiggsEXP2{}.Grad},
		{check.Case{"BiggsEXP3", BiggsEXP3, BiggsEXP3Adjoint, BiggsEXP3Tangent, []float64{1, 2, 1.5}}, functions.BiggsEXP3{}.Grad},
		{check.Case{"BiggsEXP4", BiggsEXP4, BiggsEXP4Adjoint, BiggsEXP4Tangent, []float64{1, 2, 1, 1.5}}, functions.BiggsEXP4{}.Grad},
		{check.Case{"BiggsEXP5", BiggsEXP5, BiggsEXP5Adjoint, BiggsEXP5Tangent, []float64{1, 2, 1, 1.5, 0.7}}, functions.BiggsEXP5{}.Grad},
		{check.Case{"BiggsEXP6", BiggsEXP6, BiggsEXP6Adjoint, BiggsEXP6Tangent, []float64{1, 2, 1, 1.5, 0.7, 1.2}}, functions.BiggsEXP6{}.Grad},
		{check.Case{"Box3D", Box3D, Box3DAdjoint, Box3DTangent, []float64{0, 10, 20}}, functions.Box3D{}.Grad},
		{check.Case{"BrownBadlyScaled", BrownBadlyScaled, BrownBadlyScaledAdjoint, BrownBadlyScaledTangent, []float64{1, 1.5}}, functions.BrownBadlyScaled{}.Grad},
		{check.Case{"BrownAndDennis", BrownAndDennis, BrownAndDennisAdjoint, BrownAndDennisTangent, []float64{25, 5, -5, -1}}, functions.BrownAndDennis{}.Grad},
		{check.Case{"ExtendedPowellSingular", ExtendedPowellSingular, ExtendedPowellSingularAdjoint, ExtendedPowellSingularTangent, []float64{3, -1, 0.5, 3, 2, -1, 1, 4}}, functions.ExtendedPowellSingular{}.Grad},
		{check.Case{"ExtendedRosenbrock", ExtendedRosenbrock, ExtendedRosenbrockAdjoint, ExtendedRosenbrockTangent, []float64{-1.2, 1, 0.7, 1.3}}, functions.ExtendedRosenbrock{}.Grad},
		{check.Case{"Gaussian", Gaussian, GaussianAdjoint, GaussianTangent, []float64{0.4, 1, 0.1}}, functions.Gaussian{}.Grad},
		{check.Case{"GulfResearchAndDevelopment", GulfResearchAndDevelopment, GulfResearchAndDevelopmentAdjoint, GulfResearchAndDevelopmentTangent, []float64{5, 2.5, 0.15}}, functions.GulfResearchAndDevelopment{}.Grad},
		{check.Case{"HelicalValley", HelicalValley, HelicalValleyAdjoint, HelicalValleyTangent, []float64{-1, 0.3, 0.2}}, functions.HelicalValley{}.Grad},
		{check.Case{"Linear", Linear, LinearAdjoint, LinearTangent, []float64{1, 2, 3.5}}, func(grad, x []float64) { functions.Linear{}.Grad(grad, x) }},
		{check.Case{"PenaltyI", PenaltyI, PenaltyIAdjoint, PenaltyITangent, []float64{1, 2, 3, 4}}, functions.PenaltyI{}.Grad},
		{check.Case{"PenaltyII", PenaltyII, PenaltyIIAdjoint, PenaltyIITangent, []float64{0.5, 0.6, 0.7, 0.8}}, functions.PenaltyII{}.Grad},
		{check.Case{"PowellBadlyScaled", PowellBadlyScaled, PowellBadlyScaledAdjoint, PowellBadlyScaledTangent, []float64{0.1, 1}}, functions.PowellBadlyScaled{}.Grad},
		{check.Case{"Sphere", Sphere, SphereAdjoint, SphereTangent, []float64{1, 2, -3}}, functions.Sphere{}.Grad},
		{check.Case{"Trigonometric", Trigonometric, TrigonometricAdjoint, TrigonometricTangent, []float64{0.1, 0.2, 0.3, 0.4}}, functions.Trigonometric{}.Grad},
		{check.Case{"VariablyDimensioned", VariablyDimensioned, VariablyDimensionedAdjoint, VariablyDimensionedTangent, []float64{0.5, 0.2, 0.7}}, functions.VariablyDimensioned{}.Grad},
		{check.Case{"Watson", Watson, WatsonAdjoint, WatsonTangent, []float64{0.1, 0.2, -0.3, 0.4, 0.5, -0.6}}, functions.Watson{}.Grad},
		{check.Case{"Wood", Wood, WoodAdjoint, WoodTangent, []float64{-3, -1, -2.5, -1.5}}, functions.Wood{}.Grad},
		{check.Case{"ConcaveRight", ConcaveRight, ConcaveRightAdjoint, ConcaveRightTangent, []float64{0.7}}, functions.ConcaveRight{}.Grad},
		{check.Case{"ConcaveLeft", ConcaveLeft, ConcaveLeftAdjoint, ConcaveLeftTangent, []float64{0.7}}, functions.ConcaveLeft{}.Grad},
		{check.Case{"Plassmann", Plassmann, PlassmannAdjoint, PlassmannTangent, []float64{1.2}}, functions.Plassmann{L: 3, Beta: 0.01}.Grad},
		{check.Case{"YanaiOzawaKaneko", YanaiOzawaKaneko, YanaiOzawaKanekoAdjoint, YanaiOzawaKanekoTangent, []float64{0.3}}, functions.YanaiOzawaKaneko{Beta1: 0.01, Beta2: 0.001}.Grad},
		{check.Case{"MinimalSurface", MinimalSurface, MinimalSurfaceAdjoint, MinimalSurfaceTangent, []float64{0.1, -0.2, 0.3, 0.4, 0.15, -0.3}}, func(grad, x []float64) { functions.NewMinimalSurface(5, 4).Grad(grad, x) }},
	} {
		t.Run(c.Name, func(t *testing.T) {
			c.Test(t)
			want, got := make([]float64, len(c.X)), make([]float64, len(c.X))
			c.byHand(want, c.X)
			c.Adjoint(c.X, got, 1)
			for i := range want {
				if !check.Close(got[i], want[i], 1e-12, 0) {
					t.Errorf("x[%d]: adjoint %v, by hand %v", i, got[i], want[i])
				}
			}
		})
	}
}
