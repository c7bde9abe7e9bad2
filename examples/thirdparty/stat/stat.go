// Package stat differentiates functions of gonum.org/v1/gonum/stat.
package stat

import (
	"gonum.org/v1/gonum/stat"
)

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Mean(x []float64) float64 {
	return stat.Mean(x, nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func MeanWeighted(x []float64) float64 {
	return stat.Mean(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func StdDev(x []float64) float64 {
	return stat.StdDev(x, nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func StdDevWeighted(x []float64) float64 {
	return stat.StdDev(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Variance(x []float64) float64 {
	return stat.Variance(x, nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func VarianceWeighted(x []float64) float64 {
	return stat.Variance(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func PopVariance(x []float64) float64 {
	return stat.PopVariance(x, nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func PopVarianceWeighted(x []float64) float64 {
	return stat.PopVariance(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func PopStdDev(x []float64) float64 {
	return stat.PopStdDev(x, nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func PopStdDevWeighted(x []float64) float64 {
	return stat.PopStdDev(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GeometricMean(x []float64) float64 {
	return stat.GeometricMean(x, nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func GeometricMeanWeighted(x []float64) float64 {
	return stat.GeometricMean(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func HarmonicMean(x []float64) float64 {
	return stat.HarmonicMean(x, nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func HarmonicMeanWeighted(x []float64) float64 {
	return stat.HarmonicMean(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Skew(x []float64) float64 {
	return stat.Skew(x, nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func SkewWeighted(x []float64) float64 {
	return stat.Skew(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ExKurtosis(x []float64) float64 {
	return stat.ExKurtosis(x, nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ExKurtosisWeighted(x []float64) float64 {
	return stat.ExKurtosis(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func CircularMean(x []float64) float64 {
	return stat.CircularMean(x, nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func CircularMeanWeighted(x []float64) float64 {
	return stat.CircularMean(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Covariance(x []float64) float64 {
	return stat.Covariance(x[:4], x[4:], nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Correlation(x []float64) float64 {
	return stat.Correlation(x[:4], x[4:], nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Kendall(x []float64) float64 {
	return stat.Kendall(x[:4], x[4:], nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func CrossEntropy(x []float64) float64 {
	return stat.CrossEntropy(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Hellinger(x []float64) float64 {
	return stat.Hellinger(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func KullbackLeibler(x []float64) float64 {
	return stat.KullbackLeibler(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func JensenShannon(x []float64) float64 {
	return stat.JensenShannon(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Bhattacharyya(x []float64) float64 {
	return stat.Bhattacharyya(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func ChiSquare(x []float64) float64 {
	return stat.ChiSquare(x[:4], x[4:])
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Entropy(x []float64) float64 {
	return stat.Entropy(x)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Moment(x []float64) float64 {
	return stat.Moment(3, x, nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func MomentAbout(x []float64) float64 {
	return stat.MomentAbout(2, x, 0.5, nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func BivariateMoment(x []float64) float64 {
	return stat.BivariateMoment(2, 1, x[:4], x[4:], nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func LinearRegression(x []float64) float64 {
	a, b := stat.LinearRegression(x[:4], x[4:], nil, false)
	return a * b
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func RSquared(x []float64) float64 {
	return stat.RSquared(x[:4], x[4:], nil, 0.5, 0.3)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func MeanVariance(x []float64) float64 {
	m, v := stat.MeanVariance(x, nil)
	return m * v
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func Quantile(x []float64) float64 {
	return stat.Quantile(0.4, stat.LinInterp, x, nil)
}

//cairn:adjoint wrt=x of=return
//cairn:tangent wrt=x of=return
func StdScore(x []float64) float64 {
	return stat.StdScore(x[0], x[1], x[2])
}
