package distuv

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/thirdparty/check"
)

func TestGradients(t *testing.T) {
	for _, c := range []check.Case{
		{"Normal", Normal, NormalAdjoint, NormalTangent, []float64{0.3, -0.5, 1.7}},
		{"Beta", Beta, BetaAdjoint, BetaTangent, []float64{0.3, 2.5, 1.7}},
		{"Chi", Chi, ChiAdjoint, ChiTangent, []float64{1.3, 2.5}},
		{"ChiSquared", ChiSquared, ChiSquaredAdjoint, ChiSquaredTangent, []float64{1.3, 2.5}},
		{"Exponential", Exponential, ExponentialAdjoint, ExponentialTangent, []float64{1.3, 2.5}},
		{"F", F, FAdjoint, FTangent, []float64{1.3, 2.5, 3.5}},
		{"Gamma", Gamma, GammaAdjoint, GammaTangent, []float64{1.3, 2.5, 0.7}},
		{"GumbelRight", GumbelRight, GumbelRightAdjoint, GumbelRightTangent, []float64{1.3, 0.5, 0.7}},
		{"InverseGamma", InverseGamma, InverseGammaAdjoint, InverseGammaTangent, []float64{1.3, 2.5, 0.7}},
		{"Laplace", Laplace, LaplaceAdjoint, LaplaceTangent, []float64{1.3, 0.5, 0.7}},
		{"Logistic", Logistic, LogisticAdjoint, LogisticTangent, []float64{1.3, 0.5, 0.7}},
		{"LogNormal", LogNormal, LogNormalAdjoint, LogNormalTangent, []float64{1.3, 0.5, 0.7}},
		{"NoncentralT", NoncentralT, NoncentralTAdjoint, NoncentralTTangent, []float64{1.3, 3.5, 0.7}},
		{"Pareto", Pareto, ParetoAdjoint, ParetoTangent, []float64{1.3, 0.5, 0.7}},
		{"Poisson", Poisson, PoissonAdjoint, PoissonTangent, []float64{2.5}},
		{"Binomial", Binomial, BinomialAdjoint, BinomialTangent, []float64{0.4}},
		{"Bernoulli", Bernoulli, BernoulliAdjoint, BernoulliTangent, []float64{0.4}},
		{"StudentsT", StudentsT, StudentsTAdjoint, StudentsTTangent, []float64{1.3, 0.5, 0.7, 4.5}},
		{"Uniform", Uniform, UniformAdjoint, UniformTangent, []float64{1.3, 0.5, 2.7}},
		{"Weibull", Weibull, WeibullAdjoint, WeibullTangent, []float64{1.3, 1.5, 2.7}},
		{"NormalCDF", NormalCDF, NormalCDFAdjoint, NormalCDFTangent, []float64{0.3, -0.5, 1.7}},
		{"NormalProb", NormalProb, NormalProbAdjoint, NormalProbTangent, []float64{0.3, -0.5, 1.7}},
		{"ExponentialCDF", ExponentialCDF, ExponentialCDFAdjoint, ExponentialCDFTangent, []float64{1.3, 2.5}},
		{"ExponentialProb", ExponentialProb, ExponentialProbAdjoint, ExponentialProbTangent, []float64{1.3, 2.5}},
		{"ExponentialQuantile", ExponentialQuantile, ExponentialQuantileAdjoint, ExponentialQuantileTangent, []float64{0.3, 2.5}},
		{"LaplaceCDF", LaplaceCDF, LaplaceCDFAdjoint, LaplaceCDFTangent, []float64{1.3, 0.5, 0.7}},
		{"LaplaceProb", LaplaceProb, LaplaceProbAdjoint, LaplaceProbTangent, []float64{1.3, 0.5, 0.7}},
		{"LaplaceQuantile", LaplaceQuantile, LaplaceQuantileAdjoint, LaplaceQuantileTangent, []float64{0.3, 0.5, 0.7}},
		{"LogisticCDF", LogisticCDF, LogisticCDFAdjoint, LogisticCDFTangent, []float64{1.3, 0.5, 0.7}},
		{"LogisticProb", LogisticProb, LogisticProbAdjoint, LogisticProbTangent, []float64{1.3, 0.5, 0.7}},
		{"LogisticQuantile", LogisticQuantile, LogisticQuantileAdjoint, LogisticQuantileTangent, []float64{0.3, 0.5, 0.7}},
		{"WeibullCDF", WeibullCDF, WeibullCDFAdjoint, WeibullCDFTangent, []float64{1.3, 1.5, 2.7}},
		{"WeibullProb", WeibullProb, WeibullProbAdjoint, WeibullProbTangent, []float64{1.3, 1.5, 2.7}},
		{"WeibullQuantile", WeibullQuantile, WeibullQuantileAdjoint, WeibullQuantileTangent, []float64{0.3, 1.5, 2.7}},
		{"LogNormalCDF", LogNormalCDF, LogNormalCDFAdjoint, LogNormalCDFTangent, []float64{1.3, 0.5, 0.7}},
		{"LogNormalProb", LogNormalProb, LogNormalProbAdjoint, LogNormalProbTangent, []float64{1.3, 0.5, 0.7}},
		{"GumbelRightCDF", GumbelRightCDF, GumbelRightCDFAdjoint, GumbelRightCDFTangent, []float64{1.3, 0.5, 0.7}},
		{"GumbelRightProb", GumbelRightProb, GumbelRightProbAdjoint, GumbelRightProbTangent, []float64{1.3, 0.5, 0.7}},
		{"GumbelRightQuantile", GumbelRightQuantile, GumbelRightQuantileAdjoint, GumbelRightQuantileTangent, []float64{0.3, 0.5, 0.7}},
		{"GammaProb", GammaProb, GammaProbAdjoint, GammaProbTangent, []float64{1.3, 2.5, 0.7}},
		{"BetaCDF", BetaCDF, BetaCDFAdjoint, BetaCDFTangent, []float64{0.3, 2.5, 1.7}},
		{"BetaProb", BetaProb, BetaProbAdjoint, BetaProbTangent, []float64{0.3, 2.5, 1.7}},
		{"StudentsTCDF", StudentsTCDF, StudentsTCDFAdjoint, StudentsTCDFTangent, []float64{1.3, 0.5, 0.7, 4.5}},
		{"StudentsTProb", StudentsTProb, StudentsTProbAdjoint, StudentsTProbTangent, []float64{1.3, 0.5, 0.7, 4.5}},
		{"NormalEntropy", NormalEntropy, NormalEntropyAdjoint, NormalEntropyTangent, []float64{1.3, 0.5}},
		{"BetaMean", BetaMean, BetaMeanAdjoint, BetaMeanTangent, []float64{1.3, 0.5}},
		{"WeibullVariance", WeibullVariance, WeibullVarianceAdjoint, WeibullVarianceTangent, []float64{1.3, 0.5}},
		{"KL", KL, KLAdjoint, KLTangent, []float64{1.3, 0.5, 0.3, 1.2}},
		{"GammaCDF", GammaCDF, GammaCDFAdjoint, GammaCDFTangent, []float64{1.3, 2.5, 0.7}},
		{"InverseGammaCDF", InverseGammaCDF, InverseGammaCDFAdjoint, InverseGammaCDFTangent, []float64{1.3, 2.5, 0.7}},
		{"ChiSquaredCDF", ChiSquaredCDF, ChiSquaredCDFAdjoint, ChiSquaredCDFTangent, []float64{1.3, 2.5}},
		{"NormalQuantile", NormalQuantile, NormalQuantileAdjoint, NormalQuantileTangent, []float64{0.3, -0.5, 1.7}},
		{"LogNormalQuantile", LogNormalQuantile, LogNormalQuantileAdjoint, LogNormalQuantileTangent, []float64{0.3, -0.5, 0.7}},
		{"NormalRand", NormalRand, NormalRandAdjoint, NormalRandTangent, []float64{0.5, 1.3}},
		{"ExponentialRand", ExponentialRand, ExponentialRandAdjoint, ExponentialRandTangent, []float64{0.7}},
		{"UniformRand", UniformRand, UniformRandAdjoint, UniformRandTangent, []float64{0.7, 2.9}},
		{"WeibullRand", WeibullRand, WeibullRandAdjoint, WeibullRandTangent, []float64{1.7, 2.9}},
	} {
		t.Run(c.Name, c.Test)
	}
}
