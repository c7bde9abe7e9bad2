// Package distuv differentiates densities of gonum.org/v1/gonum/stat/distuv.
package distuv

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Normal(x []float64) float64 {
	return distuv.Normal{Mu: x[1], Sigma: x[2]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Beta(x []float64) float64 {
	return distuv.Beta{Alpha: x[1], Beta: x[2]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Chi(x []float64) float64 {
	return distuv.Chi{K: x[1]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ChiSquared(x []float64) float64 {
	return distuv.ChiSquared{K: x[1]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Exponential(x []float64) float64 {
	return distuv.Exponential{Rate: x[1]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func F(x []float64) float64 {
	return distuv.F{D1: x[1], D2: x[2]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Gamma(x []float64) float64 {
	return distuv.Gamma{Alpha: x[1], Beta: x[2]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GumbelRight(x []float64) float64 {
	return distuv.GumbelRight{Mu: x[1], Beta: x[2]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func InverseGamma(x []float64) float64 {
	return distuv.InverseGamma{Alpha: x[1], Beta: x[2]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Laplace(x []float64) float64 {
	return distuv.Laplace{Mu: x[1], Scale: x[2]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Logistic(x []float64) float64 {
	return distuv.Logistic{Mu: x[1], S: x[2]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func LogNormal(x []float64) float64 {
	return distuv.LogNormal{Mu: x[1], Sigma: x[2]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NoncentralT(x []float64) float64 {
	return distuv.NoncentralT{Nu: x[1], Mu: x[2]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Pareto(x []float64) float64 {
	return distuv.Pareto{Xm: x[1], Alpha: x[2]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Poisson(x []float64) float64 {
	return distuv.Poisson{Lambda: x[0]}.LogProb(3)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Binomial(x []float64) float64 {
	return distuv.Binomial{N: 10, P: x[0]}.LogProb(3)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Bernoulli(x []float64) float64 {
	return distuv.Bernoulli{P: x[0]}.LogProb(1)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func StudentsT(x []float64) float64 {
	return distuv.StudentsT{Mu: x[1], Sigma: x[2], Nu: x[3]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Uniform(x []float64) float64 {
	return distuv.Uniform{Min: x[1], Max: x[2]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Weibull(x []float64) float64 {
	return distuv.Weibull{K: x[1], Lambda: x[2]}.LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormalCDF(x []float64) float64 {
	return distuv.Normal{Mu: x[1], Sigma: x[2]}.CDF(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormalProb(x []float64) float64 {
	return distuv.Normal{Mu: x[1], Sigma: x[2]}.Prob(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ExponentialCDF(x []float64) float64 {
	return distuv.Exponential{Rate: x[1]}.CDF(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ExponentialProb(x []float64) float64 {
	return distuv.Exponential{Rate: x[1]}.Prob(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ExponentialQuantile(x []float64) float64 {
	return distuv.Exponential{Rate: x[1]}.Quantile(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func LaplaceCDF(x []float64) float64 {
	return distuv.Laplace{Mu: x[1], Scale: x[2]}.CDF(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func LaplaceProb(x []float64) float64 {
	return distuv.Laplace{Mu: x[1], Scale: x[2]}.Prob(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func LaplaceQuantile(x []float64) float64 {
	return distuv.Laplace{Mu: x[1], Scale: x[2]}.Quantile(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func LogisticCDF(x []float64) float64 {
	return distuv.Logistic{Mu: x[1], S: x[2]}.CDF(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func LogisticProb(x []float64) float64 {
	return distuv.Logistic{Mu: x[1], S: x[2]}.Prob(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func LogisticQuantile(x []float64) float64 {
	return distuv.Logistic{Mu: x[1], S: x[2]}.Quantile(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func WeibullCDF(x []float64) float64 {
	return distuv.Weibull{K: x[1], Lambda: x[2]}.CDF(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func WeibullProb(x []float64) float64 {
	return distuv.Weibull{K: x[1], Lambda: x[2]}.Prob(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func WeibullQuantile(x []float64) float64 {
	return distuv.Weibull{K: x[1], Lambda: x[2]}.Quantile(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func LogNormalCDF(x []float64) float64 {
	return distuv.LogNormal{Mu: x[1], Sigma: x[2]}.CDF(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func LogNormalProb(x []float64) float64 {
	return distuv.LogNormal{Mu: x[1], Sigma: x[2]}.Prob(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GumbelRightCDF(x []float64) float64 {
	return distuv.GumbelRight{Mu: x[1], Beta: x[2]}.CDF(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GumbelRightProb(x []float64) float64 {
	return distuv.GumbelRight{Mu: x[1], Beta: x[2]}.Prob(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GumbelRightQuantile(x []float64) float64 {
	return distuv.GumbelRight{Mu: x[1], Beta: x[2]}.Quantile(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GammaProb(x []float64) float64 {
	return distuv.Gamma{Alpha: x[1], Beta: x[2]}.Prob(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func BetaCDF(x []float64) float64 {
	return distuv.Beta{Alpha: x[1], Beta: x[2]}.CDF(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func BetaProb(x []float64) float64 {
	return distuv.Beta{Alpha: x[1], Beta: x[2]}.Prob(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func StudentsTCDF(x []float64) float64 {
	return distuv.StudentsT{Mu: x[1], Sigma: x[2], Nu: x[3]}.CDF(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func StudentsTProb(x []float64) float64 {
	return distuv.StudentsT{Mu: x[1], Sigma: x[2], Nu: x[3]}.Prob(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormalEntropy(x []float64) float64 {
	return distuv.Normal{Mu: x[0], Sigma: x[1]}.Entropy()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func BetaMean(x []float64) float64 {
	return distuv.Beta{Alpha: x[0], Beta: x[1]}.Mean()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func WeibullVariance(x []float64) float64 {
	return distuv.Weibull{K: x[0], Lambda: x[1]}.Variance()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func KL(x []float64) float64 {
	return distuv.KullbackLeibler{}.DistNormal(distuv.Normal{Mu: x[0], Sigma: x[1]}, distuv.Normal{Mu: x[2], Sigma: x[3]})
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GammaCDF(x []float64) float64 {
	return distuv.Gamma{Alpha: x[1], Beta: x[2]}.CDF(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func InverseGammaCDF(x []float64) float64 {
	return distuv.InverseGamma{Alpha: x[1], Beta: x[2]}.CDF(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ChiSquaredCDF(x []float64) float64 {
	return distuv.ChiSquared{K: x[1]}.CDF(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormalQuantile(x []float64) float64 {
	return distuv.Normal{Mu: x[1], Sigma: x[2]}.Quantile(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func LogNormalQuantile(x []float64) float64 {
	return distuv.LogNormal{Mu: x[1], Sigma: x[2]}.Quantile(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormalRand(x []float64) float64 {
	d := distuv.Normal{Mu: x[0], Sigma: x[1], Src: rand.NewPCG(1, 2)}
	sum := 0.0
	for range 10 {
		r := d.Rand()
		sum += r * r
	}
	return sum
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ExponentialRand(x []float64) float64 {
	d := distuv.Exponential{Rate: x[0], Src: rand.NewPCG(1, 2)}
	return d.Rand() * d.Rand()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func UniformRand(x []float64) float64 {
	d := distuv.Uniform{Min: x[0], Max: x[1], Src: rand.NewPCG(1, 2)}
	return d.Rand() * d.Rand()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func WeibullRand(x []float64) float64 {
	d := distuv.Weibull{K: x[0], Lambda: x[1], Src: rand.NewPCG(1, 2)}
	return d.Rand() * d.Rand()
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Triangle(x []float64) float64 {
	return distuv.NewTriangle(x[1], x[2], x[3], nil).LogProb(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func TriangleCDF(x []float64) float64 {
	return distuv.NewTriangle(x[1], x[2], x[3], nil).CDF(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func TriangleQuantile(x []float64) float64 {
	return distuv.NewTriangle(x[1], x[2], x[3], nil).Quantile(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GammaQuantile(x []float64) float64 {
	return distuv.Gamma{Alpha: x[1], Beta: x[2]}.Quantile(x[0])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ChiSquaredQuantile(x []float64) float64 {
	return distuv.ChiSquared{K: x[1]}.Quantile(x[0])
}
