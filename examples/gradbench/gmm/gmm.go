// Package gmm is the log-likelihood of a Gaussian mixture with a Wishart prior, the
// first problem of ADBench, and its gradient.
//
// In: the parameters of a mixture, the points to be fitted, the prior. Out: the
// log-likelihood with the prior ([Objective], [LogPosterior]) and its derivatives with
// respect to all parameters (ObjectiveAdjoint and so on, which cairngen wrote).
//
// The formulas are those of Srajer, Kukelova and Fitzgibbon, "A benchmark of selected
// algorithmic differentiation tools on some problems in computer vision and machine
// learning", Optimization Methods and Software 33 (2018) 889-906, section 4.1.
package gmm

import "math"

//go:generate go run github.com/cairn-ad/cairn/cmd/cairngen

// Wishart is the prior of the inverse covariances.
type Wishart struct {
	Gamma float64 // scale
	M     int     // degrees of freedom above dimension + 1
}

// Objective is the log-likelihood of the points x under a mixture of K Gaussians, less
// the log of the prior: ADBench has this sign. [LogPosterior] adds the prior.
//
// Component k has the weight exp(alphas[k]) / Σ exp(alphas), the mean means[k] and the
// inverse covariance Qᵀ Q. Q is lower triangular. icf[k] holds the logarithms of its
// diagonal, then what is below the diagonal, column by column: d + d(d-1)/2 numbers for
// d dimensions.
//
//cairn:adjoint wrt=alphas,means,icf of=return
//cairn:tangent wrt=alphas,means,icf of=return
func Objective(alphas []float64, means, icf, x [][]float64, prior Wishart) float64 {
	diagonal, logDet := factors(icf, len(x[0]))
	return logLikelihood(alphas, diagonal, logDet, means, icf, x) - logPrior(prior, diagonal, logDet, icf)
}

// LogPosterior is [Objective] with the log of the prior added, as GradBench has it.
//
//cairn:adjoint wrt=alphas,means,icf of=return
//cairn:tangent wrt=alphas,means,icf of=return
func LogPosterior(alphas []float64, means, icf, x [][]float64, prior Wishart) float64 {
	diagonal, logDet := factors(icf, len(x[0]))
	return logLikelihood(alphas, diagonal, logDet, means, icf, x) + logPrior(prior, diagonal, logDet, icf)
}

// factors returns the diagonals of Q, one behind the other, and the logarithms of the
// determinants.
func factors(icf [][]float64, d int) (diagonal, logDet []float64) {
	diagonal, logDet = make([]float64, len(icf)*d), make([]float64, len(icf))
	for k, q := range icf {
		for j := range d {
			logDet[k] += q[j]
			diagonal[k*d+j] = math.Exp(q[j])
		}
	}
	return diagonal, logDet
}

// logLikelihood is the log of the product of the densities of all points.
func logLikelihood(alphas, diagonal, logDet []float64, means, icf, x [][]float64) float64 {
	sum := 0.0
	for _, point := range x {
		//cairn:joint
		sum += logDensity(alphas, diagonal, logDet, means, icf, point)
	}
	constant := 0.5 * float64(len(x[0])) * math.Log(2*math.Pi)
	return sum - float64(len(x))*(constant+logSumExp(alphas))
}

// logDensity is the log-likelihood of one point, but for a constant.
func logDensity(alphas, diagonal, logDet []float64, means, icf [][]float64, point []float64) float64 {
	d := len(point)
	qx := make([]float64, len(diagonal))
	terms := make([]float64, len(alphas))
	for k, mean := range means {
		q := qx[k*d : (k+1)*d]
		transform(q, diagonal[k*d:(k+1)*d], icf[k][d:], point, mean)
		terms[k] = alphas[k] + logDet[k] - 0.5*squares(q)
	}
	return logSumExp(terms)
}

// transform sets qx to Q (point - mean).
func transform(qx, diagonal, below, point, mean []float64) {
	for j := range qx {
		qx[j] = diagonal[j] * (point[j] - mean[j])
	}
	d := len(qx)
	for j := range qx {
		c := point[j] - mean[j]
		rest := qx[j+1:]
		column := below[j*(2*d-j-1)/2:][:len(rest)]
		for i := range rest {
			rest[i] += column[i] * c
		}
	}
}

// logSumExp is log Σ exp(v), without overflow.
func logSumExp(v []float64) float64 {
	top := v[0]
	for _, a := range v {
		top = max(top, a)
	}
	sum := 0.0
	for _, a := range v {
		sum += math.Exp(a - top)
	}
	return top + math.Log(sum)
}

func squares(v []float64) float64 {
	sum := 0.0
	for _, a := range v {
		sum += a * a
	}
	return sum
}

// logPrior is the log density of the inverse covariances under the prior.
func logPrior(prior Wishart, diagonal, logDet []float64, icf [][]float64) float64 {
	d := len(diagonal) / len(icf)
	freedom := d + prior.M + 1
	log := 0.0
	for k, q := range icf {
		norm := squares(diagonal[k*d:(k+1)*d]) + squares(q[d:])
		log += float64(prior.M)*logDet[k] - 0.5*prior.Gamma*prior.Gamma*norm
	}
	c := float64(freedom*d)*math.Log(prior.Gamma/math.Sqrt2) - logGamma(0.5*float64(freedom), d)
	return log + float64(len(icf))*c
}

// logGamma is the logarithm of the multivariate gamma function of dimension d. No
// parameter of the mixture reaches it.
//
//cairn:passive
func logGamma(a float64, d int) float64 {
	sum := 0.25 * float64(d*(d-1)) * math.Log(math.Pi)
	for j := range d {
		l, _ := math.Lgamma(a - 0.5*float64(j))
		sum += l
	}
	return sum
}
