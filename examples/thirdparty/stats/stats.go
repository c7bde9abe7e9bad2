// Package stats differentiates functions of github.com/montanaflynn/stats.
package stats

import (
	"github.com/montanaflynn/stats"
)

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Mean(x []float64) float64 {
	v, err := stats.Mean(x)
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GeometricMean(x []float64) float64 {
	v, err := stats.GeometricMean(x)
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func HarmonicMean(x []float64) float64 {
	v, err := stats.HarmonicMean(x)
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Variance(x []float64) float64 {
	v, err := stats.Variance(x)
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func PopulationVariance(x []float64) float64 {
	v, err := stats.PopulationVariance(x)
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func SampleVariance(x []float64) float64 {
	v, err := stats.SampleVariance(x)
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func StandardDeviation(x []float64) float64 {
	v, err := stats.StandardDeviation(x)
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func StandardDeviationSample(x []float64) float64 {
	v, err := stats.StandardDeviationSample(x)
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Entropy(x []float64) float64 {
	v, err := stats.Entropy(x)
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Sum(x []float64) float64 {
	v, err := stats.Sum(x)
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Max(x []float64) float64 {
	v, err := stats.Max(x)
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Covariance(x []float64) float64 {
	v, err := stats.Covariance(x[:4], x[4:])
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func CovariancePopulation(x []float64) float64 {
	v, err := stats.CovariancePopulation(x[:4], x[4:])
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Correlation(x []float64) float64 {
	v, err := stats.Correlation(x[:4], x[4:])
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Pearson(x []float64) float64 {
	v, err := stats.Pearson(x[:4], x[4:])
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func EuclideanDistance(x []float64) float64 {
	v, err := stats.EuclideanDistance(x[:4], x[4:])
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ManhattanDistance(x []float64) float64 {
	v, err := stats.ManhattanDistance(x[:4], x[4:])
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ChebyshevDistance(x []float64) float64 {
	v, err := stats.ChebyshevDistance(x[:4], x[4:])
	if err != nil {
		return 0
	}
	return v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Sigmoid(x []float64) float64 {
	v, err := stats.Sigmoid(x)
	if err != nil {
		return 0
	}
	return v[1] * v[2]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func SoftMax(x []float64) float64 {
	v, err := stats.SoftMax(x)
	if err != nil {
		return 0
	}
	return v[1] * v[2]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func CumulativeSum(x []float64) float64 {
	v, err := stats.CumulativeSum(x)
	if err != nil {
		return 0
	}
	return v[1] * v[2]
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormPdf(x []float64) float64 {
	return stats.NormPdf(x[0], x[1], x[2])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormLogPdf(x []float64) float64 {
	return stats.NormLogPdf(x[0], x[1], x[2])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormCdf(x []float64) float64 {
	return stats.NormCdf(x[0], x[1], x[2])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormLogCdf(x []float64) float64 {
	return stats.NormLogCdf(x[0], x[1], x[2])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormSf(x []float64) float64 {
	return stats.NormSf(x[0], x[1], x[2])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func NormPpf(x []float64) float64 {
	return stats.NormPpf(x[0], x[1], x[2])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Median(x []float64) float64 {
	v, err := stats.Median(x)
	if err != nil {
		return 0
	}
	return v * v
}
