package stats

import (
	"testing"

	"github.com/cairn-ad/cairn/examples/thirdparty/check"
)

func TestGradients(t *testing.T) {
	for _, c := range []check.Case{
		{"Median", Median, MedianAdjoint, MedianTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Mean", Mean, MeanAdjoint, MeanTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"GeometricMean", GeometricMean, GeometricMeanAdjoint, GeometricMeanTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"HarmonicMean", HarmonicMean, HarmonicMeanAdjoint, HarmonicMeanTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Variance", Variance, VarianceAdjoint, VarianceTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"PopulationVariance", PopulationVariance, PopulationVarianceAdjoint, PopulationVarianceTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"SampleVariance", SampleVariance, SampleVarianceAdjoint, SampleVarianceTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"StandardDeviation", StandardDeviation, StandardDeviationAdjoint, StandardDeviationTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"StandardDeviationSample", StandardDeviationSample, StandardDeviationSampleAdjoint, StandardDeviationSampleTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Entropy", Entropy, EntropyAdjoint, EntropyTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Sum", Sum, SumAdjoint, SumTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Max", Max, MaxAdjoint, MaxTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Covariance", Covariance, CovarianceAdjoint, CovarianceTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"CovariancePopulation", CovariancePopulation, CovariancePopulationAdjoint, CovariancePopulationTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Correlation", Correlation, CorrelationAdjoint, CorrelationTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Pearson", Pearson, PearsonAdjoint, PearsonTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"EuclideanDistance", EuclideanDistance, EuclideanDistanceAdjoint, EuclideanDistanceTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"ManhattanDistance", ManhattanDistance, ManhattanDistanceAdjoint, ManhattanDistanceTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"ChebyshevDistance", ChebyshevDistance, ChebyshevDistanceAdjoint, ChebyshevDistanceTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"Sigmoid", Sigmoid, SigmoidAdjoint, SigmoidTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"SoftMax", SoftMax, SoftMaxAdjoint, SoftMaxTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"CumulativeSum", CumulativeSum, CumulativeSumAdjoint, CumulativeSumTangent, []float64{0.3, 1.5, 0.7, 2.2, 1.1, 0.6, 1.9, 2.8}},
		{"NormPdf", NormPdf, NormPdfAdjoint, NormPdfTangent, []float64{0.3, 0.2, 1.2}},
		{"NormLogPdf", NormLogPdf, NormLogPdfAdjoint, NormLogPdfTangent, []float64{0.3, 0.2, 1.2}},
		{"NormCdf", NormCdf, NormCdfAdjoint, NormCdfTangent, []float64{0.3, 0.2, 1.2}},
		{"NormLogCdf", NormLogCdf, NormLogCdfAdjoint, NormLogCdfTangent, []float64{0.3, 0.2, 1.2}},
		{"NormSf", NormSf, NormSfAdjoint, NormSfTangent, []float64{0.3, 0.2, 1.2}},
		{"NormPpf", NormPpf, NormPpfAdjoint, NormPpfTangent, []float64{0.3, 0.2, 1.2}},
	} {
		t.Run(c.Name, c.Test)
	}
}
