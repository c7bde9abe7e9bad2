// Package functions differentiates the test problems of
// gonum.org/v1/gonum/optimize/functions whose gradient gonum has written by hand.
package functions

import "gonum.org/v1/gonum/optimize/functions"

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Beale(x []float64) float64 { return functions.Beale{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func BiggsEXP2(x []float64) float64 { return functions.BiggsEXP2{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func BiggsEXP3(x []float64) float64 { return functions.BiggsEXP3{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func BiggsEXP4(x []float64) float64 { return functions.BiggsEXP4{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func BiggsEXP5(x []float64) float64 { return functions.BiggsEXP5{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func BiggsEXP6(x []float64) float64 { return functions.BiggsEXP6{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Box3D(x []float64) float64 { return functions.Box3D{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func BrownBadlyScaled(x []float64) float64 { return functions.BrownBadlyScaled{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func BrownAndDennis(x []float64) float64 { return functions.BrownAndDennis{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ExtendedPowellSingular(x []float64) float64 { return functions.ExtendedPowellSingular{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ExtendedRosenbrock(x []float64) float64 { return functions.ExtendedRosenbrock{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Gaussian(x []float64) float64 { return functions.Gaussian{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GulfResearchAndDevelopment(x []float64) float64 {
	return functions.GulfResearchAndDevelopment{}.Func(x)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func HelicalValley(x []float64) float64 { return functions.HelicalValley{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Linear(x []float64) float64 { return functions.Linear{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func PenaltyI(x []float64) float64 { return functions.PenaltyI{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func PenaltyII(x []float64) float64 { return functions.PenaltyII{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func PowellBadlyScaled(x []float64) float64 { return functions.PowellBadlyScaled{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Sphere(x []float64) float64 { return functions.Sphere{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Trigonometric(x []float64) float64 { return functions.Trigonometric{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func VariablyDimensioned(x []float64) float64 { return functions.VariablyDimensioned{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Watson(x []float64) float64 { return functions.Watson{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Wood(x []float64) float64 { return functions.Wood{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ConcaveRight(x []float64) float64 { return functions.ConcaveRight{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ConcaveLeft(x []float64) float64 { return functions.ConcaveLeft{}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Plassmann(x []float64) float64 { return functions.Plassmann{L: 3, Beta: 0.01}.Func(x) }

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func YanaiOzawaKaneko(x []float64) float64 {
	return functions.YanaiOzawaKaneko{Beta1: 0.01, Beta2: 0.001}.Func(x)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func MinimalSurface(x []float64) float64 { return functions.NewMinimalSurface(5, 4).Func(x) }
