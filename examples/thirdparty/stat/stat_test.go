package stat

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/thirdparty/check"
)

func TestGradients(t *testing.T) {
	for _, c := range []check.Case{
		{"Mean", Mean, MeanAdjoint, MeanTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"MeanWeighted", MeanWeighted, MeanWeightedAdjoint, MeanWeightedTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"StdDev", StdDev, StdDevAdjoint, StdDevTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"StdDevWeighted", StdDevWeighted, StdDevWeightedAdjoint, StdDevWeightedTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Variance", Variance, VarianceAdjoint, VarianceTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"VarianceWeighted", VarianceWeighted, VarianceWeightedAdjoint, VarianceWeightedTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"PopVariance", PopVariance, PopVarianceAdjoint, PopVarianceTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"PopVarianceWeighted", PopVarianceWeighted, PopVarianceWeightedAdjoint, PopVarianceWeightedTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"PopStdDev", PopStdDev, PopStdDevAdjoint, PopStdDevTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"PopStdDevWeighted", PopStdDevWeighted, PopStdDevWeightedAdjoint, PopStdDevWeightedTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"GeometricMean", GeometricMean, GeometricMeanAdjoint, GeometricMeanTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"GeometricMeanWeighted", GeometricMeanWeighted, GeometricMeanWeightedAdjoint, GeometricMeanWeightedTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"HarmonicMean", HarmonicMean, HarmonicMeanAdjoint, HarmonicMeanTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"HarmonicMeanWeighted", HarmonicMeanWeighted, HarmonicMeanWeightedAdjoint, HarmonicMeanWeightedTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Skew", Skew, SkewAdjoint, SkewTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"SkewWeighted", SkewWeighted, SkewWeightedAdjoint, SkewWeightedTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"ExKurtosis", ExKurtosis, ExKurtosisAdjoint, ExKurtosisTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"ExKurtosisWeighted", ExKurtosisWeighted, ExKurtosisWeightedAdjoint, ExKurtosisWeightedTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"CircularMean", CircularMean, CircularMeanAdjoint, CircularMeanTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"CircularMeanWeighted", CircularMeanWeighted, CircularMeanWeightedAdjoint, CircularMeanWeightedTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Covariance", Covariance, CovarianceAdjoint, CovarianceTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Correlation", Correlation, CorrelationAdjoint, CorrelationTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Kendall", Kendall, KendallAdjoint, KendallTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"CrossEntropy", CrossEntropy, CrossEntropyAdjoint, CrossEntropyTangent, []float64{0.12, 0.31, 0.22, 0.35, 0.27, 0.18, 0.4, 0.15}},
		{"Hellinger", Hellinger, HellingerAdjoint, HellingerTangent, []float64{0.12, 0.31, 0.22, 0.35, 0.27, 0.18, 0.4, 0.15}},
		{"KullbackLeibler", KullbackLeibler, KullbackLeiblerAdjoint, KullbackLeiblerTangent, []float64{0.12, 0.31, 0.22, 0.35, 0.27, 0.18, 0.4, 0.15}},
		{"JensenShannon", JensenShannon, JensenShannonAdjoint, JensenShannonTangent, []float64{0.12, 0.31, 0.22, 0.35, 0.27, 0.18, 0.4, 0.15}},
		{"Bhattacharyya", Bhattacharyya, BhattacharyyaAdjoint, BhattacharyyaTangent, []float64{0.12, 0.31, 0.22, 0.35, 0.27, 0.18, 0.4, 0.15}},
		{"ChiSquare", ChiSquare, ChiSquareAdjoint, ChiSquareTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Entropy", Entropy, EntropyAdjoint, EntropyTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Moment", Moment, MomentAdjoint, MomentTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"MomentAbout", MomentAbout, MomentAboutAdjoint, MomentAboutTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"BivariateMoment", BivariateMoment, BivariateMomentAdjoint, BivariateMomentTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"LinearRegression", LinearRegression, LinearRegressionAdjoint, LinearRegressionTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"RSquared", RSquared, RSquaredAdjoint, RSquaredTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"MeanVariance", MeanVariance, MeanVarianceAdjoint, MeanVarianceTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Quantile", Quantile, QuantileAdjoint, QuantileTangent, []float64{0.1, 0.5, 0.9, 1.4, 2.2}},
		{"StdScore", StdScore, StdScoreAdjoint, StdScoreTangent, []float64{0.1, 0.5, 0.9}},
	} {
		t.Run(c.Name, c.Test)
	}
}
